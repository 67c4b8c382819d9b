"""One cause, one finding: what several checks find in one cell is told once.

Of the checks the reader of files and rows comes first, then the shapes, then the rules. The gravest
finding of the first of them is told; what others say in other words follows in its message.
"""

from collections.abc import Iterable
from dataclasses import replace

from ocsea.steward.sent import Finding
from ocsea.validation import SEVERITIES

Folded = dict[Finding, Finding]
"""What is told, with the finding that it begins with."""


def not_told_yet(told: Iterable[Finding], more: Iterable[Finding]) -> list[Finding]:
    """The findings about cells and facts of which nothing as grave was told before."""
    grave = [each for each in told if each.severity == "Violation"]
    cells = {each.place for each in grave if each.place.column}
    facts = {(each.focus, each.path) for each in grave if each.path}
    return [
        each for each in more if each.place not in cells and (each.focus, each.path) not in facts
    ]


def as_one(findings: Iterable[Finding]) -> Folded:
    """The findings, with those about one cell or one fact as one; in their order."""
    groups: dict[object, list[Finding]] = {}
    for each in findings:
        groups.setdefault(_cause(each), []).append(each)
    return dict(map(_joined, groups.values()))


def _cause(finding: Finding) -> object:
    if finding.place.column:
        return finding.place
    return (finding.place, finding.focus, finding.path) if finding.path else finding


def _joined(findings: list[Finding]) -> tuple[Finding, Finding]:
    first, *others = sorted(findings, key=lambda each: SEVERITIES.index(each.severity))
    messages = dict.fromkeys(each.message for each in (first, *others))
    return replace(first, message=" Also: ".join(messages)), first
