"""How a request is answered that is like one before: the same headers, another query or thing.

A form holds what headers decide: the format, and the headers of the answer by its kind, as far as
they are known.
"""

import binascii
from dataclasses import dataclass, field
from typing import ClassVar

from api.addresses import KEY, SUFFIXED, links
from api.engine import Answer, Job, document
from ocsea.namespaces import ID

Reply = tuple[bytes, bytes]
"""The status line, and what comes after the server's own headers: the others and the body."""
Headers = list[tuple[bytes, bytes]]
OK = b"HTTP/1.1 200 OK\r\n"


@dataclass(slots=True)
class QueryForm:
    """Of a query: the format for either kind of result."""

    start: ClassVar[bytes] = b"GET /sparql?query="
    room: ClassVar[str] = "sparql"

    solutions: str | None
    graph: str | None
    heads: dict[str, bytes] = field(default_factory=dict)

    def job(self, text: bytes) -> Job | None:
        """The job for a query as an address has it; None where it takes more to read that."""
        query = unquoted(text)
        return None if query is None else Job(query, self.solutions, self.graph)

    def own(self, job: Job, about: str) -> Headers | None:
        """The headers of this answer alone; None where the form is of no use."""
        return []


@dataclass(slots=True)
class DocumentForm:
    """Of what is said of a thing: the format."""

    start: ClassVar[bytes] = b"GET /doc/"
    room: ClassVar[str] = "doc"

    name: str
    heads: dict[str, bytes] = field(default_factory=dict)

    def job(self, text: bytes) -> Job | None:
        """The job for the key of a thing; None where it takes more to read that."""
        key = text.decode("latin-1")
        if not KEY.fullmatch(key) or SUFFIXED.fullmatch(key):
            return None
        return document(ID + key, 1, self.name)

    def own(self, job: Job, about: str) -> Headers | None:
        """The links, unless there is nothing to link to; `about` is the last page."""
        if about == "0":
            return None
        iri = str(job.arguments[0])
        return [(b"link", links(iri, 1, int(about), self.name).encode())]


Form = QueryForm | DocumentForm
STARTS = (QueryForm.start, DocumentForm.start)


def split(request: bytes) -> tuple[tuple[bytes, bytes], bytes] | None:
    """What a form is found by, and the text it is for; None where no form is for the request."""
    for start in STARTS:
        if request.startswith(start):
            text, _, headers = request[len(start) :].partition(b" HTTP/1.1\r\n")
            return (start, headers), text
    return None


def reply(form: Form, job: Job, answer: Answer) -> Reply | None:
    """The response with this answer, if its headers are known."""
    kind, _, about = answer.kind.partition("/")
    head, own = form.heads.get(kind), form.own(job, about)
    if head is None or own is None:
        return None
    length = (b"content-length", b"%d" % len(answer.first))
    return OK, b"".join((head, lines([*own, length]), b"\r\n", answer.first))


def lines(headers: Headers) -> bytes:
    """Headers as they are sent."""
    return b"".join(name + b": " + value + b"\r\n" for name, value in headers)


def unquoted(text: bytes) -> str | None:
    """The value of a parameter that stands alone; None where there are others, or errors.

    Where each byte stands for a byte of text, quoted-printable is the same but for two signs, and
    the library that reads it is twenty times as fast as the one for addresses.
    """
    if b"&" in text or b" " in text or not text.isascii() or not text.decode().isprintable():
        return None
    escaped = text.count(b"%")
    printable = text.replace(b"=", b"=3D").replace(b"%", b"=").replace(b"+", b" ")
    decoded = binascii.a2b_qp(printable)
    try:
        return decoded.decode() if len(decoded) == len(text) - 2 * escaped else None
    except UnicodeDecodeError:
        return None
