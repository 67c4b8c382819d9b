"""What machines find the graph by: descriptions, releases, examples, sitemap, schema.org."""

import asyncio
import gzip
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from api_server import GRAPH, ID, eventually, running, small_release
from expansion import nothing_dropped
from pyld import jsonld as pyld
from pyoxigraph import Literal, NamedNode, QuerySolutions, RdfFormat, Store, Triple, parse

from api.discovery import description
from api.discovery.distributions import Surface
from api.discovery.examples import examples
from api.engine import Engine
from api.settings import Settings
from ocsea import jsonld
from ocsea.namespaces import PREFIXES, RDF_TYPE, term
from ocsea.publishing import lock
from ocsea.release import MANIFEST, Release
from ocsea.resources import ROOT

VOID, EXAMPLES = "/.well-known/void", "/.well-known/sparql-examples"


BASE = "https://w3id.org/ocsea/"
DATASET = NamedNode(f"{BASE}.well-known/void#dataset")
SPDX = "http://spdx.org/rdf/terms#"
FORMATS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/ld+json": RdfFormat.JSON_LD,
}


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60) as client:
        client.get("/dump.nq.gz")  # so that all that can be told of the files is known
        yield client


@pytest.fixture(scope="module")
def merge(release: Release) -> set[Triple]:
    """The triples of the release, each once."""
    return {quad.triple for quad in release.quads()}


class Told:
    """A description to look things up in."""

    def __init__(self, client: httpx.Client, path: str, media_type: str = "text/turtle") -> None:
        answer = client.get(path, headers={"accept": media_type})
        assert answer.status_code == 200
        assert answer.headers["content-type"].split(";")[0] == media_type
        quads = parse(answer.content, FORMATS[media_type])
        self.triples = {quad.triple for quad in quads}
        self._said: dict[tuple[Any, NamedNode], list[Any]] = defaultdict(list)
        for triple in self.triples:
            self._said[triple.subject, triple.predicate].append(triple.object)

    def all(self, subject: Any, name: str) -> list[Any]:
        predicate = NamedNode(SPDX + name[5:]) if name.startswith("spdx:") else term(name)
        return self._said[subject, predicate]

    def text(self, subject: Any, name: str) -> str:
        (only,) = self.all(subject, name)
        return str(only.value)

    def number(self, subject: Any, name: str) -> int:
        return int(self.text(subject, name))


@pytest.fixture(scope="module")
def void(client: httpx.Client) -> Told:
    return Told(client, VOID)


# VoID and DCAT


@pytest.mark.parametrize("path", [VOID, EXAMPLES])
def test_a_description_says_the_same_in_every_format(client: httpx.Client, path: str) -> None:
    turtle = Told(client, path).triples
    assert len(turtle) > 100
    assert all(Told(client, path, name).triples == turtle for name in FORMATS)
    page = client.get(path, headers={"accept": "text/html,*/*;q=0.8"})
    assert page.status_code == 303
    assert client.get(page.headers["location"]).status_code == 200
    assert client.get(path, headers={"accept": "image/png"}).status_code == 406
    tag = client.get(path).headers["etag"]
    assert client.get(path, headers={"if-none-match": tag}).status_code == 304


def test_the_whole_is_counted(void: Told, merge: set[Triple]) -> None:
    assert void.number(DATASET, "void:triples") == len(merge)
    subjects = {triple.subject for triple in merge}
    assert void.number(DATASET, "void:distinctSubjects") == len(subjects)
    assert void.number(DATASET, "void:distinctObjects") == len({t.object for t in merge})
    assert void.number(DATASET, "void:properties") == len({t.predicate for t in merge})
    classes = {triple.object for triple in merge if triple.predicate == RDF_TYPE}
    assert void.number(DATASET, "void:classes") == len(classes)
    things = {s for s in subjects if isinstance(s, NamedNode) and s.value.startswith(ID)}
    assert void.number(DATASET, "void:entities") == len(things)


