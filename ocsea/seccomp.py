"""No sockets for this process: a filter in the kernel on what it may ask of it (seccomp)."""

import ctypes
import platform
import struct

from ocsea.errors import OcseaError

_LIBC = ctypes.CDLL(None, use_errno=True)
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_LOAD, _EQUALS, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | 13, 0x80000000
"""What a filter can come to; refusing is answered with EACCES."""

_MACHINES = {
    "x86_64": (0xC000003E, (41, 42, 425)),
    "aarch64": (0xC00000B7, (198, 203, 425)),
}
"""By machine: its number for the kernel, and those of `socket`, `connect` and `io_uring_setup`."""


def forbid_sockets() -> None:
    """Let the kernel refuse this process every new socket and connection from now on.

    Raises OcseaError on machines for which the numbers of the calls are not known here.
    """
    if platform.machine() not in _MACHINES:
        raise OcseaError(f"no query can be confined on {platform.machine()}: raise OCSEA_MEMORY")
    program = b"".join(_program(*_MACHINES[platform.machine()]))
    code = ctypes.create_string_buffer(program, len(program))
    count = len(program) // 8
    header = struct.pack("HxxxxxxP", count, ctypes.addressof(code))
    if _LIBC.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or _LIBC.prctl(_SECCOMP, _FILTER, header):
        raise OSError(ctypes.get_errno(), "the kernel takes no seccomp filter")


def _program(machine: int, calls: tuple[int, ...]) -> list[bytes]:
    """Kill what comes by another machine's calls, refuse `calls`, allow the rest."""
    end = len(calls)
    return [
        _step(_LOAD, 4),
        _step(_EQUALS, machine, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, 0),
        _step(_AT_LEAST, 0x40000000, end + 1, 0),  # the calls of another way to count them, x32
        *(_step(_EQUALS, call, end - place, 0) for place, call in enumerate(calls)),
        _step(_RETURN, _ALLOW),
        _step(_RETURN, _REFUSE),
    ]


def _step(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_so, if_not, value)
