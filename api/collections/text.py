"""Text as people compare it: without regard to case and accents, and with numbers as numbers."""

import unicodedata
from functools import cache
from itertools import chain
from string import ascii_lowercase

from pyoxigraph import Literal

_BY_HAND = {
    **{"d": "đð", "h": "ħ", "i": "ı", "l": "ł", "o": "ø", "t": "ŧ"},
    **{"'": "‘’ʼ", '"': "“”„", "-": "‐‑–—"},
}
"""What Unicode does not take apart, and the marks that keyboards write for printers' ones."""
_LATIN = (range(0xC0, 0x250), range(0x1E00, 0x1F00))
_MARKS = r"\.+*?()|[]{}^$-&~#"
"""What means something in a regular expression, or in a class of characters in one."""
_ACCENTS = "[\u0300-\u036f]"
"""Accents that stand by themselves; the class of all marks takes seconds to read so many times."""
_DIGITS = 10
"""Numbers of up to so many digits are put in the order of their values."""


@cache
def alike() -> dict[str, str]:
    """What else, in lower case, is taken for a plain character: `e` for `èéêë…`."""
    found = dict(_BY_HAND)
    for letter in map(chr, chain(*_LATIN)):
        plain = _without_marks(letter)
        if letter.islower() and len(plain) == 1 and plain in ascii_lowercase:
            found[plain] = found.get(plain, "") + letter
    return found


def _without_marks(text: str) -> str:
    apart = unicodedata.normalize("NFD", text)
    return "".join(char for char in apart if unicodedata.category(char)[0] != "M")


def plain(text: str) -> str:
    """A text in lower case without accents, each run of white space one space."""
    original = {other: char for char, others in alike().items() for other in others}
    lower = _without_marks(" ".join(text.split()).lower())
    return "".join(original.get(char, char) for char in lower)


def matching(text: str) -> str:
    """The regular expression, for the flag `i`, of what contains a text."""
    return "".join(map(_matching, plain(text)))


def _matching(char: str) -> str:
    if char == " ":
        return r"\s+"
    escaped = "\\" + char if char in _MARKS else char
    one = f"[{escaped}{alike()[char]}]" if char in alike() else escaped
    return f"{one}{_ACCENTS}*" if char.isalpha() else one


@cache
def sorting(value: str, key: str) -> str:
    """The SPARQL pattern that binds one variable to what to sort the text of another by.

    Step by step: the store takes twice as long to read an expression for each call within another.
    """
    plain = [(_ACCENTS, ""), *((f"[{others}]", char) for char, others in alike().items())]
    padded = [("([0-9]+)", "0" * _DIGITS + "$1"), (f"[0-9]*([0-9]{{{_DIGITS}}})", "$1")]
    steps = [f"BIND(LCASE(STR({value})) AS {key}0)"]
    for number, (pattern, by) in enumerate([*plain, *padded]):
        replaced = f"REPLACE({key}{number}, {Literal(pattern)}, {Literal(by)})"
        steps.append(f"BIND({replaced} AS {key}{number + 1})")
    return f"{' '.join(steps)} BIND({key}{len(steps) - 1} AS {key})"
