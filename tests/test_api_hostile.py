"""Strangers at the door: each text is answered with a clear problem, and the next is served."""

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from api_server import CROSS_PRODUCT, Server, alive, eventually, running, small_release

DIRECT = {"content-type": "application/sparql-query"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
LIMIT = 2.0
DEEP = 50_000
REFUSED, STOPPED, ANSWERED = {400}, {503}, {200}
SLOW = ANSWERED | STOPPED
"""What takes about as long as is allowed: which it is depends on the machine."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    var = tmp_path_factory.mktemp("hostile")
    small_release(var)
    settings = {"QUERY_TIMEOUT": str(LIMIT), "WORKERS": "2", "QUERY_MEMORY": "256", "PUBLIC": "no"}
    named = {f"OCSEA_{name}": value for name, value in settings.items()}
    with running(var, **named) as server:
        eventually(lambda: server.answers("/health"))
        yield server


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    """A client, and afterwards the proof that the server, the same one, still answers."""
    answering = server.answering()
    with httpx.Client(base_url=server.url, timeout=20) as client:
        yield client
        assert client.get("/sparql", params={"query": "ASK { ?s ?p ?o }"}).json()["boolean"] is True
        assert client.get("/health").is_success
    assert server.answering() == answering


def nested(opening: str, inside: str, closing: str, times: int = DEEP) -> str:
    return opening * times + inside + closing * times


def where(pattern: str) -> str:
    return f"SELECT * WHERE {{ {pattern} }}"


QUERIES = {
    "braces": (where(nested("{", "", "}")), REFUSED),
    "braces that stay open": ("SELECT * WHERE " + "{" * DEEP, REFUSED),
    "braces that were not opened": ("SELECT * WHERE {" + "}" * DEEP, REFUSED),
    "brackets": (where(nested("[ ?p ", "1", "]") + " ?p ?o"), REFUSED),
    "lists": (where(nested("( ", "1", ")") + " ?p ?o"), REFUSED),
    "parentheses": (where("FILTER " + nested("(", "1", ")")), REFUSED),
    "parentheses that stay open": (where("FILTER " + "(" * DEEP), REFUSED),
    "negations": (where("FILTER (" + "!" * DEEP + "true)"), REFUSED),
    "functions": (where("FILTER " + nested("STR(", "1", ")")), REFUSED),
    "conditions": (where("FILTER " + nested("IF(true,1,", "1", ")")), REFUSED),
    "existences": (where(nested("FILTER EXISTS {", "", "}")), REFUSED),
    "options": (where(nested("OPTIONAL {", "", "}")), REFUSED),
    "graphs": (where(nested("GRAPH ?g {", "", "}")), REFUSED),
    "subtractions": (where(nested("MINUS {", "?s ?p ?o", "}")), REFUSED),
    "selections": (where(nested("{ SELECT * {", "", "} }")), REFUSED),
    "quoted triples": (where(nested("<<( ?s ?p ", "1", ")>>") + " ?p ?o"), REFUSED),
    "unions": (where(" UNION ".join(["{ ?s ?p ?o }"] * 20_000)), REFUSED),
    "a long path": (where("?s " + "/".join(["<a:p>"] * 5_000) + " ?o"), STOPPED),
    "a wide path": (where("?s " + "|".join(["<a:p>"] * 5_000) + " ?o"), ANSWERED),
    "a path of stars": (where("?s " + "/".join(["<a:p>*"] * 500) + " ?o"), STOPPED),
    "a deep path": (where("?s " + nested("(", "<a:p>", ")*") + " ?o"), REFUSED),
    "inverses": (where("?s " + "^(" * DEEP + "<a:p>" + ")" * DEEP + " ?o"), REFUSED),
    "a huge IN": (where("?s ?p ?o FILTER(?o IN (" + ",".join(["1"] * 200_000) + "))"), SLOW),
    "a huge VALUES": (where("VALUES ?x {" + " 1" * 300_000 + "}"), SLOW),
    "a long OR": (where("FILTER(" + "||".join(["?x"] * 100_000) + ")"), REFUSED),
    "a long sum": (where("FILTER(" + "+".join(["1"] * 100_000) + ")"), REFUSED),
    "many variables": ("SELECT " + " ".join(f"?v{i}" for i in range(100_000)) + "{}", SLOW),
    "many prefixes": ("".join(f"PREFIX p{i}: <a:b> " for i in range(40_000)) + "ASK {}", SLOW),
    "many triples": (
        where(" . ".join(f"?a{i} ?b{i} ?c{i}" for i in range(3_000))),
        SLOW,
    ),
    "a long name": (where(f"?{'x' * 1_000_000} ?p 1"), ANSWERED),
    "a long IRI": (where(f"<a:{'x' * 1_000_000}> ?p ?o"), ANSWERED),
    "a long string": (where(f"?s ?p '{'x' * 1_000_000}'"), ANSWERED),
    "a long number": (where("?s ?p " + "9" * 1_000_000), ANSWERED),
    "a long word": ("x" * 1_000_000, REFUSED),
    "dotted words": ("a." * 500_000 + "service from", REFUSED | STOPPED),
    "a string without an end": (where("?s ?p 'SERVICE <http://a/> { }"), REFUSED),
    "a long string without an end": (where("?s ?p '''" + "SERVICE " * 50_000), REFUSED),
    "strings without an end": ("''' ' \\" * 100_000 + " service from", REFUSED | STOPPED),
    "an IRI without an end": (where("?s ?p <" + "a" * 500_000), REFUSED),
    "a memory hog": (
        where("?a ?b ?c . ?d ?e ?f . ?g ?h ?i") + " ORDER BY ?a ?d ?g",
        STOPPED,
    ),
    "a regular expression": (
        where("?s ?p ?o FILTER REGEX(STR(?o), '" + "(" * 10_000 + "a" + "+)+" * 10_000 + "')"),
        SLOW,
    ),
    "a counted expression": (
        where("?s ?p ?o FILTER REGEX(STR(?o), '((a{1000}){1000}){1000}')"),
        SLOW,
    ),
    "doublings": (
        "SELECT (STRLEN(?x30) AS ?n) { BIND('xxxxxxxx' AS ?x0) "
        + " ".join(f"BIND(CONCAT(?x{i},?x{i}) AS ?x{i + 1})" for i in range(30))
        + "}",
        STOPPED,
    ),
    "an unknown function": (where("FILTER <a:f>(1)"), REFUSED),
    "half a surrogate": (where("?s ?p '\\uD800'"), REFUSED),
    "beyond Unicode": (where("?s ?p '\\UFFFFFFFF'"), REFUSED),
    "a NUL": (where("?s ?p \0"), REFUSED),
    "a NUL in a string": (where("?s ?p '\0'"), ANSWERED),
    "a byte order mark": ("\ufeff" + where("?s ?p ?o"), REFUSED),
    "marks of direction": (where("?s ?p '\u202e\u2066'"), ANSWERED),
    "nothing": ("", REFUSED),
    "blanks": (" \n\t" * 100_000, REFUSED),
    "a comment": ("#" * 1_000_000, REFUSED),
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_that_means_harm_costs_nobody_else(client: httpx.Client, name: str) -> None:
    query, expected = QUERIES[name]
    started = time.monotonic()
    answer = client.post("/sparql", content=query.encode(), headers=DIRECT)
    assert time.monotonic() - started < LIMIT + 3
    assert answer.status_code in expected, answer.text[:300]
    if answer.status_code != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]


BODIES = {
    "not UTF-8": (b"ASK { ?s ?p '\xff\xfe' }", DIRECT, 400),
    "cut UTF-8": ("ASK { ?s ?p 'é".encode()[:-1], DIRECT, 400),
    "too long UTF-8": (b"ASK { ?s ?p '\xc0\xaf' }", DIRECT, 400),
    "a surrogate in UTF-8": (b"ASK { ?s ?p '\xed\xa0\x80' }", DIRECT, 400),
    "a form that is not UTF-8": (b"query=ASK%7B%7D%FF", FORM, 400),
    "a form with raw bytes": (b"query=ASK{}\xff", FORM, 400),
    "two queries": (b"query=ASK%7B%7D&query=ASK%7B%7D", FORM, 400),
    "a hundred thousand fields": (b"a=b&" * 100_000 + b"query=x", FORM, 400),
    "another form": (b"--x--", {"content-type": "multipart/form-data; boundary=x"}, 415),
    "no type": (b"ASK {}", {}, 415),
    "a type of nonsense": (b"ASK {}", {"content-type": ";;;=,\xff".encode("latin-1")}, 415),
    "another charset": (b"", {"content-type": "application/sparql-query; charset=cp037"}, 415),
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_means_harm_is_refused(client: httpx.Client, name: str) -> None:
    body, headers, status = BODIES[name]
    answer = client.post("/sparql", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_compressed_body_is_not_unpacked(client: httpx.Client) -> None:
    bomb = gzip.compress(b"#" * 100_000_000)
    for coding in ("gzip", "br", "zstd", "deflate", "gzip, gzip"):
        answer = client.post("/sparql", content=bomb, headers=DIRECT | {"content-encoding": coding})
        assert answer.status_code in (400, 415)


@pytest.mark.parametrize("headers", [DIRECT, FORM, {}])
@pytest.mark.parametrize("told", [True, False], ids=["told", "chunked"])
def test_a_hundred_megabytes_are_cut_short(
    client: httpx.Client, headers: dict[str, str], told: bool
) -> None:
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1
            yield b"x" * 1_000_000

    length = {"content-length": "100000000"} if told else {}
    try:
        answer = client.post("/sparql", content=pieces(), headers=headers | length)
    except httpx.WriteError:
        assert sent < 100  # the server hung up, having answered
    else:
        assert answer.status_code == (413 if headers else 415)


@pytest.mark.parametrize(
    ("head", "statuses"),
    [
        (b"GET /sparql?query=%00 HTTP/1.1\r\nHost: x\r\n\r\n", {400}),
        (b"GET /sparql?query=ASK{}%ZZ HTTP/1.1\r\nHost: x\r\n\r\n", {400}),
        (b"GET /sparql?query=\xff HTTP/1.1\r\nHost: x\r\n\r\n", {400}),
        (b"GET /sparql HTTP/1.1\r\nAccept: " + b"a/b," * 10_000 + b"\r\n\r\n", {406, 431}),
        (b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", {400, 404, 414, 431}),
        (b"GET /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", {400}),
        (b"POST /sparql HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", {400, 415}),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", {400}),
        (b"NONSENSE\r\n\r\n", {400}),
        (b"PATCH /sparql HTTP/1.1\r\nHost: x\r\n\r\n", {405}),
    ],
)  # fmt: skip
def test_requests_that_no_library_would_send(
    server: Server, client: httpx.Client, head: bytes, statuses: set[int]
) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(head)
        line = connection.recv(65536).split(b"\r\n", 1)[0]
    assert int(line.split()[1]) in statuses


DISGUISES = [
    "SELECT * { SERVICE <%s> { ?s ?p ?o } }",
    "SELECT * { service<%s>{?s ?p ?o} }",
    "SELECT * { SeRvIcE silent <%s> { ?s ?p ?o } }",
    "SELECT * { SERVICE#\r# <x> {\n<%s> { ?s ?p ?o } }",
    "SELECT * { SERVICE\t\r\n\n SILENT\n# SILENT\n<%s>\n{ ?s ?p ?o } }",
    "SELECT * { VALUES ?e { <%s> } SERVICE ?e { ?s ?p ?o } }",
    "SELECT * { BIND(IRI('%s') AS ?e) SERVICE SILENT ?e { ?s ?p ?o } }",
    "PREFIX e: <%s> SELECT * { SERVICE e: { ?s ?p ?o } }",
    "PREFIX e: <%s> SELECT * {SERVICEe:{ ?s ?p ?o }}",
    "PREFIX e: <%s> SELECT * {SERVICESILENTe:{ ?s ?p ?o }}",
    "PREFIX service: <%s> SELECT * { SERVICE service:service { ?s ?p ?o } }",
    "BASE <%s> SELECT * { SERVICE <> { ?s ?p ?o } }",
    "BASE <%s> SELECT * { SERVICE <a/../b?c#d> { ?s ?p ?o } }",
    "SELECT * { ?s ?p trueSERVICE<%s>{ ?s ?p ?o } }",
    "SELECT * { ?s ?p 1SERVICE SILENT<%s>{ ?s ?p ?o } }",
    "SELECT * { ?s ?p 'SERVICE'SERVICE<%s>{ ?s ?p ?o } }",
    "SELECT * { ?s ?p '''a''\\''''.SERVICE<%s>{ ?s ?p ?o } }",
    'SELECT * { ?s ?p """a""\\"""".SERVICE<%s>{ ?s ?p ?o } }',
    "SELECT * { FILTER(1<2)SERVICE#>\n<%s> { ?s ?p ?o } }",
    "SELECT * { FILTER(1<2&&'>'='>'&&''='')SERVICE<%s>{ ?s ?p 'x' } }",
    "SELECT * { FILTER(?s<?p&&?p>?o)SERVICE<%s>{ ?s ?p ?o } }",
    "SELECT * { { SELECT * { SERVICE <%s> { ?s ?p ?o } } } }",
    "SELECT * { ?s ?p ?o OPTIONAL { SERVICE <%s> { ?s ?p ?o } } }",
    "SELECT * { ?s ?p ?o MINUS { SERVICE <%s> { ?s ?p ?o } } }",
    "SELECT * { GRAPH ?g { SERVICE <%s> { ?s ?p ?o } } }",
    "SELECT * { { } UNION { SERVICE <%s> { ?s ?p ?o } } }",
    "ASK { FILTER EXISTS { SERVICE <%s> { ?s ?p ?o } } }",
    "SELECT (EXISTS { SERVICE <%s> { ?s ?p ?o } } AS ?x) { }",
    "SELECT * { ?s ?p ?o } GROUP BY ?s ?p ?o HAVING (EXISTS { SERVICE <%s> { } })",
    "SELECT * { ?s ?p ?o } ORDER BY (EXISTS { SERVICE <%s> { } })",
    "SELECT * { BIND(NOT EXISTS { SERVICE <%s> { } } AS ?x) }",
    "DESCRIBE ?s { SERVICE <%s> { ?s ?p ?o } }",
    "CONSTRUCT { ?s ?p ?o } { SERVICE <%s> { ?s ?p ?o } }",
    "CONSTRUCT WHERE { SERVICE <%s> { ?s ?p ?o } }",
    "SELECT * { SERVICE <http://a.invalid/> { SERVICE <%s> { ?s ?p ?o } } }",
    "LOAD <%s>",
    "LOAD SILENT <%s> INTO GRAPH <a:g>",
    "#\nload<%s>",
    "PREFIX a: <%s> LOAD a:",
    "INSERT { ?s ?p ?o } WHERE { SERVICE <%s> { ?s ?p ?o } }",
    "ASK {} ; LOAD <%s>",
    "SELECT * FROM <%s> { SERVICE <%s> { ?s ?p ?o } }",
]
UNHEARD = {
    "FROM": "SELECT * FROM <%s> { ?s ?p ?o }",
    "FROM NAMED": "SELECT * FROM NAMED <%s> FROM <%s> FROM <%sb> { GRAPH ?g { ?s ?p ?o } }",
    "an IRI": "SELECT * { <%s> ?p ?o . GRAPH <%s> { ?s <%s> ?o } }",
    "DESCRIBE": "DESCRIBE <%s>",
    "a type": "SELECT * { ?s ?p '%s'^^<%s> }",
    "a string": 'SELECT * { BIND("SERVICE <%s> { ?s ?p ?o }" AS ?x) }',
    "a long string": "SELECT * { BIND('''\n} SERVICE <%s> { ?s ?p ?o '''AS ?x) }",
    "a comment": "# SERVICE <%s> { }\nSELECT * { } # LOAD <%s>",
    "names": "PREFIX service: <%s> SELECT ?service { ?service service:service <%sSERVICE> }",
    "a comparison": "SELECT * { ?a ?b ?c FILTER(?a<?service&&?c>'LOAD <%s>') }",
    "a blank node": "SELECT * { _:service ?load '<%s>'@service }",
    "a letter": "SELECT * { ?e\u0301service ?x·service <%s> }",
}


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A socket that nothing may reach; to be sure of it, it is looked at afterwards."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening
        listening.settimeout(0.1)
        with pytest.raises(TimeoutError):
            listening.accept()


def aimed(query: str, listening: socket.socket) -> str:
    return query.replace("%s", f"http://127.0.0.1:{listening.getsockname()[1]}/")


@pytest.mark.parametrize("query", DISGUISES)
def test_a_call_in_disguise_is_refused_and_reaches_no_socket(
    client: httpx.Client, listening: socket.socket, query: str
) -> None:
    answer = client.post("/sparql", content=aimed(query, listening), headers=DIRECT)
    assert answer.status_code == 400
    kind = answer.json()["type"].partition("#problem-")[2]
    assert kind in ("service-refused", "update-refused", "query-malformed")
    if "SERVICE" in query and "INSERT" not in query:
        assert kind == "service-refused"


@pytest.mark.parametrize("name", UNHEARD)
def test_as_literal_text_it_is_legal_and_no_graph_is_fetched(
    client: httpx.Client, listening: socket.socket, name: str
) -> None:
    answer = client.post("/sparql", content=aimed(UNHEARD[name], listening), headers=DIRECT)
    assert answer.status_code == 200, answer.text


def test_the_graphs_of_the_protocol_are_not_fetched(
    client: httpx.Client, listening: socket.socket
) -> None:
    here = aimed("%s", listening)
    for name in ("default-graph-uri", "named-graph-uri", "using-graph-uri"):
        answer = client.get("/sparql", params={"query": "ASK { ?s ?p ?o }", name: [here, here]})
        assert answer.status_code == 200


def test_a_service_that_the_operator_names_is_never_a_private_address(
    server: Server, tmp_path: Path, listening: socket.socket
) -> None:
    small_release(tmp_path)
    here = aimed("%s", listening)
    with running(tmp_path, OCSEA_SERVICES=here, OCSEA_WORKERS="1") as allowing:
        eventually(lambda: allowing.answers("/health"))
        for query, status, kind in [
            (f"SELECT * {{ SERVICE <{here}> {{ ?s ?p ?o }} }}", 502, "service-failed"),
            ("SELECT * { SERVICE <https://a.example/> { ?s ?p ?o } }", 400, "service-refused"),
        ]:
            answer = httpx.get(allowing.url + "/sparql", params={"query": query}, timeout=20)
            assert answer.status_code == status
            assert answer.json()["type"].endswith(kind)
        silent = f"SELECT (1 AS ?n) {{ SERVICE SILENT <{here}> {{ ?s ?p ?o }} }}"
        answer = httpx.get(allowing.url + "/sparql", params={"query": silent}, timeout=20)
        assert len(answer.json()["results"]["bindings"]) == 1
        assert "etag" not in answer.headers


def endless(number: int) -> str:
    return f"{CROSS_PRODUCT} # {number}"


def ticks(pid: int) -> int:
    """The processor time that a process and its threads have taken, in the kernel's ticks."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        return 0
    return sum(map(int, stat.rsplit(")", 1)[1].split()[11:13]))


def test_a_query_of_hours_ends_at_its_limit_and_leaves_the_core_idle(server: Server) -> None:
    started, found = time.monotonic(), set[int]()
    asking = threading.Thread(
        target=lambda: httpx.get(server.url + "/sparql", params={"query": endless(0)}, timeout=20)
    )
    before = {pid: ticks(pid) for pid in server.family()}
    asking.start()
    time.sleep(LIMIT / 2)
    found |= {pid for pid in server.family() if ticks(pid) - before.get(pid, 0) > 20}
    assert found, "somebody works on it"
    asking.join()
    assert LIMIT - 0.2 < time.monotonic() - started < LIMIT + 1
    eventually(lambda: not any(alive(pid) for pid in found), seconds=1)
    family = [*server.answering(), *server.family()]
    spent = sum(map(ticks, family))
    time.sleep(1)
    assert sum(map(ticks, family)) - spent < 20  # of the hundred that a core has a second


def test_its_end_is_a_503_that_says_when_to_come_again(client: httpx.Client) -> None:
    answer = client.get("/sparql", params={"query": endless(1)})
    assert answer.status_code == 503
    assert answer.json()["type"].endswith("query-timeout")
    assert int(answer.headers["retry-after"]) > 0


def test_forty_queries_of_hours_leave_room_for_a_cheap_one(tmp_path: Path) -> None:
    small_release(tmp_path)
    with running(tmp_path, OCSEA_WORKERS="2", OCSEA_QUERY_TIMEOUT="8") as server:
        eventually(lambda: server.answers("/health"))
        crowd = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(40)]
        for number, connection in enumerate(crowd):
            request = f"GET /sparql?query={quote(endless(number))} HTTP/1.1\r\nHost: x\r\n\r\n"
            connection.sendall(request.encode())
        time.sleep(1)
        with httpx.Client(base_url=server.url, timeout=10) as client:
            for number in range(5):
                cheap = {"query": f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }} # {number}"}
                assert seconds(client, "/health", {}) < 0.05
                assert seconds(client, "/sparql", cheap) < 2
                time.sleep(0.3)
        statuses = set()
        for connection in crowd:
            connection.settimeout(20)
            statuses.add(connection.recv(65536).split(b" ", 2)[1])
            connection.close()
        assert statuses == {b"503"}
        eventually(lambda: server.answers("/health"))


def seconds(client: httpx.Client, path: str, parameters: dict[str, str]) -> float:
    """How long a request takes at best of three: a busy machine is no fault of the server."""
    taken = []
    for again in range(3):
        changed = {name: f"{value} {again}" for name, value in parameters.items()}
        started = time.monotonic()
        assert client.get(path, params=changed).status_code == 200
        taken.append(time.monotonic() - started)
    return min(taken)


def test_clients_that_wait_and_hang_up_leave_no_work_behind(server: Server) -> None:
    crowd = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(20)]
    for number, connection in enumerate(crowd):
        query = endless(100 + number)
        head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: {DIRECT['content-type']}\r\n"
        connection.sendall(f"{head}Content-Length: {len(query)}\r\n\r\n{query}".encode())
    time.sleep(0.5)
    for connection in crowd:
        connection.close()
    time.sleep(1)
    family = [*server.answering(), *server.family()]
    spent = sum(map(ticks, family))
    time.sleep(0.5)
    assert sum(map(ticks, family)) - spent < 15
    answer = httpx.get(server.url + "/sparql", params={"query": "ASK { ?s ?p ?o } # after"})
    assert answer.status_code == 200
