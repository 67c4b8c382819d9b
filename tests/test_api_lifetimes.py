"""Processes: whose they are, when they end, and that a crowd or a crash leaves none behind."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from api_server import CROSS_PRODUCT, Server, alive, eventually, running, small_release


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    small_release(tmp_path)
    with running(tmp_path, OCSEA_WORKERS="1", OCSEA_QUERY_TIMEOUT="60") as server:
        eventually(lambda: server.answers("/health"))
        yield server


def leave_after_asking(server: Server, query: str) -> None:
    """Send a query, wait until it runs, and hang up."""
    request = f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(request.encode())
        time.sleep(0.4)


def test_a_client_that_leaves_frees_its_worker(server: Server) -> None:
    eventually(lambda: len(server.family()) == 2)
    worker = server.family()[1]
    leave_after_asking(server, CROSS_PRODUCT)
    eventually(lambda: not alive(worker), seconds=1)
    assert httpx.get(server.url + "/sparql", params={"query": "ASK {}"}, timeout=1).is_success


def test_a_client_that_leaves_a_stream_frees_its_worker(server: Server) -> None:
    eventually(lambda: len(server.family()) == 2)
    worker = server.family()[1]
    leave_after_asking(server, "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    eventually(lambda: not alive(worker), seconds=1)
    assert httpx.get(server.url + "/sparql", params={"query": "ASK {}"}, timeout=1).is_success


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_outlives_the_server(server: Server, number: int) -> None:
    asking = threading.Thread(target=leave_after_asking, args=(server, CROSS_PRODUCT))
    asking.start()
    time.sleep(0.2)
    family = server.family()
    assert len(family) >= 2
    asking.join()
    server.stop(number)
    eventually(lambda: not any(alive(pid) for pid in family))


def test_nothing_runs_on_when_the_server_is_killed_in_the_middle_of_a_query(server: Server) -> None:
    request = f"GET /sparql?query={quote(CROSS_PRODUCT)} HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(request.encode())
        time.sleep(0.3)
        family = server.family()
        server.stop(signal.SIGKILL)
        eventually(lambda: not any(alive(pid) for pid in family))
    assert len(family) >= 2


def test_the_server_answers_again_when_its_zygote_is_killed(server: Server) -> None:
    eventually(lambda: len(server.family()) == 2)
    zygote, worker = server.family()
    os.kill(zygote, signal.SIGKILL)
    eventually(lambda: not alive(worker))
    assert httpx.get(server.url + "/sparql", params={"query": "ASK {}"}, timeout=5).is_success


def test_a_new_release_is_served_without_a_restart(server: Server, tmp_path: Path) -> None:
    before = httpx.get(server.url + "/health").json()["release"]
    fresh = small_release(tmp_path, note=" renamed")
    eventually(lambda: httpx.get(server.url + "/health").json()["release"] == fresh.version)
    assert fresh.version != before
    page = httpx.get(server.url + "/doc/thing/1.ttl").text
    assert "thing 1 renamed" in page
    eventually(lambda: len(server.family()) == 2)


def test_without_a_release_the_server_says_so_and_waits_for_one(tmp_path: Path) -> None:
    with running(tmp_path, bare=True) as server:
        answer = httpx.get(server.url + "/sparql", params={"query": "ASK {}"})
        assert answer.status_code == 503
        assert answer.json()["type"].endswith("unavailable")
        assert httpx.get(server.url + "/health").status_code == 503
        small_release(tmp_path)
        eventually(lambda: server.answers("/health"))


def test_a_crowd_of_endless_queries_leaves_health_alone(server: Server) -> None:
    crowd = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(120)]
    try:
        for number, connection in enumerate(crowd):
            query = quote(f"{CROSS_PRODUCT} # {number}")
            connection.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        time.sleep(0.3)
        started = time.monotonic()
        assert httpx.get(server.url + "/health").is_success
        assert time.monotonic() - started < 0.25
        turned_away = crowd[-1].recv(4096)
        assert turned_away.startswith(b"HTTP/1.1 503")
        assert b"retry-after: 5" in turned_away
    finally:
        for connection in crowd:
            connection.close()
    eventually(
        lambda: httpx.get(server.url + "/sparql", params={"query": "ASK {}"}).status_code == 200
    )
