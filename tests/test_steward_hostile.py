"""What must not hurt: each file that nobody should send is answered with what would be right."""

import faulthandler
import os
import signal
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hostile import ROW, archive, csv_text, in_a_line, part, repacked, workbook
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocsea.errors import OcseaError
from ocsea.steward.files import isolation
from ocsea.steward.files.annotate import annotate
from ocsea.steward.files.isolation import apart
from ocsea.steward.files.reading import MAX_BYTES, read, read_paths
from ocsea.steward.files.refusal import Refused
from ocsea.steward.sent import Sent

SHEET = "xl/worksheets/sheet1.xml"
BOOK = workbook()
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
XLSX = "Open it in the program it came from and save it as an Excel workbook (.xlsx)."
ANEW = "Make the file anew: open it in the program it came from and save it again."
PARTS = "Delete what the template does not ask for, or send it in parts."
UTF8 = (
    "Save it as UTF-8: in Excel choose Save As, “CSV UTF-8 (Comma delimited)”; "
    "in LibreOffice choose the character set “Unicode (UTF-8)”."
)
READ = "Read are workbooks (.xlsx), CSV (.csv, or several in a .zip), Turtle (.ttl) and JSON-LD."
DAMAGED = (
    "The workbook is damaged: it cannot be opened. Open it in the program it came from, let that "
    "repair it, and save it as an Excel workbook (.xlsx)."
)
TOO_MANY = (
    "The workbook has more than 250,000 cells, blank ones with a format among them. "
    "Delete blank rows and columns, or copy your rows into a fresh template."
)
MACROS = "The workbook holds macros. Save it as an Excel workbook (.xlsx), which leaves them out."
ENTITIES = "The workbook holds definitions that no spreadsheet program writes. "
QUOTES = (
    "A quotation mark stands where it does not belong, so that cells cannot be told apart. Put a "
    "text that holds the separator, a quotation mark or a line break between quotation marks, and "
    'double those within it: "the ""Lanzarote"" Convention"'
)
EXAMPLE = "Compare it with the template in the same format."
LINK = zipfile.ZipInfo("actions.csv")
LINK.external_attr = 0o120777 << 16


def _sheet(change: Callable[[bytes], bytes]) -> bytes:
    return repacked(BOOK, {SHEET: change(part(BOOK, SHEET))})


def _bomb(xml: bytes) -> bytes:
    """A part that unfolds to a billion letters, in an encoding that hides the word ENTITY."""
    body = xml[xml.index(b"?>") + 2 :] if xml.startswith(b"<?xml") else xml
    entities = '<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    return f"\ufeff<!DOCTYPE z [{entities}]>{body.decode()}".encode("utf-16-le")


def _cut(name: str) -> bytes:
    return repacked(BOOK, {name: part(BOOK, name)[:-20]})


def _locked_member() -> bytes:
    content = bytearray(archive(("actions.csv", csv_text().encode())))
    for start in (b"PK\x03\x04", b"PK\x01\x02"):
        content[content.index(start) + (6 if start.endswith(b"\x04") else 8)] |= 1
    return bytes(content)


def _many(columns: int, rows: int) -> bytes:
    cells = b"".join(b"<c><v>1</v></c>" for _ in range(columns))
    return b"".join(b"<row>" + cells + b"</row>" for _ in range(rows))


REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "macros": (
        "a.xlsm",
        lambda: repacked(BOOK, {"xl/vbaProject.bin": b"x"}),
        f"a.xlsm: {MACROS}",
    ),
    "macros by another name": (
        "a.xlsx",
        lambda: repacked(BOOK, {"[Content_Types].xml": b"<Types>macroEnabled</Types>"}),
        f"a.xlsx: {MACROS}",
    ),
    "a password": (
        "a.xlsx",
        lambda: OLD + "EncryptedPackage".encode("utf-16-le"),
        "a.xlsx: The workbook is locked with a password. Take the password away (File, Info, "
        "Protect Workbook) and save it again.",
    ),
    "xls": ("a.xls", lambda: OLD, f"a.xls: This is an old workbook (.xls) or document. {XLSX}"),
    "ods": (
        "a.ods",
        lambda: archive(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")),
        f"a.ods: This is an OpenDocument file (.ods). {XLSX}",
    ),
    "xlsb": (
        "a.xlsb",
        lambda: archive(("[Content_Types].xml", b"<a/>"), ("xl/workbook.bin", b"x")),
        f"a.xlsb: This is a binary workbook (.xlsb). {XLSX}",
    ),
    "docx": (
        "a.xlsx",
        lambda: archive(("[Content_Types].xml", b"<a/>"), ("word/document.xml", b"<a/>")),
        f"a.xlsx: This is a text document, not a table. {XLSX}",
    ),
    "strict": (
        "a.xlsx",
        lambda: repacked(BOOK, {"xl/workbook.xml": b'<a xmlns="http://purl.oclc.org/ooxml/x"/>'}),
        "a.xlsx: The workbook is saved as “Strict Open XML”. Save it as an Excel workbook (.xlsx), "
        "the plain kind, not the strict one.",
    ),
    "pdf": ("a.pdf", lambda: b"%PDF-1.7", f"a.pdf: This is a PDF. {READ} {XLSX}"),
    "html": (
        "a.xls",
        lambda: b"<html><table></table></html>",
        f"a.xls: This is a web page or XML, not a workbook. {XLSX}",
    ),
    "text": (
        "a.xlsx",
        lambda: b"record,change",
        f"a.xlsx: This is a text by the name of a workbook. {XLSX}",
    ),
    "nothing": ("a.csv", lambda: b" \n", "a.csv: The file is empty. Send the template, filled in."),
    "half a workbook": (
        "a.xlsx",
        lambda: BOOK[: len(BOOK) // 2],
        f"a.xlsx: The file is damaged: it cannot be unpacked. {ANEW}",
    ),
    "half a sheet": ("a.xlsx", lambda: _cut(SHEET), f"a.xlsx: {DAMAGED}"),
    "half a style": ("a.xlsx", lambda: _cut("xl/styles.xml"), f"a.xlsx: {DAMAGED}"),
    "no sheet": (
        "a.xlsx",
        lambda: archive(("[Content_Types].xml", b"<a/>")),
        f"a.xlsx: {DAMAGED}",
    ),
    "100 MB": (
        "a.xlsx",
        lambda: _sheet(lambda xml: xml + b" " * 100_000_000),
        "a.xlsx: It unpacks to more than 64 MB. Delete what the template does not ask for, such as "
        "blank rows, or send it in parts.",
    ),
    "a bomb": (
        "a.zip",
        lambda: archive(("actions.csv", b"0" * 30_000_000)),
        "a.zip: actions.csv in it unpacks to 1,028 times its size, as no table does. Delete blank "
        "rows and columns that only carry a format, and save it again.",
    ),
    "a million files": (
        "a.zip",
        lambda: archive(*((f"{number}.csv", b"") for number in range(1001))),
        "a.zip: It holds more than 1,000 files. Send fewer.",
    ),
    "one name twice": (
        "a.zip",
        lambda: archive(("bctions.csv", b"x"), ("actions.csv", b"x")).replace(b"bct", b"act"),
        f"a.zip: It holds two files by the name actions.csv. {ANEW}",
    ),
    "a path out": (
        "a.zip",
        lambda: archive(("../../actions.csv", b"x")),
        "a.zip: It names a place outside itself: ../../actions.csv Put the files into the archive "
        "themselves, without the folders above them.",
    ),
    "a path from the root": (
        "a.zip",
        lambda: archive(("/tmp/actions.csv", b"x")),
        "a.zip: It names a place outside itself: /tmp/actions.csv Put the files into the archive "
        "themselves, without the folders above them.",
    ),
    "a path of Windows": (
        "a.zip",
        lambda: archive(("C:actions.csv", b"x")),
        "a.zip: It names a place outside itself: C:actions.csv Put the files into the archive "
        "themselves, without the folders above them.",
    ),
    "a link": (
        "a.zip",
        lambda: archive((LINK, b"/etc/hostname")),
        "a.zip: actions.csv in it is a link. Put the file itself in its place.",
    ),
    "a locked member": (
        "a.zip",
        _locked_member,
        "a.zip: actions.csv in it is locked. Send it without a password.",
    ),
    "an archive in an archive": (
        "a.zip",
        lambda: archive(("b.zip", archive(("actions.csv", b"x")))),
        "a.zip/b.zip: An archive or a workbook inside an archive is not read. Send it by itself.",
    ),
    **{
        f"entities in {name}": (
            "a.xlsx",
            lambda name=name: repacked(BOOK, {name: _bomb(part(BOOK, name))}),
            f"a.xlsx: {ENTITIES}Fill in a fresh template.",
        )
        for name in (SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml")
    },
    "merged to the end": (
        "a.xlsx",
        lambda: _sheet(
            lambda xml: xml.replace(
                b"</sheetData>",
                b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
            )
        ),
        f"a.xlsx: {TOO_MANY}",
    ),
    "too many cells": (
        "a.xlsx",
        lambda: _sheet(
            lambda xml: xml.replace(b"</sheetData>", _many(26, 10_000) + b"</sheetData>")
        ),
        f"a.xlsx: {TOO_MANY}",
    ),
    "too many rows": (
        "actions.csv",
        lambda: (csv_text() + "x\n" * 20_000).encode(),
        f"actions.csv: Sheet actions has more than 20,000 rows or 200 columns. {PARTS}",
    ),
    "too many columns": (
        "a.xlsx",
        lambda: workbook(XFD9="x"),
        f"a.xlsx: Sheet actions has more than 20,000 rows or 200 columns. {PARTS}",
    ),
    "nothing but line breaks": (
        "actions.csv",
        lambda: b"\n" * 2_000_000 + b"x",
        "actions.csv: It has more than 1,048,576 rows. Delete the blank ones.",
    ),
    "Windows-1252": (
        "actions.csv",
        lambda: csv_text((*ROW[:6], "Türkiye", *ROW[7:])).encode("cp1252"),
        "actions.csv, line 2: The text is not in UTF-8; it looks like the older encoding of "
        f"Windows. {UTF8}",
    ),
    "UTF-16 without a mark": (
        "actions.csv",
        lambda: csv_text().encode("utf-16-le"),
        f"actions.csv: The text is in UTF-16 and does not say so. {UTF8}",
    ),
    "an open quotation": (
        "actions.csv",
        lambda: (csv_text() + 'x,"y\n\n').encode(),
        f"actions.csv, line 3: {QUOTES}",
    ),
    "a quotation within": (
        "actions.csv",
        lambda: (csv_text() + 'x,"y" z\n').encode(),
        f"actions.csv, line 3: {QUOTES}",
    ),
    "Turtle that ends": (
        "a.ttl",
        lambda: b"<a>\n<b>",
        f"a.ttl, line 2: This cannot be read as Turtle: Unexpected end. {EXAMPLE}",
    ),
    "an unknown prefix": (
        "a.ttl",
        lambda: b"\nx:a a x:b .",
        "a.ttl, line 2: This cannot be read as Turtle: The prefix x: has not been declared. "
        f"{EXAMPLE}",
    ),
    "RDF 1.2": (
        "a.ttl",
        lambda: b"<a:a> <a:b> <<( <a:a> <a:b> <a:c> )>> .",
        "a.ttl: This cannot be read as Turtle: only RDF 1.1 is kept here, not <a:a> <a:b> <a:c>. "
        f"{EXAMPLE}",
    ),
    "Turtle without end": (
        "a.ttl",
        lambda: b"<a:a> <a:b> " + b"(" * 300_000,
        "a.ttl: The file says more than 100,000 things. Send it in parts.",
    ),
    "broken JSON": (
        "a.jsonld",
        lambda: b'{\n"a" "b"}',
        "a.jsonld, line 2: This cannot be read as JSON: Expecting ':' delimiter, column 5. "
        f"{EXAMPLE}",
    ),
    "deep JSON": (
        "a.jsonld",
        lambda: b"[" * 1_000_000,
        f"a.jsonld: This cannot be read as JSON: nested too deeply to be read. {EXAMPLE}",
    ),
    "deep JSON-LD": (
        "a.jsonld",
        lambda: b'{"a:b":' * 900 + b"1" + b"}" * 900,
        f"a.jsonld: This cannot be read as JSON-LD: nested too deeply to be read. {EXAMPLE}",
    ),
    "a foreign context": (
        "a.jsonld",
        lambda: b'{"@context": "http://127.0.0.1:9/x", "a:b": 1}',
        "a.jsonld: This cannot be read as JSON-LD: the context http://127.0.0.1:9/x is not ours "
        f"and is not fetched; write it out instead. {EXAMPLE}",
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=list(REFUSED))
def test_a_file_that_cannot_be_read_says_what_would_be_right(
    case: tuple[str, Callable[[], bytes], str],
) -> None:
    name, make, said = case
    sent = read([(name, make())])
    assert [in_a_line(finding) for finding in sent.findings] == [said]
    assert sent.findings[0].severity == "Violation"
    assert not sent.tables
    assert not sent.triples


def test_links_to_elsewhere_are_told_and_not_followed() -> None:
    parts = {"xl/externalLinks/externalLink1.xml": b"<a/>", "xl/connections.xml": b"<a/>"}
    sent = read([("a.xlsx", repacked(BOOK, parts))])
    assert [in_a_line(finding) for finding in sent.findings] == [
        "a.xlsx: The workbook holds links to other workbooks, which were not looked at. Send it "
        "without them.",
        "a.xlsx: The workbook holds connections to databases or the web, which were not looked at. "
        "Send it without them.",
    ]
    assert sent.tables


def test_what_holds_nothing_of_the_template_is_told() -> None:
    sent = read([("a.xlsx", workbook(lambda page: setattr(page, "title", "Budget")))])
    assert [finding.rule for finding in sent.findings] == ["read:sheet", "read:nothing"]
    assert sent.findings[1].message == (
        "Nothing in what you sent is a sheet of the template, so there is nothing to check."
    )


def test_files_are_one_to_fifty_and_sixteen_megabytes(tmp_path: Path) -> None:
    with pytest.raises(OcseaError, match="Send 1 to 50 files; these are 0"):
        read([])
    with pytest.raises(OcseaError, match="Send 1 to 50 files; these are 51"):
        read([("a.csv", b"")] * 51)
    with pytest.raises(OcseaError, match="Send files of 16 MB at most"):
        read([("a.csv", bytes(MAX_BYTES + 1))])
    with (tmp_path / "a.csv").open("wb") as file:
        file.truncate(100 * 2**30)  # a hole that nobody could read into memory
    with pytest.raises(OcseaError, match="Send files of 16 MB at most"):
        read_paths([tmp_path])
    with pytest.raises(OcseaError, match="there is no such file or folder"):
        read_paths([tmp_path / "b.csv"])


def test_a_name_is_shown_on_one_line() -> None:
    sent = read([("a\n\x1b[31m\u202eb.csv", b"")])
    assert [finding.place.file for finding in sent.findings] == ["a[31mb.csv"]


def test_a_file_may_take_so_much_time_and_memory_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def forever() -> bytes:
        while True:
            pass

    began = time.monotonic()
    with pytest.raises(Refused, match="takes more time than a file may take"):
        apart(forever, 0)
    assert time.monotonic() - began < 10
    monkeypatch.setattr(isolation, "MEGABYTES", 64)
    with pytest.raises(Refused, match="takes more memory than a file may take"):
        apart(lambda: bytes(100 * 2**20))
    with pytest.raises(Refused, match="for a reason that was not foreseen"):
        apart(lambda: Path(__file__).read_bytes())


def test_what_ends_by_a_fault_was_too_deep() -> None:
    def fault() -> bytes:
        faulthandler.disable()  # pytest's, which would print where
        os.kill(os.getpid(), signal.SIGSEGV)
        return b""

    with pytest.raises(Refused, match="nested too deeply"):
        apart(fault)


def test_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    descriptors = set(Path("/proc/self/fd").iterdir())
    for name, make, _ in REFUSED.values():
        read([(name, make())])
    annotate(BOOK, [])
    assert not list(tmp_path.iterdir())
    assert set(Path("/proc/self/fd").iterdir()) == descriptors


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_spoilt_workbook_is_answered_however_it_is_spoilt(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([SHEET, "xl/workbook.xml", "xl/styles.xml"]))
    xml = bytearray(part(BOOK, name))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(xml) - 1))
        end = place + data.draw(st.integers(0, 30))
        xml[place:end] = data.draw(st.sampled_from([b"", b"\0", b"9", b"-1", b'"', b"<c/>", b"A1"]))
    sent = read([("a.xlsx", repacked(BOOK, {name: bytes(xml)}))])
    assert isinstance(sent, Sent)
    assert "read:unreadable" not in {finding.rule for finding in sent.findings}
