"""The European Commission's slides of 2009: what they say, in the standard tables."""

from collections.abc import Iterator

from pyoxigraph import Triple

from ocsea import tables
from ocsea.sources import Source


def load(source: Source) -> Iterator[Triple]:
    """Every table that the source has."""
    yield from tables.load(source)
