"""What differs between two releases, to make the store of one into that of the other."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store, Triple

from ocsea.lines import differing, has_line, opened
from ocsea.rdf import in_graph, ntriples
from ocsea.release import UNNAMED, Content, Release, node, read_graph


@dataclass(frozen=True)
class Delta:
    """The quads that went from graphs, and those that came to them."""

    gone: list[Quad]
    come: list[Quad]

    @property
    def triples(self) -> list[Triple]:
        """All of them, without their graphs."""
        return [quad.triple for quad in (*self.gone, *self.come)]

    def __add__(self, other: "Delta") -> "Delta":
        return Delta(self.gone + other.gone, self.come + other.come)


@dataclass
class Changes:
    """What differs between two releases: quads of graphs, and triples of the merge.

    `unnamed` are those of the triples that go which the graph without a name holds, now as before.
    """

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
        for triple in _triples(self.gone) - self.unnamed:
            if not any(_named(store, triple)):
                merge.remove(next(in_graph([triple], DefaultGraph())))


def changes_between(old: Release, new: Release) -> Changes:
    """What has to be done to the store of one release to have that of the other."""
    before, after = old.graphs(), new.graphs()
    changes = Changes(
        [], [], (before.keys() - after) - {UNNAMED}, (after.keys() - before) - {UNNAMED}, set()
    )
    for iri in {**before, **after}:
        delta = within(iri, *difference(before.get(iri), after.get(iri)))
        changes.gone += delta.gone
        changes.come += delta.come
    unnamed = after.get(UNNAMED)
    changes.unnamed = {t for t in _triples(changes.gone) if unnamed and holds(unnamed, t)}
    return changes


def difference(old: Content | None, new: Content | None) -> tuple[list[Triple], list[Triple]]:
    """The triples that only the older of two states of a graph holds, and those only the newer."""
    if old == new or (isinstance(old, Path) and isinstance(new, Path) and old.samefile(new)):
        return [], []
    with opened(old) as before, opened(new) as after:
        gone, come = differing(before, after)
    return list(read_graph(b"".join(gone))), list(read_graph(b"".join(come)))


def within(iri: str, gone: Iterable[Triple], come: Iterable[Triple]) -> Delta:
    """The triples that went from one graph, and those that came to it."""
    return Delta(*(list(in_graph(triples, node(iri))) for triples in (gone, come)))


def holds(graph: Path, triple: Triple) -> bool:
    """Whether a graph's file holds this triple."""
    return has_line(graph, ntriples([triple]))


def _triples(quads: Iterable[Quad]) -> set[Triple]:
    return {quad.triple for quad in quads}


def _named(store: Store, triple: Triple) -> Iterator[Quad]:
    found = store.quads_for_pattern(triple.subject, triple.predicate, triple.object)
    return (quad for quad in found if not isinstance(quad.graph_name, DefaultGraph))
