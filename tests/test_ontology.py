"""The ontology: whole, documented, OWL 2 DL and RL, and consistent."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from ontology_terms import (
    MODULES,
    declared,
    ontology,
    our_terms,
    promised,
    read,
    rows,
    with_more,
)
from pyhermit import Reasoner
from pyhermit.profile import validate_owl2_dl_view
from pyowl2_profiles import detect_profiles
from pyowl_core import DocumentFormat, ImportPolicy, LoadOptions, OntologyView, load_snapshot
from pyoxigraph import Literal, NamedNode, RdfFormat, Store, Triple, parse, serialize

from ocsea.errors import OcseaError
from ocsea.inference import infer
from ocsea.namespaces import PREFIXES, TERMS, term
from ocsea.rdf import memory_store

IRI = NamedNode(TERMS.removesuffix("#"))
VERSION = "0.1.0"


# Whole and documented


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_each_module_parses_and_uses_every_prefix_it_declares(path: Path) -> None:
    assert list(parse(path=path, format=RdfFormat.TURTLE))
    text = path.read_text(encoding="utf-8")
    body = re.sub(r"^(@prefix|#).*$|\"[^\"]*\"", "", text, flags=re.MULTILINE)
    prefixes = re.findall(r"^@prefix ([a-z-]+):", text, flags=re.MULTILINE)
    assert prefixes
    assert [prefix for prefix in prefixes if not re.search(rf"\b{prefix}:\w", body)] == []


def test_the_header_names_version_licence_and_namespace_and_imports_nothing() -> None:
    headers = rows(ontology(), "SELECT ?s { ?s a owl:Ontology }")
    assert headers == [(IRI,)]
    about: dict[str, set[Any]] = {}
    for triple in ontology():
        if triple.subject == IRI:
            about.setdefault(triple.predicate.value, set()).add(triple.object)
    vann = "http://purl.org/vocab/vann/preferredNamespace"
    assert about[PREFIXES["owl"] + "versionInfo"] == {Literal(VERSION)}
    assert about[PREFIXES["owl"] + "versionIRI"] == {NamedNode(f"{IRI.value}/{VERSION}")}
    licence = NamedNode("https://creativecommons.org/licenses/by/4.0/")
    assert about[PREFIXES["dcterms"] + "license"] == {licence}
    assert about[vann + "Prefix"] == {Literal("ocsea")}
    assert about[vann + "Uri"] == {Literal(TERMS)}
    assert PREFIXES["owl"] + "imports" not in about
    for name in ("title", "description", "creator", "created"):
        assert about[PREFIXES["dcterms"] + name]


def undocumented(triples: list[Triple]) -> set[str]:
    """Our terms without exactly one English label, one English definition and our ontology."""
    ours = {t.subject for t in triples if getattr(t.subject, "value", "").startswith(TERMS)}
    bad: set[str] = set()
    for subject in ours:
        said = [t for t in triples if t.subject == subject]
        english = [
            [getattr(t.object, "language", None) for t in said if t.predicate == term(name)]
            for name in ("rdfs:label", "skos:definition")
        ]
        homes = [t.object for t in said if t.predicate == term("rdfs:isDefinedBy")]
        if english != [["en"], ["en"]] or homes != [IRI]:
            bad.add(str(subject).strip("<>"))
    return bad


def test_every_term_has_a_label_a_definition_and_a_home() -> None:
    assert len(our_terms()) > 150
    assert undocumented(ontology()) == set()


def test_a_term_without_definition_would_be_noticed() -> None:
    more = with_more('ocsea:Bare a owl:Class ; rdfs:label "bare"@en .')
    assert undocumented(more) == {TERMS + "Bare"}


def test_definitions_are_sentences_and_no_two_are_alike() -> None:
    said = rows(ontology(), "SELECT ?d { ?s skos:definition ?d }")
    texts = [definition.value for (definition,) in said]
    assert len(set(texts)) == len(texts)
    assert [text for text in texts if not re.fullmatch(r"[A-Z].{20,}\.", text)] == []


def undeclared(triples: Iterable[Triple]) -> set[str]:
    """IRIs in our namespace that are used anywhere, but not declared."""
    parts = {part for t in triples for part in (t.subject, t.predicate, t.object)}
    used = {p.value for p in parts if isinstance(p, NamedNode) and p.value.startswith(TERMS)}
    return used - declared().keys()


def test_no_term_of_ours_is_used_without_being_declared() -> None:
    assert undeclared(ontology()) == set()
    misspelt = "ocsea:State rdfs:subClassOf ocsea:ContractingEntitty ."
    assert undeclared(with_more(misspelt)) == {TERMS + "ContractingEntitty"}


def test_a_term_has_one_kind() -> None:
    assert {iri: kinds for iri, kinds in declared().items() if len(kinds) > 1} == {}


def test_classes_are_capitalised_and_properties_are_not() -> None:
    for name in our_terms():
        kinds = declared()[TERMS + name]
        upper = bool(kinds & {term("owl:Class"), term("owl:NamedIndividual")})
        assert re.fullmatch("[A-Za-z][A-Za-z0-9]*", name)
        assert name[0].isupper() == upper, name


def test_every_name_the_model_page_promises_is_declared() -> None:
    names = promised()
    assert len(names) > 100
    assert {name for name in names if term(name).value not in declared()} == set()


# OWL 2 DL and RL


def violations(triples: Iterable[Triple], profile: str) -> dict[str, int]:
    found: dict[str, Any] = detect_profiles(memory_store(triples))[profile]
    assert found["in_profile"] == (found["total_violations"] == 0)
    counts: dict[str, int] = found["violations_by_axiom_type"]
    return counts


@pytest.mark.parametrize("profile", ["dl", "rl"])
def test_all_modules_together_are_in_the_profile(profile: str) -> None:
    assert violations(ontology(), profile) == {}


@pytest.mark.parametrize(
    ("profile", "axiom", "kind"),
    [
        ("dl", "ocsea:party a owl:DatatypeProperty .", "punning"),
        ("dl", "ex:a ex:undeclared ex:b .", "undeclared-property"),
        ("dl", "ocsea:provisionOf rdfs:subPropertyOf ocsea:provisionOf .", "role-hierarchy-cycle"),
        ("rl", "ocsea:restsOn a owl:ReflexiveProperty .", "owl:ReflexiveProperty"),
        (
            "rl",
            "ocsea:Body owl:disjointUnionOf (ocsea:Agency ocsea:Ngo) .",
            "owl:disjointUnionOf",
        ),
        (
            "rl",
            "ocsea:State rdfs:subClassOf [ a owl:Restriction ;"
            " owl:onProperty ocsea:hasObservation ; owl:minCardinality 1 ] .",
            "owl:min-cardinality-restriction",
        ),
    ],
)
def test_an_axiom_outside_the_profile_would_be_noticed(profile: str, axiom: str, kind: str) -> None:
    assert kind in violations(with_more(axiom), profile)


def view(triples: Iterable[Triple]) -> OntologyView:
    data = serialize(triples, format=RdfFormat.N_TRIPLES)
    assert data is not None
    options = LoadOptions(format=DocumentFormat.TURTLE, imports=ImportPolicy.RESOLVE_STRICT)
    return load_snapshot(data, options=options)


def strict_issues(triples: Iterable[Triple]) -> set[str]:
    return {issue.rule_id for issue in validate_owl2_dl_view(view(triples)).issues}


def test_the_reasoners_stricter_reading_of_owl_2_dl_finds_nothing() -> None:
    assert strict_issues(ontology()) == set()


def test_a_date_typed_outside_the_owl_2_datatype_map_would_be_noticed() -> None:
    dated = 'ocsea:Party ocsea:date "2021-03-01"^^xsd:date .'
    assert "UNSUPPORTED_DATATYPE" in strict_issues(with_more(dated))


# Free of contradiction


def consistent(triples: Iterable[Triple]) -> bool:
    with Reasoner(view(triples)) as reasoner:
        return reasoner.is_consistent()


def one_of_each(triples: list[Triple]) -> list[Triple]:
    """An individual for each of our classes: where one can have none, this is a contradiction."""
    classes = rows(triples, f"SELECT ?c {{ ?c a owl:Class FILTER STRSTARTS(STR(?c), '{TERMS}') }}")
    names = sorted(name.value.removeprefix(TERMS) for (name,) in classes)
    assert names
    return read("\n".join(f"ex:one-{n} a owl:NamedIndividual , ocsea:{n} ." for n in names))


def test_every_class_can_have_instances_without_contradiction() -> None:
    assert consistent([*ontology(), *one_of_each(ontology())])


def test_a_class_that_can_have_no_instance_would_be_noticed() -> None:
    more = with_more("ocsea:Chimera a owl:Class ; rdfs:subClassOf ocsea:State , ocsea:Article .")
    assert consistent(more)
    assert not consistent([*more, *one_of_each(more)])


@pytest.mark.parametrize(
    "statement",
    [
        "ex:a a ocsea:State , ocsea:Instrument .",
        "ex:a a ocsea:PartyStatus ; ocsea:status ocsea:Party , ocsea:NotListed .",
        "ex:a a ocsea:TreatyAction , prov:Entity .",
        "ex:a a ocsea:Ratification , ocsea:Accession .",
        "ex:a a ocsea:Signature ; ocsea:party ex:b . ex:b a ocsea:Treaty .",
        "ex:a a qb:Observation ; ocsea:indicator ex:b . ex:b a ocsea:Code .",
    ],
)
def test_a_contradiction_would_be_noticed(statement: str) -> None:
    named = "ex:a a owl:NamedIndividual . ex:b a owl:NamedIndividual . "
    assert not consistent(with_more(named + statement))


@pytest.mark.parametrize(
    "statement",
    [
        "ex:a a ocsea:RegionalOrganization . ex:b a ocsea:Signature ; ocsea:party ex:a .",
        "ex:a a ocsea:DefinitiveSignature . ex:b a ocsea:ObserverState .",
        "ex:a a ocsea:PartyStatus ; ocsea:instrument ex:b . ex:b a ocsea:Alliance .",
    ],
)
def test_what_the_data_need_to_say_is_no_contradiction(statement: str) -> None:
    named = "ex:a a owl:NamedIndividual . ex:b a owl:NamedIndividual . "
    assert consistent(with_more(named + statement))


# What follows

FACTS = """
ex:opsc a ocsea:Protocol ; ocsea:supplements ex:uncrc ; ocsea:adoptedBy ex:un .
ex:uncrc a ocsea:Treaty .
ex:article a ocsea:Article ; eli:is_part_of ex:chapter .
ex:chapter a ocsea:Chapter ; eli:is_part_of ex:uncrc .
ex:eu a ocsea:RegionalOrganization .
ex:signing a ocsea:DefinitiveSignature ; ocsea:party ex:eu ; ocsea:instrument ex:uncrc .
ex:status a ocsea:PartyStatus ; ocsea:party ex:eu ; ocsea:status ocsea:NotListed .
ex:mt a ocsea:State .
ex:reports a qb:Observation ; sdmx-dimension:refArea ex:mt ; ocsea:indicator ex:count .
ex:count rdfs:label "Count"@en .
ex:guess a qb:Observation ; sdmx-dimension:refArea ex:mt ; ocsea:indicator ex:nowhere .
ex:membership a ocsea:Membership ; org:member ex:mt ; org:organization ex:eu .
ex:advice a ocsea:Recommendation ; ocsea:level ocsea:NationalLevel .
"""


@pytest.fixture(scope="module")
def inferred() -> set[Triple]:
    return set(infer(read(FACTS), ontology()))


@pytest.mark.parametrize(
    "conclusion",
    [
        "ex:opsc a ocsea:Treaty , ocsea:Instrument , eli:LegalResource .",
        "ex:uncrc ocsea:supplementedBy ex:opsc .",
        "ex:opsc eli:passed_by ex:un .",
        "ex:uncrc ocsea:hasProvision ex:article , ex:chapter .",
        "ex:article a eli:LegalResourceSubdivision ; ocsea:provisionOf ex:uncrc .",
        "ex:eu a ocsea:Body , ocsea:ContractingEntity , org:FormalOrganization , foaf:Agent .",
        "ex:eu ocsea:hasParticipationRecord ex:signing , ex:status .",
        "ex:signing a ocsea:Signature , ocsea:BindingAction , ocsea:TreatyAction , prov:Activity .",
        "ex:status a ocsea:Claim , prov:Entity .",
        "ex:mt ocsea:hasObservation ex:reports ; org:hasMembership ex:membership .",
        "ex:count a ocsea:Indicator , skos:Concept .",
        "ex:membership a org:Membership .",
    ],
)
def test_what_follows(inferred: set[Triple], conclusion: str) -> None:
    assert set(read(conclusion)) <= inferred


def test_what_is_only_mentioned_does_not_come_to_be(inferred: set[Triple]) -> None:
    assert not any("nowhere" in str(triple.subject) for triple in inferred)


@pytest.mark.parametrize(
    "conclusion",
    [
        "ex:status a ocsea:TreatyAction .",
        "ex:advice a ocsea:Instrument .",
        "ex:mt org:memberOf ex:eu .",
        "ex:article eli:is_part_of ex:uncrc .",
        "ex:chapter a ocsea:Instrument .",
        "ex:eu a ocsea:State .",
    ],
)
def test_what_must_not_follow(inferred: set[Triple], conclusion: str) -> None:
    assert not set(read(conclusion)) & inferred


def test_the_build_refuses_facts_that_contradict_the_ontology() -> None:
    with pytest.raises(OcseaError, match="is both"):
        infer(read("ex:mt a ocsea:State , ocsea:Locator ."), ontology())


def test_the_whole_ontology_can_be_stored() -> None:
    store = Store()
    for path in MODULES:
        store.load(path=path, format=RdfFormat.TURTLE)
    assert len(store) == len(ontology())
