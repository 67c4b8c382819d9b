"""RDF documents that are sent over the network: what types are read, and how parts are told apart.

Call this in a confined process only: the text is anybody's.
"""

from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from pathlib import PurePath

from pyld import jsonld
from pyoxigraph import RdfFormat, Triple, parse

from ocsea.errors import OcseaError
from ocsea.jsonld import read_jsonld, reason

MULTIPART = "multipart/form-data"
FORMATS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/ld+json": RdfFormat.JSON_LD,
}
_SUFFIXES = {
    ".ttl": "text/turtle",
    ".nt": "application/n-triples",
    ".rdf": "application/rdf+xml",
    ".owl": "application/rdf+xml",
    ".jsonld": "application/ld+json",
}


class Unreadable(OcseaError):
    """A document that cannot be read; `line` and `column` where that is known, from 1."""

    def __init__(self, detail: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(detail)
        self.line, self.column = line, column


class UnknownType(OcseaError):
    """A document of a type that is not read."""


def read_documents(content: bytes, content_type: str, base: str) -> list[Triple]:
    """The triples of a document, or of all parts of one of `multipart/form-data`.

    `base` is what relative IRIs are resolved against. Blank nodes get labels that no other
    document has. Raises Unreadable and UnknownType.
    """
    if not content:
        return []
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = BytesParser().parsebytes(head + content)
    if message.get_content_type() != MULTIPART:
        return _read(content, _type(message), base)
    if not message.is_multipart():
        raise Unreadable(
            "the parts cannot be told apart: is the boundary the one that is declared?"
        )
    triples = []
    for number, part in enumerate(_parts(message), 1):
        try:
            payload = part.get_payload(decode=True)
            triples += _read(payload if isinstance(payload, bytes) else b"", _type(part), base)
        except Unreadable as error:
            raise Unreadable(f"part {number}: {error}", error.line, error.column) from None
        except UnknownType as error:
            raise UnknownType(f"part {number}: {error}") from None
    return triples


def _parts(message: Message) -> Iterator[Message]:
    for part in message.walk():
        if not part.is_multipart():
            yield part


def _type(message: Message) -> str:
    """The media type as declared, or by the ending of the file's name."""
    if str(message.get_param("charset", "utf-8")).lower() not in ("utf-8", "utf8", "us-ascii"):
        raise UnknownType("send it as UTF-8")
    declared = message.get_content_type() if message["content-type"] else ""
    if declared in FORMATS:
        return declared
    suffix = PurePath(message.get_filename() or "").suffix
    if declared in ("", "application/octet-stream") and suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    raise UnknownType(f"{declared or 'no type'} is not read; send {', '.join(FORMATS)}")


def _read(content: bytes, media_type: str, base: str) -> list[Triple]:
    try:
        triples = _triples(content, FORMATS[media_type], base)
    except SyntaxError as error:
        raise Unreadable(error.msg, error.lineno, error.offset) from None
    except (ValueError, RecursionError, jsonld.JsonLdError) as error:
        raise Unreadable(reason(error)) from None
    for triple in triples:
        refuse_newer(triple)
    return triples


def _triples(content: bytes, form: RdfFormat, base: str) -> list[Triple]:
    if form == RdfFormat.JSON_LD:
        return read_jsonld(content.decode(), base)
    # The store's parser takes JSON-LD too, but no context of ours.
    quads = parse(content, format=form, base_iri=base, rename_blank_nodes=True)
    return [quad.triple for quad in quads]


def refuse_newer(triple: Triple) -> None:
    """Raise Unreadable for what only RDF 1.2 knows: triples in triples, texts with a direction."""
    if isinstance(triple.object, Triple) or getattr(triple.object, "direction", None):
        raise Unreadable(f"only RDF 1.1 is kept here, not {triple.object}")
