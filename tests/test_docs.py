"""The documentation says what is so: commands run, routes, variables and files exist."""

import re
import shutil

import httpx
import pytest
from click import Context, Group
from documents import PAGES, WALKTHROUGH, Shown, matches, run, shown

from ocsea.cli import main
from ocsea.release import Release
from ocsea.resources import ROOT

COMMANDS = [example for page in PAGES if page != WALKTHROUGH for example in shown(page)]
TEXT = {page: page.read_text(encoding="utf-8") for page in PAGES}


@pytest.mark.parametrize("example", COMMANDS, ids=str)
def test_a_command_prints_what_the_page_shows(
    example: Shown, address: str, release: Release
) -> None:
    if "curl" in example.command and not shutil.which("curl"):
        pytest.skip("the page calls curl, and this machine has none")
    output = run(example.command, address, release.path.parent.parent)
    assert matches(output, example.output), output


def test_there_is_something_to_run_in_the_readme() -> None:
    assert len([c for c in COMMANDS if c.page.name == "README.md"]) >= 3


def test_every_link_to_a_file_leads_somewhere() -> None:
    for page, text in TEXT.items():
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_command_is_documented_and_every_documented_command_exists() -> None:
    assert isinstance(main, Group)
    named = {name for text in TEXT.values() for name in re.findall(r"`ocsea ([a-z]+)", text)}
    assert named == set(main.list_commands(Context(main)))


def test_every_make_target_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    named = {name for text in TEXT.values() for name in re.findall(r"`make ([a-z]+)", text)}
    assert named
    assert named <= targets


def test_every_setting_is_documented() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "api").rglob("*.py"))
    code += "".join(path.read_text(encoding="utf-8") for path in (ROOT / "ocsea").rglob("*.py"))
    in_code = set(re.findall(r"OCSEA_[A-Z_]+", code))
    in_docs = set(re.findall(r"`(OCSEA_[A-Z_]+)`", TEXT[ROOT / "docs" / "operators.md"]))
    assert in_docs == in_code


def test_every_route_is_documented_and_every_documented_route_exists(address: str) -> None:
    paths = httpx.get(f"{address}/openapi.json").json()["paths"]
    shape = {re.sub(r"\{\w+\}", "{}", path) for path in paths}
    tables = "\n".join(TEXT.values())
    rows = re.findall(r"^\| (`/.*?) \|", tables, flags=re.MULTILINE)
    named = {re.sub(r"\{\w+\}", "{}", p) for row in rows for p in re.findall(r"`(/[^`]*)`", row)}
    assert named - {"/openapi.json", "/docs"} == shape - {"/openapi.json", "/docs"}


def test_the_output_matcher_tells_same_from_other() -> None:
    assert matches("a\nb\nc\n", "a\n…\nc\n")
    assert matches("took 12 s\n", "took … s\n")
    assert not matches("a\nb\n", "a\n")
    assert not matches("a\n", "")
