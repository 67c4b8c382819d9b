"""Types into a workbook what a person would: new rows, and then corrections of single cells.

    python type_in.py WORKBOOK FOLDER    rows: each CSV file is for the sheet of its name
    python type_in.py WORKBOOK FILE.csv  cells: each line has a cell, as actions!F9, and a text

A row with a key under `record` goes over the one that has it, any other into the first blank row.
"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The lines of a CSV file by the names in its first."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def type_rows(sheet: Worksheet, lines: Iterator[dict[str, str]]) -> None:
    """Fill in rows, under the headings that the sheet has; a strange one is written after them."""
    headings = [cell.value for cell in sheet[1]]
    records = [cell.value for cell in sheet["A"]]
    for line in lines:
        key = line.get("record")
        records += [] if key else [None]
        row = records.index(key) + 1 if key else len(records)
        for name, text in line.items():
            if name not in headings:
                headings.append(name)
                sheet.cell(1, len(headings), name)
            sheet.cell(row, headings.index(name) + 1).value = text or None


def type_cells(workbook: Workbook, lines: Iterator[dict[str, str]]) -> None:
    """Put a text into each cell that is named, or nothing."""
    for line in lines:
        sheet, _, cell = line["cell"].partition("!")
        workbook[sheet][cell].value = line["text"] or None


def main(name: str, source: Path) -> None:
    """Type the rows of a folder or the cells of a file into the workbook of this name."""
    workbook = load_workbook(name)
    if source.is_dir():
        for path in sorted(source.glob("*.csv")):
            type_rows(workbook[path.stem], rows(path))
    else:
        type_cells(workbook, rows(source))
    workbook.save(name)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
