"""Answers from one release: kept ones at once, new ones from its workers."""

import asyncio
import json
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from cachetools import LRUCache

from api.engine.answer import Answer
from api.engine.cache import OVERHEAD, Cache
from api.engine.crew import Crew
from api.engine.errors import QueryTimedOut
from api.engine.job import Job, document
from api.engine.run import Run
from api.engine.zygotes import ZygoteProcess
from api.settings import Settings
from ocsea.release import Release

Row = Mapping[str, dict[str, str]]
"""One solution: each bound variable's term, as SPARQL's JSON results write it."""
Made = tuple[bytes, dict[str, str]]
"""A document made from a release, and the headers of its own."""
Charge = Callable[[str, float], None]
"""Is told of each client's query seconds."""
PATIENCE = 10
"""How many times the time limit of a query a client may take to read the answer."""


def _weight(made: Made) -> int:
    return len(made[0]) + OVERHEAD


class Pool:
    """Answers queries over one release."""

    def __init__(
        self, release: Release, settings: Settings, charge: Charge, zygote: ZygoteProcess
    ) -> None:
        self.release = release
        self.version = release.version
        self.manifest: dict[str, Any] = release.manifest
        self.cache = Cache(settings.cache * 2**20)
        self.documents: LRUCache[Hashable, Made] = LRUCache(settings.cache * 2**20, _weight)
        self.settings, self._charge = settings, charge
        self._zygote = zygote
        self._crew = Crew(zygote, settings)
        self._users = 0
        self._retired = False

    @classmethod
    def loading(cls, release: Release, settings: Settings, charge: Charge) -> "Pool":
        """A pool that loads its release."""
        return cls(release, settings, charge, ZygoteProcess.loading(release, settings))

    def following(self, release: Release, settings: Settings) -> "Pool":
        """A pool over a release that differs by little; this one goes on meanwhile."""
        return Pool(release, settings, self._charge, self._zygote.following(release))

    @property
    def ended(self) -> asyncio.Event:
        """Set when its processes have ended."""
        return self._crew.ended

    async def start(self) -> None:
        """Load the release; `Unavailable` where that fails."""
        try:
            await self._zygote.ready()
        except BaseException:
            self._zygote.close()
            raise
        self._crew.start()

    def state(self) -> dict[str, int]:
        """What its workers are doing, and what its cache holds and was good for."""
        kept = {"cache_bytes": self.cache.size, "cache_hits": self.cache.hits}
        return self._crew.state() | kept | {"cache_misses": self.cache.misses}

    def answer(self, job: Job, client: str = "", run: Run | None = None) -> "Asking":
        """A query's answer, for `async with`; see there. `run` where it was begun before."""
        return Asking(self, job, client, run)

    def holds(self, job: Job) -> bool:
        """Whether the answer is kept, so that it costs nothing."""
        return job in self.cache

    async def ask(self, job: Job, client: str) -> tuple[Answer, Run | None]:
        """The answer as it begins, and the run that goes on with it."""
        if kept := self.cache.get(job):
            return kept, None
        if job.steady and self.cache.is_made(job) and (made := await self.cache.awaited(job)):
            return made, None
        return await self.go_on(self.begin(job, client))

    def begin(self, job: Job, client: str, come: Callable[[], None] | None = None) -> Run:
        """Have a job run; `come` is called when `whole`, `go_on` or else `leave` is next."""
        run = Run(job, client, self.settings.query_timeout, come)
        self._crew.submit(run)
        if job.steady:
            self.cache.begin(job)
        return run

    def whole(self, run: Run) -> Answer | None:
        """The answer of a run, if all of it has come in one piece."""
        payload = run.whole()
        return None if payload is None else self._begun(run, Answer.of(payload))

    async def go_on(self, run: Run) -> tuple[Answer, Run | None]:
        """The answer of a run as it begins, and the run if that goes on with it."""
        try:
            answer = self._begun(run, await Answer.begin(run))
        except BaseException as error:
            self.leave(run, error)
            raise
        return answer, None if answer.whole else run

    def _begun(self, run: Run, answer: Answer) -> Answer:
        job, put = run.job, self.cache.put
        if answer.whole:
            self.be_done(run)
        if job.steady and answer.whole:
            put(job, answer.kind, answer.first)
        elif job.steady:
            answer.keep(lambda body: put(job, answer.kind, body), self.cache.entry_limit)
        self.cache.end(job)
        return answer

    def leave(self, run: Run, error: BaseException | None = None) -> None:
        """Want no answer of a run, or have none because of an error."""
        self.be_done(run)
        self.cache.end(run.job, error)

    def be_done(self, run: Run) -> None:
        """Want nothing more of a run."""
        self._crew.drop(run)
        self._charge(run.client, run.seconds)

    async def rows(self, query: str) -> list[Row]:
        """The solutions of one of our own queries, as SPARQL's JSON writes them."""
        async with self.answer(Job(query)) as answer:
            rows: list[Row] = json.loads(await answer.everything())["results"]["bindings"]
        return rows

    async def graph(self, query: str) -> bytes:
        """The triples of one of our own queries, as N-Triples."""
        async with self.answer(Job(query)) as answer:
            return await answer.everything()

    async def document(self, iri: str, page: int, name: str) -> tuple[bytes, int]:
        """What is said of a thing, in the format of this name, and the last page; 0 for nothing."""
        async with self.answer(document(iri, page, name)) as answer:
            return await answer.everything(), int(answer.kind.partition("/")[2])

    def __enter__(self) -> "Pool":
        """While in here, the pool outlives a switch to another release."""
        self._users += 1
        return self

    def __exit__(self, *_: object) -> None:
        self._users -= 1
        self._close_if_unused()

    def retire(self) -> None:
        """Close as soon as nobody is using it."""
        self._retired = True
        self._close_if_unused()

    def close(self) -> None:
        """End its processes now."""
        self._zygote.close()
        self._crew.end()

    def _close_if_unused(self) -> None:
        if self._retired and not self._users:
            self.close()


class Asking:
    """A query on its way: gives its answer, and leaves with its worker free again.

    The time limit spans what the server waits for the worker, and a multiple of it the reading of
    a long answer; past them, `QueryTimedOut`.
    """

    def __init__(self, pool: Pool, job: Job, client: str, run: Run | None) -> None:
        self._pool, self._job, self._client = pool, job, client
        self._run = run
        self._patience: asyncio.Timeout | None = None

    async def __aenter__(self) -> Answer:
        pool, run = self._pool, self._run
        asking = pool.go_on(run) if run else pool.ask(self._job, self._client)
        answer, self._run = await asking
        if self._run:
            self._patience = asyncio.timeout(PATIENCE * self._pool.settings.query_timeout)
            await self._patience.__aenter__()
        return answer

    async def __aexit__(self, *about: Any) -> None:
        if self._run and self._patience:
            self._pool.be_done(self._run)
            try:
                await self._patience.__aexit__(*about)
            except TimeoutError:
                raise QueryTimedOut from None
