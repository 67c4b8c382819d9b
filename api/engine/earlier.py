"""Releases before the current one, answered from while somebody asks for them."""

import asyncio
from dataclasses import replace

from api.engine.errors import EngineError
from api.engine.pool import Charge, Pool
from api.engine.zygotes import fits
from api.settings import Settings
from ocsea.release import Release
from ocsea.versions import release_of

MOST = 2
"""How many are held at a time."""


async def started(release: Release, settings: Settings, charge: Charge, near: Pool | None) -> Pool:
    """A pool over a release, made from the one `near` where it differs by little, else loaded."""
    if near and fits(release, settings):
        try:
            return await _ready(near.following(release, settings))
        except EngineError:
            pass  # it differs by too much, or the one near has just ended
    return await _ready(Pool.loading(release, settings, charge))


async def _ready(pool: Pool) -> Pool:
    await pool.start()
    return pool


class Earlier:
    """The pools of the earlier releases that were asked for last, with a worker each."""

    def __init__(self, settings: Settings, charge: Charge) -> None:
        self._settings, self._charge = replace(settings, workers=1), charge
        self._pools: dict[str, Pool] = {}
        self._starting = asyncio.Lock()

    async def pool(self, version: str, near: Pool) -> Pool:
        """The pool of a release; raises as `release_of` where that is not there."""
        async with self._starting:
            pool = self._pools.pop(version, None)
            if pool is None or pool.ended.is_set():
                release = release_of(self._settings.var, version)
                pool = await started(release, self._settings, self._charge, near)
            self._pools[version] = pool
            while len(self._pools) > MOST:
                self._pools.pop(next(iter(self._pools))).retire()
        return pool

    def retire(self) -> None:
        """Let go of all of them as soon as nobody is using them."""
        while self._pools:
            self._pools.popitem()[1].retire()

    def close(self) -> None:
        """End all their processes now."""
        while self._pools:
            self._pools.popitem()[1].close()
