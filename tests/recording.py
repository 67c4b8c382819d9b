"""The examples of the OpenAPI description: what is asked, and the real answers, cut short.

`python tests/recording.py` builds a release, asks servers over it, and writes what they answer to
`api/recorded.json`. `test_openapi.py` asks again and holds that the answers are still the same.
"""

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
from api_server import Server, running, small_release

from api.engine import Busy, QueryTimedOut, QueryTooBig, ResultTooLarge, ServiceFailed, Unavailable
from api.openapi import RECORDED, Operation, operations
from api.problems import Problem, problem_of
from api.throttle import Throttle
from ocsea.build import build
from ocsea.resources import ROOT
from ocsea.versions import RemovedRelease

NO_RELEASE = "0123456789abcdef"
"""Stands for a release where parameters have examples."""

NO_SUBMISSION = "20261123-120000-000000-0a1b"
"""Stands for a submission; each time it is another one, that waits for a decision."""

SECRET = "the-token-of-the-recording"
WRITES = {"authorization": f"Bearer {SECRET}"}
TURTLE = {"content-type": "text/turtle"}
UPDATE = {"content-type": "application/sparql-update"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"accept": "application/json"}
LINES, LETTERS, ITEMS, MEMBERS = 6, 120, 1, 12
"""How much of an answer is kept: lines of text, characters of each, items of a list, members."""

CODES = """PREFIX ocsea: <https://w3id.org/ocsea/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?name ?iso3 WHERE {
  <https://w3id.org/ocsea/id/state/NOR> rdfs:label ?name ; ocsea:iso3 ?iso3
}"""
DESCRIBED = "DESCRIBE <https://w3id.org/ocsea/id/unit/percent>"
GRAPHS = ("text/turtle", "application/ld+json", "application/n-triples", "application/rdf+xml")
TRIPLE = "<http://example.org/a> <http://example.org/b> 'c' ."
SENT = """@base <https://w3id.org/ocsea/id/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix ocsea: <https://w3id.org/ocsea/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<source/new2026> a ocsea:Source ; rdfs:label "New"@en ; dcterms:identifier "new2026" ;
  dcterms:title "New"@en ; dcterms:publisher "Somebody" ; dcterms:issued "2026"^^xsd:gYear ;
  dcterms:rights "open" ; ocsea:edition "First" .
<locator/new2026/p-1> a ocsea:Locator ; rdfs:label "New, p. 1"@en ;
  dcterms:isPartOf <source/new2026> ; ocsea:place "p. 1" .
<thing/sent> rdfs:label "One more"@en ; dcterms:source <locator/new2026/p-1> .
"""
WRONG = """<https://w3id.org/ocsea/id/action/opsc/IRL/ratification>
  a <https://w3id.org/ocsea/ontology#Ratification> ."""


@dataclass(frozen=True)
class Ask:
    """A request; of the server with a token and a small graph where `writes`."""

    method: str
    path: str
    params: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    content: str = ""
    writes: bool = False


def _query(text: str) -> dict[str, str]:
    return {"query": text}


def _new(name: str) -> dict[str, str]:
    return {"graph": f"http://example.org/{name}"}


def _change(
    method: str, path: str, params: dict[str, str], headers: dict[str, str], content: str = ""
) -> Ask:
    return Ask(method, path, params, headers, content, writes=True)


