"""Files as nobody should send them, made here rather than kept."""

import io
import zipfile
from collections.abc import Callable, Mapping

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ocsea.steward.sent import Finding

HEADINGS = ("record", "change", "state", "instrument", "act", "date", "note", "source", "place")
ROW = ("", "", "NOR", "OPSC", "Ratification", "2001-10-02", "", "untc2015", "UNTC status table")


def workbook(change: Callable[[Worksheet], object] = lambda page: None, **cells: object) -> bytes:
    """A workbook with one good row in `actions`, then what `change` does, then these cells."""
    book = Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    page.title = "actions"
    page.append(HEADINGS)
    page.append([text or None for text in ROW])
    change(page)
    for name, value in cells.items():
        page[name] = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def csv_text(*rows: tuple[str, ...], separator: str = ",") -> str:
    """A CSV file of `actions` with these rows, or one good one."""
    return "".join(separator.join(row) + "\n" for row in (HEADINGS, *(rows or (ROW,))))


def repacked(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The archive with these members replaced or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", 8) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, part in parts.items():
            new.writestr(name, part)
    return stream.getvalue()


def archive(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    """A zip archive of these members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members:
            packed.writestr(name, content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def part(content: bytes, name: str) -> bytes:
    """One member of an archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return packed.read(name)


def in_a_line(finding: Finding) -> str:
    """A finding in one line, without how grave it is."""
    return f"{finding.place}: {finding.message} {finding.remedy}"
