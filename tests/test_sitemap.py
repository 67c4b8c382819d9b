"""What crawlers may read, and where it is."""

from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import httpx
from api_server import ID, running, small_release
from pyoxigraph import NamedNode

from ocsea.namespaces import RDF_TYPE, term
from ocsea.release import Release

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def locations(answer: httpx.Response, item: str) -> list[str]:
    assert answer.headers["content-type"] == "application/xml"
    root = ElementTree.fromstring(answer.content)
    assert {child.tag for child in root} == {SITEMAP + item}
    assert {one.tag for child in root for one in child} == {SITEMAP + "loc"}  # no lastmod
    return [one.text or "" for child in root for one in child]


def test_robots_lead_to_the_sitemap(client: httpx.Client) -> None:
    answer = client.get("/robots.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    lines = answer.text.splitlines()
    assert lines[0] == "User-agent: *"
    found = [line.removeprefix("Sitemap: ") for line in lines if line.startswith("Sitemap: ")]
    assert found == [f"{str(client.base_url).rstrip('/')}/sitemap.xml"]
    refused = [line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow: ")]
    listed = locations(client.get(found[0]), "url")
    paths = [urlsplit(address).path for address in listed]
    assert refused
    assert not any(path.startswith(tuple(refused)) for path in paths)


def test_the_sitemap_lists_what_is_worth_a_page(client: httpx.Client, release: Release) -> None:
    merge = {quad.triple for quad in release.quads()}
    label, left_out = term("rdfs:label"), (term("ocsea:Locator"), term("ocsea:DisputedClaim"))
    without = {t.subject for t in merge if t.predicate == RDF_TYPE and t.object in left_out}
    named = {t.subject for t in merge if t.predicate == label} - without
    things = {s.value for s in named if isinstance(s, NamedNode) and s.value.startswith(ID)}
    address = str(client.base_url).rstrip("/")
    listed = locations(client.get("/sitemap.xml"), "url")
    assert len(listed) == len(set(listed))
    documents = {one for one in listed if one.startswith(f"{address}/doc/")}
    assert documents == {f"{address}/doc/{iri.removeprefix(ID)}" for iri in things}
    assert len(documents) > 5000
    others = set(listed) - documents
    pages = {"/", "/docs", "/ontology", "/sparql", "/releases", "/states"}
    assert {address + page for page in pages} <= others
    kinds = {one.split("/")[4]: one for one in sorted(documents)}
    for one in (*others, *kinds.values()):
        assert client.get(one, headers={"accept": "text/html"}).status_code == 200, one
    assert client.get("/sitemap/1.xml").content == client.get("/sitemap.xml").content
    for part in ("2", "0", "01", "x", "-1", "²"):
        assert client.get(f"/sitemap/{part}.xml").status_code == 404, part


def test_a_large_sitemap_comes_in_parts(tmp_path: Path) -> None:
    small_release(tmp_path, things=50_000)
    with running(tmp_path) as server, httpx.Client(base_url=server.url, timeout=60) as client:
        parts = locations(client.get("/sitemap.xml"), "sitemap")
        assert parts == [f"{server.url}/sitemap/1.xml", f"{server.url}/sitemap/2.xml"]
        listed = [locations(client.get(part), "url") for part in parts]
        assert len(listed[0]) == 50_000
        everything = [one for part in listed for one in part]
        assert len(everything) == len(set(everything))
        documents = {one for one in everything if "/doc/" in one}
        assert documents == {f"{server.url}/doc/thing/{i}" for i in range(50_000)}
