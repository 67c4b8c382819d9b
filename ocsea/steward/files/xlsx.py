"""The template as a workbook: a sheet a topic, with notes, drop-downs and locked keys."""

from collections.abc import Iterable, Mapping, Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.protection import SheetProtection
from openpyxl.worksheet.worksheet import Worksheet

from ocsea.steward.files.layout import AUTHOR, TOP, height, note, print_across
from ocsea.steward.files.notes import explained
from ocsea.steward.files.tabular import MAX_ROWS
from ocsea.steward.files.workbooks import ABOUT, CODES, RELEASE, save_workbook
from ocsea.steward.sent import Line, Table
from ocsea.steward.sheets.topics import Choice, Column, Sheet, Template

_NARROW, _WIDE, _PAGE = 8, 48, 100
_TEXT = "@"
_HEADING = Font("Calibri", bold=True, color="FFFFFF")
_HEADING_FILL = PatternFill("solid", start_color="1F4E5F")
_LOCKED_FILL = PatternFill("solid", start_color="EEF2F3")
_UNWRAPPED = Alignment(vertical="top")
_UNLOCKED = Protection(locked=False)
_ALLOWED = (
    *("formatCells", "formatColumns", "formatRows", "insertRows", "deleteRows"),
    *("sort", "autoFilter"),
)
_SEVERITIES = (
    ("Violation", "Wrong: it is never published."),
    ("Warning", "Incomplete or doubtful: it can be published, visibly so."),
    ("Info", "Worth a look."),
)
_HOW = (
    "Each sheet holds one topic, each row one record. A row that you delete or leave out changes "
    "nothing in the graph.",
    "To correct a record, change its cells. Grey cells are its keys and are locked.",
    "To add a record, fill in the first blank row; leave the cell “record” blank.",
    "To take a record out, choose “remove” in the cell “change”.",
    "Each row says in “source” and “place” where you read it. A new document is a new row of the "
    "sheet “sources”.",
    "Write dates as 2008-02-05, 2008-02 or 2008, as precise as the source; decimals with a point.",
    "Several values in one cell are parted by a bar with blanks:  |  . A text in another language "
    "than English ends in @ and the language's code, such as @fr.",
    "Point at the heading of a column for what belongs there. The sheets are protected against "
    "slips only: there is no password.",
)


def write(template: Template, sheets: Sequence[Sheet]) -> bytes:
    """The workbook, the same bytes for the same template."""
    workbook = Workbook()
    workbook.properties.creator = AUTHOR
    workbook.properties.title = f"{template.name}: facts for the OCSEA Graph"
    about = workbook.active
    assert isinstance(about, Worksheet)
    _about(about, template, sheets)
    tables = {table.sheet: table for table in template.tables}
    for sheet in sheets:
        _Topic(workbook.create_sheet(sheet.name), sheet, template).fill(tables.get(sheet.name))
    used = {column.choices for sheet in sheets for column in sheet.columns}
    _codes(workbook, {name: template.choices[name] for name in sorted(used & {*template.choices})})
    return save_workbook(workbook)


def _about(page: Worksheet, template: Template, sheets: Sequence[Sheet]) -> None:
    """The first sheet: whose facts these are, of which release, and how they are edited."""
    page.title = ABOUT
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 18, _PAGE
    page.sheet_view.showGridLines = False
    rows: list[tuple[str, str]] = [
        (f"{template.name}: facts for the OCSEA Graph", ""),
        ("state", template.iso3),
        (RELEASE, template.release),
        ("", ""),
        ("How to fill it in", ""),
        *((f"{number}.", step) for number, step in enumerate(_HOW, 1)),
        ("", ""),
        ("The sheets", ""),
        *((sheet.name, sheet.note) for sheet in sheets),
        ("", ""),
        ("What a check says", ""),
        *_SEVERITIES,
    ]
    for number, (name, text) in enumerate(rows, 1):
        first = _write(page, number, 1, name)
        first.font, first.alignment = Font("Calibri", 14 if number == 1 else 11, True), _UNWRAPPED
        _write(page, number, 2, text)
        page.row_dimensions[number].height = height({text: _PAGE}) if number > 1 else 22
    print_across(page)
    page.protection = SheetProtection(sheet=True)


