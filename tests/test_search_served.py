"""Search over HTTP: every format, what cannot be read, and the names of other graphs."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from api_server import ID, running
from expansion import nothing_dropped
from pyld import jsonld as pyld
from pyoxigraph import RdfFormat, parse
from search_texts import ODD

from api.engine import Engine, Job
from api.search.asked import LONGEST
from api.settings import Settings
from ocsea import jsonld
from ocsea.namespaces import PREFIXES
from ocsea.publishing import publish

LABEL = PREFIXES["rdfs"] + "label"
JOB = Job("", task="search", arguments=("conseil", "", "", 0, 10))
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def search(client: httpx.Client, **parameters: Any) -> dict[str, Any]:
    answer = client.get("/search", params=parameters)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def test_members_tell_what_matched(client: httpx.Client) -> None:
    document = search(client, q="ec3")
    assert document["totalItems"] == len(document["member"]) >= 1
    member = document["member"][0]
    assert member["id"] == ID + "body/ec3"
    assert member["label"] == "European Cybercrime Centre"
    assert member["type"][0] == "OrganizationalUnit"
    assert "Body" in member["type"]
    assert (member["matched"], member["property"]) == ("EC3", "acronym")
    assert member["snippet"] == "<mark>EC3</mark>"
    assert 75 < member["score"] <= 100


def test_json_ld_keeps_every_key(client: httpx.Client) -> None:
    document = search(client, q="convention", offset=20)
    assert document["@context"] == jsonld.CONTEXT
    (expanded,) = nothing_dropped(document)
    text = json.dumps(expanded)
    for key in document["member"][0].keys() - {"id", "type"}:
        iri = {"label": LABEL}.get(key)
        assert iri is None or iri in text
    members = expanded["http://www.w3.org/ns/hydra/core#member"]
    assert [m["@id"] for m in members] == [m["id"] for m in document["member"]]
    assert all(len(m) == len(n) for m, n in zip(members, document["member"], strict=True))
    assert members[0]["@type"][0].startswith(PREFIXES["ocsea"])
    (expanded_property,) = members[0]["https://schema.org/propertyID"]
    assert expanded_property["@id"].startswith("http")
    (view,) = expanded["http://www.w3.org/ns/hydra/core#view"]
    assert len(view) == len(document["view"])
    assert len(expanded) == len(document.keys() - {"@context"})
    triples = parse(pyld.to_rdf(document, {**jsonld.OPTIONS, "format": "application/n-quads"}),
                    RdfFormat.N_QUADS)  # fmt: skip
    assert sum(quad.predicate.value == LABEL for quad in triples) == len(members)


def test_pages_follow_each_other_without_gap_or_repetition(client: httpx.Client) -> None:
    everything = search(client, q="convention", limit=50)
    seen: list[str] = []
    path = "/search?q=convention&limit=7"
    while path and len(seen) < 50:
        answer = client.get(path)
        document = answer.json()
        seen += [member["id"] for member in document["member"]]
        following = document["view"].get("next", "")
        path = following.replace(str(client.base_url), "")
        assert (f'<{path}>; rel="next"' in answer.headers.get("link", "")) == bool(path)
    assert seen[:50] == [member["id"] for member in everything["member"]]
    assert len(set(seen)) == len(seen)


def test_the_furthest_page_leads_no_further(client: httpx.Client) -> None:
    document = search(client, q="c", limit=50, offset=500)
    assert "next" not in document["view"]
    assert document["view"]["prev"]
    beyond = search(client, q="lanzarote convention", offset=500)
    assert beyond["member"] == []
    assert beyond["totalItems"] > 0


def test_types_by_name_prefix_and_iri(client: httpx.Client) -> None:
    by = [search(client, q="republic", type=name)["member"]
          for name in ("State", "ocsea:State", PREFIXES["ocsea"] + "State")]  # fmt: skip
    assert by[0] == by[1] == by[2] != []
    assert all("State" in member["type"] for member in by[0])
    both = search(client, q="lanzarote", type=["Committee", "Treaty"], limit=50)["member"]
    assert {t for m in both for t in m["type"]} >= {"Committee", "Treaty"}
    assert not any("Provision" in member["type"] for member in both)


def test_completions_are_few_and_begin_with_what_was_typed(client: httpx.Client) -> None:
    document = search(client, q="lanz", complete=1)
    completions = document["completions"]
    assert document["query"] == "lanz"
    assert 1 < len(completions) <= 8
    assert completions[0] == {
        "id": ID + "instrument/cets-201",
        "name": "Lanzarote Convention",
        "label": "Lanzarote Convention",
        "type": "Treaty",
    }
    assert all(one["name"].lower().startswith("lanz") for one in completions[:3])
    assert search(client, q="", complete=1)["completions"] == []
    assert len(search(client, q="c", complete=1, limit=3)["completions"]) == 3


def test_completions_as_browsers_read_them(client: httpx.Client) -> None:
    accept = {"accept": "application/x-suggestions+json"}
    answer = client.get("/search", params={"q": "inho", "complete": "1"}, headers=accept)
    assert answer.headers["content-type"] == "application/x-suggestions+json"
    text, names, descriptions, addresses = answer.json()
    assert text == "inho"
    assert names[0] == "INHOPE"
    assert "International Association of Internet Hotlines" in descriptions[0]
    assert addresses[0] == f"{client.base_url}/doc/body/inhope".replace("//doc", "/doc")
    assert len(names) == len(descriptions) == len(addresses)
    assert client.get(addresses[0]).status_code == 200


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("jsonld", "application/ld+json"), ("json", "application/json"), ("html", "text/html")],
)
def test_formats_by_name_and_by_accept(client: httpx.Client, name: str, media_type: str) -> None:
    by_name = client.get("/search", params={"q": "norway", "format": name})
    by_accept = client.get("/search", params={"q": "norway"}, headers={"accept": media_type})
    assert by_name.content == by_accept.content
    assert by_name.headers["content-type"].split(";")[0] == media_type


def test_an_answer_is_not_sent_twice_and_head_tells_of_it(client: httpx.Client) -> None:
    plain = {"accept-encoding": "identity"}
    answer = client.get("/search?q=norway", headers=plain)
    head = client.head("/search?q=norway", headers=plain)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == answer.headers["content-length"]
    tag = answer.headers["etag"]
    assert client.get("/search?q=norway", headers={"if-none-match": tag}).status_code == 304
    assert answer.headers["vary"] == "Accept, Accept-Encoding"


MALFORMED = [
    {}, {"q": "a" * (LONGEST + 1)}, {"q": ["a", "b"]}, {"q": "a", "limit": "51"},
    {"q": "a", "limit": "0"}, {"q": "a", "limit": "-1"}, {"q": "a", "limit": "ten"},
    {"q": "a", "limit": "9" * 30}, {"q": "a", "limit": "٣"}, {"q": "a", "offset": "501"},
    {"q": "a", "lang": "e n"}, {"q": "a", "lang": "x" * 50}, {"q": "a", "type": "no such class"},
    {"q": "a", "type": "Nonsense"}, {"q": "a", "type": [f"http://a/{i}" for i in range(11)]},
    {"q": "a", "type": "urn:x"}, {"q": "a", "type": "http://a/b c"}, {"q": "a", "complete": "yes"},
]  # fmt: skip


@pytest.mark.parametrize("parameters", MALFORMED, ids=str)
def test_what_cannot_be_read_is_said_to_be(client: httpx.Client, parameters: Any) -> None:
    answer = client.get("/search", params=parameters)
    assert answer.status_code == 400
    problem = answer.json()
    assert problem["type"].endswith("#problem-request-malformed")
    assert re.search(r"`(q|limit|offset|lang|type|complete)`", problem["detail"])


@pytest.mark.parametrize("text", ODD)
def test_whatever_is_asked_has_an_answer_in_every_format(client: httpx.Client, text: str) -> None:
    completions = {"complete": "1"}
    for more in ({}, {"format": "html"}, completions, completions | {"format": "suggestions"}):
        answer = client.get("/search", params={"q": text, **more})
        assert answer.status_code == 200, answer.text
    page = client.get("/search", params={"q": text, "format": "html"}).text
    assert "<script>" not in page


def test_empty_parameters_are_as_good_as_none(client: httpx.Client) -> None:
    filled = client.get("/search?q=norway&limit=&offset=&lang=&type=&complete=&format=")
    assert filled.json() == search(client, q="norway")


def test_what_is_not_on_offer_is_refused(client: httpx.Client) -> None:
    turtle = client.get("/search?q=a", headers={"accept": "text/turtle"})
    assert turtle.status_code == 406
    assert "application/ld+json" in turtle.json()["offers"]
    assert client.get("/search?q=a&format=ttl").status_code == 406
    assert client.get("/search?q=a&complete=1&format=html").status_code == 406
    assert client.post("/search?q=a").status_code == 405


def test_the_page_shows_what_is_found_by_kind(client: httpx.Client) -> None:
    html = "&format=html"
    page = client.get("/search?q=lanzarote", headers={"accept": "text/html"}).text
    assert 'href="/doc/instrument/cets-201"><mark>Lanzarote</mark> Convention</a>' in page
    headings = re.findall(r"<h2>([^<]+)</h2>", page)
    assert headings[0] == "Instruments"
    assert "Bodies and alliances" in headings
    assert 'value="lanzarote"' in page
    only = re.search(r'href="([^"]+)">bodies and alliances</a> <span class="quiet">(\d+)<', page)
    assert only
    bodies = client.get(only[1].replace("&amp;", "&"), headers={"accept": "text/html"}).text
    assert "among all kinds" in bodies
    assert bodies.count("<li>\n    <a href") == int(only[2])
    assert "identifier" not in page
    assert 'acronym <span class="other"><mark>EC3</mark>' in client.get(f"/search?q=ec3{html}").text
    assert "No name matches" in client.get(f"/search?q=lanzorotte{html}").text
    assert "Nothing is called" in client.get(f"/search?q=zubrowka{html}").text
    assert "in the class state." in client.get(f"/search?q=zubrowka&type=ocsea:State{html}").text


def test_a_page_without_a_question_asks_for_one(client: httpx.Client) -> None:
    page = client.get("/search", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert 'name="q" value=""' in page.text


@pytest.mark.parametrize("path", ["/", "/sparql", "/docs", "/doc/state/ALB", "/search"])
def test_every_page_has_a_field_and_tells_browsers_of_it(client: httpx.Client, path: str) -> None:
    page = client.get(path, headers={"accept": "text/html"}).text
    assert page.count('type="search"') == 1
    assert page.count('id="find"') == 1
    assert '<label class="hidden" for="find">' in page
    assert 'rel="search" type="application/opensearchdescription+xml"' in page


def test_the_description_leads_to_answers(client: httpx.Client) -> None:
    answer = client.get("/opensearch.xml")
    assert answer.headers["content-type"] == "application/opensearchdescription+xml"
    root = ElementTree.fromstring(answer.text)
    assert len(root.findtext(OPENSEARCH + "ShortName") or "") <= 16
    assert len(root.findtext(OPENSEARCH + "Description") or "") <= 1024
    urls = {url.get("type", ""): url.get("template", "") for url in root.iter(OPENSEARCH + "Url")}
    assert len(urls) == 4
    for media_type, template in urls.items():
        assert template.startswith(str(client.base_url).rstrip("/"))
        filled = re.sub(r"\{\w+\?\}", "", template.replace("{searchTerms}", "norway"))
        found = client.get(filled, headers={"accept": "*/*"})
        assert found.status_code == 200
        assert found.headers["content-type"].split(";")[0] == media_type
    tag = answer.headers["etag"]
    assert client.get("/opensearch.xml", headers={"if-none-match": tag}).status_code == 304


def test_openapi_tells_every_parameter_and_format(client: httpx.Client) -> None:
    operation = client.get("/openapi.json").json()["paths"]["/search"]["get"]
    told = operation["parameters"]
    names = {parameter["name"] for parameter in told if parameter["in"] == "query"}
    assert names == {"q", "type", "lang", "limit", "offset", "complete", "format"}
    assert set(operation["responses"]["200"]["content"]) == {
        "application/ld+json", "application/json", "application/x-suggestions+json", "text/html",
    }  # fmt: skip


# Where the names come from


@pytest.fixture(scope="module")
def languages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release with things in several languages, one without a name, and one of no kind."""
    var = tmp_path_factory.mktemp("languages")
    a, body = f"<{PREFIXES['rdf']}type>", f"<{PREFIXES['ocsea']}Body>"
    lines = [f'<{ID}body/1> {a} {body} .', f'<{ID}body/2> {a} {body} .',
             f'<{ID}thing/3> {a} <{ID}x> .',
             f'<{ID}body/1> <{LABEL}> "Council"@en .', f'<{ID}body/1> <{LABEL}> "Conseil"@fr-CH .',
             f'<{ID}body/1> <{LABEL}> "Συμβούλιο"@el .', f'<{ID}thing/3> <{LABEL}> "Council"@en .',
             f'<{ID}body/1> <{PREFIXES["skos"]}hiddenLabel> "Counsil" .',
             f'<{ID}body/1> <{PREFIXES["skos"]}altLabel> <{ID}body/2> .']  # fmt: skip
    graph = "".join(sorted(line + "\n" for line in lines)).encode()
    publish(var, {"https://w3id.org/ocsea/graph/a": graph}, {"sources": {}})
    return var


