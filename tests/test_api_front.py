"""Past the framework: answered the same as through it, whatever comes, in whatever pieces."""

import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote

import httpx
import pytest
from api_server import CROSS_PRODUCT, Server, alive, eventually, running, small_release
from hypothesis import example, given
from hypothesis import strategies as st

from api.forms import unquoted

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
CSV = "accept: text/csv\r\n"
OTHERWISE = "x-unknown: it goes through the framework\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    var = tmp_path_factory.mktemp("front")
    small_release(var)
    settings = {"OCSEA_WORKERS": "1", "OCSEA_QUERY_TIMEOUT": "2"}
    with running(var, traced=True, **settings) as server:
        eventually(lambda: server.answers("/health"))
        yield server


class Connection:
    """A connection on which requests are sent as they are."""

    def __init__(self, server: Server) -> None:
        self._socket = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        self._file = self._socket.makefile("rb")

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._socket.close()

    def send(self, *requests: str) -> None:
        self._socket.sendall("".join(requests).encode())

    def read(self) -> tuple[int, dict[str, str], bytes]:
        """A response: status, headers but those of date and length, and body."""
        status = int(self._file.readline().split()[1])
        lines = iter(lambda: self._file.readline().decode().strip(), "")
        headers = dict(line.split(": ", 1) for line in lines)
        headers.pop("date")
        if length := headers.pop("content-length", ""):
            return status, headers, self._file.read(int(length))
        headers.pop("transfer-encoding")
        return status, headers, b"".join(iter(self._chunk, b""))

    def _chunk(self) -> bytes:
        size = int(self._file.readline(), 16)
        return self._file.read(size + 2)[:-2]

    def ask(self, query: str, headers: str = CSV) -> tuple[int, dict[str, str], bytes]:
        self.send(get(query, headers))
        return self.read()

    def fetch(self, path: str, headers: str) -> tuple[int, dict[str, str], bytes]:
        self.send(f"GET {path} HTTP/1.1\r\nhost: x\r\n{headers}\r\n")
        return self.read()


def get(query: str, headers: str = CSV) -> str:
    return f"GET /sparql?query={quote(query)} HTTP/1.1\r\nhost: x\r\n{headers}\r\n"


@pytest.fixture
def connection(server: Server) -> Iterator[Connection]:
    """A connection whose headers the server knows already."""
    with Connection(server) as connection:
        assert connection.ask(COUNT)[0] == 200
        yield connection


def past_the_framework(server: Server) -> int:
    """How many queries the framework has seen nothing of, beside those that were replayed."""
    text = httpx.get(server.url + "/metrics").text
    found = re.search(r'^ocsea_requests_total\{route="sparql",status="200"\} (\d+)', text, re.M)
    return int(found[1]) if found else 0


@pytest.mark.parametrize(
    "query",
    [
        f"{COUNT} # another",
        "SELECT ?s WHERE { ?s ?p 'n\u00f6 + % & \u2713' }",
        "ASK { ?s ?p ?o }",
        "SELECT * WHERE { ?s ?p ?o } # long",
        "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f } LIMIT 20000",
        "CONSTRUCT WHERE { ?s ?p ?o }",
        "SELECT * WHERE {",
        "SELECT * WHERE { SERVICE <http://127.0.0.1/> { } }",
        "SELECT * WHERE {" + "{" * 3000 + "}" * 3000 + "}",
    ],
)
@pytest.mark.parametrize("accept", ["text/csv", "*/*", "application/sparql-results+xml"])
def test_the_answer_is_that_of_the_framework(server: Server, query: str, accept: str) -> None:
    headers = f"accept: {accept}\r\n"
    with Connection(server) as connection:
        assert connection.ask(f"{COUNT} # {accept}", headers)[0] == 200
        straight = connection.ask(query, headers)
        again = connection.ask(query, headers)
        assert straight == again == connection.ask(query, headers + OTHERWISE)


@pytest.mark.parametrize("accept", ["text/turtle", "application/ld+json", "text/html", "*/*"])
@pytest.mark.parametrize("key", ["thing/7", "thing/none", "thing/7.nt", "thing", "thing/7?page=1"])
def test_a_document_is_that_of_the_framework(server: Server, key: str, accept: str) -> None:
    headers = f"accept: {accept}\r\n"
    with Connection(server) as connection:
        connection.fetch("/doc/thing/8", headers)
        straight = connection.fetch(f"/doc/{key}", headers)
        again = connection.fetch(f"/doc/{key}", headers)
        assert straight == again == connection.fetch(f"/doc/{key}", headers + OTHERWISE)


