"""GRACE's deliverable D10.6 of 2021: what its text says, in the standard tables."""

from collections.abc import Iterator

from pyoxigraph import Triple

from ocsea import tables
from ocsea.sources import Source


def load(source: Source) -> Iterator[Triple]:
    """Every table that the source has."""
    yield from tables.load(source)
