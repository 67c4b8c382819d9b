"""The workers of one release: who is idle, who is at work, who has been at it for long.

A run starts in the quick lane, of `settings.workers` workers. A worker is given several runs at
once, so that it need not sleep and be woken between them. A run that takes longer keeps its
worker and moves to the long lane, where it runs at the lowest priority; another worker takes the
place, and the runs that were behind. Past the number of long ones that fit in
memory it is halted until one of those is done. So a cheap query waits for quanta at most, however
many dear ones there are. Clients take turns in whatever they wait for.
"""

import asyncio
import os
import socket
from pathlib import Path

from api.engine.errors import Busy, Unavailable
from api.engine.remote import RemoteWorker, cause_of_death
from api.engine.run import Run
from api.engine.turns import Turns
from api.engine.zygotes import News, ZygoteProcess
from api.settings import Settings

QUANTUM = 0.02
"""Seconds of a run before it is looked at, and of computing from then on after which it is long
while others wait for a worker.
"""
LONG = 0.1
"""Seconds of computing after which it is long even if nobody waits; and of anything, if others do.
"""
DEPTH, DEEP = 2, 4
"""How many runs a worker is given at once, and how many where they are quick."""
BRISK = 0.002
"""Seconds of the average run below which runs are quick."""
SHORT = 0.0005
"""Seconds of the average run below which it costs more to wake a worker than to wait for one."""
STUCK = 0.005
"""Seconds after which a worker is not given more, if another can be."""
MOST_LONG = 16
NEWS_OF_DEATH = 1.0
"""Seconds that a worker's exit status may take to be known."""


