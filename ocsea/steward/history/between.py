"""What two releases differ in: counted, in words and as a patch, each within bounds."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pyoxigraph import NamedNode, Quad, Triple

from ocsea.derived import DERIVED, ONTOLOGY
from ocsea.errors import OcseaError
from ocsea.release import Release
from ocsea.steward.difference import words
from ocsea.steward.difference.patch import Patch
from ocsea.steward.facts import Facts
from ocsea.steward.history.releases import SHOWN, Difference, compare, difference, differing
from ocsea.steward.proposal import Change, Proposal
from ocsea.steward.submissions.dossier import changes

NOT_FACTS = DERIVED | {ONTOLOGY}
"""The graphs that hold nothing a source states: made from the others, or the terms they use."""

MOST_RECORDS = 500
"""How many records are told of in words."""

MOST_QUADS = 200_000
"""How many quads a patch may have; it is whole or there is none."""


class TooMuch(OcseaError):
    """Releases that differ in more than a patch may have."""


@dataclass(frozen=True)
class Between:
    """What the newer of two releases holds otherwise.

    `lines` are the records of sources that differ, in words; `complete` whether these are all.
    """

    old: Release
    new: Release
    differences: tuple[Difference, ...]
    lines: tuple[words.Line, ...]
    complete: bool

    @property
    def counts(self) -> dict[str, int]:
        """How many facts that sources state are gone, and how many have come."""
        stated = [each for each in self.differences if each.graph not in NOT_FACTS]
        return {"gone": sum(d.gone for d in stated), "come": sum(d.come for d in stated)}


def between(old: Release, new: Release, shown: int = SHOWN) -> Between:
    """What the newer of two releases holds otherwise; `shown` quads a graph are looked at."""
    differences = tuple(compare(old, new, shown))
    stated = [each for each in differences if each.graph not in NOT_FACTS]
    records = sorted({record for each in stated for record in _records(each)}, key=str)
    lines = _lines(records[:MOST_RECORDS], old, new)
    is_seen = all(max(each.gone, each.come) <= shown for each in stated)
    return Between(old, new, differences, lines, is_seen and len(records) <= MOST_RECORDS)


def counts(old: Release, new: Release) -> dict[str, int]:
    """The same as `Between.counts`, without anything else being looked at."""
    stated = [iri for iri in differing(old, new) if iri not in NOT_FACTS]
    found = [difference(old, new, iri, shown=0) for iri in stated]
    return {"gone": sum(d.gone for d in found), "come": sum(d.come for d in found)}


def patch(old: Release, new: Release, most: int = MOST_QUADS) -> Patch:
    """All that makes the newer release of the older one, what is derived included.

    Raises TooMuch where it is more than `most` quads.
    """
    found = list(compare(old, new, most))
    number = sum(each.gone + each.come for each in found)
    if number > most:
        raise TooMuch(f"They differ in {number:,} quads; a patch has at most {most:,}.")
    gone, come = (
        [q for each in found for q in (each.quads_gone, each.quads_come)[i]] for i in (0, 1)
    )
    return Patch(frozenset(gone), frozenset(come))


def _records(difference: Difference) -> Iterator[NamedNode]:
    for quad in (*difference.quads_gone, *difference.quads_come):
        if isinstance(quad.subject, NamedNode):
            yield quad.subject


def _lines(records: Iterable[NamedNode], old: Release, new: Release) -> tuple[words.Line, ...]:
    """The records in words; what is gone is called what it was called before."""
    before, after = Facts.of(old), Facts.of(new)
    changes = [
        Change(record, _triples(before.stated(record)), _triples(after.stated(record)))
        for record in records
    ]
    return words.lines(Proposal(new.version, tuple(changes), frozenset(), frozenset()), new, old)


def _triples(quads: Iterable[Quad]) -> frozenset[Triple]:
    return frozenset(quad.triple for quad in quads)


def as_json(found: Between) -> dict[str, Any]:
    """The difference for programs; where it is not `complete`, there are more `changes`."""
    return {
        "from": found.old.version,
        "to": found.new.version,
        "counts": found.counts,
        "graphs": [_graph(each) for each in found.differences],
        "complete": found.complete,
        "changes": changes(found.lines),
    }


def _graph(each: Difference) -> Mapping[str, Any]:
    derived = each.graph in DERIVED
    return {"graph": each.graph, "derived": derived, "gone": each.gone, "come": each.come}


def as_text(found: Between) -> str:
    """The difference for people."""
    told = words.text(found.lines) if found.lines else "No record of a source has changed.\n"
    number = "1 record is" if len(found.lines) == 1 else f"{len(found.lines)} records are"
    more = "" if found.complete else f"There is more: only {number} told of here.\n"
    return f"{summary(found.counts)}, {found.old.version} → {found.new.version}\n\n{told}{more}"


def summary(counts: Mapping[str, int]) -> str:
    """Counts in words: `+3 −1 facts`."""
    gone, come = counts["gone"], counts["come"]
    if not gone and not come:
        return "no facts"
    parts = [f"+{come:,}" if come else "", f"−{gone:,}" if gone else ""]
    return f"{' '.join(filter(None, parts))} {'fact' if gone + come == 1 else 'facts'}"
