"""Responses in the content coding that the client takes, compressed as they are sent.

What comes in pieces is compressed and flushed in pieces, so that memory stays flat. The end of a
compressed body is written when the answer's own end comes and never otherwise: an answer that broke
off cannot be decoded as a whole one. A strong entity tag is another one in each coding.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from functools import lru_cache

from starlette.types import Message, Scope, Send

from api.codings import CODINGS, Accepted, Encoder, accepted
from api.problems import Problem

Headers = list[tuple[bytes, bytes]]

SMALL = 1024
"""Bytes below which a body is sent as it is, where its length is known."""

PIECE = 64 * 1024
"""The most that is compressed before other requests have their turn."""

WHOLE = 2 * 2**20
"""Bytes up to which a body that is all there is compressed before any of it is sent: its length is
told then, so that it can be kept and need not be compressed again."""

COMPRESSIBLE = re.compile(
    rb"text/|image/svg\+xml|application/(?:[^;]*\+)?(?:json|xml|javascript"
    rb"|n-triples|n-quads|trig|sparql-query|sparql-update|openmetrics-text)(?=;|$)"
)
CODED_TAG = re.compile(rb'("[^"]*)-(zstd|br|gzip)"')


RELEVANT = frozenset({b"accept-encoding", b"content-encoding", b"if-match", b"if-none-match"})


def in_coding(scope: Scope, send: Send) -> Send:
    """A way to send in the content coding asked for, and the request as if it knew of none.

    A `Problem` where the request's own body is coded, since a small one may unpack to anything, or
    where the response could be neither coded nor plain.
    """
    found: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in RELEVANT:
            found[name] = found[name] + b"," + value if name in found else value
    if found.get(b"content-encoding", b"identity").lower() != b"identity":
        plain = {"accept-encoding": "identity"}
        raise Problem("unsupported-media-type", "Send the body without coding.", headers=plain)
    accept = found.get(b"accept-encoding")
    taken = None if accept is None else accepted(accept)
    if taken and taken.must and not taken.best:
        names = ", ".join(name.decode() for name in CODINGS)
        raise Problem("not-acceptable", f"A response is plain, or in one of {names}.")
    held = uncode_tags(scope["headers"], taken) if len(found) > (accept is not None) else {}
    # An answer in HTTP/1.0 may have nothing but its length to tell that it is whole.
    if not taken or not (taken.best or held) or scope["http_version"] == "1.0":
        return send
    return Compressing(send, scope, taken, held)


def uncode_tags(headers: Headers, taken: Accepted | None) -> dict[bytes, bytes]:
    """Take the codings off the entity tags that a client sends, so that handlers know their own.

    Of If-None-Match only those codings that the client takes now, for a 304 tells it to use what
    it holds under that tag. Gives those tags, as the client sent them, by what they became.
    """
    held = {}

    def plain(tag: re.Match[bytes]) -> bytes:
        if taken is None or tag[2] not in taken.codings:
            return tag[0]
        held[tag[1] + b'"'] = tag[0]
        return tag[1] + b'"'

    for at, (name, value) in enumerate(headers):
        if name == b"if-match":
            headers[at] = name, CODED_TAG.sub(rb'\1"', value)
        elif name == b"if-none-match":
            headers[at] = name, CODED_TAG.sub(plain, value)
    return held


class Compressing:
    """A way to send that compresses what is worth it; `held` comes from `uncode_tags`."""

    def __init__(self, send: Send, scope: Scope, taken: Accepted, held: dict[bytes, bytes]) -> None:
        self._send, self._taken, self._held = send, taken, held
        self._is_head = scope["method"] == "HEAD"
        self._start: Message | None = None
        self._encoder: Encoder | None = None

    async def __call__(self, message: Message) -> None:
        """Send one message; the start of a response waits for the first of its body."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._start:
            message = await self._begin(self._start, message)
        if self._encoder:
            body, more = message.get("body", b""), message.get("more_body", False)
            await self._encoded(self._encoder, body, more)
        else:
            await self._send(message)

    async def _begin(self, start: Message, first: Message) -> Message:
        """Send the start, in a coding or not; gives the first of the body as it is to be sent."""
        self._start = None
        headers: Headers = list(start["headers"])
        if start["status"] == 304:
            headers = [(name, self._held.get(value, value)) for name, value in headers]
        elif self._taken.best and self._worth_it(start["status"], dict(headers), first):
            headers = _coded(headers, self._taken.best)
            encoder, body = CODINGS[self._taken.best](), first.get("body", b"")
            if not self._is_head and not first.get("more_body") and len(body) <= WHOLE:
                early = [piece async for piece in _all_but_last(encoder, body)]
                first = {**first, "body": b"".join([*early, encoder.end(body[_last(body) :])])}
                headers.append((b"content-length", str(len(first["body"])).encode()))
            elif not self._is_head:
                self._encoder = encoder
        await self._send({**start, "headers": headers})
        return first

    def _worth_it(self, status: int, headers: dict[bytes, bytes], first: Message) -> bool:
        if first["type"] != "http.response.body" or status in (204, 206):
            return False
        if b"content-encoding" in headers:
            return False
        if self._taken.must:
            return True
        length = headers.get(b"content-length")
        if length is None and not first.get("more_body") and not self._is_head:
            length = str(len(first.get("body", b""))).encode()
        if length is not None and int(length) < SMALL:
            return False
        return _compressible(headers.get(b"content-type", b""))

    async def _encoded(self, encoder: Encoder, body: bytes, more: bool) -> None:
        async for piece in _all_but_last(encoder, body):
            await self._body(piece, True)
        if not more:
            await self._body(encoder.end(body[_last(body) :]), False)
        elif body:
            await self._body(encoder.piece(body[_last(body) :]), True)

    async def _body(self, body: bytes, more: bool) -> None:
        await self._send({"type": "http.response.body", "body": body, "more_body": more})


async def _all_but_last(encoder: Encoder, body: bytes) -> AsyncIterator[bytes]:
    for at in range(0, _last(body), PIECE):
        yield encoder.piece(body[at : at + PIECE])
        await asyncio.sleep(0)


def _last(body: bytes) -> int:
    """Where the last piece of a body begins."""
    return max(len(body) - 1, 0) // PIECE * PIECE


@lru_cache(maxsize=256)
def _compressible(content_type: bytes) -> bool:
    return COMPRESSIBLE.match(content_type) is not None


def _coded(headers: Headers, coding: bytes) -> Headers:
    """The headers of the same response in a coding: no length yet, no ranges, a tag of its own."""
    gone = (b"content-length", b"accept-ranges")
    kept = [(n, _tag(v, coding) if n == b"etag" else v) for n, v in headers if n not in gone]
    return [*kept, (b"content-encoding", coding)]


def _tag(tag: bytes, coding: bytes) -> bytes:
    return tag if tag.startswith(b"W/") else tag[:-1] + b"-" + coding + b'"'
