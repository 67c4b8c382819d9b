"""Downloads of a release: each graph, all of them as N-Quads, their merge as Turtle, compressed.

Run as `python -m ocsea.dumps RELEASE FOLDER PARENT`, in a process of its own that ends with its
parent. Files are named by what is in them, so that releases which share graphs share their files.
A file gets its name when all of it is on disk, and the index of a release is written last: a crash
leaves nothing half that could be taken for whole. The same release gives the same bytes, for no
header holds a time or a name.
"""

import gzip
import heapq
import io
import json
import os
import resource
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import groupby, islice
from pathlib import Path
from typing import Any, BinaryIO

from pyoxigraph import RdfFormat, Triple, serialize

from ocsea.background import die_with
from ocsea.namespaces import PREFIXES
from ocsea.publishing import lock
from ocsea.release import UNNAMED, Release, digest, node, read_graph, sha256

ALL, MERGE = "dump.nq.gz", "dump.ttl.gz"
LEVEL = 6
PIECE = 2**20
LINES = 10_000
KEPT = 2
"""The dumps of how many releases are kept: a download that has begun can go on after a switch."""

MAKING = ".making"
LOCK = "lock"

Write = Callable[[BinaryIO], object]


@dataclass(frozen=True, slots=True)
class Dump:
    """A file to download: where it is, its bytes, and their SHA-256 in hexadecimal."""

    path: Path
    bytes: int
    sha256: str


def by_graph(manifest: Mapping[str, Any]) -> dict[str, str]:
    """What the dump of each graph of a release is called, by the graph's IRI."""
    return {iri: f"dump/{graph['file']}.gz" for iri, graph in manifest["graphs"].items()}


def made(folder: Path, version: str) -> dict[str, Dump]:
    """The dumps of a release by their names; empty where they have not been made."""
    try:
        index = json.loads((folder / f"{version}.json").read_text(encoding="utf-8"))
        dumps = {
            name: Dump(folder / about["file"], about["bytes"], about["sha256"])
            for name, about in index["dumps"].items()
        }
        whole = all(dump.path.stat().st_size == dump.bytes for dump in dumps.values())
    except OSError:
        return {}
    return dumps if whole else {}


def make(release: Release, folder: Path) -> None:
    """Make the dumps of a release, as far as they are not there; those of old ones go."""
    with lock(folder):
        if not made(folder, release.version):
            parts, dumps = _make(release, folder)
            index = json.dumps({"dumps": dumps, "parts": parts}).encode()
            _put(folder / f"{release.version}.json", lambda file: file.write(index))
            _forget(folder)


def _make(release: Release, folder: Path) -> tuple[list[str], dict[str, dict[str, Any]]]:
    """The files that the whole is made of, and what the index says of each dump."""
    manifest, graphs, version = release.manifest, release.graphs(), release.version
    dumps, parts = {}, []
    for iri, name in by_graph(manifest).items():
        content = manifest["graphs"][iri]["sha256"]
        dumps[name] = _kept(folder, f"{content}.nt.gz", partial(_triples, graphs[iri]))
        part = sha256(f"{content} {iri}".encode()) + ".nq.gz"
        _kept(folder, part, partial(_quads, graphs[iri], iri))
        parts.append(part)
    members = [folder / part for part in parts]
    dumps[ALL] = _kept(folder, f"{version}.nq.gz", partial(_joined, members))
    dumps[MERGE] = _kept(folder, f"{version}.ttl.gz", partial(_merge, list(graphs.values())))
    return parts, dumps


def _kept(folder: Path, name: str, write: Write) -> dict[str, Any]:
    path = folder / name
    if not path.is_file():
        _put(path, write)
    return {"file": name, "bytes": path.stat().st_size, "sha256": digest(path)}


def _put(path: Path, write: Write) -> None:
    """Write a file so that it has its name only when all of it is on disk."""
    part = path.with_name(MAKING)
    with part.open("wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _compressed(file: BinaryIO) -> gzip.GzipFile:
    return gzip.GzipFile("", "wb", LEVEL, file, mtime=0)


def _triples(graph: Path, file: BinaryIO) -> None:
    with graph.open("rb") as source, _compressed(file) as output:
        shutil.copyfileobj(source, output, PIECE)


def _quads(graph: Path, iri: str, file: BinaryIO) -> None:
    """The graph as N-Quads: its name goes to the end of each line, where alone ` .` ends one."""
    end = b" .\n" if iri == UNNAMED else f" {node(iri)} .\n".encode()
    with graph.open("rb") as source, _compressed(file) as output:
        while lines := source.read(PIECE) + source.readline():
            output.write(lines.replace(b" .\n", end))


def _joined(members: list[Path], file: BinaryIO) -> None:
    """Compressed files one after another, which are a compressed file together (RFC 1952)."""
    for member in members:
        with member.open("rb") as source:
            shutil.copyfileobj(source, file, PIECE)


def _merge(graphs: list[Path], file: BinaryIO) -> None:
    with _compressed(file) as output, io.BufferedWriter(output, PIECE) as buffer:
        serialize(_merged(graphs), buffer, RdfFormat.TURTLE, prefixes=PREFIXES)


def _merged(graphs: list[Path]) -> Iterator[Triple]:
    """Each triple once, in the order of the sorted files, a few thousand lines at a time."""
    with ExitStack() as stack:
        files = [stack.enter_context(path.open("rb")) for path in graphs]
        lines = (line for line, _ in groupby(heapq.merge(*files)))
        while some := b"".join(islice(lines, LINES)):
            yield from read_graph(some)


def _forget(folder: Path) -> None:
    """Remove what no release needs whose dumps were made lately."""
    indexes = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)[-KEPT:]
    needed = {LOCK, *(path.name for path in indexes)}
    for path in indexes:
        index = json.loads(path.read_text(encoding="utf-8"))
        needed |= {*index["parts"], *(dump["file"] for dump in index["dumps"].values())}
    for path in folder.iterdir():
        if path.name not in needed:
            path.unlink()


def main() -> None:
    """Make the dumps of the release that is named, out of the way of what is answered meanwhile."""
    die_with(int(sys.argv[3]))
    os.nice(10)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # a file a graph is open at a time
    make(Release(Path(sys.argv[1])), Path(sys.argv[2]))


if __name__ == "__main__":
    main()
