"""Which release is being answered from: the current one, followed as it switches."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable

from api.engine.earlier import Earlier, started
from api.engine.errors import EngineError, Unavailable
from api.engine.pool import Charge, Pool
from api.settings import Settings
from ocsea.release import NoRelease, Release, current

LOG = logging.getLogger("ocsea")
LOOK_EVERY = 0.5
RETRY_EVERY = 5.0
PATIENCE = 5.0


class Engine:
    """Holds the pool of the current release; replaces it when the release or its zygote changes."""

    def __init__(
        self,
        settings: Settings,
        charge: Charge = lambda client, seconds: None,
        switched: Callable[[str], None] = lambda version: None,
    ) -> None:
        self._settings, self._charge, self._switched = settings, charge, switched
        self._counts = {"restarts": 0, "switches": 0}
        self._pool: Pool | None = None
        self._earlier = Earlier(settings, charge)
        self._looking = asyncio.Lock()
        self._follower: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Load the current release, if there is one, and begin to follow."""
        await self._look()
        self._follower = asyncio.create_task(self._follow())

    async def close(self) -> None:
        """Stop following and end every process."""
        if self._follower:
            self._follower.cancel()
            await asyncio.wait([self._follower])
        self._earlier.close()
        if self._pool:
            self._pool.close()

    @contextlib.asynccontextmanager
    async def pool(self, version: str | None = None) -> AsyncIterator[Pool]:
        """A release's pool, kept open while in here: the current one's unless a version is given.

        Raises `Unavailable` if there is no current release, and as `release_of` for any other.
        """
        pool = self.alive() or await self._soon()
        if version not in (None, pool.version):
            pool = await self._earlier.pool(version, pool)
        with pool:
            yield pool

    def state(self) -> dict[str, int]:
        """What the workers are doing and the cache holds, and how often they were replaced."""
        pool = self.alive()
        return (pool.state() if pool else {}) | self._counts

    async def switched_to(self, version: str, seconds: float) -> bool:
        """Wait until this release is answered from; False where it was not in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not ((pool := self.alive()) and pool.version == version):
                    await self._look()
                    await asyncio.sleep(0.01)
                return True
        return False

    def alive(self) -> Pool | None:
        """The current pool, unless its processes have just ended."""
        return None if self._pool is None or self._pool.ended.is_set() else self._pool

    async def _soon(self) -> Pool:
        """Wait while a pool is being started; `Unavailable` where there is nothing to start."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE if self._release() else 0):
                while not (pool := self.alive()):
                    await asyncio.sleep(LOOK_EVERY / 10)
                return pool
        raise Unavailable("no release is loaded: `ocsea build` makes one")

    def _release(self) -> Release | None:
        try:
            return current(self._settings.var)
        except NoRelease:
            return None

    async def _follow(self) -> None:
        while True:
            pause = LOOK_EVERY if await self._look() else RETRY_EVERY
            pool = self.alive()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(pool.ended.wait() if pool else asyncio.sleep(pause), pause)

    async def _look(self) -> bool:
        """Bring the pool up to date; False where a release cannot be loaded."""
        async with self._looking:
            release, pool = self._release(), self.alive()
            if release is None or (pool and pool.release.path == release.path):
                return True
            return await self._load(release)

    async def _load(self, release: Release) -> bool:
        try:
            near = self.alive()
            self._replace(await started(release, self._settings, self._charge, near))
        except (EngineError, OSError):
            LOG.exception("a release cannot be loaded", extra={"release": release.path.name})
            return False
        return True

    def _replace(self, fresh: Pool) -> None:
        old, self._pool = self._pool, fresh
        self._switched(fresh.version)
        same = old is not None and old.version == fresh.version
        self._counts["restarts" if same else "switches"] += 1
        LOG.info("a release is answered from", extra={"release": fresh.version})
        self._earlier.retire()
        if old:
            old.retire()
