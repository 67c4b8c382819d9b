"""Where each graph of a release comes from, as PROV and VoID. No clock: same input, same bytes."""

from collections.abc import Iterator, Mapping

from pyoxigraph import NamedNode, Triple

from ocsea import __version__, ids
from ocsea.records import record

_BUILD = ids.thing("activity", "build")


def describe(counts: Mapping[str, int], sources: list[str]) -> Iterator[Triple]:
    """The provenance of a release's graphs.

    `counts` maps the name of each graph to its number of triples; `sources` names those that
    stand for a source document, the others being made by the build.
    """
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
    for name, count in counts.items():
        yield from _graph(name, count, sources)


def _graph(name: str, count: int, sources: list[str]) -> Iterator[Triple]:
    yield from record(
        ids.graph(name),
        "void:Dataset",
        f"Named graph {name}",
        ("void:triples", count),
        ("prov:wasGeneratedBy", _BUILD),
        ("prov:wasDerivedFrom", _origins(name, sources)),
    )


def _origins(name: str, sources: list[str]) -> list[NamedNode] | None:
    if name in sources:
        return [ids.thing("source", name)]
    made = name in ("audit", "inferred")
    return [ids.graph(s) for s in (*sources, "ontology")] if made else None
