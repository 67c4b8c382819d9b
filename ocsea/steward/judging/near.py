"""What is near a change: the slice of a release that shapes and rules need to judge it.

Never the whole graph, and no hub whole: of the thousands of records that point to a state, only
those that a shape or a rule can recognise by their IRIs are read.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from ocsea.derived import DERIVED, ONTOLOGY
from ocsea.namespaces import ID, SHAPES, term
from ocsea.rdf import in_graph, shapes
from ocsea.steward.judging.rules import named_things
from ocsea.steward.proposal import Proposal

FEW = 200
"""Triples of a thing, or records that point to it, up to which all are read."""

NAMED = 3
"""Of the things that name one that is taken out, how many are told by their names."""

_PARTIES = tuple(map(term, ("ocsea:party", "sdmx-dimension:refArea")))
"""By these, records point to a state, which so becomes a hub."""

_ONWARD = tuple(map(term, ("dcterms:isPartOf", "ocsea:measuredBy")))
"""Where rules look two steps away: the source of a locator, who measures an indicator."""

_UNIQUE = tuple(map(term, ("dcterms:identifier", "ocsea:iso2", "ocsea:iso3", "ocsea:isoNumeric")))


@dataclass(frozen=True)
class Slice:
    """What is stated near a change, before and after it.

    `changed` are the things that the change describes, `whole` those of which all is there that
    bears on them; of others, what they name may be missing.
    """

    before: frozenset[Quad]
    after: frozenset[Quad]
    changed: frozenset[NamedNode]
    whole: frozenset[NamedNode]


def near(proposal: Proposal, store: Store) -> Slice:
    """The slice of a release's store that a proposal touches."""
    read = _Reader(store)
    changed = _changed(proposal)
    known = read.all(changed)
    said = [*known, *proposal.come]
    pointing = {thing: read.pointing(thing) for thing in changed}
    core = {
        *changed,
        *_parties_records(read, changed, said),
        *_alike(store, said),
        *_date_statements(store, {*changed, *_objects(said)}),
        *(quad.subject for quad in _weighed(pointing, proposal)),
    }
    around = read.all(_objects([*read.all(core), *proposal.come]))
    onward = {q.object for q in around if q.predicate in _ONWARD}
    known = [*read.all(core), *around, *read.all(onward), *chain(*pointing.values())]
    before = frozenset([*known, *proposal.gone])
    after = (before - proposal.gone) | proposal.come
    return Slice(before, after, changed, frozenset(_ours(core)))


def _weighed(pointing: Mapping[NamedNode, list[Quad]], proposal: Proposal) -> Iterator[Quad]:
    """What points to a changed thing and may suffer; to one that is taken out nothing may point."""
    removed = {change.record for change in proposal.changes if not change.after}
    for thing, quads in pointing.items():
        yield from quads[:NAMED] if thing in removed else quads


def _changed(proposal: Proposal) -> frozenset[NamedNode]:
    subjects = {quad.subject for quad in proposal.gone | proposal.come}
    records = {change.record for change in proposal.changes}
    return frozenset(records | {node for node in subjects if isinstance(node, NamedNode)})


