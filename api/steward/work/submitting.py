"""Submissions: kept, shown to those whom they concern, and decided on."""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from api.bearers import bearer_of
from api.pages import render
from api.steward.topics import by_topic
from api.steward.work import Files, Refused, Reply, Task
from api.steward.work.checking import bounded
from api.steward.work.pages import MOST, by_sheet
from api.steward.work.parts import form_in
from ocsea.changes import Written
from ocsea.steward.difference import words
from ocsea.steward.submissions import dossier
from ocsea.steward.submissions.intake import receive, sent_before
from ocsea.steward.submissions.ledger import Ledger, Limits
from ocsea.steward.submissions.publication import deciding, publish, reject, withdraw
from ocsea.steward.submissions.rights import check_decide, check_see, check_withdraw
from ocsea.steward.submissions.submission import PUBLISHED, STATUSES, Submission
from ocsea.steward.writers import REPORTS
from ocsea.tokens import Token

Arguments = Mapping[str, str]
PAGE = 50
"""How many submissions are told of at a time."""

LONGEST = 2000
"""Characters of a message or a reason."""


def _receive(var: Path, arguments: Arguments, files: Files) -> Reply:
    """Keep what was sent. The same, sent again before it is decided on, is kept once."""
    token = bearer_of(arguments["bearer"])
    ledger = Ledger(var, Limits(**json.loads(arguments["limits"])))
    sent, fields = form_in(files[0][1], arguments["type"], arguments["name"])
    message = _short(fields.get("message", arguments["message"]), "message")
    known = sent_before(ledger, token.name, sent, message)
    kept = known or receive(var, ledger, token, sent, message)
    return _whole(ledger, kept, token, new=known is None)


def _short(text: str, what: str) -> str:
    if len(text) > LONGEST:
        raise Refused("request-malformed", f"The {what} has more than {LONGEST:,} characters.")
    return text.strip()


def _whole(ledger: Ledger, submission: Submission, token: Token, **about: Any) -> Reply:
    told = dossier.whole(ledger, submission, token)
    return Reply(orjson.dumps(told), {"id": submission.id, **about})


def _list(var: Path, arguments: Arguments, files: Files) -> Reply:
    """A page of those that the token may see, those that came last first."""
    token = bearer_of(arguments["bearer"])
    status, page = arguments["status"], int(arguments["page"])
    listed = Ledger(var).all()
    found = [s for s in listed.submissions if dossier.sees(token, s)]
    counts = {name: sum(s.status == name for s in found) for name in STATUSES}
    shown = [s for s in found if status in ("", s.status)]
    document = {
        "submissions": [dossier.summary(s) for s in shown[(page - 1) * PAGE : page * PAGE]],
        "total": len(shown),
        "page": page,
        "last": max(1, -(-len(shown) // PAGE)),
        "counts": counts,
        "troubles": list(listed.troubles) if token.may_write else [],
    }
    return Reply(orjson.dumps(document))


def _found(var: Path, arguments: Arguments) -> tuple[Ledger, Submission, Token]:
    """The submission that is asked for, if the token may see it."""
    ledger, token = Ledger(var), bearer_of(arguments["bearer"])
    submission = ledger.get(arguments["id"])
    check_see(token, submission)
    return ledger, submission, token


def _one(var: Path, arguments: Arguments, files: Files) -> Reply:
    ledger, submission, token = _found(var, arguments)
    if arguments["format"] == "json":
        return _whole(ledger, submission, token)
    return Reply(_page(ledger, submission, token).encode(errors="backslashreplace"))


def _page(ledger: Ledger, submission: Submission, token: Token) -> str:
    kept = not submission.cleared
    lines = dossier.lines(ledger, submission) if kept else ()
    findings = dossier.report(ledger, submission).findings if kept else ()
    return render(
        "submission.html",
        token=token,
        told=dossier.whole(ledger, submission, token),
        about=list(dict.fromkeys(line.state for line in lines if line.state)) or submission.states,
        groups=by_sheet(findings[:MOST]),
        more=max(len(findings) - MOST, 0),
        changes_by=by_topic(lines[:MOST]),
        unshown=max(len(lines) - MOST, 0),
    )


def _report(var: Path, arguments: Arguments, files: Files) -> Reply:
    ledger, submission, _ = _found(var, arguments)
    text = REPORTS[arguments["format"]](dossier.report(ledger, submission))
    return Reply(text.encode(errors="backslashreplace"))


def _diff(var: Path, arguments: Arguments, files: Files) -> Reply:
    ledger, submission, _ = _found(var, arguments)
    if arguments["format"] == "patch":
        return Reply(dossier.patch(ledger, submission))
    lines = dossier.lines(ledger, submission)
    if arguments["format"] == "json":
        return Reply(orjson.dumps({"changes": dossier.changes(lines)}))
    return Reply(words.text(lines).encode(errors="backslashreplace"))


def _file(var: Path, arguments: Arguments, files: Files) -> Reply:
    """A file as it was sent, by the name that it is kept under."""
    ledger, submission, _ = _found(var, arguments)
    kept = zip(submission.files, ledger.files(submission), strict=True)
    for file, (name, content) in kept:
        if file.stored == arguments["name"]:
            return Reply(content, {"name": name})
    raise Refused("not-found", f"There is no file {arguments['name']!r} in this submission.")


def _decide(var: Path, arguments: Arguments, files: Files) -> Reply:
    """Publish, reject or withdraw; the reply says which release came of it, if one did."""
    ledger, submission, token = _found(var, arguments)
    name, what = submission.id, arguments["what"]
    reason = _short(arguments["reason"], "reason")
    written: Written | None = None
    if what == "withdraw":
        written = withdraw(var, name, token.name, reason, partial(_may_withdraw, token, reason))
    elif what == "reject":
        check_decide(token, submission)
        _need(reason)
        reject(var, name, token.name, reason)
    else:
        check_decide(token, submission)
        written = publish(var, name, token.name)
    release = written.version if written else ""
    return _whole(ledger, ledger.get(name), token, release=release)


def _may_withdraw(token: Token, reason: str, submission: Submission) -> None:
    """For `withdraw`, which asks as the submission stands when its turn has come."""
    check_withdraw(token, submission)
    if submission.status == PUBLISHED:
        _need(reason)


def _need(reason: str) -> None:
    if not reason:
        raise Refused("request-malformed", "Say why, as `reason`: its sender is told.")


def _settle(var: Path, arguments: Arguments, files: Files) -> Reply:
    """Have the ledger say what the release says, whatever ended in between."""
    with deciding(var):
        return Reply()


TASKS: dict[str, Task] = {
    "receive": bounded(_receive),
    "submissions": _list,
    "submission": _one,
    "submission-report": _report,
    "submission-diff": _diff,
    "submission-file": _file,
    "decide": _decide,
    "settle": _settle,
}
