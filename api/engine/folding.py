"""Texts as a search compares them: without case, accents and punctuation."""

import unicodedata
from functools import lru_cache

_PLAIN = dict(zip("łøđðħıæœþ", ("l", "o", "d", "d", "h", "i", "ae", "oe", "th"), strict=True))
"""Latin letters that are typed without their stroke, and that Unicode does not take apart."""
_APOSTROPHES = "'’‘ʼ"
"""They hold a word together: `children's` is found as `childrens`."""


def words(text: str) -> list[str]:
    """The words of a text: letters and digits of any script, compared without case and accents.

    No script is written in another one; whatever else stands in a text parts words.
    """
    return "".join(map(_folded, unicodedata.normalize("NFKD", text))).split()


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    if character in _APOSTROPHES or unicodedata.combining(character):
        return ""
    if unicodedata.category(character)[0] not in "LMN":
        return " "
    plain = character.casefold()
    return _PLAIN.get(plain, plain)
