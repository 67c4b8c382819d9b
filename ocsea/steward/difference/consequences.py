"""What a submission makes of the merge of all graphs: the facts, and what follows from them.

Only what is near the changed facts is reasoned over, once as it is and once as it would be.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, NamedNode, Quad, Store, Triple

from ocsea.derived import ONTOLOGY
from ocsea.inference import infer
from ocsea.namespaces import term
from ocsea.steward.difference.known import kind
from ocsea.steward.facts import is_stated
from ocsea.steward.proposal import Proposal

_Node = NamedNode | BlankNode | Triple


@dataclass(frozen=True)
class Delta:
    """The triples that leave the merge of all graphs, and those that come to it."""

    gone: frozenset[Triple]
    come: frozenset[Triple]

    @property
    def triples(self) -> frozenset[Triple]:
        """All of them."""
        return self.gone | self.come


def consequences(proposal: Proposal, store: Store) -> Delta:
    """What the submission would do to the merge in `store`, a release's, but for the audit.

    A triple that another source states too, or that follows from what stays, does not leave.
    Raises OcseaError where the facts would contradict the ontology.
    """
    terms = [quad.triple for quad in store.quads_for_pattern(None, None, None, NamedNode(ONTOLOGY))]
    changed = {quad.triple for quad in proposal.gone | proposal.come}
    near = _near(changed, store, chained(terms))
    quads = {quad for node in near for quad in _facts(node, store)}
    before = _known({quad.triple for quad in quads}, terms, near)
    after = _known({q.triple for q in quads - proposal.gone | proposal.come}, terms, near)
    return Delta(frozenset(before - after), frozenset(after - before))


def _known(facts: set[Triple], terms: Collection[Triple], near: set[_Node]) -> set[Triple]:
    """The facts about the things near, and what follows about them."""
    return {triple for triple in facts | {*infer(facts, terms)} if triple.subject in near}


def chained(terms: Iterable[Triple]) -> set[NamedNode]:
    """The properties from which something follows along a chain of any length: the transitive
    ones, their inverses, and those that lie below them."""
    chain, links = set[NamedNode](), list[tuple[NamedNode, NamedNode]]()
    for triple in terms:
        one, other = triple.subject, triple.object
        if isinstance(one, NamedNode) and isinstance(other, NamedNode):
            if other == term("owl:TransitiveProperty"):
                chain.add(one)
            elif triple.predicate == term("owl:inverseOf"):
                links += [(one, other), (other, one)]
            elif triple.predicate == term("rdfs:subPropertyOf"):
                links.append((one, other))
    while more := {one for one, other in links if other in chain} - chain:
        chain |= more
    return chain


def _near(changed: Iterable[Triple], store: Store, chain: Collection[NamedNode]) -> set[_Node]:
    """The things about which something else may follow: those at both ends of a changed triple,
    and where such triples chain, all that is linked by them."""
    near = set[_Node]()
    for triple in changed:
        ends = {triple.subject, *_things([triple.object])}
        near |= _linked(ends, store, chain) if triple.predicate in chain else ends
    return near


def _linked(ends: set[_Node], store: Store, chain: Collection[NamedNode]) -> set[_Node]:
    found, new = set[_Node](), ends
    while new:
        found |= new
        ends = set[_Node]()
        for node in new:
            for link in chain:
                ends |= {*_things(q.object for q in store.quads_for_pattern(node, link, None))}
                ends |= {q.subject for q in store.quads_for_pattern(None, link, node)}
        new = ends - found
    return found


def _things(terms: Iterable[object]) -> Iterator[NamedNode]:
    """Those of ours: about no others is anything inferred."""
    return (node for node in terms if isinstance(node, NamedNode) and kind(node))


def _facts(node: _Node, store: Store) -> Iterator[Quad]:
    """What is stated of a thing and what is stated to lead to it, in the graphs of sources or in
    the one without a name, which the store holds in the merge only."""
    for pattern in ((node, None, None), (None, None, node)):
        quads = list(store.quads_for_pattern(*pattern))
        named = {quad.triple for quad in quads if isinstance(quad.graph_name, NamedNode)}
        for quad in quads:
            if is_stated(quad) or quad.triple not in named:
                yield quad
