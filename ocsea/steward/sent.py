"""What a steward sent, in the steward's own terms: files, sheets, rows and columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pyoxigraph import NamedNode, Triple

MAX_BYTES = 16 * 2**20
"""What may be sent at once; a state's facts are some hundred kilobytes."""


@dataclass(frozen=True, order=True)
class Place:
    """Where something stands in what was sent, as a person would point at it.

    `row` is the row of a sheet or the line of a text file, counted from 1 with the heading; 0 where
    there is none. `column` is the heading of the column (`as_of`), `cell` the cell as a spreadsheet
    names it (`F7`), each empty where there is none.
    """

    file: str
    sheet: str = ""
    row: int = 0
    column: str = ""
    cell: str = ""

    def __str__(self) -> str:
        row = f"row {self.row}" if self.sheet or self.column else f"line {self.row}"
        parts = [self.file, f"sheet {self.sheet}" if self.sheet else "", row if self.row else ""]
        column = f"column {self.column}" if self.column else ""
        cell = f" ({self.cell})" if self.cell else ""
        return ", ".join(part for part in [*parts, column] if part) + cell


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong or doubtful, and what would be right.

    `severity` is `Violation`, `Warning` or `Info`. `value` is what stands there, `message` says
    what is wrong with it, `remedy` what would be right: the nearest code, the format, the range.
    `rule` names the shape (`ocsea-sh:…`), the rule of the audit, or our own reader's check behind
    it. `focus` and `path` are the IRIs of record and property where it concerns one.
    """

    severity: str
    place: Place
    value: str
    message: str
    remedy: str
    rule: str
    focus: str = ""
    path: str = ""


@dataclass(frozen=True)
class Line:
    """A row below the heading: the text of each cell by the name of its column, blank as ""."""

    row: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """The rows of one sheet. `letters` are the columns' letters in a workbook, by their names."""

    sheet: str
    file: str
    lines: tuple[Line, ...]
    letters: Mapping[str, str] = field(default_factory=dict)

    def place(self, line: Line, column: str = "") -> Place:
        """Where a cell of this table stands, or a whole row."""
        letter = self.letters.get(column)
        cell = f"{letter}{line.row}" if letter else ""
        return Place(self.file, self.sheet, line.row, column, cell)


@dataclass(frozen=True)
class Sent:
    """All that was sent at once, as far as it could be read; `findings` tell what could not be.

    `release` is the version that the template was made from, None where the files do not say.
    `triples` are those of Turtle and JSON-LD files, `lines` where their subjects stand.
    """

    tables: tuple[Table, ...] = ()
    triples: tuple[Triple, ...] = ()
    lines: Mapping[NamedNode, Place] = field(default_factory=dict)
    release: str | None = None
    findings: tuple[Finding, ...] = ()
