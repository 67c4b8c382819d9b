"""The sheets of a template: one a topic, each a table of columns that stewards know."""

from collections.abc import Mapping
from dataclasses import dataclass

from ocsea.steward.sent import Table

Choice = tuple[str, str]
"""A code as it is written into a cell, and what it is called."""


@dataclass(frozen=True)
class Column:
    """A column: `name` heads it in every format, `note` says what belongs there.

    `kind` is how a cell is read and written (see `cells.py`), `property` the prefixed name of the
    property it stands for, if one does. A `locked` cell is a key: it is not edited in a row that the
    graph knows. `choices` names the list of codes that may stand there.
    """

    name: str
    note: str
    kind: str
    property: str = ""
    required: bool = False
    locked: bool = False
    choices: str = ""


@dataclass(frozen=True)
class Sheet:
    """A sheet: `name` is its tab and its CSV file's stem; `note` says what it holds."""

    name: str
    note: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of this name; KeyError where there is none."""
        return {column.name: column for column in self.columns}[name]


@dataclass(frozen=True)
class Template:
    """A state's facts as tables, and the lists of codes that its cells may hold, by name."""

    iso3: str
    name: str
    release: str
    tables: tuple[Table, ...]
    choices: Mapping[str, tuple[Choice, ...]]
