"""The routes of the collections, one for each in the table."""

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.collections import request as asked
from api.collections.dates import DATE, DATE_FORM, SPAN_FORM, SPAN_PATTERN
from api.collections.filters import MAX_TEXT, WORDS, Filter
from api.collections.kinds import Kind
from api.collections.page import parts
from api.collections.request import LIMIT, MAX_LIMIT, MAX_ROWS, Wanted
from api.collections.table import KINDS
from api.collections.view import html
from api.collections.writers import header, rows, write
from api.engine import Made, Pool
from api.formats import DOCUMENTS
from api.negotiation import Offer, by_name
from api.openapi import documents, parameter, problems
from api.problems import not_acceptable
from api.web import about_release, negotiate, public

CSV = Offer("csv", "text/csv")
OFFERS = (*DOCUMENTS[:-1], CSV, DOCUMENTS[-1])
LONGEST = 4000
"""Bytes of a header that proxies let pass."""
router = APIRouter(tags=["Collections"], default_response_class=Response)


async def answer(kind: Kind, request: Request) -> Response:
    """A page of a collection."""
    given = asked.pairs(request.scope["query_string"])
    offer = _offer(request, given)
    wanted = asked.read(kind, given, table=offer is CSV)
    make = partial(_make, wanted, offer, public(request, ""))
    return await about_release(request, offer, make)


def _offer(request: Request, given: asked.Pairs) -> Offer:
    """The format by name, which a link can carry, or else by Accept."""
    names = [value for name, value in given if name == "format"]
    if not names:
        return negotiate(request, OFFERS)
    if found := by_name(names[0], OFFERS):
        return found
    raise not_acceptable(OFFERS)


async def _make(wanted: Wanted, offer: Offer, address: str, pool: Pool) -> Made:
    async with aclosing(parts(pool, wanted)) as found:
        page = await anext(found)
        headers = {"link": _links(wanted, page.further)}
        if offer.name == "html":
            return await html(pool, page), headers
        if offer is not CSV:
            return write(page, address, offer.name), headers
        content = header(page) + rows(page)
        async for part in found:
            content += rows(part)
    return content.encode(), headers | _about_csv(wanted)


def _about_csv(wanted: Wanted) -> dict[str, str]:
    return {
        "content-type": "text/csv; charset=utf-8; header=present",
        "content-disposition": f'inline; filename="{wanted.kind.name}.csv"',
    }


def _links(wanted: Wanted, further: asked.Cursor | None) -> str:
    """The `Link` header: the first and the next page; this in other formats, unless too long."""
    found = [f'<{wanted.address()}>; rel="first"']
    if further:
        found.append(f'<{wanted.address(further)}>; rel="next"')
    others = [
        f'<{wanted.address(wanted.after, format=offer.name)}>; rel="alternate"; '
        f'type="{offer.media_type}"'
        for offer in OFFERS
    ]
    whole = ", ".join([*found, *others])
    return whole if len(whole) <= LONGEST else ", ".join(found)


def parameters(kind: Kind) -> list[dict[str, Any]]:
    """What a collection takes, for OpenAPI."""
    own = [_filter(narrowed) for narrowed in kind.filters]
    if kind.period:
        said = f"What is dated within {SPAN_FORM}"
        own.append(_told("period", said, SPAN_PATTERN, many=True, example="2015/2019"))
    if kind.as_of:
        own.append(_told("as_of", f"What held at {DATE_FORM}", DATE.pattern, example="2015-07-01"))
    return [*own, *_common(kind)]


def _told(
    name: str, said: str, pattern: str, *, many: bool = False, example: str = ""
) -> dict[str, Any]:
    text = {"type": "string", "pattern": f"^(?:{pattern})$", "maxLength": MAX_TEXT}
    schema = {"type": "array", "items": text} if many else text
    return parameter(name, said, many=many, example=example) | {"schema": schema}


def _filter(narrowed: Filter) -> dict[str, Any]:
    form = narrowed.form
    said = f"{narrowed.meaning}: {form.said}. Several are alternatives."
    return _told(narrowed.name, said, form.pattern, many=True, example=narrowed.example)


def _common(kind: Kind) -> list[dict[str, Any]]:
    sorts = [sign + sort.name for sort in kind.sorts for sign in ("", "-")]
    text = f"A text of up to {MAX_TEXT} characters that names or texts contain, without regard to "
    return [
        _told("q", text + "case and accents", WORDS, many=True, example="child"),
        parameter("sort", "What to sort by; with `-` from the last", example=sorts[0])
        | {"schema": {"type": "string", "enum": sorts}},
        parameter("fields", "The columns, with commas between", example="label")
        | {"schema": {"type": "array", "items": {"type": "string", "enum": list(kind.columns)}}}
        | {"style": "form", "explode": False},
        parameter(
            "limit",
            f"How many members at most: {LIMIT} if nothing is said, and no more than {MAX_LIMIT}; "
            f"in CSV {MAX_ROWS:,}, either way",
        )
        | {"schema": {"type": "integer", "minimum": 1, "maximum": MAX_ROWS}},
        parameter("after", "Where the page before ended, from its link to the next"),
        parameter("format", "A format by name instead of Accept")
        | {"schema": {"type": "string", "enum": [offer.name for offer in OFFERS]}},
    ]


def _endpoint(kind: Kind) -> Callable[[Request], Awaitable[Response]]:
    async def collection(request: Request) -> Response:
        return await answer(kind, request)

    collection.__doc__ = kind.about
    return collection


for _kind in KINDS.values():
    router.add_api_route(
        f"/{_kind.name}",
        _endpoint(_kind),
        name=_kind.name,
        summary=_kind.title,
        response_class=Response,
        response_model=None,
        responses=documents(OFFERS, "A page of the collection")
        | problems(
            *("request-malformed", "method-not-allowed", "not-acceptable"),
            *("query-timeout", "query-memory", "busy"),
        ),
        openapi_extra={"parameters": parameters(_kind)},
    )
