"""Where in what was sent the reason for a finding stands."""

import re
from collections import defaultdict
from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Triple
from rdflib import SH, Graph

from ocsea.namespaces import shorten
from ocsea.steward.judging.teaching import Result
from ocsea.steward.proposal import Change, Proposal
from ocsea.steward.sent import Place

NOWHERE = Place("")


class Places:
    """Looks places up by record, property and value; of what is no record, by who names it."""

    def __init__(self, proposal: Proposal, shapes: Graph) -> None:
        self._places = proposal.places
        self._shapes = shapes
        self._changes = {change.record.value: change for change in proposal.changes}
        self._naming: dict[str, list[Change]] = defaultdict(list)
        for change in proposal.changes:
            for named in {_text(triple) for triple in change.before | change.after}:
                self._naming[named].append(change)

    def of_result(self, result: Result) -> Place:
        """Where the reason for a result of the shapes stands."""
        for record, name in ((result.focus, shorten(result.path)), (result.value, "")):
            if record in self._changes:
                return self.of(record, name)
        blamed = self._naming[result.focus]
        likely = [change for change in blamed if self._is_meant(result, change)]
        return self._first([*likely, *blamed])

    def telling(self, record: str, told: Iterable[str]) -> Place:
        """Where the value of a record stands that a text tells of; else the record."""
        change, text = self._changes.get(record), " ".join(told)
        for triple in sorted(change.after, key=str) if change else ():
            if isinstance(triple.object, Literal) and _tells(text, triple.object.value):
                found = self._places.get((NamedNode(record), shorten(triple.predicate.value)))
                if found:
                    return found
        return self.of(record)

    def of(self, record: str, name: str = "") -> Place:
        """Where a property of a record stands; else the record, else what names it."""
        return self._own(record, name) or self._first(self._naming[record])

    def _own(self, record: str, name: str = "") -> Place | None:
        node = NamedNode(record)
        found = self._places.get((node, name)) or self._places.get((node, ""))
        if found:
            return found
        cells = [place for (each, _), place in self._places.items() if each == node]
        return Place(cells[0].file, cells[0].sheet, cells[0].row) if cells else None

    def _first(self, changes: Iterable[Change]) -> Place:
        found = (self._own(change.record.value) for change in changes)
        return next((place for place in found if place), NOWHERE)

    def _is_meant(self, result: Result, change: Change) -> bool:
        """Whether it is this record that a shape misses, by its IRI or by what it names."""
        wanted = self._shapes.value(result.shape, SH.qualifiedValueShape)
        pattern = self._shapes.value(wanted, SH.pattern) if wanted else None
        value = self._shapes.value(result.shape, SH.hasValue)
        named = {_text(triple) for triple in change.before}
        by_iri = pattern is not None and re.search(str(pattern), change.record.value)
        return bool(by_iri) or (value is not None and str(value) in named)


def _text(triple: Triple) -> str:
    return triple.object.value if isinstance(triple.object, NamedNode) else ""


def _tells(text: str, value: str) -> bool:
    """Whether a text has a value as a word of its own."""
    return bool(value) and bool(re.search(rf"(?<![\w-]){re.escape(value)}(?![\w-])", text))
