"""Who a printed name means: one table of names over a kept country library, and no guessing."""

import unicodedata
from pathlib import Path

import pycountry
from pyoxigraph import NamedNode

from ocsea.ids import thing
from ocsea.rows import read_rows


def fold(name: str) -> str:
    """A name as compared: case, accents, `&` and a leading `the` do not tell names apart."""
    plain = unicodedata.normalize("NFKD", name.replace("’", "'").replace("&", " and "))
    words = "".join(c for c in plain if not unicodedata.combining(c)).casefold().split()
    return " ".join(words[1:] if words[:1] == ["the"] else words)


class Parties:
    """The contracting entities the graph knows, found by any of their names.

    `states.csv` says which entities there are, `aliases.csv` which names sources print for them;
    ISO 3166 names and codes come from pycountry.
    """

    def __init__(self, folder: Path) -> None:
        self._by_name: dict[str, NamedNode] = {}
        self._labels: dict[NamedNode, str] = {}
        for row in read_rows(folder / "states.csv"):
            iri = thing(row.take("kind"), row.take("key"))
            self._labels[iri] = row.take("label")
            for name in (self._labels[iri], *_iso_names(iri)):
                self._by_name[fold(name)] = iri
            row.ignore(*row.remaining())
        keys = {iri.value.rsplit("/", 1)[1]: iri for iri in self._labels}
        for row in read_rows(folder / "aliases.csv"):
            alias, key = row.take("alias"), row.take("key")
            if key not in keys:
                raise row.error("key", "no such entity in states.csv")
            if self._by_name.setdefault(fold(alias), keys[key]) != keys[key]:
                raise row.error("alias", "the name already stands for another entity")
            row.ignore(*row.remaining())

    def find(self, name: str) -> NamedNode:
        """The entity a source means by `name`; ValueError where no table knows the name."""
        try:
            return self._by_name[fold(name)]
        except KeyError:
            why = "unknown country or entity name: correct it, or add it to data/states/aliases.csv"
            raise ValueError(why) from None

    def label(self, entity: NamedNode) -> str:
        """The name we give an entity in English, for the labels of records about it."""
        return self._labels[entity]


def _iso_names(iri: NamedNode) -> list[str]:
    country = pycountry.countries.get(alpha_3=iri.value.rsplit("/", 1)[1])
    names = ("name", "common_name", "official_name")
    return [getattr(country, n) for n in names if country and hasattr(country, n)]
