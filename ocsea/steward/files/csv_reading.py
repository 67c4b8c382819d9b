"""The tables in CSV files, as any spreadsheet program writes them."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import PurePosixPath

from ocsea.steward.files.refusal import Refused
from ocsea.steward.files.tabular import MAX_ROWS, Grid, Row, read_grid, spelled
from ocsea.steward.sent import Sent
from ocsea.steward.sheets.topics import SHEETS

_SEPARATORS = ",;\t"
_LAST = 2**20
"""The last row that spreadsheets have."""

_BEGINNING = 20_000
"""In how many characters the headings are looked for."""

_LONGEST = 16 * 2**20
"""No cell is longer than a file; one that is too long is told as such by what reads the rows."""


def read_csv(file: str, text: str) -> Sent:
    """The table of a CSV file, whose name says which of the template's it is. Raises Refused."""
    rows = dict(islice(_rows(text), MAX_ROWS + 1))
    table, findings = read_grid(Grid(sheet_of(file), file, rows, lettered=False))
    return Sent((table,) if table else (), findings=tuple(findings))


def sheet_of(file: str) -> str:
    """Which sheet a file's name tells: `actions.csv` and `norway-actions (2).csv` both actions."""
    stem = PurePosixPath(file).stem
    words = re.split(r"[^a-z]+", stem.casefold())
    told = [sheet.name for sheet in SHEETS if sheet.name in words]
    return told[0] if len(told) == 1 else stem


def _rows(text: str) -> Iterator[tuple[int, Row]]:
    """The rows by their number, as a spreadsheet that opens the file would count them."""
    csv.field_size_limit(_LONGEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    for number in range(1, _LAST + 1):
        begin = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise _unclear_quotes(begin) from None
        row = {place: cell for place, cell in enumerate(cells, 1) if cell.strip()}
        if row:
            yield number, row
    raise Refused("too-large", f"It has more than {_LAST:,} rows.", "Delete the blank ones.")


def _separator(text: str) -> str:
    """What stands between the headings; between the first cells where there are no headings."""
    names = {column.name for sheet in SHEETS for column in sheet.columns}
    first = text[:_BEGINNING].splitlines()[:10]

    def known(separator: str) -> tuple[int, int]:
        cells = [cell.strip('" \r\n') for line in first for cell in line.split(separator)]
        return sum(spelled(cell) in names for cell in cells), len(cells)

    return max(_SEPARATORS, key=known)


def _unclear_quotes(line: int) -> Refused:
    return Refused(
        "quotes",
        "A quotation mark stands where it does not belong, so that cells cannot be told apart.",
        "Put a text that holds the separator, a quotation mark or a line break between quotation "
        'marks, and double those within it: "the ""Lanzarote"" Convention"',
        line,
    )
