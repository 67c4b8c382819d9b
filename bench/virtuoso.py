"""Virtuoso, as Debian packages it, in a scratch folder with a configuration of its own."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.peers import HOST, VIRTUOSO, Data, Peer
from bench.processes import free_port, running, wait_until_it_answers

GRAPH = "urn:bench"
ENDPOINT = f"/sparql?default-graph-uri={GRAPH}"
SETTINGS = """[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = temp.db
TransactionFile = temp.trx
[Parameters]
ServerPort = {host}:{sql}
DirsAllowed = .
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000
ServerThreads = 100
[HTTPServer]
ServerPort = {host}:{http}
ServerRoot = .
ServerThreads = 80
MaxClientConnections = 100
MaxKeepAlives = 100
KeepAliveTimeout = 60
[SPARQL]
ResultSetMaxRows = 1000000
"""


@contextmanager
def virtuoso(data: Data) -> Iterator[Peer]:
    """Virtuoso with 1.3 GiB of buffers, loaded by its bulk loader."""
    folder = data.scratch / "virtuoso"
    folder.mkdir()
    (folder / "merged.nt").hardlink_to(data.merged)
    sql, http = free_port(), free_port()
    settings = SETTINGS.format(host=HOST, sql=sql, http=http)
    (folder / "bench.ini").write_text(settings, encoding="ascii")
    url = f"http://{HOST}:{http}/sparql"
    with _started(folder, url):
        load = _load(sql, folder)
    started = time.perf_counter()
    with _started(folder, url) as process:
        start = time.perf_counter() - started
        yield Peer(VIRTUOSO, _version(), http, ENDPOINT, load, start, process.pid)


@contextmanager
def _started(folder: Path, url: str) -> Iterator["subprocess.Popen[bytes]"]:
    command = ["virtuoso-t", "+foreground", "+wait", "+configfile", "bench.ini"]
    with running(command, folder / "output.log", folder) as process:
        wait_until_it_answers(process, url)
        yield process


def _load(sql: int, folder: Path) -> float:
    statements = f"ld_dir('.', 'merged.nt', '{GRAPH}'); rdf_loader_run(); checkpoint;"
    command = ["isql-vt", f"{HOST}:{sql}", "dba", "dba", f"exec={statements}"]
    started = time.perf_counter()
    subprocess.run(command, check=True, cwd=folder, capture_output=True)
    return time.perf_counter() - started


def _version() -> str:
    said = subprocess.run(["virtuoso-t", "--version"], capture_output=True, text=True)
    return next(w for w in (said.stdout + said.stderr).split() if w[:1].isdigit() and "." in w)
