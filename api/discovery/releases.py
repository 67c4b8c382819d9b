"""`/releases`: the releases that are there, what they hold, and what their files should hash to."""

import asyncio
import contextlib
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.discovery.dumps import Download, downloads
from api.engine import EngineError
from api.formats import HTML
from api.negotiation import Offer
from api.openapi import documents, parameter, problems
from api.pages import render
from api.problems import Problem
from api.tagged import tagged
from api.web import negotiate, public
from ocsea import jsonld
from ocsea.dumps import Dump
from ocsea.namespaces import BASE
from ocsea.release import Release
from ocsea.versions import VERSION, release_of

DATASET = BASE + ".well-known/void#dataset"
"""What all releases are states of."""

OFFERS = (Offer("json", "application/json"), Offer("jsonld", "application/ld+json"), HTML)
PAGE = 50
"""How many releases are told of at a time."""

PATIENCE = 5.0
"""Seconds to wait for what is told of downloads that are being made."""

PAGE_NUMBER = parameter("page", "Which page of the releases, 50 on each", example="1")
WHICH = parameter("version", "The release", where="path", example="0123456789abcdef")
router = APIRouter(tags=["Discovery"], default_response_class=Response)


@router.get(
    "/releases",
    summary="The releases that are there",
    responses=documents(OFFERS)
    | problems("request-malformed", "not-found", "not-acceptable", "method-not-allowed"),
    openapi_extra={"parameters": [PAGE_NUMBER]},
)
async def releases(request: Request) -> Response:
    """Each with its triples, graphs, editions of sources and hashes, and whose doing it is: its
    `kind` is `build`, or that of a write, such as `publish` or `withdraw`. Those made last come
    first.

    Which is `current` and so answered from is told as well. Others may be removed at any time.
    """
    offer, number = negotiate(request, OFFERS), _page_number(request)
    var = request.app.state.settings.var
    listed = await asyncio.to_thread(versions, var)
    last = max(1, -(-len(listed) // PAGE))
    if number > last:
        raise Problem("not-found", f"The last page is {last}.")
    manifests = await asyncio.to_thread(_manifests, var, _page(listed, number))
    current, made, history = await _current(request, manifests)
    found = [_described(request, each, current, made, history) for each in manifests]
    document: dict[str, Any] = {"@context": jsonld.CONTEXT, "id": DATASET, "type": ["DcatDataset"]}
    document |= {"current": address(current), "releases": found}
    if number < last:
        document["next"] = public(request, f"/releases?page={number + 1}")
    pages = {"page": number, "last": last, "total": len(listed)}
    return _respond(request, offer, "releases.html", document, current=current, **pages)


@router.get(
    "/releases/{version}",
    summary="One release",
    responses=documents(OFFERS)
    | problems("not-found", "removed", "not-acceptable", "method-not-allowed"),
    openapi_extra={"parameters": [WHICH]},
)
async def release(request: Request) -> Response:
    """Its triples, graphs, editions of sources and hashes; as `made`, how it came about, and how
    many facts of sources have gone and come with it; what can be had of the current one.
    """
    version, offer = request.path_params["version"], negotiate(request, OFFERS)
    kept = await asyncio.to_thread(release_of, request.app.state.settings.var, version)
    found = _manifest(kept.path)
    current, made, history = await _current(request, [found])
    document = {"@context": jsonld.CONTEXT, **_described(request, found, current, made, history)}
    return _respond(request, offer, "release.html", document, current=current)


def versions(var: Path) -> list[str]:
    """The versions of the releases in a state folder, those made last first."""
    with os.scandir(var / "releases") as entries:
        found = [entry for entry in entries if VERSION.fullmatch(entry.name)]
    found.sort(key=lambda entry: (-entry.stat().st_mtime_ns, entry.name))
    return [entry.name for entry in found]


def address(version: str) -> str:
    """The IRI of a release."""
    return f"{BASE}releases/{version}"


async def _current(
    request: Request, manifests: Sequence[Mapping[str, Any]]
) -> tuple[str, Mapping[str, Dump], Mapping[str, Any]]:
    """The version that is answered from, its downloads as far as they are soon made, and how the
    releases of these manifests came about."""
    async with request.app.state.engine.pool() as pool:
        release: Release = pool.release
    made, history = await asyncio.gather(
        request.app.state.dumps.soon(release, PATIENCE),
        _histories(request, release.version, manifests),
    )
    return release.version, made, history


def _page_number(request: Request) -> int:
    text = request.query_params.get("page", "1")
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text):
        raise Problem("request-malformed", "`page` is a number from 1.")
    return int(text)


def _page(listed: list[str], number: int) -> list[str]:
    return listed[(number - 1) * PAGE : number * PAGE]


def _manifests(var: Path, page: Iterable[str]) -> list[dict[str, Any]]:
    """The manifests of those of these releases that are there."""
    found = []
    for version in page:
        with contextlib.suppress(OSError):  # it was removed since it was listed
            found.append(_manifest(var / "releases" / version))
    return found


@lru_cache(maxsize=4 * PAGE)
def _manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a release, which never changes."""
    return Release(folder).manifest


async def _histories(
    request: Request, current: str, manifests: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any]:
    """How these releases came about, by version; nothing where that is not soon known."""
    versions = " ".join(manifest["version"] for manifest in manifests)
    with contextlib.suppress(TimeoutError, Problem, EngineError):
        async with asyncio.timeout(PATIENCE):
            found: Mapping[str, Any] = await request.app.state.kept.ask(
                current, "releases", versions
            )
            return found
    return {}


def _made(told: Mapping[str, Any]) -> dict[str, Any]:
    """How a release came about, with the keys of our context."""
    about = {"type": ["Activity"], **told, **told.get("counts", {})}
    for name, key in (("previous", "since"), ("missing", "missing")):
        if version := about.pop(name, ""):
            about[key] = address(version)
    if "submission" in about:
        about["submission"] = f"{BASE}id/submission/{about['submission']}"
    return {name: value for name, value in about.items() if name not in ("counts", "release")}


def _described(
    request: Request,
    manifest: Mapping[str, Any],
    current: str,
    made: Mapping[str, Dump],
    history: Mapping[str, Any],
) -> dict[str, Any]:
    about = describe(manifest)
    if told := history.get(manifest["version"]):
        about["made"] = _made(told)
    if manifest["version"] == current:
        about["downloads"] = [_download(request, one) for one in downloads(manifest, made)]
    return about


def describe(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What a release holds, by its manifest, with the keys of our context."""
    iri, graphs = address(manifest["version"]), manifest["graphs"].items()
    return {
        "id": iri,
        "type": ["DcatDataset", "Dataset"],
        "isVersionOf": DATASET,
        "version": manifest["version"],
        **_written(manifest),
        "triples": sum(graph["triples"] for _, graph in graphs),
        "graphs": [_graph(iri, name, graph) for name, graph in graphs],
        "sources": [
            {"id": f"{BASE}id/source/{stem}", **source}
            for stem, source in manifest.get("sources", {}).items()
        ],
    }


def _written(manifest: Mapping[str, Any]) -> dict[str, str]:
    """When it was written and on top of what, if it was: a build leaves no time."""
    written = manifest.get("written")
    if not written:
        return {}
    about = {"modified": written["at"], "previous": address(written["parent"])}
    return about | {"base": address(manifest["base"])}


def _graph(release: str, name: str, graph: Mapping[str, Any]) -> dict[str, Any]:
    """A graph as it is in this release; the one without a name is a version of nothing."""
    stem = graph["file"].removesuffix(".nt")
    about = {"id": f"{release}#{stem}", **({"isVersionOf": name} if name else {})}
    return {**about, "triples": graph["triples"], "sha256": graph["sha256"]}


def _download(request: Request, one: Download) -> dict[str, Any]:
    about = {"url": public(request, one.path), "title": one.title, "mediaType": one.media_type}
    size = {"bytes": one.dump.bytes, "sha256": one.dump.sha256} if one.dump else {}
    return {**about, **size}


def _respond(
    request: Request, offer: Offer, template: str, document: Mapping[str, Any], **more: Any
) -> Response:
    """The document as a page or as JSON; its entity tag follows from what it says."""
    if offer is HTML:
        body = render(template, document=document, **more).encode()
    else:
        body = json.dumps(document, ensure_ascii=False, indent=2).encode()
    return tagged(request, offer, body)