def test_every_class_and_property_is_counted(void: Told, merge: set[Triple]) -> None:
    classes = Counter(t.object for t in merge if t.predicate == RDF_TYPE)
    parts = void.all(DATASET, "void:classPartition")
    told = {void.all(p, "void:class")[0]: void.number(p, "void:entities") for p in parts}
    assert told == classes
    properties = Counter(triple.predicate for triple in merge)
    parts = void.all(DATASET, "void:propertyPartition")
    told = {void.all(p, "void:property")[0]: void.number(p, "void:triples") for p in parts}
    assert told == properties
    subjects, objects = defaultdict(set), defaultdict(set)
    for triple in merge:
        subjects[triple.predicate].add(triple.subject)
        objects[triple.predicate].add(triple.object)
    for part in parts:
        iri = void.all(part, "void:property")[0]
        assert void.number(part, "void:distinctSubjects") == len(subjects[iri])
        assert void.number(part, "void:distinctObjects") == len(objects[iri])


def test_each_graph_is_a_part_with_its_source_and_terms(void: Told, release: Release) -> None:
    parts = {part.value for part in void.all(DATASET, "void:subset")}
    assert parts == set(release.graphs())
    for iri, graph in release.manifest["graphs"].items():
        assert void.number(NamedNode(iri), "void:triples") == graph["triples"]
        assert void.number(NamedNode(iri), "void:triples") > 0
    for stem in release.manifest["sources"]:
        about = yaml.safe_load((ROOT / "loaders" / f"{stem}.yml").read_text(encoding="utf-8"))
        part = NamedNode(GRAPH + stem)
        assert void.text(part, "dcterms:source") == f"{ID}source/{stem}"
        assert void.text(part, "dcterms:title") == about["title"]
        assert void.text(part, "dcterms:rights") == about["rights"]
        assert void.text(part, "dcterms:publisher") == about["publisher"]
        assert void.text(part, "ocsea:edition") == str(about["edition"])
        assert void.text(part, "dcterms:issued") == str(about["issued"])


def test_files_are_described_as_they_are(
    void: Told, client: httpx.Client, release: Release
) -> None:
    whole = void.all(DATASET, "dcat:distribution")
    graphs = [void.all(NamedNode(g), "dcat:distribution")[0] for g in release.graphs()]
    files = [one for one in whole if void.all(one, "dcat:downloadURL")] + graphs
    assert len(files) == 2 + len(release.graphs())
    for file in files:
        content = client.get(void.text(file, "dcat:downloadURL")).content
        assert void.number(file, "dcat:byteSize") == len(content)
        checksum = void.all(file, "spdx:checksum")[0]
        assert void.text(checksum, "spdx:checksumValue") == hashlib.sha256(content).hexdigest()
        media_type = void.text(file, "dcat:mediaType").partition("media-types/")[2]
        inside = RdfFormat.from_media_type(media_type)
        assert inside
        assert next(iter(parse(gzip.decompress(content), inside)))
    dumps = {dump.value for dump in void.all(DATASET, "void:dataDump")}
    assert dumps == {f"{client.base_url}/{name}".replace("//dump", "/dump") for name in
                     ("dump.nq.gz", "dump.ttl.gz")}  # fmt: skip


def test_endpoint_and_examples_answer(void: Told, client: httpx.Client) -> None:
    endpoint = void.text(DATASET, "void:sparqlEndpoint")
    query = {"query": "ASK { ?s ?p ?o }"}
    assert client.get(endpoint, params=query).json()["boolean"] is True
    assert void.text(DATASET, "void:uriSpace") == ID
    shown = void.all(DATASET, "void:exampleResource")
    assert len(shown) == 5
    for thing in shown:
        path = thing.value.removeprefix(BASE)
        assert client.get(f"/{path}", follow_redirects=True).status_code == 200


