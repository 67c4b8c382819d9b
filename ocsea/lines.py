"""Files of sorted lines, looked up without being read through."""

import mmap
from pathlib import Path


def has_line(path: Path, start: bytes) -> bool:
    """Whether a line of the file begins with these bytes; False of a file that is not there.

    The lines are sorted as bytes, each with its end.
    """
    if not path.is_file() or not path.stat().st_size:  # nothing cannot be mapped
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        at = _first_not_before(text, start)
        return text[at : at + len(start)] == start


def _first_not_before(text: mmap.mmap, wanted: bytes) -> int:
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
