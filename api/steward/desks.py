"""The server's end of the desk: hands it work, a few pieces at a time, and waits for replies."""

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from api.engine import Busy, Unavailable, frames
from api.problems import Problem
from api.settings import Settings

CHECKOUT = Path(__file__).resolve().parents[2]
AT_ONCE, WAITING = 2, 16
"""How many pieces of work are done at a time for strangers, and again for those who are known, who
so need not wait for them; and how many of either may wait."""
PATIENCE = 150.0
"""Seconds a piece of work may take in all, after its turn has come."""

Reply = tuple[dict[str, Any], bytes]


class Desk:
    """A process that is started when there is the first piece of work, and again if it has died."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._turns = {stranger: asyncio.Semaphore(AT_ONCE) for stranger in (True, False)}
        self._waiting = {True: 0, False: 0}

    def close(self) -> None:
        """End the process, and what it is at."""
        if self._control:
            self._control.close()
        if self._process:
            self._process.kill()
            self._process.wait()
        self._process = self._control = None

    async def ask(
        self,
        task: str,
        arguments: dict[str, str],
        files: Sequence[tuple[str, bytes]] = (),
        *,
        stranger: bool = False,
    ) -> Reply:
        """Have a piece of work done; what its reply says about it, and the reply's body.

        Raises Busy where too many wait, Unavailable where the process ended at it, and the Problem
        that the task was refused with.
        """
        if self._waiting[stranger] >= WAITING:
            raise Busy
        self._waiting[stranger] += 1
        try:
            async with self._turns[stranger]:
                about, body = await self._ask(task, arguments, files)
        finally:
            self._waiting[stranger] -= 1
        if problem := about.get("problem"):
            raise Problem(problem["kind"], problem["detail"], more=problem["more"])
        return about, body

    async def _ask(
        self, task: str, arguments: dict[str, str], files: Sequence[tuple[str, bytes]]
    ) -> Reply:
        about = {"task": task, "arguments": arguments, "files": [name for name, _ in files]}
        try:
            async with asyncio.timeout(PATIENCE):
                reader, writer = await asyncio.open_connection(sock=self._channel())
                with contextlib.closing(writer):
                    writer.write(frames.pack_json(frames.JOB, about))
                    writer.writelines(frames.pack(frames.DATA, content) for _, content in files)
                    await writer.drain()
                    return json.loads(await _frame(reader)), await _frame(reader)
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            raise Unavailable("the work ended before it was done; nothing came of it") from None

    def _channel(self) -> socket.socket:
        """A socket to a new fork of the process."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self._ready(), [b"work"], [theirs.fileno()])
            except OSError:  # it has died, and is to be started again
                self.close()
                socket.send_fds(self._ready(), [b"work"], [theirs.fileno()])
        return ours

    def _ready(self) -> socket.socket:
        if self._control is None or (self._process and self._process.poll() is not None):
            self.close()
            self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                var, server = str(self._settings.var.resolve()), str(os.getpid())
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "api.steward.desk", str(theirs.fileno()), var, server],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                    cwd=CHECKOUT,
                )
        return self._control


async def _frame(reader: asyncio.StreamReader) -> bytes:
    _, length = frames.PREFIX.unpack(await reader.readexactly(frames.PREFIX.size))
    return await reader.readexactly(length)
