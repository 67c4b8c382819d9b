"""Whole responses by the very bytes of the request that they answer.

An identical request is answered from here without being read (`front.py`), as long as the release
is the same. What may be kept is marked by who made the answer, with the release it was made from.
"""

from cachetools import LRUCache
from starlette.types import Message, Scope

RAW, RELEASE = "ocsea.raw", "ocsea.release"
"""What a request's scope carries: its bytes, and the release that its answer is made from."""
BYTES = 32 * 2**20
LONGEST = 256 * 1024
STATUS_LINES = {200: b"HTTP/1.1 200 OK\r\n", 304: b"HTTP/1.1 304 Not Modified\r\n"}

Reply = tuple[bytes, bytes]
"""The status line, and what comes after the server's own headers: the others and the body."""


class Replies:
    """Responses of one release, those asked for longest ago dropped first."""

    def __init__(self) -> None:
        self._release = ""
        self._kept: LRUCache[bytes, Reply] = LRUCache(BYTES, lambda reply: 2048 + len(reply[1]))
        self.get = self._kept.get

    def switch(self, release: str) -> None:
        """Forget everything; what is remembered from now on is of this release."""
        self._release = release
        self._kept.clear()

    def remember(self, scope: Scope, start: Message, body: bytes) -> None:
        """Keep a response that was sent in one piece, if it may be and is of some use."""
        raw, headers = scope.get(RAW), start["headers"]
        if raw is None or scope.get(RELEASE) != self._release or len(body) > LONGEST:
            return
        measured = start["status"] == 304 or any(name == b"content-length" for name, _ in headers)
        if measured and start["status"] in STATUS_LINES:
            lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
            self._kept[raw] = STATUS_LINES[start["status"]], lines + b"\r\n" + body


REPLIES = Replies()
"""This process's replies: the protocol has no way to the application that made them."""
