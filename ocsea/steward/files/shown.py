"""The cells of a workbook as the person in front of it sees them; formulas are never worked out."""

import datetime
import re
from decimal import Decimal
from typing import Any

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils.escape import unescape

from ocsea.steward.files.tabular import Flaw

_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^]]*\]|_.')
"""What stands in a number format without being one: texts, colours, languages, room."""

_EXACT = 10**15
"""From here on spreadsheets round whole numbers."""


def shown(cell: Cell | MergedCell) -> str | Flaw:
    """The text of a cell, "" where it is blank. A date is only as precise as it is shown."""
    if isinstance(cell, MergedCell):
        return ""
    if cell.data_type == "f":
        return Flaw(
            "formula",
            formula(cell.value),
            "The cell holds a formula, and formulas are not worked out here.",
            "Put its result in its place: copy the cell, then paste it as values.",
        )
    if cell.data_type == "e":
        message = "The cell holds an error of the spreadsheet."
        return Flaw("error", str(cell.value), message, "Write the value, or leave the cell blank.")
    if isinstance(cell.value, int | float) and abs(cell.value) >= _EXACT:
        return Flaw(
            "digits",
            str(cell.value),
            "A spreadsheet keeps only fifteen digits of a number.",
            "Give the cell the format “Text”, then type the number anew.",
        )
    return _text(cell.value, str(cell.number_format))


def formula(value: Any) -> str:
    """The text of a formula, also of one for several cells."""
    text = value if isinstance(value, str) else getattr(value, "text", None)
    return str(text or "=")


def _text(value: Any, number_format: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        return _date(value, _NOT_FORMAT.sub("", number_format).lower())
    if isinstance(value, int | float):
        return _number(value, "%" in _NOT_FORMAT.sub("", number_format))
    return unescape(value) if isinstance(value, str) else str(value)


def _date(value: datetime.datetime, number_format: str) -> str:
    if value.time() != datetime.time.min:
        return value.isoformat(" ", "seconds")
    if "d" in number_format:
        return f"{value:%Y-%m-%d}"
    return f"{value:%Y-%m}" if "m" in number_format else f"{value:%Y}"


def _number(value: int | float, percent: bool) -> str:
    """A number in plain digits; of a broken one the fifteen that spreadsheets keep."""
    if isinstance(value, int) and not percent:
        return str(value)
    exact = Decimal(f"{value:.15g}") * (100 if percent else 1)
    number = f"{exact.normalize():f}" if exact.is_finite() else str(value)
    return f"{number}%" if percent else number
