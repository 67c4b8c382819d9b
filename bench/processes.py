"""Server processes: ports, waiting until they answer, memory of a whole tree, stopping."""

import os
import platform
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

PATIENCE = 600.0
"""Seconds that a server may take to load its data and start."""


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def running(
    command: list[str], log: Path, folder: Path | None = None, set_: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ended with the block; what it says goes to the file `log`."""
    with log.open("ab") as file:
        process = subprocess.Popen(
            command, stdout=file, stderr=file, cwd=folder, env={**os.environ, **(set_ or {})}
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until_it_answers(process: subprocess.Popen[bytes], url: str) -> None:
    """Return as soon as the server answers an ASK. Raises TimeoutError where it does not."""
    started = time.perf_counter()
    while time.perf_counter() - started < PATIENCE and process.poll() is None:
        try:
            if httpx.get(url, params={"query": "ASK {}"}, timeout=60).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.02)
    raise TimeoutError(f"no answer from {url}: exit code {process.poll()}")


def memory(pid: int) -> float:
    """Megabytes of a process and all below it, shared pages counted once (PSS)."""
    return sum(_pss(each) for each in _tree(pid)) / 1024


def settle(pid: int) -> None:
    """Wait until a process and all below it are idle; at most two minutes."""
    before = _ticks(pid)
    for _ in range(1200):
        time.sleep(0.1)
        now = _ticks(pid)
        if now - before <= 1:
            return
        before = now


def _ticks(pid: int) -> int:
    """Hundredths of a second that the tree has had of the processor."""
    total = 0
    for each in _tree(pid):
        with suppress(ProcessLookupError, FileNotFoundError):
            fields = Path(f"/proc/{each}/stat").read_text(encoding="utf-8").rpartition(")")[2]
            total += sum(map(int, fields.split()[11:13]))
    return total


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except (ProcessLookupError, FileNotFoundError):
        return 0
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text(encoding="ascii").split():
                yield from _tree(int(child))
    except (ProcessLookupError, FileNotFoundError):
        return


def machine() -> str:
    """What is measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    processor = f"{len(models)} × {models[0]}" if models else f"{os.cpu_count()} processors"
    system = f"{platform.system()} {platform.release()}"
    return f"{processor}, {memory:.0f} GiB, {system}, Python {platform.python_version()}"


def load_average() -> float:
    """How many processes wanted to run in the last minute: above what we start, others disturb."""
    return os.getloadavg()[0]
