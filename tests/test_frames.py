"""Every document of the release says the same in every form, and has the shape of its frame."""

import re
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import orjson
import pytest
from pyld import jsonld as pyld
from pyoxigraph import (
    DefaultGraph,
    NamedNode,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    parse,
    serialize,
)
from untraced import untraced

from api.engine.describe import describe
from api.engine.zygote import Data
from api.jsonld import document as documents
from api.jsonld import shaping
from ocsea import jsonld
from ocsea.namespaces import ID, PREFIXES, RDF_TYPE
from ocsea.release import Release
from ocsea.resources import frame_files

PLAIN = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML}
TOGETHER = 400
"""Documents that are read at once: reading the context is most of the work of reading one."""
PROLOGUE = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
Said = dict[str, list[Triple]]


@dataclass
class Walk:
    """What came of reading every document of the release in every form."""

    documents: int = 0
    differing: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """By form, the things whose document in it says something else than the graph."""
    unread: set[str] = field(default_factory=set)
    """Keys that mean nothing."""
    lists: dict[str, set[bool]] = field(default_factory=lambda: defaultdict(set))
    """Of each key, whether it held a list, or something else."""
    linked: set[str] = field(default_factory=set)
    """Things of ours that documents name."""
    seconds: float = 0.0
    """What framing took."""


@pytest.fixture(scope="module")
def store(release: Release) -> Store:
    loaded = Data.load(release, "memory").store
    assert loaded
    return loaded


@pytest.fixture(scope="module")
def things(store: Store) -> list[str]:
    quads = store.quads_for_pattern(None, None, None, DefaultGraph())
    subjects = (quad.subject for quad in quads)
    named = {subject.value for subject in subjects if isinstance(subject, NamedNode)}
    return sorted(iri for iri in named if iri.startswith(ID))


@pytest.fixture(scope="module")
def walk(store: Store, things: list[str]) -> Walk:
    walk = Walk()
    for start in range(0, len(things), TOGETHER):
        said = {iri: describe(store, iri, 1).triples for iri in things[start : start + TOGETHER]}
        with untraced() if start else nullcontext():
            _look(walk, said)
    return walk


def _look(walk: Walk, said: Said) -> None:
    walk.documents += len(said)
    stated = {iri: _lines(triples) for iri, triples in said.items()}
    started = time.process_time()
    nodes = {iri: jsonld.nodes(triples) for iri, triples in said.items()}
    for form in documents.FORMS:
        written = {iri: documents.composed(nodes[iri], iri, form) for iri in said}
        if form == "framed":  # the first
            walk.seconds += time.process_time() - started
        loaded = {iri: orjson.loads(text) for iri, text in written.items()}
        walk.differing[form] += _differing(stated, loaded)
        if form == "framed":
            for document in loaded.values():
                _note(walk, document)
    for name, form in PLAIN.items():
        for iri, triples in said.items():
            text = serialize(triples, format=form, prefixes=PREFIXES) or b""
            if {quad.triple for quad in parse(text, form)} != set(triples):
                walk.differing[name].append(iri)
    for triples in said.values():
        walk.linked |= {t.object.value for t in triples if isinstance(t.object, NamedNode)}


def _lines(triples: Iterable[Triple]) -> set[bytes]:
    text = serialize(triples, format=RdfFormat.N_TRIPLES) or b""
    return set(text.splitlines())


def _differing(stated: dict[str, set[bytes]], loaded: dict[str, Any]) -> list[str]:
    """The things whose JSON-LD says something else; each is put into a graph of its own, and all
    are read together.
    """
    graphs = []
    for iri, document in loaded.items():
        content = document
        if isinstance(document, dict):
            assert document.pop("@context") == jsonld.CONTEXT
            content = document.get("@graph", document)
        graphs.append({"@id": iri, "@graph": content})
    whole = {"@context": jsonld.context()["@context"], "@graph": graphs}
    quads = parse(orjson.dumps(whole), RdfFormat.JSON_LD)
    read = set((serialize(quads, format=RdfFormat.N_QUADS) or b"").splitlines())
    expected = {
        line[:-1] + f"<{iri}> .".encode() for iri, lines in stated.items() for line in lines
    }
    return sorted({line.split()[-2].decode()[1:-1] for line in read ^ expected})


def _note(walk: Walk, node: dict[str, Any]) -> None:
    for key, value in node.items():
        if _meaning(key) is None:
            walk.unread.add(key)
        walk.lists[key].add(isinstance(value, list))
        if _is_map(key):
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                _note(walk, one)


