"""The row of a record: each cell as the release would write it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad

from ocsea import ids
from ocsea.namespaces import ID, RDF_TYPE, term
from ocsea.steward.facts import SOURCE, Facts, Term, is_state
from ocsea.steward.sheets import citing
from ocsea.steward.sheets.cells import Cells, join
from ocsea.steward.sheets.codes import Codes
from ocsea.steward.sheets.links import ENDS
from ocsea.steward.sheets.topics import (
    INSTRUMENTS,
    MEMBERSHIPS,
    PRACTICES,
    SERVICES,
    SHEETS,
    SOURCES,
    Column,
    Sheet,
)

_NAMED = (SERVICES, INSTRUMENTS, PRACTICES)
_LEADING = ((MEMBERSHIPS, "org:member"), *ENDS)

Row = dict[str, str]
"""The text of each cell by its column."""


@dataclass(frozen=True)
class Rows:
    """The rows that a release's facts make."""

    facts: Facts
    cells: Cells

    @classmethod
    def of(cls, facts: Facts) -> "Rows":
        """The rows of a release's facts, in its own codes."""
        return cls(facts, Cells(facts, Codes(facts)))

    def row(self, sheet: Sheet, record: NamedNode, quads: Iterable[Quad]) -> Row:
        """The row of a record, by what is stated of it; no row says `change`."""
        said: dict[NamedNode, list[Term]] = {}
        for quad in quads:
            if isinstance(quad.object, Term):
                said.setdefault(quad.predicate, []).append(quad.object)
        row = {column.name: self._cell(column, said) for column in sheet.columns}
        if sheet is MEMBERSHIPS and row["member"]:
            row["state"] = self._state_of_member(said)
        if sheet is not SOURCES:
            row["source"], row["place"] = citing.write(self.facts, _things(said.get(SOURCE, [])))
        return {**row, "record": written(record)}

    def _cell(self, column: Column, said: dict[NamedNode, list[Term]]) -> str:
        return join(sorted(self.old(column, said)))

    def old(self, column: Column, said: Mapping[NamedNode, list[Term]]) -> dict[str, Term]:
        """The values that a record has in a column, by how each is written."""
        if not column.property or column.kind in ("source", "place"):
            return {}
        values = {v for v in said.get(term(column.property), []) if _belongs(column, v)}
        texts = {self.cells.write(column, value): value for value in sorted(values, key=str)}
        return {text: value for text, value in texts.items() if text}

    def _state_of_member(self, said: dict[NamedNode, list[Term]]) -> str:
        states = (
            state
            for member in _things(said.get(term("org:member"), []))
            for state in self.facts.values(member, term("ocsea:state"))
        )
        codes = {self.cells.codes.code(s, "states") for s in _things(states) if is_state(s)}
        return join(sorted(codes))

    def records(self, state: NamedNode) -> Iterator[tuple[Sheet, NamedNode, list[Quad]]]:
        """The records of a state with their sheets and what is stated of them; then the sources."""
        cited, seen = set[str](), set[NamedNode]()
        todo = [(sheet, r) for sheet in SHEETS for r in self._linked(sheet.state, state)]
        todo += self._links_of(state)
        for sheet, record in todo:
            quads = self.facts.stated(record)
            if record in seen or not quads or sheet_of(self.facts, quads) is not sheet:
                continue
            seen.add(record)
            cited |= {stem for stem, _ in map(self._cited, _cites(quads))}
            yield sheet, record, quads
            if sheet in _NAMED:
                todo += self._links_of(record)
        for stem in sorted(cited - {""}):
            source = ids.thing("source", stem)
            yield SOURCES, source, self.facts.stated(source)

    def _links_of(self, thing: NamedNode) -> list[tuple[Sheet, NamedNode]]:
        """What leads to a thing: its memberships, its parts in others and theirs in it."""
        return [(sheet, r) for sheet, prop in _LEADING for r in self._linked(prop, thing)]

    def _linked(self, prop: str, thing: NamedNode) -> list[NamedNode]:
        found = self.facts.with_value(term(prop), thing) if prop else iter(())
        return sorted(found, key=str)

    def _cited(self, locator: NamedNode) -> citing.Cited:
        return citing.cited(self.facts, locator)


def written(record: NamedNode) -> str:
    """How a record is named in column `record`: what follows `…/id/`."""
    return record.value.removeprefix(ID)


def sheet_of(facts: Facts, quads: Iterable[Quad]) -> Sheet | None:
    """The sheet that a record belongs into by its class, None where it has none."""
    types = {quad.object for quad in quads if quad.predicate == RDF_TYPE}
    for sheet in SHEETS:
        if any(types & facts.classes(term(root)).keys() for root in sheet.roots):
            return sheet
    return None


def _belongs(column: Column, value: Term) -> bool:
    """Whether a value stands in this column, and not in another one of the same property."""
    if column.property == "org:member":
        return is_state(value) == (column.name == "state")
    return True


def _cites(quads: Iterable[Quad]) -> list[NamedNode]:
    return _things(quad.object for quad in quads if quad.predicate == SOURCE)


def _things(values: Iterable[object]) -> list[NamedNode]:
    return list(dict.fromkeys(value for value in values if isinstance(value, NamedNode)))
