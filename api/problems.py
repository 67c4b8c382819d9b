"""Errors as RFC 9457 problem documents, from one table and one map of exceptions."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException

from api.engine import (
    Busy,
    QueryCrashed,
    QueryRefused,
    QueryTimedOut,
    QueryTooBig,
    Unavailable,
)
from api.formats import GRAPHS, SOLUTIONS
from api.negotiation import Offer
from ocsea.namespaces import BASE

LOG = logging.getLogger("uvicorn.error")
MEDIA_TYPE = "application/problem+json"
TYPES = BASE + "docs#"


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of problem: its HTTP status, its title, and whether trying again later may help."""

    status: int
    title: str
    retry_after: int | None = None


KINDS = {
    "request-malformed": Kind(400, "The request cannot be read"),
    "query-missing": Kind(400, "There is no query, or more than one"),
    "query-malformed": Kind(400, "The query is not valid SPARQL 1.1"),
    "query-too-deep": Kind(400, "The query is too complex to be read"),
    "service-refused": Kind(400, "SERVICE is not answered here"),
    "update-refused": Kind(400, "Updates are not taken here"),
    "not-found": Kind(404, "Nothing is known by this name"),
    "method-not-allowed": Kind(405, "This method is not for this address"),
    "not-acceptable": Kind(406, "None of the formats on offer is acceptable"),
    "too-large": Kind(413, "The request is too large"),
    "unsupported-media-type": Kind(415, "This media type is not understood here"),
    "internal": Kind(500, "Something went wrong on our side"),
    "query-timeout": Kind(503, "The query was stopped at its time limit", 30),
    "query-memory": Kind(503, "The query was stopped at its memory limit", 30),
    "busy": Kind(503, "All workers are busy", 5),
    "unavailable": Kind(503, "The graph cannot be read at the moment", 5),
}


class Problem(Exception):
    """An answer other than success; `more` are further members of the problem document."""

    def __init__(
        self,
        kind: str,
        detail: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(kind, detail)
        self.kind, self.detail = kind, detail
        self.headers, self.more = headers or {}, more or {}

    @property
    def status(self) -> int:
        """The HTTP status."""
        return KINDS[self.kind].status

    @property
    def title(self) -> str:
        """What sort of problem this is, in words."""
        return KINDS[self.kind].title

    def document(self) -> dict[str, Any]:
        """The problem as RFC 9457 has it; its `type` leads to the page that explains it."""
        document: dict[str, Any] = {"type": TYPES + "problem-" + self.kind, "title": self.title}
        document |= {"status": self.status, "detail": self.detail or self.title}
        return document | dict(self.more)

    def all_headers(self) -> dict[str, str]:
        """The headers that go with it."""
        wait = KINDS[self.kind].retry_after
        retry = {"retry-after": str(wait)} if wait else {}
        return {"vary": "Accept", "cache-control": "no-store", **retry, **self.headers}


REFUSALS = {"syntax": "query-malformed", "service": "service-refused", "update": "update-refused"}
STATUSES = {404: "not-found", 405: "method-not-allowed"}


def not_acceptable(offers: Sequence[Offer]) -> Problem:
    """A 406 that lists what could be had instead."""
    types = list(dict.fromkeys(offer.media_type for offer in offers))
    return Problem("not-acceptable", "On offer: " + ", ".join(types), more={"offers": types})


def problem_of(error: Exception) -> Problem:
    """The problem that any exception amounts to; what is not foreseen is logged and says little."""
    match error:
        case Problem():
            return error
        case QueryRefused(reason="format"):
            return not_acceptable(GRAPHS if error.detail == "graph" else SOLUTIONS)
        case QueryRefused():
            place = {"line": error.line, "column": error.column}
            more = {name: value for name, value in place.items() if value is not None}
            return Problem(REFUSALS[error.reason], error.detail, more=more)
        case QueryTimedOut():
            return Problem("query-timeout", "Narrow the query, or add a LIMIT, and try again.")
        case QueryTooBig():
            return Problem("query-memory", "Narrow the query so that less has to be held at once.")
        case QueryCrashed():
            return Problem("query-too-deep", str(error))
        case Busy():
            return Problem("busy", "Too many queries are waiting already.")
        case Unavailable():
            return Problem("unavailable", str(error))
        case HTTPException(status_code=status) if status in STATUSES:
            return Problem(STATUSES[status], headers=error.headers or {})
        case HTTPException():
            return Problem("request-malformed", error.detail)
    LOG.error("a request failed", exc_info=error)
    return Problem("internal", "The server's log says more.")
