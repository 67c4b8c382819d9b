"""Sources that submissions declare, as a release's manifest tells of its sources."""

from typing import Any

from pyoxigraph import Literal, NamedNode, Store, Triple

from ocsea import ids
from ocsea.namespaces import ID, RDF_TYPE, term
from ocsea.release import Release
from ocsea.steward.difference.patch import Patch

_FIELDS = {
    "title": term("dcterms:title"),
    "edition": term("ocsea:edition"),
    "issued": term("dcterms:issued"),
    "rights": term("dcterms:rights"),
}
_SOURCE = term("ocsea:Source")


def sources_after(release: Release, store: Store, patch: Patch) -> dict[str, Any]:
    """The manifest's `sources` as they are once a patch is applied to the release's store."""
    sources: dict[str, Any] = dict(release.manifest.get("sources", {}))
    for iri in {quad.subject for quad in (*patch.gone, *patch.come)}:
        if isinstance(iri, NamedNode) and iri.value.startswith(f"{ID}source/"):
            facts = _after(iri, store, patch)
            if Triple(iri, RDF_TYPE, _SOURCE) in facts:
                sources[ids.key(iri)] = _told(facts)
            else:
                sources.pop(ids.key(iri), None)
    return sources


def _after(iri: NamedNode, store: Store, patch: Patch) -> set[Triple]:
    """What the source's own graph says of it once the patch is applied."""
    graph = ids.graph(ids.key(iri))
    come = {quad for quad in patch.come if quad.subject == iri and quad.graph_name == graph}
    known = set(store.quads_for_pattern(iri, None, None, graph))
    return {quad.triple for quad in known - patch.gone | come}


def _told(facts: set[Triple]) -> dict[str, str]:
    said = {t.predicate: t.object.value for t in facts if isinstance(t.object, Literal)}
    return {name: said.get(predicate, "") for name, predicate in _FIELDS.items()}
