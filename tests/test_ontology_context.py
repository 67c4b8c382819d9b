"""The JSON-LD context is in step with the ontology, and means what it should."""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pytest
from ontology_terms import ROOT, declared, our_terms, promised, read
from pyld import jsonld
from pyoxigraph import RdfFormat, Triple, parse

from ocsea.namespaces import PREFIXES, term


@cache
def context() -> dict[str, Any]:
    document = json.loads((ROOT / "ontology" / "context.jsonld").read_text(encoding="utf-8"))
    assert document.keys() == {"@context"}
    entries: dict[str, Any] = document["@context"]
    return entries


def meant(entry: Any) -> str:
    """What a key stands for, read forwards or in reverse."""
    return str(entry.get("@id") or entry["@reverse"] if isinstance(entry, dict) else entry)


ELSEWHERE = {
    "hydra": "Collection IriTemplate IriTemplateMapping PartialCollectionView BasicRepresentation "
    "first mapping member next previous property required search template totalItems variable "
    "variableRepresentation view",
    "dcat": "Dataset byteSize distribution downloadURL hasCurrentVersion hasVersion isVersionOf "
    "previousVersion version",
    "dcterms": "description issued modified replaces source type",
    "prov": "endedAtTime used wasDerivedFrom wasGeneratedBy wasInformedBy",
    "schema": "agent alternateName encodingFormat inLanguage participant propertyID query text",
    "void": "subset",
    "http": "//open-services.net/ns/core#score",
}


"""Terms of other vocabularies, by which lists and releases are told, and which no fact uses."""


def unknown_keys(entries: dict[str, Any], elsewhere: Iterable[str] = ()) -> set[str]:
    """Keys that mean neither a declared term, one of those, a prefix, a keyword nor rdfs:label."""
    known = {*declared(), PREFIXES["rdfs"] + "label"}
    prefixes = PREFIXES | {"hydra": "http://www.w3.org/ns/hydra/core#"}
    bad = set()
    for key, entry in entries.items():
        meaning = meant(entry)
        prefix, _, local = meaning.partition(":")
        if key.startswith("@") or meaning in ("@id", "@type", *elsewhere):
            continue
        if meaning != prefixes.get(key) and prefixes.get(prefix, "?") + local not in known:
            bad.add(key)
    return bad


