"""A worker process, as the server sees it."""

import asyncio
import json
import signal
from typing import Any, cast

from api.engine import frames
from api.engine.errors import (
    EngineError,
    QueryCrashed,
    QueryRefused,
    QueryTimedOut,
    QueryTooBig,
    ResultTooLarge,
    Unavailable,
)
from api.engine.job import Job

NEWS_OF_DEATH = 1.0
AHEAD = 256 * 1024
"""Bytes that are taken from a worker before anybody has asked for them."""


class RemoteWorker(asyncio.Protocol):
    """A worker process: takes a job, gives frames. `clean` when it can take the next job.

    `client` is who it works for, and `seconds` how long it was waited for in this job.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.clean = True
        self.client = ""
        self.seconds = 0.0
        self.status: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._unread = bytearray()
        self._ended = False
        self._waiter: asyncio.Future[None] | None = None
        self._failure: EngineError | None = None
        self._limit = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the socket to the process."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by descent

    def data_received(self, data: bytes) -> None:
        """Take what the process has sent."""
        self._unread += data
        if len(self._unread) > AHEAD:
            self._transport.pause_reading()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note that the process has ended or hung up."""
        self._ended = True
        self._wake()

    def send(self, job: Job, seconds: float, output: int) -> None:
        """Set it to work; it may be waited for, and compute, so long, and give so many bytes."""
        self.clean = False
        self.seconds, self._limit = 0.0, seconds
        message = job.message() | {"seconds": seconds, "output": output}
        self._transport.write(frames.pack_json(frames.JOB, message))

    async def frame(self) -> tuple[bytes, bytes]:
        """Its next frame; an `EngineError` where it failed or died instead, or ran out of time."""
        tag, length = frames.PREFIX.unpack(await self._read(frames.PREFIX.size))
        if length > frames.LIMIT:
            raise QueryTooBig
        payload = await self._read(length)
        if tag == frames.FAIL:
            report = json.loads(payload)
            self.clean = report["reason"] not in ("memory", "crash")
            raise _failure(report)
        if tag == frames.END:
            self.clean = payload != frames.SPENT
        return tag, payload

    def fail(self, error: EngineError) -> None:
        """Let whoever waits for it have this error instead."""
        self._failure = error
        self._wake()

    def close(self) -> None:
        """Hang up."""
        self._transport.close()

    async def _read(self, count: int) -> bytes:
        while len(self._unread) < count:
            await self._more()
        data = bytes(self._unread[:count])
        del self._unread[:count]
        return data

    async def _more(self) -> None:
        if self._failure:
            raise self._failure
        if self._ended:
            raise await self._cause_of_death()
        self._transport.resume_reading()
        self._waiter = self._loop.create_future()
        # Only this waiting counts, not the time that a slow reader takes.
        expiry = self._loop.call_later(self._limit - self.seconds, self.fail, QueryTimedOut())
        started = self._loop.time()
        try:
            await self._waiter
        finally:
            expiry.cancel()
            self.seconds += self._loop.time() - started
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

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
    if report["reason"] == "output":
        return ResultTooLarge()
    return QueryRefused(**report)
