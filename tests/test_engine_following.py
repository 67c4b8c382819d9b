"""The engine when processes are killed and releases change; and its settings."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from api_server import CROSS_PRODUCT, descendants, small_release
from pooled import IN_GRAPHS, count, with_pool

from api.engine import Engine, Pool, Unavailable
from api.settings import SettingError, Settings, from_environment
from ocsea.versions import UnknownRelease


def test_a_worker_that_is_killed_from_outside_costs_one_query(
    ring: Path, ours: Callable[[], list[int]]
) -> None:
    async def use(pool: Pool) -> None:
        asking = asyncio.create_task(count(pool, CROSS_PRODUCT))
        await asyncio.sleep(0.2)
        _, worker, *_ = ours()
        os.kill(worker, signal.SIGKILL)
        with pytest.raises(Unavailable):
            await asking
        assert await count(pool) == 600

    with_pool(ring, use)


def test_a_zygote_that_is_killed_is_started_again(
    ring: Path, ours: Callable[[], list[int]]
) -> None:
    async def go() -> None:
        engine = Engine(Settings(var=ring, workers=1))
        await engine.start()
        try:
            first = ours()[0]
            os.kill(first, signal.SIGKILL)
            await asyncio.sleep(0.1)
            async with engine.pool() as pool:
                assert await count(pool) == 600
            assert ours()[0] != first
        finally:
            await engine.close()
        assert not ours()

    asyncio.run(go())


def test_a_switch_of_release_is_followed_and_the_old_one_finishes(tmp_path: Path) -> None:
    async def go() -> None:
        engine = Engine(Settings(var=tmp_path, workers=1))
        await engine.start()
        with pytest.raises(Unavailable):
            async with engine.pool():
                pass
        small_release(tmp_path)
        await until(lambda: engine.alive() is not None)
        async with engine.pool() as old:
            fresh = small_release(tmp_path, things=301)
            await until(lambda: (pool := engine.alive()) and pool.version == fresh.version)
            assert await count(old) == 600
            async with engine.pool() as new:
                assert await count(new) == 602
        await until(lambda: old.ended.is_set())
        await engine.close()

    asyncio.run(go())


def test_a_release_that_differs_by_little_is_made_from_the_one_that_is_there(
    tmp_path: Path, ours: Callable[[], list[int]]
) -> None:
    async def go() -> None:
        small_release(tmp_path, things=300)
        engine = Engine(Settings(var=tmp_path, workers=1))
        await engine.start()
        first = ours()[0]
        for things in (301, 302, 290):
            fresh = small_release(tmp_path, things=things)
            assert await engine.switched_to(fresh.version, 5.0)
            async with engine.pool() as pool:
                assert await count(pool) == 2 * things
                assert await count(pool, IN_GRAPHS) == 2 * things + 10
        assert descendants(first), "the first is still there, and the others came of it"
        await until(
            lambda: len(ours()) == 3
        )  # it, the one that it holds now, and that one's worker
        fresh = small_release(tmp_path, things=30)
        assert await engine.switched_to(fresh.version, 5.0)
        await until(lambda: first not in ours())  # so much was different that it was loaded
        async with engine.pool() as pool:
            assert await count(pool) == 60
        await engine.close()
        assert not ours()

    asyncio.run(go())


def test_an_earlier_release_answers_too(tmp_path: Path, ours: Callable[[], list[int]]) -> None:
    async def go() -> None:
        versions = [small_release(tmp_path, things=300 + i).version for i in range(4)]
        engine = Engine(Settings(var=tmp_path, workers=1))
        await engine.start()
        for version, things in zip(versions, range(300, 304), strict=True):
            async with engine.pool(version) as pool:
                assert (pool.version, await count(pool)) == (version, 2 * things)
        async with engine.pool(versions[1]) as pool, engine.pool(versions[2]) as other:
            assert await asyncio.gather(count(pool), count(other)) == [602, 604]
        with pytest.raises(UnknownRelease):
            async with engine.pool("0123456789abcdef"):
                pass
        await engine.close()
        assert not ours()

    asyncio.run(go())


def test_when_the_first_zygote_is_killed_the_release_is_loaded_again(
    tmp_path: Path, ours: Callable[[], list[int]]
) -> None:
    async def go() -> None:
        small_release(tmp_path, things=300)
        engine = Engine(Settings(var=tmp_path, workers=1))
        await engine.start()
        first = ours()[0]
        fresh = small_release(tmp_path, things=301)
        assert await engine.switched_to(fresh.version, 5.0)
        os.kill(first, signal.SIGKILL)
        await until(lambda: engine.alive() is None)
        async with engine.pool() as pool:
            assert await count(pool) == 602
        assert first not in ours()
        await engine.close()
        assert not ours()

    asyncio.run(go())


def test_a_release_that_cannot_be_read_leaves_the_last_one_serving(tmp_path: Path) -> None:
    async def go() -> None:
        good = small_release(tmp_path)
        engine = Engine(Settings(var=tmp_path, workers=1))
        await engine.start()
        broken = small_release(tmp_path, things=5)
        next(iter(broken.graphs().values())).write_text("no N-Triples", encoding="utf-8")
        await asyncio.sleep(1.5)
        async with engine.pool() as pool:
            assert pool.version == good.version
            assert await count(pool) == 600
        await engine.close()

    asyncio.run(go())


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.05)


def test_settings_come_from_the_environment() -> None:
    settings = from_environment(
        {"OCSEA_VAR": "/x", "OCSEA_QUERY_TIMEOUT": "2.5", "OCSEA_WORKERS": ""}
    )
    assert (settings.var, settings.query_timeout) == (Path("/x"), 2.5)
    assert settings.workers == Settings().workers


@pytest.mark.parametrize("value", ["0", "-1", "many", "inf", "nan"])
def test_a_setting_that_cannot_be_used_is_named(value: str) -> None:
    with pytest.raises(SettingError, match="OCSEA_QUERY_TIMEOUT"):
        from_environment({"OCSEA_QUERY_TIMEOUT": value})
