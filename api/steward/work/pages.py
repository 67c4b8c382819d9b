"""The pages of a template, of a report, and of what would change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from api.pages import render
from api.steward.topics import by_topic
from ocsea.steward.difference.outcome import Outcome, as_patch
from ocsea.steward.files.formats import TEMPLATES
from ocsea.steward.judging.report import Report, ordered
from ocsea.steward.sent import Finding
from ocsea.steward.sheets.topics import BY_NAME, SOURCES, Template
from ocsea.validation import SEVERITIES

MOST = 500
"""Findings or changes on a page; other formats have all."""

PATCH = 100_000
"""Characters of a patch on a page."""


@dataclass(frozen=True)
class Group:
    """Findings of one severity in one sheet, or in a file that has none."""

    file: str
    sheet: str
    findings: Sequence[Finding]


def of_template(template: Template) -> str:
    """What is in a state's template, and how it goes on."""
    records = (len(table.lines) for table in template.tables if table.sheet != SOURCES.name)
    return render(
        "template.html", template=template, total=sum(records), sheets=BY_NAME, formats=TEMPLATES
    )


def of_report(files: Sequence[str], report: Report, found: Outcome, *, notice: str = "") -> str:
    """What is wrong with what was sent, and what would change."""
    return _page(files, report, found, checked=True, notice=notice)


def of_outcome(files: Sequence[str], found: Outcome) -> str:
    """What would change, and what could not be read."""
    report = Report(found.release, ordered(found.findings))
    return _page(files, report, found, checked=False, notice="")


def _page(
    files: Sequence[str], report: Report, found: Outcome, *, checked: bool, notice: str
) -> str:
    patch = as_patch(found)
    return render(
        "report.html",
        files=files,
        report=report,
        checked=checked,
        notice=notice,
        groups=by_sheet(report.findings[:MOST]),
        more=max(len(report.findings) - MOST, 0),
        outcome=found,
        changes_by=by_topic(found.lines[:MOST]),
        unshown=max(len(found.lines) - MOST, 0),
        patch=patch[:PATCH],
        is_cut=len(patch) > PATCH,
    )


def by_sheet(findings: Iterable[Finding]) -> dict[str, list[Group]]:
    """The findings by severity, then by file and sheet, as they stand there."""
    groups: dict[str, list[Group]] = {severity: [] for severity in SEVERITIES}
    for (severity, file, sheet), found in groupby(findings, _where):
        groups[severity].append(Group(file, sheet, list(found)))
    return {severity: found for severity, found in groups.items() if found}


def _where(finding: Finding) -> tuple[str, str, str]:
    return finding.severity, finding.place.file, finding.place.sheet
