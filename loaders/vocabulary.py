"""Schemes, units, codes and areas that records of several sources share."""

from collections.abc import Iterator

from pyoxigraph import Triple

from ocsea import tables, vocabulary
from ocsea.sources import Source


def load(source: Source) -> Iterator[Triple]:
    """The concepts, then the areas, which stand in a standard table."""
    yield from vocabulary.concepts(source)
    yield from tables.load(source)
