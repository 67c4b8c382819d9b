"""What a steward sends: files of any kind to tables and triples, each read apart from all else.

Whatever is wrong with a file is a finding that says where, and what would be right.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from ocsea.errors import OcseaError
from ocsea.steward.files import kinds, rdf
from ocsea.steward.files.isolation import SECONDS, apart
from ocsea.steward.files.one_file import read_file, together
from ocsea.steward.files.passing import packed, unpacked
from ocsea.steward.files.refusal import Refused, found
from ocsea.steward.sent import MAX_BYTES, Finding, Place, Sent

MAX_FILES = 50

_LEAST = 1.0
"""The seconds that a file has even where those before it have used up all."""

File = tuple[str, bytes]
"""A file's name, as the steward knows it, and its content."""


def read(files: Sequence[File]) -> Sent:
    """All that the files say, in their order, and findings of what could not be read.

    Raises OcseaError where there are none, too many, or too much.
    """
    if not 0 < len(files) <= MAX_FILES:
        raise OcseaError(f"Send 1 to {MAX_FILES} files; these are {len(files)}.")
    if sum(len(content) for _, content in files) > MAX_BYTES:
        raise OcseaError(f"Send files of {MAX_BYTES // 2**20} MB at most; these are larger.")
    sent = together(_read_apart(files))
    if sent.tables or sent.triples or any(f.severity == "Violation" for f in sent.findings):
        return sent
    return replace(sent, findings=(*sent.findings, _nothing(_plain(files[0][0]))))


def read_paths(paths: Iterable[Path]) -> list[File]:
    """The files at these places, and in folders all files below them, as `read` takes them.

    Raises OcseaError where there is no such file, or more than can be read.
    """
    files = [(str(path), _size(path), path) for place in paths for path in _within(place)]
    if sum(size for _, size, _ in files) > MAX_BYTES:
        raise OcseaError(f"Send files of {MAX_BYTES // 2**20} MB at most; these are larger.")
    return [(name, path.read_bytes()) for name, _, path in files]


def _read_apart(files: Sequence[File]) -> Iterator[tuple[str, Sent]]:
    rdf.prepare()
    end = time.monotonic() + SECONDS
    for given, content in files:
        name = _plain(given)
        work = partial(_packed, name, content)
        try:
            yield name, unpacked(apart(work, max(end - time.monotonic(), _LEAST)))
        except Refused as refused:
            yield name, Sent(findings=(refused.finding(name),))


def _nothing(name: str) -> Finding:
    message = "Nothing in what you sent is a sheet of the template, so there is nothing to check."
    return found("nothing", Place(name), "", message, f"Fill in the template. {kinds.READ}")


def _packed(name: str, content: bytes) -> bytes:
    return packed(read_file(name, content))


def _plain(name: str) -> str:
    """A file's name as it can be shown: on one line, without what cannot be seen."""
    return "".join(character for character in name if character.isprintable()) or "file"


def _size(path: Path) -> int:
    if not path.is_file():
        raise OcseaError(f"{path}: there is no such file or folder")
    return path.stat().st_size


def _within(place: Path) -> list[Path]:
    """The place itself or, of a folder, its files but for hidden ones, as programs leave them."""
    if not place.is_dir():
        return [place]
    paths = [path for path in sorted(place.rglob("*")) if path.is_file()]
    return [path for path in paths if not _hidden(path.relative_to(place))]


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "~$")) for part in path.parts)
