"""Involvements and relations: rows of two things, and the plain link beside each record."""

from collections.abc import Iterator

import pytest
from pyoxigraph import Literal, Quad
from steward_checks import TODAY
from steward_rows import (
    CITED,
    NEW_ROWS,
    NEW_SOURCE,
    edited,
    quad,
    rows,
    sent,
    table,
    the,
    thing,
)

from ocsea import ids
from ocsea.namespaces import RDF_TYPE, term
from ocsea.release import Release
from ocsea.steward.facts import Facts
from ocsea.steward.judging.check import check
from ocsea.steward.proposal import Proposal
from ocsea.steward.sheets import links
from ocsea.steward.sheets.rows import Rows
from ocsea.steward.sheets.topics import INVOLVEMENTS, RELATIONS
from ocsea.values import date

PLACE = {"source": "untc2015", "place": "page 7"}
STATES = ("NOR", "UKR", "BEL", "ROU")


@pytest.fixture(scope="module")
def body(release: Release) -> str:
    """A body of Norway."""
    return min(key for key in rows(release, "NOR", "services") if key.startswith("body/"))


@pytest.fixture(scope="module")
def practice(release: Release) -> str:
    """A practice in Norway."""
    return min(rows(release, "NOR", "practices"))


def linked(proposal: Proposal, prop: str) -> tuple[set[Quad], set[Quad]]:
    """The plain links that go, and those that come."""
    sides = (proposal.gone, proposal.come)
    gone, come = ({q for q in side if q.predicate == term(prop)} for side in sides)
    return gone, come


def test_an_involvement_is_added_with_its_plain_link(
    release: Release, body: str, practice: str
) -> None:
    cells = {"agent": body, "role": "funder", "object": practice, "begin": "2014"}
    proposal = sent(release, table("involvements", cells | PLACE))
    assert proposal.findings == ()
    path = f"involvement/funder/{body.partition('/')[2]}/{practice.partition('/')[2]}"
    said = {q.predicate: q.object for q in proposal.come if q.subject == thing(path)}
    assert said[RDF_TYPE] == term("ocsea:Involvement")
    assert said[term("ocsea:role")] == Literal("funder")
    assert said[term("ocsea:begin")] == date("2014")
    link = quad(practice, "ocsea:funder", thing(body), "untc2015")
    assert linked(proposal, "ocsea:funder") == (set(), {link})
    assert {change.record for change in proposal.changes} >= {thing(path), thing(practice)}
    assert check(proposal, release, TODAY).findings == ()


def test_a_relation_is_what_one_source_says(release: Release, body: str, practice: str) -> None:
    cells = {"subject": body, "relation": "supports", "object": practice}
    proposal = sent(release, table("relations", cells | PLACE))
    assert proposal.findings == ()
    ends = "/".join(key.partition("/")[2] for key in (body, practice))
    [record] = [change.record for change in proposal.changes if "statement" in change.record.value]
    assert record == thing(f"statement/supports/{ends}/untc2015")
    link = quad(body, "ocsea:supports", thing(practice), "untc2015")
    assert linked(proposal, "ocsea:supports") == (set(), {link})
    assert check(proposal, release, TODAY).findings == ()


def test_what_an_instrument_does_is_a_statement_of_a_provision(release: Release) -> None:
    law = min(rows(release, "ROU", "instruments"))
    cells = {"subject": law, "relation": "requires", "object": "obligation/reporting-by-law"}
    proposal = sent(release, table("relations", cells | PLACE))
    assert proposal.findings == ()
    kinds = {q.object for q in proposal.come if q.predicate == RDF_TYPE}
    assert term("ocsea:ProvisionStatement") in kinds


def test_what_the_same_files_bring_may_be_linked_at_once(release: Release, body: str) -> None:
    cited = {"source": NEW_SOURCE["key"], "place": "page 1"}
    link = {"agent": body, "role": "operator", "object": "initiative/tell-it-nor"}
    proposal = sent(
        release,
        table("involvements", link | cited),
        table("practices", CITED | NEW_ROWS["practices"] | cited),
        table("sources", NEW_SOURCE),
    )
    assert proposal.findings == ()
    come = linked(proposal, "ocsea:operator")[1]
    assert come == {quad("initiative/tell-it-nor", "ocsea:operator", thing(body), cited["source"])}
    assert check(proposal, release, TODAY).conforms


