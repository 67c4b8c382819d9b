"""`/robots.txt` and `/sitemap.xml`: what crawlers may read, and where it is."""

from collections.abc import Iterable, Iterator
from functools import partial
from xml.sax.saxutils import escape

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.addresses import KEY
from api.collections.table import KINDS
from api.engine import Job, Made, Pool
from api.negotiation import Offer
from api.openapi import documents, parameter, problems
from api.problems import Problem
from api.web import about_release, public
from ocsea.namespaces import ID, PREFIXES, TERMS

TEXT, XML = Offer("txt", "text/plain"), Offer("xml", "application/xml")
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST = 50_000
"""The most addresses that a sitemap may hold."""

PAGES = (
    *("/", "/sparql", "/ontology", "/docs", "/releases", "/completeness", "/compare"),
    *(f"/{name}" for name in KINDS),
)
UNREAD = ("/sparql?", "/compare?", "/completeness?", "/graphs", "/update", "/dump", "/metrics")
"""Where crawlers have nothing to look for: answers to queries, files, and what is for machines."""

WORTH_A_PAGE = f"""?thing <{PREFIXES["rdfs"]}label> ?label . FILTER(STRSTARTS(STR(?thing), "{ID}"))
  MINUS {{ ?thing a <{TERMS}Locator> }} MINUS {{ ?thing a <{TERMS}DisputedClaim> }}"""
"""Things with a name of their own: places in documents and sides of a disagreement are told where
they belong."""

HOW_MANY = f"SELECT (COUNT(DISTINCT ?thing) AS ?n) WHERE {{ {WORTH_A_PAGE} }}"
THINGS = f"SELECT DISTINCT ?thing WHERE {{ {WORTH_A_PAGE} }} ORDER BY ?thing LIMIT %d OFFSET %d"
NUMBER = parameter("part", "Which part of the sitemap", where="path", example="1")
router = APIRouter(tags=["Discovery"], default_response_class=Response)


@router.get(
    "/robots.txt",
    summary="What crawlers may read",
    responses=documents([TEXT]) | problems("method-not-allowed"),
)
async def robots(request: Request) -> Response:
    """Everything but answers to queries and whole files; the sitemap says where to begin."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in UNREAD)]
    lines += ["", f"Sitemap: {public(request, '/sitemap.xml')}", ""]
    headers = {"content-type": TEXT.content_type, "cache-control": "no-cache"}
    return Response("\n".join(lines), headers=headers)


@router.get(
    "/sitemap.xml",
    summary="The pages there are",
    responses=documents([XML]) | problems("method-not-allowed"),
)
async def sitemap(request: Request) -> Response:
    """The pages and the documents about things; where they are too many, the parts that list them.

    No time is told of a page: the graph knows when a release was made, not when a thing changed.
    """
    return await about_release(request, XML, partial(_sitemap, request))


@router.get(
    "/sitemap/{part}.xml",
    summary="A part of the pages there are",
    responses=documents([XML]) | problems("not-found", "method-not-allowed"),
    openapi_extra={"parameters": [NUMBER]},
)
async def sitemap_part(request: Request) -> Response:
    """Up to 50,000 addresses; `/sitemap.xml` tells which parts there are."""
    text = request.path_params["part"]
    if not text.isascii() or not text.isdigit() or text.startswith("0") or len(text) > 6:
        raise Problem("not-found", "Parts are numbered from 1.")
    return await about_release(request, XML, partial(_part, request, int(text)))


async def _sitemap(request: Request, pool: Pool) -> Made:
    last = await _parts(pool)
    if last == 1:
        return await _part(request, 1, pool)
    parts = (public(request, f"/sitemap/{number}.xml") for number in range(1, last + 1))
    return _listing("sitemapindex", "sitemap", parts), {}


async def _part(request: Request, number: int, pool: Pool) -> Made:
    if number > (last := await _parts(pool)):
        raise Problem("not-found", f"The last part is {last}.")
    # The first part begins with the pages, so that things begin earlier in all the others.
    pages = PAGES if number == 1 else ()
    offset = (number - 1) * MOST - len(PAGES) + len(pages)
    things = await _things(pool, THINGS % (MOST - len(pages), offset))
    return _listing("urlset", "url", (public(request, path) for path in (*pages, *things))), {}


async def _parts(pool: Pool) -> int:
    rows = await pool.rows(HOW_MANY)
    return -(-(int(rows[0]["n"]["value"]) + len(PAGES)) // MOST)


async def _things(pool: Pool, query: str) -> list[str]:
    """The paths of the documents about the things that a query finds, as far as they have one."""
    async with pool.answer(Job(query, "csv")) as answer:
        lines = (await answer.everything()).decode().splitlines()[1:]
    keys = (line.removeprefix(ID) for line in lines)
    return ["/doc/" + key for key in keys if KEY.fullmatch(key)]


def _listing(kind: str, item: str, addresses: Iterable[str]) -> bytes:
    return "".join(_lines(kind, item, addresses)).encode()


def _lines(kind: str, item: str, addresses: Iterable[str]) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{kind} xmlns="{NAMESPACE}">\n'
    for address in addresses:
        yield f"<{item}><loc>{escape(address)}</loc></{item}>\n"
    yield f"</{kind}>\n"