class _Topic:
    """One sheet while it is written."""

    def __init__(self, page: Worksheet, sheet: Sheet, template: Template) -> None:
        self._page, self._sheet, self._choices = page, sheet, template.choices

    def fill(self, table: Table | None) -> None:
        """Write headings and rows, and what helps to edit them."""
        lines = table.lines if table else ()
        for number, column in enumerate(self._sheet.columns, 1):
            self._head(number, column)
            self._shape(number, column, lines)
            for row, line in enumerate(lines, 2):
                self._cell(row, number, column, line.cells.get(column.name, ""))
        for row, line in enumerate(lines, 2):
            self._page.row_dimensions[row].height = height(self._wrapped(line))
        last = get_column_letter(len(self._sheet.columns))
        self._page.freeze_panes = "B2"
        self._page.auto_filter.ref = f"A1:{last}{max(len(lines) + 1, 2)}"
        self._page.protection = _protection()
        print_across(self._page)

    def _head(self, number: int, column: Column) -> None:
        cell = _write(self._page, 1, number, column.name)
        cell.font, cell.fill = _HEADING, _HEADING_FILL
        cell.comment = note(explained(column, self._choices.get(column.choices, ())))

    def _shape(self, number: int, column: Column, lines: Iterable[Line]) -> None:
        """The column as a whole: what a blank row below the others is like."""
        shape = self._page.column_dimensions[get_column_letter(number)]
        longest = max([len(line.cells.get(column.name, "")) for line in lines], default=0)
        shape.width = min(max(longest, len(column.name) + 3, _NARROW) + 2, _WIDE)
        shape.number_format = _TEXT
        if column.name != "record":
            shape.protection = _UNLOCKED
        if self._choices.get(column.choices):
            self._page.add_data_validation(_drop_down(number, column))

    def _wrapped(self, line: Line) -> dict[str, float]:
        """The texts of a row and how wide their columns are."""
        shapes = self._page.column_dimensions
        return {
            line.cells.get(column.name, ""): shapes[get_column_letter(number)].width
            for number, column in enumerate(self._sheet.columns, 1)
        }

    def _cell(self, row: int, number: int, column: Column, text: str) -> None:
        cell = _write(self._page, row, number, text)
        if column.locked:
            cell.fill = _LOCKED_FILL
        else:
            cell.protection = _UNLOCKED


def _write(page: Worksheet, row: int, column: int, text: str) -> Cell:
    """A cell with a text that no program takes for a number, a date or a formula."""
    cell = page.cell(row, column)
    assert isinstance(cell, Cell)
    if text:
        cell.value, cell.data_type = text, "s"
    cell.number_format, cell.alignment = _TEXT, TOP
    return cell


def _drop_down(number: int, column: Column) -> DataValidation:
    """A list to choose from. It warns of another text and lets it stand: there may be several."""
    letter = get_column_letter(number)
    return DataValidation(
        "list",
        formula1=_list_name(column.choices),
        sqref=f"{letter}2:{letter}{MAX_ROWS}",
        allow_blank=True,
        showErrorMessage=True,
        errorStyle="warning",
        errorTitle="Not in the list",
        error="This is none of the codes in the list. Several are joined by  |  .",
    )


def _codes(workbook: Workbook, choices: Mapping[str, Sequence[Choice]]) -> None:
    """The lists behind the drop-downs, each by a name of its own, which Excel keeps as it is."""
    page = workbook.create_sheet(CODES)
    for place, (name, codes) in enumerate(choices.items()):
        left = 2 * place + 1
        for row, (code, label) in enumerate([(name, "meaning"), *codes], 1):
            _write(page, row, left, code)
            _write(page, row, left + 1, label)
        letter = get_column_letter(left)
        area = f"{CODES}!${letter}$2:${letter}${max(len(codes) + 1, 2)}"
        workbook.defined_names[_list_name(name)] = DefinedName(_list_name(name), attr_text=area)
    page.sheet_state = "hidden"
    page.protection = SheetProtection(sheet=True)


def _list_name(choices: str) -> str:
    return f"{CODES}_{choices}".replace("-", "_")


def _protection() -> SheetProtection:
    """Locks the cells that are locked; all else that one does with a table stays allowed."""
    protection = SheetProtection(sheet=True, objects=False, scenarios=False)
    for name in _ALLOWED:
        setattr(protection, name, False)  # of each it says whether it is forbidden
    return protection
