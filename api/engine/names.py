"""What things are called: the names that a search looks through, read from a store."""

import sys
from collections.abc import Collection, Iterable
from heapq import nsmallest
from itertools import chain, islice
from typing import NamedTuple

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from ocsea import ids
from ocsea.namespaces import RDF_TYPE, TERMS, term

MOST = 100_000
"""Names that are looked through at most; those of the later `KINDS` are left out first."""
LONGEST = 300
"""Letters of a name that are looked at."""
MOST_POINTING = 63
"""Statements about a thing that are counted."""


class Kind(NamedTuple):
    """Things that people look for together: in words, how much they count, and their classes."""

    title: str
    weight: float
    classes: tuple[str, ...]


class Naming(NamedTuple):
    """A property that holds names: how much one counts, what it is in words, and whether it is
    only found where it is asked for whole.
    """

    property: str
    weight: float
    words: str
    whole: bool = False


KINDS = (
    Kind("States", 1.0, ("ocsea:State", "ocsea:AssociatedState", "ocsea:SovereignEntity")),
    Kind("Instruments", 1.0, ("ocsea:Instrument",)),
    Kind("Bodies and alliances", 0.95, ("ocsea:Body", "ocsea:Alliance")),
    Kind("Indicators", 0.9, ("ocsea:Indicator",)),
    Kind("Terms", 0.9, ("ocsea:Term",)),
    Kind("Offences and obligations", 0.85, ("ocsea:Offence", "ocsea:Obligation")),
    Kind("Programmes and practices", 0.85, ("ocsea:Initiative",)),
    Kind("Tools", 0.85, ("ocsea:Tool",)),
    Kind("Areas", 0.85, ("ocsea:Area",)),
    Kind("Topics and capabilities", 0.8, ("ocsea:Topic", "ocsea:Capability")),
    Kind("Sources and data sets", 0.8, ("ocsea:Source", "qb:DataSet")),
    Kind(
        "Commitments and recommendations",
        0.75,
        ("ocsea:Commitment", "ocsea:Recommendation", "ocsea:Deliverable"),
    ),
    Kind("Articles and other provisions", 0.7, ("ocsea:Provision",)),
    Kind("Codes and units", 0.6, ("ocsea:Code", "ocsea:Unit", "skos:ConceptScheme")),
)
"""A thing of several kinds is of the first one. Records of the sources, such as observations and
statuses, are of none: nobody knows them by name.
"""

NAMINGS = (
    Naming("rdfs:label", 1.0, "name"),
    Naming("skos:prefLabel", 1.0, "name"),
    Naming("ocsea:acronym", 1.0, "acronym"),
    Naming("dcterms:identifier", 0.85, "identifier"),
    Naming("ocsea:alternativeNumber", 1.0, "number"),
    Naming("ocsea:iso3", 1.0, "ISO code", whole=True),
    Naming("skos:altLabel", 0.95, "also"),
    Naming("ocsea:iso2", 0.9, "ISO code", whole=True),
    Naming("ocsea:isoNumeric", 0.9, "ISO code", whole=True),
    Naming("dcterms:title", 0.9, "title"),
    Naming("ocsea:heading", 0.9, "heading"),
    Naming("skos:notation", 0.9, "notation"),
    Naming("ocsea:formerName", 0.85, "formerly"),
    Naming("skos:hiddenLabel", 0.8, "spelling"),
    Naming("ocsea:discouragedLabel", 0.6, "discouraged"),
)
LABELS = 2
"""How many of `NAMINGS`, from the first, hold what a thing is to be called."""

Name = tuple[str, str, int]
"""A text, its language or "", and which of `NAMINGS` it is."""
Entry = tuple[str, int, int, tuple[str, ...], tuple[Name, ...]]
"""A thing's IRI, which of `KINDS` it is of, how many statements point to it, as far as they are
counted, its classes, stated ones first, and its names.
"""

_MERGE = DefaultGraph()
_INFERRED = ids.graph("inferred")
_PROPERTIES = [term(naming.property) for naming in NAMINGS]


def read(store: Store, most: int = MOST) -> list[Entry]:
    """Each thing of one of `KINDS` that has a name, until there are `most` names."""
    kinds = _kinds(store, most)
    names = _names(store, kinds)
    entries = []
    for thing, kind in kinds.items():
        own = names.get(thing, ())[:most]
        if own:
            most -= len(own)
            count = sum(1 for _ in islice(_about(store, thing), MOST_POINTING))
            entries.append((thing.value, kind, count, _classes(store, thing), tuple(own)))
    return entries


def _kinds(store: Store, most: int) -> dict[NamedNode, int]:
    """The first so many things, and which of `KINDS` each is of; no more are ever held."""
    found: dict[NamedNode, int] = {}
    for number, kind in enumerate(KINDS):
        quads = chain.from_iterable(
            store.quads_for_pattern(None, RDF_TYPE, term(name), _MERGE) for name in kind.classes
        )
        things = (quad.subject for quad in quads if isinstance(quad.subject, NamedNode))
        new = (thing for thing in things if thing not in found)
        found |= dict.fromkeys(nsmallest(most - len(found), new, key=str), number)
    return found


def _names(store: Store, things: Collection[NamedNode]) -> dict[NamedNode, list[Name]]:
    """The names of each thing, once in a language, by the first property that tells it."""
    found: dict[NamedNode, dict[tuple[str, str], int]] = {thing: {} for thing in things}
    for naming, name in enumerate(_PROPERTIES):
        for quad in _told(store, name, things):
            thing, told = quad.subject, quad.object
            if isinstance(told, Literal) and isinstance(thing, NamedNode) and thing in found:
                text, language = told.value[:LONGEST], sys.intern(told.language or "")
                found[thing].setdefault((text, language), naming)
    return {
        thing: sorted(((*name, naming) for name, naming in own.items()), key=_by_naming)
        for thing, own in found.items()
    }


def _by_naming(name: Name) -> tuple[int, str, str]:
    text, language, naming = name
    return naming, text, language


def _told(store: Store, name: NamedNode, things: Collection[NamedNode]) -> Iterable[Quad]:
    """What is told by a property: all of it, or where most is of other things, that of each."""
    enough = 4 * len(things) + 1
    found = list(islice(store.quads_for_pattern(None, name, None, _MERGE), enough))
    if len(found) < enough:
        return found
    each = (store.quads_for_pattern(thing, name, None, _MERGE) for thing in things)
    return chain.from_iterable(each)


def _about(store: Store, thing: NamedNode) -> Iterable[Quad]:
    return store.quads_for_pattern(None, None, thing, _MERGE)


def _classes(store: Store, thing: NamedNode) -> tuple[str, ...]:
    stated: dict[str, bool] = {}
    for quad in store.quads_for_pattern(thing, RDF_TYPE, None):
        if isinstance(quad.object, NamedNode):
            by_source = quad.graph_name not in (_MERGE, _INFERRED)
            stated[quad.object.value] = by_source or stated.get(quad.object.value, False)
    return tuple(sorted(stated, key=lambda c: (not stated[c], not c.startswith(TERMS), c)))
