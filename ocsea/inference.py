"""What follows from the facts by the ontology, under the OWL 2 RL rules."""

from collections.abc import Iterable
from tempfile import NamedTemporaryFile

import reasonable
from pyoxigraph import Literal, NamedNode, QuerySolutions, RdfFormat, Triple, serialize
from rdflib import Node, URIRef

from ocsea.errors import OcseaError
from ocsea.namespaces import ID, term
from ocsea.rdf import memory_store

# True of everything, so worth nothing to a reader.
_TRIVIAL = {term("owl:Thing"), term("rdfs:Resource"), term("owl:NamedIndividual")}

# The rules cax-dw and cax-adc, which the reasoner leaves to its caller.
_CONTRADICTIONS = """
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
SELECT DISTINCT ?thing ?one ?other {
  { ?one owl:disjointWith ?other }
  UNION
  { [] a owl:AllDisjointClasses ; owl:members ?list .
    ?list rdf:rest*/rdf:first ?one . ?list rdf:rest*/rdf:first ?other
    FILTER (STR(?one) < STR(?other)) }
  ?thing a ?one, ?other
} ORDER BY ?thing LIMIT 20
"""


class Contradiction(OcseaError):
    """Facts that contradict the ontology: things that are of two classes nothing can be both of."""

    def __init__(self, found: tuple[tuple[str, str, str], ...]) -> None:
        told = "\n  ".join(
            f"<{thing}> is both <{one}> and <{other}>" for thing, one, other in found
        )
        super().__init__(f"The facts contradict the ontology:\n  {told}")
        self.found = found


def infer(facts: Iterable[Triple], ontology: Iterable[Triple]) -> list[Triple]:
    """The triples about our own things that follow from the facts and are not among them.

    Only of things that the facts describe: by its range, a property would make a thing of whatever
    it mentions, and a reference to nothing would go unnoticed. Raises Contradiction where the facts
    contradict the ontology.
    """
    facts, terms = list(facts), list(ontology)
    described = {triple.subject for triple in facts}
    stated = {*facts, *terms}
    news = consequences(facts, terms) - stated
    derived = sorted((t for t in news if t.subject in described and says_something(t)), key=str)
    refuse_contradictions([*stated, *derived])
    return derived


def consequences(facts: Iterable[Triple], ontology: Iterable[Triple]) -> set[Triple]:
    """All that is so of our own things by the facts and the ontology, the facts themselves too."""
    return {
        Triple(NamedNode(str(s)), NamedNode(str(p)), NamedNode(str(o)))
        for s, p, o in _closure(dict.fromkeys([*facts, *ontology]))
        if isinstance(s, URIRef) and isinstance(o, URIRef) and s.startswith(ID)
    }


def _closure(triples: Iterable[Triple]) -> list[tuple[Node, Node, Node]]:
    # No rule of ours leads from a literal to a thing, and most of what is stated are literals.
    things = [triple for triple in triples if not isinstance(triple.object, Literal)]
    reasoner = reasonable.PyReasoner()
    with NamedTemporaryFile(suffix=".ttl") as file:  # nine times as fast as handing over a graph
        serialize(things, file.name, format=RdfFormat.N_TRIPLES)
        reasoner.load_file(file.name)
    closure: list[tuple[Node, Node, Node]] = reasoner.reason()
    return closure


def says_something(triple: Triple) -> bool:
    """Whether a triple tells a reader more than that a thing is a thing, or itself."""
    return triple.object not in _TRIVIAL and triple.subject != triple.object


def refuse_contradictions(triples: Iterable[Triple]) -> None:
    """Raise OcseaError where a thing is of two classes that have nothing in common."""
    rows = memory_store(triples).query(_CONTRADICTIONS)
    assert isinstance(rows, QuerySolutions)
    found = tuple((row["thing"].value, row["one"].value, row["other"].value) for row in rows)
    if found:
        raise Contradiction(found)
