"""What a worker does beside answering queries, by name: what is asked for so often, or needs so
much of a store, that a query would not do.

Each task sets the kind of its output before it writes any.
"""

from collections.abc import Callable
from typing import Any, cast

import orjson
from pyoxigraph import DefaultGraph, NamedNode

from api.engine.describe import describe, write
from api.engine.find import Search
from api.engine.job import Job
from api.engine.output import Output
from api.engine.results import GRAPHS
from api.engine.stores import Stores
from api.jsonld.framing import Refused, framed
from api.linked.nearby import nearest
from ocsea.namespaces import PREFIXES

DOCUMENT = 8 * 1024 * 1024
"""Bytes below which a document, which is in memory anyway, is sent as one."""
Task = Callable[[Stores, Job, Output], None]


def document(stores: Stores, job: Job, output: Output) -> None:
    """A page of what is said of a thing: `(iri, page)`. The kind ends with the last page, or 0."""
    iri, page = cast(tuple[str, int], job.arguments)
    description = describe(stores.all, iri, page)
    output.kind = f"document/{description.last}".encode()
    output.hold = DOCUMENT
    if description.last:
        write(description, iri, str(job.graph), output)


def frame(stores: Stores, job: Job, output: Output) -> None:
    """A page of what is said of a thing, in a frame: `(iri, page, frame)`.

    The kind is as of a document; or `refused`, with what is wrong with the frame as output.
    """
    iri, page, text = cast(tuple[str, int, str], job.arguments)
    description = describe(stores.all, iri, page)
    output.kind = f"document/{description.last}".encode()
    try:
        content = framed(description.triples, iri, text) if description.last else b""
    except Refused as refused:
        output.kind, content = b"refused", str(refused).encode()
    output.write(content)


def near(stores: Stores, job: Job, output: Output) -> None:
    """What an address that leads to nothing may have been meant for, as JSON: `(key,)`."""
    (key,) = cast(tuple[str], job.arguments)
    output.kind = b"near"
    output.write(orjson.dumps(nearest(stores.merge, key)))


def search(stores: Stores, job: Job, output: Output) -> None:
    """Things by their names, as JSON: `(text, classes, language, offset, limit)`.

    The classes are IRIs with spaces between them; see `Search` for the rest.
    """
    text, classes, language, offset, limit = cast(tuple[str, str, str, int, int], job.arguments)
    found = Search(stores.names, text, set(classes.split()), language)
    output.kind = b"search"
    output.write(orjson.dumps(found.answer(offset, limit)))


def dump(stores: Stores, job: Job, output: Output) -> None:
    """The triples of a graph, `(iri,)`, "" for the one without a name."""
    (graph,) = cast(tuple[str], job.arguments)
    output.kind = b"graph"
    store = stores.all if graph else stores.unnamed
    of: Any = NamedNode(graph) if graph else DefaultGraph()
    store.dump(output, GRAPHS[str(job.graph)], from_graph=of, prefixes=PREFIXES)


TASKS: dict[str, Task] = {
    "document": document,
    "frame": frame,
    "near": near,
    "dump": dump,
    "search": search,
}
