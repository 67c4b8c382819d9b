"""Changes as pages show them: by state and topic."""

from collections.abc import Iterable
from itertools import groupby

from ocsea.steward.difference.words import Line


def by_topic(lines: Iterable[Line]) -> list[tuple[str, list[tuple[str, list[Line]]]]]:
    """The changes by state and topic."""
    return [
        (state, [(topic, list(found)) for topic, found in groupby(of, lambda line: line.topic)])
        for state, of in groupby(lines, lambda line: line.state)
    ]
