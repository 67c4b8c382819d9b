"""`SERVICE` without giving a worker the network: asked here first, and put in as `VALUES`.

By the standard a clause `SERVICE <iri> { body }` is evaluated by itself and its solutions are
joined, which is what `VALUES` with these solutions amounts to. A blank node of another endpoint
cannot stand in `VALUES`: it becomes the IRI `urn:x-ocsea-blank:{number of the clause}:{label}`.
"""

import asyncio
import contextlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import httpx
from pyoxigraph import QuerySolutions, Store

from api.engine import QueryRefused, ServiceFailed
from api.engine.text import Token, calls_service, declared, place, tokens
from api.sparql.inline import MAX_BYTES, NOTHING, block
from api.sparql.outbound import INTERNET, Network, Origin, allowed_origin, post
from ocsea.namespaces import BASE

MAX_CLAUSES = 4
FAILURES = (ServiceFailed, OSError, UnicodeError, httpx.HTTPError, httpx.InvalidURL)


@dataclass(frozen=True, slots=True)
class Clause:
    """A `SERVICE` clause: its text from `start` to `end`, whom it asks, and what."""

    number: int
    start: int
    end: int
    silent: bool
    iri: str
    origin: Origin
    query: str
    variables: tuple[str, ...]


async def federate(
    query: str, allowed: Collection[str], seconds: float, network: Network = INTERNET
) -> str:
    """The query with each `SERVICE` clause answered by its endpoint, within `seconds`.

    `allowed` are the operator's hosts, see `allowed_origin`; with none the query is left to the
    worker, which refuses the call. `QueryRefused` where a host is not among them, `ServiceFailed`
    where an endpoint does not answer as it should. A `SERVICE` within another's body is sent on.
    """
    if not allowed or "service" not in query.lower():
        return query
    clauses = await asyncio.to_thread(_clauses, query, allowed)
    if not clauses:
        return query
    found = await _all(clauses, seconds, network)
    pieces, at = [], 0
    for clause, values in zip(clauses, found, strict=True):
        lines = "\n" * query.count("\n", clause.start, clause.end)  # errors keep their place
        pieces += [query[at : clause.start], values, lines]
        at = clause.end
    return "".join([*pieces, query[at:]])


async def _all(clauses: Sequence[Clause], seconds: float, network: Network) -> list[str]:
    """What stands for each clause; the first failure ends the others."""
    asking = [asyncio.create_task(_values(clause, seconds, network)) for clause in clauses]
    try:
        return await asyncio.gather(*asking)
    finally:
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)


def _clauses(query: str, allowed: Collection[str]) -> list[Clause]:
    found = list(tokens(query))
    prologue, prefixes = list(_prologue(found)), declared(found)
    clauses: list[Clause] = []
    at = 0
    while at < len(found):
        if calls_service(found[at], prefixes):
            clause, at = _clause(query, found, at, prologue, allowed, len(clauses) + 1)
            clauses.append(clause)
        at += 1
    return clauses


def _prologue(found: Sequence[Token]) -> Iterator[str]:
    """The declarations before the query itself, token by token."""
    for token in found:
        word = token.text.upper() if token.kind == "word" else ""
        if token.kind not in ("name", "iri") and word not in ("BASE", "PREFIX"):
            return
        yield token.text


def _clause(
    query: str,
    found: Sequence[Token],
    at: int,
    prologue: list[str],
    allowed: Collection[str],
    number: int,
) -> tuple[Clause, int]:
    """The clause whose keyword is token `at`, and where its last token is."""
    keyword = found[at]
    silent = [token.text.upper() for token in found[at + 1 : at + 2]] == ["SILENT"]
    opening = at + 2 + silent
    if keyword.text.upper() != "SERVICE" or not _opens(found, opening):
        raise _refused(query, keyword, "SERVICE needs an IRI and a group after it.", "syntax")
    iri = _iri(query, keyword, found[opening - 1], prologue)
    origin = allowed_origin(iri, allowed)
    if origin is None:
        hosts = ", ".join(sorted(allowed))
        raise _refused(
            query, keyword, f"SERVICE <{iri}> is not answered: this server calls {hosts}."
        )
    if number > MAX_CLAUSES:
        raise _refused(query, keyword, f"A query may call SERVICE {MAX_CLAUSES} times.")
    closing = _closing(query, found, opening)
    body = found[opening : closing + 1]
    text = query[body[0].start : body[-1].end]
    asked = f"BASE <{BASE}>\n{' '.join(prologue)}\nSELECT * WHERE {text}"
    names = dict.fromkeys(token.text[1:] for token in body if token.kind == "variable")
    end = body[-1].end
    return Clause(number, keyword.start, end, silent, iri, origin, asked, tuple(names)), closing


def _opens(found: Sequence[Token], at: int) -> bool:
    return at < len(found) and found[at].text == "{"


def _closing(query: str, found: Sequence[Token], opening: int) -> int:
    """The token that closes the bracket of token `opening`."""
    depth = 0
    for at in range(opening, len(found)):
        if found[at].kind == "other":
            depth += (found[at].text == "{") - (found[at].text == "}")
        if depth == 0:
            return at
    raise _refused(query, found[opening], "This group is not closed.", "syntax")


def _iri(query: str, keyword: Token, name: Token, prologue: list[str]) -> str:
    """The full IRI of an endpoint, read by the store from a prologue that has been taken apart."""
    if name.kind == "variable":
        detail = f"SERVICE {name.text} is not answered: an endpoint is named by its IRI here."
        raise _refused(query, keyword, detail)
    if name.kind in ("iri", "name"):
        with contextlib.suppress(SyntaxError):
            asked = f"{' '.join(prologue)} SELECT ?iri {{ VALUES ?iri {{ {name.text} }} }}"
            solutions = Store().query(asked, base_iri=BASE)
            if isinstance(solutions, QuerySolutions):
                return str(next(solutions)["iri"].value)
    raise _refused(query, name, "The IRI of the endpoint cannot be read.", "syntax")


def _refused(query: str, token: Token, detail: str, reason: str = "service") -> QueryRefused:
    return QueryRefused(reason, detail, *place(query, token.start))


async def _values(clause: Clause, seconds: float, network: Network) -> str:
    """The `VALUES` block that stands for a clause."""
    try:
        async with asyncio.timeout(seconds):
            form = {"query": clause.query}
            content = await post(clause.iri, clause.origin, form, MAX_BYTES, network)
            return await block(content, clause.number, clause.variables)
    except FAILURES as error:
        if clause.silent:
            return NOTHING
        raise ServiceFailed(f"SERVICE <{clause.iri}>: {_cause(error)}") from error


def _cause(error: Exception) -> str:
    if isinstance(error, ServiceFailed):
        return str(error)
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return "it did not answer in time"
    return "it cannot be reached"
