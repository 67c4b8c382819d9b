"""The wheel: a validator to install by itself, with ontology, shapes and queries inside."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from ocsea import __version__
from ocsea.release import Release
from ocsea.resources import ROOT, ontology_files, queries, shapes_files


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    [wheel] = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    assert Path(wheel).name == f"ocsea-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_it_holds_the_kernel_and_its_resources_and_nothing_else(unpacked: Path) -> None:
    assert {path.name for path in unpacked.iterdir()} == {
        "ocsea",
        f"ocsea-{__version__}.dist-info",
    }
    for files in (ontology_files(), shapes_files(), queries("competency"), queries("audit")):
        for path in files:
            assert (unpacked / "ocsea" / "share" / path.relative_to(ROOT)).is_file()


def test_it_validates_without_a_checkout(unpacked: Path, release: Release, tmp_path: Path) -> None:
    file = tmp_path / "facts.ttl"
    example = ROOT / "tests" / "examples" / "valid" / "State-albania.ttl"
    file.write_text(example.read_text(encoding="utf-8"), encoding="utf-8")
    code = f"import sys; sys.path.insert(0, {str(unpacked)!r}); from ocsea.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "validate", str(file), "--var", str(release.path.parents[1])],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "It can be published" in done.stdout
