"""What a write makes of the graphs, worked out where nothing but the result can come of it.

The text of a write is read and evaluated in a child process without descriptors, with so much
memory and time (`ocsea.confine`). It gives back the graphs that came out different, as N-Triples.
"""

import json
import re
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from threading import Thread
from typing import Any, TypeVar

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store

from ocsea.child import Ended, in_child
from ocsea.confine import confine
from ocsea.documents import UnknownType, Unreadable, read_documents
from ocsea.errors import OcseaError
from ocsea.namespaces import BASE
from ocsea.rdf import memory_store
from ocsea.release import UNNAMED, Release, load, node, sha256

T = TypeVar("T")
_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
MAX_RESULT = 256 * 1024 * 1024
"""The most bytes of N-Triples that one write may change."""

Prepare = Callable[[str, "Write"], str]
"""Reads the text of an update as the protocol has it, and gives the text that is run."""


@dataclass(frozen=True)
class Write:
    """A change that somebody asks for.

    `kind` is `update`, `put`, `post` or `delete`; `by` the name of whose it is. `graph` is the IRI
    of the graph meant, UNNAMED for the one without a name. `content` is the update or the document,
    `content_type` the document's type. `using` and `using_named` are the protocol's graphs of an
    update, `if_match` and `if_none_match` the headers. `megabytes` and `seconds` are what it may
    use.
    """

    kind: str
    by: str
    content: bytes = b""
    content_type: str = ""
    graph: str = UNNAMED
    base: str = BASE
    using: tuple[str, ...] = ()
    using_named: tuple[str, ...] = ()
    if_match: str | None = None
    if_none_match: str | None = None
    megabytes: int = 1024
    seconds: float = 30.0


@dataclass(frozen=True)
class Written:
    """What a write came to: the release, whether the graph is new, and how many warnings stand."""

    version: str
    created: bool
    warnings: int