def of_states(release: Release, sheet: str) -> Iterator[tuple[str, str]]:
    for iso3 in STATES:
        for key in rows(release, iso3, sheet):
            yield iso3, key


@pytest.mark.parametrize("sheet", ["involvements", "relations"])
def test_a_note_changes_no_link_and_a_removal_takes_it_out(release: Release, sheet: str) -> None:
    found = list(of_states(release, sheet))
    assert len(found) >= 4
    for iso3, key in found:
        proposal = edited(release, iso3, sheet, key, note="Seen again.")
        assert [change.record for change in proposal.changes] == [thing(key)]
        proposal = edited(release, iso3, sheet, key, change="remove")
        record, other = sorted(proposal.changes, key=lambda change: change.record != thing(key))
        assert not record.after
        [gone] = other.before - other.after
        assert other.after == other.before - {gone}
        named = {t.object for t in record.before}
        assert {gone.subject, gone.object} <= named


def test_a_link_stands_in_the_graphs_of_its_sources(release: Release) -> None:
    key = min(rows(release, "NOR", "involvements"))
    row = rows(release, "NOR", "involvements")[key]
    second = {"source": f"{row['source']} | untc2015", "place": f"{row['place']} | page 7"}
    proposal = edited(release, "NOR", "involvements", key, **second)
    come = {q for q in proposal.come if q.subject != thing(key) and q.predicate != RDF_TYPE}
    [link] = [q for q in come if q.object in (thing(row["agent"]), ids.thing("state", "NOR"))]
    assert link.graph_name == ids.graph("untc2015")
    assert proposal.gone == set()


def test_what_is_taken_out_is_linked_no_more(release: Release) -> None:
    involved, practices = (rows(release, "NOR", name) for name in ("involvements", "practices"))
    key = min(key for key, row in involved.items() if row["object"] in practices)
    row = involved[key]
    practice = practices[row["object"]]
    proposal = sent(
        release,
        table("practices", practice | {"change": "remove"}),
        table("involvements", row | {"change": "remove"}),
    )
    changes = {change.record: change.after for change in proposal.changes}
    assert changes == {thing(key): set(), thing(row["object"]): set()}


def test_mistakes_in_links(release: Release, body: str, practice: str) -> None:
    row = {"agent": body, "role": "fundr", "object": practice} | PLACE
    finding = the(sent(release, table("involvements", row)))
    assert (finding.message, finding.remedy) == (
        "‘fundr’ is not known here.",
        "The nearest is funder.",
    )
    row |= {"role": "funder", "agent": "body/nobody"}
    finding = the(sent(release, table("involvements", row)))
    assert (finding.place.column, finding.rule) == ("agent", "cell-link")
    key = min(rows(release, "NOR", "involvements"))
    finding = the(edited(release, "NOR", "involvements", key, role="chair"))
    assert (finding.place.column, finding.rule) == ("role", "row-key")


def test_iri_label_and_link_are_those_of_the_loaders(release: Release) -> None:
    now = Rows.of(Facts.of(release))
    for sheet in (INVOLVEMENTS, RELATIONS):
        for iso3, key in of_states(release, sheet.name):
            row, record = rows(release, iso3, sheet.name)[key], thing(key)
            columns = [c for c in sheet.columns if c.required and c.kind in ("link", "word")]
            values = {c.name: [now.cells.read(c, row[c.name])] for c in columns}
            stem = row["source"].partition(" | ")[0]
            assert links.iri(sheet, values, stem) == record
            assert links.label(now.facts, sheet, values) == now.facts.label(record)
            plain = links.plain(sheet, values)
            assert plain is not None
            graphs = {q.graph_name for q in now.facts.stated(plain.subject) if q.triple == plain}
            assert graphs == {ids.graph(stem) for stem in row["source"].split(" | ")}