def test_each_document_has_links_of_its_own(server: Server) -> None:
    turtle = "accept: text/turtle\r\n"
    with Connection(server) as connection:
        connection.fetch("/doc/thing/20", turtle)
        links = [connection.fetch(f"/doc/thing/{n}", turtle)[1]["link"] for n in range(21, 24)]
    assert all(f"/id/thing/{n}>" in link for n, link in zip(range(21, 24), links, strict=True))


def test_a_long_document_costs_no_worker(tmp_path: Path) -> None:
    small_release(tmp_path, things=4, note=" and more" * 100_000)
    turtle = "accept: text/turtle\r\n"
    with running(tmp_path, OCSEA_WORKERS="1") as server, Connection(server) as connection:
        connection.fetch("/doc/thing/0", turtle)
        workers = server.family()[1:]
        straight = connection.fetch("/doc/thing/1", turtle)
        assert len(straight[2]) > 1_000_000
        assert straight == connection.fetch("/doc/thing/1", turtle + OTHERWISE)
        assert workers == server.family()[1:]


@given(st.text() | st.text("%+=ab0", max_size=12))
@example("100 %")
@example("a=b&c")
def test_a_query_is_read_as_from_any_form(text: str) -> None:
    assert unquoted(quote(text, safe="").encode()) == text
    raw = text.encode()
    if (found := unquoted(raw)) is not None:
        assert parse_qs(b"query=" + raw, keep_blank_values=True) == {b"query": [found.encode()]}


def test_an_endless_query_is_stopped(connection: Connection) -> None:
    status, headers, _ = connection.ask(CROSS_PRODUCT)
    assert (status, headers["retry-after"]) == (503, "30")
    assert connection.ask(COUNT)[0] == 200


def test_who_hangs_up_frees_the_worker(server: Server) -> None:
    with Connection(server) as connection:
        connection.ask(COUNT)
        eventually(lambda: len(server.family()) == 2)
        worker = server.family()[1]
        connection.send(get(f"{CROSS_PRODUCT} # left"))
        time.sleep(0.4)
    eventually(lambda: not alive(worker), seconds=1)
    with Connection(server) as connection:
        assert connection.ask(f"{COUNT} # after")[0] == 200


def test_requests_may_come_together_or_in_pieces(connection: Connection) -> None:
    queries = [f"{COUNT} # {number}" for number in range(5)]
    connection.send(*(get(query) for query in queries))
    assert [connection.read()[0] for _ in queries] == [200] * 5
    slow = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f } # slow"
    connection.send(get(slow))
    connection.send(*(get(f"{query} again") for query in queries))
    assert [connection.read()[2].split()[1] for _ in range(6)] == [b"360000", *[b"600"] * 5]
    whole = get(f"{COUNT} # in pieces")
    for at in range(0, len(whole), 20):
        connection.send(whole[at : at + 20])
        time.sleep(0.01)
    assert connection.read()[2].split()[1] == b"600"


def test_what_changes_is_asked_anew(connection: Connection) -> None:
    asked = [connection.ask("SELECT (UUID() AS ?n) WHERE { }")[2] for _ in range(2)]
    assert asked[0] != asked[1]


def test_another_release_is_answered_from_at_once(tmp_path: Path) -> None:
    small_release(tmp_path)
    with running(tmp_path, OCSEA_WORKERS="1") as server, Connection(server) as connection:
        connection.ask(COUNT)
        before = connection.ask(f"{COUNT} # more")
        fresh = small_release(tmp_path, things=301)
        eventually(lambda: httpx.get(server.url + "/health").json()["release"] == fresh.version)
        with Connection(server) as connection:
            after = [connection.ask(f"{COUNT} # more") for _ in range(3)]
    assert before[2].split()[1] == b"600"
    assert {answer[2].split()[1] for answer in after} == {b"602"}
    assert {answer[1]["etag"] for answer in after} == {after[0][1]["etag"]}
    assert before[1]["etag"] != after[0][1]["etag"]


def test_it_is_counted(server: Server, connection: Connection) -> None:
    before = past_the_framework(server)
    connection.ask(f"{COUNT} # counted")
    assert past_the_framework(server) == before + 1
    connection.ask(f"{COUNT} # counted")
    assert past_the_framework(server) == before + 1
    assert "ocsea_replayed_total 0.0" not in httpx.get(server.url + "/metrics").text


def test_a_client_that_takes_too_much_is_told(tmp_path: Path) -> None:
    small_release(tmp_path)
    settings = {"OCSEA_CLIENT_SECONDS": "1", "OCSEA_QUERY_TIMEOUT": "2"}
    with running(tmp_path, **settings) as server, Connection(server) as connection:
        connection.ask(COUNT)
        assert connection.ask(CROSS_PRODUCT)[0] == 503
        assert connection.ask(f"{COUNT} # too much")[0] == 429
        assert connection.ask(COUNT)[0] == 200
