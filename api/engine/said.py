"""What is said of one thing, and what a document takes from that."""

from collections.abc import Iterable
from functools import cached_property

from pyoxigraph import Triple

from ocsea import jsonld
from ocsea.compaction import Node
from ocsea.namespaces import RDF_TYPE, term

_SOURCE = term("dcterms:source")


class Said:
    """The triples about one thing, in order; `sources` and `named` are what they lead to.

    `named` leaves out classes: these go by their names.
    """

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.triples = sorted(triples, key=str)
        linked = [(triple.predicate, triple.object) for triple in self.triples]
        self.sources = {value for predicate, value in linked if predicate == _SOURCE}
        self.named = {value for predicate, value in linked if predicate != RDF_TYPE}

    @cached_property
    def nodes(self) -> list[Node]:
        """The same as expanded JSON-LD: one node, or none where nothing is said."""
        return jsonld.nodes(self.triples)
