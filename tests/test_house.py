"""The house stays a house: imports run one way, and nothing of this machine is in the tree."""

import ast
import hashlib
import re
import subprocess
from pathlib import Path

import pytest

from ocsea.resources import ROOT

ROOMS = ("ocsea", "loaders", "api")
ALLOWED = {"ocsea": {"ocsea"}, "loaders": {"ocsea"}, "api": {"ocsea", "api"}}


def _imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    froms = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
    return {name.split(".")[0] for name in names | froms}


@pytest.mark.parametrize("room", ROOMS)
def test_imports_run_one_way(room: str) -> None:
    files = list((ROOT / room).rglob("*.py"))
    assert files
    for path in files:
        ours = _imports(path) & {*ROOMS, "bench", "tests"}
        assert ours <= ALLOWED[room], f"{path} imports {ours - ALLOWED[room]}"


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_no_lock_names_a_registry_and_every_pin_has_a_hash() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        pins = re.findall(r"^[a-zA-Z0-9._-]+==", text, flags=re.MULTILINE)
        blocks = re.split(r"^(?=[a-zA-Z0-9._-]+==)", text, flags=re.MULTILINE)[1:]
        assert pins
        assert all("--hash=sha256:" in block for block in blocks)


def test_no_file_names_a_registry() -> None:
    hosts = re.compile(rb"(pypi|pythonhosted|npmjs)\.(org|com)")
    assert not [path for path in _tracked() if path.is_file() and hosts.search(path.read_bytes())]


def test_nothing_names_a_path_of_a_machine() -> None:
    home = re.compile(rb"(?<![\w.])/(home|root|Users|work)/[a-z]")
    found = [path for path in _tracked() if path.is_file() and home.search(path.read_bytes())]
    assert not found


def test_the_product_stands_without_what_lies_beside_it() -> None:
    beside = re.compile(r"shared/(design|seeds|reference|w3c)")
    rooms = ("ocsea/", "loaders/", "api/", "data/", "shapes/", "ontology/", "queries/")
    for path in _tracked():
        if str(path.relative_to(ROOT)).startswith(rooms) and path.suffix != ".png":
            assert not beside.search(path.read_text(encoding="utf-8")), path


def test_every_data_file_is_as_it_was_reviewed() -> None:
    sealed = (ROOT / "data" / "REVIEWED.sha256").read_text(encoding="utf-8").splitlines()
    files = sorted(path for path in (ROOT / "data").glob("*/*") if path.is_file())
    assert sealed == [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(ROOT)}"
        for path in files
    ], "compare the file with its source, cell by cell, and then run `make seal`"
