"""What happened: what two releases differ in, and what a record said before."""

from functools import partial
from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from api.addresses import KEY
from api.collections.request import pairs
from api.discovery.releases import WHICH
from api.engine import Made, Pool
from api.formats import HTML
from api.linked.routes import KEYS
from api.negotiation import Offer, by_name
from api.openapi import documents, parameter, problems
from api.pages import render
from api.problems import Problem
from api.steward.asked import chosen
from api.steward.topics import by_topic
from api.steward.uploads import ask, at_the_cost_of
from api.tagged import tagged
from api.web import about_release, negotiate
from ocsea.namespaces import ID
from ocsea.steward.difference.patch import MEDIA_TYPE as PATCH
from ocsea.steward.difference.words import read_lines

JSON = Offer("json", "application/json")
CHANGES = (JSON, Offer("text", "text/plain"), Offer("patch", PATCH), HTML)
STORY = (JSON, HTML)
SINCE = parameter("since", "Another release to compare with; unset: the one before")
FORMAT = parameter(
    "format", "A format by name instead of Accept", among=[offer.name for offer in CHANGES]
)
router = APIRouter(tags=["Discovery"], default_response_class=Response)


@router.get(
    "/releases/{version}/changes",
    summary="What a release changed",
    responses=documents(CHANGES)
    | problems(
        *("request-malformed", "not-found", "removed", "not-acceptable", "method-not-allowed"),
        *("result-too-large", "too-many", "busy"),
    ),
    openapi_extra={"parameters": [WHICH, SINCE, FORMAT]},
)
async def changes(request: Request) -> Response:
    """What came and what went since the release before it, or since any other: how much in which
    graph, and record by record in words. Where `complete` is false, there is more than is told. As
    RDF Patch it is all that makes the one release of the other, or a problem where that is too
    long.
    """
    version, since, offer = _asked(request)
    name = "json" if offer is HTML else offer.name
    arguments = {"release": version, "since": since, "format": name}
    with at_the_cost_of(request):
        _, content = await ask(request, "changes", arguments)
    if offer is HTML:
        content = _page(orjson.loads(content))
    return tagged(request, offer, content)


def _page(found: dict[str, Any]) -> bytes:
    told = [{name: line[name] for name in line if name != "text"} for line in found["changes"]]
    lines = read_lines(told)
    changes_by = by_topic(lines)
    return render("changes.html", found=found, lines=lines, changes_by=changes_by).encode()


def _asked(request: Request) -> tuple[str, str, Offer]:
    """The release, the one to compare it with or "", and the format."""
    given = pairs(request.scope["query_string"])
    since = [value for name, value in given if name == "since"]
    rest = [pair for pair in given if pair[0] != "since"]
    names = {"format": [offer.name for offer in CHANGES]}
    asked = chosen(rest, names, "this address, beside `since`")
    versions = request.path_params["version"], *since
    if len(since) > 1:
        raise Problem("request-malformed", "`since` is given once.")
    offer = by_name(asked["format"], CHANGES) or negotiate(request, CHANGES)
    return versions[0], "".join(since), offer


@router.get(
    "/history/{kind}/{key:path}",
    summary="What a record said before",
    responses=documents(STORY)
    | problems("not-found", "not-acceptable", "method-not-allowed", "too-many", "busy"),
    openapi_extra={"parameters": KEYS},
)
async def history(request: Request) -> Response:
    """Each value that the record had, newest first: what changed with it, in words and as facts;
    who made the release that it came with, when and why; and what it cites. Releases that are not
    kept any more are told as `missing`. Where `complete` is false, there are older values.
    """
    key = "/".join(request.path_params[name] for name in ("kind", "key"))
    if not KEY.fullmatch(key):
        raise Problem("not-found", "Things are called /history/kind/key, as they are at /doc.")
    offer = negotiate(request, STORY)
    return await about_release(request, offer, partial(_story, request, ID + key, offer))


async def _story(request: Request, iri: str, offer: Offer, pool: Pool) -> Made:
    with at_the_cost_of(request):
        arguments = {"release": pool.version, "record": iri}
        _, content = await ask(request, "history", arguments)
    if offer is not HTML:
        return content, {}
    return render("history.html", story=orjson.loads(content)).encode(), {}
