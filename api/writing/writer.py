"""The server's end of the writer process: one write at a time, in the order in which they came."""

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from api.engine import Busy, Unavailable, frames
from api.settings import Settings
from ocsea.changes import NotWritten, Write, Written

CHECKOUT = Path(__file__).resolve().parents[2]
WAITING = 16
"""How many writes may wait for their turn."""

PATIENCE = 300.0
"""Seconds a write may take in all, another's lock on the releases included."""


class Writer:
    """Hands writes to the writer process, which is started when there is something to write."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: asyncio.StreamReader | None = None
        self._stream: asyncio.StreamWriter | None = None
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._tasks: set[asyncio.Task[Written]] = set()

    async def start(self) -> None:
        """Have the process ready, where anybody may write at all."""
        if self._settings.tokens.are_set:
            await self._ready()

    def close(self) -> None:
        """End the process; a write that has not been switched to by now is not made."""
        if self._stream:
            self._stream.close()
        if self._process:
            self._process.kill()
            self._process.wait()
        self._process = self._reader = self._stream = None

    async def write(self, write: Write) -> Written:
        """Have a write done, whether its client stays or leaves.

        Raises NotWritten where it was refused, Busy where too many wait, and Unavailable where it
        is not known what came of it.
        """
        if self._waiting >= WAITING:
            raise Busy
        self._waiting += 1
        task = asyncio.create_task(self._in_turn(write))
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return await asyncio.shield(task)

    def _done(self, task: asyncio.Task[Written]) -> None:
        self._waiting -= 1
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # its client may have left, and nobody else asks for it

    async def _in_turn(self, write: Write) -> Written:
        async with self._turn:
            try:
                async with asyncio.timeout(PATIENCE):
                    return _written(await self._ask(write))
            except (TimeoutError, OSError, asyncio.IncompleteReadError):
                self.close()
                raise Unavailable(
                    "the writer ended before its reply; the graph is as it was, or as was asked"
                ) from None

    async def _ask(self, write: Write) -> dict[str, Any]:
        reader, stream = await self._ready()
        about = asdict(write) | {"content": None}
        stream.write(frames.pack_json(frames.JOB, about))
        stream.write(frames.pack(frames.DATA, write.content))
        await stream.drain()
        _, length = frames.PREFIX.unpack(await reader.readexactly(frames.PREFIX.size))
        reply: dict[str, Any] = json.loads(await reader.readexactly(length))
        return reply

    async def _ready(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """The way to the process, which is started where it has not been, or has ended."""
        if self._process is None or self._process.poll() is not None:
            self.close()
            ours, theirs = socket.socketpair()
            with theirs, contextlib.ExitStack() as undo:
                undo.callback(ours.close)
                descriptor = str(theirs.fileno())
                var, server = str(self._settings.var.resolve()), str(os.getpid())
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "api.writing.scribe", descriptor, var, server],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                    cwd=CHECKOUT,
                )
                undo.pop_all()
            self._reader, self._stream = await asyncio.open_connection(sock=ours)
        assert self._reader
        assert self._stream
        return self._reader, self._stream


def _written(reply: dict[str, Any]) -> Written:
    if "written" in reply:
        return Written(**reply["written"])
    if reply["failed"] in ("no-release", "crashed"):
        raise Unavailable(reply["detail"])
    raise NotWritten(reply["failed"], reply["detail"], **reply["more"])