def test_every_vocabulary_is_used_and_none_is_missing(void: Told, merge: set[Triple]) -> None:
    used = {t.predicate.value for t in merge}
    used |= {t.object.value for t in merge if t.predicate == RDF_TYPE
             and isinstance(t.object, NamedNode)}  # fmt: skip
    told = {vocabulary.value for vocabulary in void.all(DATASET, "void:vocabulary")}
    known = {ns for ns in PREFIXES.values() if any(iri.startswith(ns) for iri in used)}
    assert told == known
    assert len(told) > 8


def test_a_time_is_told_only_where_one_is_known(void: Told, release: Release) -> None:
    assert "written" not in release.manifest
    assert void.all(DATASET, "dcterms:modified") == []
    assert void.text(DATASET, "dcat:version") == release.version


def test_lists_of_things_are_ways_in(void: Told, client: httpx.Client) -> None:
    roots = {root.value for root in void.all(DATASET, "void:rootResource")}
    assert f"{str(client.base_url).rstrip('/')}/states" in roots
    for root in sorted(roots):
        answer = client.get(root, headers={"accept": "application/ld+json"})
        assert answer.status_code == 200, root


def test_what_is_not_made_yet_is_told_later(tmp_path: Path) -> None:
    small_release(tmp_path, things=5)
    with running(tmp_path) as server, httpx.Client(base_url=server.url, timeout=60) as client:
        with lock(tmp_path / "dumps"), ThreadPoolExecutor() as pool:  # so that it has to wait
            file = pool.submit(httpx.get, f"{server.url}/dump.nq.gz", timeout=60)
            early = client.get(VOID)
            assert client.get("/releases").json()["releases"][0]["downloads"][0].keys() >= {"url"}
            assert file.result().status_code == 503
            assert file.result().json()["type"].endswith("#problem-not-ready")
            assert int(file.result().headers["retry-after"]) > 0
        assert (early.status_code, "byteSize" in early.text) == (200, False)
        eventually(lambda: client.get("/dump.nq.gz").status_code == 200)
        later = client.get(VOID, headers={"if-none-match": early.headers["etag"]})
        assert (later.status_code, "byteSize" in later.text) == (200, True)


# Releases


def test_releases_tell_what_they_hold(client: httpx.Client, release: Release) -> None:
    document = client.get("/releases", headers={"accept": "application/ld+json"}).json()
    assert document["current"] == f"{BASE}releases/{release.version}"
    (told,) = [one for one in document["releases"] if one["version"] == release.version]
    assert told["triples"] == release.triples
    graphs = {graph["isVersionOf"]: graph for graph in told["graphs"]}
    for iri, path in release.graphs().items():
        content = path.read_bytes()
        assert graphs[iri]["triples"] == content.count(b"\n")
        assert graphs[iri]["sha256"] == hashlib.sha256(content).hexdigest()
    editions = {source["id"]: source["edition"] for source in told["sources"]}
    assert editions[f"{ID}source/mapping2021"] == "Second Edition"
    alone = client.get(f"/releases/{release.version}").json()
    assert {key: value for key, value in alone.items() if key != "@context"} == told
    triples = f"{PREFIXES['void']}triples"
    assert alone["@context"] == document["@context"] == jsonld.CONTEXT
    assert nothing_dropped(alone)[0][triples] == [{"@value": release.triples}]
    (series,) = nothing_dropped(document)
    assert len(series[f"{PREFIXES['dcat']}hasVersion"]) == len(document["releases"])


def test_the_current_release_tells_its_files(client: httpx.Client, release: Release) -> None:
    told = client.get(f"/releases/{release.version}").json()
    assert len(told["downloads"]) == 2 + len(release.graphs())
    for file in told["downloads"]:
        content = client.get(file["url"]).content
        assert len(content) == file["bytes"]
        assert hashlib.sha256(content).hexdigest() == file["sha256"]


def test_the_pages_of_releases_lead_on(client: httpx.Client, release: Release) -> None:
    page = {"accept": "text/html"}
    for path in ("/releases", f"/releases/{release.version}"):
        text = client.get(path, headers=page).text
        assert release.version in text
        links = set(re.findall(r'href="(/[^"#]*)', text))
        assert f"/releases/{release.version}" in links or f"{BASE}releases/" in text
        for link in links:
            answer = client.get(link, headers=page, follow_redirects=True)
            assert answer.status_code == 200, link


