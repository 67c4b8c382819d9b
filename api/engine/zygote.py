"""The process that holds a release in memory and forks workers that share it.

Run by the server as `python -m api.engine.zygote DESCRIPTOR RELEASE MEGABYTES`. Over a socket of
whole messages (JSON) the server asks `{"do": "fork"}` and `{"do": "kill", "pid": …}`; the zygote
says `{"ready": triples}` once, `{"worker": pid}` with the worker's socket attached, and
`{"gone": pid, "status": …}` when a worker has ended. It ends when the server's end closes.

It has one thread, so a fork is safe, and it alone waits for its children, so the process behind a
number is the one that was meant.
"""

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from pyoxigraph import Store

from api.engine.confine import confine
from api.engine.worker import Worker
from ocsea.release import Release, fill


def load(release: Release) -> Store:
    """The release in memory."""
    store = Store()
    fill(store, release)
    return store


class Zygote:
    """Forks, kills and reaps workers as the server says."""

    def __init__(self, control: socket.socket, store: Store, megabytes: int) -> None:
        self._control = control
        self._store = store
        self._megabytes = megabytes
        self._children: set[int] = set()
        self._alarm, self._wake = socket.socketpair()

    def run(self) -> None:
        """Serve until the server is gone."""
        self._listen_for_children()
        self._tell({"ready": len(self._store)})
        while True:
            readable, _, _ = select.select([self._control, self._alarm], [], [])
            if self._alarm in readable:
                self._alarm.recv(4096)
                self._reap()
            if self._control in readable and not self._obey():
                return

    def _listen_for_children(self) -> None:
        self._wake.setblocking(False)
        signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)

    def _obey(self) -> bool:
        message = self._control.recv(4096)
        if not message:
            return False
        command = json.loads(message)
        if command["do"] == "fork":
            self._fork()
        elif command["pid"] in self._children:
            os.kill(command["pid"], signal.SIGKILL)
        return True

    def _fork(self) -> None:
        ours, theirs = socket.socketpair()
        zygote = os.getpid()
        pid = os.fork()
        if pid == 0:
            ours.close()
            self._become_worker(theirs, zygote)
        theirs.close()
        self._children.add(pid)
        message = json.dumps({"worker": pid}).encode()
        socket.send_fds(self._control, [message], [ours.fileno()])
        ours.close()

    def _become_worker(self, channel: socket.socket, zygote: int) -> None:
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for end in (self._control, self._alarm, self._wake):
                end.close()
            confine(zygote, self._megabytes)
            Worker(channel, self._store, self._megabytes).run()
            status = 0
        finally:
            os._exit(status)

    def _reap(self) -> None:
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self._children.discard(pid)
            self._tell({"gone": pid, "status": os.waitstatus_to_exitcode(status)})

    def _tell(self, message: dict[str, Any]) -> None:
        self._control.send(json.dumps(message).encode())


def main() -> None:
    """Load the release, then serve."""
    control = socket.socket(fileno=int(sys.argv[1]))
    store = load(Release(Path(sys.argv[2])))
    gc.collect()
    gc.freeze()
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        Zygote(control, store, int(sys.argv[3])).run()


if __name__ == "__main__":
    main()
