"""Workbooks (.xlsx): opened with suspicion, and saved so that the same one gives the same bytes.

A workbook of a stranger is opened in a confined process only. Nothing touches a disk.
"""

import datetime
import warnings
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from openpyxl import Workbook, load_workbook
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.packaging import extended  # noqa: F401 - loaded late, where no file can be opened
from openpyxl.utils import range_boundaries
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

from ocsea.steward.files.archives import Archive, unpack
from ocsea.steward.files.kinds import is_workbook
from ocsea.steward.files.refusal import Refused

ABOUT, CODES, FINDINGS = "about", "codes", "findings"
"""The sheets of a workbook that hold no facts: what it is, the codes, and what a check found."""

RELEASE = "release"
"""What stands before the release's version in `about`."""

MAX_CELLS = 250_000

_BESIDES = (
    ("xl/externalLinks/", "links to other workbooks"),
    ("xl/connections.xml", "connections to databases or the web"),
    ("xl/embeddings/", "files of other programs"),
    ("xl/activeX/", "buttons or fields"),
)
_MADE = datetime.datetime(1980, 1, 1)
_SAVE = "Save it as an Excel workbook (.xlsx)"
_CELLS = ("c", "row")
_RANGES = ("mergeCell", "hyperlink")


def open_workbook(content: bytes) -> Workbook:
    """The workbook, its formulas as texts and its links to other files dropped.

    Raises Refused for macros, for what is too large, and for what is damaged.
    """
    parts = unpack(content)
    if not is_workbook(parts):
        raise Refused("damaged", "This is no workbook.", f"{_SAVE}.")
    _refuse_parts(parts)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what a workbook may hold and we do not need
            return load_workbook(BytesIO(content), keep_links=False)
    except MemoryError:
        raise
    except Exception:  # a damaged workbook can end in any error of the library
        raise _damaged() from None


def unread_parts(content: bytes) -> list[str]:
    """What the workbook leads to or holds besides tables, in words."""
    names = unpack(content)
    return [words for start, words in _BESIDES if any(name.startswith(start) for name in names)]


def save_workbook(workbook: Workbook) -> bytes:
    """The file of a workbook; no time of day is in it."""
    workbook.properties.created = workbook.properties.modified = _MADE
    stream = BytesIO()
    _Writer(workbook, Archive(stream)).save()
    return stream.getvalue()


class _Writer(ExcelWriter):
    """Writes sheets in memory, where the library has a file for each."""

    def __init__(self, workbook: Workbook, archive: Archive) -> None:
        super().__init__(workbook, archive)
        self._into = archive

    def write_worksheet(self, ws: Any) -> None:
        """Write one sheet, as the library does but for the file."""
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        stream = _Unclosed()
        writer: Any = WorksheetWriter(ws, out=stream)
        writer.write()
        ws._rels = writer._rels
        self._into.writestr(ws.path[1:], stream.getvalue())
        self.manifest.append(ws)


class _Unclosed(BytesIO):
    def close(self) -> None:
        """Stay readable: the library closes what it has written."""


def _refuse_parts(parts: Mapping[str, bytes]) -> None:
    kinds = parts["[Content_Types].xml"]
    if b"macroEnabled" in kinds or any("vbaproject" in name.lower() for name in parts):
        raise Refused("macros", "The workbook holds macros.", f"{_SAVE}, which leaves them out.")
    if b"purl.oclc.org/ooxml" in parts.get("xl/workbook.xml", b""):
        message = "The workbook is saved as “Strict Open XML”."
        raise Refused("kind", message, f"{_SAVE}, the plain kind, not the strict one.")
    outline = _Outline()
    for name, part in parts.items():
        if name.endswith((".xml", ".rels")):
            _look(part, outline)


def _look(part: bytes, outline: "_Outline") -> None:
    parser = DefusedXMLParser(target=outline, forbid_dtd=True)
    try:
        parser.feed(part)
        parser.close()
    except DefusedXmlException:
        message = "The workbook holds definitions that no spreadsheet program writes."
        raise Refused("entities", message, "Fill in a fresh template.") from None
    except (SyntaxError, ValueError, LookupError):  # no XML, or in an encoding that is none
        raise _damaged() from None


class _Outline:
    """Counts what a workbook's parts would become, before any of it is made."""

    def __init__(self) -> None:
        self._cells = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Count an element; a cell for each that a range covers."""
        name = tag.rpartition("}")[2]
        if name in _CELLS:
            self._cells += 1
        elif name in _RANGES:
            self._cells += _area(attributes.get("ref", "A1"))
        if self._cells > MAX_CELLS:
            raise Refused(
                "too-large",
                f"The workbook has more than {MAX_CELLS:,} cells, blank ones with a format among "
                "them.",
                "Delete blank rows and columns, or copy your rows into a fresh template.",
            )

    def close(self) -> None:
        """Nothing is kept."""


def _area(reference: str) -> int:
    left, top, right, bottom = range_boundaries(reference)
    return ((right or 0) - (left or 0) + 1) * ((bottom or 0) - (top or 0) + 1)


def _damaged() -> Refused:
    return Refused(
        "damaged",
        "The workbook is damaged: it cannot be opened.",
        "Open it in the program it came from, let that repair it, and save it as an Excel "
        "workbook (.xlsx).",
    )
