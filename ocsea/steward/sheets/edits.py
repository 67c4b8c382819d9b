"""The rows of sheets, one after the other, into a draft."""

from dataclasses import dataclass, field

from pyoxigraph import NamedNode

from ocsea.steward.sent import Line, Place, Table
from ocsea.steward.sheets import adding, amending
from ocsea.steward.sheets.cells import tidy
from ocsea.steward.sheets.draft import Draft
from ocsea.steward.sheets.headings import advice, meant, strange
from ocsea.steward.sheets.rows import Rows
from ocsea.steward.sheets.sent_row import SentRow, Wrong
from ocsea.steward.sheets.topics import Sheet


@dataclass
class Edits:
    """Takes tables: `now` is the current release, `was` the one that the template shows."""

    now: Rows
    was: Rows
    draft: Draft
    _claimed: dict[NamedNode, Place] = field(default_factory=dict)

    def take(self, sheet: Sheet, table: Table) -> None:
        """All rows of a table; a row with a mistake is told and changes nothing."""
        misspelt = self._tell_strange_columns(sheet, table)
        if misspelt & {"record", "change"}:
            return  # each row would be taken for something else than it is
        for line in table.lines:
            if any(tidy(cell) for cell in line.cells.values()):
                sent = SentRow(self.now, self.draft, sheet, table, line)
                try:
                    self._row(sent)
                except Wrong:
                    sent.lose()

    def _row(self, sent: SentRow) -> None:
        change = sent.cell("change")
        if change not in ("", "remove"):
            remedy = "Leave it blank, or write remove to take the record out."
            sent.refuse("change", f"‘{change}’ is not known here.", remedy, "cell-change")
        if sent.cell("record"):
            record = amending.find(sent)
            self._claim(sent, record)
            amending.amend(sent, self.was, record, remove=change == "remove")
        elif change:
            remedy = "Put the key from the template's column record here."
            sent.refuse("record", "It is not said what to remove.", remedy, "row-unknown")
        else:
            record, values = adding.read(sent)
            self._claim(sent, record)
            adding.add(sent, record, values)

    def _claim(self, sent: SentRow, record: NamedNode) -> None:
        """Note where the record stands. Raises Wrong where another row is about it."""
        first = self._claimed.setdefault(record, place := sent.place())
        if first is not place:
            wrong = f"This row is about the same record as {first}."
            sent.refuse("record", wrong, "Make one row of the two.", "row-twice", record)
        sent.point(record)

    def _tell_strange_columns(self, sheet: Sheet, table: Table) -> set[str]:
        """Tell of each, and say which columns were meant: what is missing there is no news."""
        columns = set[str]()
        for name in strange(sheet, table):
            self.draft.tell(
                table.place(Line(1, {}), name),
                name,
                f"Sheet {sheet.name} has no column ‘{name}’.",
                advice(name, sheet),
                "column-unknown",
            )
            if column := meant(name, sheet):
                columns.add(column)
        cells = ((line, column) for line in table.lines for column in columns)
        blank = (cell for cell in cells if not tidy(cell[0].cells.get(cell[1], "")))
        self.draft.unread |= {table.place(*cell) for cell in blank}
        return columns
