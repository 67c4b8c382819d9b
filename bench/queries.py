"""What is asked: the kinds of query, and their constants as found in the graph itself."""

import json
from dataclasses import dataclass, field
from itertools import count
from math import gcd
from pathlib import Path

from pyoxigraph import QuerySolutions, RdfFormat, Store, parse

from ocsea.namespaces import ID, PREFIXES

TABLE, TURTLE, JSON_LD = "application/sparql-results+json", "text/turtle", "application/ld+json"
PROLOGUE = "".join(
    f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("ocsea", "rdfs", "rdf", "dcterms", "eli")
)
LOOKUP = "SELECT ?p ?o WHERE {{ <{0}> ?p ?o }}"
JOIN = """SELECT ?state ?date ?place ?title WHERE {{
  ?act ocsea:instrument <{0}> ; ocsea:party ?party ; ocsea:date ?date ; dcterms:source ?locator .
  ?party rdfs:label ?state .
  ?locator ocsea:place ?place ; dcterms:isPartOf ?source . ?source dcterms:title ?title .
}} ORDER BY ?state ?date"""
AGGREGATE = """SELECT ?instrument (COUNT(DISTINCT ?party) AS ?parties) WHERE {{
  ?record a ocsea:{0} ; ocsea:instrument ?instrument ; ocsea:party ?party .
}} GROUP BY ?instrument ORDER BY DESC(?parties)"""
PATH = "SELECT DISTINCT ?part ?label WHERE {{ ?part eli:is_part_of+ <{0}> ; rdfs:label ?label }}"
LARGE = "SELECT ?s ?o WHERE {{ ?s {0} ?o }}"
DOCUMENT = """CONSTRUCT {{
  <{0}> ?p ?o . ?o rdfs:label ?l . ?s ?q ?v . ?v rdfs:label ?m . ?place ?x ?y . ?y rdfs:label ?n
}} WHERE {{
  {{ <{0}> ?p ?o OPTIONAL {{ ?o rdfs:label ?l }} }}
  UNION {{ ?s ?to <{0}> . ?s ?q ?v OPTIONAL {{ ?v rdfs:label ?m }} }}
  UNION {{ <{0}> dcterms:source ?place . ?place ?x ?y OPTIONAL {{ ?y rdfs:label ?n }} }}
  UNION {{
    ?s ?to <{0}> . ?s dcterms:source ?place . ?place ?x ?y OPTIONAL {{ ?y rdfs:label ?n }}
  }}
}}"""
POINTED_TO = 200
"""More of what points to a thing than a page of its document tells: such things are left out."""
RECORDS = (
    *("Ratification", "Signature", "Accession", "Acceptance", "Approval", "Succession"),
    *("BindingAction", "TreatyAction", "PartyStatus", "ParticipationRecord"),
)
LONG = ("rdfs:label", "dcterms:source", "rdf:type")
SAMPLE = 5_000
"""How many entities are looked up."""


@dataclass(frozen=True)
class Kind:
    """A kind of query: texts of it, and the addresses where we have a document of our own."""

    name: str
    accept: str
    texts: list[str]
    documents: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Graph:
    """What the constants of the queries are taken from."""

    things: list[str]
    documents: list[str]
    instruments: list[str]
    wholes: list[str]


def kinds(graph: Graph) -> list[Kind]:
    """Every kind, on the graph's own constants."""
    documents = [f"/doc/{iri.removeprefix(ID)}" for iri in graph.documents]
    constructs = _filled(DOCUMENT, graph.documents)
    return [
        *quick_kinds(graph),
        Kind("aggregate", TABLE, _filled(AGGREGATE, list(RECORDS))),
        Kind("large result", TABLE, _filled(LARGE, list(LONG))),
        Kind("entity document, Turtle", TURTLE, constructs, documents),
        Kind("entity document, JSON-LD", JSON_LD, constructs, documents),
    ]


def quick_kinds(graph: Graph) -> list[Kind]:
    """The kinds whose work does not grow with the graph."""
    step = max(1, len(graph.things) // SAMPLE)
    return [
        Kind("lookup", TABLE, _filled(LOOKUP, graph.things[::step])),
        Kind("join and sort", TABLE, _filled(JOIN, graph.instruments)),
        Kind("property path", TABLE, _filled(PATH, graph.wholes)),
    ]


def _filled(query: str, constants: list[str]) -> list[str]:
    return [PROLOGUE + query.format(constant) for constant in constants]


def read(store: Path, merged: Path) -> Graph:
    """The constants of a graph: things in an order that jumps about, instruments, wholes."""
    things = list(dict.fromkeys(_subjects(merged)))
    # A stride that shares no factor with the length visits each once, far from the last.
    stride = next(n for n in count(7919) if gcd(n, len(things)) == 1)
    jumping = [things[index * stride % len(things)] for index in range(len(things))]
    opened = Store.read_only(str(store))
    crowded = _crowded(opened)
    return Graph(
        things=jumping,
        documents=[iri for iri in jumping if iri not in crowded],
        instruments=_most(opened, "?x ocsea:instrument ?it ; ocsea:date ?date"),
        wholes=_most(opened, "?x eli:is_part_of ?it"),
    )


def _subjects(merged: Path) -> list[str]:
    with merged.open(encoding="utf-8") as lines:
        subjects = (line.partition(">")[0][1:] for line in lines)
        return [iri for iri in subjects if iri.startswith(ID) and iri.isascii()]


def _most(store: Store, pattern: str) -> list[str]:
    """What most records point to, the most pointed to first."""
    counted = f"SELECT ?it (COUNT(?x) AS ?n) WHERE {{ {pattern} }} GROUP BY ?it"
    found = store.query(f"{PROLOGUE}{counted} ORDER BY DESC(?n) ?it LIMIT 50")
    assert isinstance(found, QuerySolutions)
    return [row["it"].value for row in found]


def _crowded(store: Store) -> set[str]:
    counted = "SELECT ?it WHERE { ?x ?p ?it FILTER(isIRI(?it)) } GROUP BY ?it"
    found = store.query(f"{counted} HAVING (COUNT(*) > {POINTED_TO})")
    assert isinstance(found, QuerySolutions)
    return {row["it"].value for row in found}


def rows(content: bytes, accept: str) -> int:
    """How many rows, or triples, an answer holds."""
    if accept == TABLE:
        return len(json.loads(content)["results"]["bindings"])
    rdf = RdfFormat.TURTLE if accept == TURTLE else RdfFormat.JSON_LD
    return len({quad.triple for quad in parse(content, format=rdf)})
