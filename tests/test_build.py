"""The build: reproducible, refused where wrong, and never half, whenever it is killed."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from api_server import linked
from pyoxigraph import QuerySolutions, Store

from ocsea.build import Refused, build, fingerprint
from ocsea.errors import DataError
from ocsea.publishing import publish
from ocsea.release import NoRelease, Release, current
from ocsea.resources import ROOT

GRAPH = "https://w3id.org/ocsea/graph/"


def silent(_step: str, _outcome: str) -> None:
    """Progress that nobody watches."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of facts and loaders, to be spoilt."""
    for folder in ("data", "loaders"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def _spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_same_facts_give_the_same_bytes(release: Release, tmp_path: Path) -> None:
    again = build(ROOT, tmp_path, silent).release
    assert again.version == release.version
    for iri, path in release.graphs().items():
        assert again.graphs()[iri].read_bytes() == path.read_bytes()
    assert (again.path / "manifest.json").read_bytes() == (
        release.path / "manifest.json"
    ).read_bytes()


def test_a_second_build_says_at_once_that_nothing_has_changed(var: Path) -> None:
    steps: list[str] = []
    started = time.monotonic()
    built = build(ROOT, var, lambda step, _: steps.append(step))
    assert not built.is_new
    assert not steps
    assert time.monotonic() - started < 2


def test_each_source_has_its_graph_and_the_default_graph_is_their_merge(release: Release) -> None:
    quads = list(release.quads())
    names = {quad.graph_name.value.removeprefix(GRAPH) for quad in quads}
    assert names == {*release.manifest["sources"], "ontology", "inferred", "audit", "provenance"}
    rows = Store.read_only(str(release.store)).query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert isinstance(rows, QuerySolutions)
    assert int(next(iter(rows))["n"].value) == len({quad.triple for quad in quads})
    assert release.triples == len(quads)


def test_the_manifest_describes_the_release(release: Release) -> None:
    manifest = release.manifest
    assert manifest["version"] == release.version
    assert manifest["validation"]["Violation"] == 0
    assert manifest["sources"]["mapping2021"]["issued"] == "2021-06"
    assert release.is_whole()


def test_an_unknown_country_stops_the_build_with_its_place(checkout: Path, tmp_path: Path) -> None:
    _spoil(checkout / "data/mapping2021/fig-1.csv", "NORWAY", "NORWEGIA")
    with pytest.raises(DataError, match=r"fig-1\.csv:\d+: column '.*', value 'NORWEGIA'"):
        build(checkout, tmp_path / "var", silent)
    with pytest.raises(NoRelease):
        current(tmp_path / "var")


def test_a_violation_refuses_the_release_and_leaves_the_last(
    release: Release, checkout: Path, tmp_path: Path
) -> None:
    var = tmp_path / "var"
    first = publish(var, release.graphs(), {})
    _spoil(checkout / "data/mapping2021/fig-3.csv", "ALBANIA,4,1", "ALBANIA,9,1")
    with pytest.raises(Refused) as refused:
        build(checkout, var, silent)
    assert "the last release stands" in str(refused.value)
    assert "ALB" in (var / "refused.txt").read_text(encoding="utf-8")
    assert current(var) == first


def test_a_changed_fact_makes_another_release(checkout: Path, tmp_path: Path) -> None:
    before = fingerprint(checkout)
    _spoil(checkout / "data/mapping2021/fig-4.csv", "17,545", "17,546")
    assert fingerprint(checkout) != before


_PUBLISH = """
import json, sys
from pathlib import Path
from ocsea.publishing import publish
from ocsea.release import Release
var, release, mark = Path(sys.argv[1]), Release(Path(sys.argv[2])), sys.argv[3]
print("ready", flush=True)
publish(var, release.graphs(), {"mark": mark})
"""


def _publish(var: Path, release: Release, mark: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", _PUBLISH, str(var), str(release.path), mark], stdout=subprocess.PIPE
    )
    assert process.stdout
    process.stdout.readline()
    return process


MOMENTS = (
    "releases/.building-*",
    "releases/.building-*/graphs/mapping2021.nt",
    "releases/.building-*/store",
    "releases/.building-*/store/CURRENT",
    "releases/.building-*/store/*.sst",
    "releases/.building-*/manifest.json",
    ".current",
)
"""What a release leaves on disk while it is being written, in order."""


@pytest.mark.parametrize("moment", MOMENTS)
def test_killing_it_at_any_moment_leaves_a_whole_release(
    release: Release, tmp_path: Path, moment: str
) -> None:
    linked(release, tmp_path)
    with _publish(tmp_path, release, "new") as process:
        while process.poll() is None and not list(tmp_path.glob(moment)):
            pass
        process.kill()
    standing = current(tmp_path)
    assert standing.is_whole()
    assert standing.version == release.version or standing.manifest["mark"] == "new"
    assert len(Store.read_only(str(standing.store))) > 1000
    assert publish(tmp_path, release.graphs(), {"mark": "next"}).is_whole()


def test_nothing_is_switched_before_all_is_on_disk(release: Release, tmp_path: Path) -> None:
    linked(release, tmp_path)
    with _publish(tmp_path, release, "new") as process:
        while not list(tmp_path.glob("releases/.building-*/graphs/mapping2021.nt")):
            assert process.poll() is None, "it was done before it was seen"
        process.kill()
    assert current(tmp_path).version == release.version


def test_a_build_clears_what_a_killed_one_left(var: Path) -> None:
    litter = var / "releases" / ".building-killed"
    litter.mkdir()
    (litter / "manifest.json").write_text("half", encoding="utf-8")
    build(ROOT, var, silent)
    assert not litter.exists()


def test_a_damaged_release_is_not_taken_for_standing(release: Release, tmp_path: Path) -> None:
    var = tmp_path / "var"
    copy = publish(var, release.graphs(), {})
    damaged = copy.graphs()[f"{GRAPH}states"]
    content = damaged.read_bytes()
    damaged.unlink()  # other releases share the file
    damaged.write_bytes(content + b"# damaged\n")
    assert not copy.is_whole()
    assert publish(var, release.graphs(), {}).is_whole()