ASKS: dict[tuple[str, str], Ask] = {
    ("POST /update", "200"): _change("POST", "/update", {}, UPDATE | JSON, "CLEAR DEFAULT"),
    ("PUT /graphs", "201"): _change("PUT", "/graphs", _new("put"), TURTLE | JSON, TRIPLE),
    ("PUT /graphs", "200"): _change("PUT", "/graphs", _new("put"), TURTLE | JSON, TRIPLE),
    ("POST /graphs", "201"): _change("POST", "/graphs", _new("post"), TURTLE | JSON, TRIPLE),
    ("POST /graphs", "200"): _change("POST", "/graphs", _new("post"), TURTLE | JSON, TRIPLE),
    ("DELETE /graphs", "200"): _change("DELETE", "/graphs", _new("post"), JSON),
    ("POST /submissions", "201"): _change("POST", "/submissions", {}, TURTLE | JSON, SENT),
    ("POST /submissions", "200"): _change("POST", "/submissions", {}, TURTLE | JSON, SENT),
    ("GET /submissions", "200"): _change("GET", "/submissions", {}, {}),
    **{
        (f"GET /submissions/{{id}}{part}", "200"): _change(
            "GET", f"/submissions/{NO_SUBMISSION}{part}", {}, {}
        )
        for part in ("", "/report", "/diff")
    },
    **{
        (f"POST /submissions/{{id}}/{what}", "200"): _change(
            "POST", f"/submissions/{NO_SUBMISSION}/{what}", {}, FORM | JSON, "reason=A%20reason"
        )
        for what in ("reject", "withdraw", "publish")
    },
}
"""How to get an answer to a write; in this order."""

QUERIES = {
    "/search": {"q": "lanzarote"},
    "/compare": {"state": "NOR", "about": "indicator/age-of-consent"},
    "/validate": {"name": "actions.csv"},
    "/diff": {"name": "actions.csv"},
    f"/releases/{NO_RELEASE}/changes": {"since": NO_RELEASE},
    "/search application/x-suggestions+json": {"q": "lanz", "complete": "1"},
}
"""What addresses need to be asked that have no answer otherwise, or one that says little."""

DEEP = "query=ASK { FILTER " + "(" * 100_000 + "1" + ")" * 100_000 + " }"
LONG = "query=" + " " * 1024 * 1024
INFERRED = {"graph": "https://w3id.org/ocsea/graph/inferred"}
PLAIN = {"content-type": "text/plain"}
STALE = TURTLE | {"if-match": '"another"'}
PROVOKED: dict[str, Ask] = {
    "request-malformed": Ask("GET", "/graphs"),
    "query-missing": Ask("POST", "/sparql", headers=FORM),
    "query-malformed": Ask("GET", "/sparql", _query("SELECT * WHERE {")),
    "query-too-deep": Ask("POST", "/sparql", headers=FORM, content=DEEP),
    "service-refused": Ask("GET", "/sparql", _query("ASK { SERVICE <http://example.org/> {} }")),
    "update-refused": Ask("POST", "/sparql", headers=FORM, content="update=CLEAR%20ALL"),
    "load-refused": _change("POST", "/update", {}, UPDATE, "LOAD <http://example.org/>"),
    "unauthorized": _change("POST", "/update", {}, UPDATE | {"authorization": "Bearer another"}),
    "forbidden": Ask("POST", "/update", headers=UPDATE),
    "not-found": Ask("GET", "/doc/state/ZZZ", headers={"accept": "application/ld+json"}),
    "method-not-allowed": Ask("POST", "/health"),
    "not-acceptable": Ask("GET", "/doc/state/NOR", headers={"accept": "image/png"}),
    "gone": _change("GET", "/doc/thing/11", {}, {"accept": "application/ld+json"}),
    "range-not-satisfiable": Ask("GET", "/dump.nq.gz", headers={"range": "bytes=999999999-"}),
    "conflict": _change("PUT", "/graphs", INFERRED, TURTLE, TRIPLE),
    "precondition-failed": _change("PUT", "/graphs", _new("put"), STALE, TRIPLE),
    "too-large": Ask("POST", "/sparql", headers=FORM, content=LONG),
    "unsupported-media-type": Ask("POST", "/sparql", headers=PLAIN, content="ASK {}"),
    "not-conforming": _change("PUT", "/graphs", _new("wrong"), TURTLE, WRONG),
}
"""How to meet each kind of problem that can be met at will."""

