"""The audit after a change: each rule is asked again only of what the change can touch."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from pyoxigraph import NamedNode, Store, Triple

from ocsea.audit import Label, Rule, labels, told
from ocsea.derived import AUDIT
from ocsea.groups import Grouped, grouped
from ocsea.namespaces import ID, RDF_TYPE, term
from ocsea.resources import queries

_AUDIT = NamedNode(AUDIT)
_PATH = re.compile(f"<{re.escape(ID)}(discrepancy|claim)/")
_TOLD_IN = tuple(map(term, ("ocsea:concerns", "dcterms:source")))
"""By these, the audit's graph names the things whose labels it tells."""

Told = Mapping[NamedNode, Collection[Triple]]
"""Discrepancies as triples, by their IRIs."""
_Side = tuple[Store, Label]


def reaudit(
    before: Store,
    after: Store,
    changed: Collection[Triple],
    paths: Iterable[Path] | None = None,
) -> tuple[set[Triple], set[Triple]]:
    """The triples of the audit's graph that go with a change, and those that come.

    The stores hold the graphs before and after, their default graph the merge; the audit's own is
    the one before in `before`, and not asked for in `after`. `changed` are the triples that go and
    those that come, stated and inferred. `paths` are the rules, ours by default.
    """
    sides = (before, labels(before)), (after, labels(after))
    renamed = set(_telling(before, changed))
    gone, come = set[Triple](), set[Triple]()
    for each in map(grouped, queries("audit") if paths is None else paths):
        things = each.things(changed)
        found = None if each.rule.name in renamed else _asked_again(each, things, sides)
        old, new = found or _asked_whole(each.rule, sides)
        gone |= set(chain.from_iterable(old.values()))
        come |= set(chain.from_iterable(new.values()))
    return gone - come, come - gone


def _telling(store: Store, changed: Iterable[Triple]) -> Iterator[str]:
    """The rules that have found something about things which are now called otherwise."""
    label = term("rdfs:label")
    for thing in {triple.subject for triple in changed if triple.predicate == label}:
        for name in _TOLD_IN:
            for quad in store.quads_for_pattern(None, name, thing, _AUDIT):
                yield _rule_of(quad.subject)


def _asked_again(
    asked: Grouped, things: Collection[object], sides: tuple[_Side, _Side]
) -> tuple[Told, Told] | None:
    """What a rule finds of the groups of these things, before and after; None where these do not
    make whole findings, or may be any."""
    groups = asked.groups(things, [store for store, _ in sides])
    if groups is None:
        return None
    old, new = (told(asked.rule, asked.asked_of(groups), *side) for side in sides)
    before, _ = sides[0]
    known = {iri: set(_audited(before, iri)) for iri in {**old, **new}}
    return (old, new) if all(said == set(old.get(iri, ())) for iri, said in known.items()) else None


def _asked_whole(rule: Rule, sides: tuple[_Side, _Side]) -> tuple[Told, Told]:
    """All that a rule had found before, and all that it finds after."""
    before, _ = sides[0]
    known = before.quads_for_pattern(None, RDF_TYPE, term("ocsea:Discrepancy"), _AUDIT)
    things = [quad.subject for quad in known if isinstance(quad.subject, NamedNode)]
    own = [thing for thing in things if _rule_of(thing) == rule.name]
    old = {iri: list(_audited(before, iri)) for iri in own}
    return old, told(rule, [rule.query], *sides[1])


def _rule_of(thing: object) -> str:
    """The rule that found a discrepancy, or made a claim."""
    return _PATH.sub("", str(thing)).partition("/")[0]


def _audited(store: Store, iri: NamedNode) -> Iterator[Triple]:
    """All that the audit's graph says of a discrepancy, its claims, and the things that have it."""
    for quad in store.quads_for_pattern(iri, None, None, _AUDIT):
        yield quad.triple
        if quad.predicate == term("ocsea:claim") and isinstance(quad.object, NamedNode):
            claim = store.quads_for_pattern(quad.object, None, None, _AUDIT)
            yield from (said.triple for said in claim)
    having = store.quads_for_pattern(None, term("ocsea:hasDiscrepancy"), iri, _AUDIT)
    yield from (quad.triple for quad in having)
