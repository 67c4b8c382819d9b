"""Reading requests of the SPARQL 1.1 Protocol."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from starlette.requests import Request

from api.engine import Job
from api.formats import GRAPH_NAMES, GRAPHS, SOLUTIONS
from api.negotiation import Offer, by_name, choose
from api.problems import Problem, not_acceptable
from api.settings import Settings
from api.sparql.federation import federate
from api.web import body, media_type

MAX_QUERY = 1024 * 1024
METHODS = "GET, HEAD, POST, QUERY, OPTIONS"
URLENCODED = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, read: the query, if any, its dataset, and the format for either kind of result.

    `asks_elsewhere` where `SERVICE` may be asked and the query has that word in it.
    """

    query: str | None
    default: tuple[str, ...] | None
    named: tuple[str, ...] | None
    solutions: Offer | None
    graph: Offer | None
    asks_elsewhere: bool = False

    @property
    def job(self) -> Job:
        """What the engine is to do; a page is made from the first rows as a table."""
        solutions, graph = _worker_format(self.solutions), _worker_format(self.graph)
        return Job(self.query or "", solutions, graph, self.default, self.named)

    def offer(self, kind: str) -> Offer:
        """The format for the kind of result that the query turned out to have."""
        offer = self.graph if kind == "graph" else self.solutions
        if offer is None:
            raise not_acceptable(GRAPHS if kind == "graph" else SOLUTIONS)
        return offer

    @property
    def by_browser(self) -> bool:
        """Whether a person is to read the answer, and so what is wrong with the query."""
        return self.solutions is not None and self.solutions.name == "html"

    @property
    def steady(self) -> bool:
        """Whether one release always gives the same answer."""
        return self.job.steady and not self.asks_elsewhere

    async def federated(self, settings: Settings) -> "Asked":
        """The same with the answers of other endpoints in place of its `SERVICE` calls."""
        if not self.asks_elsewhere:
            return self
        query = await federate(self.query or "", settings.services, settings.query_timeout)
        return replace(self, query=query)


def _worker_format(offer: Offer | None) -> str | None:
    if offer is None:
        return None
    return "table" if offer.name == "html" else offer.name


async def read(request: Request) -> Asked:
    """The request as `Asked`; a `Problem` where the protocol does not allow it."""
    in_url = _pairs(request.scope["query_string"])
    if request.method in ("GET", "HEAD"):
        return _asked(request, in_url, in_url)
    if request.method not in ("POST", "QUERY"):
        raise Problem("method-not-allowed", f"Use {METHODS}.", headers={"allow": METHODS})
    essence, parameters = media_type(request)
    if parameters.get("charset", "utf-8") != "utf-8":
        raise Problem("unsupported-media-type", "Send the query as UTF-8.")
    if essence == UPDATE:
        raise Problem("update-refused", "This endpoint answers queries; it takes no updates.")
    if essence == URLENCODED:
        return _asked(request, form := _pairs(await body(request, MAX_QUERY)), form)
    if essence == QUERY:
        query = ("query", _text(await body(request, MAX_QUERY)))
        return _asked(request, [query], in_url)
    raise Problem("unsupported-media-type", f"Send the query as {URLENCODED} or {QUERY}.")


def _asked(request: Request, content: Pairs, parameters: Pairs) -> Asked:
    queries = _all(content, "query")
    if _all(content, "update"):
        raise Problem("update-refused", "This endpoint answers queries; it takes no updates.")
    if len(queries) > 1:
        raise Problem("query-missing", "Send one `query`, not several.")
    if not queries and request.method not in ("GET", "HEAD"):
        raise Problem("query-missing", "Send the query as `query`.")
    solutions, graph = _formats(request, _all(parameters, "format"))
    default, named = (_all(parameters, f"{kind}-graph-uri") for kind in ("default", "named"))
    in_dataset = bool(default or named)
    services = request.app.state.settings.services
    return Asked(
        queries[0] if queries else None,
        default if in_dataset else None,
        named if in_dataset else None,
        solutions,
        graph,
        bool(services and queries and "service" in queries[0].lower()),
    )


def _formats(request: Request, names: Sequence[str]) -> tuple[Offer | None, Offer | None]:
    """The format for either kind of result: by `format`, which a link can carry, or by Accept."""
    if names:
        name = names[0]
        found = by_name(name, SOLUTIONS), by_name(GRAPH_NAMES.get(name, name), GRAPHS)
    else:
        accept = request.headers.get("accept")
        found = choose(accept, SOLUTIONS), choose(accept, GRAPHS)
    if found == (None, None):
        raise not_acceptable((*SOLUTIONS, *GRAPHS))
    return found


def _all(pairs: Pairs, name: str) -> tuple[str, ...]:
    return tuple(value for key, value in pairs if key == name)


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(encoded.decode("ascii"), keep_blank_values=True, errors="strict")
    except (UnicodeDecodeError, ValueError) as error:
        raise Problem("request-malformed", f"The parameters cannot be read: {error}") from None


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise Problem("request-malformed", f"The query is not UTF-8: {error}") from None
