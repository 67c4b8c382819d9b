"""The workers of one release: who is idle, who is waiting, and who must go."""

import asyncio
import contextlib
import json
import socket
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping

from api.engine.errors import Busy, QueryTimedOut, Unavailable
from api.engine.remote import Answer, Job, RemoteWorker
from api.engine.zygotes import News, ZygoteProcess
from api.settings import Settings
from ocsea.release import Release

Row = Mapping[str, dict[str, str]]
"""One solution: each bound variable's term, as SPARQL's JSON results write it."""


class Pool:
    """Answers queries over one release with at most `settings.workers` queries at a time."""

    def __init__(self, release: Release, settings: Settings) -> None:
        self.release = release
        self.version = release.version
        self.ended = asyncio.Event()
        self._settings = settings
        self._zygote = ZygoteProcess(release.path, settings.query_memory)
        self._idle: list[RemoteWorker] = []
        self._alive: dict[int, RemoteWorker] = {}
        self._forking = 0
        self._waiting: deque[asyncio.Future[RemoteWorker]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._users = 0
        self._retired = False

    async def start(self) -> None:
        """Load the release; `Unavailable` where that fails."""
        try:
            await self._zygote.ready()
        except BaseException:
            self._zygote.close()
            raise
        self._zygote.listen(self._news, self._end)
        self._grow()

    @contextlib.asynccontextmanager
    async def answer(self, job: Job) -> AsyncIterator[Answer]:
        """Run a query, and leave with its worker free again: stopped, unless the answer was whole.

        The time limit spans all of it, reading the answer included; past it, `QueryTimedOut`.
        """
        worker = await self._take()
        answer = Answer(worker)
        try:
            async with asyncio.timeout(self._settings.query_timeout):
                worker.send(job, self._settings.query_timeout)
                await answer.begin()
                yield answer
        except TimeoutError:
            raise QueryTimedOut from None
        finally:
            self._give_back(worker)

    async def rows(self, query: str) -> list[Row]:
        """The solutions of one of our own queries, as SPARQL's JSON writes them."""
        async with self.answer(Job(query)) as answer:
            rows: list[Row] = json.loads(await answer.everything())["results"]["bindings"]
        return rows

    async def graph(self, query: str) -> bytes:
        """The triples of one of our own queries, as N-Triples."""
        async with self.answer(Job(query)) as answer:
            return await answer.everything()

    @contextlib.contextmanager
    def kept(self) -> Iterator["Pool"]:
        """While in here, the pool outlives a switch to another release."""
        self._users += 1
        try:
            yield self
        finally:
            self._users -= 1
            self._close_if_unused()

    def retire(self) -> None:
        """Close as soon as nobody is using it."""
        self._retired = True
        self._close_if_unused()

    def close(self) -> None:
        """End its processes now."""
        self._zygote.close()
        self._end()

    def _close_if_unused(self) -> None:
        if self._retired and not self._users:
            self.close()

    async def _take(self) -> RemoteWorker:
        if self.ended.is_set():
            raise Unavailable("the query processes are being started again")
        if self._idle:
            return self._idle.pop()
        if self._queued() >= self._settings.queue:
            raise Busy
        self._grow()
        return await self._queue()

    def _queued(self) -> int:
        return sum(not place.done() for place in self._waiting)

    async def _queue(self) -> RemoteWorker:
        place: asyncio.Future[RemoteWorker] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await asyncio.wait([place], timeout=self._settings.query_timeout)
            if place.done():
                return place.result()
            raise Busy
        except asyncio.CancelledError:
            if place.done() and not place.exception():
                self._give_back(place.result())
            raise
        finally:
            place.cancel()

    def _give_back(self, worker: RemoteWorker) -> None:
        if worker.pid not in self._alive:
            return
        if not worker.clean:
            self._zygote.kill(worker.pid)
            self._forget(worker)
            return
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(worker)
                return
        self._idle.append(worker)

    def _forget(self, worker: RemoteWorker) -> None:
        del self._alive[worker.pid]
        worker.close()
        if worker in self._idle:
            self._idle.remove(worker)
        if self._queued():
            self._grow()

    def _grow(self) -> None:
        if len(self._alive) + self._forking < self._settings.workers:
            self._forking += 1
            self._zygote.fork()

    def _news(self, news: News, channel: socket.socket | None) -> None:
        if channel:
            task = asyncio.create_task(self._welcome(news["worker"], channel))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif worker := self._alive.get(news["gone"]):
            worker.status.set_result(news["status"])
            self._forget(worker)

    async def _welcome(self, pid: int, channel: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=channel)
        worker = RemoteWorker(pid, reader, writer)
        self._alive[pid] = worker
        self._forking -= 1
        self._give_back(worker)

    def _end(self) -> None:
        self.ended.set()
        for place in self._waiting:
            if not place.done():
                place.set_exception(Unavailable("the query processes have ended"))
        for worker in list(self._alive.values()):
            worker.close()
        self._alive.clear()
        self._idle.clear()
