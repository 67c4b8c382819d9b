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
    it was waited for since it began. What a slow reader takes is not counted. `come` is called
    once, when its answer begins to come or it has failed.
    """

    def __init__(
        self, job: Job, client: str, limit: float, come: Callable[[], None] | None = None
    ) -> None:
        self.job, self.client, self.limit = job, client, limit
        self.seconds = 0.0
        self.begun = self.finished = self.dropped = False
        self.full: Callable[[bool], None] | None = None
        self._loop = asyncio.get_running_loop()
        self._frames: deque[tuple[bytes, bytes]] = deque()
        self._size = 0
        self._is_full = False
        self._come = come
        self._waiter: asyncio.Future[None] | None = None
        self._failure: EngineError | None = None
        self._wait()

    def begin(self) -> None:
        """Say that a worker has got to it; `full` will be told when too much waits to be read."""
        self.begun = True
        self._since = self._loop.time()

    def take(self, tag: bytes, payload: bytes) -> None:
        """Take what the worker sent."""
        self.finished = tag in frames.LAST
        if self.dropped:
            return
        self._frames.append((tag, payload))
        self._size += len(payload)
        if self._size > AHEAD and not self.finished and self.full:
            self._is_full = True
            self.full(True)
        self._wake()

    def leave(self) -> None:
        """Want nothing more of it."""
        self.dropped = True
        self._come = None
        self._wait_no_more()

    def whole(self) -> bytes | None:
        """The answer, if all of it has come as one frame; as in `frame` then."""
        if self._frames and self._frames[0][0] == frames.WHOLE:
            return self._frames.popleft()[1]
        return None

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
        if self._is_full and self.full:
            self._is_full = False
            self.full(False)
        self._waiter = self._loop.create_future()
        if not self._waited:
            self._wait()
        try:
            await self._waiter
        finally:
            self._waiter = None
            self._wait_no_more()

    def _wait(self) -> None:
        self._waited = True
        self._since = self._loop.time()
        self._expiry = self._loop.call_later(self.limit - self.seconds, self._expire)

    def _wait_no_more(self) -> None:
        if self._waited:
            self._waited = False
            self._expiry.cancel()
            if self.begun:
                self.seconds += self._loop.time() - self._since

    def _expire(self) -> None:
        left = self.limit - self.seconds - (self._loop.time() - self._since)
        if left > 0:  # it has begun since
            self._expiry = self._loop.call_later(left, self._expire)
        else:
            self.fail(QueryTimedOut() if self.begun else Busy())

    def _wake(self) -> None:
        self._wait_no_more()
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)
        if self._come:
            come, self._come = self._come, None
            come()


def failure(report: dict[str, Any]) -> EngineError:
    """The error that a worker's report amounts to."""
    if report["reason"] == "memory":
        return QueryTooBig()
    if report["reason"] == "crash":
        return QueryCrashed(report["detail"])
    if report["reason"] == "output":
        return ResultTooLarge()
    return QueryRefused(**report)
