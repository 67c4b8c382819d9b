"""What writes templates, reports and outcomes, by the short names of the formats."""

from collections.abc import Callable, Mapping

from ocsea.release import Release
from ocsea.steward.difference import outcome
from ocsea.steward.difference.outcome import Outcome, written
from ocsea.steward.files import csvw, rdf, xlsx
from ocsea.steward.judging import report, report_ci, report_rdf
from ocsea.steward.judging.report import Report
from ocsea.steward.sheets.topics import SHEETS, Template

TEMPLATES: Mapping[str, Callable[[Template, Release], bytes]] = {
    "xlsx": lambda template, _: xlsx.write(template, SHEETS),
    "csv": lambda template, _: csvw.write(template, SHEETS),
    "ttl": rdf.turtle,
    "jsonld": rdf.json_ld,
}
REPORTS: Mapping[str, Callable[[Report], str]] = {
    "text": lambda found: report.as_text(found) + "\n",
    "json": lambda found: written(report.as_json(found)),
    "ttl": report_rdf.as_turtle,
    "jsonld": report_rdf.as_jsonld,
    "junit": report_ci.as_junit,
    "sarif": lambda found: written(report_ci.as_sarif(found)),
}
OUTCOMES: Mapping[str, Callable[[Outcome], str]] = {
    "text": outcome.as_text,
    "patch": outcome.as_patch,
    "json": lambda found: written(outcome.as_json(found)),
}
