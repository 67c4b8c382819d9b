"""The engine without HTTP: limits, isolation, datasets, and what it leaves behind."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from api_server import CROSS_PRODUCT, GRAPH, alive, descendants, small_release

from api.engine import (
    Busy,
    Engine,
    Job,
    Pool,
    QueryCrashed,
    QueryRefused,
    QueryTimedOut,
    QueryTooBig,
    ResultTooLarge,
    Unavailable,
    UnknownRelease,
)
from api.engine.crew import DEEP, DEPTH
from api.engine.run import AHEAD
from api.engine.turns import Turns
from api.engine.zygotes import fits
from api.settings import SettingError, Settings, from_environment
from ocsea.namespaces import ID
from ocsea.release import current
from ocsea.resources import ROOT

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
IN_GRAPHS = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    var = tmp_path_factory.mktemp("small")
    small_release(var)
    return var


def with_pool(var: Path, use: Callable[[Pool], Awaitable[Any]], **settings: Any) -> Any:
    async def go() -> Any:
        defaults = {"query_timeout": 10.0, "query_memory": 256, "workers": 1}
        engine = Engine(Settings(var=var, **(defaults | settings)))
        await engine.start()
        try:
            async with engine.pool() as pool:
                return await use(pool)
        finally:
            await engine.close()

    return asyncio.run(go())


async def count(pool: Pool, query: str = COUNT, **job: Any) -> int:
    async with pool.answer(Job(query, **job)) as answer:
        rows = json.loads(await answer.everything())["results"]["bindings"]
    return int(rows[0]["n"]["value"])


def counted(var: Path, query: str = COUNT, **job: Any) -> int:
    result: int = with_pool(var, lambda pool: count(pool, query, **job))
    return result


@pytest.fixture
def ours() -> Callable[[], list[int]]:
    """The processes that the test has brought about: its zygote, and the workers below that."""
    others = set(descendants(os.getpid()))
    return lambda: [pid for pid in descendants(os.getpid()) if pid not in others]


def test_the_default_graph_counts_each_triple_once(small: Path) -> None:
    assert counted(small) == 600
    assert counted(small, IN_GRAPHS) == 610


@pytest.mark.parametrize(
    ("clauses", "expected"),
    [
        (f"FROM <{GRAPH}a>", 600),
        (f"FROM <{GRAPH}b>", 10),
        (f"FROM <{GRAPH}a> FROM <{GRAPH}b>", 600),
        (f"FROM <{GRAPH}a>\nFrOm # a comment\n <graph/b> FROM <{GRAPH}a>", 600),
        ("FROM g:a FROM g:b", 600),
        (f"FROM <{GRAPH}b> FROM <{GRAPH}none>", 10),
        (f"FROM NAMED <{GRAPH}a>", 0),
    ],
)
def test_from_merges(small: Path, clauses: str, expected: int) -> None:
    query = f"PREFIX g: <{GRAPH}> SELECT (COUNT(*) AS ?n) {clauses} WHERE {{ ?s ?p ?o }}"
    assert counted(small, query) == expected


def test_named_graphs_of_a_merge_stay_apart(small: Path) -> None:
    query = (
        f"SELECT (COUNT(*) AS ?n) FROM <{GRAPH}a> FROM <{GRAPH}b> FROM NAMED <{GRAPH}b> "
        "WHERE { GRAPH ?g { ?s ?p ?o } }"
    )
    assert counted(small, query) == 10


def test_the_protocols_graphs_override_from(small: Path) -> None:
    query = f"SELECT (COUNT(*) AS ?n) FROM <{GRAPH}a> WHERE {{ ?s ?p ?o }}"
    assert counted(small, query, default=(GRAPH + "b",)) == 10
    assert counted(small, query, default=(GRAPH + "a", GRAPH + "b")) == 600
    assert counted(small, query, named=(GRAPH + "a",)) == 0


def test_a_query_past_its_time_is_stopped_and_the_next_is_answered(small: Path) -> None:
    async def use(pool: Pool) -> None:
        started = time.monotonic()
        with pytest.raises(QueryTimedOut):
            await count(pool, CROSS_PRODUCT)
        assert time.monotonic() - started < 1.0
        assert await count(pool) == 600

    with_pool(small, use, query_timeout=0.4)


def test_the_stopped_worker_is_gone(small: Path, ours: Callable[[], list[int]]) -> None:
    async def use(pool: Pool) -> None:
        asking = asyncio.create_task(count(pool, CROSS_PRODUCT))
        await asyncio.sleep(0.2)
        _, worker, *_ = ours()
        with pytest.raises(QueryTimedOut):
            await asking
        await asyncio.sleep(0.2)
        assert not alive(worker)

    with_pool(small, use, query_timeout=0.5)


def test_a_query_that_is_dropped_frees_its_worker(small: Path) -> None:
    async def use(pool: Pool) -> None:
        asking = asyncio.create_task(count(pool, CROSS_PRODUCT))
        await asyncio.sleep(0.1)
        asking.cancel()
        started = time.monotonic()
        assert await count(pool) == 600
        assert time.monotonic() - started < 1.0

    with_pool(small, use)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * WHERE {" + "{" * 3000 + "}" * 3000 + "}",
        "SELECT * WHERE { FILTER " + "(" * 50000 + "1" + ")" * 50000 + "}",
    ],
    ids=["braces", "parentheses"],
)
def test_a_crash_costs_one_query(small: Path, query: str) -> None:
    async def use(pool: Pool) -> None:
        beside = asyncio.create_task(count(pool))
        with pytest.raises(QueryCrashed):
            await count(pool, query)
        assert await beside == 600
        assert await count(pool) == 600

    with_pool(small, use, workers=2)


def test_a_query_may_use_so_much_memory(small: Path) -> None:
    hungry = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g"

    async def use(pool: Pool) -> None:
        with pytest.raises(QueryTooBig):
            await count(pool, hungry)
        assert await count(pool) == 600

    with_pool(small, use, query_memory=64)


SERVICE_CALLS = [
    "SELECT * WHERE { SERVICE <%s> { ?s ?p ?o } }",
    "SELECT * WHERE { sErViCe SILENT <%s> { ?s ?p ?o } }",
    "SELECT * WHERE { SERVICE # a comment\n\n <%s> { ?s ?p ?o } }",
    "SELECT * WHERE { VALUES ?e { <%s> } SERVICE ?e { ?s ?p ?o } }",
    "PREFIX e: <%s> SELECT * WHERE { SERVICE e: { ?s ?p ?o } }",
    "SELECT * WHERE { FILTER(1<2)SERVICE#>\n<%s> { ?s ?p ?o } }",
    "SELECT * WHERE { FILTER(1<2&&'>'='>')SERVICE<%s>{?s ?p 'x'} }",
    "SELECT * WHERE { { SELECT * WHERE { SERVICE <%s> { ?s ?p ?o } } } }",
    "ASK { FILTER EXISTS { SERVICE <%s> { ?s ?p ?o } } }",
    "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <%s> { ?s ?p ?o } }",
]


@pytest.mark.parametrize("query", SERVICE_CALLS)
def test_service_is_refused_and_reaches_no_socket(small: Path, query: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/"

        async def use(pool: Pool) -> None:
            with pytest.raises(QueryRefused) as refused:
                await count(pool, query % address)
            assert refused.value.reason == "service"

        with_pool(small, use)
        with pytest.raises(TimeoutError):
            listening.accept()


@pytest.mark.parametrize("opening", [f"SERVICE {silent}<%s>" for silent in ("", "SILENT ")])
def test_a_call_that_is_not_seen_finds_no_way_out(small: Path, opening: str) -> None:
    """The reader of the text gives the message; what holds is that a worker can open nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        hidden = "FILTER(1<2&&'>'='>'&&''='')" + opening % address + "{ ?s ?p 'x' }"

        async def use(pool: Pool) -> None:
            with contextlib.suppress(QueryRefused):
                await count(pool, f"SELECT (COUNT(*) AS ?n) WHERE {{ {hidden} }}")

        with_pool(small, use)
        with pytest.raises(TimeoutError):
            listening.accept()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ('SERVICE' AS ?x) (1 AS ?n) WHERE { }",
        'SELECT (1 AS ?n) WHERE { BIND("""a "SERVICE" <http://x/> {""" AS ?service) }',
        "# SERVICE <http://x/> { }\nSELECT (1 AS ?n) WHERE { }",
        "PREFIX service: <http://service/> SELECT (1 AS ?n) WHERE { BIND(service:service AS ?x) }",
        "SELECT (1 AS ?n) WHERE { BIND(<http://example.org/service#SERVICE> AS ?x) }",
    ],
)
def test_service_as_text_is_legal(small: Path, query: str) -> None:
    assert counted(small, query) == 1


