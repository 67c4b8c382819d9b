"""A source: its metadata, its data files, and the places in it that records cite."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import yaml
from pyoxigraph import NamedNode, Triple

from ocsea import ids
from ocsea.errors import OcseaError
from ocsea.namespaces import RDF_TYPE
from ocsea.parties import Parties
from ocsea.records import record
from ocsea.rows import Row, read_rows
from ocsea.values import date, english

Label = tuple[str, str]
"""A row or column of a source: its stable key, and its label exactly as printed."""

_REQUIRED = ("title", "publisher", "edition", "issued", "rights", "coverage", "expected")


@dataclass
class Source:
    """One source, as its loader sees it.

    `stem` names it everywhere: `loaders/{stem}.yml`, `loaders/{stem}.py`, `data/{stem}/`, its
    graph and its IRI. `about` is the yml. `parties` finds states and others by printed name;
    `titles` are those of all sources.
    """

    stem: str
    about: dict[str, Any]
    folder: Path
    parties: Parties
    titles: Mapping[NamedNode, str]
    _locators: dict[NamedNode, list[Triple]] = field(default_factory=dict)

    @property
    def iri(self) -> NamedNode:
        """The source itself, as records and graphs point to it."""
        return ids.thing("source", self.stem)

    def rows(self, name: str) -> Iterator[Row]:
        """The rows of `data/{stem}/{name}`, each audited for fields left over."""
        return read_rows(self.folder / name)

    def party(self, row: Row, column: str) -> NamedNode:
        """The state or other entity that a cell names; an unknown name stops the load."""
        return row.take_as(column, self.parties.find)

    def cite(self, place: str, row: Label | None = None, column: Label | None = None) -> NamedNode:
        """The locator of a place (`Fig. 1`, `footnote 76`) or of one cell of a table."""
        labels = [label for label in (row, column) if label is not None]
        locator = ids.locator(self.stem, ids.slug(place), *(key for key, _ in labels))
        self._locators.setdefault(locator, list(self._describe(locator, place, row, column)))
        return locator

    def _describe(
        self, locator: NamedNode, place: str, row: Label | None, column: Label | None
    ) -> Iterator[Triple]:
        parts = [self.about["title"], place]
        parts += [f"row {row[1]}"] if row else []
        parts += [f"column {column[1]}"] if column else []
        yield from record(
            locator,
            "ocsea:Locator",
            ", ".join(parts),
            ("dcterms:isPartOf", self.iri),
            ("ocsea:place", place),
            ("ocsea:rowLabel", row[1] if row else None),
            ("ocsea:columnLabel", column[1] if column else None),
        )

    def own_triples(self) -> Iterator[Triple]:
        """The source's own description, and every locator cited so far."""
        about = self.about
        yield from record(
            self.iri,
            "ocsea:Source",
            about["title"],
            ("dcterms:identifier", self.stem),
            ("dcterms:title", english(about["title"])),
            ("dcterms:creator", about.get("creator")),
            ("dcterms:publisher", about["publisher"]),
            ("dcterms:issued", date(str(about["issued"]))),
            ("dcterms:rights", about["rights"]),
            ("ocsea:edition", about["edition"]),
            ("dcterms:description", english(about["coverage"])),
        )
        for triples in self._locators.values():
            yield from triples


Loader = Callable[[Source], Iterator[Triple]]


def open_sources(root: Path) -> list[tuple[Source, Loader]]:
    """Every source that has a `loaders/{stem}.yml`, with its loader's `load`, in stem order."""
    if not (root / "loaders").is_dir():
        raise OcseaError(f"No loaders in {root}: a build runs from a checkout of the project.")
    parties = Parties(root / "data" / "states")
    abouts = {path: _about(path) for path in sorted((root / "loaders").glob("*.yml"))}
    titles = {ids.thing("source", path.stem): about["title"] for path, about in abouts.items()}
    return [
        (
            Source(path.stem, about, root / "data" / path.stem, parties, titles),
            _loader(path.with_suffix(".py")),
        )
        for path, about in abouts.items()
    ]


def _about(path: Path) -> dict[str, Any]:
    about: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    missing = [name for name in _REQUIRED if name not in about]
    if missing:
        raise OcseaError(f"{path}: lacks {', '.join(missing)}")
    return about


def _loader(path: Path) -> Loader:
    spec = spec_from_file_location(f"loaders.{path.stem}", path)
    if spec is None or spec.loader is None:
        raise OcseaError(f"{path}: no such loader")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    load: Loader = module.load
    return load


def load_source(source: Source, load: Loader) -> list[Triple]:
    """All triples of a source: its records, its locators and itself.

    Raises OcseaError where the records are not as many as the yml expects.
    """
    triples = list(dict.fromkeys([*load(source), *source.own_triples()]))
    _check_counts(source, triples)
    return triples


def _check_counts(source: Source, triples: list[Triple]) -> None:
    types = Counter(
        str(t.object.value).rsplit("#", 1)[-1]
        for t in triples
        if t.predicate == RDF_TYPE and isinstance(t.object, NamedNode)
    )
    wrong = [
        f"{kind}: expected {count}, loaded {types[kind]}"
        for kind, count in source.about["expected"].items()
        if types[kind] != count
    ]
    if wrong:
        raise OcseaError(f"loaders/{source.stem}.yml: " + "; ".join(wrong))
