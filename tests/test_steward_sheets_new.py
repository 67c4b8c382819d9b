"""What comes of rows that are added to a state's sheets."""

import pytest
from pyoxigraph import Literal, NamedNode, Quad
from steward_rows import (
    CITED,
    NEW_ROWS,
    new,
    quad,
    quads,
    sent,
    table,
    thing,
)

from ocsea import ids
from ocsea.namespaces import RDF_TYPE, term
from ocsea.release import Release
from ocsea.steward.facts import SOURCE
from ocsea.steward.proposal import Proposal
from ocsea.values import date, english


def own(proposal: Proposal, path: str) -> set[Quad]:
    """What is said of a record, without what all records have."""
    apart = (RDF_TYPE, term("dcterms:source"))
    return {q for q in proposal.come if q.subject == thing(path) and q.predicate not in apart}


@pytest.mark.parametrize(
    ("sheet", "path", "kind", "pairs"),
    [
        (
            "actions",
            "action/ets-185/NOR/definitivesignature",
            "ocsea:DefinitiveSignature",
            [
                ("rdfs:label", english("Norway: definitive signature, ETS-185, 2024-02-03")),
                ("ocsea:party", thing("state/NOR")),
                ("ocsea:instrument", thing("instrument/ets-185")),
                ("ocsea:date", date("2024-02-03")),
                ("ocsea:statedValue", Literal("2024-02-03")),
            ],
        ),
        (
            "statuses",
            "status/cets-201/NOR/untc2015",
            "ocsea:PartyStatus",
            [
                ("rdfs:label", english("Norway: party, CETS-201, 2024")),
                ("ocsea:party", thing("state/NOR")),
                ("ocsea:instrument", thing("instrument/cets-201")),
                ("ocsea:status", term("ocsea:Party")),
                ("ocsea:asOf", date("2024")),
                ("ocsea:statedValue", Literal("Party")),
            ],
        ),
        (
            "indicators",
            "observation/age-of-consent/NOR/2024",
            "qb:Observation",
            [
                ("rdfs:label", english("Norway: age of consent to sexual activity, 2024")),
                ("sdmx-dimension:refArea", thing("state/NOR")),
                ("ocsea:indicator", thing("indicator/age-of-consent")),
                ("sdmx-dimension:refPeriod", date("2024")),
                ("sdmx-measure:obsValue", Literal("16", datatype=term("xsd:integer"))),
                ("qb:dataSet", thing("dataset/untc2015")),
                ("ocsea:statedValue", Literal("16")),
            ],
        ),
        (
            "services",
            "body/nett-hotline-nor",
            "ocsea:Hotline",
            [("rdfs:label", english("Nett hotline")), ("ocsea:state", thing("state/NOR"))],
        ),
        (
            "memberships",
            "membership/inhope/NOR",
            "ocsea:Membership",
            [
                (
                    "rdfs:label",
                    english("Norway in the International Association of Internet Hotlines"),
                ),
                ("org:member", thing("state/NOR")),
                ("org:organization", thing("body/inhope")),
                ("ocsea:begin", date("2024")),
            ],
        ),
        (
            "instruments",
            "instrument/act-2024-nor",
            "ocsea:NationalLaw",
            [
                ("rdfs:label", english("Act of 2024")),
                ("dcterms:identifier", Literal("ACT-2024-NOR")),
                ("ocsea:ofState", thing("state/NOR")),
            ],
        ),
        (
            "practices",
            "initiative/tell-it-nor",
            "ocsea:Campaign",
            [("rdfs:label", english("Tell it")), ("ocsea:takesPlaceIn", thing("state/NOR"))],
        ),
    ],
)
def test_a_new_record(
    release: Release, sheet: str, path: str, kind: str, pairs: list[tuple[str, NamedNode | Literal]]
) -> None:
    proposal = new(release, sheet)
    assert proposal.findings == ()
    assert own(proposal, path) == quads(path, "untc2015", *pairs)
    assert quad(path, "rdf:type", term(kind), "untc2015") in proposal.come
    locator = thing("locator/untc2015/page-7")
    assert quad(path, "dcterms:source", locator, "untc2015") in proposal.come
    assert proposal.gone == frozenset()
    assert {change.kind for change in proposal.changes} == {"added"}
    assert proposal.places[locator, ""].column == "place"


