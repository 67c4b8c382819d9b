"""What checking a submission came to, as text and as JSON; other formats stand beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rdflib import Graph, Node

from ocsea.namespaces import ID
from ocsea.steward.sent import Finding, Place
from ocsea.validation import SEVERITIES, Tallied


@dataclass(frozen=True)
class Report(Tallied[Finding]):
    """The findings about a submission against a release, the gravest first, then by place.

    `results` is the report of the SHACL engine on the changed graph, and `nodes` says which of its
    results stands behind a finding, where one does.
    """

    release: str
    findings: tuple[Finding, ...]
    results: Graph = field(default_factory=Graph, compare=False, repr=False)
    nodes: Mapping[Finding, Node] = field(default_factory=dict, compare=False, repr=False)


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The gravest first, then as they stand in what was sent, each once."""
    return tuple(sorted(set(findings), key=lambda each: (SEVERITIES.index(each.severity), each)))


def as_text(report: Report) -> str:
    """One line a finding, and at the end what it comes to."""
    verdict = "It can be published" if report.conforms else "It cannot be published as it is"
    return "\n".join([*map(line, report.findings), f"{verdict}: {report.tally}."])


def line(finding: Finding) -> str:
    """A finding in one line: severity, place, what is wrong, what would be right."""
    where = f"{finding.place}: " if str(finding.place) else ""
    told = f"{finding.severity}: {where}{finding.message} {finding.remedy}"
    return " ".join(told.split())


def as_json(report: Report) -> dict[str, Any]:
    """The report for programs; its keys keep their meaning from release to release."""
    return {
        "conforms": report.conforms,
        "release": report.release,
        "counts": {name.lower(): count for name, count in report.counts.items()},
        "findings": [_entry(finding) for finding in report.findings],
    }


def _entry(finding: Finding) -> dict[str, Any]:
    place = finding.place
    return {
        "severity": finding.severity,
        "file": place.file,
        "sheet": place.sheet or None,
        "row": place.row or None,
        "column": place.column or None,
        "cell": place.cell or None,
        "place": str(place),
        "value": finding.value,
        "message": finding.message,
        "remedy": finding.remedy,
        "rule": finding.rule,
        "record": finding.focus.removeprefix(ID) or None,
        "focus": finding.focus or None,
        "path": finding.path or None,
    }


def from_json(said: Mapping[str, Any]) -> Report:
    """The report that `as_json` told of, without what the engine said of it."""
    return Report(said["release"], tuple(map(_finding, said["findings"])))


def _finding(entry: Mapping[str, Any]) -> Finding:
    said = {name: value or "" for name, value in entry.items()}
    place = Place(said["file"], said["sheet"], int(said["row"] or 0), said["column"], said["cell"])
    named = ("value", "message", "remedy", "rule", "focus", "path")
    return Finding(said["severity"], place, *(said[name] for name in named))
