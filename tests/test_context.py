"""The JSON-LD context has a key for whatever the release says, and says it in plain JSON."""

import json
from functools import cache
from typing import Any

import pytest
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store, parse

from api.jsonld import document as documents
from ocsea import ids, jsonld
from ocsea.jsonld import read_jsonld
from ocsea.namespaces import ID, PREFIXES, RDF_TYPE, term

SEVERAL = {
    "ocsea:party": "records",
    "ocsea:instrument": "about",
    "ocsea:state": "bodies",
    "ocsea:object": "objectOf",
    "dcterms:isPartOf": "parts",
}
"""Properties with several keys for what leads to a thing, and the one that is for all of it."""
THING = ID + "state/ZZZ"


@cache
def entries() -> dict[str, Any]:
    found: dict[str, Any] = jsonld.context()["@context"]
    return found


def meanings(*keywords: str) -> set[str]:
    """The IRIs that keys stand for, read as these keywords say: `@id` or `@reverse`."""
    plain = (entry for entry in entries().values() if isinstance(entry, str) and "@id" in keywords)
    told = (entry.get(word) for entry in entries().values() if isinstance(entry, dict)
            for word in keywords)  # fmt: skip
    names = [name for name in (*plain, *told) if name and name.partition(":")[0] in PREFIXES]
    return {term(name).value for name in names}


def test_every_property_and_class_of_a_thing_has_a_key(store: Store) -> None:
    ontology = ids.graph("ontology")
    quads = [q for q in store if q.graph_name not in (ontology, DefaultGraph())]
    used = {quad.predicate.value for quad in quads if quad.predicate != RDF_TYPE}
    used |= {
        q.object.value for q in quads if q.predicate == RDF_TYPE and isinstance(q.object, NamedNode)
    }
    assert len(used) > 250
    assert used - meanings("@id") == set()


def test_whatever_leads_to_a_thing_has_a_key_for_that(store: Store) -> None:
    inferred = (ids.graph("inferred"), ids.graph("ontology"), DefaultGraph())
    leading = {
        quad.predicate.value
        for quad in store
        if quad.graph_name not in inferred
        and isinstance(quad.object, NamedNode)
        and quad.object.value.startswith(ID)
    }
    assert len(leading) > 70
    assert leading - meanings("@reverse") == set()


def test_of_several_keys_a_processor_takes_the_one_for_all() -> None:
    found: dict[str, list[str]] = {}
    for key, entry in entries().items():
        if isinstance(entry, dict) and "@reverse" in entry:
            found.setdefault(entry["@reverse"], []).append(key)
    assert {name for name, keys in found.items() if len(keys) > 1} == SEVERAL.keys()
    for name, key in SEVERAL.items():
        assert jsonld.compactor().reverse_key(term(name).value) == key


@pytest.mark.parametrize(
    ("turtle", "said"),
    [
        ("ocsea:date '2008-02-05'^^xsd:date", {"date": "2008-02-05"}),
        ("ocsea:date '2008-02'^^xsd:gYearMonth", {"dateMonth": "2008-02"}),
        ("ocsea:begin '2008'^^xsd:gYear", {"beginYear": "2008"}),
        ("ocsea:begin '2008'", {"ocsea:begin": "2008"}),
        ("sdmx-dimension:refPeriod '2020'^^xsd:gYear", {"year": "2020"}),
        ("sdmx-measure:obsValue 381254", {"value": 381254}),
        ("sdmx-measure:obsValue 0, -12", {"value": [-12, 0]}),
        ("sdmx-measure:obsValue 0.10", {"decimalValue": "0.10"}),
        ("sdmx-measure:obsValue '007'^^xsd:integer",
         {"value": {"type": "xsd:integer", "@value": "007"}}),
        ("sdmx-measure:obsValue 12345678901234567890",
         {"value": {"type": "xsd:integer", "@value": "12345678901234567890"}}),
        ("sdmx-attribute:obsStatus sdmx-code:obsStatus-M", {"obsStatus": "missing"}),
        ("ocsea:status ocsea:Party", {"status": "Party"}),
        ("ocsea:acronym 'A'", {"acronym": ["A"]}),
        ("rdfs:label 'Norway'@en", {"label": "Norway"}),
        ("rdfs:label 'Norway'@en, 'Norvège'@fr",
         {"label": "Norway", "rdfs:label": {"@language": "fr", "@value": "Norvège"}}),
        ("skos:altLabel 'a'@en, 'b'@en, 'c'@fr", {"altLabels": {"en": ["a", "b"], "fr": ["c"]}}),
        ("skos:prefLabel 'a'@en, 'b'@fr", {"prefLabels": {"en": "a", "fr": "b"}}),
    ],
)  # fmt: skip
def test_values_are_plain_json(turtle: str, said: dict[str, Any]) -> None:
    head = "".join(f"@prefix {name}: <{iri}> ." for name, iri in PREFIXES.items())
    quads = parse(f"{head} <{THING}> {turtle} .", RdfFormat.TURTLE)
    triples = sorted((quad.triple for quad in quads), key=str)
    document = json.loads(documents.document(triples, THING, "compacted"))
    assert document == {"@context": jsonld.CONTEXT, "id": THING} | said
    assert set(read_jsonld(json.dumps(document))) == set(triples)


def test_what_was_written_with_older_keys_is_still_read() -> None:
    old = {
        "@context": jsonld.CONTEXT,
        "id": THING,
        "type": "Observation",
        "refArea": ID + "state/ALB",
        "refPeriod": "2021",
        "obsValue": 5,
        "obsStatus": "obsStatus-M",
        "altLabel": "a",
        "asOf": {"type": "xsd:gYearMonth", "@value": "2021-03"},
    }
    new = {
        "@context": jsonld.CONTEXT,
        "id": THING,
        "type": ["Observation"],
        "area": ID + "state/ALB",
        "year": "2021",
        "value": 5,
        "obsStatus": "missing",
        "altLabels": {"en": ["a"]},
        "asOfMonth": "2021-03",
    }
    assert set(read_jsonld(json.dumps(old))) == set(read_jsonld(json.dumps(new)))
