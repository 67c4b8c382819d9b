"""`/validate` and `/diff`: what a steward's files come to, before anything is sent in."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.collections.request import pairs
from api.formats import HTML
from api.negotiation import Offer, by_name, choose
from api.openapi import TEXT, Responses, documents, parameter, problems, schema_of
from api.pages import render
from api.schema.routes import constant
from api.steward.asked import chosen
from api.steward.uploads import ask, at_the_cost_of, received
from api.steward.work.parts import ENDINGS, FORM
from api.web import negotiate, public
from ocsea.steward.difference.patch import MEDIA_TYPE as PATCH
from ocsea.steward.files.formats import XLSX

METHODS, DIFF_METHODS = "GET, HEAD, POST, OPTIONS", "POST, OPTIONS"
REPORTS = (
    Offer("json", "application/json"),
    Offer("jsonld", "application/ld+json"),
    Offer("ttl", "text/turtle"),
    HTML,
    Offer("junit", "application/xml"),
    Offer("sarif", "application/sarif+json"),
    Offer("text", "text/plain"),
    Offer("xlsx", XLSX),
)
OUTCOMES = (
    Offer("json", "application/json"),
    HTML,
    Offer("patch", PATCH),
    Offer("text", "text/plain"),
)
CHECKED = "-checked"
"""What the name of a workbook ends in that is handed back."""

NAME = parameter(
    "name", "What the file is called, where the body is one file", example="actions.csv"
)
_RELEASE = {"OCSEA-Release": {"description": "The release that it was compared with"}}
_CONFORMS = {"OCSEA-Conforms": {"description": "Whether it can be published: `true` or `false`"}}
_FILES = {"type": "array", "items": schema_of(XLSX)}
_FORM = {"schema": {"type": "object", "properties": {"file": _FILES}}}
_ROWS = """state,instrument,act,date,source,place
NOR,CETS-201,Signature,2007-10-25,mapping2021,Fig. 1
NOR,CETS-201,Ratification,05/02/2018,mapping2021,Fig. 1
"""
_CSV = {"text/csv": {"schema": TEXT, "example": _ROWS}}
_BODIES = _CSV | {FORM: _FORM} | {kind: {"schema": schema_of(kind)} for kind in ENDINGS}
_BODY = {"required": True, "content": _BODIES | _CSV}
_REFUSED = problems(
    *("request-malformed", "not-acceptable", "method-not-allowed", "too-large"),
    *("unsupported-media-type", "too-many", "busy"),
)
router = APIRouter(tags=["Stewards"], default_response_class=Response)


def _answers(offers: Sequence[Offer], description: str, **own: dict[str, str]) -> Responses:
    """A 200 in any of the formats on offer, with headers of its own."""
    content = {offer.media_type: {"schema": schema_of(offer.media_type)} for offer in offers}
    headers = {name: told | {"schema": TEXT} for name, told in (_RELEASE | own).items()}
    return {200: {"description": description, "content": content, "headers": headers}}


def _format(offers: Sequence[Offer]) -> dict[str, object]:
    names = [offer.name for offer in offers]
    return parameter("format", "A format by name instead of Accept", among=names)


@router.get(
    "/validate",
    summary="A form to have files checked",
    responses=documents((HTML,), "The page") | problems("method-not-allowed"),
)
async def form(request: Request) -> Response:
    """A page to choose files on, which works without scripts."""
    page = render("validate.html", address=public(request, ""))
    return constant(request, HTML, page.encode())


@router.post(
    "/validate",
    summary="Check files",
    responses=_answers(
        REPORTS, "The report, or the workbook that was sent, with comments", **_CONFORMS
    )
    | _REFUSED,
    openapi_extra={"parameters": [_format(REPORTS), NAME], "requestBody": _BODY},
)
async def validate(request: Request) -> Response:
    """What is wrong with a steward's files, where it stands, and what would be right: judged with
    what they touch of the current release. It is 200 whether they conform or not, and says so in
    `OCSEA-Conforms`. Nothing is stored.
    """
    return await _worked(request, "validate", REPORTS)


@router.post(
    "/diff",
    summary="See what files would change",
    responses=_answers(OUTCOMES, "What would change") | _REFUSED,
    openapi_extra={"parameters": [_format(OUTCOMES), NAME], "requestBody": _BODY},
)
async def diff(request: Request) -> Response:
    """What would change if a steward's files were published: in words, as RDF Patch, and which
    competency questions would be answered otherwise. Rows with mistakes in them change nothing.
    """
    return await _worked(request, "diff", OUTCOMES)


async def _worked(request: Request, task: str, offers: tuple[Offer, ...]) -> Response:
    """The reply of the desk to a task on what was sent, in the format that was asked for."""
    given = pairs(request.scope["query_string"])
    names = [value for name, value in given if name == "name"]
    among = {"format": [offer.name for offer in offers]}
    asked = chosen([pair for pair in given if pair[0] != "name"], among, f"/{task}")
    offer = by_name(asked["format"], offers) or negotiate(request, offers)
    arguments = {
        "type": request.headers.get("content-type", ""),
        "name": "".join(names[:1]),
        "format": offer.name,
        "otherwise": "html" if choose(request.headers.get("accept"), offers) is HTML else "",
    }
    with at_the_cost_of(request):
        async with received(request) as content:
            about, body = await ask(request, task, arguments, [("body", content)])
    return Response(body, headers=_headers(about, offers))


def _headers(about: Mapping[str, object], offers: Sequence[Offer]) -> dict[str, str]:
    offer = by_name(str(about["format"]), offers)
    assert offer
    headers = {
        "content-type": offer.content_type,
        "cache-control": "no-store",
        "vary": "Accept",
        "ocsea-release": str(about["release"]),
    }
    if "conforms" in about:
        headers["ocsea-conforms"] = "true" if about["conforms"] else "false"
    if "name" in about:
        name = str(about["name"]).removesuffix(".xlsx").removesuffix(CHECKED)
        encoded = quote(f"{name}{CHECKED}.xlsx", safe="")
        headers["content-disposition"] = f"attachment; filename*=UTF-8''{encoded}"
    return headers
