"""Compact documents in the shape that the frame of their class gives them.

A frame of `ontology/frames/` is a JSON-LD frame that names keys in the order to have them in. Of
several keys for the same property, each takes the things of its type. Unlike a standard framing
processor, this one drops nothing: what a frame does not name follows what it does.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from ocsea.compaction import Compactor, Node
from ocsea.resources import frame_files

ANY = "thing"
"""The frame of what has no other."""
_FIRST = ("@context", "id", "type", "label")
_NUMBER = re.compile(r"([0-9]{1,15})")


@cache
def frame_documents() -> dict[str, Node]:
    """The frames as they stand in their files."""
    files = frame_files().items()
    return {name: json.loads(file.read_text(encoding="utf-8")) for name, file in files}


@dataclass(frozen=True, slots=True)
class Part:
    """A key that a frame names.

    `found` is the key under which compaction puts its values, with others where `types` tells them
    apart; `inner` is the shape of each. A list that is `always` there may be empty.
    """

    key: str
    found: str
    types: frozenset[str]
    reverse: bool
    always: bool
    inner: "Shape"

    def take(self, rest: Node) -> Any:
        """Take its values out of what is left of a node; None where there are none."""
        if self.found == self.key:
            return rest.pop(self.key, None)
        taken: list[Node] = []
        left: list[Node] = []
        for node in rest.pop(self.found, ()):
            (left if self.types.isdisjoint(node.get("type", ())) else taken).append(node)
        if left:
            rest[self.found] = left
        return taken or None


@dataclass(frozen=True, slots=True)
class Shape:
    """The keys of a node, in order."""

    parts: tuple[Part, ...]

    def __call__(self, node: Node) -> Node:
        """The node with its keys in this order, and then all others."""
        rest = dict(node)
        shaped = {key: rest.pop(key) for key in _FIRST if key in rest}
        for part in self.parts:
            if (found := part.take(rest)) is not None:
                shaped[part.key] = _inside(found, part)
            elif part.always:
                shaped[part.key] = []
        for key in sorted(rest, key=lambda key: (key.startswith("@"), key)):
            shaped[key] = rest[key]
        return shaped


def _inside(value: Any, part: Part) -> Any:
    if isinstance(value, list):
        shaped = [_inside(item, part) for item in value]
        return sorted(shaped, key=_as_people_count) if part.reverse else shaped
    return part.inner(value) if isinstance(value, dict) and "id" in value else value


def _as_people_count(node: Node) -> list[Any]:
    """Orders by IRI, `article/9` before `article/10`."""
    pieces: list[Any] = _NUMBER.split(node["id"])
    pieces[1::2] = map(int, pieces[1::2])
    return pieces


@dataclass(frozen=True, slots=True)
class Frame:
    """The shape of the documents about things of some classes.

    `rank` orders the properties by which other things lead to such a thing: one that does by
    several is told under the first.
    """

    name: str
    classes: frozenset[str]
    rank: Mapping[str, int]
    shape: Shape


class Frames:
    """All frames, read with what our context makes of their keys."""

    def __init__(self, compactor: Compactor) -> None:
        self._compactor = compactor
        self.all = {name: self._frame(name, told) for name, told in frame_documents().items()}
        self.of = lru_cache(1024)(self._of)

    def _of(self, types: tuple[str, ...]) -> Frame:
        """The frame that names most of these classes, the first by name among equals."""
        best = max(self.all.values(), key=lambda frame: len(frame.classes.intersection(types)))
        return best if best.classes.intersection(types) else self.all[ANY]

    def _frame(self, name: str, told: Node) -> Frame:
        classes = frozenset(self._compactor.meaning(word).iri for word in _listed(told, "type"))
        meanings = [self._compactor.meaning(key) for key in _keys(told)]
        turned = dict.fromkeys(meaning.iri for meaning in meanings if meaning.reverse)
        rank = {iri: place for place, iri in enumerate(turned)}
        return Frame(name, classes, rank, self._shape(told, top=True))

    def _shape(self, told: Node, *, top: bool) -> Shape:
        return Shape(tuple(self._part(key, _inner(told[key]), top) for key in _keys(told)))

    def _part(self, key: str, told: Node, top: bool) -> Part:
        meaning = self._compactor.meaning(key)
        found = self._compactor.reverse_key(meaning.iri) if meaning.reverse else key
        always = top and meaning.many and not told.get("@omitDefault")
        inner = self._shape(told, top=False)
        return Part(key, found, frozenset(_listed(told, "type")), meaning.reverse, always, inner)


def _keys(told: Node) -> list[str]:
    return [key for key in told if key not in _FIRST[:3] and not key.startswith("@")]


def _inner(told: Any) -> Node:
    """The frame below a key; in a list below that of a map, where it would be read as a map."""
    inner: Node = told[0] if isinstance(told, list) else told
    return inner


def _listed(told: Node, key: str) -> Iterable[str]:
    value = told.get(key, [])
    return value if isinstance(value, list) else [value]
