"""Downloads: what is in them, that they are the same each time, whole or in parts."""

import gzip
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from api_server import GRAPH, Server, eventually, running, small_release
from pyoxigraph import DefaultGraph, Quad, RdfFormat, parse

from ocsea.changes import Write
from ocsea.dumps import ALL, KEPT, MERGE, made, make
from ocsea.release import GRAPHS, MANIFEST, UNNAMED, Release, current, digest
from ocsea.resources import ROOT
from ocsea.writing import perform

OTHER = "http://www.example/other graph".replace(" ", "%20")


def put(var: Path, text: str, graph: str) -> Release:
    write = Write("put", "tester", text.encode(), "text/turtle", graph)
    perform(var, write, lambda text, _: text)
    return current(var)


def quads(content: bytes) -> list[Quad]:
    return list(parse(content, RdfFormat.N_QUADS))


def unpacked(folder: Path, release: Release) -> dict[str, bytes]:
    """Each dump of a release by its name, as it is without compression."""
    found = made(folder, release.version)
    return {name: gzip.decompress(dump.path.read_bytes()) for name, dump in found.items()}


@pytest.fixture(scope="module")
def folder(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dumps of today's graph."""
    folder = tmp_path_factory.mktemp("dumps")
    make(release, folder)
    return folder


def test_the_dumps_hold_the_release_and_nothing_else(release: Release, folder: Path) -> None:
    dumps, everything = unpacked(folder, release), list(release.quads())
    assert len(dumps) == len(release.graphs()) + 2
    for path in release.graphs().values():
        assert dumps[f"dump/{path.name}.gz"] == path.read_bytes()
    assert sorted(map(str, quads(dumps[ALL]))) == sorted(map(str, everything))
    merge = [quad.triple for quad in parse(dumps[MERGE], RdfFormat.TURTLE)]
    assert len(merge) == len(set(merge))
    assert set(merge) == {quad.triple for quad in everything}
    assert dumps[MERGE].startswith(b"@prefix ")


def test_the_same_release_gives_the_same_bytes(
    release: Release, folder: Path, tmp_path: Path
) -> None:
    make(release, tmp_path)
    one, other = made(folder, release.version), made(tmp_path, release.version)
    assert {name: dump.sha256 for name, dump in one.items()} == {
        name: dump.sha256 for name, dump in other.items()
    }
    for dump in one.values():
        content = dump.path.read_bytes()
        assert hashlib.sha256(content).hexdigest() == dump.sha256
        assert content[3:8] == b"\0\0\0\0\0"  # no name and no time
        assert dump.bytes == len(content)


def test_graphs_of_any_name_and_blank_nodes_are_kept(tmp_path: Path) -> None:
    small_release(tmp_path, things=3)
    put(tmp_path, "<http://a/1> <http://a/p> [ <http://a/q> ' .\\n' ] .", OTHER)
    put(tmp_path, "<http://a/1> <http://a/p> 1 .", UNNAMED)
    release = put(tmp_path, "", f"{GRAPH}empty")
    make(release, tmp_path / "dumps")
    found = quads(unpacked(tmp_path / "dumps", release)[ALL])
    assert set(found) == set(release.quads())
    assert sum(quad.graph_name == DefaultGraph() for quad in found) == 1
    assert len(found) == release.triples


def test_releases_share_the_files_of_graphs_that_stay(tmp_path: Path) -> None:
    folder = tmp_path / "dumps"
    first = small_release(tmp_path)
    make(first, folder)
    name = "dump/a.nt.gz"
    before = made(folder, first.version)[name]
    node = before.path.stat().st_ino
    second = put(tmp_path, "<http://a/1> <http://a/p> 1 .", OTHER)
    make(second, folder)
    after = made(folder, second.version)[name]
    assert (after.path, after.path.stat().st_ino) == (before.path, node)


def test_dumps_of_old_releases_go(tmp_path: Path) -> None:
    folder, releases = tmp_path / "dumps", [small_release(tmp_path, things=10)]
    make(releases[0], folder)
    for number in range(4):
        releases.append(put(tmp_path, f"<http://a/1> <http://a/p> {number} .", OTHER))
        make(releases[-1], folder)
    there = [release for release in releases if made(folder, release.version)]
    assert there == releases[-KEPT:]
    # The lock; of each release its index, its two whole files, and two of the graph that changed;
    # two of each of the three graphs that they share.
    assert len(list(folder.iterdir())) == 1 + KEPT * (3 + 2) + 3 * 2


def test_a_dump_that_was_removed_is_made_again(tmp_path: Path) -> None:
    folder, release = tmp_path / "dumps", small_release(tmp_path)
    make(release, folder)
    dump = made(folder, release.version)[ALL]
    dump.path.unlink()
    assert made(folder, release.version) == {}
    make(release, folder)
    assert made(folder, release.version)[ALL] == dump
    assert digest(dump.path) == dump.sha256


def process(release: Release, folder: Path) -> subprocess.Popen[bytes]:
    """The dumps of a release being made as the server has it done."""
    arguments = (str(release.path), str(folder), str(os.getpid()))
    return subprocess.Popen([sys.executable, "-m", "ocsea.dumps", *arguments], cwd=ROOT)


def test_killing_it_at_any_moment_leaves_nothing_half(
    release: Release, folder: Path, tmp_path: Path
) -> None:
    whole = {name: dump.sha256 for name, dump in made(folder, release.version).items()}
    names = sorted(dump.path.name for dump in made(folder, release.version).values())
    for moment in (0, 1, len(names) // 2, len(names)):
        with process(release, tmp_path) as running:
            while running.poll() is None and len(list(tmp_path.glob("*.gz"))) < moment:
                time.sleep(0.001)
            running.send_signal(signal.SIGKILL)
        for path in tmp_path.glob("*.gz"):  # what has its name is whole
            same = folder / path.name
            assert path.read_bytes() == same.read_bytes()
        assert made(tmp_path, release.version) == {} or moment == len(names)
    make(release, tmp_path)
    assert {name: dump.sha256 for name, dump in made(tmp_path, release.version).items()} == whole
    assert not list(tmp_path.glob(".making*"))


def large_release(folder: Path, lines: int) -> Release:
    """A release of two graphs with so many triples each, without a store."""
    graphs = {}
    (folder / GRAPHS).mkdir(parents=True)
    for stem in ("a", "b"):
        path = folder / GRAPHS / f"{stem}.nt"
        with path.open("w", encoding="utf-8") as file:
            for number in range(lines):
                file.write(f'<http://a/{number:09}> <http://a/{stem}> "number {number}" .\n')
        about = {"file": path.name, "sha256": digest(path), "triples": lines}
        graphs[GRAPH + stem] = about
    manifest = json.dumps({"version": folder.name, "graphs": graphs})
    (folder / MANIFEST).write_text(manifest, encoding="utf-8")
    return Release(folder)


def megabytes(release: Release, folder: Path) -> float:
    """The most memory that making the dumps takes."""
    with process(release, folder) as running:
        _, status, usage = os.wait4(running.pid, 0)
        running.returncode = status
    assert status == 0
    return usage.ru_maxrss / 1024


def test_a_large_release_takes_no_more_memory_than_a_small_one(tmp_path: Path) -> None:
    small = megabytes(large_release(tmp_path / "small", 1_000), tmp_path / "dumps")
    large = megabytes(large_release(tmp_path / "large", 200_000), tmp_path / "dumps")
    assert large < small + 30
    assert len(made(tmp_path / "dumps", "large")) == 4


@pytest.fixture(scope="module")
def server(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    var = tmp_path_factory.mktemp("var")
    copy = var / "releases" / release.version
    shutil.copytree(release.path, copy, copy_function=lambda a, b: Path(b).hardlink_to(a))
    (var / "current").symlink_to(Path("releases") / release.version)
    with running(var) as server:
        yield server


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield client


def test_an_unknown_download_is_said_to_be_unknown(server: Server, client: httpx.Client) -> None:
    for path in ("/dump/none.nt.gz", "/dump/states.nt", "/dump/../x.nt.gz", "/dump", "/dump.nq"):
        assert client.get(path).status_code == 404, path
    assert client.post("/dump.nq.gz").status_code == 405


@pytest.mark.parametrize("name", [ALL, MERGE, "dump/mapping2021.nt.gz"])
def test_a_download_is_the_file_with_what_is_told_of_it(
    client: httpx.Client, release: Release, folder: Path, name: str
) -> None:
    dump = made(folder, release.version)[name]
    answer = client.get(f"/{name}", headers={"accept-encoding": "gzip, br, zstd"})
    headers = answer.headers
    assert (answer.status_code, answer.content) == (200, dump.path.read_bytes())
    assert headers["content-type"] == "application/gzip"
    assert "content-encoding" not in headers
    assert headers["content-length"] == str(dump.bytes)
    assert headers["accept-ranges"] == "bytes"
    rest = {ALL: ".nq.gz", MERGE: ".ttl.gz"}.get(name, "-mapping2021.nt.gz")
    saved = f'attachment; filename="ocsea-{release.version}{rest}"'
    assert headers["content-disposition"] == saved
    digest = b64encode(bytes.fromhex(dump.sha256)).decode()
    assert headers["repr-digest"] == f"sha-256=:{digest}:"
    assert headers["etag"] == f'"{dump.sha256[:32]}"'
    assert headers["ocsea-release"] == release.version


def test_head_tells_the_same_without_the_file(client: httpx.Client) -> None:
    got, told = client.get(f"/{ALL}"), client.head(f"/{ALL}")
    for name in ("content-length", "etag", "content-type", "content-disposition", "repr-digest"):
        assert told.headers[name] == got.headers[name]
    assert (told.status_code, told.content) == (200, b"")
    part = client.head(f"/{ALL}", headers={"range": "bytes=10-19"})
    assert (part.status_code, part.headers["content-length"]) == (206, "10")


def test_a_file_that_the_client_holds_is_not_sent_again(client: httpx.Client) -> None:
    tag = client.head(f"/{ALL}").headers["etag"]
    again = client.get(f"/{ALL}", headers={"if-none-match": tag, "range": "bytes=0-9"})
    assert (again.status_code, again.content) == (304, b"")


def test_ranges_joined_are_the_whole(client: httpx.Client) -> None:
    whole = client.get(f"/{ALL}").content
    size, step, parts = len(whole), len(whole) // 7, []
    for start in range(0, size, step):
        answer = client.get(f"/{ALL}", headers={"range": f"bytes={start}-{start + step - 1}"})
        last = min(start + step, size) - 1
        assert answer.status_code == 206
        assert answer.headers["content-range"] == f"bytes {start}-{last}/{size}"
        assert answer.headers["content-length"] == str(len(answer.content))
        parts.append(answer.content)
    assert b"".join(parts) == whole


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("0-0", 0, 1), ("5-", 5, None), ("-5", -5, None), ("-99999999", 0, None),
     ("10-99999999", 10, None)],
)  # fmt: skip
def test_a_range_may_be_open(
    client: httpx.Client, asked: str, start: int, stop: int | None
) -> None:
    whole = client.get(f"/{MERGE}").content
    answer = client.get(f"/{MERGE}", headers={"range": f"BYTES={asked}"})
    assert (answer.status_code, answer.content) == (206, whole[start:stop])


@pytest.mark.parametrize("asked", ["99999999-", "99999999-999999999", "-0"])
def test_a_range_beyond_the_file_is_refused(client: httpx.Client, asked: str) -> None:
    size = client.head(f"/{ALL}").headers["content-length"]
    answer = client.get(f"/{ALL}", headers={"range": f"bytes={asked}"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{size}"
    assert answer.json()["type"].endswith("#problem-range-not-satisfiable")


@pytest.mark.parametrize(
    "header", ["bytes=9-5", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=0-1,5-6", "bytes", "0-5"]
)
def test_a_range_that_cannot_be_read_gives_the_whole(client: httpx.Client, header: str) -> None:
    answer = client.get(f"/{ALL}", headers={"range": header})
    assert answer.status_code == 200
    assert len(answer.content) == int(answer.headers["content-length"])


def test_a_range_is_only_of_the_file_that_is_meant(client: httpx.Client) -> None:
    tag = client.head(f"/{ALL}").headers["etag"]
    for known, status in ((tag, 206), ('"other"', 200), (f"W/{tag}", 200),
                          ("Mon, 23 Nov 2026 10:00:00 GMT", 200)):  # fmt: skip
        headers = {"range": "bytes=0-9", "if-range": known}
        assert client.get(f"/{ALL}", headers=headers).status_code == status, known


def test_many_may_ask_at_once_and_others_are_answered_meanwhile(tmp_path: Path) -> None:
    small_release(tmp_path, things=10_000)
    with running(tmp_path) as server, ThreadPoolExecutor(8) as pool:
        address = f"{server.url}/{MERGE}"
        asked = [pool.submit(httpx.get, address, timeout=60) for _ in range(8)]
        slowest = 0.0
        while not all(answer.done() for answer in asked):
            started = time.perf_counter()
            assert httpx.get(f"{server.url}/health").status_code == 200
            slowest = max(slowest, time.perf_counter() - started)
        contents = {answer.result().content for answer in asked}
    assert len(contents) == 1
    assert gzip.decompress(contents.pop()).count(b"thing/") >= 20_000
    assert slowest < 1


def test_a_download_follows_the_release(tmp_path: Path) -> None:
    first = small_release(tmp_path, things=5)
    with running(tmp_path) as server:
        before = httpx.get(f"{server.url}/{ALL}")
        assert quads(gzip.decompress(before.content)) == list(first.quads())
        second = small_release(tmp_path, things=6)
        name = "ocsea-release"
        eventually(lambda: httpx.head(f"{server.url}/{ALL}").headers[name] == second.version)
        tag = before.headers["etag"]
        part = {"range": "bytes=5-", "if-range": tag}
        rest = httpx.get(f"{server.url}/{ALL}", headers=part)
        assert rest.status_code == 200
        assert quads(gzip.decompress(rest.content)) == list(second.quads())
