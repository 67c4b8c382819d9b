"""Files of sorted lines side by side: what only one of them holds, however long they are."""

import mmap
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from ocsea.lines import _first_not_before

BLOCK = 1 << 20
"""The most bytes of each file that are looked at at once."""

Text = bytes | mmap.mmap


def only_in_one(old: Path | None, new: Path | None) -> Iterator[tuple[bool, bytes]]:
    """The lines that only one of two files holds, in their order; True with those of `new`.

    Both are sorted as bytes, each line with its end; None is a file without lines. What is the same
    is passed over in blocks that double until something differs, so that it takes little time.
    """
    with ExitStack() as opened:
        before, after = _text(opened, old), _text(opened, new)
        i, j, size = 0, 0, 1
        while i < len(before) or j < len(after):
            if same := _same(before, after, i, j, size):
                i, j, size = i + same, j + same, min(2 * size, BLOCK)
            elif size > 1:
                size = 1
            else:
                left, right = _line(before, i), _line(after, j)
                is_new = not left or (bool(right) and right < left)
                yield is_new, right if is_new else left
                i, j = (i, j + len(right)) if is_new else (i + len(left), j)


def beginning(path: Path, start: bytes) -> Iterator[bytes]:
    """The lines of a file that begin with these bytes, found without it being read through."""
    with ExitStack() as opened:
        text = _text(opened, path)
        at = _first_not_before(text, start) if isinstance(text, mmap.mmap) else 0
        while at < len(text) and text[at : at + len(start)] == start:
            line = _line(text, at)
            yield line
            at += len(line)


def _text(opened: ExitStack, path: Path | None) -> Text:
    if path is None or not path.stat().st_size:  # nothing cannot be mapped
        return b""
    file = opened.enter_context(path.open("rb"))
    return opened.enter_context(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def _same(before: Text, after: Text, i: int, j: int, size: int) -> int:
    """How many bytes of the next lines that fill `size` are the same in both: all of them or 0."""
    end = before.find(b"\n", i + size - 1) + 1 or len(before)
    return end - i if before[i:end] == after[j : j + end - i] else 0


def _line(text: Text, at: int) -> bytes:
    return text[at : text.find(b"\n", at) + 1 or len(text)]
