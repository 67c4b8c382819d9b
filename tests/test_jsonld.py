"""JSON-LD documents: as PyLD compacts them, to the byte, and the same triples when read again.

`OCSEA_JSONLD_EVERY=1` looks at every thing of the release instead of at every hundredth.
"""

import json
import os
from collections import Counter
from typing import Any

import orjson
import pytest
from pyld import jsonld as pyld
from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    Triple,
    parse,
)
from untraced import untraced

from api.engine.describe import describe
from api.jsonld import document as documents
from ocsea import jsonld
from ocsea.compaction import Compactor
from ocsea.namespaces import ID, PREFIXES, RDF_TYPE

EVERY = int(os.environ.get("OCSEA_JSONLD_EVERY", "100"))
THING = ID + "state/ZZZ"
CASES = {
    "nothing": "",
    "blank nodes": "<> ocsea:budget _:b ; ocsea:status _:c ; ex:p _:d . _:b ocsea:amount 1.5 . "
    "_:e ocsea:party <> ; rdfs:label 'e'@en .",
    "text": "<> rdfs:label 'b'@fr, 'c'@en, 'a'@en, 'd'@en-GB, 'e', '' ; ocsea:acronym 'a'@en, 'a' ;"
    " skos:example 'x'@de ; ex:p 'p'@en, 'p'@fr, 'p' .",
    "marks": r"<> rdfs:label 'é \" \\ / \n\t\u0001\u007f\u2028 😀 <b>'@en .",
    "typed literals": "<> sdmx-dimension:refPeriod '2020'^^xsd:gYear, '2020-01'^^xsd:gYearMonth, "
    "'2020' ; ocsea:amount 1.50, 1, 1.0E0, 'one'^^xsd:decimal ; ocsea:date '2020'^^xsd:gYear ; "
    "ocsea:says '<b/>'^^rdf:HTML, '{}'^^rdf:JSON, 'a'^^ex:t, 'a'^^<urn:t>, true .",
    "foreign predicates": "<> ex:p ex:o ; <urn:p> <urn:o> ; schema:name 'n' ; foaf:knows <b> ; "
    "ocsea:unknown <c> ; sh:path ocsea:Party ; dcterms:type 'a' . ",
    "types": "<> a ocsea:State, foaf:Agent, ex:T, <urn:T>, ocsea:Unknown, _:t, 'State', 1 .",
    "types with keys of their own": "<> a hydra:Collection ; hydra:totalItems 2 ; org:member <c> ; "
    "hydra:member <b> . <b> a dcat:Dataset ; dcat:version '1' ; dcterms:source <> .",
    "one type": "<> a ocsea:State .",
    "only an odd type": "<> a 'State'@en .",
    "links": "<> ocsea:party ocsea:Party, dcterms:, <mailto:a@b.c>, 'text', 'text'@en, 2 ; "
    "ocsea:status ocsea:Party, ocsea:Unknown, ex:s, <b>, rdfs:label, dcterms:, 'Party' ; "
    "dcterms:creator ocsea:Party, <b> . <b> rdfs:label 'b'@en ; a ocsea:State .",
    "itself": "<> ocsea:party <>, <b> ; ex:p <> . <b> ocsea:party <>, <c> .",
    "pointed at": "<> rdfs:label 'a'@en . <b> ocsea:party <> ; rdfs:label 'b'@en . "
    "<c> ocsea:party <> ; ocsea:status <> ; ex:p <>, ex:o . <d> ex:p <> . <d> dcterms:creator <> .",
    "only pointed at": "<b> ocsea:party <> . <c> ocsea:party <>, <d> .",
}
CONTEXTS: dict[str, dict[str, Any]] = {
    "several terms of one property": {
        "en": {"@id": "ex:p", "@language": "en"},
        "year": {"@id": "ex:p", "@type": "ex:year"},
        "any": {"@id": "ex:p"},
        "word": {"@id": "ex:p", "@type": "@vocab"},
        "link": {"@id": "ex:p", "@type": "@id"},
        "T": "ex:T",
    },
    "as it is": {"asIs": {"@id": "ex:p", "@type": "@none"}},
    "aliases": {"iri": "@id", "kind": "@type", "was": "@value", "of": "@reverse"},
    "sets": {"p": {"@id": "ex:p", "@container": "@set"}},
    "languages": {"p": {"@id": "ex:p", "@container": "@language"}},
    "sets of languages": {"p": {"@id": "ex:p", "@container": ["@language", "@set"]}},
    "types as a set": {"kind": {"@id": "@type", "@container": "@set"}},
    "a reverse term": {"of": {"@reverse": "ex:p"}},
    "a reverse set": {"of": {"@reverse": "ex:p", "@container": "@set"}, "q": "ex:q"},
    "several reverse terms": {"b": {"@reverse": "ex:p"}, "a": {"@reverse": "ex:p"}},
    "an index": {"p": {"@id": "ex:p", "@container": "@index"}},
    "a default language": {"@language": "fr", "p": "ex:p"},
    "a vocabulary": {"@vocab": "http://e.example/"},
    "a base": {"@base": "http://e.example/", "p": {"@id": "ex:p", "@type": "@id"}},
    "a term with a colon": {"ex:p": {"@id": "ex:p", "@type": "@id"}},
    "a term of nothing": {"p": None},
    "a type with keys of its own": {"T": {"@id": "ex:T", "@context": {"p": "ex:p"}}},
    "a property with keys of its own": {"p": {"@id": "ex:p", "@context": {"q": "ex:q"}}},
}


