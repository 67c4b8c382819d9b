"""Decisions on submissions: publishing, rejecting, withdrawing.

Which submissions are in force is said by the release that is served, in `submissions` of its
manifest; the ledger says what happened to each. Where a crash came between the two, or an operator
went back to an earlier release, the ledger follows the release.
"""

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, Quad, Store

from ocsea.changes import Written
from ocsea.namespaces import GRAPH
from ocsea.publishing import clean, lock
from ocsea.release import MANIFEST, Release, current
from ocsea.steward.difference.patch import Patch
from ocsea.steward.history.releases import history
from ocsea.steward.submissions.conflicts import (
    applied_of,
    refuse_altered,
    refuse_changed_at_all,
    refuse_changed_since,
    refuse_standing_on,
)
from ocsea.steward.submissions.declared import sources_after
from ocsea.steward.submissions.ledger import Ledger
from ocsea.steward.submissions.review import Review, Reviewer, review
from ocsea.steward.submissions.submission import (
    PUBLISHED,
    RECEIVED,
    REJECTED,
    WITHDRAWN,
    Declined,
    Step,
    Submission,
    in_force,
)
from ocsea.writing import Edit, apply

Check = Callable[[Submission], None]
"""Raises Declined for a submission that is not to be decided on so."""


@contextmanager
def deciding(var: Path) -> Iterator[Release]:
    """While in here nobody else decides or writes; the ledger agrees with the release given."""
    with lock(var):
        clean(var)
        release = current(var)
        settle(Ledger(var), release)
        yield release


def publish(var: Path, name: str, by: str, reviewer: Reviewer = review) -> Written:
    """Make the release that holds what a submission says, and switch to it.

    What was sent is compared anew with what the graph says now. Raises Declined where others have
    changed the same records, where it violates a shape or a rule, and where it is not open any
    more; NotWritten where the graph as a whole would not conform.
    """
    ledger = Ledger(var)
    with deciding(var) as release:
        submission = _open(ledger, name)
        reviewed = reviewer(ledger.files(submission), release)
        refuse_changed_since(ledger, submission, reviewed.proposal, release)
        if reviewed.counts.get("Violation"):
            refuse_changed_at_all(ledger, submission, release)
            raise _not_conforming(reviewed)
        store = Store.read_only(str(release.store))
        patch = _effective(reviewed, store)
        ledger.put(submission, PUBLISHED, {**reviewed.parts, "applied.rdfp": patch.write()})
        entry = _entry(submission, by, reviewed, patch, release)
        about = {
            "submissions": [*in_force(release), entry],
            "sources": sources_after(release, store, patch),
            "written": {"submission": name},
        }
        written = apply(var, release, Edit(by, "publish", patch.gone, patch.come, about))
        ledger.step(submission, Step(PUBLISHED, by, entry["published"], release=written.version))
        return written


def reject(var: Path, name: str, by: str, reason: str) -> Submission:
    """Close an open submission without publishing it, for a reason that its sender is told."""
    ledger = Ledger(var)
    with deciding(var):
        return ledger.step(_open(ledger, name), Step(REJECTED, by, _now(), reason))


def withdraw(
    var: Path, name: str, by: str, reason: str, check: Check = lambda _: None
) -> Written | None:
    """Take a submission back: an open one is closed; for one that is published a release is made in
    which the graph is what it was without it.

    Returns None where no release had to be made. Raises what `check` does of the submission as it
    stands then; Declined where later submissions stand on it, or what it brought was written to
    since; NotWritten where the graph would not conform.
    """
    ledger = Ledger(var)
    with deciding(var) as release:
        submission = ledger.get(name)
        check(submission)
        if submission.status != PUBLISHED:
            ledger.step(_open(ledger, name), Step(WITHDRAWN, by, _now(), reason))
            return None
        applied = applied_of(ledger, submission)
        refuse_standing_on(ledger, submission, applied, release)
        store = Store.read_only(str(release.store))
        undo = _undone(submission, applied, release)
        refuse_altered(undo, store)
        about = {
            "submissions": [each for each in in_force(release) if each["id"] != name],
            "sources": sources_after(release, store, undo),
            "written": {"submission": name, "reason": reason},
        }
        written = apply(var, release, Edit(by, "withdraw", undo.gone, undo.come, about))
        ledger.step(submission, Step(WITHDRAWN, by, _now(), reason, written.version))
        return written


