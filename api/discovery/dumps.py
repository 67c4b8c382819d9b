"""`/dump.nq.gz`, `/dump.ttl.gz` and `/dump/{graph}.nt.gz`: the current release to take away."""

import asyncio
import base64
import contextlib
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response
from starlette.types import ASGIApp

from api.openapi import Responses, parameter, problems
from api.problems import Problem
from api.ranges import FileResponse
from api.web import data_headers, read_only, unchanged
from ocsea.dumps import ALL, MERGE, Dump, by_graph, made
from ocsea.namespaces import GRAPH
from ocsea.release import Release

LOG = logging.getLogger("ocsea")
CHECKOUT = Path(__file__).resolve().parents[2]
GZIP = "application/gzip"
WAIT = 10.0
"""Seconds that a request waits for a download that is being made."""

TITLES = {ALL: "All graphs as N-Quads", MERGE: "The merge of all graphs as Turtle"}
MEDIA_TYPES = {"nq": "application/n-quads", "ttl": "text/turtle", "nt": "application/n-triples"}
"""Of what is compressed in a file, by the last but one part of its name."""

HEADERS = [
    parameter("Range", "The bytes wanted: one range", where="header", example="bytes=0-1023"),
    parameter("If-Range", "The entity tag that the range is of; else all is sent", where="header"),
]
FILE = {GZIP: {"schema": {"type": "string", "format": "binary"}}}
FILES: Responses = {
    200: {"description": "The file, compressed by gzip", "content": FILE},
    206: {"description": "The part that was asked for", "content": FILE},
    304: {"description": "The client holds this file already (If-None-Match)"},
    **problems("not-found", "method-not-allowed", "range-not-satisfiable", "not-ready"),
}
WHICH = parameter("graph", "The graph's file in the release", where="path", example="mapping2021")
router = APIRouter(tags=["Discovery"], default_response_class=Response)


@dataclass(frozen=True, slots=True)
class Download:
    """A file to take away: its path on this server, and what is compressed in it.

    `graph` is the IRI of the graph that it holds, None where that is all of them; `dump` the file,
    None where it has not been made.
    """

    path: str
    title: str
    media_type: str
    graph: str | None
    dump: Dump | None


def downloads(manifest: Mapping[str, Any], dumps: Mapping[str, Dump]) -> Iterator[Download]:
    """What there is to take away of the release with this manifest."""
    named = [(name, title, None) for name, title in TITLES.items()]
    for name, title, graph in [*named, *_graphs(manifest)]:
        media_type = MEDIA_TYPES[name.split(".")[-2]]
        yield Download(f"/{name}", title, media_type, graph, dumps.get(name))


def _graphs(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for graph, name in by_graph(manifest).items():
        called = f"Graph {graph.removeprefix(GRAPH)}" if graph else "The graph without a name"
        yield name, f"{called} as N-Triples", graph


class Dumps:
    """The downloads of releases: made when they are first asked for, by a process of their own.

    One release's at a time, in the folder `dumps` beside the releases.
    """

    def __init__(self, var: Path) -> None:
        self._folder = var.resolve() / "dumps"
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._turn = asyncio.Lock()

    def made(self, version: str) -> dict[str, Dump]:
        """The downloads of a release by their names; empty where they have not been made."""
        return made(self._folder, version)

    async def soon(self, release: Release, seconds: float = WAIT) -> dict[str, Dump]:
        """The downloads of a release, made now if need be; empty if that takes longer."""
        if found := self.made(release.version):
            return found
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.shield(self._task(release))
        return self.made(release.version)

    def _task(self, release: Release) -> asyncio.Task[None]:
        version = release.version
        if version not in self._tasks:
            self._tasks[version] = task = asyncio.create_task(self._make(release))
            task.add_done_callback(lambda _: self._tasks.pop(version))
        return self._tasks[version]

    async def _make(self, release: Release) -> None:
        async with self._turn:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "ocsea.dumps"),
                *(str(release.path), str(self._folder), str(os.getpid())),
                stdin=asyncio.subprocess.DEVNULL,
                cwd=CHECKOUT,
            )
            try:
                if status := await process.wait():
                    about = {"release": release.version, "status": status}
                    LOG.error("downloads could not be made", extra=about)
            finally:
                if process.returncode is None:
                    process.kill()


@router.get(
    f"/{ALL}",
    summary=TITLES[ALL],
    responses=FILES,
    openapi_extra={"parameters": HEADERS},
    response_model=None,
)
@router.get(
    f"/{MERGE}",
    summary=TITLES[MERGE],
    responses=FILES,
    openapi_extra={"parameters": HEADERS},
    response_model=None,
)
@router.get(
    "/dump/{graph}.nt.gz",
    summary="One graph as N-Triples",
    responses=FILES,
    openapi_extra={"parameters": [WHICH, *HEADERS]},
    response_model=None,
)
async def dump(request: Request) -> ASGIApp:
    """A file of the current release, compressed, the same bytes as long as the release is.

    Its entity tag follows from its content, so that a download can go on where it broke off. The
    first to ask after a release has changed may have to wait until the file is made.
    """
    read_only(request)
    name = request.scope["path"].removeprefix("/")
    async with request.app.state.engine.pool() as pool:
        release, known = pool.release, by_graph(pool.manifest)
    if name not in TITLES and name not in known.values():
        raise Problem("not-found", "The release has no such graph; /releases lists them.")
    found = (await request.app.state.dumps.soon(release)).get(name)
    if not found:
        raise Problem("not-ready", "The file is being made: ask for it again in some seconds.")
    tag = f'"{found.sha256[:32]}"'
    return unchanged(request, tag) or FileResponse(
        found.path, found.bytes, tag, _headers(request, release.version, name, found)
    )


def _headers(request: Request, version: str, name: str, found: Dump) -> dict[str, str]:
    """The file's own headers: its digest (RFC 9530) is of all of it, whatever part is sent."""
    rest = name.removeprefix("dump").replace("/", "-")
    digest = base64.b64encode(bytes.fromhex(found.sha256)).decode()
    return data_headers(request) | {
        "content-type": GZIP,
        "content-disposition": f'attachment; filename="ocsea-{version}{rest}"',
        "repr-digest": f"sha-256=:{digest}:",
        "ocsea-release": version,
    }
