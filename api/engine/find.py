"""A search: the things with a name like what was asked for, the likeliest first."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from rapidfuzz import fuzz, process

from api.engine.folding import words
from api.engine.index import Index, in_language, is_number
from api.engine.names import KINDS, MOST_POINTING, NAMINGS
from api.engine.snippet import snippet

EXACT, BEGUN, WORDS, NEAR = 75, 50, 25, 0
"""Where the scores of each sort of match begin. Each has `BAND` of them, for how alike the names
are, times the weights of the property that holds the name, of the thing's kind, and of the thing.
"""
BAND = 25
FEW = 5
"""Where no name is what was asked for, and fewer things match, typos are forgiven."""
ENOUGH = 0.75
"""The part of the letters asked for that a thing's names have where typos are forgiven, and all the
numbers.
"""
MOST_WORDS = 32
LEAST = 0.7
"""How much a thing counts to which nothing points, where the best known count 1."""

Fits = Mapping[str, Set[str]]
"""For each word asked for, the words of names that pass for it."""


class Search:
    """What is found of a text among things of these classes, or of any where there are none, by
    names in this language or in none, or in any language where it is "".
    """

    def __init__(self, index: Index, text: str, classes: Set[str], language: str) -> None:
        self._index, self._language = index, language
        self._words = words(text)
        self._among = {
            place for place, of in enumerate(index.classes) if not classes or classes & set(of)
        }
        self._guessed: set[str] = set()
        self._best: dict[int, tuple[float, int]] = {}  # by thing, its score and name
        if self._words:
            self._find()
        self._order = sorted(self._best, key=self._rank)

    def answer(self, offset: int, limit: int) -> dict[str, Any]:
        """How many things were found, in all and of each kind, and those of a page, for JSON."""
        kinds = Counter(self._index.things[thing].kind for thing in self._order)
        return {
            "total": len(self._order),
            "kinds": sorted(kinds.items()),
            "found": [self._told(thing) for thing in self._order[offset : offset + limit]],
        }

    def _find(self) -> None:
        closed = "".join(self._words)
        self._take_beginning(closed)
        exact = any(score > EXACT for score, _ in self._best.values())
        asked = list(dict.fromkeys(self._words))[:MOST_WORDS]
        fits = {word: self._index.begun(word) for word in asked}
        self._take_bearers(fits, WORDS, 1.0)
        if not exact and len(self._best) < FEW:
            self._forgive(fits, closed)

    def _take_beginning(self, closed: str) -> None:
        same, begun = self._index.beginning(closed)
        for place in same:
            self._take(place, EXACT, 1.0)
        for place in begun:
            name = self._index.names[place]
            length = len(name.plain.replace(" ", ""))
            if not NAMINGS[name.naming].whole:
                self._take(place, BEGUN, 2 * len(closed) / (len(closed) + length))

    def _forgive(self, fits: Fits, closed: str) -> None:
        """Look for the words with typos, and for names that are misspelt or run together."""
        last = self._words[-1]
        near = {word: self._index.near(word, unfinished=word == last) for word in fits}
        self._guessed = set().union(*near.values())
        self._take_bearers({word: fits[word] | near[word] for word in fits}, NEAR, ENOUGH)
        for place, likeness in self._index.alike(closed):
            self._take(place, NEAR, likeness)

    def _take_bearers(self, fits: Fits, base: int, part: float) -> None:
        """Take the things whose names have words that fit so large a part of what was asked."""
        letters: Counter[int] = Counter()
        for word, found in fits.items():
            letters.update(dict.fromkeys(self._index.bearers(found), len(word)))
        needed = part * sum(map(len, fits))
        things = {thing for thing in letters if letters[thing] >= needed}
        numbers = (word for word in fits if is_number(word))
        things.intersection_update(*(self._index.bearers(fits[word]) for word in numbers))
        self._take_closest(
            [p for thing in things for p in self._fullest(thing, fits, needed)], base
        )

    def _fullest(self, number: int, fits: Fits, needed: float) -> list[int]:
        """The names of a thing with most of the words, if those that count have enough of them."""
        thing, held = self._index.things[number], {}
        for place in filter(self._counts, range(thing.first, thing.last)):
            plain = self._index.names[place].plain.split()
            held[place] = {word for word, found in fits.items() if not found.isdisjoint(plain)}
        if self._letters(set().union(*held.values())) < needed:
            return []
        most = max(map(self._letters, held.values()))
        return [place for place in held if self._letters(held[place]) == most]

    @staticmethod
    def _letters(found: Iterable[str]) -> int:
        return sum(map(len, found))

    def _take_closest(self, places: Sequence[int], base: int) -> None:
        asked, plain = " ".join(self._words), [self._index.names[place].plain for place in places]
        for _, likeness, i in process.extract(
            asked, plain, scorer=fuzz.token_sort_ratio, limit=None
        ):
            self._take(places[i], base, likeness / 100)

    def _counts(self, place: int) -> bool:
        """Whether a name is of what is looked for."""
        name = self._index.names[place]
        if self._language and name.language and not in_language(name.language, self._language):
            return False
        return self._index.things[name.thing].classes in self._among

    def _take(self, place: int, base: int, likeness: float) -> None:
        """Note a name that matches, if it is the best of its thing."""
        name = self._index.names[place]
        thing = self._index.things[name.thing]
        weight = NAMINGS[name.naming].weight * KINDS[thing.kind].weight * _standing(thing.pointing)
        score = base + BAND * likeness * weight
        if score > self._best.get(name.thing, (0.0, 0))[0] and self._counts(place):
            self._best[name.thing] = score, place

    def _rank(self, number: int) -> tuple[float, int, str, str]:
        """Highest scores first; equal ones in an order that is always the same."""
        thing = self._index.things[number]
        return -self._best[number][0], thing.kind, self._index.label(thing).text, thing.iri

    def _told(self, number: int) -> dict[str, Any]:
        index, thing = self._index, self._index.things[number]
        score, place = self._best[number]
        name, label = index.names[place], index.label(thing, self._language)
        return {
            "iri": thing.iri,
            "kind": thing.kind,
            "classes": index.classes[thing.classes],
            "label": (label.text, label.language),
            "name": (name.text, name.language),
            "naming": name.naming,
            "score": round(score, 1),
            "snippet": snippet(name.text, self._words, self._guessed),
            "marked": snippet(label.text, self._words, self._guessed),
        }


def _standing(pointing: int) -> float:
    """How much a thing counts: the more, the more is said about it."""
    return LEAST + (1 - LEAST) * math.log1p(pointing) / math.log1p(MOST_POINTING)
