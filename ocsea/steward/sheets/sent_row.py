"""One row that a steward sent: its cells read, and its mistakes told where they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from pyoxigraph import Literal, NamedNode, Triple

from ocsea import ids
from ocsea.namespaces import term
from ocsea.steward.facts import SOURCE, Term
from ocsea.steward.sent import Line, Place, Table
from ocsea.steward.sheets import citing, links
from ocsea.steward.sheets.cells import split, tidy
from ocsea.steward.sheets.draft import Draft
from ocsea.steward.sheets.rows import Rows
from ocsea.steward.sheets.spelling import CellError, mixed_words
from ocsea.steward.sheets.topics import Column, Sheet

APART = ("record", "change", "source", "place")
"""Columns that are not read by themselves."""

Values = dict[str, list[Term]]
"""What the cells of a row stand for, by column; `source` are the locators cited."""

_NOT_LISTED = term("ocsea:NotListed")


class Wrong(Exception):
    """A row with a mistake that has been told: it changes nothing until it is corrected."""


@dataclass(frozen=True)
class SentRow:
    """A row of a sheet, to be read by the codes of the current release, `now`.

    `wrong` are the columns with a mistake that was told, here or where the file was read.
    """

    now: Rows
    draft: Draft
    sheet: Sheet
    table: Table
    line: Line
    wrong: set[str] = field(default_factory=set)

    def cell(self, name: str) -> str:
        """The text of a cell, without spaces around it; blank where the column was not sent."""
        return tidy(self.line.cells.get(name, ""))

    def place(self, column: str = "") -> Place:
        """Where the row stands, or a cell of it."""
        return self.table.place(self.line, column)

    def tell(
        self,
        column: str,
        message: str,
        remedy: str,
        rule: str,
        record: NamedNode | None = None,
        *,
        severity: str = "Violation",
    ) -> None:
        """A finding about a cell; of two violations in one, the first is told."""
        if severity == "Violation":
            if column and self.is_wrong(column):
                return
            self.wrong.add(column)
        path = {c.name: c.property for c in self.sheet.columns}.get(column, "")
        said = (self.place(column), self.cell(column), message, remedy, rule)
        self.draft.tell(*said, severity=severity, focus=record, path=path)

    def refuse(
        self, column: str, message: str, remedy: str, rule: str, record: NamedNode | None = None
    ) -> NoReturn:
        """A finding for which the whole row is given up."""
        self.tell(column, message, remedy, rule, record)
        raise Wrong

    def is_wrong(self, column: str) -> bool:
        """Whether a mistake in this cell was told already."""
        if self.place(column) in self.draft.unread:
            self.wrong.add(column)
        return column in self.wrong

    def lose(self) -> None:
        """Note what a new thing was to be called whose row has a mistake, for rows that name it."""
        names = ("key", "identifier", self.sheet.naming)
        told = [ids.slug(self.cell(name)) for name in names if not self.cell("record")]
        state = ids.slug(self.cell("state"))
        self.draft.lost |= {key for each in told if each for key in (each, f"{each}-{state}")}

    def settle(self) -> None:
        """Raise Wrong where a mistake was told: all that the row's cells have in them was then."""
        if self.wrong:
            raise Wrong

    def point(self, record: NamedNode) -> None:
        """Note where record and properties stand; of two columns of a property, the filled one."""
        places = self.draft.places
        places[record, ""] = self.place()
        for column in self.sheet.columns:
            at = (record, column.property)
            if column.property and (at not in places or self.cell(column.name)):
                places[at] = self.place(column.name)

    def read(self, names: Sequence[str], old: Mapping[str, Mapping[str, Term]]) -> Values:
        """The values of these columns; `old` are those that the record has, by how it says them.

        Cells that cannot be read are told and left out: `settle` when all were looked at.
        """
        values = Values()
        for name in names:
            column = self.sheet.column(name)
            try:
                values[name] = self._values(column, old, values)
            except CellError as error:
                self._tell(name, error)
        return values

    def _tell(self, column: str, error: CellError) -> None:
        """Tell of a cell, unless it is right and what it names has a mistake in its own row."""
        named = (ids.slug(code.rpartition("/")[2]) for code in split(self.cell(column)))
        if self.draft.lost.intersection(named):
            self.wrong.add(column)
            return
        rule = error.rule or f"cell-{self.sheet.column(column).kind}"
        self.tell(column, error.message, error.remedy, rule)

    def _values(
        self, column: Column, old: Mapping[str, Mapping[str, Term]], values: Values
    ) -> list[Term]:
        known = {tidy(text): value for text, value in old.get(column.name, {}).items()}
        parts = split(self.cell(column.name)) if column.property else []
        if column.kind == "value" and self.is_wrong("indicator"):
            return []  # what it may be depends on what is measured
        if column.required and not parts:
            raise _missing(column)
        if column.locked and len(parts) > 1:
            raise CellError("This cell holds several values.", "Make a row for each of them.")
        measured = values.get("indicator") or list(old.get("indicator", {}).values())
        indicator = next((t for t in measured if isinstance(t, NamedNode)), None)
        found = [known.get(part) or self._value(column, part, indicator) for part in parts]
        return list(dict.fromkeys(found))

    def _value(self, column: Column, text: str, indicator: NamedNode | None) -> Term:
        value = self.now.cells.read(column, text, indicator)
        if column.kind in ("text", "english", "url"):
            for mixed in mixed_words(text):
                remedy = "Type the word anew, in one script."
                self.tell(column.name, mixed, remedy, "cell-letters", severity="Warning")
        return value

    def cites(self, source: str, place: str, old: Sequence[NamedNode]) -> list[Term]:
        """The locators that the two cells stand for; those that are new come along.

        None where the cells cannot be read, which is told: `settle` then.
        """
        try:
            if tidy(source) and tidy(place):
                locators, new = citing.read(self.now.cells, source, place, old)
                self.draft.bring(new, self.place("place"))
                return list(locators)
            self._tell_uncited(source, place)
            for stem in split(source):
                self.now.cells.thing(stem, "sources")
        except CellError as error:
            self._tell("source", error)
        return []

    def _tell_uncited(self, source: str, place: str) -> None:
        cells = {"source": source, "place": place}
        blank = [name for name in cells if not tidy(cells[name]) and not self.is_wrong(name)]
        if len(blank) == 2:
            message = "‘source’ and ‘place’ are missing."
            remedy = (
                "Fill in both: the key of a document from sheet sources, and where in it to look."
            )
            self.tell("source", message, remedy, "cell-missing")
            return
        for name in blank:
            self._tell(name, _missing(self.sheet.column(name)))

    def tell_both(self, values: Values) -> None:
        """Tell where there is a value, and it is said to be missing."""
        if values.get("missing") and values.get("value"):
            wrong = "There is a value, and yet it is said to be missing."
            self.tell("missing", wrong, "Leave one of the two cells blank.", "cell-missing-value")

    def link(self, values: Values, cited: Sequence[Term]) -> None:
        """Have the plain link beside a record that is one, in the graphs of what it cites."""
        if plain := links.plain(self.sheet, values):
            self.draft.link(plain, cited, self.place())

    def printed(self, edited: Sequence[str], before: Values, after: Values) -> Values:
        """The value as printed, and that it is missing no more, where a new value says so itself.

        A value that nobody says the print of was printed as the cell has it; a blank in the source
        is a party that is not listed, or a value that is missing.
        """
        main, found = self.sheet.stated, Values()
        if not main:
            return found
        if after.get(main) and before.get("missing") and "missing" not in edited:
            found["missing"] = []
        changed = set(after.get(main, [])) != set(before.get(main, [])) or "missing" in edited
        if not changed or ("stated" in edited and self.cell("stated")):
            return found
        blank = _NOT_LISTED in after.get(main, []) or {**after, **found}.get("missing")
        said = "" if blank else self.cell(main)
        return {**found, "stated": [Literal(said)]} if said or blank else found


def _missing(column: Column) -> CellError:
    return CellError(f"‘{column.name}’ is missing.", f"Fill it in. {column.note}", "cell-missing")


def difference(
    sheet: Sheet, record: NamedNode, before: Values, after: Values
) -> tuple[set[Triple], set[Triple]]:
    """The facts that go and those that come where a row's values change."""
    sides = [
        {
            Triple(record, term(column.property), value)
            for column in sheet.columns
            if column.property and column.name not in APART
            for value in values.get(column.name, [])
        }
        | {Triple(record, SOURCE, place) for place in values.get("source", [])}
        for values in (before, after)
    ]
    return sides[0] - sides[1], sides[1] - sides[0]
