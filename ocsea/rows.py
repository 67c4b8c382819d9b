"""Rows of the reviewed CSV files: every field is taken, ignored by name, or reported."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from ocsea.errors import DataError

T = TypeVar("T")


class Row:
    """One row of a data file. Taking a field removes it, so that what is left can be audited."""

    def __init__(self, path: Path, line: int, fields: dict[str, str]) -> None:
        self.path, self.line = path, line
        self._fields = fields
        self._taken: dict[str, str] = {}

    def take(self, column: str) -> str:
        """The field exactly as it stands; the empty string where the cell is blank."""
        if column not in self._fields:
            raise DataError(self.path, 1, column, "", "the file has no such column")
        self._taken[column] = self._fields.pop(column)
        return self._taken[column]

    def take_as(self, column: str, parse: Callable[[str], T]) -> T:
        """The field through `parse`; a ValueError becomes an error that names the cell."""
        text = self.take(column)
        try:
            return parse(text)
        except ValueError as error:
            raise DataError(self.path, self.line, column, text, str(error)) from None

    def take_optional(self, column: str, parse: Callable[[str], T]) -> T | None:
        """As `take_as`, but None where the cell is blank."""
        if self._fields.get(column) == "":
            self.take(column)
            return None
        return self.take_as(column, parse)

    def ignore(self, *columns: str) -> None:
        """Leave fields out of the graph, by name and on purpose."""
        for column in columns:
            self.take(column)

    def peek(self, column: str) -> str:
        """A field that something else is going to take."""
        if column not in self._fields:
            raise DataError(self.path, 1, column, "", "the file has no such column")
        return self._fields[column]

    def remaining(self) -> list[str]:
        """The columns not taken yet."""
        return list(self._fields)

    def error(self, column: str, why: str) -> DataError:
        """An error about a field of this row, taken or not."""
        value = self._taken.get(column, self._fields.get(column, ""))
        return DataError(self.path, self.line, column, value, why)

    def audit(self) -> None:
        """Raise where a field was neither mapped nor ignored by name."""
        for column, value in self._fields.items():
            why = "neither mapped nor ignored by its loader"
            raise DataError(self.path, self.line, column, value, why)


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a UTF-8 CSV file with a header; each is audited when the next is asked for."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, strict=True)
        header = next(reader, [])
        if len(set(header)) != len(header):
            raise DataError(path, 1, ",".join(header), "", "a column name stands twice")
        for cells in reader:
            if len(cells) != len(header):
                why = f"{len(cells)} fields where the header has {len(header)}"
                raise DataError(path, reader.line_num, "", ",".join(cells), why)
            row = Row(path, reader.line_num, dict(zip(header, cells, strict=True)))
            yield row
            row.audit()
