"""What workers answer from."""

from dataclasses import dataclass

from pyoxigraph import Store

from api.engine.index import Index


@dataclass(frozen=True, slots=True)
class Stores:
    """All graphs and their merge; the merge alone, for queries of nothing else, which has half as
    much to look through; the graph without a name alone; and what things are called.
    """

    all: Store
    merge: Store
    unnamed: Store
    names: Index