@cache
def _meaning(key: str) -> str | None:
    """What PyLD takes a key for: a keyword, or an IRI; None where it would drop it."""
    iri: str = pyld.JsonLdProcessor()._expand_iri(_context(), key, vocab=True)
    return iri if iri.startswith("@") or re.match(r"https?://", iri) else None


@cache
def _context() -> dict[str, Any]:
    empty = {"processingMode": "json-ld-1.1", "mappings": {}}
    found: dict[str, Any] = pyld.JsonLdProcessor().process_context(
        empty, jsonld.CONTEXT, jsonld.OPTIONS
    )
    return found


@cache
def _is_map(key: str) -> bool:
    entry = jsonld.context()["@context"].get(key)
    return isinstance(entry, dict) and "@language" in entry.get("@container", ())


@pytest.mark.parametrize("form", [*documents.FORMS, *PLAIN])
def test_every_document_says_the_same_in_every_form(walk: Walk, form: str) -> None:
    assert walk.documents > 10_000
    assert walk.differing[form][:20] == []


def test_no_key_is_dropped_when_a_document_is_read(walk: Walk) -> None:
    assert len(walk.lists) > 150
    assert walk.unread == set()
    assert "@reverse" not in walk.lists


def test_a_key_holds_a_list_everywhere_or_nowhere(walk: Walk) -> None:
    assert {key for key, kinds in walk.lists.items() if len(kinds) > 1} == set()


def test_every_thing_that_a_document_names_has_a_document(walk: Walk, things: list[str]) -> None:
    ours = {iri for iri in walk.linked if iri.startswith(ID)}
    assert len(ours) > 5000
    assert ours <= set(things)


def test_all_documents_are_framed_well_within_a_minute(walk: Walk) -> None:
    assert 0 < walk.seconds < 30


# What is in a document

DOCUMENT = """CONSTRUCT { ?s ?p ?o . ?named rdfs:label ?label } WHERE {
  { BIND (?thing AS ?s) ?s ?p ?o }
  UNION
  { SELECT DISTINCT ?s ?p ?o {
      { GRAPH ?told { ?s ?by ?thing } } UNION
      { GRAPH ?told { ?record ?by ?thing } ?record dcterms:source ?s } UNION
      { ?thing dcterms:source ?s }
      FILTER (!BOUND(?told) || ?told != <https://w3id.org/ocsea/graph/inferred>)
      ?s ?p ?o
      FILTER (?p = rdf:type ||
              NOT EXISTS { GRAPH <https://w3id.org/ocsea/graph/inferred> { ?s ?p ?o } })
  } }
  OPTIONAL { ?o rdfs:label ?label BIND (?o AS ?named)
    FILTER (?p != rdf:type && !STRSTARTS(STR(?o), STR(ocsea:))) }
}"""
"""The rule of a document whose links all fit on a page, as a query."""


def test_a_document_holds_what_leads_to_a_thing_and_where_that_was_read(store: Store) -> None:
    said = describe(store, ID + "state/ALB", 1).triples
    by_rule = _triples(store, DOCUMENT.replace("?thing", f"<{ID}state/ALB>"))
    assert len(said) > 1000
    assert set(said) == by_rule


def test_pages_hold_what_leads_to_a_thing_each_once(store: Store) -> None:
    thing = ID + "source/untc2015"
    last = describe(store, thing, 1).last
    places = [
        triple.subject
        for page in range(1, last + 1)
        for triple in describe(store, thing, page).triples
        if str(triple.predicate).endswith("isPartOf>")
    ]
    assert last > 5
    assert len(places) == len(set(places)) == _count(store, f"?x dcterms:isPartOf <{thing}>")


def test_of_what_is_unknown_there_is_no_document(store: Store) -> None:
    assert describe(store, ID + "state/ZZZ", 1).last == 0


# Frames

FRAMES = sorted(frame_files())


def framed(store: Store, key: str) -> dict[str, Any]:
    iri = ID + key
    document: dict[str, Any] = orjson.loads(
        documents.document(describe(store, iri, 1).triples, iri)
    )
    assert document["@context"] == jsonld.CONTEXT
    assert document["id"] == iri
    return document


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_is_json_ld_of_keys_that_the_context_has(name: str) -> None:
    frame = shaping.frame_documents()[name]
    terms = jsonld.context()["@context"]
    assert frame["@context"] == jsonld.CONTEXT
    assert set(_keys(frame)) <= terms.keys()
    assert pyld.expand(frame, jsonld.OPTIONS | {"isFrame": True, "keepFreeFloatingNodes": True})


def _keys(frame: dict[str, Any]) -> Iterator[str]:
    for key, value in frame.items():
        if not key.startswith("@"):
            yield key
            for inner in value if isinstance(value, list) else [value]:
                yield from _keys(inner) if isinstance(inner, dict) else ()


