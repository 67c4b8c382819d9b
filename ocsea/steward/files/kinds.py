"""What kind of file something is, told by its content first and by its name second."""

import re
from collections.abc import Collection
from pathlib import PurePath

from ocsea.steward.files.refusal import Refused

READ = "Read are workbooks (.xlsx), CSV (.csv, or several in a .zip), Turtle (.ttl) and JSON-LD."
"""What `reading` takes, in words."""

_SUFFIXES = {
    **dict.fromkeys((".csv", ".tsv", ".tab", ".txt"), "csv"),
    **dict.fromkeys((".ttl", ".nt"), "turtle"),
    **dict.fromkeys((".json", ".jsonld"), "json"),
}
_BOOK = "Open it in the program it came from and save it as an Excel workbook (.xlsx)."
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = (
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"Rar!", "an archive of a kind that is not read"),
    (b"7z\xbc\xaf", "an archive of a kind that is not read"),
    (b"\x1f\x8b", "a packed file of a kind that is not read"),
    (b"BZh", "a packed file of a kind that is not read"),
    (b"\xfd7zXZ", "a packed file of a kind that is not read"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
_PACKED = (
    ("xl/workbook.bin", "a binary workbook (.xlsb)"),
    ("word/document.xml", "a text document, not a table"),
    ("ppt/presentation.xml", "a set of slides, not a table"),
    ("mimetype", "an OpenDocument file (.ods)"),
    ("Index/Document.iwa", "a file of Numbers"),
)
_MARKED_UP = re.compile(r"\s*<(\?xml|!doctype|html|table|rdf:rdf|workbook)\b", re.IGNORECASE)
_TURTLE = re.compile(r"\s*(@prefix|@base|prefix\s|base\s|<[^>\s]+>|#)", re.IGNORECASE)


def refuse_foreign(content: bytes) -> None:
    """Raise Refused for what is neither text nor an archive, and for nothing at all."""
    if not content.strip():
        raise Refused("empty", "The file is empty.", "Send the template, filled in.")
    if content.startswith(_OLD):
        raise _old(content)
    for start, words in _FOREIGN:
        if content.startswith(start):
            raise Refused("kind", f"This is {words}.", f"{READ} {_BOOK}")


def _old(content: bytes) -> Refused:
    """What a file is that is packed as it was before 2007, as locked ones still are."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return Refused(
            "locked",
            "The workbook is locked with a password.",
            "Take the password away (File, Info, Protect Workbook) and save it again.",
        )
    return Refused("kind", "This is an old workbook (.xls) or document.", _BOOK)


def is_archive(content: bytes) -> bool:
    """Whether this is a zip archive, as a workbook is one too."""
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"))


def is_workbook(members: Collection[str]) -> bool:
    """Whether an archive of these files is a workbook. Raises Refused for other documents."""
    for name, words in _PACKED:
        if name in members:
            raise Refused("kind", f"This is {words}.", _BOOK)
    return "[Content_Types].xml" in members


def of_text(name: str, text: str) -> str:
    """`csv`, `turtle` or `json`. Raises Refused for a text of another kind."""
    suffix = PurePath(name).suffix.lower()
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    if _MARKED_UP.match(text):
        raise Refused("kind", "This is a web page or XML, not a workbook.", _BOOK)
    if suffix.startswith((".xls", ".ods")):
        raise Refused("kind", "This is a text by the name of a workbook.", _BOOK)
    if text.lstrip().startswith(("{", "[")):
        return "json"
    return "turtle" if _TURTLE.match(text) else "csv"
