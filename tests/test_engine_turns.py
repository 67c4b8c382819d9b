"""Who waits for whom: the queue, turns of clients, dear queries, and answers that are shared."""

import asyncio
import time
from pathlib import Path

import pytest
from api_server import CROSS_PRODUCT, small_release
from pooled import COUNT, count, endless, with_pool

from api.engine import Busy, Job, Pool, QueryTimedOut
from api.engine.crew import DEEP, DEPTH
from api.engine.run import AHEAD
from api.engine.turns import Turns
from ocsea.namespaces import ID


def test_a_long_answer_does_not_hold_up_the_next(tmp_path: Path) -> None:
    small_release(tmp_path, things=2, note="y" * 200_000)

    async def ask(pool: Pool) -> None:
        for number in range(20):
            content, _ = await pool.document(f"{ID}thing/0", 1, "jsonld")
            assert len(content) > AHEAD
            await asyncio.wait_for(count(pool, f"{COUNT} # after {number}"), 5)

    with_pool(tmp_path, ask)


def test_a_full_queue_turns_away(ring: Path) -> None:
    async def use(pool: Pool) -> None:
        assert await count(pool) == 600
        at_work = pool._crew._depth  # more where the first query was quick
        asking = [asyncio.create_task(count(pool, endless(n))) for n in range(at_work + 2)]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await count(pool, f"{COUNT} # another")
        for task in asking:
            task.cancel()
        await asyncio.wait(asking)
        assert await count(pool, f"{COUNT} # yet another") == 600

    with_pool(ring, use, queue=2)


def test_who_asks_for_more_gives_way(ring: Path) -> None:
    async def use(pool: Pool) -> None:
        async def ask(number: int, client: str) -> None:
            async with pool.answer(Job(f"{COUNT} # {number}"), client) as answer:
                await answer.everything()

        assert await count(pool) == 600
        greedy = [asyncio.create_task(ask(n, "greedy")) for n in range(12)]
        await asyncio.sleep(0)
        modest = asyncio.create_task(ask(9, "modest"))
        results = await asyncio.gather(*greedy, modest, return_exceptions=True)
        turned_away = [number for number, result in enumerate(results) if isinstance(result, Busy)]
        taken = 12 - len(turned_away)
        assert turned_away == [*range(taken, 12)]
        assert taken - 2 in (DEPTH, DEEP)  # of the three places in the queue one went to the other

    with_pool(ring, use, queue=3)


def test_clients_take_turns() -> None:
    turns: Turns[str] = Turns()
    for item in ("a1", "a2", "a3", "b1", "c1", "c2"):
        turns.add(item[0], item)
    assert turns.remove("c", "c1")
    assert not turns.remove("c", "c1")
    assert [turns.next() for _ in range(len(turns))] == ["a1", "b1", "c2", "a2", "a3"]


def test_a_cheap_query_does_not_wait_for_dear_ones(ring: Path) -> None:
    async def use(pool: Pool) -> None:
        asking = [asyncio.create_task(count(pool, endless(n))) for n in range(40)]
        await asyncio.sleep(0.05)
        started = time.monotonic()
        assert await count(pool) == 600
        assert time.monotonic() - started < 4.0  # forty quanta, and some for a busy machine
        await asyncio.sleep(1)
        started = time.monotonic()
        assert await count(pool, f"{COUNT} # again") == 600
        assert time.monotonic() - started < 1.5
        state = pool.state()
        assert state["long"] + state["halted"] >= 30
        assert state["halted"] >= 10
        results = await asyncio.gather(*asking, return_exceptions=True)
        assert {type(result) for result in results} == {QueryTimedOut}

    with_pool(ring, use, query_timeout=6.0)


def test_a_halted_query_goes_on_when_there_is_room(ring: Path) -> None:
    rows = 3_000_000

    async def use(pool: Pool) -> None:
        in_the_way = [asyncio.create_task(count(pool, endless(n))) for n in range(20)]
        await asyncio.sleep(2)
        triples = "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
        long = f"SELECT (COUNT(*) AS ?n) {{ SELECT * {triples} LIMIT {rows} }}"
        asking = asyncio.create_task(count(pool, long))
        await asyncio.sleep(0.5)
        assert not asking.done()
        for task in in_the_way:
            task.cancel()
        assert await asking == rows

    with_pool(ring, use, query_timeout=30.0)


def test_one_answer_serves_all_who_ask_for_it(ring: Path) -> None:
    query = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f }"

    async def use(pool: Pool) -> None:
        asked = await asyncio.gather(*(count(pool, query) for _ in range(20)))
        assert set(asked) == {360_000}
        assert pool.state()["cache_misses"] == 1
        assert await count(pool, query) == 360_000
        assert pool.state()["cache_hits"] == 20

    with_pool(ring, use)


def test_the_next_makes_the_answer_when_the_first_leaves(ring: Path) -> None:
    query = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . FILTER(?c != ?f) }"

    async def use(pool: Pool) -> None:
        first, second = (asyncio.create_task(count(pool, query)) for _ in range(2))
        await asyncio.sleep(0.01)
        first.cancel()
        assert await second > 0

    with_pool(ring, use)


def test_what_fails_for_one_fails_for_all_who_wait(ring: Path) -> None:
    async def use(pool: Pool) -> None:
        asking = (count(pool, CROSS_PRODUCT) for _ in range(5))
        results = await asyncio.gather(*asking, return_exceptions=True)
        assert {type(result) for result in results} == {QueryTimedOut}
        assert pool.state()["cache_misses"] == 1

    with_pool(ring, use, query_timeout=0.3)


def test_a_query_whose_answer_changes_is_asked_anew(ring: Path) -> None:
    query = "SELECT (STRUUID() AS ?n) WHERE { }"

    async def use(pool: Pool) -> None:
        seen = set()
        for _ in range(2):
            async with pool.answer(Job(query, solutions="csv")) as answer:
                seen.add(await answer.everything())
        assert len(seen) == 2

    with_pool(ring, use)
