"""What happened: the releases in their order, what two of them differ in, a record's past values.

A release that was written names the one it was written on. One that was built does not: before it
came what was made before. What was removed from the state folder is told as a gap.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pyoxigraph import NamedNode, Quad

from ocsea.derived import DERIVED
from ocsea.namespaces import term
from ocsea.rdf import in_graph
from ocsea.release import MANIFEST, Release, node, read_graph
from ocsea.steward.history.compared import beginning, only_in_one

SHOWN = 1000
"""How many quads of a comparison are told of in each graph and direction."""

_CITES = term("dcterms:source")


@dataclass(frozen=True)
class Made:
    """How a release came about.

    `kind` is `build`, or that of a write: `publish`, `withdraw`, `update`, `put` …. `by` is a name
    of a token, `at` is in UTC; a build leaves neither, and `at` is then when its folder was made.
    `missing` is the version of the release before it where that is there no more.
    """

    release: Release
    kind: str
    by: str
    at: str
    submission: str = ""
    reason: str = ""
    missing: str = ""


def history(release: Release) -> Iterator[Made]:
    """A release and those before it, as far as they are there, newest first."""
    listed, seen = releases(release.path.parent), set()
    standing: Release | None = release
    while standing and standing.version not in seen:
        seen.add(standing.version)
        older, missing = before(standing, listed)
        yield replace(made(standing), missing=missing)
        standing = older


def releases(folder: Path) -> list[Release]:
    """The releases in `var/releases`, those made last first."""
    found = [Release(path) for path in folder.iterdir() if _is_release(path)]
    return sorted(found, key=lambda each: (-each.path.stat().st_mtime_ns, each.version))


def _is_release(path: Path) -> bool:
    """Whether this is a release, and none that is still being made."""
    return not path.name.startswith(".") and (path / MANIFEST).is_file()


def made(release: Release) -> Made:
    """How this release came about; `missing` is not looked for."""
    written = release.manifest.get("written")
    if not written or _is_rebuilt(release):
        moment = datetime.fromtimestamp(release.path.stat().st_mtime, UTC)
        return Made(release, "build", "", moment.isoformat(timespec="milliseconds"))
    named = {name: written.get(name, "") for name in ("submission", "reason")}
    return Made(release, written["kind"], written["by"], written["at"], **named)


def _is_rebuilt(release: Release) -> bool:
    """Whether a build carried over what was written: it keeps saying whose the last write was."""
    parent = release.path.parent / release.manifest["written"]["parent"]
    base = release.manifest["base"]
    if not (parent / MANIFEST).is_file():
        return False
    return bool(Release(parent).manifest.get("base", parent.name) != base)


def before(release: Release, listed: list[Release]) -> tuple[Release | None, str]:
    """The release before one of those listed by `releases`; where its name is known but it is gone,
    the next older one, and the name."""
    manifest = release.manifest
    parent = manifest.get("written", {}).get("parent", "")
    older = listed[listed.index(release) + 1 :]
    if parent and not _is_rebuilt(release):
        found = [each for each in listed if each.version == parent]
        return (found[0], "") if found else (older[0] if older else None, parent)
    # What is built anew below what was written was never served.
    served = [each for each in older if each.version != manifest.get("base")]
    return (served[0] if served else None), ""


@dataclass(frozen=True)
class Difference:
    """What two releases differ in, in one graph: how many quads, and the first of them."""

    graph: str
    gone: int
    come: int
    quads_gone: tuple[Quad, ...]
    quads_come: tuple[Quad, ...]


def compare(old: Release, new: Release, shown: int = SHOWN) -> Iterator[Difference]:
    """What the newer of two releases holds otherwise, by graph; in little memory."""
    return (difference(old, new, iri, shown) for iri in differing(old, new))


def differing(old: Release, new: Release) -> list[str]:
    """The graphs that are not the same in two releases."""
    before, after = old.manifest["graphs"], new.manifest["graphs"]
    known = sorted({*before, *after})
    return [i for i in known if before.get(i, {}).get("sha256") != after.get(i, {}).get("sha256")]


def difference(old: Release, new: Release, iri: str, shown: int = SHOWN) -> Difference:
    """What the newer of two releases holds otherwise in one graph."""
    counts = [0, 0]
    lines: tuple[list[bytes], list[bytes]] = ([], [])
    for is_new, line in only_in_one(old.graphs().get(iri), new.graphs().get(iri)):
        counts[is_new] += 1
        if counts[is_new] <= shown:
            lines[is_new].append(line)
    gone, come = (_quads(b"".join(each), iri) for each in lines)
    return Difference(iri, counts[0], counts[1], gone, come)


def _quads(lines: bytes, iri: str) -> tuple[Quad, ...]:
    return tuple(in_graph(read_graph(lines), node(iri)))


@dataclass(frozen=True)
class Past:
    """What was stated of a record for a time: its facts, the places it cited, how it came to be.

    No facts: it was taken out then. Where `made.missing` names a release, it may have come to be
    with that one.
    """

    facts: frozenset[Quad]
    made: Made

    @property
    def sources(self) -> list[str]:
        """The IRIs of what it cites."""
        cited = (quad.object for quad in self.facts if quad.predicate == _CITES)
        return sorted(place.value for place in cited if isinstance(place, NamedNode))


def past(release: Release, record: NamedNode) -> list[Past]:
    """What was stated of a record up to this release, as far as the releases are there, newest
    first."""
    values: list[Past] = []
    seen: dict[tuple[str, str], tuple[Quad, ...]] = {}
    for each in history(release):
        facts = frozenset(_stated(each.release, record, seen))
        if values and values[-1].facts == facts:
            values.pop()
        values.append(Past(facts, each))
    while values and not values[-1].facts:  # before it came, there is nothing to tell
        values.pop()
    return values


def _stated(
    release: Release, record: NamedNode, seen: dict[tuple[str, str], tuple[Quad, ...]]
) -> Iterator[Quad]:
    """The facts of a record; `seen` has those of graphs as they were looked at before."""
    start, graphs = f"{record} ".encode(), release.graphs()
    for iri, about in release.manifest["graphs"].items():
        key = iri, about["sha256"]
        if iri not in DERIVED and key not in seen:
            seen[key] = _quads(b"".join(beginning(graphs[iri], start)), iri)
        yield from seen.get(key, ())
