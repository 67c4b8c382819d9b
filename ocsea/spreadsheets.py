"""Tables for spreadsheets: as CSV, with nothing in them that one would work out as a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_FORMULA = re.compile(r"[=+\-@\t\r\n]")
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*%?")


def write(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV, RFC 4180."""
    written = io.StringIO(newline="")
    csv.writer(written).writerows([harmless(cell) for cell in row] for row in rows)
    return written.getvalue()


def harmless(text: str) -> str:
    """A cell's text; one that a spreadsheet would take for a formula is given a `'` in front.

    A number is none.
    """
    return "'" + text if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
