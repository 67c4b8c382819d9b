"""How the server and a worker talk: a tag, a length, a payload.

The server sends JOBs, as many as it likes; the worker answers them in their order, each with one
WHOLE, or with HEAD, any number of DATA and END, or at any point with FAIL. A worker that can no
longer answer closes the socket.
"""

import json
import struct
from typing import Any

JOB, WHOLE, HEAD, DATA, END, FAIL = b"J", b"W", b"H", b"D", b"E", b"F"
LAST = (WHOLE, END, FAIL)
"""What ends the answer to a job."""
PREFIX = struct.Struct(">cI")
SPENT, FRESH = b"!", b" "
"""The first byte of WHOLE and END: whether the worker holds so much memory that it should go."""

_encode = json.JSONEncoder(ensure_ascii=False).encode


def pack(tag: bytes, payload: bytes | bytearray) -> bytes:
    """One frame, ready to be sent."""
    return PREFIX.pack(tag, len(payload)) + payload


def pack_json(tag: bytes, value: Any) -> bytes:
    """A frame whose payload is JSON."""
    return pack(tag, _encode(value).encode())


LIMIT = 64 * 1024 * 1024
"""The longest frame that is read, and the longest answer that is ever held whole, in bytes."""

HOLD = 32 * 1024
"""Bytes that are gathered before any is passed on: by the worker, and before a reply begins."""

PIECE = 128 * 1024
"""Bytes of each piece after that."""
