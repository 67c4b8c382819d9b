"""Zip archives: written so that the same files give the same bytes, and opened with suspicion."""

import codecs
import re
import stat
from collections import Counter
from collections.abc import Iterable
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from ocsea.steward.files.refusal import Refused

MAX_MEMBERS = 1000
MAX_UNPACKED = 64 * 2**20
MAX_RATIO = 250
"""A spreadsheet unpacks to some thirty times its size; what only blows up, to a thousand times."""

_SMALL = 2**20
_DRIVE = re.compile("[A-Za-z]:")
_BEGINNING = (1980, 1, 1, 0, 0, 0)
_FRESH = "Make the file anew: open it in the program it came from and save it again."
codecs.lookup("cp437")  # how archives spell names; a confined process could not load it


class Archive(ZipFile):
    """An archive to write, whose members carry no time of day."""

    def __init__(self, stream: BytesIO) -> None:
        super().__init__(stream, "w", ZIP_DEFLATED)

    def writestr(self, zinfo_or_arcname: str | ZipInfo, data: Any, *_: Any, **__: Any) -> None:
        """Add a member, compressed."""
        name = zinfo_or_arcname if isinstance(zinfo_or_arcname, str) else zinfo_or_arcname.filename
        member = ZipInfo(name, _BEGINNING)
        member.compress_type = ZIP_DEFLATED
        member.external_attr = (stat.S_IFREG | 0o644) << 16
        super().writestr(member, data)


def pack(files: Iterable[tuple[str, bytes]]) -> bytes:
    """An archive of the files, by their names."""
    stream = BytesIO()
    with Archive(stream) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return stream.getvalue()


def unpack(content: bytes) -> dict[str, bytes]:
    """The members of an archive by their names, unpacked in memory and nowhere else.

    Raises Refused where it is damaged, too large, locked, or names places outside itself.
    """
    try:
        with ZipFile(BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _refuse(members)
            return {member.filename: archive.read(member) for member in members}
    except (Refused, MemoryError):
        raise
    except Exception:  # a damaged archive can end in any error of the unpacking libraries
        raise Refused("damaged", "The file is damaged: it cannot be unpacked.", _FRESH) from None


def _refuse(members: list[ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS:
        raise Refused("too-large", f"It holds more than {MAX_MEMBERS:,} files.", "Send fewer.")
    names = Counter(member.filename for member in members)
    name, times = max(names.items(), key=lambda item: item[1], default=("", 0))
    if times > 1:
        raise Refused("damaged", f"It holds two files by the name {name}.", _FRESH)
    if sum(member.file_size for member in members) > MAX_UNPACKED:
        raise Refused(
            "too-large",
            f"It unpacks to more than {MAX_UNPACKED // 2**20} MB.",
            "Delete what the template does not ask for, such as blank rows, or send it in parts.",
        )
    for member in members:
        _refuse_member(member)


def _refuse_member(member: ZipInfo) -> None:
    name = member.filename
    if _DRIVE.match(name) or "\\" in name or {"..", "/"} & set(PurePosixPath(name).parts):
        raise Refused(
            "outside",
            f"It names a place outside itself: {name}",
            "Put the files into the archive themselves, without the folders above them.",
        )
    if stat.S_ISLNK(member.external_attr >> 16):
        raise Refused("outside", f"{name} in it is a link.", "Put the file itself in its place.")
    if member.flag_bits & 1:
        raise Refused("locked", f"{name} in it is locked.", "Send it without a password.")
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise Refused("damaged", f"{name} in it is packed in a way that is not read.", _FRESH)
    if member.file_size > max(_SMALL, MAX_RATIO * member.compress_size):
        raise Refused(
            "too-large",
            f"{name} in it unpacks to {member.file_size // max(member.compress_size, 1):,} times "
            "its size, as no table does.",
            "Delete blank rows and columns that only carry a format, and save it again.",
        )
