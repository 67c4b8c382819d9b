"""What a crowd asks for: right and wrong, cheap and dear, and what each must come to."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count, cycle
from urllib.parse import quote, urlencode

import httpx
from pyoxigraph import (
    DefaultGraph,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    parse,
)

from bench import queries
from bench.queries import TABLE
from ocsea.namespaces import ID
from ocsea.release import Release

Right = Callable[[httpx.Response], bool]
CODINGS = ("identity", "gzip", "br", "zstd")
NTRIPLES, RDF_XML = "application/n-triples", "application/rdf+xml"
RDF = {
    "text/turtle": RdfFormat.TURTLE,
    NTRIPLES: RdfFormat.N_TRIPLES,
    RDF_XML: RdfFormat.RDF_XML,
}
FORMATS = (*RDF, "application/ld+json", "text/html")
DIRECT = {"content-type": "application/sparql-query"}
CROSS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
HUNGRY = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g"
DEEP = "SELECT * WHERE " + "{" * 3_000 + "}" * 3_000
TOO_LONG = b"#" * (1024 * 1024 + 1)
FOREIGN = "https://soak.example/graph"
SPOT = 50
"""Constants of each kind of query."""


@dataclass(frozen=True)
class Ask:
    """A request, the statuses it may get, and whether a success is right.

    `patience` is after how many seconds its client hangs up; with 0, as soon as the answer begins.
    `may_break` is for long answers, which break off where they meet the time limit on their way.
    """

    name: str
    target: str
    statuses: tuple[int, ...] = (200,)
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    right: Right = lambda response: True
    patience: float | None = None
    may_break: bool = False


def asked(query: str, **parameters: str) -> str:
    """The address of a query."""
    return "/sparql?" + urlencode({"query": query, **parameters}, quote_via=quote)


class Mix:
    """Endless requests about a release; what is right is read from its store, not over HTTP."""

    def __init__(self, release: Release) -> None:
        self._store = Store.read_only(str(release.store))
        known = release.manifest["graphs"]
        self._largest = max(known, key=lambda iri: known[iri]["triples"] * ("inferred" not in iri))
        self._rows = known[self._largest]["triples"]
        self._graph = queries.read(release.store, release.graphs()[self._largest])
        self._numbers = count(1)

    def queries(self) -> list[str]:
        """Lookups, joins, paths and aggregates."""
        kinds = queries.kinds(self._graph)
        return [
            text
            for kind in kinds
            if not kind.documents and kind.name != "large result"
            for text in kind.texts[:SPOT]
        ]

    def documents(self) -> list[tuple[str, str, str]]:
        """Addresses of documents, each with a format and a coding."""
        formats, codings = cycle(FORMATS), cycle(CODINGS)
        return [(_document(iri), next(formats), next(codings)) for iri in self._graph.things]

    def readers(self) -> Iterator[Ask]:
        """Cheap requests, in turn: queries, documents, conditional ones, and mistakes."""
        kinds = (self._queries(), self._documents(), self._mistakes())
        for kind in cycle(kinds):
            yield next(kind)

    def _queries(self) -> Iterator[Ask]:
        for text in cycle(self.queries()):
            right = _holds(self._rows_of(text))
            for name, query in (
                ("query, never repeated", f"{text}\n# soak {next(self._numbers)}"),
                ("query, repeated", text),
            ):
                yield Ask(name, asked(query), headers={"accept": TABLE}, right=right)

    def _rows_of(self, text: str) -> list[str]:
        solutions = self._store.query(text)
        assert isinstance(solutions, QuerySolutions)
        return _bindings(solutions.serialize(format=QueryResultsFormat.JSON) or b"")

    def _documents(self) -> Iterator[Ask]:
        formats = cycle(FORMATS)
        codings = cycle(CODINGS)
        for iri in cycle(self._graph.things):
            accept = next(formats)
            headers = {"accept": accept, "accept-encoding": next(codings)}
            right = self._tells_of(iri, accept)
            yield Ask(f"document, {accept}", _document(iri), headers=headers, right=right)

    def _tells_of(self, iri: str, accept: str) -> Right:
        found = self._store.quads_for_pattern(NamedNode(iri), None, None, DefaultGraph())
        stated = {quad.triple for quad in found}
        if accept in RDF:
            return lambda r: stated <= {q.triple for q in parse(r.content, format=RDF[accept])}
        if accept == "application/ld+json":
            return lambda response: response.json()["id"] == iri
        return lambda response: iri in response.text and "</html>" in response.text

    def _mistakes(self) -> Iterator[Ask]:
        document = _document(self._graph.things[0])
        any_tag = {"if-none-match": ""}
        while True:
            number = next(self._numbers)
            yield Ask("HEAD", document, method="HEAD", right=lambda r: not r.content)
            yield Ask("OPTIONS", "/sparql", (204,), "OPTIONS")
            yield Ask("bad method", document, (405,), "DELETE")
            yield Ask("syntax error", asked(f"SELECT * WHERE {{ ?s ?p # {number}"), (400,))
            yield Ask(
                "SERVICE", asked(f"ASK {{ SERVICE <http://127.0.0.1/{number}> {{}} }}"), (400,)
            )
            yield Ask("unknown thing", f"/doc/state/{number}", (404,))
            yield Ask("unknown address", f"/{number}", (404,))
            yield Ask("nothing acceptable", document, (406,), headers={"accept": "image/png"})
            yield Ask("too large", "/sparql", (413,), "POST", DIRECT, TOO_LONG)
            yield Ask("no type", "/sparql", (415,), "POST", {}, b"ASK {}")
            yield Ask("not allowed", "/graphs?default", (401,), "PUT", {}, b"")
            yield Ask("bad tag", document, headers=any_tag)
            for room in ("/", "/health", "/ready", "/metrics", "/sparql", "/ontology"):
                yield Ask(room, room)

    def large(self) -> Iterator[Ask]:
        """Large results: read whole, and left while they come."""
        where = f"{{ GRAPH <{self._largest}> {{ ?s ?p ?o }} }}"
        for coding in cycle(CODINGS):
            for name, patience in (("large, read whole", None), ("large, left", 0.0)):
                number = next(self._numbers)
                target = asked(f"SELECT ?s ?p ?o WHERE {where} # {number}")
                headers = {"accept": "text/csv", "accept-encoding": coding}
                right = _has_lines(self._rows + 1)
                yield Ask(
                    name, target, headers=headers, right=right, patience=patience, may_break=True
                )
            target = asked(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {where} # {number}")
            headers = {"accept": NTRIPLES, "accept-encoding": coding}
            yield Ask(
                "large graph", target, headers=headers, right=_has_lines(self._rows), may_break=True
            )
            target = f"/graphs?graph={quote(self._largest, safe='')}"
            yield Ask("dump", target, headers=headers, right=_has_lines(self._rows), may_break=True)

    def dear(self) -> Iterator[Ask]:
        """Queries that are stopped at their time limit, and queries that nobody waits for."""
        while True:
            number = next(self._numbers)
            yield Ask("time limit", asked(f"{CROSS} # {number}"), (503,))
            yield Ask("time limit, left", asked(f"{CROSS} # {-number}"), (503,), patience=0.3)

    def hostile(self) -> Iterator[Ask]:
        """Queries that kill their worker, or eat its memory."""
        while True:
            number = next(self._numbers)
            deep = f"{DEEP} # {number}".encode()
            for _ in range(10):
                yield Ask("crash", "/sparql", (400,), "POST", DIRECT, deep)
            yield Ask("memory limit", asked(f"{HUNGRY} # {number}"), (503,))

    def writes(self, secret: str) -> Iterator[Ask]:
        """A graph of its own, written, read, removed, and read again; and refused in between."""
        target = f"/graphs?graph={quote(FOREIGN, safe='')}"
        headers = {"authorization": f"Bearer {secret}", "content-type": "text/turtle"}
        read = asked(f"SELECT ?n WHERE {{ GRAPH <{FOREIGN}> {{ ?s ?p ?n }} }}")
        for number in count(1):
            content = f"<https://soak.example/a> <https://soak.example/n> {number} .".encode()
            is_there = _holds([_number(number)])
            yield Ask("write", target, (201, 204), "PUT", headers, content)
            yield Ask("read what was written", read, right=is_there)
            yield Ask("bad write", target, (400,), "PUT", headers, b"<a> <b")
            yield Ask("read what was written", read, right=is_there)
            yield Ask("remove", target, (204,), "DELETE", headers)
            yield Ask("read what was removed", read, right=_holds([]))


def _document(iri: str) -> str:
    return "/doc/" + iri.removeprefix(ID)


def _number(number: int) -> str:
    datatype = "http://www.w3.org/2001/XMLSchema#integer"
    term = {"type": "literal", "value": str(number), "datatype": datatype}
    return json.dumps({"n": term}, sort_keys=True)


def _bindings(content: bytes) -> list[str]:
    rows = json.loads(content)["results"]["bindings"]
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def _holds(expected: list[str]) -> Right:
    return lambda response: _bindings(response.content) == expected


def _has_lines(number: int) -> Right:
    return lambda response: response.content.count(b"\n") == number
