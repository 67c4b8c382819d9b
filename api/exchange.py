"""A request and its response as all of them are seen: what is added to each, and noted of it."""

import time

from starlette.types import Message, Scope, Send

from api import logs
from api.replies import REPLIES
from api.web import COMMON


class Exchange:
    """Sends a response with the headers that all have; keeps its status and its size."""

    __slots__ = ("_has_body", "_scope", "_send", "_start", "_started", "sent", "status", "whole")

    def __init__(self, scope: Scope, send: Send) -> None:
        self._send = send
        self._scope = scope
        self._start: Message = {}
        self._has_body = scope["method"] != "HEAD"
        self._started = time.perf_counter()
        self.status = self.sent = 0
        self.whole = False

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.perf_counter() - self._started

    async def send(self, message: Message) -> None:
        """Send one message."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": [*varying(message["headers"]), *COMMON]}
            self._start = message
        else:
            body = message.get("body", b"")
            self.whole = not message.get("more_body", False)
            if self.whole and not self.sent and not logs.requests_are_logged():
                REPLIES.remember(self._scope, self._start, body)
            self.sent += len(body) if self._has_body else 0
        await self._send(message)


def varying(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers, told to caches to depend on the coding that was asked for, compressed or not."""
    for at, (name, value) in enumerate(headers):
        if name == b"vary":
            more = (name, value + b", Accept-Encoding")
            return [*headers[:at], more, *headers[at + 1 :]]
    return [*headers, (b"vary", b"Accept-Encoding")]
