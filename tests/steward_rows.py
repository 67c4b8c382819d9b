"""Rows of a state's template, sent back changed, and rows that are new."""

from functools import cache

from pyoxigraph import Literal, NamedNode, Quad

from ocsea import ids
from ocsea.namespaces import ID, term
from ocsea.release import Release
from ocsea.steward.proposal import Proposal, propose
from ocsea.steward.sent import Finding, Line, Sent, Table
from ocsea.steward.sheets.template import template
from ocsea.steward.sheets.topics import BY_NAME, Template

NEW_SOURCE = {
    "key": "norreport2024",
    "title": "Norwegian Report",
    "publisher": "Ministry of Justice",
    "edition": "First",
    "issued": "2024-03",
    "rights": "Free to reuse",
}


NEW_ROWS = {
    "actions": {"instrument": "ETS-185", "act": "DefinitiveSignature", "date": "2024-02-03"},
    "statuses": {"instrument": "CETS-201", "status": "Party", "as_of": "2024"},
    "indicators": {"indicator": "age-of-consent", "period": "2024", "value": "16"},
    "services": {"kind": "Hotline", "name": "Nett hotline"},
    "memberships": {"organisation": "body/inhope", "begin": "2024"},
    "instruments": {"kind": "NationalLaw", "identifier": "ACT-2024-NOR", "name": "Act of 2024"},
    "practices": {"kind": "Campaign", "name": "Tell it"},
}
CITED = {"state": "NOR", "source": "untc2015", "place": "page 7"}


def new(release: Release, sheet: str, **cells: str) -> Proposal:
    return sent(release, table(sheet, CITED | NEW_ROWS[sheet] | cells))


@cache
def made(release: Release, iso3: str) -> Template:
    return template(release, iso3)


def rows(release: Release, iso3: str, sheet: str) -> dict[str, dict[str, str]]:
    """The rows of a sheet of a state's template by their records."""
    tables = {table.sheet: table for table in made(release, iso3).tables}
    return {line.cells["record"]: dict(line.cells) for line in tables[sheet].lines}


def table(sheet: str, *lines: dict[str, str]) -> Table:
    names = [column.name for column in BY_NAME[sheet].columns]
    letters = {name: chr(ord("A") + number) for number, name in enumerate(names)}
    numbered = tuple(Line(number, cells) for number, cells in enumerate(lines, 2))
    return Table(sheet, "norway.xlsx", numbered, letters)


def sent(release: Release, *tables: Table) -> Proposal:
    return propose(Sent(tables, release=release.version), release, release)


def edited(release: Release, iso3: str, sheet: str, key: str, **cells: str) -> Proposal:
    """What becomes of one row of a state's template that is sent back changed."""
    return sent(release, table(sheet, rows(release, iso3, sheet)[key] | cells))


def the(proposal: Proposal) -> Finding:
    """The only finding, of a row that changes nothing."""
    assert not proposal.changes
    assert len(proposal.findings) == 1, proposal.findings
    return proposal.findings[0]


def thing(path: str) -> NamedNode:
    return NamedNode(ID + path)


def quad(path: str, prop: str, value: NamedNode | Literal, stem: str) -> Quad:
    return Quad(thing(path), term(prop), value, ids.graph(stem))


def quads(path: str, stem: str, *pairs: tuple[str, NamedNode | Literal]) -> set[Quad]:
    return {quad(path, prop, value, stem) for prop, value in pairs}