def triples(turtle: str) -> list[Triple]:
    """As `describe` gives them; `<>` is the thing."""
    hydra = "http://www.w3.org/ns/hydra/core#"
    prefixes = PREFIXES | {"ex": "http://e.example/", "hydra": hydra}
    head = "".join(f"@prefix {name}: <{iri}> ." for name, iri in prefixes.items())
    quads = parse(head + turtle, RdfFormat.TURTLE, base_iri=THING)
    return sorted((quad.triple for quad in quads), key=str)


def by_us(said: list[Triple], iri: str) -> bytes:
    return documents.document(said, iri, "compacted")


def by_pyld(said: list[Triple], iri: str) -> bytes:
    expanded = documents.expanded(said, iri)
    with untraced():
        compacted = pyld.compact(expanded, jsonld.CONTEXT, jsonld.OPTIONS)
    return orjson.dumps(compacted, option=orjson.OPT_INDENT_2)


def canonical(said: list[Triple]) -> set[Quad]:
    dataset = Dataset(Quad(triple.subject, triple.predicate, triple.object) for triple in said)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


def read(document: bytes) -> list[Triple]:
    with untraced():
        quads = pyld.to_rdf(
            json.loads(document), jsonld.OPTIONS | {"format": "application/n-quads"}
        )
    return [quad.triple for quad in parse(quads, RdfFormat.N_QUADS)]


def things(store: Store) -> Counter[str]:
    """How much is said of each thing that is served."""
    quads = store.quads_for_pattern(None, None, None, DefaultGraph())
    subjects = (quad.subject for quad in quads)
    return Counter(
        subject.value
        for subject in subjects
        if isinstance(subject, NamedNode) and subject.value.startswith(ID)
    )


def largest(store: Store, sizes: Counter[str]) -> set[str]:
    """Of each class, the thing of which most is said."""
    most: dict[str, str] = {}
    for quad in store.quads_for_pattern(None, RDF_TYPE, None, DefaultGraph()):
        best = most.setdefault(str(quad.object), quad.subject.value)
        most[str(quad.object)] = max(best, quad.subject.value, key=lambda iri: sizes[iri])
    return {iri for iri in most.values() if iri in sizes}


def test_the_things_of_the_release_are_written_as_by_pyld(store: Store) -> None:
    sizes = things(store)
    chosen = {*sorted(sizes)[::EVERY], *largest(store, sizes)}
    assert len(chosen) >= len(sizes) // EVERY > 100
    for iri in chosen:
        said = describe(store, iri, 1).triples
        assert by_us(said, iri) == by_pyld(said, iri)


def test_the_largest_things_read_again_say_the_same(store: Store) -> None:
    chosen = largest(store, things(store))
    assert len(chosen) > 50
    for iri in chosen:
        said = describe(store, iri, 1).triples
        assert canonical(read(documents.document(said, iri))) == canonical(said)


def test_a_document_is_not_left_to_pyld(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is where our context has come to use what our own walk does not know."""

    def left_to_pyld(document: Any, *_: object) -> None:
        raise AssertionError(f"left to PyLD: {document}")

    said = [(describe(store, iri, 1).triples, iri) for iri in sorted(things(store))[::EVERY]]
    expected = [by_us(*one) for one in said]
    monkeypatch.setattr(pyld, "compact", left_to_pyld)
    assert [by_us(*one) for one in said] == expected


@pytest.mark.parametrize("turtle", CASES.values(), ids=CASES)
def test_whatever_is_said_is_written_as_by_pyld_and_read_again(turtle: str) -> None:
    said = triples(turtle)
    assert by_us(said, THING) == by_pyld(said, THING)
    for form in documents.FORMS:
        assert canonical(read(documents.document(said, THING, form))) == canonical(said)


def test_an_iri_that_would_read_as_a_prefixed_name_is_refused() -> None:
    for said in ("<> ocsea:party <schema:a> .", "<> <schema:a> 1 .", "<> a <schema:a> ."):
        for write in (by_us, by_pyld):
            with pytest.raises(pyld.JsonLdError, match="confused with prefix"):
                write(triples(said), THING)


def test_a_triple_inside_another_is_refused() -> None:
    inner = Triple(NamedNode(THING), NamedNode(THING), Literal("a"))
    with pytest.raises(TypeError, match="no place for the triple"):
        documents.document([Triple(NamedNode(THING), NamedNode(THING), inner)], THING)


@pytest.mark.parametrize("name", CONTEXTS)
def test_any_other_context_is_followed_too(name: str) -> None:
    address = f"http://e.example/{name}"
    context = {"@context": {"@version": 1.1, "ex": "http://e.example/"} | CONTEXTS[name]}

    def load(url: str, _options: object) -> dict[str, Any]:
        return {"contextUrl": None, "documentUrl": url, "document": context}

    said = triples(
        "<> a ex:T, ex:U ; ex:p ex:T, ex:q, <b>, _:b, 'a'@en, 'a'@fr, 'a', 1, '2020'^^ex:year ; "
        "ex:q 'b'@fr, ex:p . <b> a ex:T . <c> ex:p <>, ex:T ; ex:q <>, 'c' ."
    )
    document = documents.expanded(said, THING)
    compacted = Compactor(address, {"documentLoader": load}).compact(document)
    expected = pyld.compact(document, address, {"documentLoader": load})
    assert json.dumps(compacted) == json.dumps(expected)
