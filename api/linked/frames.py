"""`/frames`: the shape that documents have, by class."""

from functools import cache

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from api.formats import HTML
from api.jsonld.document import frames
from api.negotiation import Offer
from api.openapi import documents, parameter, problems
from api.pages import render
from api.problems import Problem
from api.web import CODE, data_headers, negotiate, unchanged
from ocsea.namespaces import BASE
from ocsea.resources import frame_files

FRAME = Offer("jsonld", "application/ld+json")
LIST = (Offer("json", "application/json"), HTML)
CLASS = parameter("class", "The class, in lower case", where="path", example="state")
router = APIRouter(tags=["Schema"], default_response_class=Response)


@router.get(
    "/frames",
    summary="The frames that documents are shaped by",
    responses=documents(LIST, "The list") | problems("not-acceptable", "method-not-allowed"),
)
async def all_frames(request: Request) -> Response:
    """The name of each frame, the classes it is for, and its address."""
    offer = negotiate(request, LIST)
    return _constant(request, offer, _listed(offer.name))


@router.get(
    "/frames/{class}",
    summary="The frame of a class",
    responses=documents([FRAME], "The frame") | problems("not-found", "method-not-allowed"),
    openapi_extra={"parameters": [CLASS]},
)
async def frame(request: Request) -> Response:
    """A JSON-LD frame under our context; documents of its classes have its keys in its order."""
    name = request.path_params["class"].removesuffix(".jsonld")
    if name not in frame_files():
        raise Problem("not-found", f"There are frames for {', '.join(frame_files())}.")
    return _constant(request, FRAME, frame_files()[name].read_bytes(), name)


@cache
def _listed(name: str) -> bytes:
    """The list in the format of this name."""
    found = [
        {"name": frame.name, "classes": sorted(frame.classes), "frame": f"{BASE}frames/{key}"}
        for key, frame in frames().all.items()
    ]
    if name == "html":
        return render("frames.html", frames=found).encode()
    return orjson.dumps({"frames": found}, option=orjson.OPT_INDENT_2)


def _constant(request: Request, offer: Offer, content: bytes, name: str = "frames") -> Response:
    """What follows from the server's own files, not from the release."""
    tag = f'"{CODE}-{name}-{offer.name}"'
    headers = {"etag": tag, "content-type": offer.content_type, **data_headers(request)}
    return unchanged(request, tag) or Response(content, headers=headers)