def scoped(entries: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The contexts that keys bring with them, those within them included."""
    for entry in entries.values():
        if isinstance(entry, dict) and "@context" in entry:
            yield entry["@context"]
            yield from scoped(entry["@context"])


def test_every_key_of_the_context_means_a_declared_term() -> None:
    classes = {"Collection", "IriTemplate", "IriTemplateMapping", "PartialCollectionView"}
    assert unknown_keys(context()) == classes | {"DcatDataset"}
    assert unknown_keys({"partys": {"@id": "ocsea:partys"}}) == {"partys"}
    assert unknown_keys({"nowhere": "nope:thing"}) == {"nowhere"}


def test_keys_of_lists_and_releases_count_in_these_alone() -> None:
    elsewhere = {f"{prefix}:{name}" for prefix, all_ in ELSEWHERE.items() for name in all_.split()}
    unused, everywhere = set(elsewhere), [context(), *scoped(context())]
    assert len(everywhere) == 11
    for entries in everywhere:
        said = {key: entry for key, entry in entries.items() if entry is not None}
        assert unknown_keys(said, elsewhere) == set()
        unused -= {meant(entry) for entry in said.values()}
    assert unused == set()


def forwards() -> dict[str, Any]:
    return {k: e for k, e in context().items() if not isinstance(e, dict) or "@id" in e}


def keys_by_term() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for key, entry in forwards().items():
        found.setdefault(meant(entry), set()).add(key)
    return found


def test_every_term_of_the_ontology_has_its_name_as_key() -> None:
    keys = keys_by_term()
    assert {name for name in our_terms() if name not in keys.get(f"ocsea:{name}", ())} == set()


def test_every_name_the_model_page_promises_has_a_key() -> None:
    taken = {"org:Membership"}  # `Membership` is our narrower class
    assert promised() - taken - keys_by_term().keys() == set()


def test_keys_say_whether_they_lead_to_a_thing() -> None:
    leads = {"@id", "@vocab"}
    for key, entry in forwards().items():
        prefix, _, local = meant(entry).partition(":")
        kinds = declared().get(PREFIXES.get(prefix, "") + local, set())
        kind = entry.get("@type") if isinstance(entry, dict) else None
        assert (kind in leads) == (term("owl:ObjectProperty") in kinds), key


@pytest.mark.parametrize(
    "key", ["date", "asOf", "begin", "end", "issued", "adopted", "entryIntoForce", "established"]
)
def test_a_date_has_a_key_for_each_precision(key: str) -> None:
    types = {"": "xsd:date", "Month": "xsd:gYearMonth", "Year": "xsd:gYear"}
    for suffix, datatype in types.items():
        entry = context()[key + suffix]
        assert (entry["@id"], entry["@type"]) == (meant(context()[key]), datatype)


def refuse(url: str, _options: object = None) -> dict[str, Any]:
    raise jsonld.JsonLdError(f"{url} is not loaded", "test.Refused", code="loading failed")


OFFLINE = {"documentLoader": refuse}
STATUS = {
    "@context": {},
    "id": "https://w3id.org/ocsea/id/status/cets-201/ALB/mapping2021",
    "type": ["PartyStatus"],
    "label": "Lanzarote Convention: Albania",
    "party": "https://w3id.org/ocsea/id/state/ALB",
    "status": "NotListed",
    "asOfMonth": "2021-03",
    "statedValue": "",
}


OBSERVATION = {
    "@context": {},
    "id": "https://w3id.org/ocsea/id/observation/enoc-membership/ALB/2021",
    "type": "Observation",
    "refPeriod": "2021",
    "obsValue": [{"id": "https://w3id.org/ocsea/id/code/full"}, 5],
    "obsStatus": "obsStatus-M",
}


EXPECTED = """
<https://w3id.org/ocsea/id/status/cets-201/ALB/mapping2021> a ocsea:PartyStatus ;
    rdfs:label "Lanzarote Convention: Albania"@en ;
    ocsea:party <https://w3id.org/ocsea/id/state/ALB> ;
    ocsea:status ocsea:NotListed ;
    ocsea:asOf "2021-03"^^xsd:gYearMonth ;
    ocsea:statedValue "" .
<https://w3id.org/ocsea/id/observation/enoc-membership/ALB/2021> a qb:Observation ;
    sdmx-dimension:refPeriod "2021"^^xsd:gYear ;
    sdmx-measure:obsValue <https://w3id.org/ocsea/id/code/full> , 5 ;
    sdmx-attribute:obsStatus sdmx-code:obsStatus-M .
"""


def triples_of(document: dict[str, Any]) -> set[Triple]:
    whole = document | {"@context": context()}
    lines = jsonld.to_rdf(jsonld.expand(whole, OFFLINE), {"format": "application/n-quads"})
    return {quad.triple for quad in parse(lines, format=RdfFormat.N_QUADS)}


def test_a_document_in_plain_keys_means_what_it_should_without_any_loading() -> None:
    assert triples_of(STATUS) | triples_of(OBSERVATION) == set(read(EXPECTED))


def test_a_key_that_the_context_does_not_know_says_nothing() -> None:
    assert triples_of(STATUS | {"partyy": "x"}) == triples_of(STATUS)
    assert triples_of(STATUS | {"place": "Fig. 1"}) > triples_of(STATUS)


def test_compacting_gives_the_same_plain_keys_back() -> None:
    expanded = jsonld.expand(STATUS | {"@context": context()}, OFFLINE)
    compacted = jsonld.compact(expanded, context(), OFFLINE)
    assert {k: v for k, v in compacted.items() if k != "@context"} == {
        k: v for k, v in STATUS.items() if k != "@context"
    }


def test_a_remote_context_is_refused() -> None:
    with pytest.raises(jsonld.JsonLdError):
        jsonld.expand({"@context": "https://example.org/context.jsonld"}, OFFLINE)
