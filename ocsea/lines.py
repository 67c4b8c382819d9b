"""Files of sorted lines, looked up, compared and changed without being taken apart.

The lines are sorted as bytes, each once and with its end.
"""

import mmap
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

Text = bytes | mmap.mmap
_LEAST, _MOST = 2**12, 2**20
"""How many bytes are compared at a time: few after a difference, more and more without one."""


@contextmanager
def opened(content: bytes | Path | None) -> Iterator[Text]:
    """The text of a file, or bytes as they are; nothing for None and where there is no file."""
    if content is None or isinstance(content, bytes):
        yield content or b""
    elif not content.is_file() or not content.stat().st_size:  # nothing cannot be mapped
        yield b""
    else:
        with (
            content.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text,
        ):
            yield text


def has_line(path: Path, start: bytes) -> bool:
    """Whether a line of the file begins with these bytes; False of a file that is not there."""
    with opened(path) as text:
        at = _first_not_before(text, start)
        return text[at : at + len(start)] == start


def number(content: bytes | Path) -> int:
    """How many lines there are."""
    with opened(content) as text:
        return sum(text[at : at + _MOST].count(b"\n") for at in range(0, len(text), _MOST))


def edit(old: Path | None, new: Path, gone: Collection[bytes], come: Collection[bytes]) -> None:
    """Write a file anew, without the lines that are gone, and with those that come."""
    gone, come, begin = frozenset(gone), frozenset(come), 0
    with opened(old) as text, new.open("wb") as file:
        for line in sorted(gone | come):
            at = _first_not_before(text, line)
            _copy(text, begin, at, file)
            begin = at + len(line) if text[at : at + len(line)] == line else at
            if line in come:
                file.write(line)
        _copy(text, begin, len(text), file)


def differing(old: Text, new: Text) -> tuple[list[bytes], list[bytes]]:
    """The lines that only the older of two texts has, and those only the newer."""
    gone, come, at, there = list[bytes](), list[bytes](), 0, 0
    while at < len(old) or there < len(new):
        alike = _alike(old, at, new, there)
        at, there = at + alike, there + alike
        line, other = _line(old, at), _line(new, there)
        if line and (line < other or not other):
            gone.append(line)
            at += len(line)
        elif other:
            come.append(other)
            there += len(other)
    return gone, come


def _first_not_before(text: Text, wanted: bytes) -> int:
    """Where the first line begins that does not sort before `wanted`; the end for none."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high) // 2
        begin = text.rfind(b"\n", low, middle) + 1 or low
        end = text.find(b"\n", middle) + 1 or len(text)
        if text[begin:end] < wanted:
            low = end
        else:
            high = begin
    return low


def _copy(text: Text, begin: int, end: int, file: BinaryIO) -> None:
    for at in range(begin, end, _MOST):
        file.write(text[at : min(at + _MOST, end)])


def _alike(old: Text, at: int, new: Text, there: int) -> int:
    """How many bytes two texts have in common from these places on, as whole lines."""
    alike, size = 0, _LEAST
    while piece := old[at + alike : at + alike + size]:
        if piece != new[there + alike : there + alike + size]:
            break
        alike, size = alike + len(piece), min(2 * size, _MOST)
    while size := size // 2:
        begin, other = at + alike, there + alike
        if old[begin : begin + size] == new[other : other + size]:
            alike += size
    end = old.rfind(b"\n", at, min(at + alike, len(old))) + 1
    return max(end - at, 0)


def _line(text: Text, at: int) -> bytes:
    return text[at : text.find(b"\n", at) + 1] if at < len(text) else b""
