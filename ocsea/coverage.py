"""What the graph holds of each source, place by place: the page `docs/coverage.md`.

`data/{stem}/coverage.csv` lists every place of a source in its order. A record counts for the place
that it cites, for the footnote that hangs on it, and for all that these stand in. Another source
may cite the same place by the name of the document, as the compilation of instruments does: the
`documents` in its yml are these names.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pyoxigraph import Literal, NamedNode, Triple

from ocsea import ids
from ocsea.errors import OcseaError
from ocsea.namespaces import ID, term
from ocsea.rows import read_rows
from ocsea.tables.coverage import FILE

_SOURCE, _PLACE = term("dcterms:source"), term("ocsea:place")
_COLUMN, _FOOTNOTE = term("ocsea:columnLabel"), term("ocsea:footnote")
_FOUND = ("discrepancy", "claim")  # What the audit makes of records is no record of a place.
_INTRODUCTION = """# What the graph holds of each source

Every section, table, figure, footnote list, appendix and annex of each source, in its order, with
the number of records that cite it or a place within it, or the reason why there are none. Made from
the release and the `coverage.csv` of each source by `ocsea coverage`; a place that has neither
records nor a reason is a gap."""


@dataclass(frozen=True)
class Place:
    """A place of a source: its name and heading, its records, and why it may have none."""

    name: str
    title: str
    records: int
    reason: str

    @property
    def is_gap(self) -> bool:
        """Whether the place has neither a record nor a reason for having none."""
        return not self.records and not self.reason

    @property
    def is_odd(self) -> bool:
        """Whether the place has records, and a reason why it has none as well."""
        return bool(self.records and self.reason)


def coverage(triples: Iterable[Triple], root: Path) -> str:
    """The page on what the graph `triples` holds of the sources in the checkout `root`."""
    sources = list(_sources(root))
    found = places(triples, root)
    parts = [_INTRODUCTION, *_problems(found), _summary(found)]
    for about in sources:
        if about["stem"] in found:
            parts.append(f"## {about['title']}\n\n{_table(found[about['stem']])}")
    return "\n\n".join(parts) + "\n"


def places(triples: Iterable[Triple], root: Path) -> dict[str, list[Place]]:
    """The places of each source that has a `coverage.csv`, in its order."""
    citing = _citing(triples, list(_sources(root)))
    paths = sorted((root / "data").glob(f"*/{FILE}"))
    return {path.parent.name: list(_places(path, citing[path.parent.name])) for path in paths}


def place_of(cited: str, listed: Iterable[str]) -> str | None:
    """The listed place that a citation falls under: itself, or what stands before a comma in it.

    `Table 3, row 5` falls under `Table 3`; of several such places the longest is meant.
    """
    known = set(listed)
    parts = cited.split(", ")
    heads = (", ".join(parts[:end]) for end in range(len(parts), 0, -1))
    return next((head for head in heads if head in known), None)


def _sources(root: Path) -> Iterator[dict[str, Any]]:
    paths = sorted((root / "loaders").glob("*.yml"))
    if not paths:
        raise OcseaError(f"No loaders in {root}: the page is made in a checkout of the project.")
    for path in paths:
        yield {"stem": path.stem, **yaml.safe_load(path.read_text(encoding="utf-8"))}


@dataclass
class _Graph:
    """What a page needs to know of the graph: who cites which locator, and what locators say."""

    cited: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    place: dict[str, str] = field(default_factory=dict)
    column: dict[str, str] = field(default_factory=dict)
    footnotes: list[tuple[str, str]] = field(default_factory=list)


def _read(triples: Iterable[Triple]) -> _Graph:
    graph = _Graph()
    for triple in triples:
        subject, value = triple.subject, triple.object
        if not isinstance(subject, NamedNode) or not subject.value.startswith(ID):
            continue
        if triple.predicate == _SOURCE and isinstance(value, NamedNode):
            if ids.kind(subject) not in _FOUND:
                graph.cited[value.value].add(subject.value)
        elif triple.predicate == _PLACE and isinstance(value, Literal):
            graph.place[subject.value] = value.value
        elif triple.predicate == _COLUMN and isinstance(value, Literal):
            graph.column[subject.value] = value.value
        elif triple.predicate == _FOOTNOTE and isinstance(value, Literal):
            graph.footnotes.append((subject.value, value.value))
    return graph


def _citing(
    triples: Iterable[Triple], sources: list[dict[str, Any]]
) -> dict[str, dict[str, set[str]]]:
    """By source and place as cited, the records that cite it."""
    named = {name: stem for about in sources for stem, name in about.get("documents", {}).items()}
    graph = _read(triples)
    found = defaultdict[str, dict[str, set[str]]](lambda: defaultdict(set))
    for locator, place in graph.place.items():
        for stem, name in _names(locator, place, named):
            found[stem][name] |= graph.cited[locator]
    for thing, number in graph.footnotes:
        for stem, subjects in _annotated(graph, thing):
            found[stem][f"footnote {number}"] |= subjects
    return found


def _annotated(graph: _Graph, thing: str) -> Iterator[tuple[str, set[str]]]:
    """The records that a footnote adds to: the one it hangs on, or all under its heading."""
    if thing not in graph.place:
        for locator in (each for each, records in graph.cited.items() if thing in records):
            yield _stem(locator), {thing}
        return
    for locator, place in graph.place.items():
        same = _stem(locator) == _stem(thing) and place == graph.place[thing]
        if same and graph.column.get(thing) in (None, graph.column.get(locator)):
            yield _stem(locator), graph.cited[locator]


def _stem(locator: str) -> str:
    return ids.key(NamedNode(locator)).split("/", 1)[0]


def _names(locator: str, place: str, named: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The source and place that a locator stands for; both, where it cites another document."""
    yield _stem(locator), place
    for name, stem in named.items():
        if place.startswith(f"{name}, "):
            yield stem, place.removeprefix(f"{name}, ")


