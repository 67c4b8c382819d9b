"""Places in sources: the cells `source` and `place` of a row, and the locators they mean."""

import re
from collections.abc import Collection, Iterable, Sequence

from pyoxigraph import NamedNode, Triple

from ocsea import ids
from ocsea.namespaces import term
from ocsea.records import record
from ocsea.steward.facts import LABEL, PART, Facts
from ocsea.steward.sheets.cells import Cells, join, split
from ocsea.steward.sheets.spelling import CellError, refuse_invisible
from ocsea.values import english

PLACE, ROW, COLUMN = (term(f"ocsea:{name}") for name in ("place", "rowLabel", "columnLabel"))

_WHERE = re.compile(r"(?P<place>.+?)(?:, row (?P<row>.+?))?(?:, column (?P<column>.+))?", re.DOTALL)

Cited = tuple[str, str]
"""A source's key, and the place in it as a person would look it up."""


def cited(facts: Facts, locator: NamedNode) -> Cited:
    """How a locator is written: `("mapping2021", "Fig. 1, row NORWAY, column Budapest")`."""
    place = facts.text(locator, PLACE)
    if not place:
        return _stem(facts, locator), f"locator/{ids.key(locator)}"
    row, column = facts.text(locator, ROW), facts.text(locator, COLUMN)
    parts = [place, *([f"row {row}"] if row else []), *([f"column {column}"] if column else [])]
    return _stem(facts, locator), ", ".join(parts)


def write(facts: Facts, locators: Iterable[NamedNode]) -> Cited:
    """The two cells: one source for all places, or, where they are of several, one for each."""
    found = sorted(cited(facts, locator) for locator in locators)
    stems = [stem for stem, _ in found]
    return join(stems[:1] if len(set(stems)) == 1 else stems), join(place for _, place in found)


def read(
    cells: Cells, source: str, place: str, old: Collection[NamedNode]
) -> tuple[list[NamedNode], list[Triple]]:
    """The locators that the two cells stand for, and what is to be said of those that are new.

    `old` are those that the record cites now. Raises CellError where a source is not known, or
    where sources and places do not go together.
    """
    known = {cited(cells.facts, locator): locator for locator in old}
    locators, triples = list[NamedNode](), list[Triple]()
    for pair in _pairs(source, place):
        found = known.get(pair) or _find(cells, *pair)
        if isinstance(found, NamedNode):
            locators.append(found)
            continue
        locators.append(_subject(found))
        triples += found
    return list(dict.fromkeys(locators)), triples


def graph_of(facts: Facts, locator: NamedNode) -> NamedNode | None:
    """The graph of the source that a locator is a place in; None where that is not known."""
    stem = _stem(facts, locator)
    return ids.graph(stem) if stem else None


def _stem(facts: Facts, locator: NamedNode) -> str:
    sources = [s for s in facts.values(locator, PART) if isinstance(s, NamedNode)]
    return ids.key(sources[0]) if sources and ids.kind(sources[0]) == "source" else ""


def _pairs(source: str, place: str) -> list[Cited]:
    stems, places = split(source), split(place)
    if len(stems) == 1:
        return [(stems[0], where) for where in places]
    if len(stems) != len(places):
        raise CellError(
            f"There are {len(stems)} sources and {len(places)} places.",
            "Give one source for all places, or one for each, in the same order.",
        )
    return list(zip(stems, places, strict=True))


def _find(cells: Cells, stem: str, where: str) -> NamedNode | list[Triple]:
    """The locator of a place, by what it is called; or the facts of a new one."""
    facts, source = cells.facts, cells.thing(stem, "sources")
    refuse_invisible(where)
    label = f"{facts.label(source)}, {where}"
    for thing in facts.with_value(LABEL, english(label)):
        if thing in _parts_of(facts, source, [thing]):
            return thing
    new = _new(source, where, label)
    locator = _subject(new)
    if not facts.known(locator):
        return new
    if (there := cited(facts, locator)[1]) in (where, f"locator/{ids.key(locator)}"):
        return locator
    raise CellError(f"The place ‘{where}’ is known by another spelling.", f"Write ‘{there}’.")


def _parts_of(facts: Facts, source: NamedNode, things: Sequence[NamedNode]) -> list[NamedNode]:
    return [thing for thing in things if source in facts.values(thing, PART)]


def _new(source: NamedNode, where: str, label: str) -> list[Triple]:
    found = _WHERE.fullmatch(where)
    place, row, column = found.group("place", "row", "column") if found else (where, None, None)
    keys = [ids.slug(part) for part in (place, row, column) if part is not None]
    if not all(keys):
        raise CellError(
            f"The place ‘{where}’ has no Latin letter or digit to find it by.",
            "Name the place as the source numbers it: Article 20, page 7, row NORWAY.",
        )
    return list(
        record(
            ids.locator(ids.key(source), *keys),
            "ocsea:Locator",
            label,
            ("dcterms:isPartOf", source),
            ("ocsea:place", place),
            ("ocsea:rowLabel", row),
            ("ocsea:columnLabel", column),
        )
    )


def _subject(triples: Sequence[Triple]) -> NamedNode:
    subject = triples[0].subject
    assert isinstance(subject, NamedNode)
    return subject
