"""What things are called, for the labels of records about two of them."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from pyoxigraph import NamedNode

from ocsea import ids
from ocsea.rows import Row, read_rows

_UNIT = {"article": "Article", "chapter": "Chapter", "paragraph": "paragraph", "recital": "Recital"}


class Names:
    """The labels that the data files give states, bodies, instruments and whatever else has a ref.

    All sources share it, since a source may speak of a thing that only another one describes.
    Whether a thing exists at all is for the shapes to say: one without a row is called by its key.
    """

    def __init__(self, data: Path, known: Mapping[NamedNode, str]) -> None:
        self._labels = dict(known)
        for name in _THINGS:
            for path in sorted(data.glob(f"*/{name}")):
                self._labels.update(_labels(path))

    def of(self, thing: NamedNode) -> str:
        """The label of a thing; of a provision that of its instrument, and which part it is."""
        key = ids.key(thing)
        if thing in self._labels or "/" not in key:
            return self._labels.get(thing, key)
        whole, unit, number = key.rsplit("/", 2)
        number = number.upper() if unit == "chapter" else number
        return f"{self.of(ids.ref(f'{ids.kind(thing)}/{whole}'))}, {_UNIT[unit]} {number}"


def _labels(path: Path) -> Iterator[tuple[NamedNode, str]]:
    for row in read_rows(path):
        yield _THINGS[path.name](row), row.take("label")
        row.ignore(*row.remaining())


def _by_ref(row: Row) -> NamedNode:
    return row.take_as("ref", ids.ref)


def _by_kind(row: Row) -> NamedNode:
    return row.take_as("kind", lambda kind: ids.thing(kind, row.take("key")))


def _by_key(kind: str) -> Callable[[Row], NamedNode]:
    return lambda row: row.take_as("key", lambda key: ids.thing(kind, key))


# The files that name things, each with how a row says which thing it is.
_THINGS: dict[str, Callable[[Row], NamedNode]] = {
    **dict.fromkeys(("initiatives.csv", "commitments.csv", "terms.csv"), _by_ref),
    "bodies.csv": lambda row: (_by_ref if "ref" in row.remaining() else _by_kind)(row),
    "states.csv": _by_kind,
    "instruments.csv": lambda row: row.take_as("identifier", ids.instrument),
    "adopters.csv": _by_key("body"),
    "offences.csv": _by_key("offence"),
    "obligations.csv": _by_key("obligation"),
    "indicators.csv": lambda row: row.take_as(
        "identifier", lambda key: ids.thing("indicator", key)
    ),
}
