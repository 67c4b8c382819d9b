"""What a submission comes to: for each record, what the graph says and what it would say."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pyoxigraph import NamedNode, Quad, Triple

from ocsea.steward.sent import Finding, Place


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
    stand in what was sent. `findings` are those that reading it gave: a cell that is no date, a code
    that is unknown, a row whose release was changed by somebody else meanwhile.
    """

    base: str
    changes: tuple[Change, ...]
    gone: frozenset[Quad]
    come: frozenset[Quad]
    places: Mapping[tuple[NamedNode, str], Place] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
