"""`/completeness`: what is known of states, what is missing, and what could be filled in next."""

from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.collections.request import pairs
from api.engine import Made, Pool
from api.formats import HTML
from api.negotiation import Offer, by_name
from api.openapi import documents, parameter, problems
from api.pages import render
from api.problems import Problem
from api.steward import tiles
from api.steward.asked import chosen
from api.steward.uploads import ask, at_the_cost_of
from api.web import about_release, negotiate
from ocsea import spreadsheets
from ocsea.steward.overview import documents as overview
from ocsea.steward.overview.completeness import OUTCOMES
from ocsea.steward.overview.documents import TOPICS, Document

CSV = Offer("csv", "text/csv")
OFFERS = (Offer("json", "application/json"), CSV, HTML)
FORMATS = tuple(offer.name for offer in OFFERS)
SORTS = {
    "name": "name",
    "-name": "name, from the end",
    "score": "score, lowest first",
    "-score": "score, highest first",
}
AMONG = {"topic": TOPICS, "outcome": tuple(OUTCOMES), "sort": tuple(SORTS), "format": FORMATS}
"""What each parameter may be."""
LEAST = 8
"""How many states of which least is known are shown beside the map."""
LONGEST = 60
"""Characters of what may be a code at all."""

TOPIC = parameter("topic", "One topic alone; scores are then of that", among=TOPICS)
OUTCOME = parameter("outcome", "Only what came to this", among=AMONG["outcome"], example="absent")
SORT = parameter("sort", "The order of the states; with `-` from the last", among=AMONG["sort"])
FORMAT = parameter("format", "A format by name instead of Accept", among=FORMATS, example="csv")
ISO3 = parameter("iso3", "The state's ISO 3166 alpha-3 code", where="path", example="NOR")
FAILURES = ("request-malformed", "not-acceptable", "method-not-allowed", "busy")
router = APIRouter(tags=["Stewards"], default_response_class=Response)


@router.get(
    "/completeness",
    summary="What is known of the states, and what is missing",
    responses=documents(OFFERS) | problems(*FAILURES),
    openapi_extra={"parameters": [TOPIC, OUTCOME, SORT, FORMAT]},
)
async def completeness(request: Request) -> Response:
    """Each state against all that the shapes expect to be known of it: what became of each
    expectation, by which record and source, of when, and how many percent are known.
    """
    asked = chosen(pairs(request.scope["query_string"]), AMONG, "/completeness")
    offer = offered(request, asked)
    return await about_release(request, offer, partial(_all, request, asked, offer))


@router.get(
    "/completeness/{iso3}",
    summary="What is known of a state, and what to fill in next",
    responses=documents(OFFERS) | problems(*FAILURES, "not-found", "too-many"),
    openapi_extra={"parameters": [ISO3, FORMAT]},
)
async def of_state(request: Request) -> Response:
    """What became of each expectation, and as `steps` what could be filled in: first that of which
    there is no record, then what its source leaves blank, known of most other states first.
    """
    asked = chosen(pairs(request.scope["query_string"]), {"format": FORMATS}, "a state")
    offer = offered(request, asked)
    return await about_release(request, offer, partial(_one, request, offer))


def offered(request: Request, asked: Mapping[str, str]) -> Offer:
    """The format by its name in the address, else by Accept."""
    return by_name(asked["format"], OFFERS) or negotiate(request, OFFERS)


async def _all(request: Request, asked: dict[str, str], offer: Offer, pool: Pool) -> Made:
    kept = request.app.state.kept
    document = await kept.ask(pool.version, "completeness", asked["topic"])
    return await run_in_threadpool(_write_all, document, asked, offer)


def _write_all(document: Document, asked: dict[str, str], offer: Offer) -> Made:
    shown = _ordered(narrowed(document, asked["outcome"]), asked["sort"])
    if offer is not HTML:
        return written(shown, offer, "completeness", overview.completeness_table)
    page = render(
        "completeness.html",
        document=document,
        shown=shown,
        asked=asked,
        among=AMONG,
        sorts=SORTS,
        topics=_topics(shown),
        rows=[_across(state, shown) for state in shown["states"]],
        totals=_totals(document),
        least=_least(document),
        map=tiles.drawn(document["states"]),
        legend=tiles.legend(),
        csv=_address(asked | {"format": "csv"}),
        links={sort: _address(asked | {"sort": sort}) for sort in SORTS},
    )
    return page.encode(), {}


