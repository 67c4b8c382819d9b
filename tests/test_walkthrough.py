"""The walkthrough is true: its commands run in order, and the graph is again what it was."""

import csv
import re
import runpy
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from api_server import running
from documents import WALKTHROUGH, Shown, matches, run, shown

from ocsea.release import Release, current
from ocsea.resources import ROOT
from ocsea.steward.examination import examine
from ocsea.steward.sheets.template import template
from ocsea.steward.writers import TEMPLATES

FILES = ROOT / "docs" / "walkthrough"
TYPED = FILES / "typed"
STEPS = shown(WALKTHROUGH)


def corrections() -> dict[str, list[list[str]]]:
    """The cells that are corrected, each with its text, by the number of the slip."""
    with (FILES / "corrections.csv").open(encoding="utf-8", newline="") as file:
        found = defaultdict(list)
        for line in csv.DictReader(file):
            found[line["slip"]].append([line["cell"], line["text"]])
    return found


SLIPS = corrections()


# The page, from its first command to its last


@dataclass(frozen=True)
class Walk:
    """Where the page is walked: a server over a copy of the release, and a folder to work in."""

    address: str
    var: Path
    folder: Path
    before: dict[str, bytes]


@pytest.fixture(scope="module")
def walk(release: Release, var: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    place = tmp_path_factory.mktemp("walk")
    own, folder = place / "var", place / "folder"
    shutil.copytree(var, own, symlinks=True)
    shutil.copytree(FILES, folder)
    tokens = own / "tokens"
    tokens.touch()
    with (
        pytest.MonkeyPatch.context() as patched,
        running(own, OCSEA_TOKENS=str(tokens)) as server,
    ):
        patched.setenv("OCSEA_TOKENS", str(tokens))
        yield Walk(server.url, own, folder, graphs(current(own)))


def graphs(release: Release) -> dict[str, bytes]:
    """The files in which a release has its graphs, by their names."""
    return {path.name: path.read_bytes() for path in (release.path / "graphs").iterdir()}


@pytest.mark.skipif(not shutil.which("curl"), reason="the page calls curl")
@pytest.mark.parametrize("step", STEPS, ids=str)
def test_a_step_prints_what_the_page_shows(step: Shown, walk: Walk) -> None:
    output = run(step.command, walk.address, walk.var, walk.folder)
    assert matches(output, step.output), output


@pytest.mark.skipif(not shutil.which("curl"), reason="the page calls curl")
def test_the_graph_is_again_what_it_was(walk: Walk) -> None:
    made = [graphs(Release(path)) for path in (walk.var / "releases").iterdir()]
    assert ["irlreport2024.nt" in each for each in made].count(True) == 1
    assert len(made) == 3, "built, published, withdrawn"
    assert graphs(current(walk.var)) == walk.before


# Each of the mistakes


@pytest.fixture(scope="module")
def filled_in(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook with all of them in it."""
    workbook = tmp_path_factory.mktemp("slips") / "ireland.xlsx"
    workbook.write_bytes(TEMPLATES["xlsx"](template(release, "IRL"), release))
    type_in(workbook, TYPED)
    return workbook


def type_in(workbook: Path, typed: Path) -> None:
    runpy.run_path(str(FILES / "type_in.py"))["main"](workbook, typed)


def test_the_page_lists_all_of_them() -> None:
    listed = re.findall(
        r"^\| (\d+) \| `(\S+)` \|", WALKTHROUGH.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    assert [number for number, _ in listed] == [*SLIPS]
    assert all(cell in dict(SLIPS[number]) for number, cell in listed)
    assert len(listed) >= 11


@pytest.mark.parametrize("slip", SLIPS)
def test_each_is_told_though_all_others_are_corrected(
    slip: str, filled_in: Path, release: Release, tmp_path: Path
) -> None:
    workbook = Path(shutil.copy(filled_in, tmp_path))
    with (tmp_path / "others.csv").open("w", encoding="utf-8", newline="") as file:
        others = [line for number, cells in SLIPS.items() if number != slip for line in cells]
        csv.writer(file).writerows([["cell", "text"], *others])
    type_in(workbook, tmp_path / "others.csv")
    report = examine([(workbook.name, workbook.read_bytes())], release).report()
    assert not report.conforms
    rows = {re.sub("![A-Z]+", "!", cell) for cell, _ in SLIPS[slip]}
    assert {f"{found.place.sheet}!{found.place.row}" for found in report.findings} <= rows
