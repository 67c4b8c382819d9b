"""A worker process and its answers, as the server sees them."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from api.engine import frames
from api.engine.errors import (
    EngineError,
    QueryCrashed,
    QueryRefused,
    QueryTimedOut,
    QueryTooBig,
    Unavailable,
)

NEWS_OF_DEATH = 1.0


@dataclass(frozen=True, slots=True)
class Job:
    """A query, the graphs the protocol names for it, and the format for either kind of result.

    `solutions` is `json`, `xml`, `csv`, `tsv` or `table`; `graph` is `ttl`, `nt`, `rdf`, `jsonld`
    or `table`; None where the client would take no format of that kind.
    """

    query: str
    solutions: str | None = "json"
    graph: str | None = "nt"
    default: tuple[str, ...] | None = None
    named: tuple[str, ...] | None = None

    def message(self) -> dict[str, Any]:
        """What the worker is told."""
        return {
            "query": self.query,
            "solutions": self.solutions,
            "graph": self.graph,
            "default": self.default,
            "named": self.named,
        }


class RemoteWorker:
    """A worker process: takes a job, gives frames. `clean` when it can take the next job."""

    def __init__(
        self, pid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.pid = pid
        self.clean = True
        self.status: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._reader = reader
        self._writer = writer

    def send(self, job: Job, seconds: float) -> None:
        """Set it to work; `seconds` is the processor time the kernel lets it have."""
        self.clean = False
        self._writer.write(frames.pack_json(frames.JOB, job.message() | {"seconds": seconds}))

    async def frame(self) -> tuple[bytes, bytes]:
        """Its next frame; an `EngineError` where it failed or died instead."""
        try:
            tag, length = frames.PREFIX.unpack(await self._reader.readexactly(frames.PREFIX.size))
            if length > frames.LIMIT:
                raise QueryTooBig
            payload = await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError):
            raise await self._cause_of_death() from None
        if tag == frames.FAIL:
            report = json.loads(payload)
            self.clean = report["reason"] not in ("memory", "crash")
            raise _failure(report)
        if tag == frames.END:
            self.clean = not json.loads(payload)["spent"]
        return tag, payload

    def close(self) -> None:
        """Hang up."""
        self._writer.close()

    async def _cause_of_death(self) -> EngineError:
        try:
            status = await asyncio.wait_for(asyncio.shield(self.status), NEWS_OF_DEATH)
        except TimeoutError:
            status = 0
        if status == -signal.SIGSEGV:
            return QueryCrashed("the query is nested too deeply to be read")
        if status == -signal.SIGABRT:
            return QueryTooBig()
        if status == -signal.SIGXCPU:
            return QueryTimedOut()
        return Unavailable("the query's process ended before its answer was whole")


def _failure(report: dict[str, Any]) -> EngineError:
    if report["reason"] == "memory":
        return QueryTooBig()
    if report["reason"] == "crash":
        return QueryCrashed(report["detail"])
    return QueryRefused(**report)


class Answer:
    """A result that has begun.

    `kind` is `boolean`, `solutions` or `graph`; `first` holds the first bytes, all of them where
    `whole`; `rest()` gives what follows, and an `EngineError` where the result breaks off.
    """

    def __init__(self, worker: RemoteWorker) -> None:
        self.kind = ""
        self.first = b""
        self.whole = False
        self._worker = worker

    async def begin(self) -> None:
        """Wait until the answer is whole, or long enough to be worth passing on."""
        _, payload = await self._worker.frame()
        self.kind = json.loads(payload)["kind"]
        pieces: list[bytes] = []
        while not self.whole and sum(map(len, pieces)) < frames.HOLD:
            pieces.append(await self._next())
        self.first = b"".join(pieces)

    async def rest(self) -> AsyncIterator[bytes]:
        """The pieces after `first`."""
        while not self.whole:
            if piece := await self._next():
                yield piece

    async def everything(self) -> bytes:
        """The whole answer; `QueryTooBig` where it is too long to be held."""
        content = bytearray(self.first)
        async for piece in self.rest():
            content += piece
            if len(content) > frames.LIMIT:
                raise QueryTooBig
        return bytes(content)

    async def _next(self) -> bytes:
        tag, payload = await self._worker.frame()
        self.whole = tag == frames.END
        return b"" if self.whole else payload
