"""What was read, as bytes from the process that read it to the one that asked."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from pyoxigraph import NamedNode, RdfFormat, Triple, parse, serialize

from ocsea.steward.sent import Finding, Line, Place, Sent, Table


def packed(sent: Sent) -> bytes:
    """What was read as bytes."""
    document = {
        "tables": [
            [t.sheet, t.file, [[line.row, line.cells] for line in t.lines], t.letters]
            for t in sent.tables
        ],
        "triples": _ntriples(sent.triples),
        "lines": [[thing.value, asdict(place)] for thing, place in sent.lines.items()],
        "release": sent.release,
        "findings": [asdict(finding) for finding in sent.findings],
    }
    return json.dumps(document).encode()


def unpacked(content: bytes) -> Sent:
    """What `packed` made bytes of; blank nodes get labels that no other has."""
    document = json.loads(content)
    quads = parse(document["triples"].encode(), RdfFormat.N_TRIPLES, rename_blank_nodes=True)
    return Sent(
        tuple(_table(*table) for table in document["tables"]),
        tuple(quad.triple for quad in quads),
        {NamedNode(thing): Place(**place) for thing, place in document["lines"]},
        document["release"],
        tuple(_finding(**finding) for finding in document["findings"]),
    )


def _ntriples(triples: Iterable[Triple]) -> str:
    lines = serialize(triples, format=RdfFormat.N_TRIPLES)
    assert lines is not None
    return lines.decode()


def _table(sheet: str, file: str, lines: list[Any], letters: dict[str, str]) -> Table:
    return Table(sheet, file, tuple(Line(row, cells) for row, cells in lines), letters)


def _finding(place: dict[str, Any], **others: str) -> Finding:
    return Finding(place=Place(**place), **others)
