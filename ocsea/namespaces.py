"""Every namespace the graph uses, in one place. Stored data always carries `BASE`."""

from pyoxigraph import NamedNode

BASE = "https://w3id.org/ocsea/"
ID = BASE + "id/"
GRAPH = BASE + "graph/"
TERMS = BASE + "ontology#"
SHAPES = BASE + "shapes#"

PREFIXES = {
    "ocsea": TERMS,
    "ocsea-sh": SHAPES,
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "qb": "http://purl.org/linked-data/cube#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sdmx-attribute": "http://purl.org/linked-data/sdmx/2009/attribute#",
    "sdmx-code": "http://purl.org/linked-data/sdmx/2009/code#",
    "sdmx-dimension": "http://purl.org/linked-data/sdmx/2009/dimension#",
    "sdmx-measure": "http://purl.org/linked-data/sdmx/2009/measure#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "time": "http://www.w3.org/2006/time#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def term(name: str) -> NamedNode:
    """The IRI of a prefixed name such as `ocsea:State`; a prefix we do not use is a KeyError."""
    prefix, local = name.split(":", 1)
    return NamedNode(PREFIXES[prefix] + local)


RDF_TYPE = term("rdf:type")


def shorten(iri: str) -> str:
    """An IRI as people write it: `ocsea:State`, `id/state/ALB`; other text as it is."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri.removeprefix(BASE)
