"""`make bench`: measure build, start and example queries, and write docs/benchmarks.md."""

import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from ocsea.release import current
from ocsea.resources import ROOT, queries

OCSEA = str(Path(sys.executable).parent / "ocsea")
REPEATS = 50


def seconds(*command: str) -> float:
    """How long a command takes from start to end."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def server(var: Path) -> Iterator[tuple[str, float]]:
    """A server on a built release: its address, and the seconds until it answered a query."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    started = time.perf_counter()
    process = subprocess.Popen([OCSEA, "serve", "--port", str(port), "--var", str(var)])
    try:
        yield address, _until_it_answers(address, started)
    finally:
        process.terminate()
        process.wait(timeout=10)


def _until_it_answers(address: str, started: float) -> float:
    while time.perf_counter() - started < 30:
        try:
            if httpx.get(f"{address}/sparql", params={"query": "ASK {}"}).status_code == 200:
                return time.perf_counter() - started
        except httpx.TransportError:
            pass
        time.sleep(0.02)
    raise TimeoutError("the server did not answer within 30 s")


def latencies(address: str) -> Iterator[tuple[str, float, float]]:
    """For each example query: its name, and the median and 99th percentile in milliseconds."""
    accept = {"Accept": "application/sparql-results+json"}
    with httpx.Client(base_url=address, headers=accept) as client:
        for path in queries("examples"):
            text = path.read_text(encoding="utf-8")
            times = []
            for turn in range(REPEATS):
                # A comment of its own makes each a query never seen before.
                started = time.perf_counter()
                client.get("/sparql", params={"query": f"{text}\n# {turn}"}).raise_for_status()
                times.append((time.perf_counter() - started) * 1000)
            yield path.stem, statistics.median(times), statistics.quantiles(times, n=100)[98]


def machine() -> str:
    """What was measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"


def report() -> Iterator[str]:
    """The lines of docs/benchmarks.md."""
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder)
        first = seconds(OCSEA, "build", "--var", folder)
        again = seconds(OCSEA, "build", "--var", folder)
        size = sum(current(var).manifest["triples"].values())
        yield "# Benchmarks\n"
        yield f"Made by `make bench` on {machine()}; a graph of {size:,} triples.\n"
        yield "| what | seconds |\n| --- | --- |"
        yield f"| build from scratch | {first:.1f} |"
        yield f"| build with nothing changed | {again:.1f} |"
        with server(var) as (address, start):
            yield f"| start on a built release, until the first answer | {start:.1f} |\n"
            yield f"One connection over HTTP, {REPEATS} queries each, none of them seen before.\n"
            yield "| example query | median, ms | 99th percentile, ms |\n| --- | --- | --- |"
            for name, median, worst in latencies(address):
                yield f"| {name} | {median:.1f} | {worst:.1f} |"


if __name__ == "__main__":
    lines = []
    for line in report():
        print(line, flush=True)
        lines.append(line)
    (ROOT / "docs" / "benchmarks.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
