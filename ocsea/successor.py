"""A release in the making on top of another, of which it takes over all that stays as it is."""

import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pyoxigraph import Store, Triple

from ocsea.difference import Changes, Delta, holds
from ocsea.lines import edit
from ocsea.rdf import ntriples
from ocsea.release import GRAPHS, STORE, UNNAMED, Content, Release, file_name


@contextmanager
def folder_for(var: Path) -> Iterator[Path]:
    """A folder to make a release in, with one for its graphs; gone afterwards unless renamed."""
    releases = var / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".building-", dir=releases))
    try:
        (folder / GRAPHS).mkdir()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Successor:
    """What is to follow the release `base`, as it grows in a folder of its own."""

    base: Release
    folder: Path
    has_store: bool = field(default=False, init=False)

    def edited(self, iri: str, delta: Delta) -> dict[str, Content]:
        """A graph of the base after a change, by its IRI; nothing where none of it is left."""
        lines = ({ntriples([quad.triple]) for quad in quads} for quads in (delta.gone, delta.come))
        path = self.folder / GRAPHS / file_name(iri)
        edit(self.base.graphs().get(iri), path, *lines)
        if path.stat().st_size:
            return {iri: path}
        path.unlink()
        return {}

    def has(self, iri: str, triple: Triple) -> bool:
        """Whether a graph of the base holds this triple."""
        path = self.base.graphs().get(iri)
        return path is not None and holds(path, triple)

    @cached_property
    def store(self) -> Store:
        """The release's store: the base's as far as it was not changed yet."""
        path = str(self.folder / STORE)
        Store.read_only(str(self.base.store)).backup(path)
        self.has_store = True
        return Store(path)

    def change(self, delta: Delta) -> None:
        """Take quads of named graphs from the store, and from the merge; add others to both."""
        kept = {quad.triple for quad in delta.gone if self.has(UNNAMED, quad.triple)}
        Changes(delta.gone, delta.come, set(), set(), kept).apply(self.store)

    def close(self, graphs: Collection[str]) -> None:
        """Have all that was changed on disk, and these graphs in the store even where empty."""
        before, after = set(self.base.graphs()), set(graphs)
        gone, come = (before - after) - {UNNAMED}, (after - before) - {UNNAMED}
        Changes([], [], gone, come, set()).apply(self.store)
        self.store.flush()
        del self.store
