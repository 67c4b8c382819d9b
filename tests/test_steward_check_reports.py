"""The forms of a report: text, JSON, SHACL, and what continuous integration reads."""

import ast
import dataclasses
import json
import re
from xml.etree import ElementTree

import pytest
from pyld import jsonld
from rdflib import RDF, SH, Graph, Namespace, URIRef
from steward_checks import in_rows

from ocsea.namespaces import ID, PREFIXES, SHAPES
from ocsea.release import Release
from ocsea.resources import ROOT
from ocsea.steward.judging.report import Report, as_json, as_text
from ocsea.steward.judging.report_ci import as_junit, as_sarif
from ocsea.steward.judging.report_rdf import as_jsonld, as_turtle
from ocsea.steward.judging.rulebook import READER, demand
from ocsea.steward.sent import Finding, Place
from ocsea.steward.sheets.topics import SHEETS

N_QUADS = {"format": "application/n-quads"}
OA, CSVW = Namespace("http://www.w3.org/ns/oa#"), Namespace("http://www.w3.org/ns/csvw#")


@pytest.fixture(scope="module")
def report() -> Report:
    """A finding of each kind: of the reader, of a rule, and one without a place."""
    cell = Place("data/norway.csv", "statuses", 7, "as_of")
    sheet = Place("norway.xlsx", "statuses", 7, "as_of", "F7")
    line = Place("norway.ttl", row=7)
    focus = f"{ID}status/opsc/NOR/x"
    path = f"{PREFIXES['ocsea']}asOf"
    return Report(
        "0123456789abcdef",
        (
            Finding("Violation", cell, "2\x00", "No date.", "Write 2021.", "date", focus, path),
            Finding("Violation", sheet, "3", "No date.", "Write 2021.", "ocsea-sh:X"),
            Finding("Warning", line, "", "Odd <this>.", "", "bound-twice", focus),
            Finding("Info", Place(""), "", "So.", "", "left-pointing"),
        ),
    )


def test_text_has_a_line_a_finding(report: Report) -> None:
    lines = as_text(report).splitlines()
    assert lines[0] == (
        "Violation: data/norway.csv, sheet statuses, row 7, column as_of: No date. Write 2021."
    )
    assert lines[-1] == "It cannot be published as it is: 2 violations, 1 warning, 1 info."
    assert len(lines) == 5


def test_json_keeps_its_keys(report: Report) -> None:
    said = as_json(report)
    assert json.loads(json.dumps(said)) == said
    assert list(said) == ["conforms", "release", "counts", "findings"]
    assert said["counts"] == {"violation": 2, "warning": 1, "info": 1}
    assert said["findings"][1] == {
        "severity": "Violation",
        "file": "norway.xlsx",
        "sheet": "statuses",
        "row": 7,
        "column": "as_of",
        "cell": "F7",
        "place": "norway.xlsx, sheet statuses, row 7, column as_of (F7)",
        "value": "3",
        "message": "No date.",
        "remedy": "Write 2021.",
        "rule": "ocsea-sh:X",
        "record": None,
        "focus": None,
        "path": None,
    }
    assert said["findings"][0]["record"] == "status/opsc/NOR/x"


@pytest.mark.parametrize("form", ["turtle", "json-ld"])
def test_the_shacl_report_is_valid_and_has_the_places(report: Report, form: str) -> None:
    text = as_turtle(report) if form == "turtle" else as_jsonld(report)
    lines = text if form == "turtle" else jsonld.to_rdf(json.loads(text), N_QUADS)
    graph = Graph().parse(data=lines, format="turtle")
    [node] = graph.subjects(RDF.type, SH.ValidationReport)
    results = set(graph.objects(node, SH.result))
    assert graph.value(node, SH.conforms).toPython() is False
    assert results == set(graph.subjects(RDF.type, SH.ValidationResult))
    for result in results:
        for name in (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent):
            assert graph.value(result, name, any=False)
    assert len(list(graph.objects(None, OA.hasTarget))) == 3
    assert {str(each) for each in graph.objects(None, CSVW.rownum)} == {"7"}
    assert "line=6,7" in {str(each) for each in graph.objects(None, RDF.value)}


