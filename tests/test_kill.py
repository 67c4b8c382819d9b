"""A hundred times in the middle of a write some process is killed; the graph stays whole.

What is killed, and when, follows from a seed: the supervisor, the server, the process that holds
the graph, one that answers queries, the writer, its process for one write, and the confined child
in which the write is worked out. Only where the supervisor was killed does the test start anything
again, as a service manager does.
"""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from api_server import Server, alive, descendants, eventually, small_release
from pyoxigraph import DefaultGraph, Quad, Store

from ocsea.release import Release, current

KILLS = 100
GRAPH = "http://www.example/written"
SECRET = "kill-test-write-token"
CLIENT = httpx.Client(limits=httpx.Limits(max_keepalive_connections=0))
"""Reads the certificates it does not need once, and trusts no connection to outlive a kill."""
WINDOW = 0.35
"""Seconds after the request within which the kill falls; a write takes about as long."""
BRIEF = {"write": 0.15, "child": 0.01}
"""What lives for a part of a write only, one below the other and both below the writer, and seconds
after it came within which the kill falls."""

TARGETS = [
    *("write", "writer", "child", "worker", "write", "zygote", "child", "server", "write"),
    *("worker", "writer", "write", "zygote", "child", "supervisor", "write", "server", "worker"),
    *("writer", "zygote"),
]
"""In turn; what takes longest to come back less often."""


class Keeper:
    """Keeps a server running as a service manager does, and tells its processes apart."""

    def __init__(self, var: Path) -> None:
        self._var = var
        self.server = self._start()

    def _start(self) -> Server:
        token = f"kill:admin:{SECRET}"
        server = Server(self._var, OCSEA_TOKENS=token, OCSEA_WORKERS="1")
        server.wait()
        return server

    def keep(self) -> None:
        """Start the server again where its first process is gone."""
        if self.server.process.poll() is not None:
            self.server = self._start()

    def processes(self) -> dict[str, int]:
        """The numbers of those processes that there are at this moment, by what they are."""
        found = {"supervisor": self.server.process.pid}
        for pid in descendants(self.server.process.pid):
            said = _command(pid)
            if "api.writing.scribe" in said:
                found[next(n for n in ("writer", "write", "child") if n not in found)] = pid
            elif "api.engine.zygote" in said:
                found["worker" if "zygote" in found else "zygote"] = pid
            elif "resource_tracker" not in said:
                found.setdefault("server", pid)
        return found


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    except OSError:
        return ""


class Writing(threading.Thread):
    """A write that is under way; `status` is what came of it, 0 where no reply came."""

    def __init__(self, url: str, number: int) -> None:
        super().__init__()
        self.status = 0
        self._url, self._number = url, number
        self.start()

    def run(self) -> None:
        """Replace a graph by one that holds this write's number a hundred times over."""
        headers = {"authorization": f"Bearer {SECRET}", "content-type": "text/turtle"}
        lines = (f"<http://a/{i}> <http://b> {self._number} .\n" for i in range(100))
        address = f"{self._url}/graphs?graph={GRAPH}"
        try:
            reply = CLIENT.put(address, content="".join(lines), headers=headers, timeout=30)
            self.status = reply.status_code
        except httpx.HTTPError:
            pass


def number_in(release: Release) -> int:
    """The number of the write that the release is of, the only one in all of its hundred lines."""
    path = release.graphs().get(GRAPH)
    if path is None:
        return -1
    lines = path.read_text(encoding="utf-8").splitlines()
    (number,) = {line.split('"')[1] for line in lines}
    assert len(lines) == 100
    return int(number)


def is_consistent(release: Release) -> bool:
    """Whether the release's files are what its manifest says, and its store is what they say."""
    quads = set(release.quads())
    merge = {Quad(q.subject, q.predicate, q.object, DefaultGraph()) for q in quads}
    stored = set(Store.read_only(str(release.store)))
    return release.is_whole() and stored == quads | merge


def answered_number(server: Server) -> int | None:
    """The number of the write that a query sees; None while there is no answer."""
    query = f"SELECT DISTINCT ?n {{ GRAPH <{GRAPH}> {{ ?s ?p ?n }} }}"
    try:
        answer = CLIENT.get(server.url + "/sparql", params={"query": query}, timeout=5)
        rows = answer.json()["results"]["bindings"] if answer.is_success else None
    except httpx.HTTPError:
        return None
    return None if rows is None else int(rows[0]["n"]["value"]) if rows else -1


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Keeper]:
    small_release(tmp_path, things=50)
    keeper = Keeper(tmp_path)
    try:
        yield keeper
    finally:
        keeper.server.stop(signal.SIGKILL)
        eventually(lambda: not any(map(alive, descendants(keeper.server.process.pid))))


def test_the_graph_is_the_old_one_or_the_new_one_whatever_is_killed(
    keeper: Keeper, tmp_path: Path
) -> None:
    chance, killed, came = random.Random(20261123), Counter[str](), Counter[str]()
    stands = -1
    for number in range(KILLS):
        target = TARGETS[number % len(TARGETS)]
        writing = Writing(keeper.server.url, number)
        killed[_kill(keeper, target, writing, chance)] += 1
        writing.join()
        release = current(tmp_path)
        assert is_consistent(release), (number, target)
        found = number_in(release)
        assert found in (stands, number), (number, target)
        assert found == number or (writing.status != 201 and writing.status != 204)
        came["new" if found == number else "old"] += 1
        stands = found
        keeper.keep()
        eventually(lambda: answered_number(keeper.server) == number_in(current(tmp_path)), 20)
    assert min(killed[target] for target in TARGETS) >= 3, killed
    assert came["old"] >= 5, came
    assert came["new"] >= 5, came


def _kill(keeper: Keeper, target: str, writing: Writing, chance: random.Random) -> str:
    """Kill the target at some moment, or the server where it has come and gone; returns which."""
    if target in BRIEF:
        pid = _once_there(keeper, target, writing)
        time.sleep(chance.uniform(0, BRIEF[target]))
    else:
        time.sleep(chance.uniform(0, WINDOW))
        pid = keeper.processes().get(target)
    if pid and _is_killed(pid):
        return target
    os.kill(keeper.processes()["server"], signal.SIGKILL)
    return "server"


def _is_killed(pid: int) -> bool:
    """Kill a process, if it is still there: what comes with a write also goes with it."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def _once_there(keeper: Keeper, target: str, writing: Writing) -> int | None:
    """The number of what comes with a write, as soon as it is there; None where it was missed."""
    writer, depth = None, list(BRIEF).index(target)
    while writing.is_alive():
        writer = writer or keeper.processes().get("writer")
        if writer and len(below := descendants(writer)) > depth:
            return below[depth]
    return None