@pytest.mark.parametrize("version", ["0123456789abcdef", "current", "%2e%2e", "..%2fcurrent", "x"])
def test_an_unknown_release_is_said_to_be_unknown(client: httpx.Client, version: str) -> None:
    assert client.get(f"/releases/{version}").status_code == 404


def test_earlier_releases_are_told_as_well(tmp_path: Path) -> None:
    first = small_release(tmp_path, things=5)
    second = small_release(tmp_path, things=6)
    with running(tmp_path) as server, httpx.Client(base_url=server.url, timeout=60) as client:
        told = client.get("/releases").json()["releases"]
        assert [one["version"] for one in told] == [second.version, first.version]
        assert ["downloads" in one for one in told] == [True, False]
        void = Told(client, VOID)
        versions = {one.value for one in void.all(DATASET, "dcat:hasVersion")}
        assert versions == {f"{BASE}releases/{r.version}" for r in (first, second)}
        tag = client.get(VOID).headers["etag"]
        third = small_release(tmp_path, things=7)
        eventually(lambda: client.get("/releases").json()["current"].endswith(third.version))
        assert client.get(VOID).headers["etag"] != tag
        page = client.get(f"/releases/{first.version}", headers={"accept": "text/html"}).text
        assert "An earlier state of the graph" in page


