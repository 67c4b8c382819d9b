"""What a token may do with a submission, by its role and by the states it is for."""

from ocsea.steward.submissions.submission import PUBLISHED, RECEIVED, Declined, Submission
from ocsea.tokens import Token


def check_see(token: Token, submission: Submission) -> None:
    """Declined unless the token is the sender's, or may decide on this submission."""
    if token.name != submission.by and not _may_decide(token, submission):
        # Not `forbidden`: whether others sent anything is nobody else's business.
        raise Declined("unknown", f"There is no submission {submission.id!r}.")


def check_decide(token: Token, submission: Submission) -> None:
    """Declined unless the token may publish or reject this submission."""
    if not token.may_decide:
        raise Declined("forbidden", f"A {token.role} may not decide on submissions.")
    if not token.covers(submission.states):
        others = ", ".join(sorted(set(submission.states) - (token.states or set())))
        raise Declined("forbidden", f"The submission concerns {others} too; your token does not.")


def check_withdraw(token: Token, submission: Submission) -> None:
    """Declined unless it is the sender's own and open, or the token may decide on it."""
    if token.name == submission.by and submission.status == RECEIVED:
        return
    if submission.status == PUBLISHED and not token.may_decide:
        raise Declined("forbidden", "It is published: ask a curator to withdraw it.")
    check_decide(token, submission)


def _may_decide(token: Token, submission: Submission) -> bool:
    return token.may_decide and token.covers(submission.states)
