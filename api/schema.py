"""`/ontology` and `/context.jsonld`: what the terms mean."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache

from fastapi import APIRouter, Request
from pyoxigraph import Literal, NamedNode, serialize
from starlette.responses import Response

from api.engine.results import GRAPHS as SERIALISATIONS
from api.formats import GRAPHS
from api.negotiation import Offer
from api.openapi import documents, problems
from api.pages import render, words
from api.web import CODE, data_headers, negotiate, unchanged
from ocsea.namespaces import PREFIXES, TERMS
from ocsea.rdf import ontology
from ocsea.resources import context_file

CONTEXT = Offer("jsonld", "application/ld+json")
SECTIONS = {
    PREFIXES["owl"] + "Class": "Classes",
    PREFIXES["owl"] + "ObjectProperty": "Properties that lead to things",
    PREFIXES["owl"] + "DatatypeProperty": "Properties that hold values",
    PREFIXES["owl"] + "AnnotationProperty": "Properties that hold either",
    PREFIXES["owl"] + "NamedIndividual": "Individuals",
}
LABEL, DEFINITION = PREFIXES["rdfs"] + "label", PREFIXES["skos"] + "definition"
EXAMPLE = PREFIXES["skos"] + "example"
RELATIONS = {
    PREFIXES["rdfs"] + "subClassOf": "a kind of",
    PREFIXES["rdfs"] + "subPropertyOf": "a kind of",
    PREFIXES["rdf"] + "type": "is a",
    PREFIXES["rdfs"] + "domain": "said of",
    PREFIXES["rdfs"] + "range": "leads to",
    PREFIXES["owl"] + "inverseOf": "reverse of",
    PREFIXES["owl"] + "equivalentClass": "same as",
    PREFIXES["owl"] + "equivalentProperty": "same as",
    PREFIXES["skos"] + "exactMatch": "same as",
    PREFIXES["skos"] + "closeMatch": "much like",
}
router = APIRouter(tags=["Schema"], default_response_class=Response)


@dataclass(slots=True)
class Term:
    """A term of ours as the page shows it; `relations` leads from a phrase to IRIs."""

    iri: str
    section: str = ""
    label: str = ""
    definition: str = ""
    examples: list[str] = field(default_factory=list)
    relations: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def name(self) -> str:
        """What follows the `#`, which is the term's anchor in the page."""
        return self.iri.removeprefix(TERMS)

    def take(self, predicate: str, value: NamedNode | Literal) -> None:
        """Note one statement about the term, if the page has a place for it."""
        if predicate == LABEL:
            self.label = value.value
        elif predicate == DEFINITION:
            self.definition = value.value
        elif predicate == EXAMPLE:
            self.examples.append(value.value)
        elif value.value in SECTIONS:
            self.section = SECTIONS[value.value]
        elif predicate in RELATIONS:
            self.relations[RELATIONS[predicate]].append(value.value)


@cache
def terms() -> dict[str, list[Term]]:
    """Our terms, in sections, each in the order of its name."""
    found: dict[str, Term] = {}
    for triple in ontology():
        subject, value = triple.subject, triple.object
        if isinstance(subject, NamedNode) and subject.value.startswith(TERMS):
            term = found.setdefault(subject.value, Term(subject.value, label=words(subject.value)))
            if isinstance(value, NamedNode | Literal):
                term.take(triple.predicate.value, value)
    ordered = sorted(found.values(), key=lambda term: term.name.lower())
    return {s: [t for t in ordered if t.section == s] for s in dict.fromkeys(SECTIONS.values())}


@cache
def _ontology(name: str) -> bytes:
    if name == "html":
        return render("ontology.html", sections=terms()).encode()
    return serialize(ontology(), format=SERIALISATIONS[name], prefixes=PREFIXES) or b""


@router.get(
    "/ontology",
    summary="The ontology",
    responses=documents(GRAPHS) | problems("not-acceptable", "method-not-allowed"),
)
async def all_terms(request: Request) -> Response:
    """All modules of the ontology in one; as a page, every term at its own anchor."""
    offer = negotiate(request, GRAPHS)
    return _constant(request, offer, _ontology(offer.name))


@router.get("/context.jsonld", summary="The JSON-LD context", responses=documents([CONTEXT]))
async def context(request: Request) -> Response:
    """The one context of all our JSON-LD."""
    return _constant(request, CONTEXT, context_file().read_bytes())


def _constant(request: Request, offer: Offer, content: bytes) -> Response:
    """What follows from the server's own files, not from the release."""
    tag = f'"{CODE}-{offer.name}"'
    headers = {"etag": tag, "content-type": offer.content_type, **data_headers(request)}
    return unchanged(request, tag) or Response(content, headers=headers)
