"""Text files as they come from anywhere: in what encoding they are, and what may stand in them."""

import codecs
import unicodedata

from ocsea.steward.files.refusal import Refused

SAVE_AS_UTF8 = (
    "Save it as UTF-8: in Excel choose Save As, “CSV UTF-8 (Comma delimited)”; "
    "in LibreOffice choose the character set “Unicode (UTF-8)”."
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
for _, _name in _MARKS:
    codecs.lookup(_name)  # a confined process could not load it

_UNSEEN = {
    *range(0x202A, 0x202F),  # they turn the direction of what follows
    *range(0x2066, 0x206A),
    *(0x200B, 0x2060, 0xFEFF),  # they take no room
}


def decode(content: bytes) -> str:
    """The text of a file in UTF-8, or in UTF-16 if it says so in its first two bytes.

    Raises Refused with the line where it is something else.
    """
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    if encoding == "utf-8" and content[:1000].count(0) > len(content[:1000]) // 5:
        raise Refused("encoding", "The text is in UTF-16 and does not say so.", SAVE_AS_UTF8)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    message = "The text is not in UTF-8; it looks like the older encoding of Windows."
    raise Refused("encoding", message, SAVE_AS_UTF8, line)


def unseen(text: str) -> str:
    """The first character that nobody sees and that does not belong into a cell, by its number.

    Empty where there is none; line breaks and tabs are no such characters.
    """
    if text.isprintable():
        return ""
    for character in text:
        control = unicodedata.category(character) == "Cc" and character not in "\t\n"
        if control or ord(character) in _UNSEEN:
            return f"U+{ord(character):04X}"
    return ""


def tidy(text: str) -> str:
    """The text of a cell without the blanks around it, its lines ended in one way."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
