"""The template as Turtle and as JSON-LD, and what comes back in them.

Both hold what sources state of the state's records, with the places that they cite.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any
from urllib.parse import urljoin

from pyld import jsonld
from pyoxigraph import NamedNode, RdfFormat, Triple, parse, serialize

from ocsea.documents import Unreadable, refuse_newer
from ocsea.jsonld import compactor, context, nodes, read_jsonld, reason
from ocsea.namespaces import BASE, ID, PREFIXES, RDF_TYPE
from ocsea.release import Release
from ocsea.steward.facts import LABEL, PART, SOURCE, Facts
from ocsea.steward.files import origin
from ocsea.steward.files.refusal import Refused
from ocsea.steward.sent import Place, Sent
from ocsea.steward.sheets.topics import Template

FILE = NamedNode(BASE)
"""What a file says of `<>`, itself, reads as said of this; it is no fact for the graph."""

MAX_TRIPLES = 100_000

_POSITION = re.compile(r"^Parser error at line (\d+).*?: |line (\d+)[^:]*: ")
_PREFIX = re.compile(r"(?:@prefix|prefix)\s+([\w.-]*):\s*<([^>]*)>", re.IGNORECASE)
_NAME = re.compile(r'<([^<>"{}|^`\\\s]*)>|(?<![\w.-])([\w.-]*):([\w.:%/-]*[\w%/-])')
_JSON_ID = re.compile(r'"(?:@id|id)"\s*:\s*"([^"\\]*)"')


def turtle(template: Template, release: Release) -> bytes:
    """The template as Turtle, in the order of its rows."""
    text = serialize(_stated(template, release), format=RdfFormat.TURTLE, prefixes=PREFIXES)
    assert text is not None
    lines = text.splitlines(keepends=True)
    heads = [line for line in lines if line.startswith(b"@prefix")]
    things = lines[len(heads) :]
    # The library gives the prefixes in any order. A line that ends so ends what is said of a thing.
    return b"".join([*sorted(heads), b"\n", *things]).replace(b" .\n<", b" .\n\n<")


def json_ld(template: Template, release: Release) -> bytes:
    """The template as JSON-LD under our context, in the order of its rows."""
    document = compactor().flat(nodes(_stated(template, release)))
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"


def read_turtle(file: str, text: str) -> Sent:
    """The triples of a Turtle or N-Triples file. Raises Refused where it does not parse."""
    try:
        quads = parse(text.encode(), RdfFormat.TURTLE, base_iri=BASE, rename_blank_nodes=True)
        triples = _few(quad.triple for quad in quads)
    except SyntaxError as error:
        raise _unreadable("Turtle", _POSITION.sub("", error.msg), error.lineno or 0) from None
    except (ValueError, Unreadable) as error:
        raise _unreadable("Turtle", str(error)) from None
    return _sent(file, triples, _turtle_names(text))


def read_json_ld(file: str, text: str) -> Sent:
    """The triples of a JSON-LD file; its only known context is ours. Raises Refused."""
    try:
        triples = _few(iter(read_jsonld(text, BASE)))
    except (ValueError, RecursionError, jsonld.JsonLdError, Unreadable) as error:
        raise _unreadable("JSON-LD", reason(error)) from None
    return _sent(file, triples, _json_names(text))


def load_json(text: str) -> Any:
    """The document in a JSON file. Raises Refused where it does not parse."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise _unreadable("JSON", f"{error.msg}, column {error.colno}", error.lineno) from None
    except (ValueError, RecursionError) as error:
        raise _unreadable("JSON", reason(error)) from None


def prepare() -> None:
    """Have in memory what a process that can open no file needs to read."""
    context()


def _stated(template: Template, release: Release) -> Iterator[Triple]:
    """What sources state of the records, then of the places they cite, then of these documents."""
    facts = Facts.of(release)
    yield Triple(FILE, origin.DERIVED, NamedNode(origin.iri(template.release)))
    keys = [line.cells["record"] for table in template.tables for line in table.lines]
    records = [NamedNode(ID + key) for key in keys]
    cited = [place for record in records for place in _objects(facts, record, SOURCE)]
    documents = [source for place in cited for source in _objects(facts, place, PART)]
    for thing in dict.fromkeys([*records, *cited, *documents]):
        yield from sorted({quad.triple for quad in facts.stated(thing)}, key=_order)


def _objects(facts: Facts, thing: NamedNode, prop: NamedNode) -> list[NamedNode]:
    values = [quad.object for quad in facts.stated(thing) if quad.predicate == prop]
    return sorted((value for value in values if isinstance(value, NamedNode)), key=str)


def _order(triple: Triple) -> tuple[bool, bool, str, str]:
    said = triple.predicate
    return said != RDF_TYPE, said != LABEL, said.value, str(triple.object)


def _few(triples: Iterator[Triple]) -> list[Triple]:
    kept: dict[Triple, None] = {}
    for triple in triples:
        refuse_newer(triple)
        kept[triple] = None
        if len(kept) > MAX_TRIPLES:
            message = f"The file says more than {MAX_TRIPLES:,} things."
            raise Refused("too-large", message, "Send it in parts.")
    return list(kept)


def _sent(file: str, triples: Iterable[Triple], names: Iterable[tuple[int, str]]) -> Sent:
    """What a file says of things, and where each first stands; what it says of itself is told."""
    said = list(triples)
    facts = [triple for triple in said if triple.subject != FILE]
    subjects = {t.subject for t in facts if isinstance(t.subject, NamedNode)}
    origins = (t.object for t in said if t.subject == FILE and t.predicate == origin.DERIVED)
    release = next((place.value for place in origins if isinstance(place, NamedNode)), "")
    lines = _places(file, subjects, names)
    return Sent(triples=tuple(facts), lines=lines, release=origin.version(release))


def _places(
    file: str, subjects: Collection[NamedNode], names: Iterable[tuple[int, str]]
) -> dict[NamedNode, Place]:
    lines: dict[str, int] = {}
    for line, name in names:
        lines.setdefault(name, line)
    return {subject: Place(file, row=lines.get(subject.value, 0)) for subject in subjects}


def _turtle_names(text: str) -> Iterator[tuple[int, str]]:
    """The IRIs in a text with their lines: those that begin a line first, as subjects do."""
    prefixes = {**dict(_PREFIX.findall(text))}
    later = []
    for number, line in enumerate(text.split("\n"), 1):
        for found in _NAME.finditer(line):
            if found[3] is not None and found[2] not in prefixes:
                continue
            iri = urljoin(BASE, found[1]) if found[3] is None else prefixes[found[2]] + found[3]
            if line[: found.start()].strip():
                later.append((number, iri))
            else:
                yield number, iri
    yield from later


def _json_names(text: str) -> Iterator[tuple[int, str]]:
    line, last = 1, 0
    for found in _JSON_ID.finditer(text):
        line += text.count("\n", last, found.start())
        last = found.start()
        prefix, _, local = found[1].partition(":")
        yield line, PREFIXES[prefix] + local if prefix in PREFIXES else urljoin(BASE, found[1])


def _unreadable(language: str, detail: str, line: int = 0) -> Refused:
    remedy = "Compare it with the template in the same format."
    return Refused("syntax", f"This cannot be read as {language}: {detail}.", remedy, line)