RAISED: dict[str, Exception] = {
    "result-too-large": ResultTooLarge(),
    "service-failed": ServiceFailed("http://example.org/sparql did not answer within 30 s"),
    "query-timeout": QueryTimedOut(),
    "query-memory": QueryTooBig(),
    "busy": Busy(),
    "removed": RemovedRelease(
        f"Release {NO_RELEASE} was removed on 2026-11-23, to make room; /releases lists those that "
        "are kept. What it held may be in a later one."
    ),
    "nothing-new": Problem(
        "nothing-new", "The graph says all of this already; nothing would change."
    ),
    "decided": Problem("decided", f"Submission {NO_SUBMISSION} is published already."),
    "damaged": Problem(
        "damaged", f"Submission {NO_SUBMISSION}: norway.xlsx is not the file that was sent."
    ),
    "submissions-full": Problem(
        "submissions-full", "20 of your submissions are not decided yet; withdraw some."
    ),
    "not-ready": Problem("not-ready", "The file is being made: ask for it again in some seconds."),
    "unavailable": Unavailable("no release is loaded: `ocsea build` makes one"),
    "internal": RuntimeError("something nobody has thought of"),
}
"""What the server makes the other kinds of problem from."""


@dataclass
class Servers:
    """One over the release of this checkout, and one with a small release that takes writes."""

    reads: str
    writes: str
    client: httpx.Client

    @cached_property
    def release(self) -> str:
        """The release that the first answers from."""
        release: str = self.client.get(self.reads + "/health").json()["release"]
        return release

    def answer(self, ask: Ask) -> httpx.Response:
        """What the server that is meant says."""
        url = (self.writes if ask.writes else self.reads) + ask.path
        url = url.replace(NO_RELEASE, self.release)
        if NO_SUBMISSION in url:
            url = url.replace(NO_SUBMISSION, self._sent())
        params = {n: self.release if v == NO_RELEASE else v for n, v in ask.params.items()}
        headers = (WRITES if ask.writes else {}) | {"accept": "application/json"} | ask.headers
        return self.client.request(
            ask.method, url, params=params, headers=headers, content=ask.content
        )

    def _sent(self) -> str:
        """A submission that waits; the same one for as long as it does."""
        headers = WRITES | TURTLE | JSON
        answer = self.client.post(f"{self.writes}/submissions", content=SENT, headers=headers)
        return str(answer.json()["id"])


@contextmanager
def servers(reads: str) -> Iterator[Servers]:
    """A server that takes writes, beside the one at the address `reads`."""
    with tempfile.TemporaryDirectory() as folder:
        small_release(Path(folder))
        small_release(Path(folder), things=10)
        writing = running(Path(folder), OCSEA_TOKENS=f"rec:curator:{SECRET}")
        with writing as writes, httpx.Client(timeout=60) as client:
            yield Servers(reads, writes.url, client)


