"""The rows of sheets, one after the other, into a draft."""

from dataclasses import dataclass, field

from pyoxigraph import NamedNode

from ocsea.steward.sent import Line, Place, Table
from ocsea.steward.sheets import adding, amending
from ocsea.steward.sheets.cells import tidy
from ocsea.steward.sheets.draft import Draft
from ocsea.steward.sheets.rows import Rows
from ocsea.steward.sheets.sent_row import SentRow, Wrong
from ocsea.steward.sheets.spelling import nearest
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
        self._tell_strange_columns(sheet, table)
        for line in table.lines:
            if any(tidy(cell) for cell in line.cells.values()):
                try:
                    self._row(SentRow(self.now, self.draft, sheet, table, line))
                except Wrong:
                    continue

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

    def _tell_strange_columns(self, sheet: Sheet, table: Table) -> None:
        known = [column.name for column in sheet.columns]
        for name in dict.fromkeys(name for line in table.lines for name in line.cells):
            if name not in known and any(tidy(line.cells.get(name, "")) for line in table.lines):
                self.draft.tell(
                    table.place(Line(1, {}), name),
                    name,
                    f"Sheet {sheet.name} has no column ‘{name}’.",
                    nearest(name, [(column, "") for column in known]),
                    "column-unknown",
                )
