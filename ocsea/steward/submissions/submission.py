"""A submission: what a steward sent, and all that was decided about it."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from pyoxigraph import Triple

from ocsea.errors import OcseaError
from ocsea.rdf import ntriples
from ocsea.release import Release

RECEIVED, PUBLISHED, REJECTED, WITHDRAWN = "received", "published", "rejected", "withdrawn"
STATUSES = (RECEIVED, PUBLISHED, REJECTED, WITHDRAWN)
"""Where a submission can stand: it is open while it is received."""

Files = list[tuple[str, bytes]]
"""What was sent: the name of each file as its sender gave it, and its bytes."""


class Declined(OcseaError):
    """Something about a submission that is not done, with nothing changed.

    `kind` is `unknown` (no such submission), `forbidden`, `full` (too many are open, or too much is
    kept), `nothing` (it would change nothing), `decided` (it is not open any more), `conflict`
    (others changed the same), `not-conforming`, `removed` (its files were, to make room), or
    `damaged` (they are not as they were received). `more` is what else there is to tell.
    """

    def __init__(self, kind: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.more = kind, detail, more


@dataclass(frozen=True)
class Step:
    """One thing that happened to a submission: how it stands since, by whom and when (UTC).

    `release` is the version that came of it, if one did, and is known.
    """

    status: str
    by: str
    at: str
    reason: str = ""
    release: str = ""


@dataclass(frozen=True)
class SentFile:
    """A file as it was sent; `stored` is its name in the folder of the submission."""

    name: str
    stored: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Submission:
    """What is known of a submission.

    `states` are the ISO 3166 alpha-3 codes of those whose records it changes. `base` is the release
    it was compared with when it came, `in_force` the submissions that were published then.
    `records` has for each record that it changes a hash of what the graph said of it (`state_of`),
    and `counts` the findings by severity. `bytes` is what it takes on disk. `made_from` is the
    release of the template that it was made from, where it says so, and `cleared` the day when its
    files and parts were removed, to make room.
    """

    id: str
    by: str
    message: str
    states: tuple[str, ...]
    base: str
    in_force: tuple[str, ...]
    records: Mapping[str, str]
    counts: Mapping[str, int]
    files: tuple[SentFile, ...]
    bytes: int
    steps: tuple[Step, ...] = field(default=())
    made_from: str = ""
    cleared: str = ""

    @property
    def status(self) -> str:
        """How it stands: `received`, `published`, `rejected` or `withdrawn`."""
        return self.steps[-1].status

    @property
    def received(self) -> str:
        """When it came."""
        return self.steps[0].at

    def as_json(self) -> dict[str, Any]:
        """As `submission.json` has it; `status` is there for who reads the file."""
        return {"status": self.status} | asdict(self)


def from_json(said: Mapping[str, Any]) -> Submission:
    """The submission that `as_json` told of. Raises KeyError, TypeError or IndexError."""
    about = {key: value for key, value in said.items() if key != "status"}
    about["files"] = tuple(SentFile(**file) for file in said["files"])
    about["steps"] = tuple(Step(**step) for step in said["steps"])
    about |= {key: tuple(said[key]) for key in ("states", "in_force")}
    submission = Submission(**about)
    if submission.status != said["status"]:
        raise KeyError("status")
    return submission


def in_force(release: Release) -> list[dict[str, Any]]:
    """What a release's manifest says of the submissions in force, those published first first."""
    said: list[dict[str, Any]] = release.manifest.get("submissions", [])
    return said


def state_of(facts: Iterable[Triple]) -> str:
    """A hash of what is said of a record: two that differ tell that it was changed in between."""
    return hashlib.sha256(ntriples(facts)).hexdigest()[:32]
