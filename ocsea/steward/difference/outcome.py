"""What a submission would change: in words, as a patch, and in the answers to questions."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from ocsea.errors import OcseaError
from ocsea.steward.difference import words
from ocsea.steward.difference.competency import Answer, Answers, changed_answers
from ocsea.steward.difference.patch import Patch
from ocsea.steward.examination import Examined
from ocsea.steward.judging import report
from ocsea.steward.judging.report import Report
from ocsea.steward.sent import Finding

KINDS = ("added", "changed", "removed")


@dataclass(frozen=True)
class Outcome:
    """What would change of a release, each side of it worked out when it is asked for.

    `findings` are about rows that change nothing, since they could not be read.
    """

    examined: Examined
    findings: tuple[Finding, ...]

    @property
    def release(self) -> str:
        """The version of the release."""
        return self.examined.release.version

    @cached_property
    def lines(self) -> tuple[words.Line, ...]:
        """The changes in words."""
        return words.lines(self.examined.proposal, self.examined.release)

    @property
    def patch(self) -> Patch:
        """The changes as quads."""
        return Patch(self.examined.proposal.gone, self.examined.proposal.come)

    @cached_property
    def answers(self) -> Answers:
        """The answers that would be others, or why they were not worked out."""
        try:
            return changed_answers(self.examined.proposal, self.examined.release)
        except OcseaError as error:
            return Answers(reason=f"Not worked out: {error}")

    @property
    def counts(self) -> dict[str, int]:
        """How many records would be added, changed and removed."""
        counted = Counter(line.kind for line in self.lines)
        return {kind: counted[kind] for kind in KINDS}


def outcome(examined: Examined) -> Outcome:
    """What a submission would change."""
    return Outcome(examined, examined.proposal.findings)


def as_json(found: Outcome) -> dict[str, Any]:
    """The outcome for programs."""
    return {
        "release": found.release,
        "counts": found.counts,
        "changes": [asdict(line) for line in found.lines],
        "answers": asdict(found.answers),
        "patch": found.patch.write().decode(),
        "findings": report.as_json(Report(found.release, found.findings))["findings"],
    }


def as_text(found: Outcome) -> str:
    """The outcome for people: the changes in words, then the answers that would be others."""
    parts = [words.text(found.lines)]
    if found.answers.reason:
        parts.append(f"\nAnswers to questions\n  {found.answers.reason}\n")
    elif found.answers.changed:
        parts.append("\nAnswers that would change\n")
        parts += [line for answer in found.answers.changed for line in _told(answer)]
    return "".join(parts)


def as_patch(found: Outcome) -> str:
    """The outcome as RDF Patch."""
    return found.patch.write().decode()


def _told(answer: Answer) -> Iterator[str]:
    yield f"  {answer.question}\n"
    for mark, rows in (("-", answer.gone), ("+", answer.come)):
        for row in rows:
            yield f"    {mark} {', '.join(map(answer.called, row))}\n"


def written(document: Any) -> str:
    """A document for programs as JSON."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
