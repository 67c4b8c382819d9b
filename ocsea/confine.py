"""What a process that reads foreign text must not be able to do, held by the operating system."""

import resource
from pathlib import Path

from ocsea.background import die_with
from ocsea.seccomp import forbid_sockets


def confine(parent: int, megabytes: int, *, files: bool = False) -> None:
    """Cap this process's memory, leave it no descriptor to open, and tie its life to its parent's.

    Without descriptors neither `SERVICE` nor `LOAD` nor anything else reaches a network or a file.
    With `files`, as a store on disk needs them, it is sockets that the kernel refuses.
    """
    die_with(parent)
    limit = _address_space() + megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if files:
        forbid_sockets()
    else:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def allow_seconds(seconds: float, used: float) -> None:
    """Let the kernel end this process should it compute longer, even if nobody else can.

    `used` is what it has computed so far.
    """
    end = int(used + seconds) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (end, resource.RLIM_INFINITY))


def usage() -> tuple[float, int]:
    """The seconds this process has computed, and the most megabytes that it has held."""
    found = resource.getrusage(resource.RUSAGE_SELF)
    return found.ru_utime + found.ru_stime, found.ru_maxrss // 1024


def _address_space() -> int:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    return int(pages) * resource.getpagesize()
