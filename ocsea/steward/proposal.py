"""What a submission comes to: for each record, what the graph says and what it would say."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pyoxigraph import NamedNode, Quad, Triple

from ocsea.release import Release
from ocsea.steward.facts import Facts
from ocsea.steward.sent import Finding, Place, Sent
from ocsea.steward.sheets import statements
from ocsea.steward.sheets.draft import Draft
from ocsea.steward.sheets.edits import Edits
from ocsea.steward.sheets.rows import Rows
from ocsea.steward.sheets.spelling import nearest
from ocsea.steward.sheets.topics import (
    ACTIONS,
    BY_NAME,
    INDICATORS,
    INSTRUMENTS,
    INVOLVEMENTS,
    MEMBERSHIPS,
    PRACTICES,
    RELATIONS,
    SERVICES,
    SOURCES,
    STATUSES,
)

# What others speak of comes first, so that a row may name what the same submission brings.
_ORDER = (
    *(SOURCES, INSTRUMENTS, SERVICES, PRACTICES),
    *(ACTIONS, STATUSES, INDICATORS, MEMBERSHIPS, INVOLVEMENTS, RELATIONS),
)


@dataclass(frozen=True)
class Change:
    """What happens to one record: the facts stated of it before and after, over all sources."""

    record: NamedNode
    before: frozenset[Triple]
    after: frozenset[Triple]

    @property
    def kind(self) -> str:
        """`added`, `changed` or `removed`."""
        if not self.before:
            return "added"
        return "changed" if self.after else "removed"


@dataclass(frozen=True)
class Proposal:
    """The changes that a submission asks for, against a release; unchanged records are left out.

    `gone` and `come` are the same as quads: what leaves which source's graph, and what comes to
    which. `places` says where record and property (prefixed name; "" for the record as a whole)
    stand in what was sent. `findings` are those that reading it gave: a cell that is no date, a
    code that is unknown, a row whose release was changed by somebody else meanwhile.
    """

    base: str
    changes: tuple[Change, ...]
    gone: frozenset[Quad]
    come: frozenset[Quad]
    places: Mapping[tuple[NamedNode, str], Place] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def propose(sent: Sent, release: Release, base: Release | None = None) -> Proposal:
    """What a submission asks for, against the current release.

    `base` is the release that its template was made from, where that is still there: what was
    changed since then by somebody else, and is changed here too, is a conflict. A row with a
    mistake changes nothing; the findings, with those of reading, say what and where.
    """
    now = Rows.of(Facts.of(release))
    was = now if base is None or base.version == release.version else Rows.of(Facts.of(base))
    draft = Draft(now.facts, findings=list(sent.findings))
    _tell_lost_base(draft, sent, release, base)
    edits = Edits(now, was, draft)
    for sheet in _ORDER:
        for table in sent.tables:
            if table.sheet == sheet.name:
                edits.take(sheet, table)
    _tell_strange_sheets(draft, sent)
    statements.take(draft, was.facts, sent.triples, sent.lines)
    return _proposal(release.version, draft)


def _proposal(version: str, draft: Draft) -> Proposal:
    quads = draft.quads()
    before = {quad for old, _ in quads.values() for quad in old}
    after = {quad for _, new in quads.values() for quad in new}
    changes = [
        Change(record, frozenset(q.triple for q in old), frozenset(q.triple for q in new))
        for record, (old, new) in sorted(quads.items(), key=lambda item: item[0].value)
    ]
    findings = tuple(dict.fromkeys(draft.findings))
    gone, come = frozenset(before - after), frozenset(after - before)
    return Proposal(version, tuple(changes), gone, come, draft.places, findings)


def _tell_lost_base(draft: Draft, sent: Sent, release: Release, base: Release | None) -> None:
    if base is None and sent.release not in (None, release.version):
        place = Place(sent.tables[0].file) if sent.tables else Place("")
        draft.tell(
            place,
            sent.release or "",
            "The release that your template shows is no longer kept, so what others have changed "
            "since then looks like your change.",
            "Look at each change; or fetch the template anew, and write your changes into it.",
            "release-lost",
            severity="Warning",
        )


def _tell_strange_sheets(draft: Draft, sent: Sent) -> None:
    for table in sent.tables:
        if table.sheet not in BY_NAME and table.lines:
            draft.tell(
                Place(table.file, table.sheet),
                table.sheet,
                f"There is no sheet ‘{table.sheet}’.",
                nearest(table.sheet, [(name, "") for name in BY_NAME]),
                "sheet-unknown",
            )
