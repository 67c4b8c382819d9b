"""The tables in a workbook."""

import re
from collections import defaultdict
from collections.abc import Iterator

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ocsea.steward.files import origin
from ocsea.steward.files.refusal import found
from ocsea.steward.files.shown import shown
from ocsea.steward.files.tabular import Cell, Grid, read_grid, spelled
from ocsea.steward.files.workbooks import (
    ABOUT,
    CODES,
    FINDINGS,
    RELEASE,
    open_workbook,
    unread_parts,
)
from ocsea.steward.sent import Finding, Place, Sent

_NO_FACTS = {ABOUT, CODES, FINDINGS}


def read_workbook(file: str, content: bytes) -> Sent:
    """The tables of the sheets that the template has, hidden ones too. Raises Refused."""
    workbook = open_workbook(content)
    findings = [_unread(file, words) for words in unread_parts(content)]
    tables = []
    for sheet in workbook.worksheets:
        if spelled(sheet.title) not in _NO_FACTS:
            table, wrong = read_grid(_grid(file, sheet))
            findings += [*wrong, *(_merged(file, sheet) if table else ())]
            tables += [table] if table else []
    release, wrong = _release(file, workbook)
    return Sent(tuple(tables), release=release, findings=(*findings, *wrong))


def _grid(file: str, sheet: Worksheet) -> Grid:
    """The cells that hold something. The sheet's own rows would make a cell of each blank one."""
    rows: dict[int, dict[int, Cell]] = defaultdict(dict)
    for (row, column), cell in sorted(sheet._cells.items()):
        text = shown(cell)
        if text:
            rows[row][column] = text
    return Grid(sheet.title, file, rows, lettered=True)


def _merged(file: str, sheet: Worksheet) -> Iterator[Finding]:
    for area in sheet.merged_cells.ranges:
        yield found(
            "merged",
            Place(file, spelled(sheet.title), area.min_row, "", str(area.start_cell.coordinate)),
            str(area),
            f"The cells {area} are merged, so that it is not clear whose value theirs is.",
            "Unmerge them, and fill in each cell.",
        )


def _unread(file: str, words: str) -> Finding:
    message = f"The workbook holds {words}, which were not looked at."
    return found("unread", Place(file), "", message, "Send it without them.", "Warning")


def _release(file: str, workbook: Workbook) -> tuple[str | None, list[Finding]]:
    """The release that the sheet `about` names, and what is wrong with that."""
    for sheet in workbook.worksheets:
        rows = _grid(file, sheet).rows if spelled(sheet.title) == ABOUT else {}
        for number, row in rows.items():
            if row.get(1) == RELEASE:
                text = str(row.get(2, ""))
                version = origin.version(text)
                return version, [] if version else [_no_version(file, text, number)]
    return None, []


def _no_version(file: str, text: str, row: int) -> Finding:
    return found(
        "release",
        Place(file, ABOUT, row, "", f"B{row}"),
        re.sub(r"\s+", " ", text)[:100],
        "This names no release, so your rows are compared with the current one.",
        "Put back what the template had here.",
        "Warning",
    )
