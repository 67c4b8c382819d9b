"""`/ontology` and `/shapes`: the triples of the files, and pages that show all of them."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import combinations
from xml.etree import ElementTree

import httpx
import pytest
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse
from rdflib import RDF, RDFS, SH, URIRef

from api.schema import diagram, shapes, vocabulary
from api.schema.drawing import BETWEEN, WIDTH
from api.schema.vocabulary import described
from ocsea.as_rdflib import to_rdflib
from ocsea.namespaces import PREFIXES, TERMS, term
from ocsea.rdf import ontology, read_turtle
from ocsea.resources import ROOT, ontology_files, shapes_files

FORMATS = {
    "ttl": ("text/turtle", RdfFormat.TURTLE),
    "jsonld": ("application/ld+json", RdfFormat.JSON_LD),
    "nt": ("application/n-triples", RdfFormat.N_TRIPLES),
    "rdf": ("application/rdf+xml", RdfFormat.RDF_XML),
}
FILES = {"/ontology": ontology_files(), "/shapes": shapes_files()}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=30, headers={"accept": "text/html"}) as client:
        yield client


@pytest.fixture(scope="module")
def pages(client: httpx.Client) -> dict[str, str]:
    return {path: client.get(path).text for path in FILES}


# The triples


def canonical(content: bytes, form: RdfFormat) -> set[str]:
    dataset = Dataset(parse(content, form))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("path", FILES)
def test_a_format_holds_exactly_the_triples_of_the_files(
    client: httpx.Client, path: str, name: str
) -> None:
    media_type, form = FORMATS[name]
    negotiated = client.get(path, headers={"accept": media_type})
    named = client.get(path, params={"format": name})
    assert negotiated.headers["content-type"].partition(";")[0] == media_type
    assert negotiated.content == named.content
    triples = read_turtle(FILES[path])
    assert len(triples) > 1000
    lines = "".join(f"{triple} .\n" for triple in triples).encode()
    assert canonical(negotiated.content, form) == canonical(lines, RdfFormat.N_TRIPLES)


@pytest.mark.parametrize("path", FILES)
def test_what_the_client_holds_is_not_sent_again(client: httpx.Client, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"if-none-match": first.headers["etag"]})
    other = client.get(path, params={"format": "ttl"})
    assert (first.status_code, again.status_code) == (200, 304)
    assert other.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize("path", FILES)
def test_a_format_that_is_not_there_is_refused(client: httpx.Client, path: str) -> None:
    for refused in (
        client.get(path, params={"format": "docx"}, headers={"accept": "*/*"}),
        client.get(path, headers={"accept": "image/png"}),
    ):
        assert refused.status_code == 406
        assert "text/turtle" in refused.json()["offers"]


# The pages


class Anchors(HTMLParser):
    """The anchors of a page, in order, and where its links lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: list[str] = []
        self.links: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.anchors.append(value or "")
            elif name == "href":
                self.links.add(value or "")


def test_every_term_and_every_shape_has_its_anchor(pages: dict[str, str]) -> None:
    names = {each.name for section in vocabulary.terms().values() for each in section}
    declared = {
        t.subject.value.removeprefix(TERMS)
        for t in ontology()
        if t.predicate == term("rdfs:isDefinedBy")
    }
    assert names == declared
    assert names <= set(Anchors(pages["/ontology"]).anchors)
    checks = {
        str(shape).partition("#")[2]
        for kind in (SH.NodeShape, SH.PropertyShape, SH.PropertyGroup)
        for shape in shapes.graph().subjects(RDF.type, kind)
    }
    assert len(checks) > 400
    assert checks <= set(Anchors(pages["/shapes"]).anchors)


def test_no_anchor_stands_twice_and_every_link_to_one_leads_there(pages: dict[str, str]) -> None:
    found = {path: Anchors(text) for path, text in pages.items()}
    for path, page in found.items():
        assert len(page.anchors) == len(set(page.anchors)), path
        links = [link for link in page.links if "#" in link]
        assert len(links) > 300
        for link in links:
            target, _, anchor = link.partition("#")
            if not target or target in found:
                assert anchor in found[target or path].anchors, (path, link)
            else:
                assert link.startswith("http"), (path, link)


def test_the_definition_of_a_term_says_all_there_is(pages: dict[str, str]) -> None:
    page = pages["/ontology"]
    article = page.partition('<article class="term" id="State">')[2].partition("</article>")[0]
    assert "A state as the sources list it among states." in article
    assert "For example: Albania" in article
    for iri in (
        "/ontology#ContractingEntity",
        "/ontology#ObserverState",
        "https://schema.org/Country",
    ):
        assert f'href="{iri}"' in article
    assert 'href="/shapes#State-iso3"' in article
    assert "/sparql?query=" in article


