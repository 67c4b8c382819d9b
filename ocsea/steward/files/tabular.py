"""Rows of cells, from whatever file, as the tables of the template: headings found, cells named."""

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import from_excel
from rapidfuzz import process

from ocsea.steward.files.refusal import Refused, found
from ocsea.steward.files.texts import tidy, unseen
from ocsea.steward.sent import Finding, Line, Place, Table
from ocsea.steward.sheets.topics import SHEETS, Column, Sheet

MAX_ROWS, MAX_COLUMNS, MAX_TEXT = 20_000, 200, 32_767

_SEARCHED = 10
"""How many rows may stand above the headings, such as a title."""

_SERIALS = range(18_264, 73_051)
"""The day numbers that spreadsheets have for 1950 to 2099."""


@dataclass(frozen=True)
class Flaw:
    """A cell that holds nothing to read: what stands there, what is wrong, what would be right."""

    rule: str
    value: str
    message: str
    remedy: str


Cell = str | Flaw
Row = Mapping[int, Cell]
"""The cells of a row by the number of their column from 1, blank ones left out."""


@dataclass(frozen=True)
class Grid:
    """The rows of a sheet by their number from 1, as found; `lettered` as a workbook's are."""

    sheet: str
    file: str
    rows: Mapping[int, Row]
    lettered: bool


Found = tuple[Table | None, list[Finding]]


def known_sheet(name: str) -> Sheet | None:
    """The sheet of the template that goes by this name, however it is spelled."""
    return {sheet.name: sheet for sheet in SHEETS}.get(spelled(name))


def spelled(name: str) -> str:
    """A heading or a sheet's name as the template spells it: `As of` → `as_of`."""
    return re.sub(r"[\s_-]+", "_", name.strip().casefold())


def read_grid(grid: Grid) -> Found:
    """The table in a sheet, None where it is not of the template; and what is wrong with it.

    Raises Refused where it has too many rows or columns.
    """
    rows = {number: row for number, row in sorted(grid.rows.items()) if row}
    _refuse_size(grid, rows)
    sheet = known_sheet(grid.sheet)
    if sheet is None:
        return None, [_unknown(grid)] if rows else []
    heading = next((n for n in list(rows)[:_SEARCHED] if _is_heading(rows[n], sheet)), None)
    if heading is None:
        return None, [_no_heading(grid, sheet, min(rows))] if rows else []
    return _Reading(grid, sheet, heading).table(rows)


def _refuse_size(grid: Grid, rows: Mapping[int, Row]) -> None:
    if len(rows) > MAX_ROWS or any(max(row) > MAX_COLUMNS for row in rows.values()):
        raise Refused(
            "too-large",
            f"Sheet {grid.sheet} has more than {MAX_ROWS:,} rows or {MAX_COLUMNS} columns.",
            "Delete what the template does not ask for, or send it in parts.",
        )


def _is_heading(row: Row, sheet: Sheet) -> bool:
    names = {column.name for column in sheet.columns}
    known = [cell for cell in row.values() if isinstance(cell, str) and spelled(cell) in names]
    return len(known) >= min(2, len(row))


def _unknown(grid: Grid) -> Finding:
    names = [sheet.name for sheet in SHEETS]
    near = process.extractOne(spelled(grid.sheet), names, score_cutoff=70)
    meant = f"Was “{near[0]}” meant? " if near else ""
    return found(
        "sheet",
        Place(grid.file, grid.sheet),
        grid.sheet,
        "The template has no sheet of this name, so its rows were not read.",
        f"{meant}The sheets are {', '.join(names)}.",
        "Warning",
    )


def _no_heading(grid: Grid, sheet: Sheet, row: int) -> Finding:
    names = ", ".join(column.name for column in sheet.columns)
    message = "The row with the names of the columns is missing."
    place = Place(grid.file, grid.sheet, row)
    return found("heading", place, "", message, f"Put it above the first row: {names}")


class _Reading:
    """One sheet while it is read."""

    def __init__(self, grid: Grid, sheet: Sheet, heading: int) -> None:
        self._grid, self._sheet, self._heading = grid, sheet, heading
        self._columns = {column.name: column for column in sheet.columns}
        self._findings: list[Finding] = []
        self._names = self._headings(grid.rows[heading])

    def table(self, rows: Mapping[int, Row]) -> Found:
        below = {number: row for number, row in rows.items() if number > self._heading}
        lines = tuple(Line(number, dict(self._cells(number, row))) for number, row in below.items())
        letters = {name: get_column_letter(number) for number, name in self._names.items()}
        lettered = letters if self._grid.lettered else {}
        return Table(self._sheet.name, self._grid.file, lines, lettered), self._findings

    def _headings(self, row: Row) -> dict[int, str]:
        """The name of each column by its number; what has none, or one that was had, is told."""
        names: dict[int, str] = {}
        for number, cell in sorted(row.items()):
            name = cell if isinstance(cell, str) else cell.value
            name = spelled(name) if spelled(name) in self._columns else name
            if name in names.values():
                self._tell(self._heading, number, _twice(name))
            else:
                names[number] = name
        return names

    def _cells(self, line: int, row: Row) -> Iterator[tuple[str, str]]:
        """The texts by column; a cell with a flaw is left out, as if nothing were said of it."""
        for number, name in self._names.items():
            cell = _checked(row.get(number, ""), self._columns.get(name))
            if isinstance(cell, Flaw):
                self._tell(line, number, cell)
            else:
                yield name, cell
        for number in sorted(row.keys() - self._names.keys()):
            if number not in self._grid.rows[self._heading]:
                self._tell(line, number, _nameless(row[number], self._grid.lettered))

    def _tell(self, row: int, number: int, flaw: Flaw) -> None:
        cell = f"{get_column_letter(number)}{row}" if self._grid.lettered else ""
        name = self._names.get(number, "") if row != self._heading else ""
        place = Place(self._grid.file, self._sheet.name, row, name, cell)
        self._findings.append(found(flaw.rule, place, flaw.value, flaw.message, flaw.remedy))


def _checked(cell: Cell, column: Column | None) -> Cell:
    if isinstance(cell, Flaw):
        return cell
    text = tidy(cell)
    if len(text) > MAX_TEXT:
        message = f"The cell holds more than {MAX_TEXT:,} characters."
        return Flaw("long", f"{text[:40]}…", message, "Shorten it.")
    if number := unseen(text):
        message = f"The cell holds a character that cannot be seen ({number})."
        return Flaw("unseen", ascii(text)[1:-1], message, "Type the cell anew.")
    if column and column.kind == "date" and text.isdecimal() and int(text) in _SERIALS:
        return _serial(text)
    return text


def _serial(text: str) -> Flaw:
    day = from_excel(int(text))
    shown = day.date().isoformat() if isinstance(day, datetime.datetime) else text
    message = f"This is a spreadsheet's own number for a day, which would be {shown}."
    return Flaw("serial", text, message, f"Write the date as text: {shown}")


def _twice(name: str) -> Flaw:
    message = f"There is a second column by the name {name}; it was not read."
    return Flaw("twice", name, message, "Delete one of the two.")


def _nameless(cell: Cell, lettered: bool) -> Flaw:
    value = cell if isinstance(cell, str) else cell.value
    remedy = "Name the column in the row of headings, or clear the cell."
    if not lettered:
        remedy += " A text that holds the separator must stand in quotation marks."
    return Flaw("nameless", value, "The column of this cell has no name.", remedy)
