"""The names of a release as a search looks them up; built once, and never changed."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from api.engine.folding import words
from api.engine.names import LABELS, Entry

_LAST = chr(0x10FFFF)
_ALIKE = 80
"""From 0 to 100, how alike two names are at least where one is taken for the other misspelt."""
_MOST_ALIKE = 50


class Thing(NamedTuple):
    """A thing: `pointing` statements are about it, as far as they were counted; `classes` is a
    place in `Index.classes`, and its names stand from `first` to `last`.
    """

    iri: str
    kind: int
    pointing: int
    classes: int
    first: int
    last: int


class Name(NamedTuple):
    """A name of a thing, and `plain`: its words as they are compared."""

    text: str
    language: str
    naming: int
    thing: int
    plain: str


class Index:
    """Names by how they begin, and things by the words of their names."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.things: list[Thing] = []
        self.names: list[Name] = []
        classes: dict[tuple[str, ...], int] = {}
        self._bearers: dict[str, array[int]] = {}
        for iri, kind, pointing, of, names in entries:
            first = len(self.names)
            self.names += (Name(*name, len(self.things), _plain(name[0])) for name in names)
            place = classes.setdefault(of, len(classes))
            self.things.append(Thing(iri, kind, pointing, place, first, len(self.names)))
        self.classes = list(classes)
        for name in self.names:
            self._add_words(name)
        self._words = sorted(self._bearers)
        closed = sorted((name.plain.replace(" ", ""), i) for i, name in enumerate(self.names))
        self._closed = [text for text, _ in closed]
        self._places = array("I", [place for _, place in closed])

    def _add_words(self, name: Name) -> None:
        for word in name.plain.split():
            things = self._bearers.setdefault(word, array("I"))
            if not things or things[-1] != name.thing:
                things.append(name.thing)

    def beginning(self, closed: str) -> tuple[Sequence[int], Sequence[int]]:
        """The names that are this text, and those that only begin so; spaces do not count."""
        start, end = bisect_left(self._closed, closed), bisect_right(self._closed, closed)
        last = bisect_left(self._closed, closed + _LAST)
        return self._places[start:end], self._places[end:last]

    def alike(self, closed: str) -> Iterator[tuple[int, float]]:
        """Names much like this text, with how much from 0 to 1; spaces do not count, numbers do."""
        digits = _digits(closed)
        for text, likeness, place in process.extract(
            closed, self._closed, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=_MOST_ALIKE
        ):
            if _digits(text) == digits:
                yield self._places[place], likeness / 100

    def begun(self, word: str) -> set[str]:
        """The words of names that begin with this one; where it is a number, that are this one."""
        if len(word) == 1 or is_number(word):
            return {word} & self._bearers.keys()
        start, end = (bisect_left(self._words, text) for text in (word, word + _LAST))
        return set(self._words[start:end])

    def near(self, word: str, *, unfinished: bool) -> set[str]:
        """The words of names that are this one but for a typo or two, or begin so if it is
        unfinished; numbers are never guessed.
        """
        typos = 0 if is_number(word) else (len(word) > 2) + (len(word) > 5)
        found = self._within(word, self._words, typos)
        if unfinished and len(word) > 3:
            beginnings = [other[: len(word)] for other in self._words]
            found |= self._within(word, beginnings, min(typos, 1))
        return found

    def _within(self, word: str, others: Sequence[str], typos: int) -> set[str]:
        if not typos:
            return set()
        found = process.extract(word, others, scorer=OSA.distance, score_cutoff=typos, limit=None)
        return {self._words[place] for _, _, place in found}

    def bearers(self, found: Iterable[str]) -> set[int]:
        """The things that have one of these words in a name."""
        return set().union(*(self._bearers[word] for word in found))

    def label(self, thing: Thing, language: str = "") -> Name:
        """What to call a thing: in this language, else in English, else in another."""
        names = self.names[thing.first : thing.last]
        labels = [name for name in names if name.naming < LABELS] or names
        for wanted in filter(None, (language, "en")):
            for name in labels:
                if in_language(name.language, wanted):
                    return name
        return labels[0]


def in_language(tag: str, wanted: str) -> bool:
    """Whether a language tag is of a language: `en-GB` is of `en`."""
    return (tag + "-").lower().startswith((wanted + "-").lower())


def is_number(word: str) -> bool:
    """Whether there is a digit in a word, so that it is not to be guessed."""
    return any(map(str.isdigit, word))


def _plain(text: str) -> str:
    return " ".join(words(text))


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))
