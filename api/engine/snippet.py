"""A name as a search shows it: what was asked for is marked, and a long name is cut around that."""

import re
from collections.abc import Sequence, Set
from html import escape

from api.engine.folding import words

WIDTH = 160
"""Letters of a name that are shown."""
BEFORE = 50
"""Letters before the first mark that are shown of a name that is cut."""
_WORD = re.compile(r"[^\W_]+(?:['’‘ʼ][^\W_]+)*")


def snippet(text: str, asked: Sequence[str], near: Set[str]) -> str:
    """HTML: words that begin with one asked for, or are among `near`, stand in `<mark>`."""
    marks = [
        match.span()
        for match in _WORD.finditer(text)
        for word in ["".join(words(match[0]))]
        if word in near or _begins(word, asked)
    ]
    start, end = _window(text, marks[0][0] if marks else 0)
    return _marked(text, start, end, marks)


def _begins(word: str, asked: Sequence[str]) -> bool:
    return any(word == one or (len(one) > 1 and word.startswith(one)) for one in asked)


def _window(text: str, first: int) -> tuple[int, int]:
    """From where to where a text is shown, at the ends of words."""
    if len(text) <= WIDTH:
        return 0, len(text)
    start = 0 if first <= BEFORE else text.find(" ", first - BEFORE, first) + 1
    end = start + WIDTH
    return start, len(text) if end >= len(text) else max(text.rfind(" ", start, end), start + 1)


def _marked(text: str, start: int, end: int, marks: Sequence[tuple[int, int]]) -> str:
    pieces, at = ["…" if start else ""], start
    for first, last in marks:
        if start <= first and last <= end:
            pieces += [escape(text[at:first]), "<mark>", escape(text[first:last]), "</mark>"]
            at = last
    pieces += [escape(text[at:end]), "…" if end < len(text) else ""]
    return "".join(pieces)