class Crew:
    """Gives runs to workers."""

    def __init__(self, zygote: ZygoteProcess, settings: Settings) -> None:
        self.ended = asyncio.Event()
        self._killed = self._forked = 0
        self._zygote = zygote
        self._settings = settings
        self._alive: dict[int, RemoteWorker] = {}
        self._forking = 0
        self._pace = BRISK
        self._quick: list[RemoteWorker] = []
        self._long: set[RemoteWorker] = set()
        self._halted: Turns[RemoteWorker] = Turns()
        self._waiting: Turns[Run] = Turns()
        self._most_long = _most_long(settings.query_memory)
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Hear the zygote's news, and have as many workers as there are places."""
        self._zygote.listen(self._news, self.end)
        self._grow()

    def state(self) -> dict[str, int]:
        """How many workers are in which state, how many runs wait, and what became of workers."""
        idle = sum(not worker.runs for worker in self._quick)
        running = len(self._quick) - idle + len(self._long)
        counts = {"workers": len(self._alive), "idle": idle, "running": running}
        counts |= {"long": len(self._long), "halted": len(self._halted)}
        counts |= {"waiting": len(self._waiting)}
        return counts | {"killed": self._killed, "forked": self._forked}

    def submit(self, run: Run) -> None:
        """Have a job run as soon as may be; `Busy` where too many wait already."""
        if self.ended.is_set():
            raise Unavailable("the query processes are being started again")
        if worker := self._free():
            self._assign(worker, run)
        elif len(self._waiting) < self._settings.queue:
            self._waiting.add(run.client, run)
        elif last := self._waiting.give_way(run.client):
            last.fail(Busy())
            self._waiting.add(run.client, run)
        else:
            raise Busy

    def drop(self, run: Run) -> None:
        """Want nothing more of a run: its worker is stopped if it is at it."""
        run.leave()
        if run.finished or self._waiting.remove(run.client, run):
            return
        for worker in self._alive.values():
            if worker.runs and worker.runs[0] is run:
                self._retire(worker, begun=1)
                return

    def end(self) -> None:
        """Let go of everything: the zygote has ended, and all workers with it."""
        self.ended.set()
        lost = [run for worker in self._alive.values() for run in worker.runs]
        while self._waiting:
            lost.append(self._waiting.next())
        for run in lost:
            run.fail(Unavailable("the query processes have ended"))
        for worker in list(self._alive.values()):
            worker.close()
        self._alive.clear()
        self._quick.clear()

    def _free(self) -> RemoteWorker | None:
        """The worker for the next run: one that is awake if runs are short, else the least busy."""
        depth = self._depth
        free = [worker for worker in self._quick if len(worker.runs) < depth]
        if len(free) < 2:
            return free[0] if free else None
        since = self._loop.time() - STUCK
        quick = [worker for worker in free if not worker.runs or worker.since > since]
        choose = max if self._pace < SHORT else min
        return choose(quick or free, key=_load)

    @property
    def _depth(self) -> int:
        return DEEP if self._pace < BRISK else DEPTH

    def _assign(self, worker: RemoteWorker, run: Run) -> None:
        worker.send(run, self._settings.query_output * 2**20)
        if len(worker.runs) == 1:
            self._begin(worker)

    def _begin(self, worker: RemoteWorker) -> None:
        """Let a worker's next run have its quantum."""
        worker.begin()
        worker.since, worker.used = self._loop.time(), None
        if worker.quantum is None:
            self._look_after(QUANTUM, worker)

    def _look_after(self, seconds: float, worker: RemoteWorker) -> None:
        worker.quantum = self._loop.call_later(seconds, self._look, worker)

    def _look(self, worker: RemoteWorker) -> None:
        """See whether a run is a long one; it may also have had no processor to run on."""
        worker.quantum = None
        passed = self._loop.time() - worker.since
        if worker.runs and passed < QUANTUM:
            self._look_after(QUANTUM - passed, worker)
        elif worker.runs:
            before, now = worker.used, cpu_seconds(worker.pid)
            worker.used = now if before is None else before
            waited = self._waiting or len(worker.runs) > 1
            if now - worker.used >= (QUANTUM if waited else LONG) or (waited and passed >= LONG):
                self._lengthen(worker)
            else:
                self._look_after(QUANTUM, worker)

    def _done(self, worker: RemoteWorker) -> None:
        """See what a worker does next, now that a run of it has ended."""
        if worker.pid not in self._alive:
            return
        if worker not in self._quick or not worker.clean:
            self._retire(worker, begun=0)
            return
        self._pace += (self._loop.time() - worker.since - self._pace) / 16
        if worker.runs:
            self._begin(worker)
        if self._waiting:
            self._assign(worker, self._waiting.next())

    def _lengthen(self, worker: RemoteWorker) -> None:
        """Move a worker from the quick lane to the long one, and what is behind to others."""
        if worker.runs[0].dropped:
            self._retire(worker, begun=1)
            return
        self._quick.remove(worker)
        worker.client = worker.runs[0].client
        if len(self._long) < self._most_long:
            self._long.add(worker)
            self._zygote.slow(worker.pid)
        elif len(self._halted) < self._settings.queue:
            self._halted.add(worker.client, worker)
            self._zygote.halt(worker.pid)
        else:
            worker.runs[0].fail(Busy())
        self._spread(worker, begun=1)
        self._grow()

    def _spread(self, worker: RemoteWorker, begun: int) -> None:
        """Give the runs that a worker has not begun to others: it will not get to them."""
        behind = [run for run in list(worker.runs)[begun:] if not run.dropped]
        while len(worker.runs) > begun:
            worker.runs.pop()
        for run in behind:
            if free := self._free():
                self._assign(free, run)
            else:
                self._waiting.add(run.client, run)

    def _retire(self, worker: RemoteWorker, begun: int) -> None:
        """Kill a worker; the runs that it has not begun go to others."""
        self._killed += 1
        self._zygote.kill(worker.pid)
        self._forget(worker, begun)

    def _forget(self, worker: RemoteWorker, begun: int) -> None:
        if worker.quantum:
            worker.quantum.cancel()
        del self._alive[worker.pid]
        if worker in self._quick:
            self._quick.remove(worker)
        elif worker in self._long:
            self._long.discard(worker)
            self._resume()
        else:
            self._halted.remove(worker.client, worker)
        self._spread(worker, begun)
        worker.close()
        self._grow()

    def _resume(self) -> None:
        if self._halted:
            worker = self._halted.next()
            self._long.add(worker)
            self._zygote.resume(worker.pid)

    def _grow(self) -> None:
        while len(self._quick) + self._forking < self._settings.workers:
            self._forking += 1
            self._zygote.fork()

    def _news(self, news: News, channel: socket.socket | None) -> None:
        if channel:
            task = asyncio.create_task(self._join(news["worker"], channel))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif worker := self._alive.get(news["gone"]):
            self._bury(worker, news["status"])

    def _bury(self, worker: RemoteWorker, status: int | None) -> None:
        """Tell the run that a worker died of."""
        if worker.runs:
            worker.runs[0].fail(cause_of_death(status))
        self._forget(worker, begun=1)

    def _gone(self, worker: RemoteWorker) -> None:
        """A worker has hung up; why, its exit status will say."""
        if worker.pid not in self._alive:
            return
        if worker in self._quick:
            self._quick.remove(worker)
            self._grow()
        self._loop.call_later(NEWS_OF_DEATH, self._miss, worker)

    def _miss(self, worker: RemoteWorker) -> None:
        if worker.pid in self._alive:
            self._bury(worker, None)

    async def _join(self, pid: int, channel: socket.socket) -> None:
        def worker() -> RemoteWorker:
            return RemoteWorker(pid, self._done, self._gone)

        try:
            _, joined = await self._loop.create_connection(worker, sock=channel)
        except BaseException:  # the server is being stopped meanwhile
            channel.close()
            raise
        if self.ended.is_set():
            joined.close()
            return
        self._alive[pid] = joined
        self._forking -= 1
        self._forked += 1
        self._quick.append(joined)
        while self._waiting and len(joined.runs) < self._depth:
            self._assign(joined, self._waiting.next())


def cpu_seconds(pid: int) -> float:
    """The processor time that a process has had so far."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return 0.0
    user, system = stat.rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _load(worker: RemoteWorker) -> int:
    return len(worker.runs)


def _most_long(megabytes: int) -> int:
    """How many long queries may be in memory together: what half of it holds."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return max(2, min(MOST_LONG, memory // 2 // megabytes))
