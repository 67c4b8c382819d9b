"""How much of what is expected to be known of each state is known, from which source, and when.

A state is expected to have what the shapes ask for (see `expectations`), and one thing more: where
a source says that it is a party to a treaty, the act by which it became one. Any source may say
what is expected: of several records the newest that says something counts.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store

from ocsea import ids
from ocsea.namespaces import RDF_TYPE, term
from ocsea.release import Release
from ocsea.steward.difference.known import Cited, Known
from ocsea.steward.overview.expectations import Expectation, act_behind, expected
from ocsea.steward.overview.standing import ACTIONS, STATUSES, Key, Said, standing

PRESENT, MISSING, ABSENT, NOT_APPLICABLE = "present", "missing", "absent", "not applicable"
OUTCOMES = {
    PRESENT: "a source says it",
    MISSING: "there is a record, but its source leaves it blank or does not list the state",
    ABSENT: "there is no record",
    NOT_APPLICABLE: "no source says that the state is a party, so that no act is looked for",
}
"""What may become of an expectation, and what that means."""
FORMULA = "score = present ÷ (expected − not applicable)"
_ADVICE = {
    ABSENT: "Add a row to the sheet {}.",
    MISSING: "Its source says nothing: add a row with what another source says to the sheet {}.",
}


@dataclass(frozen=True)
class Cell:
    """What became of one expectation of one state, and by which record, if there is one."""

    expectation: Expectation
    outcome: str
    value: str = ""
    date: str = ""
    record: str = ""
    sources: tuple[Cited, ...] = ()


@dataclass(frozen=True)
class Completeness:
    """What is known of one state: a cell for each thing expected of it, by topic."""

    state: str
    iso3: str
    name: str
    cells: tuple[Cell, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many expectations came to each outcome."""
        counted = Counter(cell.outcome for cell in self.cells)
        return {outcome: counted[outcome] for outcome in OUTCOMES}

    @property
    def score(self) -> float:
        """By `FORMULA`, from 0 to 1; 1 where all that is expected does not apply."""
        counts = self.counts
        asked = len(self.cells) - counts[NOT_APPLICABLE]
        return counts[PRESENT] / asked if asked else 1.0


@dataclass(frozen=True)
class Step:
    """Something that a steward could fill in, of how many other states it is known, and how."""

    cell: Cell
    elsewhere: int
    advice: str


@dataclass(frozen=True)
class Matrix:
    """The states of which something is expected, by name, against all that is expected of any."""

    release: str
    expectations: tuple[Expectation, ...]
    rows: tuple[Completeness, ...]

    def of(self, iso3: str) -> Completeness | None:
        """The row of a state, None where nothing is expected of it."""
        return next((row for row in self.rows if row.iso3 == iso3), None)

    def steps(self, iso3: str) -> tuple[Step, ...]:
        """What could be filled in for a state: first what has no record at all, then what is
        blank; and of each first what is known of most other states."""
        row = self.of(iso3)
        lacking = [cell for cell in row.cells if cell.outcome in _ADVICE] if row else []
        present = self.present()
        steps = [
            Step(cell, present[cell.expectation], _ADVICE[cell.outcome].format(topic))
            for cell in lacking
            for topic in [cell.expectation.topic]
        ]
        return tuple(sorted(steps, key=_urgency))

    def present(self) -> Counter[Expectation]:
        """Of how many states each thing is known."""
        cells = (cell for row in self.rows for cell in row.cells)
        return Counter(cell.expectation for cell in cells if cell.outcome == PRESENT)


def _urgency(step: Step) -> tuple[bool, int, Expectation]:
    return step.cell.outcome != ABSENT, -step.elsewhere, step.cell.expectation


def completeness(release: Release) -> Matrix:
    """What a release knows of the states of which the shapes expect something."""
    return matrix(Store.read_only(str(release.store)), release.version)


def matrix(store: Store, version: str) -> Matrix:
    """The same of a store whose default graph is the merge, as that of release `version`."""
    known = Known(store)
    wanted = _wanted(store, known)
    everything = tuple(sorted({asked for each in wanted.values() for asked in each}))
    about = defaultdict[str, set[str]](set)
    for asked in everything:
        about[asked.topic].add(asked.about)
    said = standing(store, [state.value for state in wanted], about)
    rows = [_row(state, asked, said, known) for state, asked in wanted.items()]
    return Matrix(version, everything, tuple(sorted(rows, key=lambda row: row.name)))


def _wanted(store: Store, known: Known) -> dict[NamedNode, set[Expectation]]:
    """What is expected of each state."""
    wanted = defaultdict[NamedNode, set[Expectation]](set)
    for group in expected():
        acts = [
            act_behind(status, known.name(NamedNode(status.about)))
            for status in group.expectations
            if status.topic == STATUSES and _is_treaty(status.about, store)
        ]
        for member in group.members(store):
            wanted[member] |= {*group.expectations, *acts}
    return wanted


def _is_treaty(iri: str, store: Store) -> bool:
    return Quad(NamedNode(iri), RDF_TYPE, term("ocsea:Treaty"), DefaultGraph()) in store


def _row(
    state: NamedNode,
    wanted: Collection[Expectation],
    said: Mapping[Key, Sequence[Said]],
    known: Known,
) -> Completeness:
    cells = tuple(_cell(state, asked, said, known) for asked in sorted(wanted))
    return Completeness(state.value, ids.key(state), known.name(state), cells)


def _cell(
    state: NamedNode, asked: Expectation, said: Mapping[Key, Sequence[Said]], known: Known
) -> Cell:
    found = said.get((asked.topic, state.value, asked.about), ())
    found = [each for each in found if asked.period in ("", each.date)]
    if not found:
        expects_act = asked.topic == ACTIONS
        statuses = said.get((STATUSES, state.value, asked.about), ())
        party = any(status.value == term("ocsea:Party").value for status in statuses)
        return Cell(asked, ABSENT if party or not expects_act else NOT_APPLICABLE)
    newest = found[-1]
    value = known.called(newest.value) if newest.told else ""
    sources = known.sources(NamedNode(newest.record))
    outcome = PRESENT if newest.told else MISSING
    return Cell(asked, outcome, value, newest.date, newest.record, sources)
