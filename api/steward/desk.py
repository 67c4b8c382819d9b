"""The process that does a steward's work: reads what was sent, judges it, keeps and publishes it.

Run by the server as `python -m api.steward.desk DESCRIPTOR STATE-FOLDER SERVER`. Over the socket of
whole messages come sockets, each with one piece of work on it, which is done in a fork of its own:
no memory is kept, and a crash costs one piece. A piece of work is a frame that names the task and
its arguments, and a frame for each file; a frame about the reply comes back, and one with its body.
All of it ends with the server.
"""

import gc
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from api.engine import frames
from api.steward.tasks import TASKS, Files, Reply, failed, warm_up
from ocsea.background import die_with

MOST_SECONDS = 120
"""Wall-clock time that any piece of work may take."""


def main() -> None:
    """Serve until the server is gone."""
    die_with(int(sys.argv[3]))
    control, var = socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2])
    warm_up()
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for what it forks
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 16, 1)
        if not message:
            return
        _fork(socket.socket(fileno=descriptors[0]), control, var)


def _fork(channel: socket.socket, control: socket.socket, var: Path) -> None:
    desk = os.getpid()
    if os.fork() == 0:
        status = 1
        try:
            control.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            die_with(desk)
            signal.setitimer(signal.ITIMER_REAL, MOST_SECONDS)
            with channel.makefile("rwb") as stream:
                _serve(stream, var)
            status = 0
        finally:
            os._exit(status)
    channel.close()


def _serve(stream: Any, var: Path) -> None:
    about = json.loads(_frame(stream))
    files: Files = [(name, _frame(stream)) for name in about["files"]]
    reply = _reply(var, about["task"], about["arguments"], files)
    stream.write(frames.pack_json(frames.HEAD, reply.about) + frames.pack(frames.DATA, reply.body))


def _reply(var: Path, task: str, arguments: dict[str, str], files: Files) -> Reply:
    try:
        return TASKS[task](var, arguments, files)
    except Exception as error:
        return failed(error)


def _frame(stream: Any) -> bytes:
    _, length = frames.PREFIX.unpack(stream.read(frames.PREFIX.size))
    content: bytes = stream.read(length)
    return content


if __name__ == "__main__":
    main()
