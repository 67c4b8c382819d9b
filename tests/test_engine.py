"""The engine without HTTP: limits, isolation, datasets, and what it leaves behind."""

import asyncio
import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from api_server import CROSS_PRODUCT, GRAPH, alive
from pooled import COUNT, IN_GRAPHS, count, counted, endless, with_pool

from api.engine import (
    Job,
    Pool,
    QueryCrashed,
    QueryRefused,
    QueryTimedOut,
    QueryTooBig,
    ResultTooLarge,
)
from api.engine.zygotes import fits
from api.settings import Settings
from ocsea.release import current
from ocsea.resources import ROOT


def test_the_default_graph_counts_each_triple_once(ring: Path) -> None:
    assert counted(ring) == 600
    assert counted(ring, IN_GRAPHS) == 610


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
def test_from_merges(ring: Path, clauses: str, expected: int) -> None:
    query = f"PREFIX g: <{GRAPH}> SELECT (COUNT(*) AS ?n) {clauses} WHERE {{ ?s ?p ?o }}"
    assert counted(ring, query) == expected


def test_named_graphs_of_a_merge_stay_apart(ring: Path) -> None:
    query = (
        f"SELECT (COUNT(*) AS ?n) FROM <{GRAPH}a> FROM <{GRAPH}b> FROM NAMED <{GRAPH}b> "
        "WHERE { GRAPH ?g { ?s ?p ?o } }"
    )
    assert counted(ring, query) == 10


def test_the_protocols_graphs_override_from(ring: Path) -> None:
    query = f"SELECT (COUNT(*) AS ?n) FROM <{GRAPH}a> WHERE {{ ?s ?p ?o }}"
    assert counted(ring, query, default=(GRAPH + "b",)) == 10
    assert counted(ring, query, default=(GRAPH + "a", GRAPH + "b")) == 600
    assert counted(ring, query, named=(GRAPH + "a",)) == 0


def test_a_query_past_its_time_is_stopped_and_the_next_is_answered(ring: Path) -> None:
    async def use(pool: Pool) -> None:
        started = time.monotonic()
        with pytest.raises(QueryTimedOut):
            await count(pool, CROSS_PRODUCT)
        assert time.monotonic() - started < 1.0
        assert await count(pool) == 600

    with_pool(ring, use, query_timeout=0.4)


def test_the_stopped_worker_is_gone(ring: Path, ours: Callable[[], list[int]]) -> None:
    async def use(pool: Pool) -> None:
        asking = asyncio.create_task(count(pool, CROSS_PRODUCT))
        await asyncio.sleep(0.2)
        _, worker, *_ = ours()
        with pytest.raises(QueryTimedOut):
            await asking
        await asyncio.sleep(0.2)
        assert not alive(worker)

    with_pool(ring, use, query_timeout=0.5)


def test_a_query_that_is_dropped_frees_its_worker(ring: Path) -> None:
    async def use(pool: Pool) -> None:
        asking = asyncio.create_task(count(pool, CROSS_PRODUCT))
        await asyncio.sleep(0.1)
        asking.cancel()
        started = time.monotonic()
        assert await count(pool) == 600
        assert time.monotonic() - started < 1.0

    with_pool(ring, use)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * WHERE {" + "{" * 3000 + "}" * 3000 + "}",
        "SELECT * WHERE { FILTER " + "(" * 50000 + "1" + ")" * 50000 + "}",
    ],
    ids=["braces", "parentheses"],
)
def test_a_crash_costs_one_query(ring: Path, query: str) -> None:
    async def use(pool: Pool) -> None:
        beside = asyncio.create_task(count(pool))
        with pytest.raises(QueryCrashed):
            await count(pool, query)
        assert await beside == 600
        assert await count(pool) == 600

    with_pool(ring, use, workers=2)


