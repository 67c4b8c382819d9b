"""Making room: old releases, and what came with submissions that were closed long ago.

Nothing goes that something else stands on: the release that is served and the built one below it,
those that an open submission was made from or compared with, and those that tell what a withdrawal
would bring back. Of a closed submission its files go; who sent it and what was decided stay.
"""

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ocsea.release import Release, current
from ocsea.steward.history.releases import releases
from ocsea.steward.submissions.ledger import Ledger
from ocsea.steward.submissions.submission import RECEIVED, REJECTED, WITHDRAWN, Submission, in_force
from ocsea.versions import note_removal

_REMOVING = ".removing-"


@dataclass(frozen=True)
class Plan:
    """What may go: releases, and submissions whose files may.

    `kept` has the releases and submissions that are as old and stay, by name, each with the reason.
    """

    releases: tuple[Release, ...]
    submissions: tuple[Submission, ...]
    kept: Mapping[str, str]

    @property
    def bytes(self) -> int:
        """The room on disk that they take; files that other releases share are not counted."""
        paths = [path for each in self.releases for path in each.path.rglob("*") if path.is_file()]
        files = [path.stat() for path in paths]
        links = Counter(file.st_ino for file in files)
        alone = {f.st_ino: f.st_size for f in files if links[f.st_ino] == f.st_nlink}
        return sum(alone.values()) + sum(submission.bytes for submission in self.submissions)


def plan(var: Path, keep: int | None = None, days: int | None = None) -> Plan:
    """What may go where the `keep` releases made last stay, and the files of submissions that were
    closed in the last `days`; None is for all of them."""
    listed, submissions = releases(var / "releases"), Ledger(var).all().submissions
    needed = _needed(current(var), submissions)
    old = [] if keep is None else listed[keep:]
    going = tuple(release for release in old if release.version not in needed)
    staying = [release for release in listed if release not in going]
    closed = [] if days is None else list(_closed(submissions, days))
    standing = _in_force_in(staying)
    kept = {each.version: needed[each.version] for each in old if each.version in needed}
    kept |= {
        each.id: f"release {standing[each.id]}, which is kept, holds it"
        for each in closed
        if each.id in standing
    }
    clearing = tuple(each for each in closed if each.id not in standing)
    return Plan(going, clearing, kept)


def _needed(served: Release, submissions: Iterable[Submission]) -> dict[str, str]:
    """The versions of the releases that something stands on, and what that is."""
    manifest = served.manifest
    found = {
        entry["built"]: f"submission {entry['id']}, which is in force, stands on it"
        for entry in in_force(served)
    }
    for submission in submissions:
        if submission.status == RECEIVED:
            why = f"submission {submission.id}, which is open, was made with it"
            found |= dict.fromkeys((submission.base, submission.made_from), why)
    if "base" in manifest:
        found[manifest["base"]] = "what was written stands on it"
    return found | {served.version: "questions are answered from it"}


def _closed(submissions: Iterable[Submission], days: int) -> Iterator[Submission]:
    """Those that were rejected or withdrawn longer ago, and whose files are there."""
    since = datetime.now(UTC) - timedelta(days=days)
    for submission in submissions:
        is_closed = submission.status in (REJECTED, WITHDRAWN) and not submission.cleared
        if is_closed and datetime.fromisoformat(submission.steps[-1].at) < since:
            yield submission


def _in_force_in(kept: Iterable[Release]) -> dict[str, str]:
    """The submissions that these releases hold, each with one that does: who went back to it would
    have to be able to withdraw them."""
    return {entry["id"]: release.version for release in kept for entry in in_force(release)}


def carry_out(var: Path, planned: Plan) -> None:
    """Remove what is planned; the caller holds the lock of `var`, as `deciding` gives it.

    Whenever this ends, each release is there or is told to have been removed, and never half.
    """
    folder, ledger = var / "releases", Ledger(var)
    for left in folder.glob(f"{_REMOVING}*"):
        shutil.rmtree(left)
    if planned.releases:
        note_removal(var, (release.version for release in planned.releases))
    for release in planned.releases:
        going = folder / f"{_REMOVING}{release.version}"
        release.path.rename(going)
        shutil.rmtree(going)
    for submission in planned.submissions:
        ledger.clear(submission)
