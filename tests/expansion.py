"""JSON-LD as a processor reads it, which has to find a meaning for each of its keys."""

from typing import Any

from pyld import jsonld as pyld
from untraced import untraced

from ocsea import jsonld


def nothing_dropped(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The document expanded, no context loaded but ours. A key without a meaning is a failure,
    unless the context says that it has none.
    """
    dropped: list[str | None] = []
    with untraced():
        expanded: list[dict[str, Any]] = pyld.expand(
            document, jsonld.OPTIONS, on_property_dropped=dropped.append
        )
    assert set(dropped) <= {None}
    return expanded
