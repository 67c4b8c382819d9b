"""The servers side by side: how each is loaded, started and asked."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import quote

import httpx

from bench.processes import free_port, memory, running, wait_until_it_answers

BIN = Path(sys.executable).parent
HOST = "127.0.0.1"
NTRIPLES = {"content-type": "application/n-triples"}
OURS, MEMORY, DISK, RDFLIB, VIRTUOSO = (
    *("OCSEA Graph", "oxigraph serve, in memory", "oxigraph serve-read-only, on disk"),
    *("rdflib-endpoint", "Virtuoso"),
)


@dataclass(frozen=True)
class Peer:
    """A running server: where it takes queries, and what it took to get there (seconds, MB)."""

    name: str
    version: str
    port: int
    endpoint: str
    load: float
    start: float
    pid: int

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.port}"

    def target(self, query: str) -> str:
        """The path and query string that ask a SPARQL query."""
        joint = "&" if "?" in self.endpoint else "?"
        return f"{self.endpoint}{joint}query={quote(query, safe='')}"

    def request(self, target: str, accept: str) -> str:
        """The bytes of a request, up to and with the blank line, as text."""
        return f"GET {target} HTTP/1.1\r\nHost: {HOST}:{self.port}\r\nAccept: {accept}\r\n\r\n"

    def fetch(self, target: str, accept: str) -> httpx.Response:
        """The answer to one request. Raises httpx.HTTPError where it is no success."""
        return httpx.get(
            self.url + target, headers={"Accept": accept}, timeout=300
        ).raise_for_status()

    def memory(self) -> float:
        """Megabytes of all its processes."""
        return memory(self.pid)


@dataclass(frozen=True)
class Data:
    """One graph in the forms that servers load: a folder with our release, and N-Triples."""

    name: str
    var: Path
    merged: Path
    scratch: Path
    publishing: float
    """Seconds that it took to make our release of it."""


Starter = Callable[[Data], AbstractContextManager[Peer]]


@contextmanager
def _served(
    name: str, version: str, data: Data, port: int, endpoint: str, load: float, command: list[str]
) -> Iterator[Peer]:
    started = time.perf_counter()
    log = data.scratch / f"{name.split()[0]}.log"
    with running(command, log) as process:
        wait_until_it_answers(process, f"http://{HOST}:{port}{endpoint}")
        start = time.perf_counter() - started
        yield Peer(name, version, port, endpoint, load, start, process.pid)


@contextmanager
def ours(data: Data) -> Iterator[Peer]:
    """This product, as an operator starts it."""
    port = free_port()
    command = [str(BIN / "ocsea"), "serve", "--host", HOST, "--port", str(port)]
    command += ["--var", str(data.var)]
    served = _served(OURS, version("ocsea"), data, port, "/sparql", data.publishing, command)
    with served as peer:
        yield peer


@contextmanager
def oxigraph_in_memory(data: Data) -> Iterator[Peer]:
    """Oxigraph's server without a folder, filled through its graph store."""
    port = free_port()
    command = [_oxigraph(), "serve", "--bind", f"{HOST}:{port}"]
    with _served(MEMORY, version("oxigraph"), data, port, "/query", 0, command) as peer:
        started = time.perf_counter()
        url = f"http://{HOST}:{port}/store?default"
        with data.merged.open("rb") as file:
            httpx.post(url, content=file, headers=NTRIPLES, timeout=None).raise_for_status()
        load = time.perf_counter() - started
        # It has nothing on disk to start from: loading is part of each start.
        yield Peer(MEMORY, peer.version, port, "/query", load, peer.start + load, peer.pid)


@contextmanager
def oxigraph_on_disk(data: Data) -> Iterator[Peer]:
    """Oxigraph's server on a store that its own loader made."""
    port, store = free_port(), data.scratch / "oxigraph"
    load = seconds([_oxigraph(), "load", "--location", str(store), "--file", str(data.merged)])
    command = [_oxigraph(), "serve-read-only", "--location", str(store), "--bind", f"{HOST}:{port}"]
    with _served(DISK, version("oxigraph"), data, port, "/query", load, command) as peer:
        yield peer


@contextmanager
def rdflib_endpoint(data: Data) -> Iterator[Peer]:
    """rdflib-endpoint on rdflib's store in memory, as its command line starts it."""
    port = free_port()
    command = [str(BIN / "rdflib-endpoint"), "serve", "--host", HOST, "--port", str(port)]
    command.append(str(data.merged))
    with _served(RDFLIB, version("rdflib-endpoint"), data, port, "/", 0, command) as peer:
        yield peer


def _oxigraph() -> str:
    return str(BIN / "oxigraph")


def seconds(command: list[str]) -> float:
    """How long a command takes from start to end."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def missing(name: str) -> str:
    """Why a peer cannot be started on this machine; empty where it can."""
    package = {MEMORY: "oxigraph", DISK: "oxigraph", RDFLIB: "rdflib-endpoint"}.get(name)
    if package:
        try:
            version(package)
        except PackageNotFoundError:
            return f"the package {package} is not installed"
    if name == VIRTUOSO and not (shutil.which("virtuoso-t") and shutil.which("isql-vt")):
        return "Debian's package virtuoso-opensource-7-bin is not installed"
    return ""
