"""A query that was put to the engine before anybody knew how its answer would be sent."""

from typing import Any

from starlette.datastructures import State

from api.engine import Answer, Job, Pool
from api.engine.pool import Asking


class Begun:
    """Stands for the query where its answer is waited for, and ends with that."""

    def __init__(self, pool: Pool, asking: Asking) -> None:
        self.pool = pool.__enter__()
        self.answer: Answer | None = None
        self._asking = asking
        self._error: Exception | None = None

    async def begin(self) -> None:
        """Wait for the answer; what goes wrong is for `__aenter__` to say."""
        try:
            self.answer = await self._asking.__aenter__()
        except Exception as error:
            self._error = error
        except BaseException:
            self.pool.__exit__()
            raise

    async def __aenter__(self) -> Answer:
        if self._error:
            raise self._error
        assert self.answer
        return self.answer

    async def __aexit__(self, *about: Any) -> None:
        try:
            if not self._error:
                await self._asking.__aexit__(*about)
        finally:
            self.pool.__exit__()


async def begin(state: State, job: Job, client: str) -> Begun | None:
    """Put a query to the engine; None where it takes more thought than that."""
    pool: Pool | None = state.engine.alive()
    if pool is None or (state.settings.services and "service" in job.query.lower()):
        return None
    if not pool.holds(job) and not state.throttle.admits(client):
        return None
    begun = Begun(pool, pool.answer(job, client))
    await begun.begin()
    return begun
