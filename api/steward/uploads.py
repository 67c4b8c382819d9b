"""What anybody may send: taken within bounds, and worked on at the desk on the sender's account."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

from fastapi import Request

from api.engine import Busy
from api.problems import Problem
from api.steward.desks import Reply
from ocsea.steward.sent import MAX_BYTES

LONGEST = MAX_BYTES + 64 * 1024
"""Bytes of a body: of the files, and of the form that they stand in."""

HELD = 8 * LONGEST
"""Bytes of all bodies that are held at one time."""

PATIENCE = 120.0
"""Seconds in which a body must have arrived."""


class Held:
    """How many bytes of bodies are held at this moment."""

    def __init__(self, most: int = HELD) -> None:
        self._most, self._bytes = most, 0

    def take(self, number: int) -> None:
        """Hold so many more, or fewer; Busy where they are too many."""
        if number > 0 and self._bytes + number > self._most:
            raise Busy
        self._bytes += number


_HELD = Held()


@asynccontextmanager
async def received(request: Request, held: Held = _HELD) -> AsyncIterator[bytes]:
    """The request's body, held for as long as the block lasts.

    A `Problem` where it is too long, or too slow in coming; Busy where others hold too much.
    """
    with contextlib.suppress(ValueError):
        if int(request.headers.get("content-length", "0")) > LONGEST:
            raise _too_large()
    content = bytearray()
    try:
        await _read(request, held, content)
        yield bytes(content)
    finally:
        held.take(-len(content))


async def _read(request: Request, held: Held, content: bytearray) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            async for piece in request.stream():
                if len(content) + len(piece) > LONGEST:
                    raise _too_large()
                held.take(len(piece))
                content += piece
    except TimeoutError:
        detail = f"The body did not arrive within {PATIENCE:g} s."
        raise Problem("request-malformed", detail) from None


def _too_large() -> Problem:
    return Problem("too-large", f"At most {MAX_BYTES // 2**20} MB are taken: send it in parts.")


@contextmanager
def at_the_cost_of(request: Request) -> Iterator[None]:
    """Work for a client, which is let in if it has time left, and whose mistakes are counted."""
    client, throttle = request.client.host if request.client else "", request.app.state.throttle
    throttle.admit(client)
    try:
        yield
    except Problem as problem:
        if problem.status < 500:
            throttle.error(client)
        raise


async def ask(
    request: Request, task: str, arguments: dict[str, str], files: Sequence[tuple[str, bytes]] = ()
) -> Reply:
    """Have a piece of work done at the desk, and its seconds charged to the client.

    Where a reply does not tell them, or none came, the time with its waiting is charged.
    """
    begun, seconds = time.monotonic(), None
    try:
        desk = request.app.state.desk
        about, body = await desk.ask(task, arguments, files, stranger=True)
        seconds = about.get("seconds")
        return about, body
    finally:
        took = time.monotonic() - begun if seconds is None else seconds
        request.app.state.throttle.charge(request.client.host if request.client else "", took)
