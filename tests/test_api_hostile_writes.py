"""Strangers with a pen: no body of a write ends the server, reaches out, or half succeeds."""

import gzip
import json
import socket
from collections.abc import Iterator

import httpx
import pytest
from api_server import Server, eventually, running, small_release

SECRET = "hostile-secret-of-tests"
BEARER = {"authorization": f"Bearer {SECRET}"}
UPDATE = "application/sparql-update"
TURTLE, NTRIPLES, XML, JSONLD = (
    *("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"),
)
DEEP = 50_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    var = tmp_path_factory.mktemp("hostile-writes")
    small_release(var)
    settings = {"OCSEA_QUERY_TIMEOUT": "3", "OCSEA_TOKENS": f"tester:curator:{SECRET}"}
    settings |= {"OCSEA_WORKERS": "1", "OCSEA_PUBLIC": "no"}
    with running(var, **settings) as server:
        eventually(lambda: server.answers("/health"))
        yield server


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    """A client, and afterwards the proof that the server, the same one, has the same release."""
    answering = server.answering()
    with httpx.Client(base_url=server.url, timeout=40, headers=BEARER) as client:
        release = client.get("/health").json()["release"]
        yield client
        assert client.get("/sparql", params={"query": "ASK { ?s ?p ?o }"}).json()["boolean"] is True
        assert client.get("/health").json()["release"] == release
    assert server.answering() == answering


def nested(opening: str, inside: str, closing: str) -> str:
    return opening * DEEP + inside + closing * DEEP


def entities() -> str:
    lols = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "lol" * 100}">' for i in range(8))
    return (
        f"<!DOCTYPE rdf:RDF [{lols}]>"
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="a:a"><p xmlns="a:">&l7;</p></rdf:Description></rdf:RDF>'
    )


def outside(kind: str) -> str:
    return (
        f'<!DOCTYPE rdf:RDF [<!ENTITY {kind} SYSTEM "%s">]>'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="a:a"><p xmlns="a:">&x;</p></rdf:Description></rdf:RDF>'
    )


GRAPHS = {
    "deep JSON-LD": (JSONLD, nested('{"a:p":', "1", "}")),
    "JSON-LD lists": (JSONLD, nested('{"@list":[', "1", "]}")),
    "JSON-LD brackets": (JSONLD, nested("[", "", "]")),
    "JSON-LD brackets that stay open": (JSONLD, "[" * 1_000_000),
    "JSON-LD reverses": (JSONLD, nested('{"@reverse":{"a:p":', '{"@id":"a:a"}', "}}")),
    "deep JSON-LD context": (JSONLD, '{"@context":' + nested("[", "{}", "]") + "}"),
    "a remote context": (JSONLD, json.dumps({"@context": "%s", "@id": "a:a", "name": "x"})),
    "an imported context": (JSONLD, json.dumps({"@context": {"@import": "%s"}, "@id": "a:a"})),
    "a scoped context": (
        JSONLD,
        json.dumps({"@context": {"p": {"@id": "a:p", "@context": "%s"}}, "p": {"@id": "a:a"}}),
    ),
    "an entity bomb": (XML, entities()),
    "an entity that is a file": (XML, outside("x").replace("%s", "file:///etc/passwd")),
    "an entity elsewhere": (XML, outside("x")),
    "deep quoted triples": (TURTLE, "<a:a> <a:p> " + nested("<<( <a:a> <a:p> ", "1", ")>>") + " ."),
    "a string without an end": (TURTLE, '<a:a> <a:p> """' + "x" * 1_000_000),
    "not UTF-8": (TURTLE, b"<a:a> <a:p> '\xff\xfe' ."),
    "NULs": (NTRIPLES, b"<a:a> <a:p> <a:\0> ."),
    "no RDF": (TURTLE, b"\x7fELF" + bytes(range(256)) * 100),
    "parts without an end": ("multipart/form-data; boundary=x", b"--x\r\n" * 100_000),
    "parts of parts": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="../../f.ttl"\r\n'
        b"Content-Type: multipart/form-data; boundary=y\r\n\r\n--y--\r\n--x--\r\n",
    ),
    "a boundary without end": (f"multipart/form-data; boundary={'x' * 10_000}", b"--x--"),
}
UPDATES = {
    "braces": "INSERT DATA " + nested("{", "", "}"),
    "brackets": "INSERT DATA { " + nested("[ <a:p> ", "1", "]") + " <a:p> 1 }",
    "parentheses": "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o FILTER " + nested("(", "1", ")") + "}",
    "hours": "INSERT { ?a ?b ?l } WHERE { GRAPH ?x { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } }",
    "many operations": "CLEAR SILENT GRAPH <a:g>;" * 100_000 + "NONSENSE",
    "an operation after a mistake": "INSERT DATA { <a:a> <a:p> 1 } ; INSERT DATA {",
    "LOAD": "LOAD <%s>",
    "LOAD INTO": "LOAD SILENT <%s> INTO GRAPH <a:g>",
    "LOAD after": "CLEAR SILENT GRAPH <a:g> ; # LOAD\n load<%s>",
    "LOAD by a prefix": "PREFIX a: <%s> LOAD a:",
    "LOAD by a prefix, glued": "PREFIX e: <%s> LOADe:",
    "LOAD by a prefix, silent and glued": "PREFIX e: <%s> LOADSILENTe:",
    "LOAD against a base": "BASE <%s> LOAD SILENT <x>",
    "SERVICE": "INSERT { ?s ?p ?o } WHERE { SERVICE <%s> { ?s ?p ?o } }",
    "SERVICE in disguise": "INSERT { } WHERE { FILTER(1<2)SERVICE#>\nSILENT<%s>{ ?s ?p ?o } }",
    "SERVICE glued": "PREFIX e: <%s> DELETE { ?s ?p ?o } WHERE {SERVICESILENTe:{ ?s ?p ?o }}",
}  # fmt: skip
REFUSALS = {400, 413, 415, 422, 503}


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A socket that nothing may reach; to be sure of it, it is looked at afterwards."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening
        listening.settimeout(0.1)
        with pytest.raises(TimeoutError):
            listening.accept()


