"""What members of a collection can be narrowed by, and how the values are written."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from api.addresses import KEY
from ocsea.namespaces import ID, RDF_TYPE, TERMS, term
from ocsea.resources import ontology_files

IDENTIFIER = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
MAX_TEXT = 200
"""Characters of any value."""
TEXT, WORDS = r"[\s\S]+", r"[\s\S]*\S[\s\S]*"
THING = f"(?:{re.escape(ID)})?{KEY.pattern}"


@dataclass(frozen=True, slots=True)
class Form:
    """How values are written, in words and as a pattern, and the term that each stands for.

    `values` are all that there are, where they are few and fixed.
    """

    said: str
    pattern: str
    term: Callable[[str], NamedNode | Literal]
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """A parameter: `path` leads from a member to a thing, `code` from that to what is compared.

    Without `code` it is the thing itself. Both are SPARQL property paths; a path of the member to
    itself is empty.
    """

    name: str
    form: Form
    path: str
    code: str
    meaning: str
    example: str

    @property
    def whole(self) -> str:
        """The path from a member to what is compared."""
        return "/".join(part for part in (self.path, self.code) if part)


def _thing(text: str) -> NamedNode:
    return NamedNode(ID + text.removeprefix(ID))


CODE = Form("a code of three letters, as `NOR`", r"[A-Za-z]{3}", lambda t: Literal(t.upper()))
UPPER = Form("an identifier, as `CETS-201`", IDENTIFIER, lambda t: Literal(t.upper()))
LOWER = Form("an identifier, as `mapping2021`", IDENTIFIER, lambda t: Literal(t.lower()))
REF = Form("a thing as `kind/key`, or its IRI", THING, _thing)
WORD = Form(f"a text of up to {MAX_TEXT} characters, as it is in the data", TEXT, Literal)
PHRASE = Form(WORD.said, TEXT, lambda text: Literal(text, language="en"))


def state(path: str) -> Filter:
    """By the ISO code of a state or other contracting entity."""
    return Filter("state", CODE, path, "ocsea:iso3", "A state, by its ISO 3166 code", "NOR")


def instrument(path: str, example: str = "CETS-201", name: str = "instrument") -> Filter:
    """By the identifier of an instrument or alliance."""
    meaning = "An instrument or alliance, by its identifier"
    return Filter(name, UPPER, path, "dcterms:identifier", meaning, example)


def indicator(path: str) -> Filter:
    """By the identifier of an indicator."""
    example = "ncmec-cybertip-reports"
    meaning = "An indicator, by its identifier"
    return Filter("indicator", LOWER, path, "dcterms:identifier", meaning, example)


def source(path: str = "dcterms:source/dcterms:isPartOf", name: str = "source") -> Filter:
    """By the stem of a source that says it."""
    meaning = "A source, by its identifier"
    return Filter(name, LOWER, path, "dcterms:identifier", meaning, "mapping2021")


def thing(name: str, path: str, meaning: str, example: str) -> Filter:
    """By any thing."""
    return Filter(name, REF, path, "", meaning, example)


def word(name: str, path: str, meaning: str, example: str) -> Filter:
    """By a text that has to be the same."""
    return Filter(name, WORD, "", path, meaning, example)


def phrase(name: str, path: str, meaning: str, example: str) -> Filter:
    """By an English text that has to be the same."""
    return Filter(name, PHRASE, "", path, meaning, example)


def one_of(name: str, path: str, of: str, meaning: str) -> Filter:
    """By a term of ours that is an individual of a class."""
    names = individuals(of)
    return Filter(name, _closed(names), path, "", meaning, names[0])


def kind(classes: Iterable[str]) -> Filter:
    """By class, those below included."""
    names = subclasses(classes)
    return Filter("type", _closed(names), "rdf:type", "", "A class", names[0])


def _closed(names: tuple[str, ...]) -> Form:
    said = "one of " + ", ".join(names)
    return Form(said, "|".join(names), lambda text: NamedNode(TERMS + text), names)


def subclasses(classes: Iterable[str]) -> tuple[str, ...]:
    """Our classes at and below these, by their names, in alphabetical order."""
    found = below(term(name).value for name in classes)
    return tuple(sorted(iri.removeprefix(TERMS) for iri in found if iri.startswith(TERMS)))


def below(classes: Iterable[str]) -> frozenset[str]:
    """These classes and those below them, by their IRIs."""
    found = frozenset(classes)
    while more := {low for low, high in _links() if high in found} - found:
        found |= more
    return found


@cache
def above(one: str) -> frozenset[str]:
    """The classes above one, by their IRIs."""
    found: frozenset[str] = frozenset()
    while more := {high for low, high in _links() if low in (one, *found)} - found:
        found |= more
    return found


def individuals(of: str) -> tuple[str, ...]:
    """The names of our individuals of a class, in alphabetical order."""
    pairs = _pairs(RDF_TYPE)
    return tuple(sorted(s.removeprefix(TERMS) for s, o in pairs if o == term(of).value))


@cache
def _links() -> frozenset[tuple[str, str]]:
    return _pairs(term("rdfs:subClassOf"))


def _pairs(predicate: NamedNode) -> frozenset[tuple[str, str]]:
    """What the ontology links to what by a property."""
    quads = (
        quad for path in ontology_files() for quad in parse(path=path, format=RdfFormat.TURTLE)
    )
    return frozenset(
        (quad.subject.value, quad.object.value)
        for quad in quads
        if quad.predicate == predicate
        and isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, NamedNode)
    )
