"""A change as an RDF Patch: what leaves which graph and what comes to it, as text and back.

The format is https://afs.github.io/rdf-delta/rdf-patch.html. rdflib's reader and writer of it are
not used: they spell numbers and dates anew, order nothing, and cannot turn a patch around.
"""

import uuid
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from pyoxigraph import Quad, RdfFormat, parse, serialize

from ocsea.errors import OcseaError
from ocsea.namespaces import BASE

MEDIA_TYPE = "text/rdf-patch"
_NAMES = uuid.uuid5(uuid.NAMESPACE_URL, BASE)


class DoesNotFit(OcseaError):
    """A patch on quads that are not those it was made for.

    `lacking` are the quads that it would take away and that are not there, `standing` those that it
    would add and that are there already.
    """

    def __init__(self, lacking: Set[Quad], standing: Set[Quad]) -> None:
        super().__init__(
            f"The change does not fit: {len(lacking)} facts that it takes away are not there, "
            f"{len(standing)} that it adds are there already."
        )
        self.lacking, self.standing = lacking, standing


@dataclass(frozen=True)
class Patch:
    """The quads that go and those that come, none of them both."""

    gone: frozenset[Quad]
    come: frozenset[Quad]

    @property
    def inverse(self) -> "Patch":
        """The patch that undoes this one."""
        return Patch(gone=self.come, come=self.gone)

    def apply(self, quads: Set[Quad]) -> set[Quad]:
        """The quads as they are afterwards. Raises DoesNotFit."""
        lacking, standing = self.gone - quads, self.come & quads
        if lacking or standing:
            raise DoesNotFit(lacking, standing)
        return {*quads} - self.gone | self.come

    def write(self) -> bytes:
        """The patch as text: the same patch gives the same bytes.

        Rows are sorted, deletions first. It is identified by what it says.
        """
        rows = b"".join([*_rows(b"D", self.gone), *_rows(b"A", self.come)])
        name = uuid.uuid5(_NAMES, rows.decode())
        return f"H id <urn:uuid:{name}> .\nTX .\n".encode() + rows + b"TC .\n"


def read(text: bytes) -> Patch:
    """The patch that `Patch.write` made.

    Raises OcseaError, naming the line, for one that was cut off or altered, or written in a way
    that we do not write: with prefixes, or in several transactions.
    """
    lines = text.split(b"\n")
    if lines[1:2] != [b"TX ."] or lines[-2:] != [b"TC .", b""]:
        raise OcseaError("No whole RDF Patch: it opens with a header and TX, and ends with TC.")
    rows = [_row(number, line) for number, line in enumerate(lines[2:-2], 3)]
    patch = Patch(
        frozenset(quad for code, quad in rows if code == b"D"),
        frozenset(quad for code, quad in rows if code == b"A"),
    )
    if patch.write() != text:
        raise OcseaError("The RDF Patch was altered: it does not say what its header names.")
    return patch


def _rows(code: bytes, quads: Iterable[Quad]) -> Iterator[bytes]:
    lines = serialize(quads, format=RdfFormat.N_QUADS)
    assert lines is not None
    for line in sorted(lines.splitlines(keepends=True)):
        yield code + b" " + line


def _row(number: int, line: bytes) -> tuple[bytes, Quad]:
    code, _, quad = line.partition(b" ")
    if code not in (b"A", b"D"):
        raise OcseaError(f"line {number}: neither A nor D opens this row of an RDF Patch")
    try:
        (found,) = parse(quad, RdfFormat.N_QUADS)
    except (SyntaxError, ValueError) as error:
        raise OcseaError(f"line {number}: not one quad of an RDF Patch: {error}") from None
    return code, found