def test_what_the_engine_said_stands_in_the_shacl_report(release: Release) -> None:
    found = in_rows(release, {"observation/age-of-consent/NOR/2021": {"change": "remove"}})
    graph = Graph().parse(data=as_turtle(found), format="turtle")
    [result] = graph.subjects(RDF.type, SH.ValidationResult)
    assert graph.value(result, SH.sourceShape) == URIRef(f"{SHAPES}Member-age-of-consent")
    assert graph.value(result, SH.sourceConstraintComponent) == SH.HasValueConstraintComponent
    path = graph.value(result, SH.resultPath)
    assert graph.value(path, RDF.first), "the path of two steps is written out"


def test_junit_fails_for_violations_only(report: Report) -> None:
    root = ElementTree.fromstring(as_junit(report))
    suites = {suite.get("name"): suite for suite in root}
    assert set(suites) == {"submission", "data/norway.csv", "norway.ttl", "norway.xlsx"}
    assert {name for name, suite in suites.items() if suite.get("failures") == "1"} == {
        "data/norway.csv",
        "norway.xlsx",
    }
    [failure] = suites["norway.xlsx"].iter("failure")
    assert (failure.get("message"), failure.text) == ("No date.", "Write 2021.")
    assert [each.tag for each in suites["norway.ttl"][0]] == ["system-out"]


def test_junit_of_what_conforms_has_a_case_that_passes() -> None:
    root = ElementTree.fromstring(as_junit(Report("x", ())))
    assert [(each.tag, len(each)) for each in root.iter("testcase")] == [("testcase", 0)]


def test_sarif_has_what_its_schema_requires(report: Report) -> None:
    said = as_sarif(report)
    assert json.loads(json.dumps(said)) == said
    assert said["version"] == "2.1.0"
    [run] = said["runs"]
    declared = run["tool"]["driver"]["rules"]
    assert len({each["id"] for each in declared}) == len(declared)
    for result in run["results"]:
        assert result["message"]["text"]
        assert declared[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"}
    assert len({str(each["partialFingerprints"]) for each in run["results"]}) == 4


def test_sarif_describes_the_rules_and_not_what_was_found(report: Report) -> None:
    wrong = Finding("Violation", Place(""), "3", "No.", "Write 2.", "ocsea-sh:TreatyAction-date")
    found = dataclasses.replace(report, findings=(*report.findings, wrong))
    declared = as_sarif(found)["runs"][0]["tool"]["driver"]["rules"]
    said = {each["id"]: each["shortDescription"]["text"] for each in declared}
    assert said["bound-twice"].startswith("A party binds itself to an instrument once, by a ")
    assert said["left-pointing"] == "A record that others name is not taken out."
    assert said["ocsea-sh:TreatyAction-date"].startswith("A treaty action needs exactly one date")
    assert not {"Write 2.", "Write 2021."} & {*said.values()}


def named_in_code() -> set[str]:
    """The rules that the code of reader and judge names where it tells of something."""
    named = {f"cell-{column.kind}" for sheet in SHEETS for column in sheet.columns}
    for path in (ROOT / "ocsea" / "steward").rglob("*.py"):
        if path.name == "rulebook.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
                first = [f"read:{text}" for text in texts[:1]]
                named |= set(first if name in ("Refused", "Flaw", "found") else texts)
    return {each for each in named if isinstance(each, str)}


def test_each_rule_of_the_reader_says_what_it_demands() -> None:
    named, kinds = (
        named_in_code(),
        ("cell-", "column-", "read:", "row-", "sheet-", "rdf-", "record-", "release-"),
    )
    unasked = {"cell-record", "cell-state", "cell-place"}  # these cells are not read by themselves
    unasked |= {"read:workbooks"}  # who hands nothing back says so in no report
    told = {each for each in named if re.fullmatch(rf"({'|'.join(kinds)})[a-z-]+", each)}
    assert {each for each in told - unasked if demand(each) == each} == set()
    assert {each for each in READER if each not in {*named, "ontology", "left-pointing"}} == set()


def test_sarif_points_at_lines_and_cells(report: Report) -> None:
    csv, sheet, line, nowhere = as_sarif(report)["runs"][0]["results"]
    where = csv["locations"][0]["physicalLocation"]
    assert where == {"artifactLocation": {"uri": "data/norway.csv"}, "region": {"startLine": 7}}
    assert sheet["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "statuses!F7"}]
    assert "region" not in sheet["locations"][0]["physicalLocation"]
    assert line["locations"][0]["physicalLocation"]["region"] == {"startLine": 7}
    assert "locations" not in nowhere
