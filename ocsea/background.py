"""Two things at once: work that needs much of what is in memory and gives little back."""

import ctypes
import os
import signal
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TypeVar

from ocsea.errors import OcseaError

T = TypeVar("T")
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


def die_with(parent: int) -> None:
    """Let the system end this process when its parent ends, however that comes about.

    `parent` is the parent's number as it was before the fork: it may be gone already.
    """
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def in_background(work: Callable[[], T]) -> Callable[[], T]:
    """Start `work` in a process of its own that shares this one's memory; call what is returned
    to wait for its result.

    An exception of the work is raised there; OcseaError where the process ended without a result.
    """
    receiver, sender = get_context("fork").Pipe(duplex=False)
    process = get_context("fork").Process(
        target=_work, args=(work, sender, os.getpid()), daemon=True
    )
    process.start()
    sender.close()

    def result() -> T:
        try:
            outcome, value = receiver.recv()
        except EOFError:
            raise OcseaError("A process of the build ended before it was done.") from None
        finally:
            process.join()
        if outcome == "failed":
            raise value
        done: T = value
        return done

    return result


def _work(work: Callable[[], T], sender: Connection, parent: int) -> None:
    die_with(parent)  # it shares the lock of the build, which must not outlive the build
    try:
        sender.send(("done", work()))
    except Exception as error:
        sender.send(("failed", error))
