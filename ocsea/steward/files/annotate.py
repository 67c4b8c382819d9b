"""A steward's own workbook handed back, with what a check found beside the cells it is about.

Values and formats stay as they are: the colour is a rule of the sheet, not the cell's own. A
workbook that was handed back before loses the marks of that time first.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from ocsea.steward.files.isolation import apart
from ocsea.steward.files.layout import TOP, height, note, print_across
from ocsea.steward.files.shown import formula
from ocsea.steward.files.tabular import spelled
from ocsea.steward.files.workbooks import FINDINGS, open_workbook, save_workbook
from ocsea.steward.sent import Finding

_COLOURS = {"Violation": "FFC7CE", "Warning": "FFEB9C", "Info": "DDEBF7"}
"""By severity, the gravest first."""

_OURS = '"OCSEA Graph"="OCSEA Graph"'
"""The condition of our colours, always met; by it they are found again."""

_BEGIN = "── What the check found ──"
"""From here on a comment is ours."""

_COLUMNS = (
    ("severity", 12),
    ("cell", 20),
    ("column", 16),
    ("value", 30),
    ("what is wrong", 60),
    ("what would be right", 60),
)
_MOST = 5000
"""Findings listed; more of them than anybody would read make the file slow to open."""

Target = tuple[str, str]
"""The name of a sheet and a cell in it."""


def annotate(workbook: bytes, findings: Sequence[Finding]) -> bytes:
    """The workbook with a list of the findings before its sheets, and a comment and a colour in
    each cell that one is about.

    The findings are those about this file, and about the submission as a whole. Formulas become
    texts, so that nothing is worked out when it is opened. Raises Refused where the workbook
    cannot be read.
    """
    return apart(partial(_annotated, workbook, findings))


def _annotated(content: bytes, findings: Sequence[Finding]) -> bytes:
    workbook = open_workbook(content)
    for name in [name for name, area in workbook.defined_names.items() if "[" in area.value]:
        del workbook.defined_names[name]  # it leads to another workbook, the link to which is gone
    for sheet in workbook.worksheets:
        if spelled(sheet.title) == FINDINGS:
            workbook.remove(sheet)
        else:
            _clean(sheet)
    targets = [(finding, _target(workbook, finding)) for finding in sorted(findings, key=_gravity)]
    by_cell: dict[Target, list[Finding]] = defaultdict(list)
    for finding, target in targets:
        if target:
            by_cell[target].append(finding)
    for (title, cell), found in by_cell.items():
        _mark(workbook[title], cell, found)
    _list(workbook, targets[:_MOST])
    return save_workbook(workbook)


def _gravity(finding: Finding) -> tuple[int, Finding]:
    return list(_COLOURS).index(finding.severity), finding


def _clean(sheet: Worksheet) -> None:
    """Take out the marks of a former check, and make formulas texts."""
    kept = ConditionalFormattingList()
    for area in sheet.conditional_formatting:
        for rule in area.rules:
            if _OURS not in rule.formula:
                kept.add(str(area.sqref), rule)
    sheet.conditional_formatting = kept
    for cell in sheet._cells.values():
        if isinstance(cell, Cell):
            _clean_cell(cell)


def _clean_cell(cell: Cell) -> None:
    if cell.data_type == "f":
        cell.value, cell.data_type = formula(cell.value), "s"
    if cell.comment:
        theirs = cell.comment.text.partition(_BEGIN)[0].rstrip()
        cell.comment = note(theirs, cell.comment.author) if theirs else None


def _target(workbook: Workbook, finding: Finding) -> Target | None:
    """The cell that a finding is about; the first of a row, the first of a sheet."""
    place = finding.place
    for sheet in workbook.worksheets:
        if place.sheet and spelled(sheet.title) == spelled(place.sheet):
            return sheet.title, place.cell or f"A{max(place.row, 1)}"
    return None


def _mark(sheet: Worksheet, cell: str, findings: Sequence[Finding]) -> None:
    marked = sheet[cell]
    if not isinstance(marked, Cell):  # within merged cells only the first can be marked
        marked = sheet[_first_of_merged(sheet, cell)]
    said = [f"{f.severity}: {f.message}\n{f.remedy}".strip() for f in findings]
    theirs = marked.comment
    text = "\n\n".join([*([theirs.text] if theirs else []), _BEGIN, *said])
    marked.comment = note(text, theirs.author) if theirs else note(text)
    sheet.sheet_state = "visible"
    sheet.conditional_formatting.add(marked.coordinate, _colour(findings[0].severity))


def _first_of_merged(sheet: Worksheet, cell: str) -> str:
    [area] = [area for area in sheet.merged_cells.ranges if cell in area]
    return str(area.start_cell.coordinate)


def _colour(severity: str) -> Rule:
    fill = PatternFill(bgColor=_COLOURS[severity])
    style = DifferentialStyle(fill=fill, font=Font(bold=True))
    return Rule("expression", dxf=style, formula=[_OURS])


def _list(workbook: Workbook, findings: Iterable[tuple[Finding, Target | None]]) -> None:
    """The first sheet: all that was found, with links to the cells."""
    page = workbook.create_sheet(FINDINGS, 0)
    page.append([name for name, _ in _COLUMNS])
    for row, (finding, target) in enumerate(findings, 2):
        _list_one(page, row, finding, target)
    for (_, width), column in zip(_COLUMNS, "ABCDEF", strict=True):
        page.column_dimensions[column].width = width
        page[f"{column}1"].font = Font("Calibri", 11, True)
    page.freeze_panes = "A2"
    page.auto_filter.ref = f"A1:F{max(page.max_row, 2)}"
    print_across(page)
    workbook.active = 0
    for sheet in workbook.worksheets:
        sheet.sheet_view.tabSelected = sheet is page


def _list_one(page: Worksheet, row: int, finding: Finding, target: Target | None) -> None:
    place = finding.place
    where = f"{target[0]}!{target[1]}" if target else place.file
    texts = (finding.severity, where, place.column, finding.value, finding.message, finding.remedy)
    for number, text in enumerate(texts, 1):
        cell = page.cell(row, number)
        assert isinstance(cell, Cell)
        cell.value, cell.data_type = "".join(filter(_can_stand, text)), "s"
        cell.number_format, cell.alignment = "@", TOP
    widths = [width for _, width in _COLUMNS]
    page.row_dimensions[row].height = height(dict(zip(texts, widths, strict=True)))
    page.cell(row, 1).fill = PatternFill("solid", start_color=_COLOURS[finding.severity])
    if target:
        sheet = target[0].replace("'", "''")
        page.cell(row, 2).hyperlink = Hyperlink(f"B{row}", location=f"'{sheet}'!{target[1]}")
        page.cell(row, 2).font = Font("Calibri", 11, underline="single", color="0563C1")


def _can_stand(character: str) -> bool:
    """Whether a workbook can hold this character."""
    return character.isprintable() or character in "\n\t"
