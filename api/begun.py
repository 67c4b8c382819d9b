"""A query that was put to the engine before anybody knew how its answer would be sent."""

from collections.abc import Callable
from typing import Any

from starlette.datastructures import State

from api.engine import Answer, EngineError, Job, Pool


class Begun:
    """A run, and its pool that stays open meanwhile; for `async with` as what a pool answers.

    `come` is called when `whole`, `async with` or else `leave` is next.
    """

    def __init__(self, pool: Pool, job: Job, client: str, come: Callable[[], None]) -> None:
        self.job = job
        self._run = pool.begin(job, client, come)
        self._asking = pool.answer(job, client, self._run)
        self.pool = pool.__enter__()

    def whole(self) -> Answer | None:
        """The answer, if it is there in one piece; the run is over then."""
        if answer := self.pool.whole(self._run):
            self.pool.__exit__()
        return answer

    def leave(self) -> None:
        """Want no answer."""
        self.pool.leave(self._run)
        self.pool.__exit__()

    async def __aenter__(self) -> Answer:
        try:
            return await self._asking.__aenter__()
        except BaseException:
            self.pool.__exit__()
            raise

    async def __aexit__(self, *about: Any) -> None:
        try:
            await self._asking.__aexit__(*about)
        finally:
            self.pool.__exit__()


def begin(state: State, job: Job, client: str, come: Callable[[], None]) -> Begun | Answer | None:
    """Put a query to the engine; None where it takes more thought than that."""
    pool: Pool | None = state.engine.alive()
    if pool is None or (state.settings.services and "service" in job.query.lower()):
        return None
    if kept := pool.cache.get(job):
        return kept
    wanted = job.steady or job.task
    if not wanted or pool.cache.is_made(job) or not state.throttle.admits(client):
        return None
    try:
        return Begun(pool, job, client, come)
    except EngineError:
        return None
