"""The formats on offer, in the order of preference among equals."""

from api.negotiation import Offer

HTML = Offer("html", "text/html")

SOLUTIONS = (
    Offer("json", "application/sparql-results+json"),
    Offer("xml", "application/sparql-results+xml"),
    Offer("csv", "text/csv"),
    Offer("tsv", "text/tab-separated-values"),
    HTML,
    Offer("json", "application/json"),
    Offer("xml", "application/xml"),
)
"""What a SELECT or ASK can be answered in; an alias is answered under the name it was asked by."""

GRAPHS = (
    Offer("ttl", "text/turtle"),
    Offer("jsonld", "application/ld+json"),
    Offer("nt", "application/n-triples"),
    Offer("rdf", "application/rdf+xml"),
    HTML,
)
"""What a CONSTRUCT or DESCRIBE can be answered in."""

DOCUMENTS = (
    Offer("jsonld", "application/ld+json"),
    Offer("ttl", "text/turtle"),
    Offer("nt", "application/n-triples"),
    Offer("rdf", "application/rdf+xml"),
    HTML,
)
"""What the description of a thing can be had in."""

GRAPH_NAMES = {
    "turtle": "ttl",
    "n3": "ttl",
    "xml": "rdf",
    "rdf+xml": "rdf",
    "json": "jsonld",
    "json-ld": "jsonld",
}
"""What else clients call the formats of a graph: SPARQLWrapper sends these as `format`."""
