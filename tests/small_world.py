"""Two states with a hotline each, after one source; a server over them, and those with a token."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from api_server import Server, running
from pyoxigraph import RdfFormat, parse

from ocsea import token_file
from ocsea.publishing import publish
from ocsea.rdf import ntriples
from ocsea.release import Release, current

GRAPH = "https://w3id.org/ocsea/graph/base2026"
PROLOGUE = """@base <https://w3id.org/ocsea/id/> .
@prefix ocsea: <https://w3id.org/ocsea/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SOURCE = """<source/{0}> a ocsea:Source ; rdfs:label "{0}"@en ; dcterms:identifier "{0}" ;
  dcterms:title "{0}"@en ; dcterms:publisher "Somebody" ; dcterms:issued "2026"^^xsd:gYear ;
  dcterms:rights "open" ; ocsea:edition "First" .
<locator/{0}/p-1> a ocsea:Locator ; rdfs:label "{0}, p. 1"@en ;
  dcterms:isPartOf <source/{0}> ; ocsea:place "p. 1" .
"""
STATE = """<state/{0}> a ocsea:State ; rdfs:label "{1}"@en ; ocsea:iso3 "{0}" ;
  ocsea:iso2 "{2}" ; ocsea:isoNumeric "{3}" ;
  dcterms:source <locator/base2026/p-1> .
"""
_ABOUT = {"title": "base2026", "edition": "First", "issued": "2026", "rights": "open"}


def line(state: str, label: str, source: str = "base2026") -> str:
    """A state's hotline in Turtle."""
    return (
        f'<body/{state.lower()}-line> a ocsea:Hotline ; rdfs:label "{label}"@en ; '
        f"ocsea:state <state/{state}> ; dcterms:source <locator/{source}/p-1> .\n"
    )


def turtle(*parts: str) -> bytes:
    """A Turtle file of these parts."""
    return (PROLOGUE + "".join(parts)).encode()


def small_world(var: Path) -> Release:
    """A release that conforms, in the state folder `var`."""
    text = turtle(
        SOURCE.format("base2026"),
        STATE.format("NOR", "Norway", "NO", "578"),
        STATE.format("SWE", "Sweden", "SE", "752"),
        line("NOR", "Line of Norway"),
        line("SWE", "Line of Sweden"),
    )
    triples = [quad.triple for quad in parse(text, RdfFormat.TURTLE)]
    return publish(var, {GRAPH: ntriples(triples)}, {"sources": {"base2026": _ABOUT}})


TURTLE = {"content-type": "text/turtle"}
PEOPLE = {
    "nora": ("steward", ["NOR"]),
    "stu": ("steward", []),
    "cora": ("curator", []),
    "carl": ("curator", ["SWE"]),
    "ruth": ("steward", []),
}


class World:
    """A server over two states, and those who have a token for it."""

    def __init__(self, var: Path, server: Server, secrets: dict[str, str]) -> None:
        self.var, self.server, self.secrets = var, server, secrets
        self.opened: list[httpx.Client] = []
        self.clients = {name: self.client(secret) for name, secret in secrets.items()}
        self.nora, self.stu = self.clients["nora"], self.clients["stu"]
        self.cora, self.carl = self.clients["cora"], self.clients["carl"]

    def client(self, secret: str | None = None) -> httpx.Client:
        headers = {"accept": "application/json"}
        if secret:
            headers["authorization"] = f"Bearer {secret}"
        self.opened.append(httpx.Client(base_url=self.server.url, headers=headers, timeout=60))
        return self.opened[-1]

    def asks(self, pattern: str) -> bool:
        answer = httpx.get(f"{self.server.url}/sparql", params={"query": f"ASK {{ {pattern} }}"})
        return bool(answer.json()["boolean"])

    def called(self, label: str) -> bool:
        """Whether queries find a thing of this name."""
        return self.asks(f'?line <http://www.w3.org/2000/01/rdf-schema#label> "{label}"@en')


@contextmanager
def world(var: Path, **settings: str) -> Iterator[World]:
    small_world(var)
    tokens = var / "tokens"
    secrets = {name: token_file.add(tokens, name, *about) for name, about in PEOPLE.items()}
    with running(var, OCSEA_TOKENS=str(tokens), **settings) as server:
        found = World(var, server, secrets)
        yield found
        for client in found.opened:
            client.close()


def send(client: httpx.Client, *parts: str, message: str = "new") -> httpx.Response:
    return client.post(
        "/submissions", params={"message": message}, content=turtle(*parts), headers=TURTLE
    )


def sent(client: httpx.Client, *parts: str) -> str:
    answer = send(client, *parts)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def kind(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition("problem-")[2]


def status(client: httpx.Client, name: str) -> str:
    return str(client.get(f"/submissions/{name}").json()["status"])


def graphs(var: Path) -> dict[str, bytes]:
    return {iri: path.read_bytes() for iri, path in current(var).graphs().items()}


def releases(var: Path) -> list[str]:
    return [path.name for path in (var / "releases").iterdir() if path.name[0] != "."]


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    except OSError:
        return ""