def test_a_deprecated_term_says_what_replaces_it() -> None:
    text = f"""@prefix ocsea: <{TERMS}> . @prefix owl: <{PREFIXES["owl"]}> .
        ocsea:Old a owl:Class ; owl:deprecated true ;
          <{PREFIXES["dcterms"]}isReplacedBy> ocsea:New . ocsea:New a owl:Class ."""
    found = {each.name: each for each in described(read(text))["Classes"]}
    assert found["Old"].deprecated
    assert found["Old"].relations == {"replaced by": [TERMS + "New"]}
    assert not found["New"].deprecated
    assert found["New"].relations == {"replaces": [TERMS + "Old"]}


def read(text: str) -> list:
    return [quad.triple for quad in parse(text, RdfFormat.TURTLE)]


def test_every_demand_of_a_shape_is_put_into_words() -> None:
    graph = shapes.graph()
    kinds = (SH.NodeShape, SH.PropertyShape)
    used = {p for k in kinds for s in graph.subjects(RDF.type, k) for p in graph.predicates(s)}
    assert used <= shapes.SPOKEN


def test_a_shape_in_words(pages: dict[str, str]) -> None:
    assert said(pages, "Instrument-identifier") == (
        "identifier ocsea-sh:Instrument-identifier of every ocsea:Instrument"
        " looks at dcterms:identifier"
        " right if exactly 1; has the datatype xsd:string; matches ^[A-Z0-9]+(-[A-Z0-9]+)*$"
        " otherwise Violation. An instrument needs exactly one identifier in capital letters,"
        " such as CETS-201 or DIR-2011-93."
    )
    assert "is any of these: a calendar year, a period" in said(pages, "Observation-refPeriod")
    assert "at least 1 of the values is status towards UNCRC" in said(pages, "Member-status-uncrc")
    assert "looks at what leads here by ocsea:party" in said(pages, "Member-status-uncrc")
    assert "part of state or area" in said(pages, "KnownArea")


def said(pages: dict[str, str], name: str) -> str:
    article = pages["/shapes"].partition(f'id="{name}">')[2].partition("</article>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", article).split()).replace(" ;", ";").replace(" ,", ",")


# The picture


@pytest.fixture(scope="module")
def svg(pages: dict[str, str]) -> ElementTree.Element:
    found = re.findall(r"<svg.*?</svg>", pages["/ontology"], flags=re.DOTALL)
    assert len(found) == 1
    return ElementTree.fromstring(found[0])


def core() -> set[str]:
    """The classes that have a row in a table of the model page, or a section of their own."""
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    return {
        *re.findall(r"^\| `((?:ocsea|qb):\w+)`", page, flags=re.M),
        "ocsea:Instrument",
        "ocsea:Provision",
    }


def test_each_core_class_has_a_box(svg: ElementTree.Element) -> None:
    titles = {link.findtext(f"{SVG}text") for link in svg.iter(f"{SVG}a")}
    graph = to_rdflib(ontology())
    for name in core():
        above = {
            str(c) for c in graph.transitive_objects(URIRef(term(name).value), RDFS.subClassOf)
        }
        shown = {diagram.label(iri) for iri in above}
        assert shown & titles, name
    assert 20 <= len(titles) <= 40


def test_a_box_names_what_the_files_say(svg: ElementTree.Element) -> None:
    text = {
        group.findtext(f"{SVG}a/{SVG}text"): [line.text for line in group.findall(f"{SVG}text")]
        for group in svg.findall(f"{SVG}g")
    }
    assert "party → ContractingEntity" in text["TreatyAction"]
    assert "instrument → Instrument" in text["TreatyAction"]
    assert "unit → Unit" in text["Indicator"]
    assert any("Programme" in line for line in text["Initiative"] if line)


def test_boxes_do_not_overlap_and_lines_join_them() -> None:
    drawing = diagram.drawn()
    for one, other in combinations(drawing.boxes, 2):
        apart = one.x + WIDTH + BETWEEN <= other.x or other.x + WIDTH + BETWEEN <= one.x
        above = one.y + one.height < other.y or other.y + other.height < one.y
        assert apart or above, (one.box, other.box)
    sides = {place.x for place in drawing.boxes} | {place.x + WIDTH for place in drawing.boxes}
    for line in drawing.lines:
        numbers = [int(number) for number in re.findall(r"-?\d+", line.path)]
        assert {numbers[0], numbers[-2]} <= sides
        assert min(numbers) >= 0
        assert max(numbers[0::2]) <= max(drawing.width, drawing.height)
    assert len(drawing.lines) > 30
