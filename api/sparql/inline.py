"""The answer of another endpoint as `VALUES`, to stand in a query."""

import asyncio
import re
from collections.abc import Collection, Sequence
from urllib.parse import quote

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolution,
    QuerySolutions,
    Triple,
    Variable,
    parse_query_results,
)

from api.engine import ServiceFailed

MAX_ROWS = 10_000
MAX_BYTES = 8 * 1024 * 1024
"""Of one answer, and of what is put into the query for it."""
MAX_DEPTH = 8
"""Of brackets in an answer. Solutions need five; deep ones would crash the library's reader."""
PAUSE = 500
"""Solutions that are read before other requests have their turn."""
STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*+"|([\[{])|([\]}])', re.DOTALL)
NOTHING = "VALUES () { () }"
"""One empty solution, which `SILENT` asks for in place of a failure."""


async def block(content: bytes, number: int, variables: Collection[str]) -> str:
    """The solutions in SPARQL JSON as a `VALUES` block of those `variables` that they have.

    `number` goes into the IRIs for blank nodes. `ServiceFailed` where the answer is anything but
    solutions, or too many.
    """
    await _measure(content)
    try:
        solutions = parse_query_results(content, QueryResultsFormat.JSON)
        if isinstance(solutions, QuerySolutions):
            return await _rows(solutions, number, variables)
    except SyntaxError as error:
        raise ServiceFailed(f"its answer cannot be read: {error}") from None
    raise ServiceFailed("its answer is a truth value, not solutions")


async def _measure(content: bytes) -> None:
    """`ServiceFailed` where an answer nests deeper than solutions do."""
    depth = 0
    for count, match in enumerate(STRUCTURE.finditer(content)):
        depth += (match[1] is not None) - (match[2] is not None)
        if depth > MAX_DEPTH:
            raise ServiceFailed("its answer is nested too deeply")
        if count % (PAUSE * 20) == 0:
            await asyncio.sleep(0)


async def _rows(solutions: QuerySolutions, number: int, variables: Collection[str]) -> str:
    shown = [variable for variable in solutions.variables if variable.value in variables]
    rows, size = [], 0
    for count, solution in enumerate(solutions, start=1):
        rows.append(_row(solution, number, shown))
        size += len(rows[-1])
        if count > MAX_ROWS:
            raise ServiceFailed(f"its answer has more than {MAX_ROWS} solutions")
        if size > MAX_BYTES:
            raise ServiceFailed(f"its answer is longer than {MAX_BYTES} bytes")
        if count % PAUSE == 0:
            await asyncio.sleep(0)
    names = " ".join(map(str, shown))
    return f"VALUES ({names}) {{ {' '.join(rows)} }}"


def _row(solution: QuerySolution, number: int, shown: Sequence[Variable]) -> str:
    return f"({' '.join(_term(solution[variable], number) for variable in shown)})"


def _term(term: NamedNode | BlankNode | Literal | Triple | None, number: int) -> str:
    """A term as SPARQL writes it; the store's own writing of IRIs and literals is that."""
    if term is None:
        return "UNDEF"
    if isinstance(term, BlankNode):
        return f"<urn:x-ocsea-blank:{number}:{quote(term.value, safe='')}>"
    if isinstance(term, Triple):
        raise ServiceFailed("its answer holds quoted triples, which are not taken")
    return str(term)
