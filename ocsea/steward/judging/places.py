"""Where in what was sent the reason for a finding stands."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Triple
from rdflib import SH, Graph, URIRef
from rdflib.collection import Collection

from ocsea.namespaces import shorten
from ocsea.steward.facts import LABEL
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
        if result.focus in self._changes:
            named = (self._places.get((NamedNode(result.focus), n)) for n in self._names(result))
            return next(filter(None, named), None) or self.of(result.focus)
        if result.value in self._changes:
            return self.of(result.value)
        blamed = self._naming[result.focus]
        likely = [change for change in blamed if self._is_meant(result, change)]
        return self._first([*likely, *blamed])

    def _names(self, result: Result) -> Iterator[str]:
        """The properties that a shape is about, by their prefixed names: its path, or one of it."""
        if result.path:
            yield shorten(result.path)
        path = self._shapes.value(result.shape, SH.path)
        either = self._shapes.value(path, SH.alternativePath) if path else None
        for one in Collection(self._shapes, either) if either else ():
            if isinstance(one, URIRef):
                yield shorten(str(one))

    def telling(self, record: str, told: Iterable[str]) -> tuple[str, Place]:
        """The property of a record, "" where none is found, that a text tells of; where it stands.

        What is changed is likelier to be meant than what was there before, a date than a kind.
        """
        change, text = self._changes.get(record), " ".join(told)
        for triple in sorted(change.after, key=_likely(change)) if change else ():
            if triple.predicate != LABEL and _tells(text, _word(triple)):
                prop = triple.predicate.value
                return prop, self.of(record, shorten(prop))
        return "", self.of(record)

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


def _likely(change: Change) -> Callable[[Triple], tuple[bool, bool, str]]:
    return lambda t: (t in change.before, not isinstance(t.object, Literal), str(t))


def _word(triple: Triple) -> str:
    """A value as a text tells of it: that of a literal, or what a term is called."""
    if isinstance(triple.object, Literal):
        return triple.object.value
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.split("[/#]", _text(triple))[-1]).lower()


def _tells(text: str, value: str) -> bool:
    """Whether a text has a value as a word of its own."""
    return bool(value) and bool(re.search(rf"(?<![\w-]){re.escape(value)}(?![\w-])", text))
