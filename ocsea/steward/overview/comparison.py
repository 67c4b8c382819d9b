"""States side by side: what sources say of each about chosen indicators and instruments."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode, Store

from ocsea import ids
from ocsea.errors import OcseaError
from ocsea.namespaces import ID, term
from ocsea.release import Release
from ocsea.steward.difference.known import Cited, Known, kind
from ocsea.steward.overview.expectations import expected
from ocsea.steward.overview.standing import ACTIONS, INDICATORS, STATUSES, Key, Said, standing

MAX_STATES = 60
"""More columns than there are states in any group of which something is expected."""
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_TOPICS = {
    "indicator": (INDICATORS,),
    "instrument": (STATUSES, ACTIONS),
    "alliance": (STATUSES,),
}
_NAMED = "what to compare by kind and key, such as indicator/age-of-consent or instrument/cets-201"


@dataclass(frozen=True)
class Told:
    """What one record says of a state; `number` where the value is one, so that it can be drawn."""

    value: str
    number: float | None
    date: str
    record: str
    sources: tuple[Cited, ...]


@dataclass(frozen=True)
class Row:
    """What is said of each state about one thing, the newest first, and blanks last.

    `lowest` and `highest` are the ends of an indicator's scale where it has them.
    """

    topic: str
    about: str
    name: str
    unit: str
    lowest: float | None
    highest: float | None
    cells: tuple[tuple[Told, ...], ...]

    @property
    def differs(self) -> bool:
        """Whether the newest values are not the same for all states."""
        return len({cell[0].value if cell else "" for cell in self.cells}) > 1


@dataclass(frozen=True)
class Comparison:
    """Rows of things, and columns of states as they were asked for: ISO code and name."""

    release: str
    states: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]


def comparable() -> tuple[str, ...]:
    """The indicators and instruments about which something is expected, by kind and key."""
    about = {asked.about for group in expected() for asked in group.expectations}
    return tuple(sorted(iri.removeprefix(ID) for iri in about))


def compare(release: Release, iso3: Sequence[str], about: Sequence[str] = ()) -> Comparison:
    """States, by their ISO 3166 alpha-3 codes, compared by things, by kind and key.

    `about` are things such as `indicator/age-of-consent` and `instrument/cets-201`; without any,
    those that are expected. Raises OcseaError for what the release does not know.
    """
    store = Store.read_only(str(release.store))
    known = Known(store)
    states = [_known(f"state/{code}", known, "state") for code in dict.fromkeys(iso3)]
    if len(states) > MAX_STATES:
        raise OcseaError(f"Choose at most {MAX_STATES} states; these are {len(states)}.")
    things = [_known(ref, known, *_TOPICS) for ref in dict.fromkeys(about or comparable())]
    asked = defaultdict[str, set[str]](set)
    for thing in things:
        for topic in _topics(thing):
            asked[topic].add(thing.value)
    said = standing(store, [state.value for state in states], asked)
    columns = tuple((ids.key(state), known.name(state)) for state in states)
    return Comparison(release.version, columns, tuple(_rows(things, states, said, known)))


def _known(ref: str, known: Known, *kinds: str) -> NamedNode:
    try:
        thing = ids.ref(ref, *kinds)
    except ValueError:
        thing = None
    if thing is None or not known.values(thing, term("rdfs:label")):
        how = "a state by its ISO 3166 alpha-3 code, such as NOR" if kinds == ("state",) else _NAMED
        raise OcseaError(f"The graph does not know {ref}: name {how}.")
    return thing


def _topics(thing: NamedNode) -> tuple[str, ...]:
    return _TOPICS.get(kind(thing), ())


def _rows(
    things: Sequence[NamedNode],
    states: Sequence[NamedNode],
    said: Mapping[Key, Sequence[Said]],
    known: Known,
) -> Iterator[Row]:
    for thing in things:
        units = known.values(thing, term("ocsea:unit"))
        for topic in _topics(thing):
            found = [said.get((topic, state.value, thing.value), ()) for state in states]
            yield Row(
                topic,
                thing.value,
                known.name(thing),
                " ".join(known.name(unit) for unit in units),
                _end(thing, "ocsea:minimum", known),
                _end(thing, "ocsea:maximum", known),
                tuple(tuple(_told(each, known) for each in reversed(of)) for of in found),
            )


def _told(said: Said, known: Known) -> Told:
    value = said.value if said.told else ""
    return Told(
        known.called(value),
        _number(value),
        said.date,
        said.record,
        known.sources(NamedNode(said.record)),
    )


def _end(thing: NamedNode, name: str, known: Known) -> float | None:
    ends = known.values(thing, term(name))
    return _number(ends[0].value) if ends else None


def _number(text: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text) else None
