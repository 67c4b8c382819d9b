"""What the graph says of one thing, as rows for a page."""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from api.engine import Pool, Row
from api.engine.describe import PAGE
from api.linked import structured
from api.pages import words
from ocsea.namespaces import GRAPH, PREFIXES

_PROLOGUE = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
_INFERRED = GRAPH + "inferred"

_POINTING = f"""SELECT DISTINCT ?s ?p WHERE {{
    GRAPH ?told {{ ?s ?p <%(iri)s> }} FILTER(?told != <{_INFERRED}>)
  }}"""

_COUNT = f"SELECT (COUNT(*) AS ?n) WHERE {{ {_POINTING} }}"
_PART = f"{{ {_POINTING} ORDER BY ?s ?p LIMIT %(limit)d OFFSET %(offset)d }}"

_PROPERTIES = """SELECT ?p ?name ?o ?label ?g WHERE {
  GRAPH ?g { <%(iri)s> ?p ?o }
  OPTIONAL { ?p rdfs:label ?name }
  OPTIONAL { ?o rdfs:label ?label }
} ORDER BY ?p ?label ?o ?g"""

_SOURCES = """SELECT ?locator ?place ?row ?column ?source ?title ?edition WHERE {
  <%(iri)s> dcterms:source ?locator . ?locator dcterms:isPartOf ?source .
  OPTIONAL { ?source dcterms:title ?title }
  OPTIONAL { ?source ocsea:edition ?edition }
  OPTIONAL { ?locator ocsea:place ?place }
  OPTIONAL { ?locator ocsea:rowLabel ?row }
  OPTIONAL { ?locator ocsea:columnLabel ?column }
} ORDER BY ?title ?locator"""

_DISPUTES = """SELECT ?d ?rule ?treatment ?claim ?says ?locator ?place ?title WHERE {
  <%(iri)s> ocsea:hasDiscrepancy ?d .
  ?d ocsea:rule ?rule ; ocsea:treatment ?treatment ; ocsea:claim ?claim .
  ?claim ocsea:says ?says ; dcterms:source ?locator .
  ?locator ocsea:place ?place ; dcterms:isPartOf/dcterms:title ?title .
} ORDER BY ?d ?claim ?locator"""

_POINTERS = f"""SELECT ?s ?label ?p ?name ?class ?className ?value ?valueLabel WHERE {{
  {_PART}
  OPTIONAL {{ ?s rdfs:label ?label }}
  OPTIONAL {{ ?p rdfs:label ?name }}
  OPTIONAL {{ GRAPH ?g {{ ?s a ?class }} FILTER(?g != <{_INFERRED}>)
             OPTIONAL {{ ?class rdfs:label ?className }} }}
  OPTIONAL {{ ?s ocsea:status|ocsea:date|sdmx-measure:obsValue|sdmx-attribute:obsStatus ?value
             OPTIONAL {{ ?value rdfs:label ?valueLabel }} }}
}} ORDER BY ?class ?p ?label ?s"""


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a thing with its values; `inferred` where no source states it itself."""

    iri: str
    name: str
    values: list[Row]
    inferred: bool


@dataclass(frozen=True, slots=True)
class Pointers:
    """Things of one class that point to a thing by one property."""

    kind: str
    iri: str
    name: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Dispute:
    """A discrepancy that a thing takes part in: each row is a claim in one of its places."""

    iri: str
    rule: str
    treatment: str
    claims: list[Row]


@dataclass(frozen=True, slots=True)
class View:
    """A thing as a page shows it."""

    label: str
    classes: frozenset[str]
    kinds: list[Row]
    disputes: list[Dispute]
    properties: list[Property]
    sources: list[Row]
    pointers: list[Pointers]
    total: int

    @property
    def last(self) -> int:
        """How many pages the things that point to this one fill; at least one."""
        return max(1, -(-self.total // PAGE))

    def structured(self, iri: str) -> dict[str, Any]:
        """The thing as schema.org has it; `iri` is its own."""
        said = {property.iri: property.values for property in self.properties}
        return structured.thing(iri, self.label, self.classes, said, self.sources)


def _filled(query: str, iri: str, page: int = 1) -> str:
    return _PROLOGUE + query % {"iri": iri, "limit": PAGE, "offset": (page - 1) * PAGE}


async def view(pool: Pool, iri: str, page: int) -> View | None:
    """The thing as a page shows it; None where the graph says nothing of it."""
    own, disputes, sources, pointers, count = await asyncio.gather(
        *(
            pool.rows(_filled(query, iri, page))
            for query in (_PROPERTIES, _DISPUTES, _SOURCES, _POINTERS, _COUNT)
        )
    )
    if not own:
        return None
    properties = _properties(own)
    return View(
        label=_label(properties) or iri,
        classes=frozenset(row["o"]["value"] for row in own if row["p"]["value"] == _TYPE),
        kinds=_kinds(own),
        disputes=_disputes(disputes),
        properties=[p for p in properties if p.iri not in _SHOWN_APART],
        sources=sources,
        pointers=_pointers(pointers),
        total=int(count[0]["n"]["value"]),
    )


_TYPE, _LABEL = PREFIXES["rdf"] + "type", PREFIXES["rdfs"] + "label"
_SHOWN_APART = {
    *(_TYPE, _LABEL, PREFIXES["dcterms"] + "source"),
    PREFIXES["ocsea"] + "hasDiscrepancy",
}


def _label(properties: Iterable[Property]) -> str:
    labels = (p.values[0]["o"]["value"] for p in properties if p.iri == _LABEL)
    return next(labels, "")


def _kinds(own: Iterable[Row]) -> list[Row]:
    stated = (row for row in own if row["p"]["value"] == _TYPE)
    return list(
        {row["o"]["value"]: row for row in stated if row["g"]["value"] != _INFERRED}.values()
    )


def _disputes(rows: Iterable[Row]) -> list[Dispute]:
    found = []
    for iri, group in groupby(rows, key=lambda row: row["d"]["value"]):
        claims = list(group)
        rule, treatment = claims[0]["rule"]["value"], claims[0]["treatment"]["value"]
        found.append(Dispute(iri, rule, treatment, claims))
    return found


def _properties(own: Iterable[Row]) -> list[Property]:
    found = []
    for iri, group in groupby(own, key=lambda row: row["p"]["value"]):
        rows = list(group)
        values = {(row["o"]["type"], row["o"]["value"]): row for row in rows}
        inferred = all(row["g"]["value"] == _INFERRED for row in rows)
        found.append(Property(iri, _name(rows[0], "name", iri), list(values.values()), inferred))
    return found


def _pointers(rows: Iterable[Row]) -> list[Pointers]:
    def key(row: Row) -> tuple[str, str]:
        return row.get("class", {}).get("value", ""), row["p"]["value"]

    found = []
    for (class_iri, iri), group in groupby(rows, key=key):
        members = sorted({row["s"]["value"]: row for row in group}.values(), key=_as_people_count)
        kind = _name(members[0], "className", class_iri or "thing")
        found.append(Pointers(kind, iri, _name(members[0], "name", iri), members))
    return found


def _as_people_count(row: Row) -> list[tuple[int, str]]:
    """Orders by label, `Article 9` before `Article 10`."""
    label = row["label"]["value"] if "label" in row else row["s"]["value"]
    pieces = re.split(r"(\d+)", label.casefold())
    return [(int(piece), "") if piece.isdigit() else (-1, piece) for piece in pieces]


def _name(row: Row, variable: str, iri: str) -> str:
    return row[variable]["value"] if variable in row else words(iri)
