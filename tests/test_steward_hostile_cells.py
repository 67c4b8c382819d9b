"""Cells, rows and columns that nobody should send, each told with what would be right."""

import datetime

import pytest
from hostile import HEADINGS, ROW, csv_text, in_a_line, workbook
from openpyxl.worksheet.worksheet import Worksheet

from ocsea.steward.files.reading import read


def _month(page: Worksheet) -> None:
    page["F2"] = datetime.date(2008, 2, 1)
    page["F2"].number_format = "mmm\\-yy"


def _percent(page: Worksheet) -> None:
    page["G2"] = 0.594
    page["G2"].number_format = "0.0%"


@pytest.mark.parametrize(
    ("content", "column", "text"),
    [
        (workbook(F2=datetime.date(2008, 2, 5)), "date", "2008-02-05"),
        (workbook(F2=datetime.datetime(2008, 2, 5, 10, 30)), "date", "2008-02-05 10:30:00"),
        (workbook(_month), "date", "2008-02"),
        (workbook(F2=2008.0), "date", "2008"),
        (workbook(G2=0.1 + 0.2), "note", "0.3"),
        (workbook(G2=123456789012345), "note", "123456789012345"),
        (workbook(_percent), "note", "59.4%"),
        (workbook(G2=True), "note", "true"),
        (workbook(G2=" OPSC\u00a0\r\n"), "note", "OPSC"),
        (workbook(G2="two\r\nlines"), "note", "two\nlines"),
        (workbook(G2="_x0041_"), "note", "A"),
    ],
)
def test_a_cell_is_read_as_a_person_sees_it(content: bytes, column: str, text: str) -> None:
    sent = read([("a.xlsx", content)])
    assert sent.findings == ()
    assert sent.tables[0].lines[0].cells[column] == text


CELLS = {
    "a formula": (
        workbook(F2="=NOW()"),
        "a.xlsx, sheet actions, row 2, column date (F2): The cell holds a formula, and formulas "
        "are not worked out here. Put its result in its place: copy the cell, then paste it as "
        "values.",
        "=NOW()",
    ),
    "an error": (
        workbook(F2="#REF!"),
        "a.xlsx, sheet actions, row 2, column date (F2): The cell holds an error of the "
        "spreadsheet. Write the value, or leave the cell blank.",
        "#REF!",
    ),
    "a day number": (
        workbook(F2=39483),
        "a.xlsx, sheet actions, row 2, column date (F2): This is a spreadsheet's own number for a "
        "day, which would be 2008-02-05. Write the date as text: 2008-02-05",
        "39483",
    ),
    "a long number": (
        workbook(F2=1234567890123456),
        "a.xlsx, sheet actions, row 2, column date (F2): A spreadsheet keeps only fifteen digits "
        "of a number. Give the cell the format “Text”, then type the number anew.",
        "1234567890123456",
    ),
    "a bell": (
        workbook(F2="2001_x0007_"),
        "a.xlsx, sheet actions, row 2, column date (F2): The cell holds a character that cannot be "
        "seen (U+0007). Type the cell anew.",
        r"2001\x07",
    ),
}


@pytest.mark.parametrize("case", CELLS.values(), ids=list(CELLS))
def test_a_cell_with_a_flaw_says_nothing_of_its_column(case: tuple[bytes, str, str]) -> None:
    content, said, value = case
    sent = read([("a.xlsx", content)])
    assert [(in_a_line(finding), finding.value) for finding in sent.findings] == [(said, value)]
    assert set(HEADINGS) - set(sent.tables[0].lines[0].cells) == {"date"}


CSV = {
    "NUL": (
        csv_text((*ROW[:6], "a\0b", *ROW[7:])),
        "actions.csv, sheet actions, row 2, column note: The cell holds a character that cannot be "
        "seen (U+0000). Type the cell anew.",
    ),
    "a turn of direction": (
        csv_text((*ROW[:6], "a\u202eb", *ROW[7:])),
        "actions.csv, sheet actions, row 2, column note: The cell holds a character that cannot be "
        "seen (U+202E). Type the cell anew.",
    ),
    "a day number": (
        csv_text((*ROW[:5], "39483", *ROW[6:])),
        "actions.csv, sheet actions, row 2, column date: This is a spreadsheet's own number for a "
        "day, which would be 2008-02-05. Write the date as text: 2008-02-05",
    ),
    "a long text": (
        csv_text((*ROW[:6], "x" * 40_000, *ROW[7:])),
        "actions.csv, sheet actions, row 2, column note: The cell holds more than 32,767 "
        "characters. Shorten it.",
    ),
    "a cell too many": (
        csv_text((*ROW, "x")),
        "actions.csv, sheet actions, row 2: The column of this cell has no name. Name the column "
        "in the row of headings, or clear the cell. A text that holds the separator must stand in "
        "quotation marks.",
    ),
    "a column twice": (
        csv_text().replace("note", "Date"),
        "actions.csv, sheet actions, row 1: There is a second column by the name date; it was not "
        "read. Delete one of the two.",
    ),
}


@pytest.mark.parametrize("case", CSV.values(), ids=list(CSV))
def test_a_csv_file_is_read_but_for_what_is_wrong(case: tuple[str, str]) -> None:
    text, said = case
    sent = read([("actions.csv", text.encode())])
    assert [in_a_line(finding) for finding in sent.findings] == [said]
    assert len(sent.tables[0].lines) == 1


def test_a_missing_row_of_headings_is_told() -> None:
    sent = read([("actions.csv", ",".join(ROW).encode())])
    assert [in_a_line(finding) for finding in sent.findings] == [
        "actions.csv, sheet actions, row 1: The row with the names of the columns is missing. Put "
        "it above the first row: record, change, state, instrument, act, date, stated, note, "
        "source, place"
    ]


def test_merged_cells_are_told() -> None:
    sent = read([("a.xlsx", workbook(lambda page: page.merge_cells("C2:D4")))])
    assert [in_a_line(finding) for finding in sent.findings] == [
        "a.xlsx, sheet actions, row 2 (C2): The cells C2:D4 are merged, so that it is not clear "
        "whose value theirs is. Unmerge them, and fill in each cell."
    ]


def test_hidden_rows_and_sheets_are_read_and_others_told() -> None:
    def change(page: Worksheet) -> None:
        page.row_dimensions[2].hidden = True
        page.sheet_state = "hidden"
        page.parent.create_sheet("Action")["A1"] = "x"
        page.parent.create_sheet("Sheet2")

    sent = read([("a.xlsx", workbook(change))])
    assert [line.row for line in sent.tables[0].lines] == [2]
    assert [in_a_line(finding) for finding in sent.findings] == [
        "a.xlsx, sheet Action: The template has no sheet of this name, so its rows were not read. "
        "Was “actions” meant? The sheets are actions, statuses, indicators, services, memberships, "
        "instruments, practices, involvements, relations, sources."
    ]
    assert sent.findings[0].severity == "Warning"