def test_many_releases_come_in_pages(tmp_path: Path) -> None:
    """Only the newest is opened; of the others, the page tells what their manifests do."""
    release = small_release(tmp_path, things=2)
    for number in range(60):
        folder = release.path.with_name(f"{number:016x}")
        folder.mkdir()
        manifest = release.manifest | {"version": folder.name}
        (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with running(tmp_path) as server, httpx.Client(base_url=server.url, timeout=60) as client:
        first = client.get("/releases").json()
        second = client.get(first["next"]).json()
        assert "next" not in second
        listed = [one["version"] for one in (*first["releases"], *second["releases"])]
        assert len(first["releases"]) == 50
        assert len(set(listed)) == len(listed) == 61
        assert client.get("/releases?page=3").status_code == 404
        assert client.get("/releases?page=0").status_code == 400


def test_of_a_very_large_release_nothing_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = small_release(tmp_path, things=5)

    async def described() -> set[str]:
        engine = Engine(Settings(var=tmp_path, workers=1))
        await engine.start()
        try:
            async with engine.pool() as pool:
                found = await description.describe(pool, Surface("http://a.example", ()), {})
        finally:
            await engine.close()
        return {str(triple) for triple in found}

    monkeypatch.setattr(description, "MOST", release.triples)
    counted = asyncio.run(described())
    monkeypatch.setattr(description, "MOST", release.triples - 1)
    plain = asyncio.run(described())
    assert plain < counted
    assert not [line for line in plain if "distinctSubjects" in line or "Partition" in line]
    assert sum("void#triples" in line for line in plain) == len(release.graphs())


# Example queries


def test_every_example_is_published_and_runs(client: httpx.Client) -> None:
    told = Told(client, EXAMPLES)
    kind = term("sh:SPARQLExecutable")
    found = [t.subject for t in told.triples if t.predicate == RDF_TYPE and t.object == kind]
    assert len(found) == len(examples())
    texts = set()
    for example in found:
        forms = {form: told.all(example, f"sh:{form}") for form in ("select", "ask", "construct")}
        ((form, (text,)),) = [(form, texts) for form, texts in forms.items() if texts]
        assert term(f"sh:SPARQL{form.capitalize()}Executable") in told.all(example, "rdf:type")
        (comment,) = told.all(example, "rdfs:comment")
        assert comment.language == "en"
        answer = client.get(told.text(example, "schema:target"), params={"query": text.value})
        assert answer.json()["results"]["bindings"], example
        texts.add(text.value)
    assert texts == {example.query for example in examples()}


def test_the_prefixes_of_the_examples_are_declared(client: httpx.Client) -> None:
    told = Told(client, EXAMPLES)
    rows = Store()
    rows.extend(parse(client.get(EXAMPLES).content, RdfFormat.TURTLE))
    query = """PREFIX sh: <http://www.w3.org/ns/shacl#>
    SELECT ?query ?prefix ?namespace WHERE {
      ?query a sh:SPARQLExecutable ; sh:prefixes/sh:declare ?one .
      ?one sh:prefix ?prefix ; sh:namespace ?namespace }"""
    found = rows.query(query)
    assert isinstance(found, QuerySolutions)
    declared: dict[str, str] = {}
    for row in found:
        namespace = row["namespace"]
        assert isinstance(namespace, Literal)
        assert namespace.datatype == term("xsd:anyURI")
        prefix = str(getattr(row["prefix"], "value", ""))
        assert declared.setdefault(prefix, namespace.value) == namespace.value
    for example in examples():
        for prefix, namespace in re.findall(r"PREFIX ([\w-]+): <(.*?)>", example.query):
            assert declared[prefix] == namespace
    assert told.triples


# schema.org

SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def structured(client: httpx.Client, path: str) -> dict[str, Any]:
    """The JSON-LD of a page, which must be the only script in it."""
    page = client.get(path, headers={"accept": "text/html"}).text
    assert page.count("<script") == page.count("</script>") == 1
    (text,) = SCRIPT.findall(page)
    document: dict[str, Any] = json.loads(text)
    assert document.pop("@context") == "https://schema.org"
    vocabulary = {"@vocab": "https://schema.org/", "url": {"@type": "@id"}}
    (whole,) = pyld.expand({"@context": vocabulary, **document})
    assert len(whole) == len(document)
    return document


def test_the_front_page_tells_the_dataset(client: httpx.Client, release: Release) -> None:
    catalogue = structured(client, "/")
    assert catalogue["@type"] == "DataCatalog"
    (dataset,) = catalogue["dataset"]
    assert dataset["@id"] == DATASET.value
    assert dataset["version"] == release.version
    assert dataset["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert len(dataset["isBasedOn"]) == len(release.manifest["sources"])
    for download in dataset["distribution"]:
        assert client.head(download["contentUrl"]).status_code == 200


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("state/NOR", {"@type": "Country", "name": "Norway", "identifier": "NOR",
                       "sameAs": "http://publications.europa.eu/resource/authority/country/NOR"}),
        ("instrument/cets-201", {"@type": "Legislation", "legislationIdentifier": "CETS-201",
                                 "legislationDate": "2007-07-12"}),
        ("instrument/cets-201/article/20", {"@type": "Legislation"}),
        ("body/ec3", {"@type": "Organization", "alternateName": ["European Cybercrime Centre EC3",
                                                                 "EC3"]}),
        ("indicator/inhope-hotline", {"@type": "DefinedTerm"}),
        ("observation/ncmec-cybertip-reports/ALB/2020", {"@type": "Observation", "value": 23426,
                                                         "observationDate": "2020"}),
        ("action/opsc/ALB/accession", {"@type": "Action"}),
        ("source/mapping2021", {"@type": "Report", "datePublished": "2021-06"}),
        ("status/opsc/NOR/mapping2021", {"@type": "Thing"}),
    ],
)  # fmt: skip
def test_a_thing_is_told_as_what_it_is(
    client: httpx.Client, path: str, expected: dict[str, Any]
) -> None:
    told = structured(client, f"/doc/{path}")
    assert told["@id"] == told["url"] == ID + path
    assert {name: told.get(name) for name in expected} == expected


def test_a_text_cannot_end_the_script(tmp_path: Path) -> None:
    text = "</script><script>alert(1)</script><!-- &"
    small_release(tmp_path, things=2, note=text)
    with running(tmp_path) as server, httpx.Client(base_url=server.url) as client:
        assert structured(client, "/doc/thing/1")["name"] == f"thing 1{text}"
