"""Whole responses by the very bytes of the request that they answer, and the forms of responses.

An identical request is answered from here without being read (`front.py`), as long as the release
is the same. A query that is new, but asked with headers that another was asked with, is answered
with the other's headers. What may be kept is marked by who made the answer, with the release it was
made from.
"""

import re
from dataclasses import dataclass

from cachetools import LRUCache
from starlette.datastructures import State
from starlette.types import Message, Scope

RAW, RELEASE = "ocsea.raw", "ocsea.release"
FORMATS, BEGUN = "ocsea.formats", "ocsea.begun"
"""What a request's scope carries: its bytes, the release that its answer is made from, the formats
that the answer to a query could have come in, and the query where it was begun before.
"""
PLAIN = re.compile(rb"GET /sparql\?query=([!-%'-~]+) HTTP/1\.1\r\n")
"""A request line with a query and no other parameter."""
BYTES = 32 * 2**20
LONGEST = 256 * 1024
FORMS = 256
STATUS_LINES = {200: b"HTTP/1.1 200 OK\r\n", 304: b"HTTP/1.1 304 Not Modified\r\n"}
OF_NO_MATTER = (b"host", b"accept", b"user-agent", b"connection", b"accept-language", b"referer")
"""Headers of a request that have no part in the form of its answer, beside the formats."""

Reply = tuple[bytes, bytes]
"""The status line, and what comes after the server's own headers: the others and the body."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a query is answered that is asked with certain headers: its formats, and the headers."""

    solutions: str | None
    graph: str | None
    head: bytes

    def reply(self, body: bytes) -> Reply:
        """The response with this body."""
        length = b"content-length: %d\r\n\r\n" % len(body)
        return STATUS_LINES[200], self.head + length + body


class Replies:
    """Responses of one release, those asked for longest ago dropped first.

    `state` is that of the application which makes them.
    """

    def __init__(self) -> None:
        self.state = State()
        self._release = ""
        self._kept: LRUCache[bytes, Reply] = LRUCache(BYTES, lambda reply: 2048 + len(reply[1]))
        self._forms: LRUCache[bytes, Form] = LRUCache(FORMS)
        self.get = self._kept.get
        self.form = self._forms.get

    def switch(self, release: str) -> None:
        """Forget everything; what is remembered from now on is of this release."""
        self._release = release
        self._kept.clear()
        self._forms.clear()

    def remember(self, scope: Scope, start: Message, body: bytes) -> None:
        """Keep a response that was sent in one piece, if it may be and is of some use."""
        raw, headers = scope.get(RAW), start["headers"]
        if raw is None or scope.get(RELEASE) != self._release:
            return
        measured = start["status"] == 304 or any(name == b"content-length" for name, _ in headers)
        if measured and start["status"] in STATUS_LINES:
            self.put(raw, (STATUS_LINES[start["status"]], _lines(headers) + b"\r\n" + body))
        line = PLAIN.match(raw)
        if line and FORMATS in scope and start["status"] == 200 and _is_plain(scope):
            others = [header for header in headers if header[0] != b"content-length"]
            solutions, graph = scope[FORMATS]
            self._forms[raw[line.end() :]] = Form(solutions, graph, _lines(others))

    def put(self, raw: bytes, reply: Reply) -> None:
        """Keep a reply for this request, unless it is too long."""
        if len(reply[1]) <= LONGEST:
            self._kept[raw] = reply


def _lines(headers: list[tuple[bytes, bytes]]) -> bytes:
    return b"".join(name + b": " + value + b"\r\n" for name, value in headers)


def _is_plain(scope: Scope) -> bool:
    return all(name in OF_NO_MATTER for name, _ in scope["headers"])


REPLIES = Replies()
"""This process's replies: the protocol has no way to the application that made them."""
