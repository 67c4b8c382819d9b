"""The build: loaders → a graph a source → inference → audit → SHACL → provenance → release."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pyoxigraph import Triple

from ocsea import __version__, carried, ids, provenance
from ocsea.audit import audit
from ocsea.background import in_background
from ocsea.derived import AUDIT, INFERRED, ONTOLOGY, PROVENANCE
from ocsea.errors import OcseaError
from ocsea.inference import infer
from ocsea.namespaces import term
from ocsea.publishing import clean, lock, publish
from ocsea.rdf import ntriples, ontology
from ocsea.release import UNNAMED, NoRelease, Release, current
from ocsea.resources import ontology_files, queries, shapes_files
from ocsea.sources import Source, load_source, open_sources
from ocsea.steward.submissions import activities
from ocsea.validation import Report, validate

Progress = Callable[[str, str], None]
"""Told of each step when it is done: what was done, and what came of it."""

_INPUT_PACKAGES = ("pycountry", "pyoxigraph", "pyshacl", "rdflib", "reasonable")


class Refused(OcseaError):
    """The shapes found something wrong, so that no release was made of the data."""

    def __init__(self, report: Report, path: Path) -> None:
        lines = [str(finding) for finding in report.of("Violation")]
        shown = "\n  ".join(lines[:20])
        more = f"\n  … and {len(lines) - 20} more" if len(lines) > 20 else ""
        super().__init__(
            f"Refused: {len(lines)} violations; the last release stands.\n  {shown}{more}\n"
            f"All findings: {path}"
        )


@dataclass(frozen=True)
class Built:
    """What a build came to: the release, and whether it had to be made."""

    release: Release
    is_new: bool


def build(root: Path, var: Path, progress: Progress) -> Built:
    """Build a release from the checkout `root` and switch `var/current` to it.

    Returns at once where nothing has changed since the last build. What was written since then is
    carried over. Raises Refused where the data violates a shape, and OcseaError or SyntaxError
    where it cannot be read, or what was written cannot be told from what was built.
    """
    with lock(var):
        clean(var)
        inputs = fingerprint(root)
        standing = _standing(var, inputs)
        if standing:
            return Built(standing, is_new=False)
        release, base = _build(root, var, progress)
        _remember(var, inputs, base)
        return Built(release, is_new=True)


def _build(root: Path, var: Path, progress: Progress) -> tuple[Release, str]:
    """The release that is then current, and the version of the built one that it stands on."""
    written = carried.written(var)
    graphs, sources = _load(root, progress)
    graphs[ONTOLOGY] = ontology()
    progress("ontology", _triples(graphs[ONTOLOGY]))
    made = _Maker(var, sources, progress)
    # Without what was written, too: so it can be told from what was built the next time.
    base = made.release(graphs, {}, switch=written is None)
    if written is None:
        return base, base.version
    progress("written", f"carried over from {written.release.version}")
    about = {"base": base.version, **written.about}
    try:
        return made.release(written.onto(graphs), about, switch=True), base.version
    except Refused as error:
        raise OcseaError(
            "What was written no longer goes together with the facts; nothing was changed, and "
            f"release {written.release.version} stands.\n{error}"
        ) from None


@dataclass(frozen=True)
class _Maker:
    """Makes releases of the graphs of these sources."""

    var: Path
    sources: list[Source]
    progress: Progress

    def release(
        self, graphs: dict[str, list[Triple]], about: dict[str, Any], *, switch: bool
    ) -> Release:
        """The release of these graphs and all that is made from them."""
        graphs = dict(graphs)
        terms = graphs.get(ONTOLOGY, [])
        facts = [triple for iri, each in graphs.items() if iri != ONTOLOGY for triple in each]
        # Shapes follow the class hierarchy themselves, and need not wait for the inference.
        checked = in_background(lambda: validate([*facts, *terms]))
        graphs[INFERRED] = infer(facts, terms)
        self.progress("inferred", _triples(graphs[INFERRED]))
        graphs[AUDIT] = audit(graphs)
        found = sum(t.object == term("ocsea:Discrepancy") for t in graphs[AUDIT])
        self.progress("audit", f"{found} discrepancies")
        report = checked()
        self.progress("shapes", report.tally)
        _refuse_violations(self.var, report)
        manifest = _manifest(self.sources)
        sources = {**manifest["sources"], **about.get("sources", {})}
        manifest |= about | {"sources": sources}
        manifest |= {"discrepancies": found, "validation": report.counts}
        counts = {iri: len(triples) for iri, triples in graphs.items() if iri != UNNAMED}
        stems = [stem for stem in sources if ids.graph(stem).value in graphs]
        told = provenance.describe(counts, stems)
        graphs[PROVENANCE] = [*told, *activities.describe(about.get("submissions", ()))]
        content = {iri: ntriples(triples) for iri, triples in graphs.items()}
        return publish(self.var, content, manifest, switch=switch)


def _load(root: Path, progress: Progress) -> tuple[dict[str, list[Triple]], list[Source]]:
    graphs: dict[str, list[Triple]] = {}
    sources = []
    for source, load in open_sources(root):
        iri = ids.graph(source.stem).value
        graphs[iri] = load_source(source, load)
        sources.append(source)
        progress(source.stem, _triples(graphs[iri]))
    return graphs, sources


def _triples(triples: list[Triple]) -> str:
    return f"{len(triples):,} triples"


def _manifest(sources: list[Source]) -> dict[str, Any]:
    return {
        "software": __version__,
        "sources": {
            source.stem: {
                name: str(source.about[name]) for name in ("title", "edition", "issued", "rights")
            }
            for source in sources
        },
    }


def _refuse_violations(var: Path, report: Report) -> None:
    path = var / "refused.txt"
    path.unlink(missing_ok=True)
    if not report.conforms:
        path.write_text("\n".join(map(str, report.findings)) + "\n", encoding="utf-8")
        raise Refused(report, path)


def fingerprint(root: Path) -> str:
    """A hash of all that a build reads: facts, loaders, schema, rules, code and libraries."""
    read = [*_files(root / "data"), *_files(root / "loaders"), *_files(Path(__file__).parent)]
    digest = hashlib.sha256()
    for path in (*read, *ontology_files(), *shapes_files(), *queries("audit")):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.parent.name}/{path.name} {content}\n".encode())
    for package in _INPUT_PACKAGES:
        digest.update(f"{package} {version(package)}\n".encode())
    return digest.hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".pyc")


def _standing(var: Path, inputs: str) -> Release | None:
    try:
        built = json.loads((var / "built.json").read_text(encoding="utf-8"))
        release = current(var)
        base = release.manifest.get("base", release.version)
    except (OSError, ValueError, NoRelease):
        return None
    same = built == {"inputs": inputs, "version": base}
    return release if same and release.is_whole() else None


def _remember(var: Path, inputs: str, version: str) -> None:
    path = var / "built.json.new"
    path.write_text(json.dumps({"inputs": inputs, "version": version}), encoding="utf-8")
    path.replace(var / "built.json")
