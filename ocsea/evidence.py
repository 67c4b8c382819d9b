"""Rows that cite several documents: the official text of an instrument, or a study that names it.

A source that compiles others, such as `instruments`, lists them in its yml under `documents`. A row
then says in `source` and `place` which of them it was read from, and where; its own stem stands
for an official text, which the place names in full.
"""

from collections.abc import Collection, Iterable, Iterator

from pyoxigraph import NamedNode, Triple

from ocsea import ids
from ocsea.namespaces import term
from ocsea.rows import Row
from ocsea.sources import Source


def one_of(row: Row, column: str, known: Collection[str]) -> str:
    """The cell, which must be one of the known values."""
    value = row.take(column)
    if value not in known:
        raise row.error(column, f"not known here: use one of {', '.join(map(repr, known))}")
    return value


def several(row: Row, column: str) -> list[str]:
    """The parts of a cell that holds a list, separated by semicolons."""
    return [part for part in row.take(column).split(";") if part]


def document(source: Source, stem: str) -> str:
    """A document as a citation names it."""
    return "the official text" if stem == source.stem else str(source.about["documents"][stem])


def evidence(source: Source, row: Row) -> tuple[str, list[NamedNode]]:
    """The document that a row cites, and the place in it."""
    stem, cites = optional_evidence(source, row, "")
    if not cites:
        raise row.error("place", "cites no place: say where this stands")
    return stem, cites


def both(source: Source, row: Row) -> list[NamedNode]:
    """The place that a row cites, and a second one where its `also_` columns name it."""
    return [*evidence(source, row)[1], *optional_evidence(source, row, "also_")[1]]


def optional_evidence(source: Source, row: Row, prefix: str) -> tuple[str, list[NamedNode]]:
    """As `evidence`, from the columns of this prefix, which may be blank together."""
    stem, place = row.take(f"{prefix}source"), row.take(f"{prefix}place")
    if not stem and not place:
        return stem, []
    if stem != source.stem and stem not in source.about["documents"]:
        raise row.error(f"{prefix}source", f"not among the documents of loaders/{source.stem}.yml")
    if not place:
        raise row.error(f"{prefix}place", "cites no place: say where this stands")
    prefixed = place if stem == source.stem else f"{document(source, stem)}, {place}"
    return stem, [source.cite(prefixed)]


def placed(source: Source, triples: Iterable[Triple]) -> Iterator[Triple]:
    """The triples and, for each cited place in a document, where its own graph has that place."""
    starts = {
        ids.locator(source.stem, ids.slug(title)).value + "-": stem
        for stem, title in source.about["documents"].items()
    }
    for triple in triples:
        yield triple
        if triple.predicate == term("dcterms:source") and isinstance(triple.object, NamedNode):
            place = triple.object.value
            for start in filter(place.startswith, starts):
                own = ids.locator(starts[start], place.removeprefix(start))
                yield Triple(triple.object, term("ocsea:samePlace"), own)
