"""How an answer of the store becomes bytes."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO, Any

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
    serialize,
)

from api.engine.errors import QueryRefused
from ocsea.namespaces import PREFIXES

Results = QueryBoolean | QuerySolutions | QueryTriples
Term = NamedNode | BlankNode | Literal | Triple

SOLUTIONS = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
GRAPHS = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "rdf": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}
TABLE_ROWS = 1000


def kind(results: Results) -> str:
    """What the query asked for: `boolean`, `solutions` or `graph`."""
    if isinstance(results, QueryBoolean):
        return "boolean"
    return "solutions" if isinstance(results, QuerySolutions) else "graph"


def write(results: Results, solutions: str | None, graph: str | None, output: IO[bytes]) -> None:
    """Serialise in the format asked for its kind; `table` is the first rows and their number."""
    name = graph if isinstance(results, QueryTriples) else solutions
    if name is None:
        raise QueryRefused("format", kind(results))
    if name == "table":
        output.write(json.dumps(_table(results), ensure_ascii=False).encode())
    elif isinstance(results, QueryTriples):
        serialize(results, output, GRAPHS[name], prefixes=PREFIXES)
    else:
        results.serialize(output, SOLUTIONS[name])


def _table(results: Results) -> dict[str, Any]:
    """The first `TABLE_ROWS` rows for a page, and how many there are."""
    if isinstance(results, QueryBoolean):
        return {"boolean": bool(results)}
    names, rows = _rows(results)
    shown = [[None if t is None else term(t) for t in row] for row in islice(rows, TABLE_ROWS)]
    return {"names": names, "rows": shown, "total": len(shown) + sum(1 for _ in rows)}


def _rows(results: QuerySolutions | QueryTriples) -> tuple[list[str], Iterator[Iterable[Any]]]:
    if isinstance(results, QueryTriples):
        return ["subject", "predicate", "object"], iter(results)
    return [variable.value for variable in results.variables], iter(results)


def term(value: Term) -> dict[str, str]:
    """A term as SPARQL's JSON results write it."""
    if isinstance(value, NamedNode):
        return {"type": "uri", "value": value.value}
    if isinstance(value, BlankNode):
        return {"type": "bnode", "value": value.value}
    if isinstance(value, Triple):
        return {"type": "triple", "value": str(value)}
    if value.language:
        return {"type": "literal", "value": value.value, "xml:lang": value.language}
    return {"type": "literal", "value": value.value, "datatype": value.datatype.value}
