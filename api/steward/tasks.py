"""All that is done at the desk, by name, and how it is told where something is not."""

import logging
from collections.abc import Mapping

from api.steward.work import Files, Refused, Reply, Task, checking, overview, past, submitting
from api.writing.requests import KINDS
from ocsea.changes import NotWritten
from ocsea.errors import OcseaError
from ocsea.release import NoRelease
from ocsea.steward.overview.expectations import expected
from ocsea.steward.submissions.submission import Declined
from ocsea.versions import RemovedRelease, UnknownRelease

LOG = logging.getLogger("ocsea")
TASKS: Mapping[str, Task] = {**overview.TASKS, **checking.TASKS, **past.TASKS, **submitting.TASKS}

DECLINED = {
    "unknown": "not-found",
    "forbidden": "forbidden",
    "full": "submissions-full",
    "nothing": "nothing-new",
    "decided": "decided",
    "conflict": "conflict",
    "not-conforming": "not-conforming",
    "removed": "removed",
    "damaged": "damaged",
}
"""The sort of problem that each refusal of something about a submission is."""

__all__ = ["TASKS", "Files", "Reply", "failed", "warm_up"]


def warm_up() -> None:
    """Load what the work needs, so that the forks need not."""
    expected()
    checking.warm_up()


def failed(error: Exception) -> Reply:
    """The reply where a task raised an error; one that is none of ours is the server's fault."""
    match error:
        case Refused():
            return _problem(error.kind, error.detail, **error.more)
        case Declined():
            return _problem(DECLINED[error.kind], error.detail, **error.more)
        case NotWritten():
            return _problem(KINDS[error.kind], error.detail, **error.more)
        case NoRelease():
            return _problem("unavailable", str(error))
        case UnknownRelease():
            return _problem("not-found", str(error))
        case RemovedRelease():
            return _problem("removed", str(error))
        case OcseaError() | SyntaxError():
            return _problem("request-malformed", str(error))
    LOG.error("a steward's work failed", exc_info=error)
    return _problem("internal", "The server's log says more.")


def _problem(kind: str, detail: str, **more: object) -> Reply:
    return Reply(about={"problem": {"kind": kind, "detail": detail, "more": more}})