def _turned(name: str) -> list[str]:
    """The properties that a frame reads in reverse, one that it does by several keys repeated."""
    terms = jsonld.context()["@context"]
    told = (terms.get(key) for key in shaping.frame_documents()[name])
    return [term["@reverse"] for term in told if isinstance(term, dict) and "@reverse" in term]


def _by_pyld(store: Store, name: str, iri: str) -> dict[str, Any]:
    nodes = jsonld.nodes(describe(store, iri, 1).triples)
    frame = shaping.frame_documents()[name] | {"@id": iri}
    found: dict[str, Any] = pyld.frame(nodes, frame, jsonld.OPTIONS)
    return found


@pytest.mark.parametrize("name", [n for n in FRAMES if len(set(_turned(n))) == len(_turned(n))])
def test_a_frame_is_for_any_processor(store: Store, name: str) -> None:
    iri = _example(store, name)
    found, ours = _by_pyld(store, name, iri), framed(store, iri.removeprefix(ID))
    assert (found["id"], found["label"]) == (iri, ours["label"])
    meant = [jsonld.compactor().meaning(key) for key in shaping.frame_documents()[name]
             if ours.get(key) and not key.startswith("@")]  # fmt: skip
    taken = {jsonld.compactor().meaning(key) for key in found if key in _terms()}
    assert len(meant) >= 2
    assert {(one.iri, one.reverse) for one in meant} <= {(one.iri, one.reverse) for one in taken}


def test_a_frame_that_tells_by_type_what_a_property_holds_is_not(store: Store) -> None:
    with pytest.raises(pyld.JsonLdError, match="a single object"):
        _by_pyld(store, "state", ID + "state/NOR")


def _terms() -> set[str]:
    return {key for key in jsonld.context()["@context"] if not key.startswith("@")}


def _example(store: Store, name: str) -> str:
    classes = sorted(documents.frames().all[name].classes) or [PREFIXES["ocsea"] + "Unit"]
    return _one(store, f"VALUES ?class {{ <{'> <'.join(classes)}> }} ?x a ?class")


@pytest.mark.parametrize("name", [name for name in FRAMES if name != shaping.ANY])
def test_each_frame_is_for_some_things(store: Store, name: str) -> None:
    classes = documents.frames().all[name].classes
    types = (store.quads_for_pattern(None, RDF_TYPE, NamedNode(iri)) for iri in sorted(classes))
    kinds = {quad.subject.value for quads in types for quad in quads}
    assert len(kinds) > 5
    assert documents.frames().of(tuple(classes)).name == name


def test_the_frame_that_names_most_classes_of_a_thing_is_taken(store: Store) -> None:
    both = _one(store, "?x a ocsea:RecommendationInstrument")
    types = documents.Told(jsonld.nodes(describe(store, both, 1).triples), both).types
    assert documents.frames().of(types).name == "instrument"
    assert documents.frames().of(()).name == shaping.ANY


def test_a_state_has_its_records_apart(store: Store) -> None:
    norway = framed(store, "state/NOR")
    iri = ID + "state/NOR"
    assert (norway["label"], norway["iso3"], norway["iso2"]) == ("Norway", "NOR", "NO")
    for key, pattern in {
        "statuses": "?x a ocsea:PartyStatus ; ocsea:party <%s>",
        "treatyActions": "?x a ocsea:TreatyAction ; ocsea:party <%s>",
        "observations": "?x a qb:Observation ; sdmx-dimension:refArea <%s>",
        "memberships": "?x a ocsea:Membership ; org:member <%s>",
        "authorities": "?x a ocsea:NationalAuthority ; ocsea:state <%s>",
    }.items():
        assert {one["id"] for one in norway[key]} == _all(store, pattern % iri), key
        assert all("label" in one and one["source"][0]["label"] for one in norway[key])
    assert list(norway)[:4] == ["@context", "id", "type", "label"]
    assert "records" not in norway


def test_a_status_tells_whose_word_it_is(store: Store) -> None:
    statuses = {one["id"]: one for one in framed(store, "state/ALB")["statuses"]}
    status = statuses[ID + "status/cets-201/ALB/mapping2021"]
    assert status["status"] == "Party"
    assert status["asOfMonth"] == "2021-04"
    assert status["instrument"] == {
        "id": ID + "instrument/cets-201",
        "label": "Lanzarote Convention",
    }
    (place,) = status["source"]
    assert (place["place"], place["rowLabel"]) == ("Fig. 1", "ALBANIA")
    assert place["isPartOf"]["id"] == ID + "source/mapping2021"
    assert place["isPartOf"]["label"]


