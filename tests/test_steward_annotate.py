"""The workbook handed back: what was found beside the cells it is about, all else as it was."""

import io
from collections.abc import Mapping

import pytest
from hostile import repacked, workbook
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from ocsea.release import Release
from ocsea.steward.files import xlsx
from ocsea.steward.files.annotate import annotate
from ocsea.steward.files.reading import read
from ocsea.steward.files.refusal import Refused
from ocsea.steward.sent import Finding, Place
from ocsea.steward.sheets.template import template
from ocsea.steward.sheets.topics import SHEETS

FILE = "norway.xlsx"
GREEN = "FF00B050"
DATE = Finding(
    "Violation",
    Place(FILE, "actions", 2, "date", "F2"),
    "05/02/2008",
    "This is no date as it is written here.",
    "Write it as 2008-02-05.",
    "read:date",
)
FUTURE = Finding("Warning", DATE.place, "", "The day is yet to come.", "Look it up.", "rule")
ROW = Finding("Info", Place(FILE, "actions", 2), "", "The row is new.", "", "rule")
WHOLE = Finding("Violation", Place(FILE), "", "The release is another.", "Start anew.", "rule")


def _opened(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


def _own(page: Worksheet) -> None:
    """What a steward has made of a sheet."""
    page["F2"].fill = PatternFill("solid", start_color=GREEN)
    page["F2"].font = Font(italic=True)
    page["F2"].comment = Comment("Asked the ministry.", "Kari")
    page["G2"] = "=1+1"
    page["K9"] = 0.25
    page["K9"].number_format = "0%"
    page.column_dimensions["B"].width = 33
    page.conditional_formatting.add("A1:A9", CellIsRule("equal", ["1"], font=Font(bold=True)))
    page.parent.create_sheet("Mine")["B2"] = "kept"


def test_a_finding_stands_in_its_cell_and_in_the_list() -> None:
    book = _opened(annotate(workbook(), [ROW, FUTURE, DATE, WHOLE]))
    assert book.sheetnames == ["findings", "actions"]
    assert book.active.title == "findings"
    assert book["actions"]["F2"].comment.text == (
        "── What the check found ──\n\n"
        "Violation: This is no date as it is written here.\nWrite it as 2008-02-05.\n\n"
        "Warning: The day is yet to come.\nLook it up."
    )
    assert book["actions"]["A2"].comment.text.endswith("Info: The row is new.")
    rows = [list(row) for row in book["findings"].iter_rows(min_row=2, values_only=True)]
    assert rows == [
        ["Violation", FILE, None, None, "The release is another.", "Start anew."],
        ["Violation", "actions!F2", "date", "05/02/2008", DATE.message, DATE.remedy],
        ["Warning", "actions!F2", "date", None, "The day is yet to come.", "Look it up."],
        ["Info", "actions!A2", None, None, "The row is new.", None],
    ]
    links = [book["findings"].cell(row, 2).hyperlink for row in range(2, 6)]
    assert [link and link.location for link in links] == [
        None,
        *("'actions'!F2", "'actions'!F2", "'actions'!A2"),
    ]


def _colours(page: Worksheet) -> Mapping[str, str]:
    """The colours that rules give to cells, but for those of other kinds."""
    return {
        str(area.sqref): rule.dxf.fill.bgColor.rgb
        for area in page.conditional_formatting
        for rule in area.rules
        if rule.type == "expression"
    }


def test_a_cell_has_the_colour_of_its_gravest_finding() -> None:
    page = _opened(annotate(workbook(), [ROW, FUTURE, DATE]))["actions"]
    assert _colours(page) == {"F2": "00FFC7CE", "A2": "00DDEBF7"}


def test_values_and_formats_of_the_steward_stay() -> None:
    page = _opened(annotate(workbook(_own), [DATE]))["actions"]
    assert page["F2"].fill.start_color.rgb == GREEN
    assert page["F2"].font.i
    assert page["F2"].comment.text.startswith("Asked the ministry.\n\n── What the check found ──")
    assert (page["K9"].value, page["K9"].number_format) == (0.25, "0%")
    assert page.column_dimensions["B"].width == 33
    assert [rule.type for area in page.conditional_formatting for rule in area.rules] == [
        "cellIs",
        "expression",
    ]
    assert page.parent["Mine"]["B2"].value == "kept"


def test_a_formula_becomes_a_text() -> None:
    cell = _opened(annotate(workbook(_own), []))["actions"]["G2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_a_second_check_takes_the_marks_of_the_first_away() -> None:
    once = annotate(workbook(_own), [DATE, ROW])
    assert annotate(once, [DATE, ROW]) == once
    page = _opened(annotate(once, []))["actions"]
    assert page["F2"].comment.text == "Asked the ministry."
    assert page["F2"].comment.author == "Kari"
    assert page["A2"].comment is None
    assert not _colours(page)
    assert page.parent.sheetnames == ["findings", "actions", "Mine"]


def test_what_is_handed_back_is_read_as_what_was_sent(release: Release) -> None:
    content = xlsx.write(template(release, "NOR"), SHEETS)
    back = annotate(content, [DATE, ROW, WHOLE])
    assert read([(FILE, back)]) == read([(FILE, content)])
    before, after = _opened(content)["actions"], _opened(back)["actions"]
    assert after.protection.sheet
    assert after.freeze_panes == before.freeze_panes
    assert len(after.data_validations.dataValidation) == len(before.data_validations.dataValidation)
    assert after["E1"].comment.text == before["E1"].comment.text
    assert _opened(back)["codes"].sheet_state == "hidden"


def test_a_sheet_that_is_hidden_shows_itself_where_something_was_found() -> None:
    def change(page: Worksheet) -> None:
        page.sheet_state = "hidden"
        page.parent.create_sheet("Mine")

    assert _opened(annotate(workbook(change), [DATE]))["actions"].sheet_state == "visible"
    assert _opened(annotate(workbook(change), []))["actions"].sheet_state == "hidden"


def test_a_finding_within_merged_cells_stands_in_the_first() -> None:
    content = workbook(lambda page: page.merge_cells("E2:G3"))
    assert _opened(annotate(content, [DATE]))["actions"]["E2"].comment


def test_names_that_lead_to_other_workbooks_are_dropped() -> None:
    def change(page: Worksheet) -> None:
        for name, area in (("far", "[1]Sheet1!$A$1"), ("near", "actions!$A$1")):
            page.parent.defined_names[name] = DefinedName(name, attr_text=area)

    assert list(_opened(annotate(workbook(change), [])).defined_names) == ["near"]


def test_what_cannot_stand_in_a_cell_is_left_out() -> None:
    finding = Finding("Violation", Place(FILE), "=a\0\x1b", "A bell:\7", "None.", "rule")
    page = _opened(annotate(workbook(), [finding]))["findings"]
    assert [page["D2"].value, page["D2"].data_type, page["E2"].value] == ["=a", "s", "A bell:"]


def test_a_workbook_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(Refused, match="The workbook holds macros"):
        annotate(repacked(workbook(), {"xl/vbaProject.bin": b"x"}), [])