def test_names_in_the_languages_of_a_graph(languages: Path) -> None:
    with running(languages) as server, httpx.Client(base_url=server.url, timeout=20) as client:
        for text in ("council", "CONSEIL", "συμβουλιο", "Counsil"):
            members = search(client, q=text)["member"]
            assert [member["id"] for member in members] == [ID + "body/1"], text
        french = search(client, q="conseil", lang="fr")["member"][0]
        assert french["label"] == {"@value": "Conseil", "@language": "fr-ch"}
        assert french["language"] == "fr-ch"
        assert search(client, q="συμβουλιο", lang="en")["member"] == []
        page = client.get("/search?q=conseil&lang=fr&format=html").text
        assert 'lang="fr-ch"><mark>Conseil</mark>' in page


def test_names_of_a_graph_on_disk_are_those_of_one_in_memory(languages: Path) -> None:
    async def ask(memory: int) -> bytes:
        engine = Engine(Settings(var=languages, memory=memory, workers=1))
        await engine.start()
        try:
            async with engine.pool() as pool, pool.answer(JOB) as answer:
                return await answer.everything()
        finally:
            await engine.close()

    on_disk, in_memory = asyncio.run(ask(0)), asyncio.run(ask(4096))
    assert json.loads(on_disk)["total"] == 1
    assert on_disk == in_memory


def test_a_graph_without_names_is_searched_in_vain(tmp_path: Path) -> None:
    publish(tmp_path, {"https://w3id.org/ocsea/graph/a": b""}, {"sources": {}})
    with running(tmp_path) as server:
        assert httpx.get(server.url + "/search?q=norway").json()["totalItems"] == 0
