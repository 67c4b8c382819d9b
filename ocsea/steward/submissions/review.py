"""What a submission comes to against a release, and what of that is kept with it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ocsea.release import Release
from ocsea.steward.difference import words
from ocsea.steward.examination import examine
from ocsea.steward.judging.report import as_json
from ocsea.steward.proposal import Proposal
from ocsea.steward.submissions.submission import Files


@dataclass(frozen=True)
class Review:
    """A proposal, its findings by severity, and what is kept for people: `report.json`,
    `words.json` and `words.txt`; and the release that its sender's template was made from, where
    what was sent says so."""

    proposal: Proposal
    counts: Mapping[str, int]
    parts: Mapping[str, bytes]
    made_from: str = ""


Reviewer = Callable[[Files, Release], Review]
"""Reads what was sent and compares it with a release; OcseaError where it cannot be read."""


def review(files: Files, release: Release) -> Review:
    """Read, compare, check and put into words: the reviewer of stewards' files."""
    examined = examine(files, release)
    report = examined.report()
    told = words.lines(examined.proposal, release)
    parts = {
        "report.json": _json(as_json(report)),
        "words.json": _json([asdict(line) for line in told]),
        "words.txt": words.text(told).encode(),
    }
    return Review(examined.proposal, report.counts, parts, examined.sent.release or "")


def _json(said: Any) -> bytes:
    return json.dumps(said, ensure_ascii=False, indent=2).encode(errors="backslashreplace")
