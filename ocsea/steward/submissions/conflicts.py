"""What stands in the way of a decision: what others changed since, and what stands on it."""

from collections.abc import Iterable, Mapping

from pyoxigraph import NamedNode, Store

from ocsea.errors import OcseaError
from ocsea.namespaces import ID, RDF_TYPE
from ocsea.release import Release
from ocsea.steward.difference import patch as patches
from ocsea.steward.difference.patch import Patch
from ocsea.steward.facts import Facts
from ocsea.steward.proposal import Proposal
from ocsea.steward.submissions.ledger import Ledger
from ocsea.steward.submissions.submission import Declined, Submission, in_force, state_of

APPLIED = "published/applied.rdfp"
"""The part of a submission that holds what its publication did to the graph."""


def refuse_changed_since(
    ledger: Ledger, submission: Submission, proposal: Proposal, release: Release
) -> None:
    """Declined where a record is another than its sender saw; says which, and who changed it."""
    now = {change.record.value: state_of(change.before) for change in proposal.changes}
    _refuse_other_states(ledger, submission, now, release)


def refuse_changed_at_all(ledger: Ledger, submission: Submission, release: Release) -> None:
    """The same, for one of which not all can be compared any more."""
    facts = Facts.of(release)
    now = {
        iri: state_of({quad.triple for quad in facts.stated(NamedNode(iri))})
        for iri in submission.records
    }
    _refuse_other_states(ledger, submission, now, release)


def _refuse_other_states(
    ledger: Ledger, submission: Submission, now: Mapping[str, str], release: Release
) -> None:
    changed = sorted(iri for iri, state in now.items() if submission.records.get(iri) != state)
    if changed:
        others = _since(ledger, submission, release)
        told = [{"record": iri, **_by_whom(iri, others)} for iri in changed]
        raise Declined("conflict", _sentence(told, "has changed since this was sent"), records=told)


def _since(ledger: Ledger, submission: Submission, release: Release) -> list[Submission]:
    """The submissions that were published or withdrawn since this one came."""
    now = {each["id"] for each in in_force(release)}
    return [o for o in ledger.all().submissions if o.id in now ^ set(submission.in_force)]


def _by_whom(iri: str, others: Iterable[Submission]) -> dict[str, str]:
    for other in others:
        if iri in other.records:
            return {"submission": other.id, "by": other.by}
    return {}  # a build, or who writes to the graph directly


def _sentence(told: list[dict[str, str]], what: str) -> str:
    first = told[0]
    whose = f" (submission {first['submission']} of {first['by']})" if "by" in first else ""
    more = f", and {len(told) - 1} more records" if len(told) > 1 else ""
    return f"{first['record'].removeprefix(ID)} {what}{whose}{more}. Nothing was changed."


def refuse_standing_on(
    ledger: Ledger, submission: Submission, applied: Patch, release: Release
) -> None:
    """Declined where a later submission changed the same things, or points to what came with this
    one and would go with it."""
    listed = [each["id"] for each in in_force(release)]
    touched = {quad.subject for quad in (*applied.gone, *applied.come)}
    made = {quad.subject for quad in applied.come if quad.predicate == RDF_TYPE}
    for name in listed[listed.index(submission.id) + 1 :]:
        later = ledger.get(name)
        patch = applied_of(ledger, later)
        same = touched & {quad.subject for quad in (*patch.gone, *patch.come)}
        found = same | (made & {quad.object for quad in patch.come})
        iris = sorted(thing.value for thing in found if isinstance(thing, NamedNode))
        if iris:
            told = [{"record": iri, "submission": name, "by": later.by} for iri in iris]
            raise Declined(
                "conflict", _sentence(told, "is what a later submission stands on"), records=told
            )


def refuse_altered(undo: Patch, store: Store) -> None:
    """Declined where what a publication did is not as it left it: somebody wrote to the same."""
    lacking = {quad.subject for quad in undo.gone if quad not in store}
    standing = {quad.subject for quad in undo.come if quad in store}
    iris = sorted(thing.value for thing in lacking | standing if isinstance(thing, NamedNode))
    if iris:
        told = [{"record": iri} for iri in iris]
        raise Declined("conflict", _sentence(told, "was written to since"), records=told)


def applied_of(ledger: Ledger, submission: Submission) -> Patch:
    """What its publication did. Raises Declined where that is not kept any more."""
    try:
        return patches.read(ledger.part(submission, APPLIED))
    except Declined:
        raise
    except OcseaError as error:
        raise Declined("damaged", f"Submission {submission.id}: {error}") from None