def test_a_query_may_use_so_much_memory(ring: Path) -> None:
    hungry = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g"

    async def use(pool: Pool) -> None:
        with pytest.raises(QueryTooBig):
            await count(pool, hungry)
        assert await count(pool) == 600

    with_pool(ring, use, query_memory=64)


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
def test_service_is_refused_and_reaches_no_socket(ring: Path, query: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/"

        async def use(pool: Pool) -> None:
            with pytest.raises(QueryRefused) as refused:
                await count(pool, query % address)
            assert refused.value.reason == "service"

        with_pool(ring, use)
        with pytest.raises(TimeoutError):
            listening.accept()


@pytest.mark.parametrize("opening", [f"SERVICE {silent}<%s>" for silent in ("", "SILENT ")])
def test_a_call_that_is_not_seen_finds_no_way_out(ring: Path, opening: str) -> None:
    """The reader of the text gives the message; what holds is that a worker can open nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        hidden = "FILTER(1<2&&'>'='>'&&''='')" + opening % address + "{ ?s ?p 'x' }"

        async def use(pool: Pool) -> None:
            with contextlib.suppress(QueryRefused):
                await count(pool, f"SELECT (COUNT(*) AS ?n) WHERE {{ {hidden} }}")

        with_pool(ring, use)
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
def test_service_as_text_is_legal(ring: Path, query: str) -> None:
    assert counted(ring, query) == 1


def test_an_update_is_refused_by_name(ring: Path) -> None:
    async def use(pool: Pool) -> None:
        with pytest.raises(QueryRefused) as refused:
            await count(pool, "PREFIX a: <http://a/>\nLOAD <http://127.0.0.1/>")
        assert refused.value.reason == "update"

    with_pool(ring, use)


def test_errors_carry_line_and_column(ring: Path) -> None:
    async def use(pool: Pool) -> None:
        with pytest.raises(QueryRefused) as refused:
            await count(pool, "SELECT *\nWHERE { ?s ?p }")
        assert (refused.value.line, refused.value.column) == (2, 16)
        with pytest.raises(QueryRefused) as refused:
            await count(pool, "SELECT *\nWHERE {\n  SERVICE <http://x/> { } }")
        assert (refused.value.line, refused.value.column) == (3, 3)

    with_pool(ring, use)


def test_workers_draw_different_random_numbers(ring: Path) -> None:
    async def use(pool: Pool) -> None:
        drawn = set()
        for _ in range(6):
            async with pool.answer(Job("SELECT (UUID() AS ?n) WHERE { }", solutions="csv")) as one:
                drawn.add(await one.everything())
            with pytest.raises(QueryTimedOut):
                await count(pool, endless(len(drawn)))
        assert len(drawn) == 6

    with_pool(ring, use, query_timeout=0.2)


def test_the_cache_is_bounded_and_keeps_large_answers_too(ring: Path) -> None:
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

    with_pool(ring, use, cache=1)


def test_an_answer_may_be_so_long(ring: Path) -> None:
    query = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f }"

    async def use(pool: Pool) -> None:
        with pytest.raises(ResultTooLarge):
            await count(pool, query)
        assert await count(pool) == 600

    with_pool(ring, use, query_output=1)


def test_an_answer_past_its_time_breaks_off(ring: Path) -> None:
    query = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"

    async def use(pool: Pool) -> None:
        async with pool.answer(Job(query)) as answer:
            assert not answer.whole
            with pytest.raises(QueryTimedOut):
                async for _ in answer.rest():
                    pass
        assert await count(pool) == 600

    with_pool(ring, use, query_timeout=0.5)


def test_a_reader_may_not_take_for_ever(ring: Path) -> None:
    query = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"

    async def use(pool: Pool) -> None:
        with pytest.raises(QueryTimedOut):
            async with pool.answer(Job(query)):
                await asyncio.sleep(60)
        assert await count(pool) == 600

    with_pool(ring, use, query_timeout=0.1)


@pytest.mark.parametrize("graph", [GRAPH + "b", ""])
def test_a_graph_is_read_whole(ring: Path, graph: str) -> None:
    async def use(pool: Pool) -> bytes:
        async with pool.answer(Job("", task="dump", arguments=(graph,))) as answer:
            return await answer.everything()

    assert with_pool(ring, use).count(b"\n") == (10 if graph else 0)


def test_a_graph_too_large_for_memory_is_read_from_disk(ring: Path) -> None:
    async def use(pool: Pool) -> None:
        assert await count(pool) == 600
        assert await count(pool, IN_GRAPHS) == 610
        with pytest.raises(QueryTimedOut):
            await count(pool, CROSS_PRODUCT)
        assert await count(pool, f"{COUNT} # again") == 600

    release = current(ring)
    settings = Settings(var=ring, query_timeout=1.0, workers=1, memory=0)
    assert not fits(release, settings)
    with_pool(ring, use, query_timeout=1.0, memory=0)


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


def test_a_large_answer_comes_in_pieces_and_a_slow_reader_is_waited_for(ring: Path) -> None:
    query = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f } LIMIT 200000"

    async def use(pool: Pool) -> None:
        async with pool.answer(Job(query, solutions="csv")) as answer:
            assert not answer.whole
            await asyncio.sleep(0.3)
            pieces = [answer.first, *[piece async for piece in answer.rest()]]
        assert len(pieces) > 100
        assert b"".join(pieces).count(b"\r\n") == 200_001

    with_pool(ring, use)
