"""The build: loaders → a graph a source → inference → audit → SHACL → provenance → release."""

import fcntl
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pyoxigraph import Triple

from ocsea import __version__, ids, provenance
from ocsea.audit import audit
from ocsea.background import in_background
from ocsea.errors import OcseaError
from ocsea.inference import infer
from ocsea.namespaces import term
from ocsea.rdf import ntriples, ontology
from ocsea.release import NoRelease, Release, clean, current, publish
from ocsea.resources import ontology_files, queries, shapes_files
from ocsea.sources import Source, load_source, open_sources
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

    Returns at once where nothing has changed since the last build. Raises Refused where the data
    violates a shape, and OcseaError or SyntaxError where it cannot be read.
    """
    with _lock(var):
        clean(var)
        inputs = fingerprint(root)
        standing = _standing(var, inputs)
        if standing:
            return Built(standing, is_new=False)
        release = _build(root, var, progress)
        _remember(var, inputs, release)
        return Built(release, is_new=True)


def _build(root: Path, var: Path, progress: Progress) -> Release:
    graphs, sources = _load(root, progress)
    graphs["ontology"] = ontology()
    progress("ontology", _triples(graphs["ontology"]))
    facts = [triple for source in sources for triple in graphs[source.stem]]
    # Shapes follow the class hierarchy themselves, so that they need not wait for the inference.
    checked = in_background(lambda: validate([*facts, *graphs["ontology"]]))
    graphs["inferred"] = infer(facts, graphs["ontology"])
    progress("inferred", _triples(graphs["inferred"]))
    graphs["audit"] = audit(graphs)
    discrepancies = sum(t.object == term("ocsea:Discrepancy") for t in graphs["audit"])
    progress("audit", f"{discrepancies} discrepancies")
    report = checked()
    progress("shapes", report.tally)
    _refuse_violations(var, report)
    counts = {name: len(triples) for name, triples in sorted(graphs.items())}
    stems = [source.stem for source in sources]
    graphs["provenance"] = list(provenance.describe(counts, stems))
    manifest = _manifest(sources) | {
        "discrepancies": discrepancies,
        "validation": report.counts,
    }
    content = {ids.graph(name).value: ntriples(triples) for name, triples in graphs.items()}
    return publish(var, content, manifest)


def _load(root: Path, progress: Progress) -> tuple[dict[str, list[Triple]], list[Source]]:
    graphs: dict[str, list[Triple]] = {}
    sources = []
    for source, load in open_sources(root):
        graphs[source.stem] = load_source(source, load)
        sources.append(source)
        progress(source.stem, _triples(graphs[source.stem]))
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


@contextmanager
def _lock(var: Path) -> Iterator[None]:
    var.mkdir(parents=True, exist_ok=True)
    with (var / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


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
    except (OSError, ValueError, NoRelease):
        return None
    same = built == {"inputs": inputs, "version": release.version}
    return release if same and release.is_whole() else None


def _remember(var: Path, inputs: str, release: Release) -> None:
    path = var / "built.json.new"
    path.write_text(json.dumps({"inputs": inputs, "version": release.version}), encoding="utf-8")
    path.replace(var / "built.json")