class _Reader:
    """Reads what a store's sources state; what is inferred or found is left out."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read: dict[object, list[Quad]] = {}

    def all(self, nodes: Iterable[object]) -> list[Quad]:
        """What is stated of things of ours."""
        return [quad for node in _ours(nodes) for quad in self._of(node)]

    def _of(self, node: NamedNode) -> list[Quad]:
        if node not in self._read:
            self._read[node] = _stated(self._quads(node))
        return self._read[node]

    def _quads(self, node: NamedNode) -> list[Quad]:
        quads = list(islice(self._store.quads_for_pattern(node, None, None), FEW + 1))
        if len(quads) <= FEW:
            return quads
        asked = (self._store.quads_for_pattern(node, name, None) for name in _properties())
        return [quad for each in asked for quad in islice(each, FEW)]

    def pointing(self, node: NamedNode) -> list[Quad]:
        """The stated facts that name this thing, so far as they are few, in a fixed order."""
        found = islice(self._store.quads_for_pattern(None, None, node), 4 * FEW)
        return sorted(_stated(found), key=str)

    def by(self, name: NamedNode, node: NamedNode) -> Iterator[NamedNode]:
        """The things that name this one by a property."""
        for quad in self._store.quads_for_pattern(None, name, node, DefaultGraph()):
            if isinstance(quad.subject, NamedNode):
                yield quad.subject


def _ours(nodes: Iterable[object]) -> Iterator[NamedNode]:
    for node in nodes:
        if isinstance(node, NamedNode) and node.value.startswith(ID):
            yield node


def _stated(quads: Iterable[Quad]) -> list[Quad]:
    """Those that a source states, in its graph; in none what was written without one."""
    named: dict[Triple, list[Quad]] = {}
    for quad in quads:
        graphs = named.setdefault(quad.triple, [])
        if quad.graph_name != DefaultGraph():
            graphs.append(quad)
    kept = [quad for each in named.values() for quad in each if quad.graph_name not in _made()]
    return [*kept, *in_graph((t for t, each in named.items() if not each), DefaultGraph())]


@cache
def _made() -> frozenset[NamedNode]:
    return frozenset(map(NamedNode, (*DERIVED, ONTOLOGY)))


def _objects(quads: Iterable[Quad]) -> set[object]:
    return {quad.object for quad in quads}


def _parties_records(
    read: _Reader, changed: Collection[NamedNode], said: Collection[Quad]
) -> Iterator[NamedNode]:
    """Of each state or area concerned: its memberships, and the records that can be recognised."""
    member = term("org:member")
    about = {q.object for q in said if q.predicate in (*_PARTIES, member)}
    pattern = _recognised(frozenset(filter(None, map(_kin, changed))))
    for party in sorted(_ours({*about, *changed}), key=str):
        yield from islice(read.by(member, party), FEW)
        for name in _PARTIES:
            yield from (each for each in read.by(name, party) if pattern.match(each.value))


def _kin(record: NamedNode) -> str | None:
    """A pattern for the records of the same party on the same instrument or indicator."""
    kind, *keys = record.value.removeprefix(ID).split("/")
    if kind == "observation" and len(keys) > 2:
        return f"{ID}observation/{re.escape(keys[0])}/{re.escape(keys[1])}/"
    if kind in ("action", "status") and len(keys) > 2:
        return f"{ID}(action|status)/{re.escape(keys[0])}/{re.escape(keys[1])}/"
    return None


def _recognised(kin: frozenset[str]) -> re.Pattern[str]:
    compared = _observations_of(named_things())
    return re.compile("|".join(sorted({*_patterns_of_shapes(), *compared, *kin})))


@cache
def _patterns_of_shapes() -> frozenset[str]:
    """By which shapes tell, of all that points to a state, whether one is there."""
    triples = shapes()
    value_shape, pattern = term("sh:qualifiedValueShape"), term("sh:pattern")
    helpers = {t.object for t in triples if t.predicate == value_shape}
    by_iri = {_text(t) for t in triples if t.subject in helpers and t.predicate == pattern}
    has_value = {_text(t) for t in triples if t.predicate == term("sh:hasValue")}
    return frozenset(by_iri | _observations_of(has_value))


def _text(triple: Triple) -> str:
    return triple.object.value if isinstance(triple.object, NamedNode | Literal) else ""


def _observations_of(indicators: Iterable[str]) -> set[str]:
    start = f"{ID}indicator/"
    keys = {iri.removeprefix(start) for iri in indicators if iri.startswith(start)}
    return {f"{ID}observation/{re.escape(key)}/" for key in keys}


@cache
def _properties() -> tuple[NamedNode, ...]:
    """What shapes speak of: all that is read of a thing of which there is too much."""
    triples = shapes()
    named = {n for t in triples for n in (t.predicate, t.object) if isinstance(n, NamedNode)}
    kept = {node for node in named if not node.value.startswith((ID, SHAPES))}
    return tuple(sorted(kept, key=str))


def _alike(store: Store, said: Iterable[Quad]) -> Iterator[NamedNode]:
    """What carries the same identifier or code."""
    for quad in said:
        if quad.predicate in _UNIQUE and isinstance(quad.object, Literal):
            for same in islice(store.quads_for_pattern(None, quad.predicate, quad.object), FEW):
                if isinstance(same.subject, NamedNode):
                    yield same.subject


def _date_statements(store: Store, things: Iterable[object]) -> Iterator[NamedNode]:
    """What sources say of the dates of these instruments: a few of each, so that all are read."""
    start = f"{ID}instrument/"
    keys = {thing.value.removeprefix(start).split("/")[0] for thing in _ours(things)}
    for quad in store.quads_for_pattern(None, term("ocsea:dateProperty"), None, DefaultGraph()):
        statement = quad.subject
        if isinstance(statement, NamedNode) and statement.value.split("/")[-3] in keys:
            yield statement
