"""A server of the tests' own: its process, its address, and a small release to serve."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from ocsea.publishing import publish
from ocsea.release import Release
from ocsea.resources import ROOT

ID = "https://w3id.org/ocsea/id/"
GRAPH = "https://w3id.org/ocsea/graph/"
CROSS_PRODUCT = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
"""Runs for hours, in little memory."""


def small_release(var: Path, things: int = 300, note: str = "") -> Release:
    """Things in a ring, in graph `a`; the first ten links stand in graph `b` as well."""
    label, see = "http://www.w3.org/2000/01/rdf-schema#label", f"{GRAPH}see"
    graphs: dict[str, list[str]] = {f"{GRAPH}a": [], f"{GRAPH}b": []}
    for i in range(things):
        thing, following = f"<{ID}thing/{i}>", f"<{ID}thing/{(i + 1) % things}>"
        graphs[f"{GRAPH}a"].append(f'{thing} <{label}> "thing {i}{note}"@en .\n')
        for name in ("a", "b")[: 2 if i < 10 else 1]:
            graphs[f"{GRAPH}{name}"].append(f"{thing} <{see}> {following} .\n")
    content = {iri: "".join(sorted(lines)).encode() for iri, lines in graphs.items()}
    return publish(var, content, {"sources": {}})


def linked(release: Release, var: Path) -> Path:
    """A state folder of a test's own, in `var`: with this release, whose files it shares."""
    shutil.copytree(release.path, var / "releases" / release.version, copy_function=_link)
    (var / "current").symlink_to(Path("releases") / release.version)
    shutil.copy(release.path.parents[1] / "built.json", var)
    return var


def _link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


UNTRACED = {"COVERAGE_PROCESS_CONFIG": "", "COVERAGE_PROCESS_START": ""}
"""Settings of a server that does not note which of its lines run: that takes half as long again."""
SERVE = [sys.executable, "-c", "from ocsea.cli import main; main()", "serve"]
BARE = [sys.executable, "-m", "uvicorn", "--factory", "api.app:create_app", "--log-level=critical"]


class Server:
    """A server; `url` is its address. As shipped with its supervisor, or `bare` without one.

    `traced` where its lines are to be counted; a few of all servers show them.
    """

    def __init__(
        self, var: Path, *, bare: bool = False, traced: bool = False, **settings: str
    ) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._bare = bare
        self.process = subprocess.Popen(
            [*(BARE if bare else SERVE), "--host", "127.0.0.1", "--port", str(self.port)],
            env={**os.environ, **({} if traced else UNTRACED), "OCSEA_VAR": str(var), **settings},
            cwd=ROOT,
        )

    def wait(self) -> None:
        """Return when it answers."""
        eventually(lambda: self.answers("/static/style.css"), seconds=20)

    def answers(self, path: str) -> bool:
        """Whether a request for the path succeeds at this moment."""
        try:
            with closing(HTTPConnection("127.0.0.1", self.port, timeout=5)) as connection:
                connection.request("GET", path)
                return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False

    def answering(self) -> list[int]:
        """The number of the process that answers, unless it has just ended."""
        below = _children(self.process.pid)
        return [self.process.pid] if self._bare else [p for p in below if b"spawn_main" in _line(p)]

    def family(self) -> list[int]:
        """The numbers of the zygotes and workers below that."""
        return [pid for parent in self.answering() for pid in descendants(parent)]

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End it with a signal, and wait."""
        self.process.send_signal(number)
        self.process.wait(20)


@contextmanager
def running(
    var: Path, *, bare: bool = False, traced: bool = False, **settings: str
) -> Iterator[Server]:
    """A server over the releases in `var`, for as long as the block lasts."""
    server = Server(var, bare=bare, traced=traced, **settings)
    try:
        server.wait()
        yield server
    finally:
        server.stop()


def descendants(pid: int) -> list[int]:
    """The processes below this one, parents before their children."""
    children = _children(pid)
    return children + [below for child in children for below in descendants(child)]


def _children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except FileNotFoundError:
        return []
    return [int(child) for child in text.split()]


def _line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return b""


def alive(pid: int) -> bool:
    """Whether a process still runs; one that merely awaits its parent's notice does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"


def eventually(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait until a condition holds; AssertionError if it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.02)
