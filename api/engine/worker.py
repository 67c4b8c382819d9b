"""The inside of a worker process: it answers one query at a time until its socket closes."""

import gc
import marshal
import re
import socket
from collections.abc import Iterator
from typing import Any

from api.engine import frames, text
from api.engine.dataset import evaluate
from api.engine.errors import QueryRefused
from api.engine.job import Job
from api.engine.output import Output
from api.engine.results import kind, write
from api.engine.stores import Stores
from api.engine.tasks import TASKS
from ocsea.confine import allow_seconds, usage

SYNTAX_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


class Worker:
    """Answers the jobs that come over a socket from one store."""

    def __init__(self, channel: socket.socket, stores: Stores, megabytes: int) -> None:
        self._channel = channel
        self._stores = stores
        self._enough = usage()[1] + megabytes // 2

    def run(self) -> None:
        """Work until the server closes the socket.

        Nothing looks for cycles meanwhile, which takes long with all that is kept: they are rare,
        and who holds much for whatever reason is replaced.
        """
        gc.disable()
        used, megabytes = usage()
        for job, seconds, limit in self._jobs():
            allow_seconds(seconds, used)
            output = Output(self._channel, limit)
            try:
                self._answer(job, output)
                used, megabytes = usage()
                output.finish(frames.SPENT if megabytes > self._enough else frames.FRESH)
            except BaseException as error:  # a panic in the store is no Exception
                output.fail(failure(error, job.query))

    def _jobs(self) -> Iterator[tuple[Job, float, int]]:
        """Each job, the seconds it may take, and the bytes that its answer may have."""
        reader = self._channel.makefile("rb")
        while prefix := reader.read(frames.PREFIX.size):
            _, length = frames.PREFIX.unpack(prefix)
            *job, seconds, limit = marshal.loads(reader.read(length))
            yield Job(*job), seconds, limit

    def _answer(self, job: Job, output: Output) -> None:
        if job.task:
            TASKS[job.task](self._stores, job, output)
        else:
            self._find(job, output)

    def _find(self, job: Job, output: Output) -> None:
        if called := text.service_call(job.query):
            detail = "SERVICE is not answered here: this server calls no other endpoint."
            raise QueryRefused("service", detail, *called)
        whole = job.default is None and job.named is None and not text.may_name_graphs(job.query)
        store = self._stores.merge if whole else self._stores.all
        results = evaluate(store, job.query, job.default, job.named)
        output.kind = kind(results).encode()
        write(results, job.solutions, job.graph, output)


def failure(error: BaseException, query: str) -> dict[str, Any]:
    """What to tell the server of a query that did not work out."""
    if isinstance(error, QueryRefused):
        return {
            "reason": error.reason,
            "detail": error.detail,
            "line": error.line,
            "column": error.column,
        }
    if isinstance(error, SyntaxError):
        return _syntax(str(error), query)
    if isinstance(error, RuntimeError):  # what the store can read and not evaluate
        return {"reason": "syntax", "detail": str(error)}
    if isinstance(error, MemoryError):
        return {"reason": "memory", "detail": ""}
    if isinstance(error, OSError):  # a store in memory does no input or output of its own
        return {"reason": "service", "detail": "the query tried to reach another server"}
    return {"reason": "crash", "detail": f"{type(error).__name__}: {error}"}


def _syntax(message: str, query: str) -> dict[str, Any]:
    if text.is_update(query):
        return {"reason": "update", "detail": "This endpoint answers queries; it takes no updates."}
    if found := SYNTAX_PLACE.match(message):
        detail = found[3].split(", [")[0]  # what follows are classes of single characters
        if detail.startswith("expected ["):
            detail = "nothing that may stand here follows"
        line, column = int(found[1]), int(found[2])
        return {"reason": "syntax", "detail": detail, "line": line, "column": column}
    return {"reason": "syntax", "detail": message}
