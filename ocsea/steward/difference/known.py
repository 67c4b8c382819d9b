"""What things are called: by a release, and by a submission that brings them."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from ocsea import ids
from ocsea.namespaces import PREFIXES, shorten, term
from ocsea.steward.facts import Term, is_state, ours

_NAMES = {
    "rdf:type": "kind",
    "rdfs:label": "name",
    "dcterms:isPartOf": "part of",
    "eli:is_part_of": "part of",
    "foaf:homepage": "website",
    "ocsea:begin": "beginning",
    "ocsea:statedValue": "value as printed",
    "org:organization": "body",
    "org:subOrganizationOf": "part of",
    "qb:DataSet": "data set",
    "qb:Observation": "value",
    "sdmx-attribute:obsStatus": "value",
    "sdmx-code:obsStatus-M": "missing",
    "sdmx-dimension:refArea": "state",
    "sdmx-dimension:refPeriod": "period",
    "sdmx-measure:obsValue": "value",
    "skos:altLabel": "other name",
    "skos:broader": "broader term",
    "skos:ConceptScheme": "list of terms",
    "skos:exactMatch": "the same as",
    "skos:inScheme": "list of terms",
    "skos:notation": "code",
    "skos:prefLabel": "preferred name",
    "skos:related": "related term",
}
"""What terms are called that have no name of their own, or one that says less here."""


@dataclass(frozen=True)
class Cited:
    """A place in a source that a record cites: `mapping2021`, `Fig. 5`; `label` says it in full."""

    locator: str
    source: str
    place: str
    label: str

    def __str__(self) -> str:
        return f"{self.source}, {self.place}" if self.source else self.place


class Known:
    """What stores say of things, the first that says anything, and before them the quads that
    would come to them."""

    def __init__(self, *stores: Store, come: Iterable[Quad] = ()) -> None:
        self._stores = stores
        self._new = defaultdict[NamedNode, list[Triple]](list)
        for quad in come:
            if isinstance(quad.subject, NamedNode):
                self._new[quad.subject].append(quad.triple)
        self.name = cache(self._name)

    def values(self, thing: NamedNode, predicate: NamedNode) -> list[Term]:
        """What is said of a thing by a property, in a fixed order."""
        found = values(self._new.get(thing, ()), predicate)
        for store in () if found else self._stores:
            quads = store.quads_for_pattern(thing, predicate, None, DefaultGraph())
            if found := values((quad.triple for quad in quads), predicate):
                break
        return found

    def _name(self, value: Term) -> str:
        """A thing by its English label, a place in a source as it is cited, a text in quotes,
        anything else as it is written."""
        if isinstance(value, Literal):
            return _written(value)
        return str(self.cited(value)) if kind(value) == "locator" else self._label(value)

    def _label(self, thing: NamedNode) -> str:
        return self.label(thing) or _in_words(thing)

    def label(self, thing: NamedNode) -> str:
        """The English label of a thing, the first of several; empty where it has none."""
        labels = self.values(thing, term("rdfs:label"))
        english = [v.value for v in labels if isinstance(v, Literal) and v.language in ("en", None)]
        return english[0] if english else ""

    def called(self, value: str) -> str:
        """The name of what an IRI stands for; other text as it is."""
        return self.name(NamedNode(value)) if re.match("https?://", value) else value

    def sources(self, record: NamedNode) -> tuple[Cited, ...]:
        """The places that a record cites, as the release or the submission says it."""
        found = self.values(record, term("dcterms:source"))
        return tuple(self.cited(place) for place in found if isinstance(place, NamedNode))

    def property(self, predicate: NamedNode) -> str:
        """What a property is called: by us, by the ontology, or by its own name in words."""
        if shorten(predicate.value) in _NAMES:
            return _NAMES[shorten(predicate.value)]
        return self.label(predicate) or _local(predicate)

    def cited(self, locator: NamedNode) -> Cited:
        """A locator as people cite it."""
        sources = self.values(locator, term("dcterms:isPartOf"))
        keys = [ids.key(s) for s in sources if isinstance(s, NamedNode) and ours(s)]
        places = [place.value for place in self.values(locator, term("ocsea:place"))]
        place = " ".join(places) or _in_words(locator)
        return Cited(locator.value, " ".join(keys), place, self._label(locator))


def values(said: Iterable[Triple], predicate: NamedNode) -> list[Term]:
    """The things and literals among the objects of a property, in a fixed order."""
    found = {
        triple.object
        for triple in said
        if triple.predicate == predicate and isinstance(triple.object, NamedNode | Literal)
    }
    return sorted(found, key=str)


def states(record: NamedNode, said: Iterable[Triple]) -> list[NamedNode]:
    """The states that a record is about: those that it names, or itself."""
    things = [record] if is_state(record) else [triple.object for triple in said]
    return sorted({t for t in things if isinstance(t, NamedNode) and is_state(t)}, key=str)


def kind(thing: object) -> str:
    """The kind of a thing of ours, as its IRI says it; empty for anything else."""
    return ids.kind(thing) if isinstance(thing, NamedNode) and ours(thing) else ""


def _in_words(thing: NamedNode) -> str:
    """What a thing without a label is called: a term by its name, one of ours by its key."""
    name = shorten(thing.value)
    if name in _NAMES:
        return _NAMES[name]
    is_term = name.partition(":")[0] in PREFIXES
    return _local(thing) if is_term else name.removeprefix("id/")


def _local(term: NamedNode) -> str:
    """The last part of an IRI in words: `is replaced by`."""
    local = re.split(r"[#/:]", term.value)[-1]
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", local).replace("_", " ").lower()


def _written(value: Literal) -> str:
    if value.datatype == term("xsd:string") or value.language:
        tag = f" ({value.language})" if value.language not in ("en", None) else ""
        return f"“{value.value}”{tag}"
    return value.value
