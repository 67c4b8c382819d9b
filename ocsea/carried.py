"""What was written since the last build, carried over onto what is built anew."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, Triple

from ocsea.derived import DERIVED
from ocsea.difference import difference
from ocsea.errors import OcseaError
from ocsea.release import MANIFEST, NoRelease, Release, current, read_graph

Graphs = dict[str, list[Triple]]


@dataclass(frozen=True)
class Written:
    """The current release, and the built one that it stands on."""

    base: Release
    release: Release

    @property
    def about(self) -> dict[str, Any]:
        """What the manifest says of the last write, of the submissions in force, and of the sources
        that came with them."""
        manifest, built = self.release.manifest, self.base.manifest["sources"]
        sources = {k: v for k, v in manifest["sources"].items() if k not in built}
        said = {"written": manifest["written"], "submissions": manifest.get("submissions", [])}
        return said | {"sources": sources}

    def onto(self, fresh: Graphs) -> Graphs:
        """Graphs that were built anew, with what was written taken from and added to them.

        Raises OcseaError where that cannot be told.
        """
        graphs = dict(fresh)
        before, after = self.base.graphs(), self.release.graphs()
        for iri in sorted({*before, *after} - DERIVED):
            gone, come = difference(before.get(iri), after.get(iri))
            if gone or come:
                self._refuse_blank_nodes(iri, [*gone, *come], fresh.get(iri, []))
            removed = set(gone)
            kept = [triple for triple in fresh.get(iri, []) if triple not in removed]
            graphs[iri] = list(dict.fromkeys([*kept, *come]))
            if not graphs[iri] and iri not in after:
                del graphs[iri]
        return graphs

    def _refuse_blank_nodes(self, iri: str, changed: list[Triple], fresh: list[Triple]) -> None:
        """A blank node that was built has another label each time the graph is another."""
        before = self.base.graphs().get(iri)
        built = set(read_graph(before)) if before else set()
        if _blank(changed) & _blank(built) and built != set(fresh):
            raise OcseaError(
                f"Blank nodes of {iri} were written to, and the build makes others: undo that "
                f"write first. Nothing was changed; {self.release.version} stands."
            )


def _blank(triples: list[Triple] | set[Triple]) -> set[BlankNode]:
    return {
        term
        for triple in triples
        for term in (triple.subject, triple.object)
        if isinstance(term, BlankNode)
    }


def written(var: Path) -> Written | None:
    """What was written since the last build, None where nothing was.

    Raises OcseaError where the build below it is no longer there to tell.
    """
    try:
        release = current(var)
    except NoRelease:
        return None
    version = release.manifest.get("base")
    if version is None:
        return None
    base = Release(release.path.parent / version)
    if not (base.path / MANIFEST).is_file():
        raise OcseaError(
            f"Release {release.version} was written on top of {version}, which is gone, so that "
            f"what was written cannot be told from what was built. Nothing was changed; put "
            f"{base.path} back, or point {var / 'current'} at a built release to do without."
        )
    return Written(base, release)
