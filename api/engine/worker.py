"""The inside of a worker process: it answers one query at a time until its socket closes."""

import io
import json
import re
import socket
from collections.abc import Iterator
from typing import Any

from pyoxigraph import Store

from api.engine import frames, text
from api.engine.confine import allow_seconds, peak_megabytes
from api.engine.dataset import evaluate
from api.engine.errors import QueryRefused
from api.engine.results import kind, write

SYNTAX_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


class Output(io.BytesIO):
    """Frames what is written and sends it on when there is enough; sending waits for the reader."""

    def __init__(self, channel: socket.socket, head: bytes) -> None:
        super().__init__()
        self._channel = channel
        self._pending = bytearray(head)

    def write(self, data: Any, /) -> int:
        """Take the next piece."""
        self._pending += frames.pack(frames.DATA, data)
        if len(self._pending) >= frames.HOLD:
            self._send()
        return len(data)

    def finish(self, tag: bytes, value: Any) -> None:
        """Send what is left and the last frame."""
        self._pending += frames.pack_json(tag, value)
        self._send()

    def _send(self) -> None:
        self._channel.sendall(self._pending)
        self._pending.clear()


class Worker:
    """Answers the jobs that come over a socket from one store."""

    def __init__(self, channel: socket.socket, store: Store, megabytes: int) -> None:
        self._channel = channel
        self._store = store
        self._enough = peak_megabytes() + megabytes // 2

    def run(self) -> None:
        """Work until the server closes the socket."""
        for job in self._jobs():
            allow_seconds(job["seconds"])
            try:
                self._answer(job)
            except BaseException as error:  # a panic in the store is no Exception
                Output(self._channel, b"").finish(frames.FAIL, failure(error, job["query"]))

    def _jobs(self) -> Iterator[dict[str, Any]]:
        reader = self._channel.makefile("rb")
        while prefix := reader.read(frames.PREFIX.size):
            _, length = frames.PREFIX.unpack(prefix)
            yield json.loads(reader.read(length))

    def _answer(self, job: dict[str, Any]) -> None:
        query = job["query"]
        if called := text.service_call(query):
            detail = "SERVICE is not answered here: this server calls no other endpoint."
            raise QueryRefused("service", detail, *called)
        results = evaluate(self._store, query, job["default"], job["named"])
        output = Output(self._channel, frames.pack_json(frames.HEAD, {"kind": kind(results)}))
        write(results, job["solutions"], job["graph"], output)
        output.finish(frames.END, {"spent": peak_megabytes() > self._enough})


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
