"""The process that holds a release in memory and forks workers that share it.

Run by the server as `python -m api.engine.zygote DESCRIPTOR RELEASE MEGABYTES PLACE`, the place
being `memory` or `disk`. Over a socket of whole messages (JSON) the server asks `{"do": "fork"}`,
and one of `COMMANDS` for a child as `{"do": "kill", "pid": …}`; the zygote says `{"ready": pid}`
once, `{"worker": pid}` with the worker's socket attached, and `{"gone": pid, "status": …}` when a
worker has ended. It ends when the server's end closes.

A release that differs by little is not loaded anew: at `{"do": "follow", "release": …}`, with a
socket attached, a fork takes in what changed and is the zygote of that release, over that socket.
It ends with this process, which for `{"do": "rest"}` ends its workers and says no more.

It has one thread, so a fork is safe, and it alone waits for its children, so the process behind a
number is the one that was meant.
"""

import contextlib
import gc
import json
import marshal
import os
import select
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import DefaultGraph, RdfFormat, Store

from api.engine.index import Index
from api.engine.names import read
from api.engine.stores import Stores
from api.engine.worker import Worker
from api.jsonld.document import document
from ocsea.background import die_with
from ocsea.child import in_child
from ocsea.confine import confine
from ocsea.difference import changes_between
from ocsea.namespaces import BASE
from ocsea.release import UNNAMED, Release, fill, load

FEW = 4
"""A release is made from another one where less than one in so many of its triples differ."""
NAMES = 2**29
"""Bytes that the names in a release may take."""


@dataclass(frozen=True, slots=True)
class Data:
    """What workers answer from; the stores are None where each opens the one on disk for itself."""

    release: Release
    store: Store | None
    merge: Store | None
    unnamed: Store
    names: Index

    @classmethod
    def load(cls, release: Release, place: str) -> "Data":
        """Load what is to be shared."""
        store = merge = None
        if place == "memory":
            store, merge = Store(), Store()
            fill(store, release)
            for file in release.graphs().values():
                load(merge, file, DefaultGraph())
        return cls(release, store, merge, _unnamed(release), names(release, store))

    def following(self, release: Release) -> "Data":
        """The data of another release, made of this, which is not to be used any more."""
        store, merge = self.store, self.merge
        if store is None or merge is None:
            return Data.load(release, "disk")
        changes = changes_between(self.release, release)
        if changes.count * FEW > release.triples:
            raise ValueError(f"{release.version} is loaded anew, as much of it is different")
        changes.apply(store)
        changes.apply_to_merge(merge, store)
        return Data(release, store, merge, _unnamed(release), names(release, store))


def _unnamed(release: Release) -> Store:
    unnamed = Store()
    if path := release.graphs().get(UNNAMED):
        unnamed.bulk_load(path=path, format=RdfFormat.N_TRIPLES)
    return unnamed


def names(release: Release, store: Store | None) -> Index:
    """What things are called.

    A store on disk is opened in another process: it runs threads, and this one is to have none.
    """
    if store:
        return Index(read(store))
    told = in_child(lambda _: marshal.dumps(read(Store.read_only(str(release.store)))), NAMES)
    return Index(marshal.loads(told))


def slow(pid: int) -> None:
    """Let everything else go before this process."""
    os.setpriority(os.PRIO_PROCESS, pid, 19)


def halt(pid: int) -> None:
    """Let a process stand still until it is resumed, and then be slow."""
    os.kill(pid, signal.SIGSTOP)
    slow(pid)


COMMANDS: dict[str, Callable[[int], None]] = {
    "slow": slow,
    "halt": halt,
    "resume": lambda pid: os.kill(pid, signal.SIGCONT),
    "kill": lambda pid: os.kill(pid, signal.SIGKILL),
}


class Zygote:
    """Forks, kills and reaps workers as the server says."""

    def __init__(self, control: socket.socket, data: Data, megabytes: int) -> None:
        self._control = control
        self._data = data
        self._megabytes = megabytes
        self._workers: set[int] = set()
        self._followers: set[int] = set()
        self._resting = False
        self._alarm, self._wake = socket.socketpair()

    def run(self) -> None:
        """Serve until the server is gone."""
        self._listen_for_children()
        self._tell({"ready": os.getpid()})
        while True:
            readable, _, _ = select.select([self._control, self._alarm], [], [])
            if self._alarm in readable:
                self._alarm.recv(4096)
                self._reap()
            if self._control in readable and not self._obey():
                signal.set_wakeup_fd(-1)  # the workers end as well, and nobody listens any more
                return

    def _listen_for_children(self) -> None:
        self._wake.setblocking(False)
        signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)

    def _obey(self) -> bool:
        message, descriptors, _, _ = socket.recv_fds(self._control, 4096, 1)
        if not message:
            return False
        command = json.loads(message)
        match command["do"]:
            case "fork":
                self._fork()
            case "follow":
                self._follow(Release(Path(command["release"])), descriptors[0])
            case "rest":
                self._rest()
            case do if command["pid"] in self._workers | self._followers:
                COMMANDS[do](command["pid"])
        return True

    def _fork(self) -> None:
        ours, theirs = socket.socketpair()
        zygote = os.getpid()
        pid = os.fork()
        if pid == 0:
            ours.close()
            self._become_worker(theirs, zygote)
        theirs.close()
        self._workers.add(pid)
        message = json.dumps({"worker": pid}).encode()
        socket.send_fds(self._control, [message], [ours.fileno()])
        ours.close()

    def _follow(self, release: Release, descriptor: int) -> None:
        first = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._become_zygote(release, descriptor, first)
        os.close(descriptor)
        self._followers.add(pid)

    def _rest(self) -> None:
        self._resting = True
        for pid in self._workers:
            os.kill(pid, signal.SIGKILL)

    def _become_zygote(self, release: Release, descriptor: int, first: int) -> None:
        status = 1
        try:
            die_with(first)
            self._forget_parent()
            serve(socket.socket(fileno=descriptor), self._data.following(release), self._megabytes)
            status = 0
        finally:
            os._exit(status)

    def _forget_parent(self) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for end in (self._control, self._alarm, self._wake):
            end.close()

    def _become_worker(self, channel: socket.socket, zygote: int) -> None:
        status = 1
        try:
            self._forget_parent()
            store = self._data.store or Store.read_only(str(self._data.release.store))
            merge = self._data.merge or store
            stores = Stores(store, merge, self._data.unnamed, self._data.names)
            confine(zygote, self._megabytes, files=self._data.store is None)
            Worker(channel, stores, self._megabytes).run()
            status = 0
        finally:
            os._exit(status)

    def _reap(self) -> None:
        while self._workers or self._followers:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self._followers.discard(pid)
            if pid in self._workers:
                self._workers.discard(pid)
                self._tell({"gone": pid, "status": os.waitstatus_to_exitcode(status)})

    def _tell(self, message: dict[str, Any]) -> None:
        if not self._resting:  # then nobody reads it, and it would be stuck in the end
            self._control.send(json.dumps(message).encode())


def serve(control: socket.socket, data: Data, megabytes: int) -> None:
    """Be the zygote of this data until the server is gone."""
    gc.collect()
    gc.freeze()
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        Zygote(control, data, megabytes).run()


def main() -> None:
    """Load the release, then serve."""
    control = socket.socket(fileno=int(sys.argv[1]))
    data = Data.load(Release(Path(sys.argv[2])), sys.argv[4])
    document([], BASE)  # so that what it reads from files is in memory
    serve(control, data, int(sys.argv[3]))


if __name__ == "__main__":
    main()
