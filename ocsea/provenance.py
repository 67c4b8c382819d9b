"""Where each graph of a release comes from, as PROV and VoID. No clock: same input, same bytes."""

from collections.abc import Collection, Iterator, Mapping

from pyoxigraph import NamedNode, Triple

from ocsea import __version__, ids
from ocsea.namespaces import GRAPH
from ocsea.records import record

_BUILD = ids.thing("activity", "build")


def describe(counts: Mapping[str, int], sources: Collection[str]) -> Iterator[Triple]:
    """The provenance of a release's graphs.

    `counts` maps the IRI of each graph to its number of triples; `sources` names those that stand
    for a source document. The others of ours are made by the build, and any other is just there.
    """
    if not counts:
        return
    agent = ids.thing("agent", "build")
    yield from record(
        agent,
        "prov:SoftwareAgent",
        f"OCSEA Graph build {__version__}",
        ("schema:softwareVersion", __version__),
    )
    yield from record(
        _BUILD,
        "prov:Activity",
        "Loading, inference and validation",
        ("prov:wasAssociatedWith", agent),
        ("prov:used", [ids.thing("source", stem) for stem in sources]),
    )
    for iri, count in counts.items():
        yield from _graph(iri, count, sources)


def _graph(iri: str, count: int, sources: Collection[str]) -> Iterator[Triple]:
    name = iri.removeprefix(GRAPH)
    ours = name in sources or name in ("ontology", "inferred", "audit")
    yield from record(
        NamedNode(iri),
        "void:Dataset",
        f"Named graph {name}",
        ("void:triples", count),
        ("prov:wasGeneratedBy", _BUILD if ours else None),
        ("prov:wasDerivedFrom", _origins(name, sources)),
    )


def _origins(name: str, sources: Collection[str]) -> list[NamedNode] | None:
    if name in sources:
        return [ids.thing("source", name)]
    made = name in ("audit", "inferred")
    return [ids.graph(s) for s in (*sources, "ontology")] if made else None
