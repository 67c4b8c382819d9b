"""The terms of the ontology as its page shows them, from the ontology's own files."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from pyoxigraph import Literal, NamedNode, Triple

from api.discovery.examples import Example, examples
from api.pages import query_link, words
from api.schema import shapes
from ocsea.namespaces import PREFIXES, TERMS, term
from ocsea.rdf import ontology

CLASSES, INDIVIDUALS = "Classes", "Individuals"
SECTIONS = {
    term("owl:Class"): CLASSES,
    term("owl:ObjectProperty"): "Properties that lead to things",
    term("owl:DatatypeProperty"): "Properties that hold values",
    term("owl:AnnotationProperty"): "Properties that hold either",
    term("owl:NamedIndividual"): INDIVIDUALS,
}
RELATIONS = {
    term("rdfs:subClassOf"): ("a kind of", "its kinds"),
    term("rdfs:subPropertyOf"): ("a kind of", "its kinds"),
    term("rdf:type"): ("is a", "individuals"),
    term("rdfs:domain"): ("said of", "has"),
    term("rdfs:range"): ("leads to", "led to by"),
    term("owl:inverseOf"): ("reverse of", "reverse of"),
    term("owl:equivalentClass"): ("same as", "same as"),
    term("owl:equivalentProperty"): ("same as", "same as"),
    term("skos:exactMatch"): ("same as", "same as"),
    term("skos:closeMatch"): ("much like", "much like"),
    term("dcterms:isReplacedBy"): ("replaced by", "replaces"),
}
"""What a statement is called where its subject is shown, and where its object is."""

LABEL, DEFINITION, EXAMPLE = term("rdfs:label"), term("skos:definition"), term("skos:example")
NOTE, DEPRECATED = term("skos:scopeNote"), term("owl:deprecated")
HEADER = {
    term("owl:versionInfo"): "version",
    term("dcterms:created"): "created",
    term("dcterms:creator"): "by",
    term("dcterms:license"): "licence",
    term("dcterms:description"): "description",
    NOTE: "note",
}
PROLOGUE = "".join(f"PREFIX {p}: <{PREFIXES[p]}>\n" for p in ("ocsea", "rdfs"))


@dataclass(slots=True)
class Term:
    """A term of ours; `relations` leads from a phrase to IRIs, `kinds` to the terms below it."""

    iri: str
    section: str = ""
    label: str = ""
    definition: str = ""
    deprecated: bool = False
    notes: list[str] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)
    relations: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    kinds: list["Term"] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What follows the `#`, which is the term's anchor in the page."""
        return self.iri.removeprefix(TERMS)

    @property
    def checks(self) -> list[str]:
        """The IRIs of the shapes that check it."""
        return shapes.checks().get(self.iri, [])

    @property
    def queries(self) -> list[Example]:
        """The example queries that use it."""
        used = re.compile(rf"\bocsea:{self.name}(?![\w-])")
        return [example for example in examples() if used.search(example.query)]

    @property
    def uses(self) -> str:
        """The address of a query for what the graph says with it."""
        if self.section == CLASSES:
            found = f"?thing ?name WHERE {{ ?thing a ocsea:{self.name} ; rdfs:label ?name }}"
        elif self.section == INDIVIDUALS:
            found = f"?thing ?relation WHERE {{ ?thing ?relation ocsea:{self.name} }}"
        else:
            found = f"?thing ?value WHERE {{ ?thing ocsea:{self.name} ?value }}"
        return query_link(f"{PROLOGUE}SELECT {found} LIMIT 100\n")

    def take(self, predicate: NamedNode, value: NamedNode | Literal) -> None:
        """Note one statement about the term, if the page has a place for it."""
        if predicate == LABEL:
            self.label = value.value
        elif predicate == DEFINITION:
            self.definition = value.value
        elif predicate == EXAMPLE:
            self.examples.append(value.value)
        elif predicate == NOTE:
            self.notes.append(value.value)
        elif predicate == DEPRECATED:
            self.deprecated = value.value == "true"
        elif isinstance(value, NamedNode) and value in SECTIONS:
            self.section = SECTIONS[value]
        elif predicate in RELATIONS:
            self.relations[RELATIONS[predicate][0]].append(value.value)


@cache
def terms() -> dict[str, list[Term]]:
    """Our terms, in sections, each in the order of its name."""
    return described(ontology())


@cache
def header() -> dict[str, list[str]]:
    """What the ontology says of itself."""
    about: dict[str, list[str]] = defaultdict(list)
    for triple in ontology():
        if triple.subject == NamedNode(TERMS.rstrip("#")) and triple.predicate in HEADER:
            about[HEADER[triple.predicate]].append(_text(triple.object))
    return about


def described(triples: Iterable[Triple]) -> dict[str, list[Term]]:
    """The terms of ours in a graph, in sections, each in the order of its name."""
    found: dict[str, Term] = {}
    pairs = [(t, t.object) for t in triples if isinstance(t.object, NamedNode | Literal)]
    for triple, value in pairs:
        iri = _text(triple.subject)
        if iri.startswith(TERMS):
            found.setdefault(iri, Term(iri, label=words(iri))).take(triple.predicate, value)
    for triple, value in pairs:
        if triple.predicate in RELATIONS and value.value in found:
            _reverse(found, _text(triple.subject), triple.predicate, found[value.value])
    ordered = sorted(found.values(), key=lambda term: term.name.lower())
    return {s: [t for t in ordered if t.section == s] for s in dict.fromkeys(SECTIONS.values())}


def _reverse(found: dict[str, Term], subject: str, predicate: NamedNode, of: Term) -> None:
    """Note a statement with the term that it leads to."""
    seen = of.relations[RELATIONS[predicate][1]]
    if subject not in seen:
        seen.append(subject)
    if RELATIONS[predicate][1] == "its kinds" and subject in found:
        of.kinds.append(found[subject])


def roots() -> list[Term]:
    """The classes that are no kind of another class of ours."""
    return [
        each
        for each in terms()[CLASSES]
        if not any(iri.startswith(TERMS) for iri in each.relations.get("a kind of", ()))
    ]


def _text(node: object) -> str:
    return str(getattr(node, "value", ""))