def test_a_new_record_of_two_sources_stands_in_both(release: Release) -> None:
    proposal = new(release, "services", source="untc2015 | study2015", place="page 7 | page 7")
    path, label = "body/nett-hotline-nor", english("Nett hotline")
    assert own(proposal, path) == {
        *quads(path, "study2015", ("rdfs:label", label), ("ocsea:state", thing("state/NOR"))),
        quad(path, "rdfs:label", label, "untc2015"),
    }
    cited = {(q.object, q.graph_name) for q in proposal.come if q.predicate == SOURCE}
    assert cited == {
        (thing(f"locator/{stem}/page-7"), ids.graph(stem)) for stem in ("untc2015", "study2015")
    }


def test_a_status_that_is_not_listed_was_printed_as_a_blank(release: Release) -> None:
    proposal = new(release, "statuses", status="NotListed")
    path = "status/cets-201/NOR/untc2015"
    assert quad(path, "ocsea:statedValue", Literal(""), "untc2015") in proposal.come


def test_a_value_that_is_missing(release: Release) -> None:
    proposal = new(release, "indicators", value="", missing="yes")
    path = "observation/age-of-consent/NOR/2024"
    assert {(q.predicate, q.object) for q in own(proposal, path)} >= {
        (term("sdmx-attribute:obsStatus"), term("sdmx-code:obsStatus-M")),
        (term("ocsea:statedValue"), Literal("")),
    }


def test_a_period_of_its_own(release: Release) -> None:
    proposal = new(release, "indicators", period="2022-03-2024-05")
    assert {
        (q.predicate, q.object)
        for q in proposal.come
        if q.subject == thing("period/2022-03-2024-05")
    } == {
        (RDF_TYPE, term("ocsea:Period")),
        (term("rdfs:label"), english("2022-03 to 2024-05")),
        (term("ocsea:begin"), date("2022-03")),
        (term("ocsea:end"), date("2024-05")),
        (term("dcterms:source"), thing("locator/untc2015/page-7")),
    }


def test_a_new_service_may_be_a_member_at_once(release: Release) -> None:
    proposal = sent(
        release,
        table("memberships", CITED | NEW_ROWS["memberships"] | {"member": "body/nett-hotline-nor"}),
        table("services", CITED | NEW_ROWS["services"]),
    )
    assert proposal.findings == ()
    path = "membership/inhope/nett-hotline-nor"
    assert {q.object for q in own(proposal, path) if q.predicate == term("org:member")} == {
        thing("body/nett-hotline-nor")
    }


def test_a_state_that_the_graph_does_not_know_is_added(release: Release) -> None:
    proposal = new(release, "actions", state="SSD", instrument="OPSC", act="Accession")
    path, place = "state/SSD", "locator/states/iso-3166-1/SSD"
    assert {q for q in proposal.come if q.subject == thing(path)} == quads(
        path,
        "states",
        ("rdf:type", term("ocsea:State")),
        ("rdfs:label", english("South Sudan")),
        ("ocsea:iso3", Literal("SSD")),
        ("ocsea:iso2", Literal("SS")),
        ("ocsea:isoNumeric", Literal("728")),
        (
            "skos:exactMatch",
            NamedNode("http://publications.europa.eu/resource/authority/country/SSD"),
        ),
        ("dcterms:source", thing(place)),
    )
    assert {q.graph_name for q in proposal.come if q.subject == thing(place)} == {
        ids.graph("states")
    }
    label = english("South Sudan: accession, OPSC, 2024-02-03")
    assert quad("action/opsc/SSD/accession", "rdfs:label", label, "untc2015") in proposal.come


def test_places_that_are_known_are_not_made_anew(release: Release) -> None:
    place = "Fig. 1, row NORWAY, column State Party to Lanzarote Convention"
    proposal = new(release, "services", source="mapping2021", place=place)
    cited = {q.object for q in proposal.come if q.predicate == term("dcterms:source")}
    assert cited == {thing("locator/mapping2021/fig-1/NOR/cets-201")}
    assert {ids.kind(change.record) for change in proposal.changes} == {"body"}
