"""What can be compared: the states, and the things of which sources speak for several of them."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from pyoxigraph import DefaultGraph, NamedNode, Store

from ocsea import ids
from ocsea.namespaces import ID, RDF_TYPE, term
from ocsea.release import Release
from ocsea.steward.difference.known import Known
from ocsea.steward.facts import is_state
from ocsea.steward.overview.comparison import comparable
from ocsea.steward.overview.expectations import expected

_SPOKEN_OF = (
    ("ocsea:Treaty", "ocsea:instrument", "ocsea:party"),
    ("ocsea:Alliance", "ocsea:instrument", "ocsea:party"),
    ("ocsea:Indicator", "ocsea:indicator", "sdmx-dimension:refArea"),
)
"""A class of things, how records name what they are about, and how the state."""
ENOUGH = 2
"""Of as many states something is known that can be compared."""


@dataclass(frozen=True)
class Choice:
    """A thing by kind and key, or a state by its code.

    `expected` where the shapes ask for it, or something of it.
    """

    name: str
    key: str
    expected: bool


@dataclass(frozen=True)
class Choices:
    """The states and the things, each in the order of their names."""

    states: tuple[Choice, ...]
    things: tuple[Choice, ...]


def choices(release: Release) -> Choices:
    """What a release can compare."""
    store = Store.read_only(str(release.store))
    known = Known(store)
    groups, asked = expected(), set(comparable())
    things = (
        Choice(known.name(thing), key, key in asked)
        for kind, about, whose in _SPOKEN_OF
        for thing in _members(store, kind)
        for key in [thing.value.removeprefix(ID)]
        if key in asked or _several(store, thing, term(about), term(whose))
    )
    covered = {state for group in groups for state in group.members(store)}
    states = (
        Choice(known.name(state), ids.key(state), state in covered)
        for state in _members(store, "ocsea:State")
    )
    return Choices(tuple(sorted(states, key=_order)), tuple(sorted(things, key=_order)))


def _order(choice: Choice) -> tuple[str, str]:
    """By name, without accents and capitals."""
    plain = unicodedata.normalize("NFKD", choice.name).encode("ascii", "ignore").decode()
    return plain.casefold(), choice.key


def _members(store: Store, kind: str) -> Iterator[NamedNode]:
    found = store.quads_for_pattern(None, RDF_TYPE, term(kind), DefaultGraph())
    return (quad.subject for quad in found if isinstance(quad.subject, NamedNode))


def _several(store: Store, thing: NamedNode, about: NamedNode, whose: NamedNode) -> bool:
    """Whether records about the thing name several states; no more of them are read than that."""
    records = store.quads_for_pattern(None, about, thing, DefaultGraph())
    owners = chain.from_iterable(
        store.quads_for_pattern(quad.subject, whose, None, DefaultGraph()) for quad in records
    )
    states = set[str]()
    for quad in owners:
        if isinstance(quad.object, NamedNode) and is_state(quad.object):
            states.add(quad.object.value)
        if len(states) >= ENOUGH:
            return True
    return False
