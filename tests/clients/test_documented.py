"""The programs of docs/consumers.md, run as they stand there; and what their packages are."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from documents import matches, run

from ocsea.resources import ROOT

PAGE = ROOT / "docs" / "consumers.md"
NODE = Path(__file__).parent / "node"
SHOWN = re.compile(r"^```(python|js)\n(.*?)^```\n\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMANDS = {
    # A client that warns would show it: a page should not teach what is deprecated.
    "python": "python -W error -",
    "js": f"cd {NODE.relative_to(ROOT)} && node --input-type=module -",
}


@dataclass(frozen=True)
class Program:
    """A program of the page, and the output that the page shows for it."""

    language: str
    code: str
    output: str

    def __str__(self) -> str:
        return f"{self.language}: {self.code.splitlines()[0]}"


PROGRAMS = [Program(*found) for found in SHOWN.findall(PAGE.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_a_program_prints_what_the_page_shows(program: Program, address: str, var: Path) -> None:
    if program.language == "js" and not (NODE / "node_modules").is_dir():
        pytest.skip("the JavaScript clients are not installed; `make test` does that")
    command = f"{COMMANDS[program.language]} <<'END'\n{program.code}END"
    output = run(command, address, var)
    assert matches(output, program.output), output


def test_no_program_of_the_page_is_left_out() -> None:
    starts = re.findall(r"^```(?:python|js)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(PROGRAMS) == len(starts)
    code = "".join(program.code for program in PROGRAMS)
    for client in ("SPARQLWrapper", "SPARQLStore", "@comunica/query-sparql", "jsonld"):
        assert client in code


def test_the_lock_names_no_registry_and_every_package_has_a_hash() -> None:
    lock = json.loads((NODE / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert not [name for name, package in packages.items() if "resolved" in package]
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