def _places(path: Path, citing: Mapping[str, set[str]]) -> Iterator[Place]:
    rows = []
    for row in read_rows(path):
        rows.append([row.take(name) for name in ("place", "title", "part_of", "reason")])
    wholes = {name: whole for name, _, whole, _ in rows}
    records = defaultdict[str, set[str]](set)
    for cited, subjects in citing.items():
        inner = place_of(cited, wholes)
        while inner:
            records[inner] |= subjects
            inner = wholes.get(inner)
    for name, title, _, reason in rows:
        yield Place(name, title, len(records[name]), reason)


def _problems(found: Mapping[str, list[Place]]) -> Iterator[str]:
    gaps = [f"- {stem}: {p.name}" for stem, each in found.items() for p in each if p.is_gap]
    odd = [f"- {stem}: {p.name}" for stem, each in found.items() for p in each if p.is_odd]
    if gaps:
        yield "## Gaps: neither a record nor a reason\n\n" + "\n".join(gaps)
    if odd:
        yield "## Places with records that give a reason for having none\n\n" + "\n".join(odd)


def _summary(found: Mapping[str, list[Place]]) -> str:
    lines = [
        "| source | places | with records | with a reason | gaps |",
        "| --- | --- | --- | --- | --- |",
    ]
    for stem, each in found.items():
        counts = (
            len(each),
            sum(1 for place in each if place.records),
            sum(1 for place in each if place.reason and not place.records),
            sum(1 for place in each if place.is_gap),
        )
        lines.append(f"| {stem} | " + " | ".join(map(str, counts)) + " |")
    return "\n".join(lines)


def _table(each: list[Place]) -> str:
    lines = ["| place | heading | records | why none |", "| --- | --- | --- | --- |"]
    for place in each:
        cells = (place.name, place.title, str(place.records or ""), place.reason)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)
