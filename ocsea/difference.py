"""What differs between two releases, to make the store of one into that of the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store, Triple

from ocsea.rdf import in_graph
from ocsea.release import UNNAMED, Content, Release, node, read_graph


@dataclass
class Changes:
    """What differs between two releases: quads of named graphs, and triples of the merge."""

    gone: list[Quad]
    come: list[Quad]
    no_graphs: set[str]
    new_graphs: set[str]
    unnamed: set[Triple]

    @property
    def count(self) -> int:
        """How many quads went or came."""
        return len(self.gone) + len(self.come)

    def apply(self, store: Store) -> None:
        """Make the older release's store the newer one's."""
        for iri in self.new_graphs:
            store.add_graph(NamedNode(iri))
        store.extend(self.come)
        for quad in self.gone:
            if not isinstance(quad.graph_name, DefaultGraph):  # there is the merge, looked at below
                store.remove(quad)
        for iri in self.no_graphs:
            store.remove_graph(NamedNode(iri))
        self.apply_to_merge(store, store)

    def apply_to_merge(self, merge: Store, store: Store) -> None:
        """Make the older release's merge the newer one's; `store` holds the newer one's graphs."""
        merge.extend(in_graph((quad.triple for quad in self.come), DefaultGraph()))
        for triple in {quad.triple for quad in self.gone} - self.unnamed:
            if not any(_named(store, triple)):
                merge.remove(next(in_graph([triple], DefaultGraph())))


def changes_between(old: Release, new: Release) -> Changes:
    """What has to be done to the store of one release to have that of the other."""
    before, after = old.graphs(), new.graphs()
    changes = Changes(
        [], [], (before.keys() - after) - {UNNAMED}, (after.keys() - before) - {UNNAMED}, set()
    )
    for iri in {**before, **after}:
        gone, come = difference(before.get(iri), after.get(iri))
        changes.gone += in_graph(gone, node(iri))
        changes.come += in_graph(come, node(iri))
    if UNNAMED in after:
        changes.unnamed = set(read_graph(after[UNNAMED]))
    return changes


def difference(old: Content | None, new: Content | None) -> tuple[list[Triple], list[Triple]]:
    """The triples that only the older of two states of a graph holds, and those only the newer."""
    if old == new or (isinstance(old, Path) and isinstance(new, Path) and old.samefile(new)):
        return [], []
    before, after = _lines(old), _lines(new)
    gone, come = (b"\n".join(lines) for lines in (before - after, after - before))
    return list(read_graph(gone)), list(read_graph(come))


def _lines(content: Content | None) -> set[bytes]:
    if content is None:
        return set()
    return set((content if isinstance(content, bytes) else content.read_bytes()).splitlines())


def _named(store: Store, triple: Triple) -> Iterator[Quad]:
    found = store.quads_for_pattern(triple.subject, triple.predicate, triple.object)
    return (quad for quad in found if not isinstance(quad.graph_name, DefaultGraph))
