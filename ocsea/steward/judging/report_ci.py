"""A report for continuous integration: JUnit XML, and SARIF 2.1.0."""

import hashlib
from itertools import groupby
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from ocsea import __version__
from ocsea.namespaces import PREFIXES
from ocsea.steward.judging.report import Report
from ocsea.steward.judging.rulebook import demand
from ocsea.steward.sent import Finding, Place

_LEVELS = {"Violation": "error", "Warning": "warning", "Info": "note"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_HOME = "https://w3id.org/ocsea/"


def as_junit(report: Report) -> str:
    """The report as JUnit XML: a suite a file, a case a finding; only violations are failures."""
    root = ElementTree.Element("testsuites", name="ocsea validate")
    by_file = sorted(report.findings, key=lambda finding: finding.place.file)
    for file, findings in groupby(by_file, key=lambda finding: finding.place.file):
        _suite(root, file, list(findings))
    if not report.findings:
        suite = ElementTree.SubElement(root, "testsuite", _counts("submission", 1, 0))
        ElementTree.SubElement(suite, "testcase", classname="submission", name="conforms")
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(root: ElementTree.Element, file: str, findings: list[Finding]) -> None:
    failures = sum(finding.severity == "Violation" for finding in findings)
    name = _xml(file) or "submission"
    suite = ElementTree.SubElement(root, "testsuite", _counts(name, len(findings), failures))
    for finding in findings:
        place = _xml(str(finding.place)) or name
        case = ElementTree.SubElement(
            suite, "testcase", classname=name, name=f"{finding.rule}: {place}"
        )
        if finding.severity == "Violation":
            message = _xml(finding.message)
            told = ElementTree.SubElement(case, "failure", message=message, type=finding.rule)
            told.text = _xml(finding.remedy)
        else:
            told = ElementTree.SubElement(case, "system-out")
            told.text = _xml(f"{finding.severity}: {finding.message} {finding.remedy}")


def _counts(name: str, tests: int, failures: int) -> dict[str, str]:
    return {"name": name, "tests": str(tests), "failures": str(failures), "errors": "0"}


def _xml(text: str) -> str:
    """Without what XML cannot hold, such as control characters."""
    return "".join(
        c if c in "\t\n" or c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def as_sarif(report: Report) -> dict[str, Any]:
    """The report as SARIF 2.1.0: each rule once, each finding a result with its place."""
    rules = sorted({finding.rule for finding in report.findings})
    numbers = {rule: number for number, rule in enumerate(rules)}
    driver = {
        "name": "ocsea",
        "version": __version__,
        "informationUri": _HOME,
        "rules": [_rule(rule, report) for rule in rules],
    }
    results = [_result(finding, numbers[finding.rule]) for finding in report.findings]
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "properties": {"release": report.release, "conforms": report.conforms},
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: str, report: Report) -> dict[str, Any]:
    first = next(finding for finding in report.findings if finding.rule == rule)
    prefix, _, name = rule.partition(":")
    about: dict[str, Any] = {
        "id": rule,
        "shortDescription": {"text": demand(rule)},
        "defaultConfiguration": {"level": _LEVELS[first.severity]},
    }
    return about | ({"helpUri": PREFIXES[prefix] + name} if prefix in PREFIXES and name else {})


def _result(finding: Finding, number: int) -> dict[str, Any]:
    said = (finding.rule, finding.place, finding.focus, finding.path, finding.value)
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": number,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.message} {finding.remedy}".strip()},
        "partialFingerprints": {"finding/v1": hashlib.sha256(repr(said).encode()).hexdigest()},
        "properties": {"value": finding.value, "focus": finding.focus, "path": finding.path},
    }
    return result | ({"locations": [_location(finding.place)]} if finding.place.file else {})


def _location(place: Place) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(place.file)}}
    if place.row and not place.cell:  # a workbook has cells, not lines
        physical["region"] = {"startLine": place.row}
    location: dict[str, Any] = {"physicalLocation": physical, "message": {"text": str(place)}}
    within = "!".join(part for part in (place.sheet, place.cell or place.column) if part)
    if within:
        location["logicalLocations"] = [{"fullyQualifiedName": within}]
    return location
