"""What a submission comes to against a release, and what of that is kept with it."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from ocsea.release import MANIFEST, Release
from ocsea.steward.difference import words
from ocsea.steward.files.reading import read
from ocsea.steward.judging.check import check
from ocsea.steward.judging.report import as_json
from ocsea.steward.proposal import Proposal, propose
from ocsea.steward.submissions.submission import Files

_VERSION = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Review:
    """A proposal, its findings by severity, and what is kept for people: `report.json`,
    `words.json` and `words.txt`."""

    proposal: Proposal
    counts: Mapping[str, int]
    parts: Mapping[str, bytes]


Reviewer = Callable[[Files, Release], Review]
"""Reads what was sent and compares it with a release; OcseaError where it cannot be read."""


def review(files: Files, release: Release) -> Review:
    """Read, compare, check and put into words: the reviewer of stewards' files."""
    sent = read(files)
    proposal = propose(sent, release, _named(sent.release, release))
    report = check(proposal, release, datetime.now(UTC).date())
    told = words.lines(proposal, release)
    parts = {
        "report.json": _json(as_json(report)),
        "words.json": _json([asdict(line) for line in told]),
        "words.txt": words.text(told).encode(),
    }
    return Review(proposal, report.counts, parts)


def _named(version: str | None, release: Release) -> Release | None:
    """The release that a template was made from, if it is still there; the files say which."""
    if version is None or not _VERSION.fullmatch(version):
        return None
    found = Release(release.path.parent / version)
    return found if (found.path / MANIFEST).is_file() else None


def _json(said: Any) -> bytes:
    return json.dumps(said, ensure_ascii=False, indent=2).encode(errors="backslashreplace")
