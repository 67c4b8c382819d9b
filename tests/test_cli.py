"""The command line as a user meets it: output, exit codes, help."""

import subprocess
import sys
from pathlib import Path

import pytest

from ocsea.release import Release
from ocsea.resources import ROOT

OCSEA = str(Path(sys.executable).parent / "ocsea")

GOOD = """
@prefix ocsea: <https://w3id.org/ocsea/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix id: <https://w3id.org/ocsea/id/> .

<https://w3id.org/ocsea/id/action/opsc/IRL/ratification> a ocsea:Ratification ;
  rdfs:label "Ireland: ratification of OPSC"@en ;
  ocsea:party <https://w3id.org/ocsea/id/state/IRL> ;
  ocsea:instrument <https://w3id.org/ocsea/id/instrument/opsc> ;
  ocsea:date "2021-01-31"^^xsd:date ;
  ocsea:statedValue "31 Jan 2021" ;
  dcterms:source <https://w3id.org/ocsea/id/locator/mapping2021/fig-1/IRL/opsc> .
"""

STATE = """
<https://w3id.org/ocsea/id/state/XYZ> a ocsea:State ; rdfs:label "Elsewhere"@en ;
  ocsea:iso3 "NOR" ; dcterms:source <https://w3id.org/ocsea/id/locator/mapping2021/fig-1> .
"""


def run(*arguments: str, var: Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [OCSEA, *arguments, "--var", str(var)],
        capture_output=True,
        text=True,
        input=stdin,
        timeout=120,
        cwd=ROOT,
        check=False,
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "facts.ttl"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_a_good_file_conforms(file: Path, var: Path, release: Release) -> None:
    done = run("validate", str(file), var=var)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "It can be published" in done.stdout


def test_a_file_without_a_party_does_not_conform(file: Path, var: Path, release: Release) -> None:
    kept = [line for line in GOOD.splitlines() if "ocsea:party" not in line]
    file.write_text("\n".join(kept), encoding="utf-8")
    done = run("validate", str(file), var=var)
    assert done.returncode == 1
    assert "facts.ttl, line 8: “party” is missing." in done.stdout
    assert "It cannot be published as it is: 1 violation" in done.stdout


def test_a_reference_to_a_state_that_is_not_there_does_not_conform(
    file: Path, var: Path, release: Release
) -> None:
    file.write_text(GOOD.replace("state/IRL>", "state/XYZ>"), encoding="utf-8")
    done = run("validate", str(file), var=var)
    assert done.returncode == 1
    assert "“state/XYZ” is no contracting entity that the graph knows" in done.stdout


def test_a_wrong_date_and_a_code_that_is_taken_do_not_conform(
    file: Path, var: Path, release: Release
) -> None:
    dated = GOOD.replace('"2021-01-31"^^xsd:date', '"31 January 2021"')
    file.write_text(dated + STATE, encoding="utf-8")
    done = run("validate", str(file), var=var)
    assert done.returncode == 1
    assert "“31 January 2021” is not written as “date” is" in done.stdout
    assert "“one state a code” is there more than once" in done.stdout


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("broken.ttl", "<a> <b> ", "line 1"),
        ("empty.ttl", "", "The file is empty"),
        ("table.xyz", "x", "Read are workbooks"),
        ("deep.jsonld", "[" * 20_000 + "]" * 20_000, "nested too deeply"),
        ("remote.jsonld", '{"@context": "http://127.0.0.1:1/c", "a": 1}', "is not fetched"),
        ("broken.jsonld", '{"a": }', "line 1: "),
        ("latin.jsonld", "\udcff", "not in UTF-8"),
    ],
)
def test_what_cannot_be_checked_is_said_so(
    tmp_path: Path, var: Path, release: Release, name: str, content: str, complaint: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    done = run("validate", str(path), var=var)
    assert done.returncode == 2
    assert name in done.stdout
    assert complaint in done.stdout
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there(var: Path) -> None:
    assert run("validate", "nowhere.ttl", var=var).returncode == 2


def test_without_a_release_it_says_what_to_do(file: Path, tmp_path: Path) -> None:
    for command in (["validate", str(file)], ["query", "-"], ["serve"]):
        done = run(*command, var=tmp_path / "none", stdin="ASK {}")
        assert done.returncode == 2
        assert "ocsea build" in done.stderr


def test_query_answers_from_standard_input(var: Path, release: Release) -> None:
    text = "SELECT ?code { ?s ocsea:iso3 ?code ; rdfs:label 'Norway'@en }"
    done = run("query", "-", "--format", "csv", var=var, stdin=text)
    assert done.stdout.split() == ["code", "NOR"]


def test_a_query_that_does_not_parse_names_its_place(var: Path, release: Release) -> None:
    done = run("query", "-", var=var, stdin="SELECT ?x WHERE {\n ?x }")
    assert done.returncode == 2
    assert "2:" in done.stderr


def test_a_build_with_nothing_changed_says_so(var: Path, release: Release) -> None:
    done = run("build", var=var)
    assert done.returncode == 0
    assert f"Nothing has changed: release {release.version} stands." in done.stderr


@pytest.mark.parametrize("command", ["build", "serve", "query", "validate"])
def test_every_command_explains_itself(command: str) -> None:
    done = subprocess.run([OCSEA, command, "--help"], capture_output=True, text=True, check=True)
    assert "Usage" in done.stdout
    assert "--var" in done.stdout
