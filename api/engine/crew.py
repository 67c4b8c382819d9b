"""The workers of one release: who is idle, who is at work, who has been at it for long.

A query starts in the quick lane, of `settings.workers` places. Past `QUANTUM` it moves to the long
lane, where it runs at the lowest priority, and another worker takes its place; past the number of
long ones that fit in memory it is halted until one of those is done. So a cheap query waits for
quanta at most, however many dear ones there are. Clients take turns in whatever they wait for.
"""

import asyncio
import os
import socket

from api.engine.errors import Busy, Unavailable
from api.engine.remote import RemoteWorker
from api.engine.turns import Turns
from api.engine.zygotes import News, ZygoteProcess
from api.settings import Settings

QUANTUM = 0.05
"""Seconds after which a query is a long one."""
MOST_LONG = 16


class Crew:
    """Gives out workers and takes them back."""

    def __init__(self, zygote: ZygoteProcess, settings: Settings) -> None:
        self.ended = asyncio.Event()
        self.killed = 0
        self._zygote = zygote
        self._settings = settings
        self._alive: dict[int, RemoteWorker] = {}
        self._forking = 0
        self._idle: list[RemoteWorker] = []
        self._quick: dict[RemoteWorker, asyncio.TimerHandle] = {}
        self._long: set[RemoteWorker] = set()
        self._halted: Turns[RemoteWorker] = Turns()
        self._waiting: Turns[asyncio.Future[RemoteWorker]] = Turns()
        self._most_long = _most_long(settings.query_memory)
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Hear the zygote's news, and have as many workers as there are places."""
        self._zygote.listen(self._news, self.end)
        self._grow()

    def state(self) -> dict[str, int]:
        """How many workers are in which state, how many ask for one, and how many were killed."""
        return {
            "idle": len(self._idle),
            "quick": len(self._quick),
            "long": len(self._long),
            "halted": len(self._halted),
            "waiting": len(self._waiting),
            "killed": self.killed,
        }

    async def take(self, client: str) -> RemoteWorker:
        """A worker for a query of this client; `Busy` where too many wait already."""
        if self.ended.is_set():
            raise Unavailable("the query processes are being started again")
        worker = self._idle.pop() if self._idle else await self._wait(client)
        worker.client = client
        self._quick[worker] = self._loop.call_later(QUANTUM, self._lengthen, worker)
        return worker

    def give_back(self, worker: RemoteWorker) -> None:
        """Let a worker go on to the next query, or kill it where it cannot."""
        tired = self._leave_lane(worker)
        if worker.pid not in self._alive:
            return
        if tired or not worker.clean:
            self._kill(worker)
        else:
            self._welcome(worker)

    def end(self) -> None:
        """Let go of everything: the zygote has ended, and all workers with it."""
        self.ended.set()
        while self._waiting:
            _settle(self._waiting.next(), Unavailable("the query processes have ended"))
        for worker in list(self._alive.values()):
            worker.close()
        self._alive.clear()
        self._idle.clear()

    async def _wait(self, client: str) -> RemoteWorker:
        if len(self._waiting) >= self._settings.queue:
            self._make_room(client)
        place: asyncio.Future[RemoteWorker] = self._loop.create_future()
        self._waiting.add(client, place)
        patience = self._loop.call_later(self._settings.query_timeout, _settle, place, Busy())
        try:
            return await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and not place.exception():
                self._welcome(place.result())
            raise
        finally:
            patience.cancel()
            self._waiting.remove(client, place)

    def _make_room(self, client: str) -> None:
        """Turn away the last of a client that has more waiting than this one, or this one."""
        place = self._waiting.give_way(client)
        if place is None:
            raise Busy
        _settle(place, Busy())

    def _lengthen(self, worker: RemoteWorker) -> None:
        """Move a query from the quick lane to the long one."""
        del self._quick[worker]
        if len(self._long) < self._most_long:
            self._long.add(worker)
            self._zygote.slow(worker.pid)
        elif len(self._halted) < self._settings.queue:
            self._halted.add(worker.client, worker)
            self._zygote.halt(worker.pid)
        else:
            worker.fail(Busy())
        self._grow()

    def _leave_lane(self, worker: RemoteWorker) -> bool:
        """Take a worker off its lane; whether it was on the long one."""
        if quantum := self._quick.pop(worker, None):
            quantum.cancel()
            return False
        if worker in self._long:
            self._long.discard(worker)
            if self._halted:
                following = self._halted.next()
                self._long.add(following)
                self._zygote.resume(following.pid)
        else:
            self._halted.remove(worker.client, worker)
        return True

    def _welcome(self, worker: RemoteWorker) -> None:
        while self._waiting:
            place = self._waiting.next()
            if not place.done():
                place.set_result(worker)
                return
        self._idle.append(worker)

    def _kill(self, worker: RemoteWorker) -> None:
        self.killed += 1
        self._zygote.kill(worker.pid)
        self._forget(worker)

    def _forget(self, worker: RemoteWorker) -> None:
        del self._alive[worker.pid]
        worker.close()
        if worker in self._idle:
            self._idle.remove(worker)
        self._grow()

    def _grow(self) -> None:
        while len(self._idle) + len(self._quick) + self._forking < self._settings.workers:
            self._forking += 1
            self._zygote.fork()

    def _news(self, news: News, channel: socket.socket | None) -> None:
        if channel:
            task = asyncio.create_task(self._join(news["worker"], channel))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif worker := self._alive.get(news["gone"]):
            worker.status.set_result(news["status"])
            self._leave_lane(worker)
            self._forget(worker)

    async def _join(self, pid: int, channel: socket.socket) -> None:
        _, worker = await self._loop.create_connection(lambda: RemoteWorker(pid), sock=channel)
        self._alive[pid] = worker
        self._forking -= 1
        self._welcome(worker)


def _settle(place: asyncio.Future[RemoteWorker], error: Exception) -> None:
    if not place.done():
        place.set_exception(error)


def _most_long(megabytes: int) -> int:
    """How many long queries may be in memory together: what half of it holds."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return max(2, min(MOST_LONG, memory // 2 // megabytes))
