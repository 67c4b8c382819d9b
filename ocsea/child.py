"""Work in a child process that gives back bytes, and nothing that could run here."""

import os
import signal
from collections.abc import Callable

from ocsea.background import die_with


class Ended(Exception):
    """The child ended without a result; `status` is its exit code, a signal's number below zero."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def in_child(work: Callable[[int], bytes], limit: int) -> bytes:
    """The bytes that `work` comes to in a fork of this process, which shares its memory.

    `work` is given this process's number. The child ends with this process. Raises Ended where it
    ended otherwise, and OverflowError where it gave more than `limit` bytes.
    """
    reader, writer = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _be_child(work, parent, writer)
    os.close(writer)
    try:
        with os.fdopen(reader, "rb") as stream:
            content = stream.read(limit + 1)
        if len(content) > limit:
            os.kill(child, signal.SIGKILL)
    finally:
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if len(content) > limit:
        raise OverflowError
    if status:
        raise Ended(status)
    return content


def _be_child(work: Callable[[int], bytes], parent: int, writer: int) -> None:
    status = 1
    try:
        die_with(parent)
        with os.fdopen(writer, "wb") as stream:
            stream.write(work(parent))
        status = 0
    finally:
        os._exit(status)