def _address(asked: Mapping[str, str]) -> str:
    given = urlencode([(name, value) for name, value in asked.items() if value])
    return f"/completeness?{given}" if given else "/completeness"


async def _one(request: Request, offer: Offer, pool: Pool) -> Made:
    code = request.path_params["iso3"]
    document = overview.of_state(
        await request.app.state.kept.ask(pool.version, "completeness"), code
    ) or await _beyond(request, pool.version, code)
    if offer is not HTML:
        name = f"completeness-{document['states'][0]['iso3']}"
        return written(document, offer, name, overview.completeness_table)
    (state,) = document["states"]
    expected = {asked["key"]: asked for asked in document["expectations"]}
    page = render(
        "completeness_state.html",
        document=document,
        state=state,
        expected=expected,
        topics=_topics(document),
        cells={cell["key"]: cell for cell in state["cells"]},
    )
    return page.encode(), {}


async def _beyond(request: Request, version: str, code: str) -> Document:
    """A state of which nothing is expected; a `Problem` with the nearest code if it is none."""
    if len(code) > LONGEST:
        raise Problem("not-found", "A state is named by its ISO 3166 alpha-3 code, such as NOR.")
    return await worked_out(request, "state-beyond", {"release": version, "state": code})


async def worked_out(request: Request, task: str, arguments: dict[str, str]) -> Document:
    """What the desk replies, at the expense of the client; 429 where it has taken too much."""
    with at_the_cost_of(request):
        _, body = await ask(request, task, arguments)
    document: Document = orjson.loads(body)
    return document


def narrowed(document: Document, outcome: str) -> Document:
    """Only what came to an outcome, and the states and expectations where there is any of it."""
    if not outcome:
        return document
    states = [
        {**state, "cells": [cell for cell in state["cells"] if cell["outcome"] == outcome]}
        for state in document["states"]
    ]
    keys = {cell["key"] for state in states for cell in state["cells"]}
    expected = [asked for asked in document["expectations"] if asked["key"] in keys]
    found = [state for state in states if state["cells"]]
    return {**document, "expectations": expected, "states": found}


def _ordered(document: Document, sort: str) -> Document:
    """By name, as they come, or by score."""
    states = list(document["states"])
    if sort.endswith("score"):
        states.sort(key=lambda state: state["score"], reverse=sort.startswith("-"))
    elif sort.startswith("-"):
        states.reverse()
    return {**document, "states": states}


def _topics(document: Document) -> Mapping[str, list[Document]]:
    """What is expected, by topic."""
    found = defaultdict(list)
    for asked in document["expectations"]:
        found[asked["topic"]].append(asked)
    return found


def _least(document: Document) -> list[Document]:
    """The states of which least is known, if not all is."""
    lacking = (state for state in document["states"] if state["score"] < 1)
    return sorted(lacking, key=lambda state: state["score"])[:LEAST]


def _across(state: Document, document: Document) -> Document:
    """A state with a cell for each column by its key, None where there is none."""
    cells = {cell["key"]: cell for cell in state["cells"]}
    return {**state, "by": {one["key"]: cells.get(one["key"]) for one in document["expectations"]}}


def _totals(document: Document) -> dict[str, int]:
    counts = [state["counts"] for state in document["states"]]
    return {outcome: sum(count[outcome] for count in counts) for outcome in OUTCOMES}


def written(document: Document, offer: Offer, name: str, table: Any) -> Made:
    """The document as JSON, or as the table that it makes."""
    if offer is not CSV:
        return orjson.dumps(document, option=orjson.OPT_INDENT_2), {}
    headers = {
        "content-type": "text/csv; charset=utf-8; header=present",
        "content-disposition": f'inline; filename="{name}.csv"',
    }
    return spreadsheets.write(table(document)).encode(), headers
