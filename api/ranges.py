"""A file as a response, whole or in part: one range of bytes, as RFC 9110 has it.

It is read in threads, so that a disk never holds up the event loop.
"""

import asyncio
import os
import re
from pathlib import Path
from typing import BinaryIO

from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from api.problems import Problem
from api.sparql.routes import raw
from api.web import Connected

RANGE = re.compile(r"bytes=(?P<first>\d{0,18})-(?P<last>\d{0,18})", re.IGNORECASE)
PIECE = 256 * 1024


class FileResponse:
    """The file of `size` bytes at `path`, whose content `tag` stands for; 206 for a part of it."""

    def __init__(self, path: Path, size: int, tag: str, headers: dict[str, str]) -> None:
        self._path, self._size, self._tag = path, size, tag
        self._headers = headers | {"etag": tag, "accept-ranges": "bytes"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; raises a Problem where the range asked for is not within the file."""
        request = Request(scope)
        part = wanted(request, self._tag, self._size)
        with self._path.open("rb", buffering=0) as file, Connected(receive):
            await send(self._start(part))
            if request.method == "HEAD":
                await send({"type": "http.response.body"})
            else:
                await _send(file, part or range(self._size), send)

    def _start(self, part: range | None) -> Message:
        headers = self._headers | {"content-length": str(self._size if part is None else len(part))}
        if part is not None:
            headers["content-range"] = f"bytes {part[0]}-{part[-1]}/{self._size}"
        status = 200 if part is None else 206
        return {"type": "http.response.start", "status": status, "headers": raw(headers)}


async def _send(file: BinaryIO, part: range, send: Send) -> None:
    at = part.start
    while at < part.stop:
        count = min(PIECE, part.stop - at)
        piece = await asyncio.to_thread(os.pread, file.fileno(), count, at)
        if not piece:
            raise OSError("a file is shorter than it was")
        at += len(piece)
        await send({"type": "http.response.body", "body": piece, "more_body": at < part.stop})


def wanted(request: Request, tag: str, size: int) -> range | None:
    """The bytes that the request asks for, None for all; a 416 `Problem` where there are none such.

    What cannot be read, several ranges at once, and a range of another state of the file than
    `If-Range` says are answered with the whole file.
    """
    found = RANGE.fullmatch(request.headers.get("range", "").strip())
    if not found or request.headers.get("if-range", tag) != tag:
        return None
    first, last = found["first"], found["last"]
    if first and last and int(last) < int(first):
        return None
    if not first and not last:
        return None
    start = int(first) if first else max(size - int(last), 0)
    stop = min(int(last) + 1, size) if first and last else size
    if start >= stop:
        headers = {"content-range": f"bytes */{size}"}
        raise Problem("range-not-satisfiable", f"There are {size} bytes, from 0.", headers=headers)
    return range(start, stop)