class NotWritten(OcseaError):
    """A write that was refused, with nothing changed.

    `kind` is `malformed`, `load`, `service`, `unsupported`, `too-large`, `too-deep`, `timeout`,
    `unknown`, `stale`, `derived` or `not-conforming`; `more` is what else there is to tell.
    """

    def __init__(self, kind: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.more = kind, detail, more


Outcome = tuple[dict[str, bytes], set[str]]
"""The graphs that are new or different, as sorted N-Triples, and those that are gone."""


def outcome(write: Write, release: Release, prepare: Prepare) -> Outcome:
    """What the write makes of the release's graphs. Raises NotWritten."""
    graphs = release.graphs()
    if write.kind == "update":
        known = {iri: graph["sha256"] for iri, graph in release.manifest["graphs"].items()}
        run = partial(_update, write=write, known=known, prepare=prepare)
        return _confined(lambda: _stored(release), run, write)
    if write.kind == "delete":
        return ({}, {write.graph}) if write.graph in graphs else ({}, set())
    sent, gone = _confined(lambda: None, lambda _: _document(write), write)
    old = graphs.get(write.graph)
    if write.kind == "post" and old:
        lines = {*old.read_bytes().splitlines(True), *sent[write.graph].splitlines(True)}
        sent = {write.graph: b"".join(sorted(lines))}
    if old and old.read_bytes() == sent[write.graph]:
        return {}, gone
    return sent, gone


def _stored(release: Release) -> Store:
    """The graphs as an update sees them: the default graph is the one without a name."""
    store = Store()
    for iri, path in release.graphs().items():
        if iri != UNNAMED:
            store.add_graph(NamedNode(iri))
        load(store, path, node(iri))
    return store


def _update(store: Store, write: Write, known: Mapping[str, str], prepare: Prepare) -> Outcome:
    text = prepare(_text(write.content), write)
    try:
        store.update(text, base_iri=BASE)
    except SyntaxError as error:
        raise _malformed(str(error)) from None
    except OSError:  # a store in memory does no input or output of its own
        raise NotWritten("load", "the update tried to reach another server") from None
    return _different(store, known)


def _malformed(message: str) -> NotWritten:
    found = _PLACE.match(message)
    if not found:
        return NotWritten("malformed", message)
    detail = found[3].split(", [")[0]  # what follows are classes of single characters
    return NotWritten("malformed", detail, line=int(found[1]), column=int(found[2]))


def _different(store: Store, known: Mapping[str, str]) -> Outcome:
    names = {g.value for g in store.named_graphs() if isinstance(g, NamedNode)}
    changed = {}
    for iri in names:
        content = _lines(store, NamedNode(iri))
        if sha256(content) != known.get(iri):
            changed[iri] = content
    unnamed = _lines(store, DefaultGraph())
    if sha256(unnamed) != known.get(UNNAMED, sha256(b"")):
        changed[UNNAMED] = unnamed
    return changed, set(known) - names - {UNNAMED}


def _lines(store: Store, graph: NamedNode | DefaultGraph) -> bytes:
    content = store.dump(format=RdfFormat.N_TRIPLES, from_graph=graph)
    assert content is not None
    return b"".join(sorted(set(content.splitlines(True))))


def _document(write: Write) -> Outcome:
    """The graph that a document holds, with numbers and dates spelled as a store spells them, so
    that a later update finds them."""
    store = memory_store(read_documents(write.content, write.content_type, write.base))
    return {write.graph: _lines(store, DefaultGraph())}, set()


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise NotWritten("malformed", f"the update is not UTF-8: {error}") from None


def _confined(prepare: Callable[[], T], work: Callable[[T], Outcome], write: Write) -> Outcome:
    """What `work` makes of what `prepare` made, which alone may still open files."""

    def child(parent: int) -> bytes:
        prepared = prepare()
        confine(parent, write.megabytes)
        signal.setitimer(signal.ITIMER_REAL, write.seconds)  # whatever it is at then
        return _in_thread(lambda: _packed(work, prepared))

    try:
        return _unpack(in_child(child, MAX_RESULT))
    except OverflowError:
        raise NotWritten("too-large", "the write changes more than can be taken at once") from None
    except Ended as error:
        raise _cause_of_death(error.status) from None


def _in_thread(work: Callable[[], bytes]) -> bytes:
    """What `work` comes to in a thread of its own, which has random numbers of its own.

    The store keeps their state by thread: a fork would have its parent's, and each write would
    label its blank nodes like the one before.
    """
    done: list[bytes] = []
    thread = Thread(target=lambda: done.append(work()))
    thread.start()
    thread.join()
    return done[0]


def _packed(work: Callable[[T], Outcome], prepared: T) -> bytes:
    try:
        return _pack(work(prepared))
    except BaseException as error:  # a panic in the store is no Exception
        return _pack_failure(error)


def _cause_of_death(status: int) -> NotWritten:
    if status == -signal.SIGSEGV:
        return NotWritten("too-deep", "it is nested too deeply to be read")
    if status == -signal.SIGALRM:
        return NotWritten("timeout", "the write was stopped at its time limit")
    return NotWritten("too-large", "the write needs more memory than it may use")


def _pack(outcome: Outcome) -> bytes:
    changed, gone = outcome
    head = {"graphs": [(iri, len(c)) for iri, c in changed.items()], "gone": sorted(gone)}
    return json.dumps(head).encode() + b"\n" + b"".join(changed.values())


def _pack_failure(error: BaseException) -> bytes:
    match error:
        case NotWritten():
            failure = [error.kind, error.detail, error.more]
        case Unreadable():
            places = {"line": error.line, "column": error.column}
            failure = ["malformed", str(error), {k: v for k, v in places.items() if v}]
        case UnknownType():
            failure = ["unsupported", str(error), {}]
        case MemoryError():
            failure = ["too-large", "the write needs more memory than it may use", {}]
        case _:
            failure = ["malformed", f"{type(error).__name__}: {error}", {}]
    return json.dumps({"failure": failure}).encode() + b"\n"


def _unpack(content: bytes) -> Outcome:
    head, _, rest = content.partition(b"\n")
    told = json.loads(head)
    if "failure" in told:
        kind, detail, more = told["failure"]
        raise NotWritten(kind, detail, **more)
    changed, start = {}, 0
    for iri, length in told["graphs"]:
        changed[iri] = rest[start : start + length]
        start += length
    return changed, set(told["gone"])
