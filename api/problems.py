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
    ResultTooLarge,
    ServiceFailed,
    Unavailable,
)
from api.formats import GRAPHS, SOLUTIONS
from api.metrics import METRICS
from api.negotiation import Offer
from ocsea.namespaces import BASE
from ocsea.versions import RemovedRelease, UnknownRelease

LOG = logging.getLogger("ocsea")
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
    "load-refused": Kind(400, "LOAD is not answered here"),
    "update-refused": Kind(400, "Updates are not taken here"),
    "unauthorized": Kind(401, "A token is needed for this"),
    "forbidden": Kind(403, "The token is not for this"),
    "not-found": Kind(404, "Nothing is known by this name"),
    "method-not-allowed": Kind(405, "This method is not for this address"),
    "not-acceptable": Kind(406, "None of the formats on offer is acceptable"),
    "conflict": Kind(409, "This is in conflict with what is there"),
    "nothing-new": Kind(409, "The graph says all of this already"),
    "decided": Kind(409, "This has been decided on already"),
    "removed": Kind(410, "This was removed to make room"),
    "gone": Kind(410, "This was in an earlier release and is no more"),
    "precondition-failed": Kind(412, "What the request was to change is no longer as it says"),
    "too-large": Kind(413, "The request is too large"),
    "result-too-large": Kind(413, "The result is larger than is given here"),
    "unsupported-media-type": Kind(415, "This media type is not understood here"),
    "range-not-satisfiable": Kind(416, "The range is not within the file"),
    "not-conforming": Kind(422, "The data does not conform to the shapes"),
    "too-many": Kind(429, "This client has asked for too much"),
    "internal": Kind(500, "Something went wrong on our side"),
    "damaged": Kind(500, "What was kept here is not as it was received"),
    "service-failed": Kind(502, "A service that the query calls did not answer"),
    "query-timeout": Kind(503, "The query was stopped at its time limit", 30),
    "query-memory": Kind(503, "The query was stopped at its memory limit", 30),
    "busy": Kind(503, "All workers are busy", 5),
    "unavailable": Kind(503, "The graph cannot be read at the moment", 5),
    "submissions-full": Kind(503, "No more submissions are taken at the moment", 3600),
    "not-ready": Kind(503, "This is still being made", 10),
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
STOPPED = {"query-timeout", "query-memory", "query-too-deep"}
STATUSES = {404: "not-found", 405: "method-not-allowed"}


def not_acceptable(offers: Sequence[Offer]) -> Problem:
    """A 406 that lists what could be had instead."""
    types = list(dict.fromkeys(offer.media_type for offer in offers))
    return Problem("not-acceptable", "On offer: " + ", ".join(types), more={"offers": types})


def note(problem: Problem) -> None:
    """Count a problem that a request met, and log a query that had to be stopped."""
    METRICS.problems[problem.kind] += 1
    if problem.kind in STOPPED:
        LOG.warning("a query was stopped", extra={"kind": problem.kind})


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
        case ResultTooLarge():
            return Problem("result-too-large", "Narrow the query, or ask for it in parts.")
        case ServiceFailed():
            return Problem("service-failed", str(error))
        case Busy():
            return Problem("busy", "Too many queries are waiting already.")
        case Unavailable():
            return Problem("unavailable", str(error))
        case UnknownRelease():
            return Problem("not-found", str(error))
        case RemovedRelease():
            return Problem("removed", str(error))
        case HTTPException(status_code=status) if status in STATUSES:
            return Problem(STATUSES[status], headers=error.headers or {})
        case HTTPException():
            return Problem("request-malformed", error.detail)
    LOG.error("a request failed", exc_info=error)
    return Problem("internal", "The server's log says more.")