def test_services_are_told_from_other_bodies(store: Store) -> None:
    service = _one(store, "?x a ocsea:Hotline ; ocsea:state ?state")
    state = _one(store, f"<{service}> ocsea:state ?x").removeprefix(ID)
    document = framed(store, state)
    assert service in {one["id"] for one in document["services"]}
    others = document["authorities"] + document.get("bodies", [])
    assert service not in {one["id"] for one in others}


def test_an_instrument_has_its_provisions_in_reading_order(store: Store) -> None:
    convention = framed(store, "instrument/cets-201")
    iri = ID + "instrument/cets-201"
    assert convention["identifier"] == "CETS-201"
    assert convention["entryIntoForce"] == "2010-07-01"
    assert {one["id"] for one in convention["partyStatuses"]} <= _all(
        store, f"?x a ocsea:PartyStatus ; ocsea:instrument <{iri}>"
    )
    articles = [one["number"] for one in convention["provisions"] if "Article" in one["type"]]
    assert articles == sorted(articles, key=int)
    (article,) = [one for one in convention["provisions"] if one["id"] == iri + "/article/20"]
    assert article["heading"] == "Offences concerning child pornography"
    assert [one["id"] for one in article["criminalises"]] == [ID + "offence/csam-offences"]


def test_a_provision_names_what_it_stands_in(store: Store) -> None:
    article = framed(store, "instrument/cets-201/article/20")
    assert article["number"] == "20"
    assert {one["id"] for one in article["partOf"]} == {
        ID + "instrument/cets-201",
        ID + "instrument/cets-201/chapter/vi",
    }
    assert len(article["provisions"]) == 9


def test_a_body_has_parents_members_and_mandate(store: Store) -> None:
    iri = _one(store, "?x org:subOrganizationOf ?parent ; ocsea:mandatedBy ?mandate")
    unit = framed(store, iri.removeprefix(ID))
    for key, path in (("subOrganizationOf", "org:subOrganizationOf"),
                      ("mandatedBy", "ocsea:mandatedBy")):  # fmt: skip
        assert {one["id"] for one in unit[key]} == _all(store, f"<{iri}> {path} ?x")
    inhope = framed(store, "body/inhope")
    members = _all(store, f"[] org:organization <{ID}body/inhope> ; org:member ?x")
    assert {one["member"]["id"] for one in inhope["members"]} == members


def test_an_indicator_has_its_values_as_numbers(store: Store) -> None:
    indicator = framed(store, "indicator/ncmec-cybertip-reports")
    values = {one["id"]: one for one in indicator["values"]}
    poland = values[ID + "observation/ncmec-cybertip-reports/POL/2020"]
    assert (poland["value"], poland["year"]) == (381254, "2020")
    assert poland["area"] == {"id": ID + "state/POL", "label": "Poland"}
    share = framed(store, "observation/ncmec-cybertip-share-of-global/ALB/2019")
    assert re.fullmatch(r"[0-9]+\.[0-9]+", share["decimalValue"])


def test_a_missing_value_is_said_to_be_missing(store: Store) -> None:
    iri = _one(store, "?x sdmx-attribute:obsStatus sdmx-code:obsStatus-M")
    assert framed(store, iri.removeprefix(ID))["obsStatus"] == "missing"


def test_a_source_has_its_places(store: Store) -> None:
    source = framed(store, "source/mapping2021")
    assert source["title"]
    places = _all(store, f"?x dcterms:isPartOf <{ID}source/mapping2021>")
    assert {one["id"] for one in source["places"]} <= places
    assert all(one["place"] for one in source["places"])


def test_what_has_no_frame_of_its_own_is_told_all_the_same(store: Store) -> None:
    unit = framed(store, "unit/percent")
    assert unit["label"]
    assert {one["id"] for one in unit["unitOf"]} == _all(store, f"?x ocsea:unit <{ID}unit/percent>")


def test_a_list_that_a_frame_names_is_there_even_if_empty(store: Store) -> None:
    tuvalu = framed(store, "state/TUV")
    assert tuvalu["services"] == tuvalu["observations"] == []


def _triples(store: Store, query: str) -> set[Triple]:
    return set(store.query(PROLOGUE + query))


def _all(store: Store, pattern: str) -> set[str]:
    rows = store.query(PROLOGUE + f"SELECT DISTINCT ?x WHERE {{ {pattern} }}")
    assert isinstance(rows, QuerySolutions)
    found = {row["x"].value for row in rows}
    assert found, pattern
    return found


def _one(store: Store, pattern: str) -> str:
    return min(_all(store, pattern))


def _count(store: Store, pattern: str) -> int:
    return len(_all(store, pattern))
