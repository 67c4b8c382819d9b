"""The inside of a worker process: it answers one query at a time until its socket closes."""

import io
import json
import re
import socket
from collections.abc import Iterator
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode, Store

from api.engine import describe, frames, text
from api.engine.confine import allow_seconds, peak_megabytes
from api.engine.dataset import evaluate
from api.engine.errors import QueryRefused
from api.engine.results import GRAPHS, kind, write
from ocsea.namespaces import PREFIXES

SYNTAX_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


class Output(io.BytesIO):
    """Frames what is written and sends it on when there is enough; sending waits for the reader."""

    def __init__(self, channel: socket.socket, limit: int) -> None:
        super().__init__()
        self._channel = channel
        self._left = limit
        self._frames = bytearray()
        self._data = bytearray()

    def write(self, data: Any, /) -> int:
        """Take the next piece."""
        self._left -= len(data)
        if self._left < 0:
            raise QueryRefused("output", "")
        self._data += data
        if len(self._data) >= frames.HOLD:
            self.frame(frames.DATA, self._data)
            self._send()
        return len(data)

    def frame(self, tag: bytes, payload: bytes | bytearray) -> None:
        """Add a frame; what was written before comes before it."""
        self._frames += frames.pack(tag, payload)
        self._data.clear()

    def finish(self, tag: bytes, payload: bytes) -> None:
        """Send what is left and the last frame."""
        if self._data:
            self.frame(frames.DATA, self._data)
        self.frame(tag, payload)
        self._send()

    def _send(self) -> None:
        self._channel.sendall(self._frames)
        self._frames.clear()


class Worker:
    """Answers the jobs that come over a socket from one store."""

    def __init__(
        self, channel: socket.socket, store: Store, unnamed: Store, megabytes: int
    ) -> None:
        self._channel = channel
        self._store = store
        self._unnamed = unnamed
        self._enough = peak_megabytes() + megabytes // 2

    def run(self) -> None:
        """Work until the server closes the socket."""
        for job in self._jobs():
            allow_seconds(job["seconds"])
            output = Output(self._channel, job["output"])
            try:
                self._answer(job, output)
            except BaseException as error:  # a panic in the store is no Exception
                report = json.dumps(failure(error, job["query"])).encode()
                output.finish(frames.FAIL, report)

    def _jobs(self) -> Iterator[dict[str, Any]]:
        reader = self._channel.makefile("rb")
        while prefix := reader.read(frames.PREFIX.size):
            _, length = frames.PREFIX.unpack(prefix)
            yield json.loads(reader.read(length))

    def _answer(self, job: dict[str, Any], output: Output) -> None:
        if job["about"] is not None:
            self._describe(job["about"], job["page"], job["graph"], output)
        elif job["dump"] is not None:
            self._dump(job["dump"], job["graph"], output)
        else:
            self._find(job, output)
        spent = peak_megabytes() > self._enough
        output.finish(frames.END, frames.SPENT if spent else b"")

    def _find(self, job: dict[str, Any], output: Output) -> None:
        query = job["query"]
        if called := text.service_call(query):
            detail = "SERVICE is not answered here: this server calls no other endpoint."
            raise QueryRefused("service", detail, *called)
        results = evaluate(self._store, query, job["default"], job["named"])
        output.frame(frames.HEAD, kind(results).encode())
        write(results, job["solutions"], job["graph"], output)

    def _describe(self, iri: str, page: int, name: str, output: Output) -> None:
        description = describe.describe(self._store, iri, page)
        output.frame(frames.HEAD, f"document/{description.last}".encode())
        if description.last:
            describe.write(description, iri, name, output)

    def _dump(self, graph: str, name: str, output: Output) -> None:
        output.frame(frames.HEAD, b"graph")
        store, of = (self._store, NamedNode(graph)) if graph else (self._unnamed, DefaultGraph())
        store.dump(output, GRAPHS[name], from_graph=of, prefixes=PREFIXES)


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
