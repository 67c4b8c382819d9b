"""Work on a stranger's file, in a process that can open nothing and has bounded memory and time."""

import json
import signal
from collections.abc import Callable

from ocsea.child import Ended, in_child
from ocsea.confine import allow_seconds, confine, usage
from ocsea.steward.files.refusal import Refused

MEGABYTES = 1024
SECONDS = 20.0
"""What the work on one file may take, where it is not given less."""

_MAX_RESULT = 256 * 2**20
_DONE, _REFUSED = b"+", b"-"


def apart(work: Callable[[], bytes], seconds: float = SECONDS) -> bytes:
    """What `work` comes to, in a process of its own that ends with this call.

    Raises Refused where the work does, and where it needs more than it may take.
    """

    def child(parent: int) -> bytes:
        confine(parent, MEGABYTES)
        allow_seconds(seconds, usage()[0])
        return _told(work)

    try:
        result = in_child(child, _MAX_RESULT)
    except OverflowError:
        raise _too_much("memory") from None
    except Ended as ended:
        raise _cause_of_death(ended.status) from None
    if result.startswith(_REFUSED):
        raise Refused(*json.loads(result[1:]))
    return result[1:]


def _told(work: Callable[[], bytes]) -> bytes:
    try:
        return _DONE + work()
    except Refused as refused:
        told = refused
    except MemoryError:
        told = _too_much("memory")
    what = (told.rule, told.message, told.remedy, told.line)
    return _REFUSED + json.dumps(what).encode()


def _cause_of_death(status: int) -> Refused:
    if status == -signal.SIGSEGV:
        return Refused("too-deep", "It is nested too deeply to be read.", "Write it flat.")
    if status < 0:
        return _too_much("time" if status == -signal.SIGXCPU else "memory")
    return Refused(
        "unreadable",
        "The file cannot be read, for a reason that was not foreseen.",
        "Copy your rows into a fresh template; should that not help, tell us.",
    )


def _too_much(what: str) -> Refused:
    return Refused(
        "too-large",
        f"Reading it takes more {what} than a file may take.",
        "Delete what the template does not ask for, or send it in parts.",
    )
