"""The server's end of a zygote process: start it, ask it for workers, hear what became of them."""

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api.engine.errors import Unavailable
from api.settings import Settings
from ocsea.release import Release

CHECKOUT = Path(__file__).resolve().parents[2]
News = dict[str, Any]
MALLOC = {
    "MALLOC_MMAP_THRESHOLD_": str(512 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(512 * 2**20),
    "MALLOC_TOP_PAD_": str(16 * 2**20),
    "GLIBC_TUNABLES": "glibc.malloc.tcache_count=65535:glibc.malloc.hugetlb=1",
}
"""Has the C library keep what a query freed for the next one, and ask for large pages: half of a
short query's time went into giving memory back and asking for it again, and a fork of a gigabyte
takes 1 ms instead of 18.
"""
BYTES_A_TRIPLE = 900
"""What a triple takes in memory: in its graph, and in the merge twice; measured on our graph."""


def fits(release: Release, settings: Settings) -> bool:
    """Whether the graph may be held in memory; otherwise it is read from disk."""
    return release.triples * BYTES_A_TRIPLE <= settings.memory * 2**20


class ZygoteProcess:
    """A process that holds a release in memory and forks workers, and the socket to it.

    It was started for itself, or forked from such a one, its `first`, which then stays for as long
    as it is needed.
    """

    def __init__(
        self,
        first: "ZygoteProcess | None",
        start: Callable[[socket.socket], "subprocess.Popen[bytes] | None"],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._first = first
        self._followers = 0
        self._closed = False
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setblocking(False)
        try:
            self._process = start(theirs)
        except OSError as error:
            self._control.close()
            raise Unavailable(f"no process could be had for the release: {error}") from None
        finally:
            theirs.close()
        self.pid = self._process.pid if self._process else 0

    @classmethod
    def loading(cls, release: Release, settings: Settings) -> "ZygoteProcess":
        """A process that loads a release."""
        place = "memory" if fits(release, settings) else "disk"

        def start(theirs: socket.socket) -> "subprocess.Popen[bytes]":
            descriptor = theirs.fileno()
            return subprocess.Popen(
                [
                    *(sys.executable, "-m", "api.engine.zygote", str(descriptor)),
                    *(str(release.path), str(settings.query_memory), place),
                ],
                pass_fds=[descriptor],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env=os.environ | MALLOC,
                cwd=CHECKOUT,
            )

        return cls(None, start)

    def following(self, release: Release) -> "ZygoteProcess":
        """A process that has the data of another release, made from what the first one holds.

        `ready` says that the release is not there if that differs by too much.
        """
        first = self._first or self

        def start(theirs: socket.socket) -> None:
            message = json.dumps({"do": "follow", "release": str(release.path)}).encode()
            socket.send_fds(first._control, [message], [theirs.fileno()])
            first._followers += 1

        return ZygoteProcess(first, start)

    async def ready(self) -> None:
        """Wait until the release is loaded."""
        message = await self._loop.sock_recv(self._control, 4096)
        if not message:
            raise Unavailable("the release could not be loaded; the server's log says why")
        self.pid = json.loads(message)["ready"]

    def listen(
        self, news: Callable[[News, socket.socket | None], None], ended: Callable[[], None]
    ) -> None:
        """From now on call `news` with each message and the socket that came with it."""

        def hear() -> None:
            try:
                message, descriptors, _, _ = socket.recv_fds(self._control, 4096, 1)
            except BlockingIOError:
                return
            except OSError:
                message, descriptors = b"", []
            if message:
                channel = socket.socket(fileno=descriptors[0]) if descriptors else None
                news(json.loads(message), channel)
            else:
                self.close()
                ended()

        self._loop.add_reader(self._control, hear)

    def fork(self) -> None:
        """Ask for one more worker."""
        self._say({"do": "fork"})

    def kill(self, pid: int) -> None:
        """Have a worker ended at once."""
        self._say({"do": "kill", "pid": pid})

    def slow(self, pid: int) -> None:
        """Have a worker run at the lowest priority."""
        self._say({"do": "slow", "pid": pid})

    def halt(self, pid: int) -> None:
        """Have a worker stand still, and run at the lowest priority after."""
        self._say({"do": "halt", "pid": pid})

    def resume(self, pid: int) -> None:
        """Have a halted worker go on."""
        self._say({"do": "resume", "pid": pid})

    def close(self) -> None:
        """End the zygote's workers, and itself as soon as no other needs it."""
        if self._closed:
            return
        self._closed = True
        self._loop.remove_reader(self._control)
        if self._first:
            self._control.close()
            if self.pid:
                self._first.kill(self.pid)
            self._first.forgo()
        elif self._followers:
            self._say({"do": "rest"})
        else:
            self._end()

    def forgo(self) -> None:
        """Need it no more for one that was forked from it."""
        self._followers -= 1
        if self._closed and not self._followers:
            self._end()

    def _end(self) -> None:
        self._control.close()
        assert self._process
        self._process.kill()
        self._process.wait()

    def _say(self, command: News) -> None:
        with contextlib.suppress(OSError):  # a zygote that has ended is heard of by `listen`
            self._control.send(json.dumps(command).encode())
