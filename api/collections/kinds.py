"""What a collection is: its classes, columns, filters, sort keys and dates.

A column is a key of our JSON-LD context, or several with dots between that lead from thing to
thing: `party.iso3`. What filters, sort keys and dates look at is a SPARQL property path.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from api.collections import filters
from api.collections.filters import Filter
from ocsea.namespaces import term

How = Literal["text", "date", "number"]
"""How values are ordered."""


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort key: its name in the address, where its values stand, and how they are ordered."""

    name: str
    path: str
    how: How = "text"


@dataclass(frozen=True, slots=True)
class AsOf:
    """What `as_of` looks at: what has begun, is not over, and is the latest of its like.

    `since` where `end` is the first day on which it is over, not the last on which it is not.
    `latest_of` are the properties in which what replaces each other is the same.
    """

    begin: str
    end: str = ""
    since: bool = False
    latest_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """A collection: `name` is its path, `one` what a member is called.

    `shown` are the columns of its page, `by` what members can be narrowed by beside their class.
    `period` are the paths to the first and the last date of what the filter of that name looks at.
    `text` is what `q` looks at.
    """

    name: str
    title: str
    one: str
    about: str
    classes: tuple[str, ...]
    columns: tuple[str, ...]
    shown: tuple[str, ...]
    by: tuple[Filter, ...]
    sorts: tuple[Sort, ...]
    text: str = "rdfs:label"
    period: tuple[str, str] | None = None
    as_of: AsOf | None = None

    @cached_property
    def filters(self) -> tuple[Filter, ...]:
        """What members can be narrowed by; by their class where they may have several."""
        return (*([filters.kind(self.classes)] if len(self.types) > 1 else ()), *self.by)

    @cached_property
    def types(self) -> frozenset[str]:
        """The IRIs of the classes that its members may have."""
        return filters.below(term(name).value for name in self.classes)


LABEL = Sort("label", "rdfs:label")
DATE = Sort("date", "ocsea:date", "date")
SPAN = (Sort("begin", "ocsea:begin", "date"), Sort("end", "ocsea:end", "date"))
NAMES = "rdfs:label|skos:altLabel|ocsea:acronym|ocsea:formerName"
"""Where names stand."""


def linked(key: str, *more: str) -> tuple[str, ...]:
    """The columns of a thing: itself, its label, and more of what is said of it."""
    return (key, *(f"{key}.{name}" for name in ("label", *more)))


def columns(*given: str | Iterable[str]) -> tuple[str, ...]:
    """Type and label, these, and where it was read; several in one text have spaces between."""
    lists = [part.split() if isinstance(part, str) else part for part in given]
    source = (*linked("source"), *linked("source.isPartOf", "identifier"))
    return ("type", "label", *(name for part in lists for name in part), *source)
