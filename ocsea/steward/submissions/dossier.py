"""What is told of a submission to those whom it concerns, as documents for programs."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from ocsea.namespaces import ID
from ocsea.steward.difference.words import Line, read_lines
from ocsea.steward.judging.report import Report, from_json
from ocsea.steward.submissions.intake import rivals
from ocsea.steward.submissions.ledger import Ledger
from ocsea.steward.submissions.rights import check_decide, check_see, check_withdraw
from ocsea.steward.submissions.submission import (
    PUBLISHED,
    RECEIVED,
    Declined,
    Submission,
)
from ocsea.tokens import Token

Document = dict[str, Any]
"""What goes into JSON."""


def summary(submission: Submission) -> Document:
    """A submission in a list."""
    last = submission.steps[-1]
    return {
        "id": submission.id,
        "status": submission.status,
        "by": submission.by,
        "received": submission.received,
        "decided": None if submission.status == RECEIVED else last.at,
        "message": submission.message,
        "states": list(submission.states),
        "records": len(submission.records),
        "counts": {name.lower(): count for name, count in submission.counts.items()},
    }


def whole(ledger: Ledger, submission: Submission, token: Token) -> Document:
    """All that is told of a submission to who has this token, what it would do included.

    `may` is what the token may do with it as it stands. Of one that was `cleared`, no more is known
    than who sent it and what was decided: it neither conforms nor changes anything.
    """
    kept = not submission.cleared
    return {
        **summary(submission),
        "base": submission.base,
        "records": [iri.removeprefix(ID) for iri in sorted(submission.records)],
        "conforms": kept and report(ledger, submission).conforms,
        "files": [
            {"name": f.name, "path": f.stored, "bytes": f.bytes, "sha256": f.sha256}
            for f in submission.files
        ],
        "steps": [asdict(step) for step in submission.steps],
        "changes": changes(lines(ledger, submission) if kept else ()),
        "rivals": [_rival(*rival, token) for rival in _rivals(ledger, submission)],
        "may": may(token, submission),
        **({} if kept else {"cleared": submission.cleared}),
    }


def changes(told: Iterable[Line]) -> list[Document]:
    """Lines of a diff for programs; `text` is what a person reads."""
    return [asdict(line) | {"text": str(line)} for line in told]


def _rivals(ledger: Ledger, submission: Submission) -> list[tuple[Submission, list[str]]]:
    return rivals(ledger, submission) if submission.status == RECEIVED else []


def _rival(other: Submission, records: list[str], token: Token) -> Document:
    """Another that is open and changes some of the same; whose it is, only to who may see that."""
    whose = {"submission": other.id, "by": other.by} if sees(token, other) else {}
    return whose | {"records": [iri.removeprefix(ID) for iri in records]}


def sees(token: Token, submission: Submission) -> bool:
    """Whether a token may see a submission."""
    return _passes(check_see, token, submission)


def may(token: Token, submission: Submission) -> list[str]:
    """Which of `publish`, `reject` and `withdraw` a token may do with a submission as it stands."""
    checks = {"publish": check_decide, "reject": check_decide, "withdraw": check_withdraw}
    meant = {RECEIVED: list(checks), PUBLISHED: ["withdraw"]}.get(submission.status, [])
    return [name for name in meant if _passes(checks[name], token, submission)]


def _passes(
    check: Callable[[Token, Submission], None], token: Token, submission: Submission
) -> bool:
    try:
        check(token, submission)
    except Declined:
        return False
    return True


def report(ledger: Ledger, submission: Submission) -> Report:
    """What was found about it when it was published, or else when it came."""
    return from_json(_part(ledger, submission, "report.json"))


def lines(ledger: Ledger, submission: Submission) -> tuple[Line, ...]:
    """What it changed when it was published, or else would have when it came, in words."""
    return read_lines(_part(ledger, submission, "words.json"))


def patch(ledger: Ledger, submission: Submission) -> bytes:
    """The same as RDF Patch."""
    name = "applied.rdfp" if _stage(submission) == PUBLISHED else "proposal.rdfp"
    return ledger.part(submission, f"{_stage(submission)}/{name}")


def _stage(submission: Submission) -> str:
    was = any(step.status == PUBLISHED for step in submission.steps)
    return PUBLISHED if was else RECEIVED


def _part(ledger: Ledger, submission: Submission, name: str) -> Any:
    path = f"{_stage(submission)}/{name}"
    try:
        return json.loads(ledger.part(submission, path))
    except ValueError:
        raise Declined("damaged", f"Submission {submission.id}: {path} cannot be read.") from None
