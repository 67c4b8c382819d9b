"""Which graphs a query sees, with true merges: a triple that two graphs share counts once."""

from collections.abc import Iterable, Sequence

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, QuerySolutions, Store

from api.engine import text
from api.engine.errors import QueryRefused
from api.engine.results import Results
from ocsea.namespaces import BASE


def evaluate(
    store: Store, query: str, default: Sequence[str] | None, named: Sequence[str] | None
) -> Results:
    """Run a query; `default` and `named` are the protocol's graphs and override `FROM`.

    The store's own default graph already is the merge of all graphs, one graph is the store's to
    select, and several are merged into a store of their own.
    """
    if default is None and named is None:
        default, named = _from_clauses(store, query)
        if len(default) < 2:
            return store.query(query, base_iri=BASE)
    defaults, names = _nodes(default or ()), _nodes(named or ())
    graphs: list[NamedNode | BlankNode | DefaultGraph] = [*defaults]
    if len(defaults) > 1:
        store, graphs = _merged(store, defaults, names), [DefaultGraph()]
    return store.query(query, base_iri=BASE, default_graph=graphs, named_graphs=[*names])


def _nodes(iris: Iterable[str]) -> list[NamedNode]:
    try:
        return [NamedNode(iri) for iri in dict.fromkeys(iris)]
    except ValueError as error:
        raise QueryRefused("syntax", f"a graph of the dataset is no IRI: {error}") from None


def _merged(store: Store, defaults: Iterable[NamedNode], names: Iterable[NamedNode]) -> Store:
    merged = Store()
    for graph in defaults:
        quads = store.quads_for_pattern(None, None, None, graph)
        merged.extend(Quad(q.subject, q.predicate, q.object) for q in quads)
    for graph in names:
        merged.extend(store.quads_for_pattern(None, None, None, graph))
    return merged


def _from_clauses(store: Store, query: str) -> tuple[list[str], list[str]]:
    clause = text.dataset_clause(query)
    if clause is None:
        return [], []
    return (
        _resolve(store, clause.prologue, clause.default),
        _resolve(store, clause.prologue, clause.named),
    )


def _resolve(store: Store, prologue: str, graphs: tuple[str, ...]) -> list[str]:
    """The full IRIs behind what a query wrote, read by the store under the query's own prologue."""
    values = " ".join(graphs)
    solutions = store.query(f"{prologue} SELECT ?g {{ VALUES ?g {{ {values} }} }}", base_iri=BASE)
    if not isinstance(solutions, QuerySolutions):
        raise QueryRefused("syntax", "the FROM clauses cannot be read")
    return [str(row["g"].value) for row in solutions]
