"""Which states a proposal is about, and whether a token is for them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad, Store, Triple

from ocsea import ids
from ocsea.derived import DERIVED
from ocsea.namespaces import ID
from ocsea.release import Release
from ocsea.steward.proposal import Proposal
from ocsea.steward.submissions.submission import Declined
from ocsea.tokens import Token

_STATE = re.compile(rf"{re.escape(ID)}(?:state|entity)/([A-Z]{{3}})")
_LINKS = frozenset({"membership", "involvement", "statement"})
"""Kinds of records that may lead to a state's hotline or practice and not to the state."""

_ONES_OWN = frozenset({"source", "locator", "dataset", "period"})
"""Kinds of things of no state that a record may need, so that anybody may declare a new one."""

SHOWN = 10
"""How many records are told of where more are concerned."""

Facts = list[Triple]


def check_scope(token: Token, proposal: Proposal, release: Release) -> None:
    """Declined where a token for some states changes what is not theirs alone."""
    if token.states is None:
        return
    refused = list(_refused(token.states, _Touched.by(proposal, release)))
    if refused:
        more = f" And {len(refused) - SHOWN} more." if len(refused) > SHOWN else ""
        yours = ", ".join(sorted(token.states))
        detail = f"Your token is for records of {yours}. {' '.join(refused[:SHOWN])}{more}"
        raise Declined("forbidden", detail, records=refused)


def states_of(proposal: Proposal, release: Release) -> list[str]:
    """The codes of the states whose records a proposal changes."""
    touched = _Touched.by(proposal, release)
    return sorted({code for thing in touched.things for code in touched.states(thing)})


def _refused(mine: frozenset[str], touched: "_Touched") -> Iterator[str]:
    for thing in touched.things:
        named, said = touched.states(thing), thing.value.removeprefix(ID)
        if named - mine:
            yield f"{said} is about {', '.join(sorted(named - mine))}."
        elif not named and touched.before(thing):
            yield f"{said} is shared by all states: ask a curator to change it."
        elif not named and not _is_a(thing, _ONES_OWN):
            yield f"{said} names no state."


def _is_a(thing: NamedNode, kinds: Iterable[str]) -> bool:
    return thing.value.startswith(ID) and ids.kind(thing) in kinds


@dataclass(frozen=True)
class _Touched:
    """The things of which a proposal changes anything, with all that is stated of them."""

    things: list[NamedNode]
    store: Store
    come: dict[NamedNode, Facts]

    @classmethod
    def by(cls, proposal: Proposal, release: Release) -> "_Touched":
        come: dict[NamedNode, Facts] = {}
        for quad in (*proposal.gone, *proposal.come):
            facts = come.setdefault(_named_node(quad), [])
            facts += [quad.triple] if quad in proposal.come else []
        things = sorted(come, key=lambda thing: thing.value)
        return cls(things, Store.read_only(str(release.store)), come)

    def before(self, thing: NamedNode) -> Facts:
        """What is stated of a thing now."""
        quads = self.store.quads_for_pattern(thing, None, None, None)
        return [quad.triple for quad in quads if _is_stated(quad)]

    def states(self, thing: NamedNode) -> set[str]:
        """The codes of the states that it is about, before or after."""
        facts = [*self.before(thing), *self.come.get(thing, [])]
        found = _codes(facts) | _codes([thing])
        if found or not _is_a(thing, _LINKS):
            return found
        ends = {t.object for t in facts if isinstance(t.object, NamedNode)}
        return {
            code for end in ends for code in _codes([*self.before(end), *self.come.get(end, [])])
        }


def _named_node(quad: Quad) -> NamedNode:
    """What a quad is about. Declined for a blank node: nobody could tell later whose it is."""
    if not isinstance(quad.subject, NamedNode):
        raise Declined("not-conforming", "Everything that is sent needs an IRI of its own.")
    return quad.subject


def _is_stated(quad: Quad) -> bool:
    return isinstance(quad.graph_name, NamedNode) and quad.graph_name.value not in DERIVED


def _codes(told: Iterable[Triple | NamedNode]) -> set[str]:
    """The codes of the states among nodes and the objects of facts."""
    nodes = (each.object if isinstance(each, Triple) else each for each in told)
    found = (_STATE.fullmatch(node.value) for node in nodes if isinstance(node, NamedNode))
    return {match[1] for match in found if match}
