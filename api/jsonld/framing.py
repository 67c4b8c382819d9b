"""A document in the frame that a caller sends: JSON-LD Framing 1.1 as PyLD does it.

It runs in a worker, whose time and memory are limited, since a small frame can ask for much.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from pyld import jsonld as pyld
from pyoxigraph import Triple

from ocsea import jsonld
from ocsea.compaction import Node

MAX_BYTES = 64 * 1024
MAX_DEPTH = 16
"""Of objects and lists in a frame."""
NAMING = {"@id", "@type", "id", "type"}


class Refused(Exception):
    """The frame is none, or is not followed here; says why, and what to do."""


def framed(triples: Iterable[Triple], iri: str, text: str) -> bytes:
    """What is told of a thing in the frame that the text holds.

    A frame without a context is read under ours. One that names neither `id` nor `type` is of the
    thing itself. `Refused` where it is no frame, or names a context other than ours.
    """
    frame = _read(text)
    _check(frame)
    whole = {"@context": jsonld.CONTEXT} | ({} if NAMING & frame.keys() else {"@id": iri}) | frame
    nodes = jsonld.nodes(triples)
    try:
        result = pyld.frame(nodes, whole, jsonld.OPTIONS)
        return orjson.dumps(result, option=orjson.OPT_INDENT_2)
    except MemoryError:
        raise
    except pyld.JsonLdError as error:
        raise Refused(f"The frame cannot be followed: {_reason(error)}") from None
    except Exception as error:  # PyLD trips over some objects that are no frames
        name = type(error).__name__
        raise Refused(f"The frame cannot be followed: PyLD failed with {name}.") from None


def _read(text: str) -> Node:
    try:
        frame = orjson.loads(text)
    except ValueError as error:
        raise Refused(f"The frame is not JSON: {error}") from None
    if not isinstance(frame, dict):
        raise Refused("A frame is a JSON object.")
    return frame


def _check(frame: Node) -> None:
    """Refuse what is nested deeply, or names a context that would have to be fetched."""
    for depth, node in _nested(frame):
        if depth > MAX_DEPTH:
            raise Refused(f"The frame is nested more than {MAX_DEPTH} deep.")
        if isinstance(node, list):
            continue
        for url in _named(node.get("@context")) + _named(node.get("@import")):
            if url != jsonld.CONTEXT:
                detail = f"Name {jsonld.CONTEXT}, or write the context out in the frame."
                raise Refused(f"The context {url[:200]} is not fetched. {detail}")


def _nested(frame: Node) -> Iterator[tuple[int, Any]]:
    """Each object and list with its depth, without recursion."""
    waiting: list[tuple[int, Any]] = [(1, frame)]
    while waiting:
        depth, value = waiting.pop()
        yield depth, value
        inside = value.values() if isinstance(value, dict) else value
        waiting += [(depth + 1, one) for one in inside if isinstance(one, dict | list)]


def _named(context: Any) -> list[str]:
    values = context if isinstance(context, list) else [context]
    return [value for value in values if isinstance(value, str)]


def _reason(error: BaseException) -> str:
    """What PyLD says was wrong at the bottom of it, without the contexts it quotes."""
    while isinstance(error.__cause__, pyld.JsonLdError):
        error = error.__cause__
    text = str(error.args[0])
    if getattr(error, "code", None) == "invalid frame":
        text += " Of several keys that stand for the same property, only one may be named."
    return text
