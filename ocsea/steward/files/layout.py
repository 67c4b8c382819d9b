"""What our sheets look like to a person: comments, heights, and how they print."""

from collections.abc import Mapping
from math import ceil

from openpyxl.comments import Comment
from openpyxl.styles import Alignment
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

AUTHOR = "OCSEA Graph"
TOP = Alignment(vertical="top", wrap_text=True)


def height(texts: Mapping[str, float]) -> float:
    """How high a row must be for its texts, broken at the widths of their columns."""
    return 15.0 * max(ceil(len(text) * 1.1 / width) or 1 for text, width in texts.items())


def print_across(page: Worksheet) -> None:
    """Let the sheet print in landscape, all columns on a page, the heading on each."""
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0  # as many pages as it takes
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_title_rows = "1:1"


def note(text: str, author: str = AUTHOR) -> Comment:
    """A comment in a cell that is large enough for its text."""
    lines = sum(len(line) // 40 + 1 for line in text.splitlines())
    return Comment(text, author, height=28 + 18 * lines, width=300)
