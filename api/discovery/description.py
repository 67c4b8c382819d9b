"""What the current release is, as VoID and DCAT: counted by queries, each a few at most."""

import asyncio
import hashlib
import re
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from api.collections.table import KINDS
from api.discovery.distributions import DATASET, LICENCE, Surface, file, lists, part, services
from api.discovery.dumps import Download, downloads
from api.discovery.releases import address
from api.engine import Pool, Row
from api.pages import short
from ocsea import ids
from ocsea.dumps import Dump
from ocsea.namespaces import BASE, ID, PREFIXES, term
from ocsea.records import facts
from ocsea.values import english

FEATURES = ("Turtle", "N-Triples", "RDF_XML", "JSON-LD")
RIGHTS = (
    "Facts compiled with attribution to each source; the compilation is offered under CC BY 4.0. "
    "Whoever reuses a figure should name the source that the graph gives for it as well."
)
TITLE = "OCSEA Graph"
ABOUT = (
    "Law, institutions and state commitments against online child sexual exploitation and abuse: "
    "treaties, who is party to them and since when, bodies, services, indicators, each fact with "
    "the place in the document that it was read from."
)
PARTS = 1000
"""How many classes, and how many properties, are counted each for itself: the most used."""

MOST = 5_000_000
"""Triples of a release beyond which nothing is counted: that takes longer than a query may."""

SHOWN = 5
"""How many things are given as examples."""

TOTALS = f"""SELECT * WHERE {{
  {{ SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects)
     (COUNT(DISTINCT ?p) AS ?properties) (COUNT(DISTINCT ?o) AS ?objects) WHERE {{ ?s ?p ?o }} }}
  {{ SELECT (COUNT(DISTINCT ?class) AS ?classes) WHERE {{ ?s a ?class }} }}
  {{ SELECT (COUNT(DISTINCT ?s) AS ?entities) WHERE {{
     ?s ?p ?o FILTER(STRSTARTS(STR(?s), "{ID}")) }} }}
}}"""

CLASSES = f"""SELECT ?class (COUNT(*) AS ?entities) (MIN(STR(?s)) AS ?example) WHERE {{
  ?s a ?class FILTER(isIRI(?class))
}} GROUP BY ?class ORDER BY DESC(?entities) ?class LIMIT {PARTS}"""

PROPERTIES = f"""SELECT ?property (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects)
  (COUNT(DISTINCT ?o) AS ?objects) WHERE {{ ?s ?property ?o }}
GROUP BY ?property ORDER BY DESC(?triples) ?property LIMIT {PARTS}"""

SOURCES = """CONSTRUCT { ?graph dcterms:source ?source ; ?said ?value } WHERE {
  ?graph a void:Dataset ; prov:wasDerivedFrom ?source . ?source a ocsea:Source ; ?said ?value .
  VALUES ?said { dcterms:title dcterms:description dcterms:creator dcterms:publisher dcterms:issued
    dcterms:license dcterms:rights ocsea:edition }
}"""
"""Of each graph that a source stands behind, whose it is and what may be done with it."""

_PROLOGUE = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())


async def describe(pool: Pool, surface: Surface, dumps: dict[str, Dump]) -> list[Triple]:
    """The description of the pool's release; of `dumps` sizes and digests, where they are made."""
    totals, classes, properties = await _counted(pool)
    sources = await pool.graph(_PROLOGUE + SOURCES)
    found = list(downloads(pool.manifest, dumps))
    return [
        *_dataset(surface, pool),
        *_versions(surface, pool),
        *_counts(totals),
        *_classes(classes),
        *_examples(classes),
        *_properties(properties),
        *_vocabularies([*classes, *properties]),
        *_graphs(pool, surface, found),
        *(quad.triple for quad in parse(sources, RdfFormat.N_TRIPLES)),
        *services(surface),
        *(triple for one in found for triple in file(one, surface)),
        *lists(surface),
    ]


async def _counted(pool: Pool) -> list[list[Row]]:
    """The totals in a row, and rows of classes and of properties; none where there are too many."""
    if pool.release.triples > MOST:
        return [[], [], []]
    queries = (TOTALS, CLASSES, PROPERTIES)
    return await asyncio.gather(*(pool.rows(_PROLOGUE + query) for query in queries))