def _open(ledger: Ledger, name: str) -> Submission:
    submission = ledger.get(name)
    if submission.status != RECEIVED:
        raise Declined("decided", f"Submission {name} is {submission.status} already.")
    return submission


def _not_conforming(reviewed: Review) -> Declined:
    number = reviewed.counts["Violation"]
    many = "1 violation" if number == 1 else f"{number} violations"
    detail = f"{many} against the graph as it is now; nothing was changed."
    return Declined("not-conforming", detail, report=json.loads(reviewed.parts["report.json"]))


def _effective(reviewed: Review, store: Store) -> Patch:
    """What really changes: a fact that is there already does not come, and later stays."""
    gone, come = _spelled(reviewed.proposal.gone), _spelled(reviewed.proposal.come)
    patch = Patch(
        frozenset(quad for quad in gone - come if quad in store),
        frozenset(quad for quad in come if quad not in store),
    )
    if not patch.gone and not patch.come:
        raise Declined("nothing", "The graph says all of this already; reject or withdraw it.")
    return patch


def _spelled(quads: Collection[Quad]) -> frozenset[Quad]:
    """The quads with numbers and dates spelled as the store spells them, and so all files."""
    store = Store()
    store.extend(quads)
    return frozenset(store)


def _entry(
    submission: Submission, by: str, reviewed: Review, patch: Patch, release: Release
) -> dict[str, Any]:
    """What the manifest says of a submission in force; see `activities.InForce`."""
    graphs = sorted({_graph(quad) for quad in (*patch.gone, *patch.come)})
    return {
        "id": submission.id,
        "by": submission.by,
        "curator": by,
        "received": submission.received,
        "published": _now(),
        "files": [{"name": file.name, "sha256": file.sha256} for file in submission.files],
        "sources": [iri.removeprefix(GRAPH) for iri in graphs if iri.startswith(GRAPH)],
        "graphs": graphs,
        "warnings": reviewed.counts.get("Warning", 0),
        "built": release.manifest.get("base", release.version),
    }


def _graph(quad: Quad) -> str:
    if not isinstance(quad.graph_name, NamedNode):
        raise Declined("not-conforming", f"Nobody is named as the source of {quad.subject}.")
    return quad.graph_name.value


def _undone(submission: Submission, applied: Patch, release: Release) -> Patch:
    """The patch that makes the graph what it would be without the submission.

    Where the reviewed facts were built anew since, they have the last word: what they say now
    stays, and what they do not say any more does not come back.
    """
    undo = applied.inverse
    entry = next(each for each in in_force(release) if each["id"] == submission.id)
    built = release.manifest.get("base", release.version)
    if built == entry["built"]:
        return undo
    now, then = _built(release, built), _built(release, entry["built"])
    dropped = {quad for quad in undo.come if quad in then and quad not in now}
    return Patch(frozenset(quad for quad in undo.gone if quad not in now), undo.come - dropped)


def _built(release: Release, version: str) -> Store:
    """The store of a release that was built; an empty one where it is there no more."""
    built = Release(release.path.parent / version)
    return Store.read_only(str(built.store)) if (built.path / MANIFEST).is_file() else Store()


def settle(ledger: Ledger, release: Release) -> None:
    """Have the ledger say of each submission what the release says; call it holding the lock."""
    said = {each["id"]: each for each in in_force(release)}
    for submission in ledger.all().submissions:
        entry = said.get(submission.id)
        if entry and submission.status != PUBLISHED:
            step = Step(PUBLISHED, entry["curator"], entry["published"], "as the release says")
            ledger.step(submission, step)
        elif not entry and submission.status == PUBLISHED:
            ledger.step(submission, _left(submission, release))


def _left(submission: Submission, release: Release) -> Step:
    """How a submission came to be in force no more: withdrawn, or not in the release put back."""
    for made in history(release):
        if (made.submission, made.kind) == (submission.id, "withdraw"):
            return Step(WITHDRAWN, made.by, made.at, made.reason, made.release.version)
    return Step(RECEIVED, "operator", _now(), "the release that is served is one without it")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