def answers(servers: Servers, schema: dict[str, Any]) -> dict[str, dict[str, dict[str, Any]]]:
    """By operation, status and media type: what is answered, cut short."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    order = list(ASKS)
    asked = sorted(_asks(schema), key=lambda a: order.index(a[:2]) if a[:2] in ASKS else -1)
    for name, status, media_type, ask in asked:
        response = servers.answer(ask)
        assert response.status_code == int(status), (name, status, media_type, response.text)
        told = response.headers["content-type"].partition(";")[0]
        assert told == media_type, (name, status, media_type, told)
        found.setdefault(name, {}).setdefault(status, {})[media_type] = short(response)
    return found


def problems(servers: Servers) -> dict[str, dict[str, Any]]:
    """By kind, a problem as the server tells it."""
    found = {kind: shorten(servers.answer(ask).json()) for kind, ask in PROVOKED.items()}
    found |= {kind: problem_of(error).document() for kind, error in RAISED.items()}
    return found | {"too-many": _throttled().document()}


def _throttled() -> Problem:
    throttle = Throttle(60, 30, clock=lambda: 0.0)
    throttle.charge("192.0.2.1", 90)
    try:
        throttle.admit("192.0.2.1")
    except Problem as problem:
        return problem
    raise AssertionError("a client that took too much was let in")


def _asks(schema: dict[str, Any]) -> Iterator[tuple[str, str, str, Ask]]:
    for name, operation in operations(schema):
        for status, response in operation["responses"].items():
            if status < "300":
                for media_type, body in response.get("content", {}).items():
                    if body["schema"].get("format") != "binary":
                        yield name, status, media_type, _ask(name, status, media_type, operation)


def _ask(name: str, status: str, media_type: str, operation: Operation) -> Ask:
    """The request for an answer in a media type, from the examples of the parameters."""
    accept = {"accept": media_type}
    if known := ASKS.get((name, status)):
        return replace(known, headers=accept | known.headers)
    method, path = name.split(" ")
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", parameter["example"])
    if path.endswith("/sparql"):
        query = _query(DESCRIBED if media_type in GRAPHS else CODES)
        if method == "POST":
            return Ask(method, path, headers=FORM | accept, content=str(httpx.QueryParams(query)))
        return Ask(method, path, query, accept)
    if path == "/graphs":
        return Ask(method, path, {"graph": "https://w3id.org/ocsea/graph/vocabulary"}, accept)
    query = QUERIES.get(f"{path} {media_type}") or QUERIES.get(path, {})
    for sent, body in operation.get("requestBody", {}).get("content", {}).items():
        example = body["example"]
        text = example if isinstance(example, str) else json.dumps(example)
        return Ask(method, path, query, accept | {"content-type": sent}, text)
    return Ask(method, path, query, accept)


def short(response: httpx.Response) -> Any:
    """The beginning of an answer: JSON as such, anything else as text."""
    if "json" in response.headers["content-type"].partition(";")[0]:
        return shorten(response.json())
    lines = _public(response.text).splitlines()
    kept = [line if len(line) <= LETTERS else line[:LETTERS] + "…" for line in lines[:LINES]]
    return "\n".join([*kept, *(["…"] if len(lines) > LINES else [])])


def shorten(value: Any) -> Any:
    """A JSON value with the first members, the first items and the beginning of each text."""
    match value:
        case dict():
            kept = {key: shorten(member) for key, member in list(value.items())[:MEMBERS]}
            return kept | ({"…": "…"} if len(value) > MEMBERS else {})
        case list():
            return [shorten(member) for member in value[:ITEMS]]
        case str() if len(value) > LETTERS:
            return _public(value[:LETTERS]) + "…"
        case str():
            return _public(value)
    return value


def _public(text: str) -> str:
    """As the answer reads where the server listens on its usual port."""
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8000", text)


def steady(answer: Any) -> str:
    """What of an answer is the same each time: no release, no digest, no requests counted."""
    text = json.dumps(answer, ensure_ascii=False, sort_keys=True)
    text = re.sub(r"\b\d{8}-\d{6}-\d{6}-[0-9a-f]{4}\b", "…", text)
    text = re.sub(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.+]*", "…", text)
    text = re.sub(r"\b[0-9a-f]{12,64}\b", "…", text)
    text = re.sub(r"(ocsea_requests_total\{[^}]*\} [^\\]*\\n)+", "…", text)
    return re.sub(r"(?<=[}a-z] )\d+\.\d[\de+-]*(?=\\n|\")", "…", text)


def record(reads: Server) -> None:
    """Write the answers."""
    schema = httpx.get(reads.url + "/openapi.json", timeout=60).json()
    with servers(reads.url) as both:
        recorded = {"answers": answers(both, schema), "problems": problems(both)}
    text = json.dumps(recorded, ensure_ascii=False, indent=1)
    RECORDED.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        build(ROOT, Path(folder), lambda *_: None)
        with running(Path(folder)) as server:
            record(server)
