"""What a change comes to and what is told of it: of Turtle, and of a template with other cells."""

import dataclasses
import re
from datetime import date

from pyoxigraph import NamedNode, RdfFormat, parse

from ocsea.namespaces import ID, PREFIXES
from ocsea.release import Release
from ocsea.steward.judging.check import check
from ocsea.steward.judging.report import Report
from ocsea.steward.proposal import Proposal, propose
from ocsea.steward.sent import Finding, Place, Sent
from ocsea.steward.sheets.template import template

TODAY = date(2026, 11, 23)
HEAD = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())

Rows = dict[str, dict[str, str]]
"""What becomes of rows of a template, by their keys: the cells that are written over."""


def from_turtle(release: Release, text: str) -> Proposal:
    """What a Turtle file comes to; each line stands for the things that it begins with."""
    written = f"{HEAD}@base <{ID}> .\n{text}".encode()
    triples = tuple(quad.triple for quad in parse(written, RdfFormat.TURTLE))
    starts = [re.match(r"<([^>]+)>", line) for line in text.splitlines()]
    lines = {
        NamedNode(ID + found[1]): Place("norway.ttl", row=number)
        for number, found in enumerate(starts, 1)
        if found
    }
    return propose(Sent(triples=triples, lines=lines), release, None)


def in_turtle(release: Release, text: str, today: date = TODAY) -> Report:
    """What is told of it."""
    return check(from_turtle(release, text), release, today)


def proposed(release: Release, rows: Rows, iso3: str = "NOR") -> Proposal:
    """What a template with other cells comes to."""
    given = template(release, iso3)
    tables = []
    for table in given.tables:
        lines = []
        for line in table.lines:
            cells = {**line.cells, **rows.get(line.cells["record"], {})}
            lines.append(dataclasses.replace(line, cells=cells))
        tables.append(dataclasses.replace(table, lines=tuple(lines)))
    return propose(Sent(tables=tuple(tables), release=given.release), release, None)


def in_rows(release: Release, rows: Rows, iso3: str = "NOR") -> Report:
    """What is told of it."""
    return check(proposed(release, rows, iso3), release, TODAY)


def told(report: Report) -> set[str]:
    return {finding.rule for finding in report.findings}


def only(report: Report) -> Finding:
    [finding] = report.findings
    return finding
