"""What was sent, read and compared with a release: where checking and showing it both begin."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ocsea.release import Release
from ocsea.steward.files import kinds
from ocsea.steward.files.annotate import annotate
from ocsea.steward.files.reading import File, read
from ocsea.steward.files.refusal import Refused
from ocsea.steward.judging.check import check
from ocsea.steward.judging.report import Report
from ocsea.steward.proposal import Proposal, propose
from ocsea.steward.sent import Sent
from ocsea.versions import RemovedRelease, UnknownRelease, release_of


@dataclass(frozen=True)
class Examined:
    """What was sent, as far as it could be read, and what it comes to against a release."""

    release: Release
    sent: Sent
    proposal: Proposal

    @property
    def is_read(self) -> bool:
        """Whether there is anything that could be read."""
        return bool(self.sent.tables or self.sent.triples)

    def report(self) -> Report:
        """What is wrong with it, judged with what one can know today."""
        return check(self.proposal, self.release, datetime.now(UTC).date())


def examine(files: Sequence[File], release: Release) -> Examined:
    """Read the files, and compare what they say with the release.

    Raises OcseaError where there are none, too many, or too much.
    """
    sent = read(files)
    return Examined(release, sent, propose(sent, release, _made_from(sent.release, release)))


def hand_back(files: Sequence[File], report: Report) -> File:
    """The workbook among the files, with what the report says in its cells, by the same name.

    Raises Refused where there is none or several, and where it cannot be read.
    """
    books = [file for file in files if kinds.is_archive(file[1])]
    if len(books) != 1:
        number = (
            "Several of the files are workbooks" if books else "None of the files is a workbook"
        )
        remedy = "Send one workbook (.xlsx) at a time to have it handed back, or ask for a report."
        raise Refused("workbooks", f"{number}.", remedy)
    [(name, content)] = books
    return name, annotate(content, [f for f in report.findings if f.place.file in ("", name)])


def _made_from(version: str | None, release: Release) -> Release | None:
    """The release that a template was made from, None where it is not known or not there."""
    try:
        return release_of(release.path.parents[1], version or "")
    except (UnknownRelease, RemovedRelease):
        return None
