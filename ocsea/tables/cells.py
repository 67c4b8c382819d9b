"""Cells of the standard tables: how each is read, and what a row needs beside itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pyoxigraph import Literal, NamedNode

from ocsea import ids
from ocsea.names import Names
from ocsea.records import Pair
from ocsea.rows import Row
from ocsea.sources import Source
from ocsea.values import Value, date, english

T = TypeVar("T")
Reader = Callable[[str], Value | Sequence[Value]]
Columns = Mapping[str, tuple[str, Reader]]
"""Of a table: a column's property as a prefixed name, and what reads its cell."""


@dataclass(frozen=True)
class Context:
    """The source being read, what things are called, and the places that its coverage lists."""

    source: Source
    names: Names
    places: frozenset[str] | None

    def cite(self, row: Row) -> list[NamedNode]:
        """The locators of a row's places, each of which the source's coverage knows."""
        return [self.source.cite(place) for place in row.take_as("place", self._known)]

    def _known(self, text: str) -> list[str]:
        places = parts(required(text))
        if strange := [p for p in places if self.places is not None and p not in self.places]:
            raise ValueError(f"'{strange[0]}' is no place of coverage.csv: correct it, or add it")
        return places


def mapped(row: Row, columns: Columns) -> list[Pair]:
    """The pairs that a table's columns say; a blank cell is missing and gives none."""
    return [(name, row.take_optional(column, read)) for column, (name, read) in columns.items()]


def required(text: str) -> str:
    """A text that may not be missing."""
    if not text.strip():
        raise ValueError("may not be blank")
    return text


def parts(text: str) -> list[str]:
    """The parts of a list: `a;b` → `["a", "b"]`."""
    found = text.split(";")
    if any(not part or part != part.strip() for part in found):
        raise ValueError("not a list: separate its parts by ; without spaces around them")
    if len(set(found)) != len(found):
        raise ValueError("a part of the list stands twice: remove one of the two")
    return found


def several(read: Callable[[str], T]) -> Callable[[str], list[T]]:
    """A reader of lists, from one of their parts."""
    return lambda text: [read(part) for part in parts(text)]


def one_of(values: Mapping[str, T]) -> Callable[[str], T]:
    """A reader of words of which each stands for something."""

    def read(text: str) -> T:
        if text not in values:
            raise ValueError(f"write one of {', '.join(values)}")
        return values[text]

    return read


def refs(*kinds: str) -> Callable[[str], list[NamedNode]]:
    """A reader of lists of refs, of these kinds where any are given."""
    return several(lambda text: ids.ref(text, *kinds))


def one_ref(*kinds: str) -> Callable[[str], NamedNode]:
    """A reader of a single ref, of one of these kinds where any are given."""
    return lambda text: ids.ref(text, *kinds)


texts = several(english)
words = several(str)


def span(row: Row) -> tuple[Literal | None, Literal | None]:
    """The cells `begin` and `end`; an end before the beginning is an error."""
    begin, end = row.take_optional("begin", date), row.take_optional("end", date)
    if begin and end and _later(begin.value, end.value):
        raise row.error("end", f"lies before the beginning, {begin.value}: correct one of the two")
    return begin, end


def _later(begin: str, end: str) -> bool:
    """Whether one date is later than another, as far as the less precise of them tells."""
    precision = min(len(begin), len(end))
    return begin[:precision] > end[:precision]


def span_pairs(row: Row) -> list[Pair]:
    """The cells `begin` and `end` as pairs."""
    begin, end = span(row)
    return [("ocsea:begin", begin), ("ocsea:end", end)]


NOTE: Columns = {"note": ("skos:note", english)}
