"""`/template`: what the graph knows of a state, as files to edit and send back."""

from functools import partial
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.collections.request import pairs
from api.engine import Made, Pool
from api.formats import HTML
from api.negotiation import Offer, by_name
from api.openapi import FOUND, documents, parameter, problems
from api.pages import render
from api.problems import Problem
from api.steward.asked import chosen
from api.steward.uploads import ask, at_the_cost_of
from api.web import about_release, negotiate
from ocsea.steward.files.formats import TEMPLATES

OFFERS = (*(Offer(name, one.media_type) for name, one in TEMPLATES.items()), HTML)
FORMATS = tuple(offer.name for offer in OFFERS)
LONGEST = 60
"""Characters of what may be a code at all."""

ISO3 = parameter("iso3", "The state's ISO 3166 alpha-3 code", where="path", example="NOR")
STATE = parameter("state", "Leads on to the template of this state, by its code", example="NOR")
FORMAT = parameter("format", "A format by name instead of Accept", among=FORMATS, example="ttl")
router = APIRouter(tags=["Stewards"], default_response_class=Response)


@router.get(
    "/template",
    summary="Choose a state's template",
    responses=documents((HTML,), "The page")
    | {303: FOUND}
    | problems("request-malformed", "method-not-allowed", "busy"),
    openapi_extra={"parameters": [STATE, FORMAT]},
)
async def templates(request: Request) -> Response:
    """A page to choose a state and a format from, which says how it goes on."""
    given = pairs(request.scope["query_string"])
    state = next((value for name, value in given if name == "state"), "")
    rest = [pair for pair in given if pair[0] != "state"]
    asked = chosen(rest, {"format": FORMATS}, "/template")
    if state:
        query = f"?format={asked['format']}" if asked["format"] else ""
        return RedirectResponse(f"/template/{quote(state, safe='')}{query}", 303)
    return await about_release(request, HTML, partial(_choice, request))


async def _choice(request: Request, pool: Pool) -> Made:
    states = await request.app.state.kept.ask(pool.version, "states")
    return render("templates.html", states=states, formats=TEMPLATES).encode(), {}


@router.get(
    "/template/{iso3}",
    summary="A state's template",
    responses=documents(OFFERS, "The template")
    | problems(
        *("request-malformed", "not-found", "not-acceptable", "method-not-allowed"),
        *("too-many", "busy"),
    ),
    openapi_extra={"parameters": [ISO3, FORMAT]},
)
async def template(request: Request) -> Response:
    """What the graph knows of a state, as a workbook or as CSV files with a sheet a topic, or in
    RDF: to be edited and sent back. That of a state which it does not know yet is blank.
    """
    asked = chosen(pairs(request.scope["query_string"]), {"format": FORMATS}, "/template")
    offer = by_name(asked["format"], OFFERS) or negotiate(request, OFFERS)
    return await about_release(request, offer, partial(_made, request, offer))


async def _made(request: Request, offer: Offer, pool: Pool) -> Made:
    code = request.path_params["iso3"]
    if len(code) > LONGEST:
        raise Problem("not-found", "A state is named by its ISO 3166 alpha-3 code, such as NOR.")
    arguments = {"release": pool.version, "state": code, "format": offer.name}
    with at_the_cost_of(request):
        about, content = await ask(request, "template", arguments)
    if offer is HTML:
        return content, {}
    name = f"ocsea-{about['state']}{TEMPLATES[offer.name].suffix}"
    return content, {"content-disposition": f'attachment; filename="{name}"'}