def test_an_update_is_refused_by_name(small: Path) -> None:
    async def use(pool: Pool) -> None:
        with pytest.raises(QueryRefused) as refused:
            await count(pool, "PREFIX a: <http://a/>\nLOAD <http://127.0.0.1/>")
        assert refused.value.reason == "update"

    with_pool(small, use)


def test_errors_carry_line_and_column(small: Path) -> None:
    async def use(pool: Pool) -> None:
        with pytest.raises(QueryRefused) as refused:
            await count(pool, "SELECT *\nWHERE { ?s ?p }")
        assert (refused.value.line, refused.value.column) == (2, 16)
        with pytest.raises(QueryRefused) as refused:
            await count(pool, "SELECT *\nWHERE {\n  SERVICE <http://x/> { } }")
        assert (refused.value.line, refused.value.column) == (3, 3)

    with_pool(small, use)


def endless(number: int) -> str:
    """A query that runs for hours, and is not the same as another."""
    return f"{CROSS_PRODUCT} # {number}"


def test_a_long_answer_does_not_hold_up_the_next(tmp_path: Path) -> None:
    small_release(tmp_path, things=2, note="y" * 200_000)

    async def ask(pool: Pool) -> None:
        for number in range(20):
            content, _ = await pool.document(f"{ID}thing/0", 1, "jsonld")
            assert len(content) > AHEAD
            await asyncio.wait_for(count(pool, f"{COUNT} # after {number}"), 5)

    with_pool(tmp_path, ask)


