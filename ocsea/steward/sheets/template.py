"""A state's template: its facts as the release has them, ready to edit."""

from ocsea import ids
from ocsea.errors import OcseaError
from ocsea.release import Release
from ocsea.steward.facts import Facts
from ocsea.steward.sent import Line, Table
from ocsea.steward.sheets.codes import LISTS
from ocsea.steward.sheets.minting import state_name
from ocsea.steward.sheets.rows import Row, Rows
from ocsea.steward.sheets.spelling import CellError
from ocsea.steward.sheets.topics import SHEETS, Choice, Sheet, Template


class UnknownState(OcseaError):
    """A code that stands for no state; the message names the nearest one."""


def template(release: Release, iso3: str) -> Template:
    """The template of a state; blank where it is one that the graph does not know yet.

    Raises UnknownState for what is no ISO 3166 alpha-3 code (XKX for Kosovo is taken too).
    """
    rows = Rows.of(Facts.of(release))
    code = iso3.strip()
    try:
        state = rows.cells.thing(code.upper() if len(code) == 3 else code, "states")
    except CellError as error:
        raise UnknownState(f"{error.message} {error.remedy}") from None
    found: dict[Sheet, list[Row]] = {sheet: [] for sheet in SHEETS}
    for sheet, record, quads in rows.records(state):
        found[sheet].append(rows.row(sheet, record, quads))
    return Template(
        ids.key(state),
        state_name(rows.facts, state),
        release.version,
        tuple(_table(sheet, lines) for sheet, lines in found.items()),
        _choices(rows),
    )


def _table(sheet: Sheet, rows: list[Row]) -> Table:
    ordered = sorted(rows, key=lambda row: row["record"])
    lines = (Line(number, row) for number, row in enumerate(ordered, 2))
    return Table(sheet.name, f"{sheet.name}.csv", tuple(lines))


def _choices(rows: Rows) -> dict[str, tuple[Choice, ...]]:
    return {name: rows.cells.codes.choices(name) for name in LISTS}
