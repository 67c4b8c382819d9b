"""Proposals that tests make by hand."""

from collections.abc import Collection

from pyoxigraph import (
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    parse,
)

from ocsea.derived import DERIVED
from ocsea.namespaces import GRAPH, ID, PREFIXES, term
from ocsea.rdf import in_graph
from ocsea.release import Release
from ocsea.steward.difference.words import Line, lines
from ocsea.steward.proposal import Change, Proposal

PREFIX = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
NORWAY = "<https://w3id.org/ocsea/id/state/NOR>"
LANZAROTE = "<https://w3id.org/ocsea/id/instrument/cets-201>"
SIGNATURE = f"""a ocsea:Signature ; rdfs:label "Norway: signature, CETS-201, 2007-10-25"@en ;
  ocsea:party {NORWAY} ; ocsea:instrument {LANZAROTE} ; ocsea:date "2007-10-25"^^xsd:date ;
  ocsea:statedValue "25/10/2007" ;
  dcterms:source <https://w3id.org/ocsea/id/locator/mapping2021/fig-1/NOR/cets-201>"""
VALUE = ("sdmx-measure:obsValue", "ocsea:statedValue")
ALL = ("all",)
NEW_GRAPH = GRAPH + "ministry2026"


class Desk:
    """Makes proposals by hand: what goes from a record by property, and what comes to it."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self.store = Store.read_only(str(release.store))
        self.changes: list[Change] = []
        self.gone: set[Quad] = set()
        self.come: set[Quad] = set()

    def stated(self, key: str) -> set[Quad]:
        """What sources state of a thing."""
        found = self.store.quads_for_pattern(NamedNode(ID + key), None, None)
        named = {quad for quad in found if isinstance(quad.graph_name, NamedNode)}
        return {quad for quad in named if quad.graph_name not in map(NamedNode, DERIVED)}

    def change(
        self, key: str, without: Collection[str] = (), come: str = "", graph: str = NEW_GRAPH
    ) -> "Desk":
        """Take the triples with these properties, or `all`, from a record, and add others."""
        old, record = self.stated(key), NamedNode(ID + key)
        properties = [term(name) for name in without if name != "all"]
        gone = old if without == ALL else {quad for quad in old if quad.predicate in properties}
        turtle = f"{PREFIX}<{record.value}> {come} ." if come else ""
        new = {quad.triple for quad in parse(turtle, RdfFormat.TURTLE)}
        before = frozenset(quad.triple for quad in old)
        after = frozenset(quad.triple for quad in old - gone) | new
        self.changes.append(Change(record, before, after))
        self.gone |= gone
        self.come |= {*in_graph(new, NamedNode(graph))}
        return self

    def proposal(self) -> Proposal:
        return Proposal(
            self.release.version, tuple(self.changes), frozenset(self.gone), frozenset(self.come)
        )

    def lines(self) -> tuple[Line, ...]:
        return lines(self.proposal(), self.release)