def test_a_full_queue_turns_away(small: Path) -> None:
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

    with_pool(small, use, queue=2)


def test_who_asks_for_more_gives_way(small: Path) -> None:
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

    with_pool(small, use, queue=3)


def test_clients_take_turns() -> None:
    turns: Turns[str] = Turns()
    for item in ("a1", "a2", "a3", "b1", "c1", "c2"):
        turns.add(item[0], item)
    assert turns.remove("c", "c1")
    assert not turns.remove("c", "c1")
    assert [turns.next() for _ in range(len(turns))] == ["a1", "b1", "c2", "a2", "a3"]


def test_a_cheap_query_does_not_wait_for_dear_ones(small: Path) -> None:
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

    with_pool(small, use, query_timeout=6.0)


def test_a_halted_query_goes_on_when_there_is_room(small: Path) -> None:
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

    with_pool(small, use, query_timeout=30.0)


def test_one_answer_serves_all_who_ask_for_it(small: Path) -> None:
    query = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f }"

    async def use(pool: Pool) -> None:
        asked = await asyncio.gather(*(count(pool, query) for _ in range(20)))
        assert set(asked) == {360_000}
        assert pool.state()["cache_misses"] == 1
        assert await count(pool, query) == 360_000
        assert pool.state()["cache_hits"] == 20

    with_pool(small, use)


def test_the_next_makes_the_answer_when_the_first_leaves(small: Path) -> None:
    query = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . FILTER(?c != ?f) }"

    async def use(pool: Pool) -> None:
        first, second = (asyncio.create_task(count(pool, query)) for _ in range(2))
        await asyncio.sleep(0.01)
        first.cancel()
        assert await second > 0

    with_pool(small, use)


def test_what_fails_for_one_fails_for_all_who_wait(small: Path) -> None:
    async def use(pool: Pool) -> None:
        asking = (count(pool, CROSS_PRODUCT) for _ in range(5))
        results = await asyncio.gather(*asking, return_exceptions=True)
        assert {type(result) for result in results} == {QueryTimedOut}
        assert pool.state()["cache_misses"] == 1

    with_pool(small, use, query_timeout=0.3)


def test_a_query_whose_answer_changes_is_asked_anew(small: Path) -> None:
    query = "SELECT (STRUUID() AS ?n) WHERE { }"

    async def use(pool: Pool) -> None:
        seen = set()
        for _ in range(2):
            async with pool.answer(Job(query, solutions="csv")) as answer:
                seen.add(await answer.everything())
        assert len(seen) == 2

    with_pool(small, use)


def test_workers_draw_different_random_numbers(small: Path) -> None:
    async def use(pool: Pool) -> None:
        drawn = set()
        for _ in range(6):
            async with pool.answer(Job("SELECT (UUID() AS ?n) WHERE { }", solutions="csv")) as one:
                drawn.add(await one.everything())
            with pytest.raises(QueryTimedOut):
                await count(pool, endless(len(drawn)))
        assert len(drawn) == 6

    with_pool(small, use, query_timeout=0.2)


