"""Headings that a sheet does not have: which of its columns was meant."""

import re
from collections.abc import Iterator

from ocsea.steward.sent import Table
from ocsea.steward.sheets.cells import tidy
from ocsea.steward.sheets.spelling import closest
from ocsea.steward.sheets.topics import Sheet

_OTHER_WORDS = {
    **dict.fromkeys(("comment", "comments", "remark", "remarks", "notes"), "note"),
    **dict.fromkeys(("country", "iso3"), "state"),
    **dict.fromkeys(("convention", "treaty"), "instrument"),
    **dict.fromkeys(("category", "type"), "kind"),
    **dict.fromkeys(("from", "since", "start"), "begin"),
    **dict.fromkeys(("to", "until"), "end"),
    **dict.fromkeys(("article", "page"), "place"),
    **dict.fromkeys(("homepage", "url", "web"), "website"),
    **dict.fromkeys(("body", "network", "organization"), "organisation"),
    "action": "act",
    "document": "source",
    "figure": "value",
    "year": "period",
}
"""What people call our columns otherwise."""


def strange(sheet: Sheet, table: Table) -> Iterator[str]:
    """The headings of a table that are of no column, where something stands below them."""
    known = {column.name for column in sheet.columns}
    for name in dict.fromkeys(name for line in table.lines for name in line.cells):
        if name not in known and any(tidy(line.cells.get(name, "")) for line in table.lines):
            yield name


def meant(name: str, sheet: Sheet) -> str | None:
    """The column that a strange heading stands for, None where that is not to be seen."""
    known = [column.name for column in sheet.columns]
    words = {word: column for word, column in _OTHER_WORDS.items() if column in known}
    words |= {column: column for column in known}
    spelt = [word for word in re.split(r"[\W_]+", name.casefold()) if word in words]
    found = closest(name, [(word, "") for word in words])
    likely = spelt or ([found[0]] if found else [])
    return words[likely[0]] if likely else None


def advice(name: str, sheet: Sheet) -> str:
    """What to do about a strange heading."""
    if found := meant(name, sheet):
        return f"Did you mean ‘{found}’?"
    names = ", ".join(column.name for column in sheet.columns)
    return f"Rename the column to one of {names}; or leave it out."
