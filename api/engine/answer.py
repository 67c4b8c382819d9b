"""An answer, as far as it has come."""

from collections.abc import AsyncIterator, Callable

from api.engine import frames
from api.engine.errors import QueryTooBig
from api.engine.run import Run


class Answer:
    """A result that has begun.

    `kind` is `boolean`, `solutions`, `graph`, or `document/` and the number of its pages; `first`
    holds the first bytes, all of them where `whole`; `rest()` gives what follows, and an
    `EngineError` where the result breaks off.
    """

    def __init__(self, kind: str, first: bytes, run: Run | None = None) -> None:
        self.kind = kind
        self.first = first
        self.whole = run is None
        self._run = run
        self._keep: Callable[[bytes], None] | None = None
        self._limit = 0

    @classmethod
    def of(cls, payload: bytes) -> "Answer":
        """A whole one, from the frame that it came in."""
        kind, _, body = payload[1:].partition(b"\n")
        return cls(kind.decode(), body)

    @classmethod
    async def begin(cls, run: Run) -> "Answer":
        """Wait until the answer is whole, or long enough to be worth passing on."""
        tag, payload = await run.frame()
        if tag == frames.WHOLE:
            return cls.of(payload)
        answer = cls(payload.decode(), b"", run)
        while not answer.whole and len(answer.first) < frames.HOLD:
            answer.first += await answer._next()
        return answer

    def keep(self, keep: Callable[[bytes], None], limit: int) -> None:
        """Have `keep` called with all of it once it was read, unless it is longer than `limit`."""
        self._keep, self._limit = keep, limit

    async def rest(self) -> AsyncIterator[bytes]:
        """The pieces after `first`."""
        kept: bytearray | None = bytearray(self.first) if self._keep else None
        while not self.whole:
            if not (piece := await self._next()):
                continue
            yield piece
            if kept is not None:
                kept += piece
                kept = kept if len(kept) <= self._limit else None
        if self._keep and kept is not None:
            self._keep(bytes(kept))

    async def everything(self) -> bytes:
        """The whole answer; `QueryTooBig` where it is too long to be held."""
        if self.whole:
            return self.first
        content = bytearray(self.first)
        async for piece in self.rest():
            content += piece
            if len(content) > frames.LIMIT:
                raise QueryTooBig
        return bytes(content)

    async def _next(self) -> bytes:
        assert self._run
        tag, payload = await self._run.frame()
        self.whole = tag == frames.END
        return b"" if self.whole else payload