def test_the_cache_is_bounded_and_keeps_large_answers_too(small: Path) -> None:
    def query(number: int) -> Job:
        return Job(f"SELECT * WHERE {{ ?a ?b ?c }} # {number}", solutions="csv")

    async def use(pool: Pool) -> None:
        bodies = []
        for number in (1, 1, *range(2, 60)):
            async with pool.answer(query(number)) as answer:
                bodies.append(await answer.everything())
        assert len(bodies[0]) > 40_000
        assert len(set(bodies)) == 1
        assert pool.state()["cache_hits"] == 1
        assert 0 < pool.state()["cache_bytes"] <= 2**20

    with_pool(small, use, cache=1)


def test_an_answer_may_be_so_long(small: Path) -> None:
    query = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f }"

    async def use(pool: Pool) -> None:
        with pytest.raises(ResultTooLarge):
            await count(pool, query)
        assert await count(pool) == 600

    with_pool(small, use, query_output=1)


def test_an_answer_past_its_time_breaks_off(small: Path) -> None:
    query = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"

    async def use(pool: Pool) -> None:
        async with pool.answer(Job(query)) as answer:
            assert not answer.whole
            with pytest.raises(QueryTimedOut):
                async for _ in answer.rest():
                    pass
        assert await count(pool) == 600

    with_pool(small, use, query_timeout=0.5)


def test_a_reader_may_not_take_for_ever(small: Path) -> None:
    query = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"

    async def use(pool: Pool) -> None:
        with pytest.raises(QueryTimedOut):
            async with pool.answer(Job(query)):
                await asyncio.sleep(60)
        assert await count(pool) == 600

    with_pool(small, use, query_timeout=0.1)


@pytest.mark.parametrize("graph", [GRAPH + "b", ""])
def test_a_graph_is_read_whole(small: Path, graph: str) -> None:
    async def use(pool: Pool) -> bytes:
        async with pool.answer(Job("", task="dump", arguments=(graph,))) as answer:
            return await answer.everything()

    assert with_pool(small, use).count(b"\n") == (10 if graph else 0)


def test_a_graph_too_large_for_memory_is_read_from_disk(small: Path) -> None:
    async def use(pool: Pool) -> None:
        assert await count(pool) == 600
        assert await count(pool, IN_GRAPHS) == 610
        with pytest.raises(QueryTimedOut):
            await count(pool, CROSS_PRODUCT)
        assert await count(pool, f"{COUNT} # again") == 600

    release = current(small)
    settings = Settings(var=small, query_timeout=1.0, workers=1, memory=0)
    assert not fits(release, settings)
    with_pool(small, use, query_timeout=1.0, memory=0)


NO_SOCKETS = """
import socket
from ocsea.seccomp import forbid_sockets
server = socket.create_server(("127.0.0.1", 0))
forbid_sockets()
try:
    socket.socket()
except PermissionError:
    print("refused")
print(open("/proc/self/status").read().count("Seccomp:"))
"""


def test_a_worker_that_reads_from_disk_can_open_no_socket() -> None:
    made = subprocess.run(
        [sys.executable, "-c", NO_SOCKETS], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert made.stdout.split() == ["refused", "1"]


def test_a_large_answer_comes_in_pieces_and_a_slow_reader_is_waited_for(small: Path) -> None:
    query = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f } LIMIT 200000"

    async def use(pool: Pool) -> None:
        async with pool.answer(Job(query, solutions="csv")) as answer:
            assert not answer.whole
            await asyncio.sleep(0.3)
            pieces = [answer.first, *[piece async for piece in answer.rest()]]
        assert len(pieces) > 100
        assert b"".join(pieces).count(b"\r\n") == 200_001

    with_pool(small, use)


def test_a_worker_that_is_killed_from_outside_costs_one_query(
    small: Path, ours: Callable[[], list[int]]
) -> None:
    async def use(pool: Pool) -> None:
        asking = asyncio.create_task(count(pool, CROSS_PRODUCT))
        await asyncio.sleep(0.2)
        _, worker, *_ = ours()
        os.kill(worker, signal.SIGKILL)
        with pytest.raises(Unavailable):
            await asking
        assert await count(pool) == 600

    with_pool(small, use)


def test_a_zygote_that_is_killed_is_started_again(
    small: Path, ours: Callable[[], list[int]]
) -> None:
    async def go() -> None:
        engine = Engine(Settings(var=small, workers=1))
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
