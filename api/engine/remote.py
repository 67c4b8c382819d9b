"""A worker process, as the server sees it."""

import asyncio
import json
import marshal
import signal
from collections import deque
from collections.abc import Callable
from typing import cast

from api.engine import frames
from api.engine.errors import EngineError, QueryCrashed, QueryTimedOut, QueryTooBig, Unavailable
from api.engine.run import Run


class RemoteWorker(asyncio.Protocol):
    """A worker process and the runs it was given, the first of which it is at.

    `client` is whose long run it is at, `since` when it began with its run, and `used` the time on
    a processor that it had had when that was first looked at. `done` is called when a run has
    ended, and `gone` when the process has hung up. `clean` is False once it should not go on to the
    next.
    """

    def __init__(
        self,
        pid: int,
        done: Callable[["RemoteWorker"], None],
        gone: Callable[["RemoteWorker"], None],
    ) -> None:
        self.pid = pid
        self.clean = True
        self.client = ""
        self.since = 0.0
        self.used: float | None = None
        self.runs: deque[Run] = deque()
        self.quantum: asyncio.TimerHandle | None = None
        self._done, self._gone = done, gone
        self._transport: asyncio.Transport
        self._unread = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the socket to the process."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by descent

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note that the process has ended or hung up."""
        self._gone(self)

    def data_received(self, data: bytes) -> None:
        """Hand what the process has sent to the run that it is at."""
        self._unread += data
        start, size = 0, frames.PREFIX.size
        while len(self._unread) >= start + size:
            tag, length = frames.PREFIX.unpack_from(self._unread, start)
            if length > frames.LIMIT or not self.runs:
                self.close()
                return
            end = start + size + length
            if len(self._unread) < end:
                break
            self._deliver(tag, bytes(memoryview(self._unread)[start + size : end]))
            start = end
        del self._unread[:start]

    def send(self, run: Run, output: int) -> None:
        """Give it one more run, whose answer may have so many bytes."""
        self.runs.append(run)
        if self._transport.is_closing():  # it will be buried, and what it has not begun spread
            return
        message = marshal.dumps((*run.job, run.limit, output))
        self._transport.write(frames.pack(frames.JOB, message))

    def begin(self) -> None:
        """Let the run that it is at know."""
        self.runs[0].full = self._full
        self.runs[0].begin()

    def close(self) -> None:
        """Hang up."""
        self._transport.close()

    def _deliver(self, tag: bytes, payload: bytes) -> None:
        run = self.runs[0]
        if tag in frames.LAST:
            self.runs.popleft()
            self.clean = _may_go_on(tag, payload)
            self._full(False)  # nobody waits for more of this run, and the next may come at once
            self._done(self)  # first, since who takes the answer may submit the next run
        run.take(tag, payload)

    def _full(self, full: bool) -> None:
        if full:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()


def _may_go_on(tag: bytes, payload: bytes) -> bool:
    if tag == frames.FAIL:
        return json.loads(payload)["reason"] not in ("memory", "crash", "output")
    return payload[:1] != frames.SPENT


def cause_of_death(status: int | None) -> EngineError:
    """What a worker's exit status says of the run that it was at."""
    if status == -signal.SIGSEGV:
        return QueryCrashed("the query is nested too deeply to be read")
    if status == -signal.SIGABRT:
        return QueryTooBig()
    if status == -signal.SIGXCPU:
        return QueryTimedOut()
    return Unavailable("the query's process ended before its answer was whole")