def _dataset(surface: Surface, pool: Pool) -> Iterator[Triple]:
    yield from facts(
        DATASET,
        ("rdf:type", [term("void:Dataset"), term("dcat:Dataset")]),
        ("dcterms:title", english(TITLE)),
        ("dcterms:description", english(ABOUT)),
        ("dcterms:license", LICENCE),
        ("dcterms:rights", english(RIGHTS)),
        ("dcterms:identifier", BASE),
        ("void:uriSpace", ID),
        ("void:sparqlEndpoint", surface.at("/sparql")),
        ("void:feature", [NamedNode(f"http://www.w3.org/ns/formats/{name}") for name in FEATURES]),
        ("foaf:homepage", surface.at("/")),
        ("dcat:landingPage", surface.at("/")),
        ("dcat:version", pool.version),
    )
    written = pool.manifest.get("written")
    if written:  # a build leaves no time
        at = Literal(written["at"], datatype=term("xsd:dateTime"))
        yield from facts(DATASET, ("dcterms:modified", at))


def _versions(surface: Surface, pool: Pool) -> Iterator[Triple]:
    versions = [NamedNode(address(version)) for version in surface.releases]
    yield from facts(
        DATASET,
        ("dcat:hasCurrentVersion", NamedNode(address(pool.version))),
        ("dcat:hasVersion", versions),
        ("rdfs:seeAlso", surface.at("/releases")),
    )
    for version, node in zip(surface.releases, versions, strict=True):
        yield from facts(node, ("dcat:isVersionOf", DATASET), ("dcat:version", version))


def _counts(rows: Iterable[Row]) -> Iterator[Triple]:
    for row in rows:
        yield from facts(
            DATASET,
            ("void:triples", _count(row, "triples")),
            ("void:entities", _count(row, "entities")),
            ("void:distinctSubjects", _count(row, "subjects")),
            ("void:distinctObjects", _count(row, "objects")),
            ("void:classes", _count(row, "classes")),
            ("void:properties", _count(row, "properties")),
        )


def _count(row: Row, name: str) -> int:
    return int(row[name]["value"])


def _classes(rows: Iterable[Row]) -> Iterator[Triple]:
    for row in rows:
        iri = row["class"]["value"]
        node = _named("class", iri)
        yield from facts(DATASET, ("void:classPartition", node))
        yield from facts(
            node, ("void:class", NamedNode(iri)), ("void:entities", _count(row, "entities"))
        )


def _examples(rows: Iterable[Row]) -> Iterator[Triple]:
    """Something to begin with: of each of our first lists of things the first by its IRI."""
    things = {row["class"]["value"]: row["example"]["value"] for row in rows if "example" in row}
    listed = (term(name).value for kind in KINDS.values() for name in kind.classes)
    found = dict.fromkeys(things[name] for name in listed if name in things)
    shown = [NamedNode(thing) for thing in found if thing.startswith(ID)]
    yield from facts(DATASET, ("void:exampleResource", shown[:SHOWN]))


def _properties(rows: Iterable[Row]) -> Iterator[Triple]:
    for row in rows:
        part = _named("property", row["property"]["value"])
        yield from facts(DATASET, ("void:propertyPartition", part))
        yield from facts(
            part,
            ("void:property", NamedNode(row["property"]["value"])),
            ("void:triples", _count(row, "triples")),
            ("void:distinctSubjects", _count(row, "subjects")),
            ("void:distinctObjects", _count(row, "objects")),
        )


def _named(kind: str, iri: str) -> NamedNode:
    """The part of the dataset with this class or property, by a name that people can read."""
    name = short(iri).replace(":", "-")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name) or name.startswith("http"):
        name = hashlib.sha256(iri.encode()).hexdigest()[:16]
    return part(f"{kind}-{name}")


def _vocabularies(rows: Iterable[Row]) -> Iterator[Triple]:
    used = [(row.get("class") or row["property"])["value"] for row in rows]
    found = [ns for ns in PREFIXES.values() if any(iri.startswith(ns) for iri in used)]
    yield from facts(DATASET, ("void:vocabulary", [NamedNode(namespace) for namespace in found]))


def _graphs(pool: Pool, surface: Surface, found: Iterable[Download]) -> Iterator[Triple]:
    files = {one.graph: surface.at(one.path) for one in found if one.graph is not None}
    for iri, graph in pool.manifest["graphs"].items():
        node = NamedNode(iri) if iri else part("unnamed")
        stem = iri.removeprefix(ids.graph("").value)
        title = english(f"Graph {stem}") if iri else english("The graph without a name")
        known = stem in pool.manifest.get("sources", {})
        yield from facts(DATASET, ("void:subset", node))
        yield from facts(
            node,
            ("rdf:type", [term("void:Dataset"), term("dcat:Dataset")]),
            ("dcterms:isPartOf", DATASET),
            ("rdfs:label", title),
            ("dcterms:title", None if known else title),
            ("void:triples", graph["triples"]),
            ("void:dataDump", files[iri]),
        )
