"""Templates of states; and what people send, checked and compared."""

import json
import os
import signal
from collections.abc import Mapping
from dataclasses import replace
from functools import wraps
from pathlib import Path
from resource import RLIMIT_AS, getrlimit, setrlimit
from types import FrameType

from api.steward.work import Files, Refused, Reply, Task, pages
from api.steward.work.overview import served
from api.steward.work.parts import files_in
from ocsea.release import current
from ocsea.resources import queries
from ocsea.steward.difference.outcome import outcome
from ocsea.steward.difference.questions import question
from ocsea.steward.examination import examine, hand_back
from ocsea.steward.files import rdf, refusal
from ocsea.steward.judging.report import Report
from ocsea.steward.overview.choices import choices
from ocsea.steward.sent import Finding, Place
from ocsea.steward.sheets.codes import countries
from ocsea.steward.sheets.template import UnknownState, template
from ocsea.steward.writers import OUTCOMES, REPORTS, TEMPLATES
from ocsea.validation import shapes

Arguments = Mapping[str, str]
SECONDS, BYTES = 20, 2 * 2**30
"""What the work on one submission may take; that on a state's takes two seconds."""

MOST = 5000
"""Findings that are told, the gravest first; nobody reads more."""


class _TooLong(BaseException):
    """The work takes too long: nothing within it may take this for an error of its own."""


def warm_up() -> None:
    """Load what the work needs, so that the forks need not."""
    shapes()
    rdf.prepare()
    for path in queries("competency"):
        question(path)


def bounded(task: Task) -> Task:
    """The task within bounds of time and memory; its reply tells the seconds that it took."""

    @wraps(task)
    def within(var: Path, arguments: Arguments, files: Files) -> Reply:
        _limit()
        try:
            reply = task(var, arguments, files)
        except (MemoryError, _TooLong):
            detail = "The work on this takes more than one submission may take: send it in parts."
            raise Refused("too-large", detail) from None
        return replace(reply, about={**reply.about, "seconds": sum(os.times()[:4])})

    return within


def _limit() -> None:
    size = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    held = size * os.sysconf("SC_PAGE_SIZE")
    setrlimit(RLIMIT_AS, (held + BYTES, getrlimit(RLIMIT_AS)[1]))
    signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)


def _stop(number: int, frame: FrameType | None) -> None:
    raise _TooLong


def _states(var: Path, arguments: Arguments, files: Files) -> Reply:
    """The states by code and name: those of which most is asked, others, and those not there."""
    found = choices(served(var, arguments)).states
    named = {state.key: state.name for state in found}
    groups = {
        "expected": [(state.key, state.name) for state in found if state.expected],
        "others": [(state.key, state.name) for state in found if not state.expected],
        "unknown": [pair for pair in countries().items() if pair[0] not in named],
    }
    return Reply(json.dumps(groups).encode())


def _template(var: Path, arguments: Arguments, files: Files) -> Reply:
    release = served(var, arguments)
    try:
        made = template(release, arguments["state"])
    except UnknownState as error:
        raise Refused("not-found", str(error)) from None
    if arguments["format"] == "html":
        content = _encoded(pages.of_template(made))
    else:
        content = TEMPLATES[arguments["format"]](made, release)
    return Reply(content, {"state": made.iso3})


def _validate(var: Path, arguments: Arguments, files: Files) -> Reply:
    """The report, or the sender's workbook with it.

    Where no workbook can be handed back: the report as `otherwise` says. Raises Refused if it is
    empty.
    """
    sent = files_in(files[0][1], arguments["type"], arguments["name"])
    examined = examine(sent, current(var))
    report = examined.report()
    about = {"release": report.release, "conforms": report.conforms}
    form, notice = arguments["format"], ""
    if form == "xlsx":
        try:
            name, content = hand_back(sent, report)
            return Reply(content, about | {"format": form, "name": name})
        except refusal.Refused as refused:
            form, notice = arguments["otherwise"], str(refused)
        if not form:
            raise Refused("not-acceptable", notice)
    told = _told(report)
    if form == "html":
        names = [name for name, _ in sent]
        text = pages.of_report(names, told, outcome(examined), notice=notice)
    else:
        text = REPORTS[form](told)
    return Reply(_encoded(text), about | {"format": form})


def _diff(var: Path, arguments: Arguments, files: Files) -> Reply:
    sent = files_in(files[0][1], arguments["type"], arguments["name"])
    found = outcome(examine(sent, current(var)))
    found = replace(found, findings=_told(Report(found.release, found.findings)).findings)
    if arguments["format"] == "html":
        text = pages.of_outcome([name for name, _ in sent], found)
    else:
        text = OUTCOMES[arguments["format"]](found)
    return Reply(_encoded(text), {"release": found.release, "format": arguments["format"]})


def _told(report: Report) -> Report:
    """The report with so many findings as are told, and that there are more."""
    more = len(report.findings) - MOST
    if more <= 0:
        return report
    said = f"There are {more:,} findings more than are told here."
    last = Finding("Info", Place(""), "", said, "Correct these, and check again.", "read:many")
    return replace(report, findings=(*report.findings[:MOST], last))


def _encoded(text: str) -> bytes:
    """The text in UTF-8, whatever a stranger's text may hold that is no character."""
    return text.encode(errors="backslashreplace")


TASKS: dict[str, Task] = {
    "states": _states,
    "template": bounded(_template),
    "validate": bounded(_validate),
    "diff": bounded(_diff),
}
