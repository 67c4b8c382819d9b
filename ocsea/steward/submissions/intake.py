"""Taking a submission in: what it comes to, whether it may, and then it is kept."""

from pathlib import Path

from ocsea.release import current, sha256
from ocsea.steward.difference.patch import Patch
from ocsea.steward.submissions.ledger import Ledger
from ocsea.steward.submissions.review import Reviewer, review
from ocsea.steward.submissions.scope import check_scope, states_of
from ocsea.steward.submissions.submission import (
    RECEIVED,
    Declined,
    Files,
    Submission,
    in_force,
    state_of,
)
from ocsea.tokens import Token

PROPOSED = "proposal.rdfp"
"""The part of a submission that holds its proposal as it was when it came."""


def receive(
    var: Path,
    ledger: Ledger,
    token: Token,
    files: Files,
    message: str,
    reviewer: Reviewer = review,
) -> Submission:
    """Keep what a steward sent, once it is known what it comes to.

    One with violations is kept as well, though as it is it will not be published. Raises Declined,
    and OcseaError where the files cannot be read.
    """
    release = current(var)
    reviewed = reviewer(files, release)
    proposal = reviewed.proposal
    if not proposal.changes and not reviewed.counts.get("Violation"):
        raise Declined("nothing", "The graph says all of this already; nothing would change.")
    check_scope(token, proposal, release)
    about = Submission(
        id="",
        by=token.name,
        message=message,
        states=tuple(states_of(proposal, release)),
        base=release.version,
        in_force=tuple(each["id"] for each in in_force(release)),
        records={change.record.value: state_of(change.before) for change in proposal.changes},
        counts=dict(reviewed.counts),
        files=(),
        bytes=0,
        made_from=reviewed.made_from[:64],
    )
    proposed = Patch(proposal.gone, proposal.come).write()
    return ledger.receive(about, files, {**reviewed.parts, PROPOSED: proposed})


def sent_before(ledger: Ledger, by: str, files: Files, message: str) -> Submission | None:
    """The same files with the same words from the same sender, where they wait for a decision."""
    same = [(name[:255], sha256(content)) for name, content in files], message, by
    for each in ledger.all().submissions:
        sent = [(file.name, file.sha256) for file in each.files], each.message, each.by
        if sent == same and each.status == RECEIVED:
            return each
    return None


def rivals(ledger: Ledger, submission: Submission) -> list[tuple[Submission, list[str]]]:
    """The other submissions that are open and change some of the same records, and which."""
    return [
        (other, sorted(submission.records.keys() & other.records.keys()))
        for other in ledger.all().submissions
        if other.status == RECEIVED
        and other.id != submission.id
        and submission.records.keys() & other.records.keys()
    ]
