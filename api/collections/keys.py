"""Columns as a tree of keys, and what the keys mean by our JSON-LD context."""

from collections.abc import Iterable, Iterator
from functools import cache

from pyoxigraph import NamedNode

from ocsea import jsonld
from ocsea.namespaces import RDF_TYPE, term

Tree = dict[str, "Tree"]
"""Keys, and below each the keys of the thing that it leads to, as in `party.iso3`."""


def tree(columns: Iterable[str]) -> Tree:
    """The tree of columns."""
    top: Tree = {}
    for column in columns:
        at = top
        for key in column.split("."):
            at = at.setdefault(key, {})
    return top


@cache
def predicate(key: str) -> NamedNode:
    """The property that a key of our context stands for; KeyError where there is none."""
    if key == "type":
        return RDF_TYPE
    meaning = jsonld.context()["@context"][key]
    return term(meaning if isinstance(meaning, str) else meaning["@id"])


@cache
def words() -> dict[str, str]:
    """The short names that our context has for terms, by their IRIs; the shortest of several."""
    meanings = jsonld.context()["@context"].items()
    named = [(term(iri).value, name) for name, iri in meanings if _is_term(iri)]
    return dict(sorted(named, key=lambda pair: (len(pair[1]), pair[1]), reverse=True))


def _is_term(meaning: object) -> bool:
    """Whether it is a prefixed name, not a prefix or a keyword."""
    return isinstance(meaning, str) and not meaning.startswith(("@", "http"))


def levels(below: Tree, path: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each SPARQL path that the columns go, "" the member itself, and the properties told there."""
    yield path, tuple(str(predicate(key)) for key in below)
    for key, further in below.items():
        if further:
            yield from levels(further, (path and path + "/") + str(predicate(key)))
