"""What follows from the facts, worked out anew only where a change can have touched it.

Each of our axioms leads from one triple to others, but for those of the few properties that chain.
So what a change can touch is what follows from the triples that go or come, from what points to a
thing that is now described for the first time, and from all links of the chains that it is part of.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

from pyoxigraph import NamedNode, Triple

from ocsea.after import After
from ocsea.derived import INFERRED
from ocsea.inference import consequences, refuse_contradictions, says_something
from ocsea.namespaces import ID, RDF_TYPE, term

_INFERRED = NamedNode(INFERRED)


def reinfer(after: After, terms: Sequence[Triple]) -> tuple[set[Triple], set[Triple]]:
    """The inferred triples that go and those that come; `terms` is the ontology.

    Raises OcseaError where the facts come to contradict it.
    """
    first_told = [t for thing in _first_described(after) for t in after.stated((None, None, thing))]
    changed = [*after.changed, *first_told]
    links = _links(after, changed, chained(terms))
    touched = consequences([*changed, *links], terms)
    grounds = [*first_told, *_grounds(after, touched, terms)]
    holds = consequences(grounds, terms)
    refuse_contradictions([*grounds, *holds, *terms])
    come = {t for t in touched & holds if _to_be_told(after, t)}
    gone = {t for t in touched if after.was_made(_INFERRED, t)}
    gone |= {t for s in _undescribed(after) for t in after.made(_INFERRED, (s, None, None))}
    return gone - come, {t for t in come if not after.was_made(_INFERRED, t)}


def _to_be_told(after: After, triple: Triple) -> bool:
    return says_something(triple) and after.describes(triple.subject) and not after.states(triple)


def _first_described(after: After) -> Iterator[object]:
    subjects = dict.fromkeys(quad.subject for quad in after.come)
    return (s for s in subjects if not any(after.before((s, None, None))))


def _undescribed(after: After) -> Iterator[object]:
    subjects = dict.fromkeys(quad.subject for quad in after.gone)
    return (s for s in subjects if not after.describes(s))


def chained(terms: Iterable[Triple]) -> set[NamedNode]:
    """The properties from which something follows along a chain of any length: the transitive
    ones, their inverses, and those that lie below them."""
    chain, leads = set[NamedNode](), list[tuple[NamedNode, NamedNode]]()
    for triple in terms:
        one, other = triple.subject, triple.object
        if isinstance(one, NamedNode) and isinstance(other, NamedNode):
            if other == term("owl:TransitiveProperty"):
                chain.add(one)
            elif triple.predicate == term("owl:inverseOf"):
                leads += [(one, other), (other, one)]
            elif triple.predicate == term("rdfs:subPropertyOf"):
                leads.append((one, other))
    while more := {one for one, other in leads if other in chain} - chain:
        chain |= more
    return chain


def _links(after: After, changed: Iterable[Triple], chain: Collection[NamedNode]) -> set[Triple]:
    """All links, before or after, of the chains that a change is part of."""
    found = {triple for triple in changed if triple.predicate in chain}
    seen, new = set[object](), _ends(found)
    while new:
        seen |= new
        more = {link for node in new for link in _at(after, node, chain)}
        found |= more
        new = _ends(more) - seen
    return found


def _ends(links: Iterable[Triple]) -> set[object]:
    return {node for t in links for node in (t.subject, t.object) if _is_ours(node)}


def _at(after: After, node: object, chain: Collection[NamedNode]) -> Iterator[Triple]:
    """The links that begin or end at a thing, before or after."""
    for name in chain:
        for pattern in ((node, name, None), (None, name, node)):
            yield from (quad.triple for quad in after.before(pattern))
            yield from after.stated(pattern)


def _grounds(after: After, touched: Iterable[Triple], terms: Sequence[Triple]) -> list[Triple]:
    """Facts from which all follows that does of what was touched: what is said of each thing, and
    of what points to it one by each property, since of a range the others say no more."""
    things = dict.fromkeys(n for t in touched for n in (t.subject, t.object) if _is_ours(n))
    properties = {t.subject for t in terms if t.predicate == RDF_TYPE and _leads(t.object)}
    found = dict.fromkeys(quad.triple for quad in after.come)
    for thing in things:
        found |= dict.fromkeys(after.stated((thing, None, None)))
        for name in properties:
            if pointing := next(after.stated((None, name, thing)), None):
                found[pointing] = None
    return list(found)


def _is_ours(node: object) -> bool:
    return isinstance(node, NamedNode) and node.value.startswith(ID)


def _leads(kind: object) -> bool:
    return kind in (term("owl:ObjectProperty"), term("owl:DatatypeProperty"))
