"""The W3C's tests of the SPARQL protocols, read from their manifests, and sent as they stand."""

import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse
from rdflib import Graph, Namespace, Node
from rdflib.collection import Collection

SUITE = Path(__file__).resolve().parents[2] / "shared" / "w3c"
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
STATUSES = {"OK": "200", "Created": "201", "NoContent": "204", "NotFound": "404"}


@dataclass(frozen=True)
class Asked:
    """A request of a test, and what is expected of the response to it."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: str | None
    statuses: tuple[str, ...]
    boolean: bool | None
    form: str | None
    location: str | None
    response_headers: tuple[tuple[str, str], ...]
    response_body: str | None


@dataclass(frozen=True)
class Case:
    """A test: the graphs it needs, by IRI, and its requests in order."""

    name: str
    graphs: tuple[tuple[str, Path], ...]
    requests: tuple[Asked, ...]


def cases(manifest: str) -> list[Case]:
    """The tests of a manifest, in its order; none where the suite is not at hand."""
    path = SUITE / manifest
    if not path.is_file():
        return []
    graph = Graph().parse(path, format="turtle")
    (head,) = graph.objects(None, MF.entries)
    return [_case(graph, entry, path) for entry in Collection(graph, head)]


def _case(graph: Graph, entry: Node, path: Path) -> Case:
    action = graph.value(entry, MF.action)
    requests = Collection(graph, graph.value(action, HT.requests))
    data = tuple(
        (
            str(graph.value(node, RDFS.label)),
            path.parent / Path(str(graph.value(node, UT.graph))).name,
        )
        for node in graph.objects(entry, UT.graphData)
    )
    name = re.split("[#/]", str(entry))[-1]
    return Case(name, data, tuple(_asked(graph, node) for node in requests))


def _asked(graph: Graph, node: Node) -> Asked:
    response = graph.value(node, HT.resp)
    boolean, form = (graph.value(response, MF[f"expected{n}"]) for n in ("Boolean", "Format"))
    location = graph.value(response, MF.expectedLocation)
    return Asked(
        method=str(graph.value(node, HT.methodName)),
        path=str(graph.value(node, HT.absolutePath)),
        headers=_headers(graph, node),
        body=_body(graph, node),
        statuses=tuple(_status(status) for status in graph.objects(response, MF.expectedStatus)),
        boolean=None if boolean is None else bool(boolean.toPython()),
        form=None if form is None else str(form),
        location=None if location is None else str(location),
        response_headers=_headers(graph, response),
        response_body=_body(graph, response),
    )


def _headers(graph: Graph, node: Node) -> tuple[tuple[str, str], ...]:
    head = graph.value(node, HT.headers)
    return tuple(
        (str(graph.value(each, HT.fieldName)), str(graph.value(each, HT.fieldValue)))
        for each in (Collection(graph, head) if head else ())
    )


def _body(graph: Graph, node: Node) -> str | None:
    body = graph.value(node, HT.body)
    return None if body is None else str(graph.value(body, CNT.chars))


def _status(status: Node) -> str:
    """A status as the beginning of its number: `2` for any success."""
    name = str(status).rpartition("#")[2]
    return STATUSES.get(name) or name.removeprefix("StatusCode").rstrip("x")


@dataclass(frozen=True)
class Response:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


def send(
    port: int, method: str, path: str, headers: Iterable[tuple[str, str]], body: bytes | None
) -> Response:
    """Send exactly this over a socket, with no header but these, Host and Content-Length."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + (body or b""))
        with connection.makefile("rb") as stream:
            return _response(stream.read())


def _response(content: bytes) -> Response:
    head, _, body = content.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    if headers.get("transfer-encoding") == "chunked":
        body = _unchunked(body)
    return Response(int(status.split()[1]), headers, body)


def _unchunked(body: bytes) -> bytes:
    pieces = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        pieces, body = pieces + rest[:length], rest[length + 2 :]
    return pieces


def isomorphic(one: bytes, other: bytes, base: str) -> bool:
    """Whether two Turtle documents say the same."""
    return _canonical(one, base) == _canonical(other, base)


def _canonical(turtle: bytes, base: str) -> Dataset:
    dataset = Dataset(parse(turtle, format=RdfFormat.TURTLE, base_iri=base))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return dataset
