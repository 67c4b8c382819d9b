"""What the graph should know of a state, as the shapes in `shapes/completeness.ttl` say it.

A shape there starts at a body and walks to its members; each shape below it asks a member for the
status towards an instrument, or for the observation of an indicator, perhaps of one year.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from pyoxigraph import Literal, NamedNode, QuerySolution, QuerySolutions, Store, Triple

from ocsea import ids
from ocsea.errors import OcseaError
from ocsea.namespaces import PREFIXES, SHAPES, term
from ocsea.rdf import memory_store, read_turtle
from ocsea.resources import shapes_files
from ocsea.steward.overview.standing import ACTIONS, INDICATORS, STATUSES

# A shape asks for a record by its IRI, or for an observation by its indicator.
_EXPECTED = """
SELECT ?body ?inwards ?outwards ?shape ?name ?of ?pattern ?about {
  ?group sh:group ocsea-sh:Completeness ; sh:targetNode ?body ; sh:property ?shape ;
    sh:path ( [ sh:inversePath ?inwards ] ?outwards ) .
  ?shape sh:name ?name .
  OPTIONAL { ?shape sh:path/sh:inversePath ?of ; sh:qualifiedValueShape/sh:pattern ?pattern }
  OPTIONAL { ?shape sh:path ( [ sh:inversePath ?of ] ocsea:indicator ) ; sh:hasValue ?about }
}
"""
# Which IRIs the records about an instrument or an indicator have.
_PATTERNS = """
SELECT ?about ?pattern {
  VALUES ?link { ocsea:instrument ocsea:indicator }
  ?shape sh:targetNode ?about ; sh:path/sh:inversePath ?link ; sh:pattern ?pattern
}
"""


@dataclass(frozen=True, order=True)
class Expectation:
    """Something that is expected to be known of a state: `key` is short, `name` says it in words.

    `about` is the IRI of the instrument or indicator, `period` the year where it must be one.
    """

    topic: str
    key: str
    name: str
    about: str
    period: str = ""


@dataclass(frozen=True)
class Group:
    """Whose members have the same expectations: the members of a body."""

    body: NamedNode
    inwards: NamedNode
    outwards: NamedNode
    expectations: tuple[Expectation, ...]

    def members(self, store: Store) -> set[NamedNode]:
        """The members that a store knows."""
        return {
            found.object
            for link in store.quads_for_pattern(None, self.inwards, self.body)
            for found in store.quads_for_pattern(link.subject, self.outwards, None)
            if isinstance(found.object, NamedNode)
        }


@cache
def expected() -> tuple[Group, ...]:
    """The groups of states of which our shapes expect something."""
    return tuple(groups(read_turtle(shapes_files())))


def groups(shapes: Iterable[Triple]) -> Iterator[Group]:
    """The same of any shapes. Raises OcseaError for one that is not written as such shapes are."""
    store = memory_store(shapes)
    patterns = [(_thing(row, "about"), _text(row, "pattern")) for row in _ask(store, _PATTERNS)]
    found: dict[tuple[NamedNode, ...], set[Expectation]] = {}
    for row in _ask(store, _EXPECTED):
        group = tuple(_thing(row, name) for name in ("body", "inwards", "outwards"))
        found.setdefault(group, set()).add(_expectation(row, patterns))
    for (body, inwards, outwards), expectations in sorted(found.items(), key=str):
        yield Group(body, inwards, outwards, tuple(sorted(expectations)))


def act_behind(status: Expectation, label: str) -> Expectation:
    """That the act is known by which a state became a party, where it has that status."""
    key = f"act-{status.key.removeprefix('status-')}"
    return replace(status, topic=ACTIONS, key=key, name=f"act that made it a party: {label}")


def _expectation(row: QuerySolution, patterns: Iterable[tuple[NamedNode, str]]) -> Expectation:
    shape = _thing(row, "shape")
    key = shape.value.removeprefix(SHAPES).removeprefix("Member-")
    statuses = row["of"] == term("ocsea:party")
    topic, name = STATUSES if statuses else INDICATORS, _text(row, "name")
    if isinstance(row["about"], NamedNode):
        return Expectation(topic, key, name, row["about"].value)
    if row["pattern"] is None:
        raise OcseaError(f"{shape.value}: asks for neither a record by its IRI nor an indicator")
    example = _example(_text(row, "pattern"))
    about = [thing for thing, pattern in patterns if re.match(pattern, example)]
    if len(about) != 1:
        raise OcseaError(
            f"{shape.value}: no one instrument or indicator has records such as {example}"
        )
    period = "" if statuses else ids.key(NamedNode(example)).split("/")[2]
    return Expectation(topic, key, name, about[0].value, period)


def _example(pattern: str) -> str:
    """An IRI that a pattern of such a shape fits, with `XXX` for the state."""
    return pattern.strip("^$").replace("[^/]+", "XXX").replace("\\", "")


def _ask(store: Store, query: str) -> QuerySolutions:
    rows = store.query(query, prefixes=PREFIXES)
    assert isinstance(rows, QuerySolutions)
    return rows


def _thing(row: QuerySolution, name: str) -> NamedNode:
    value = row[name]
    assert isinstance(value, NamedNode)
    return value


def _text(row: QuerySolution, name: str) -> str:
    value = row[name]
    assert isinstance(value, Literal)
    return value.value