def aimed(body: str | bytes, listening: socket.socket) -> bytes:
    here = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    return (body.encode() if isinstance(body, str) else body).replace(b"%s", here.encode())


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_that_means_harm_is_refused(
    client: httpx.Client, listening: socket.socket, name: str, method: str
) -> None:
    media_type, body = GRAPHS[name]
    answer = client.request(
        method,
        "/graphs?graph=https://w3id.org/ocsea/graph/hostile",
        content=aimed(body, listening),
        headers={"content-type": media_type},
    )
    assert answer.status_code in REFUSALS, (answer.status_code, answer.text[:300])
    assert answer.headers["content-type"] == "application/problem+json"
    assert "root:" not in answer.text


@pytest.mark.parametrize("name", UPDATES)
def test_an_update_that_means_harm_is_refused(
    client: httpx.Client, listening: socket.socket, name: str
) -> None:
    body = aimed(UPDATES[name], listening)
    answer = client.post("/update", content=body, headers={"content-type": UPDATE})
    assert answer.status_code in REFUSALS, (answer.status_code, answer.text[:300])
    assert answer.headers["content-type"] == "application/problem+json"
    kind = answer.json()["type"].partition("#problem-")[2]
    if name.startswith(("LOAD", "SERVICE")):
        assert kind in ("load-refused", "service-refused")


@pytest.mark.parametrize("path", ["/update", "/graphs?default"])
@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate"])
def test_a_zip_bomb_is_not_unpacked(client: httpx.Client, path: str, coding: str) -> None:
    bomb = gzip.compress(b"#" * 100_000_000)
    media_type = UPDATE if path == "/update" else TURTLE
    headers = {"content-type": media_type, "content-encoding": coding}
    answer = client.post(path, content=bomb, headers=headers)
    assert answer.status_code == 415


@pytest.mark.parametrize(("path", "media_type"), [("/update", UPDATE), ("/graphs?default", TURTLE)])
@pytest.mark.parametrize("told", [True, False], ids=["told", "chunked"])
def test_a_hundred_megabytes_are_cut_short(
    client: httpx.Client, path: str, media_type: str, told: bool
) -> None:
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1
            yield b"#" * 1_000_000

    headers = {"content-type": media_type} | ({"content-length": "100000000"} if told else {})
    try:
        answer = client.post(path, content=pieces(), headers=headers)
    except httpx.WriteError:
        assert sent < 100  # the server hung up, having answered
    else:
        assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/update", "/graphs?default"])
@pytest.mark.parametrize("token", ["", "Bearer", "Bearer x", "Basic eDp5", "Bearer \xff" * 9])
def test_nothing_is_read_from_who_may_not_write(server: Server, path: str, token: str) -> None:
    headers = {b"authorization": token.encode("latin-1"), b"content-type": b"text/turtle"}
    with httpx.Client(base_url=server.url) as client:
        answer = client.post(path, content=b"[" * 1_000_000, headers=headers)
    assert answer.status_code == 401
