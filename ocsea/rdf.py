"""Reading, writing and converting RDF, the same way everywhere."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    Triple,
    parse,
    serialize,
)

from ocsea.resources import ontology_files, shapes_files


def read_turtle(paths: Iterable[Path]) -> list[Triple]:
    """The triples of Turtle files, in a fixed order, blank nodes named canonically.

    Raises SyntaxError with file, line and column where one does not parse.
    """
    dataset = Dataset(
        quad
        for path in paths
        for quad in parse(path=path, format=RdfFormat.TURTLE, rename_blank_nodes=True)
    )
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted((quad.triple for quad in dataset), key=str)


def ontology() -> list[Triple]:
    """All modules of the ontology as one graph."""
    return read_turtle(ontology_files())


@cache
def shapes() -> tuple[Triple, ...]:
    """All shapes as one graph; read once."""
    return tuple(read_turtle(shapes_files()))


def in_graph(triples: Iterable[Triple], graph: NamedNode | DefaultGraph) -> Iterator[Quad]:
    """The triples as quads of one graph."""
    for triple in triples:
        yield Quad(triple.subject, triple.predicate, triple.object, graph)


def memory_store(triples: Iterable[Triple]) -> Store:
    """A store in memory that holds the triples in its default graph."""
    store = Store()
    store.extend(in_graph(triples, DefaultGraph()))
    return store


def ntriples(triples: Iterable[Triple]) -> bytes:
    """The triples as N-Triples, sorted, each once: the same triples give the same bytes."""
    lines = serialize(triples, format=RdfFormat.N_TRIPLES)
    assert lines is not None
    return b"".join(sorted(set(lines.splitlines(keepends=True))))
