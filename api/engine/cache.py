"""Answers of one release that are kept, and those in the making that others wait for."""

import asyncio

from cachetools import LRUCache

from api.engine.answer import Answer
from api.engine.errors import QueryCrashed, QueryRefused, QueryTimedOut, QueryTooBig
from api.engine.job import Job

SHARED = (QueryRefused, QueryCrashed, QueryTimedOut, QueryTooBig)
"""What would befall whoever asks the same."""
OVERHEAD = 1024
"""Bytes that an entry takes beside its text, roughly."""

Entry = tuple[str, bytes]


class Cache:
    """Whole answers by job, those asked for longest ago dropped first; bounded in bytes."""

    def __init__(self, size: int) -> None:
        self.entry_limit = size // 8
        self.hits = self.misses = 0
        self._kept: LRUCache[Job, tuple[int, Entry]] = LRUCache(
            size, getsizeof=lambda kept: kept[0]
        )
        self._making: dict[Job, asyncio.Future[None] | None] = {}

    @property
    def size(self) -> int:
        """Bytes held."""
        return int(self._kept.currsize)

    def __contains__(self, job: Job) -> bool:
        return job in self._kept

    def get(self, job: Job) -> Answer | None:
        """The answer, if it is kept."""
        found = self._kept.get(job)
        if found is None:
            return None
        self.hits += 1
        return Answer(*found[1])

    def put(self, job: Job, kind: str, body: bytes) -> None:
        """Keep an answer, if it is not too large a part of what can be kept."""
        size = len(body) + 4 * len(job.query) + OVERHEAD
        if size <= self.entry_limit:
            self._kept[job] = size, (kind, body)

    def is_made(self, job: Job) -> bool:
        """Whether somebody is making the answer just now."""
        return job in self._making

    async def awaited(self, job: Job) -> Answer | None:
        """Wait while others make the answer; None where none of them has come to one.

        What fails for one fails for all who wait, unless it is no fault of the query.
        """
        while job in self._making:
            other = self._making[job] or asyncio.get_running_loop().create_future()
            self._making[job] = other
            await asyncio.wait([other])
            if not other.cancelled() and (error := other.exception()):
                raise error
            if kept := self.get(job):
                return kept
        return None

    def begin(self, job: Job) -> None:
        """Say that from now on an answer is being made."""
        self.misses += 1
        self._making[job] = None

    def end(self, job: Job, error: BaseException | None = None) -> None:
        """Say that it has begun to come, or what became of it."""
        made = self._making.pop(job, None)
        if made is None:
            return
        if isinstance(error, SHARED):
            made.set_exception(error)
            made.exception()  # somebody has seen it: the one who asked first
        else:
            made.cancel()
