"""How the server and a worker talk: a tag, a length, a payload.

The server sends JOB; the worker answers HEAD, any number of DATA, END, or at any point FAIL.
A worker that can no longer answer closes the socket.
"""

import json
import struct
from typing import Any

JOB, HEAD, DATA, END, FAIL = b"J", b"H", b"D", b"E", b"F"
PREFIX = struct.Struct(">cI")
SPENT = b"spent"
"""Says END's payload of a worker that has taken so much memory that it should not go on."""


def pack(tag: bytes, payload: bytes | bytearray) -> bytes:
    """One frame, ready to be sent."""
    return PREFIX.pack(tag, len(payload)) + payload


_encode = json.JSONEncoder(ensure_ascii=False).encode


def pack_json(tag: bytes, value: Any) -> bytes:
    """A frame whose payload is JSON."""
    return pack(tag, _encode(value).encode())


LIMIT = 64 * 1024 * 1024
"""The longest frame that is read, and the longest answer that is ever held whole, in bytes."""

HOLD = 32 * 1024
"""Bytes that are gathered before any is passed on: by the worker, and before a reply begins."""
