"""Rows of an older template, and records that are described in Turtle or JSON-LD."""

from pathlib import Path

import pytest
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Store, Triple
from steward_rows import edited, made, new, rows, table, the, thing

from ocsea import ids
from ocsea.derived import DERIVED, ONTOLOGY
from ocsea.namespaces import term
from ocsea.records import record
from ocsea.release import Release, fill
from ocsea.steward.facts import Facts
from ocsea.steward.proposal import Proposal, propose
from ocsea.steward.sent import Place, Sent
from ocsea.values import date, english


@pytest.fixture(scope="module")
def facts(release: Release) -> Facts:
    return Facts.of(release)


# Two at once


@pytest.fixture(scope="module")
def later(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The release after others changed a date, removed an act and added nothing."""
    path = tmp_path_factory.mktemp("later") / "later"
    changed = edited(release, "NOR", "actions", "action/opsc/NOR/ratification", date="2001-10-03")
    removed = edited(release, "NOR", "actions", "action/uncrc/NOR/ratification", change="remove")
    (path / "store").mkdir(parents=True)
    _fill(path, release, [changed, removed])
    return Release(path)


def _fill(path: Path, release: Release, proposals: list[Proposal]) -> None:
    store = Store(str(path / "store"))
    fill(store, release)
    for proposal in proposals:
        for found in proposal.gone:
            store.remove(found)
            store.remove(Quad(*found.triple, DefaultGraph()))
        for found in proposal.come:
            store.add(found)
            store.add(Quad(*found.triple, DefaultGraph()))
    store.flush()


def since(release: Release, later: Release, key: str, **cells: str) -> Proposal:
    line = rows(release, "NOR", "actions")[key] | cells
    return propose(Sent((table("actions", line),), release=release.version), later, release)


def test_what_others_changed_is_not_undone(release: Release, later: Release) -> None:
    found = made(release, "NOR")
    proposal = propose(Sent(found.tables, release=found.release), later, release)
    assert (proposal.changes, proposal.findings) == ((), ())
    note = since(release, later, "action/opsc/NOR/ratification", note="Mine.")
    assert {q.predicate for q in note.come | note.gone} == {term("skos:note")}


def test_a_cell_changed_on_both_sides_is_a_conflict(release: Release, later: Release) -> None:
    key = "action/opsc/NOR/ratification"
    finding = the(since(release, later, key, date="2001-10-04"))
    assert finding.rule == "row-conflict"
    assert finding.message == (
        "Since your template was made, somebody has changed this from ‘2001-10-02’ to ‘2001-10-03’."
    )
    assert the(since(release, later, key, change="remove")).rule == "row-conflict"
    agreed = since(release, later, key, date="2001-10-03")
    assert (agreed.changes, agreed.findings) == ((), ())


def test_a_record_that_others_removed(release: Release, later: Release) -> None:
    key = "action/uncrc/NOR/ratification"
    assert the(since(release, later, key, date="1991-01-09")).rule == "row-conflict"
    done = since(release, later, key, change="remove")
    assert (done.changes, done.findings) == ((), ())


def test_a_template_whose_release_is_gone(release: Release, later: Release) -> None:
    line = rows(release, "NOR", "actions")["action/opsc/NOR/signature"]
    lost = Sent((table("actions", line),), release=release.version)
    (finding,) = propose(lost, later, None).findings
    assert (finding.severity, finding.rule) == ("Warning", "release-lost")


# Turtle and JSON-LD

OPSC = thing("action/opsc/NOR/ratification")


def described(release: Release, triples: set[Triple], **where: Release) -> Proposal:
    lines = {t.subject: Place("a.ttl", row=1) for t in triples if isinstance(t.subject, NamedNode)}
    return propose(Sent(triples=tuple(triples), lines=lines), where.get("now", release), release)


def stated(facts: Facts, subject: NamedNode) -> set[Triple]:
    return {found.triple for found in facts.stated(subject)}


def test_triples_unchanged_change_nothing(release: Release, facts: Facts) -> None:
    records = [line.cells["record"] for t in made(release, "NOR").tables for line in t.lines]
    triples = {t for key in records for t in stated(facts, thing(key))}
    proposal = described(release, triples)
    assert (proposal.changes, proposal.findings) == ((), ())
    inferred = triples | facts.entailed(OPSC)
    assert facts.entailed(OPSC)
    assert described(release, inferred).changes == ()


def test_a_described_record_stands_in_place_of_the_old(release: Release, facts: Facts) -> None:
    old = Triple(OPSC, term("ocsea:date"), date("2001-10-02"))
    new_date = Triple(OPSC, term("ocsea:date"), date("2001-10-03"))
    proposal = described(release, stated(facts, OPSC) - {old} | {new_date})
    assert proposal.gone == {Quad(*old, ids.graph("untc2015"))}
    assert proposal.come == {Quad(*new_date, ids.graph("untc2015"))}
    assert proposal.places[OPSC, ""] == Place("a.ttl", row=1)


def test_triples_without_a_type_are_added(release: Release) -> None:
    note = Triple(OPSC, term("skos:note"), english("More."))
    proposal = described(release, {note})
    assert (proposal.gone, proposal.come) == (
        frozenset(),
        {Quad(*note, ids.graph("untc2015"))},
    )


def test_a_record_removed_in_rdf(release: Release, facts: Facts) -> None:
    gone = Triple(OPSC, term("prov:wasInvalidatedBy"), NamedNode("https://example.org/a.ttl"))
    proposal = described(release, {gone})
    assert proposal.gone == set(facts.stated(OPSC))
    assert proposal.come == frozenset()
    more = Triple(OPSC, term("skos:note"), english("More."))
    assert the(described(release, {gone, more})).rule == "rdf-removal"
    nothing = replace_subject(gone, thing("action/opsc/NOR/denunciation"))
    assert the(described(release, {nothing})).rule == "row-unknown"


def replace_subject(triple: Triple, subject: NamedNode) -> Triple:
    return Triple(subject, triple.predicate, triple.object)


def test_a_new_source_in_rdf_has_a_graph_of_its_own(release: Release) -> None:
    source, place = thing("source/norreport2024"), thing("locator/norreport2024/page-1")
    body = thing("body/nett-hotline-nor")
    triples = {
        *record(source, "ocsea:Source", "Norwegian Report"),
        *record(place, "ocsea:Locator", "Norwegian Report, page 1", ("dcterms:isPartOf", source)),
        *record(body, "ocsea:Hotline", "Nett hotline", ("dcterms:source", place)),
    }
    proposal = described(release, triples)
    assert proposal.findings == ()
    assert proposal.come == {Quad(*triple, ids.graph("norreport2024")) for triple in triples}


def test_new_facts_need_a_source_that_is_known(release: Release) -> None:
    body = thing("body/nett-hotline-nor")
    assert the(described(release, set(record(body, "ocsea:Hotline", "Nett")))).rule == (
        "record-source"
    )


@pytest.mark.parametrize(
    "subject",
    [
        BlankNode("b"),
        NamedNode("https://example.org/x"),
        term("ocsea:State"),
        thing("discrepancy/a/b"),
        thing("source/inferred"),
        ids.graph("inferred"),
    ],
)
def test_only_records_are_described(release: Release, subject: NamedNode | BlankNode) -> None:
    triple = Triple(subject, term("rdfs:label"), english("x"))
    assert the(described(release, {triple})).rule == "rdf-subject"


def test_a_property_changed_on_both_sides(release: Release, later: Release, facts: Facts) -> None:
    kept = {t for t in stated(facts, OPSC) if t.predicate != term("ocsea:date")}
    mine = kept | {Triple(OPSC, term("ocsea:date"), date("2001-10-04"))}
    finding = the(described(release, mine, now=later))
    assert finding.message == (
        "Somebody has changed ocsea:date of this record since your template was made."
    )
    assert finding.path == term("ocsea:date").value
    assert described(release, stated(facts, OPSC), now=later).changes == ()


def test_a_shared_record_is_described_knowingly(release: Release, facts: Facts) -> None:
    note = Triple(thing("initiative/barnahus"), term("skos:note"), english("More."))
    assert [f.rule for f in described(release, {note}).findings] == ["record-shared"]


def test_derived_graphs_are_never_written(release: Release, facts: Facts) -> None:
    proposals = [
        edited(release, "NOR", "memberships", "membership/council-of-europe/NOR", change="remove"),
        new(release, "indicators"),
        described(release, stated(facts, OPSC) | facts.entailed(OPSC)),
    ]
    graphs = {q.graph_name.value for p in proposals for q in p.gone | p.come}
    assert graphs
    assert not graphs & {*DERIVED, ONTOLOGY}


def test_a_record_in_a_sheet_and_in_turtle(release: Release) -> None:
    row = rows(release, "NOR", "actions")["action/opsc/NOR/ratification"] | {"note": "Mine."}
    note = Triple(OPSC, term("skos:note"), english("More."))
    proposal = propose(Sent((table("actions", row),), (note,)), release)
    assert [found.rule for found in proposal.findings] == ["row-twice"]
    assert {q.object for q in proposal.come} == {english("Mine.")}
