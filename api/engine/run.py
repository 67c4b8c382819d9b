"""A job on its way: it waits for a worker, runs, and gives what comes of it."""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from typing import Any

from api.engine import frames
from api.engine.errors import (
    Busy,
    EngineError,
    QueryCrashed,
    QueryRefused,
    QueryTimedOut,
    QueryTooBig,
    ResultTooLarge,
)
from api.engine.job import Job

AHEAD = 256 * 1024
"""Bytes of an answer that are taken before anybody has asked for them."""


class Run:
    """A job of a client.

    It may be waited for `limit` seconds before it begins, and as long after; `seconds` is how long
    it was waited for since it began. What a slow reader takes is not counted.
    """

    def __init__(self, job: Job, client: str, limit: float) -> None:
        self.job, self.client, self.limit = job, client, limit
        self.seconds = 0.0
        self.begun = self.finished = self.dropped = False
        self.full: Callable[[bool], None] = lambda full: None
        self._loop = asyncio.get_running_loop()
        self._frames: deque[tuple[bytes, bytes]] = deque()
        self._size = 0
        self._is_full = False
        self._since = 0.0
        self._waiter: asyncio.Future[None] | None = None
        self._expiry: asyncio.TimerHandle | None = None
        self._failure: EngineError | None = None

    def begin(self) -> None:
        """Say that a worker has got to it; `full` will be told when too much waits to be read."""
        self.begun = True
        if self._waiter:
            self._since = self._loop.time()
            self._expire_later()

    def take(self, tag: bytes, payload: bytes) -> None:
        """Take what the worker sent."""
        self.finished = tag in frames.LAST
        if self.dropped:
            return
        self._frames.append((tag, payload))
        self._size += len(payload)
        if self._size > AHEAD and not self.finished:
            self._is_full = True
            self.full(True)
        self._wake()

    def fail(self, error: EngineError) -> None:
        """Let whoever waits for it have this error instead of more."""
        self._failure = error
        self._wake()

    async def frame(self) -> tuple[bytes, bytes]:
        """The next frame; an `EngineError` where it failed or was stopped instead."""
        while not self._frames:
            if self._failure:
                raise self._failure
            await self._more()
        tag, payload = self._frames.popleft()
        self._size -= len(payload)
        if tag == frames.FAIL:
            raise failure(json.loads(payload))
        return tag, payload

    async def _more(self) -> None:
        if self._is_full:
            self._is_full = False
            self.full(False)
        self._waiter = self._loop.create_future()
        self._since = self._loop.time()
        self._expire_later()
        try:
            await self._waiter
        finally:
            assert self._expiry
            self._expiry.cancel()
            self._waiter = None
            if self.begun:
                self.seconds += self._loop.time() - self._since

    def _expire_later(self) -> None:
        if self._expiry:
            self._expiry.cancel()
        self._expiry = self._loop.call_later(self.limit - self.seconds, self._expire)

    def _expire(self) -> None:
        self.fail(QueryTimedOut() if self.begun else Busy())

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)


def failure(report: dict[str, Any]) -> EngineError:
    """The error that a worker's report amounts to."""
    if report["reason"] == "memory":
        return QueryTooBig()
    if report["reason"] == "crash":
        return QueryCrashed(report["detail"])
    if report["reason"] == "output":
        return ResultTooLarge()
    return QueryRefused(**report)
