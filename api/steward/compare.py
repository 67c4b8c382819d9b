"""`/compare`: states side by side, over commitments and indicators."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.collections.request import Pairs, pairs
from api.engine import Made, Pool
from api.formats import HTML
from api.negotiation import Offer
from api.openapi import documents, parameter, problems
from api.pages import render
from api.problems import Problem
from api.steward.asked import chosen
from api.steward.bars import bars
from api.steward.completeness import FAILURES, FORMAT, FORMATS, OFFERS, offered, worked_out, written
from api.web import about_release
from ocsea.steward.overview import documents as overview
from ocsea.steward.overview.comparison import MAX_STATES
from ocsea.steward.overview.documents import Document

MANY = ("state", "about")
"""The parameters that may be given more than once."""
STATE = parameter(
    "state", f"ISO 3166 alpha-3 code of a state; at most {MAX_STATES}", many=True, example="NOR"
)
ABOUT = parameter(
    "about",
    "What to compare, by kind and key; without any, all that is expected to be known of states",
    many=True,
    example="indicator/age-of-consent",
)
DIFFERS = parameter("differs", "`1` for what is not the same for all states", among=("1",))
router = APIRouter(tags=["Stewards"], default_response_class=Response)


@dataclass(frozen=True, slots=True)
class Asked:
    """The states and the things that are to be compared, and whether only what differs."""

    states: tuple[str, ...]
    about: tuple[str, ...]
    differs: bool

    def address(self, *more: tuple[str, str]) -> str:
        """Where the answer is."""
        things = [("state", state) for state in self.states]
        things += [("about", thing) for thing in self.about]
        things += [("differs", "1")] if self.differs else []
        return "/compare?" + urlencode([*things, *more], safe="/")


@router.get(
    "/compare",
    summary="States side by side",
    responses=documents(OFFERS) | problems(*FAILURES, "too-many"),
    openapi_extra={"parameters": [STATE, ABOUT, DIFFERS, FORMAT]},
)
async def compare(request: Request) -> Response:
    """What sources say of each state, newest first: a row for each indicator, and for the status
    and the act of each commitment. Without a state: what can be compared, as `choices`.
    """
    given = pairs(request.scope["query_string"])
    among = {"differs": ("1",), "format": FORMATS}
    rest = chosen([pair for pair in given if pair[0] not in MANY], among, "/compare")
    offer, asked = offered(request, rest), _asked(given, differs=bool(rest["differs"]))
    return await about_release(request, offer, partial(_make, request, asked, offer))


def _asked(given: Pairs, *, differs: bool) -> Asked:
    states, about = (
        tuple(dict.fromkeys(value for name, value in given if name == many)) for many in MANY
    )
    for text in (*states, *about):
        if any(character.isspace() for character in text):
            raise Problem("request-malformed", f"‘{text}’ is no code: there is a blank in it.")
    return Asked(tuple(state.upper() for state in states), about, differs)


async def _make(request: Request, asked: Asked, offer: Offer, pool: Pool) -> Made:
    document = await _compared(request, asked, pool.version)
    if offer is HTML or not asked.states:
        choices = await request.app.state.kept.ask(pool.version, "choices")
        if offer is HTML:
            return _page(asked, document, choices), {}
        document["choices"] = choices
    return written(document, offer, "comparison", overview.comparison_table)


async def _compared(request: Request, asked: Asked, version: str) -> Document:
    if not asked.states:
        return {"release": version, "states": [], "rows": []}
    states, about = " ".join(asked.states), " ".join(asked.about)
    arguments = {"release": version, "states": states, "about": about}
    document = await worked_out(request, "compare", arguments)
    return overview.differing(document) if asked.differs else document


def _page(asked: Asked, document: Document, choices: Document) -> bytes:
    page = render(
        "compare.html",
        asked=asked,
        document=document,
        groups=_groups(document["rows"]),
        states=choices["states"],
        things=_things(asked, choices["things"]),
        csv=asked.address(("format", "csv")),
    )
    return page.encode()


def _groups(rows: Sequence[Document]) -> list[tuple[str, list[Document]]]:
    """The rows with their bars, what states have promised before what is counted of them."""
    groups: dict[str, list[Document]] = {"Commitments": [], "Indicators": []}
    for row in rows:
        name = "Indicators" if row["topic"] == "indicators" else "Commitments"
        groups[name].append({**row, "heading": overview.heading(row), "bars": bars(row)})
    return [(name, found) for name, found in groups.items() if found]


def _things(asked: Asked, things: Sequence[Document]) -> dict[str, list[Document]]:
    """What may be chosen, in groups; with what is asked for and is in none of them."""
    known = {thing["key"] for thing in things}
    others = [{"key": key, "name": key} for key in asked.about if key not in known]
    return {
        "Commitments": [t for t in things if not t["key"].startswith("indicator/")],
        "Indicators of the states that studies cover": [
            t for t in things if t["key"].startswith("indicator/") and t["expected"]
        ],
        "Other indicators": [
            *(t for t in things if t["key"].startswith("indicator/") and not t["expected"]),
            *others,
        ],
    }
