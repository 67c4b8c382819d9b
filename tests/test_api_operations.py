"""Running it: codings, caches, limits for one client, logs, metrics, readiness."""

import asyncio
import contextlib
import gzip
import json
import os
import signal
import socket
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import brotli
import httpx
import pytest
import zstandard
from api_server import CROSS_PRODUCT, Server, eventually, running, small_release
from prometheus_client.parser import text_string_to_metric_families
from starlette.types import Message, Scope

from api import logs
from api.codings import CODINGS, accepted
from api.compression import PIECE, WHOLE, in_coding
from api.problems import Problem
from api.settings import SettingError, Settings, from_environment, is_public
from api.throttle import Throttle

EVERYTHING = "/sparql?query=" + quote("SELECT * WHERE { ?s ?p ?o }")
SHORT = "/sparql?query=" + quote("ASK {}")
DOCUMENT = "/doc/thing/1.html"


def decoded(coding: str, data: bytes) -> bytes:
    if coding == "gzip":
        return gzip.decompress(data)
    if coding == "br":
        return brotli.decompress(data)
    return zstandard.ZstdDecompressor().decompressobj().decompress(data)


def best(accept: str) -> str | None:
    coding = accepted(accept.encode()).best
    return coding.decode() if coding else None


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    var = tmp_path_factory.mktemp("operations")
    small_release(var)
    settings = {"OCSEA_WORKERS": "1", "OCSEA_QUERY_TIMEOUT": "2"}
    with running(var, traced=True, **settings) as server:
        eventually(lambda: server.answers("/ready"))
        yield server


def raw(
    server: Server, path: str, method: str = "GET", **headers: str
) -> tuple[httpx.Response, bytes]:
    """A response and its body as sent, with no header that was not asked for."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    request = httpx.Request(method, server.url + path, headers=sent)
    with httpx.Client() as client:
        response = client.send(request, stream=True)
        return response, b"".join(response.iter_raw())


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("", None),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, br", "br"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("GZIP;Q=0.8 , zstd;q=0", "gzip"),
        ("*", "zstd"),
        ("*, zstd;q=0", "br"),
        ("deflate", None),
        ("gzip;q=0", None),
        ("gzip;q=0.5, identity", None),
        ("gzip;q=0.5, identity;q=0.5", "gzip"),
        ("gzip;q=many", None),
    ],
)
def test_the_coding_is_the_one_liked_best(accept: str, coding: str | None) -> None:
    assert best(accept) == coding


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
@pytest.mark.parametrize("path", [EVERYTHING, DOCUMENT])
def test_an_answer_in_a_coding_is_the_same_answer(server: Server, path: str, coding: str) -> None:
    _, plain = raw(server, path)
    response, body = raw(server, path, accept_encoding=coding)
    assert response.headers["content-encoding"] == coding
    assert response.headers["vary"] == "Accept, Accept-Encoding"
    assert len(body) < len(plain) / 2
    assert decoded(coding, body) == plain


def test_what_is_short_or_packed_already_goes_as_it_is(server: Server) -> None:
    for path in (SHORT, "/health", "/static/none"):
        response, _ = raw(server, path, accept_encoding="gzip")
        assert "content-encoding" not in response.headers
        assert "Accept-Encoding" in response.headers["vary"]


def test_a_client_that_takes_nothing_plain_gets_nothing_plain(server: Server) -> None:
    response, body = raw(server, SHORT, accept_encoding="gzip, identity;q=0")
    assert response.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(body))["boolean"] is True
    assert raw(server, SHORT, accept_encoding="*;q=0")[0].status_code == 406


def test_a_document_has_another_tag_in_each_coding_and_304_knows_them(server: Server) -> None:
    plain = raw(server, DOCUMENT)[0].headers["etag"]
    coded = raw(server, DOCUMENT, accept_encoding="gzip")[0].headers["etag"]
    assert coded == plain[:-1] + '-gzip"'
    for tag in (plain, coded, f'"other", {coded}'):
        response, _ = raw(server, DOCUMENT, accept_encoding="gzip", if_none_match=tag)
        assert response.status_code == 304
        assert response.headers["etag"] in tag
    assert raw(server, DOCUMENT, accept_encoding="br", if_none_match=coded)[0].status_code == 200
    assert raw(server, DOCUMENT, if_none_match=coded)[0].status_code == 200


def test_head_tells_of_the_coding_and_sends_nothing(server: Server) -> None:
    got, _ = raw(server, DOCUMENT, accept_encoding="gzip")
    head, body = raw(server, DOCUMENT, "HEAD", accept_encoding="gzip")
    assert body == b""
    for name in ("content-encoding", "etag", "vary", "content-type"):
        assert head.headers[name] == got.headers[name]


def test_an_answer_in_http_1_0_has_its_length(server: Server) -> None:
    request = f"GET {EVERYTHING} HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(request.encode())
        head = connection.recv(4096).lower()
    assert b"content-length:" in head
    assert b"\r\ncontent-encoding:" not in head


@pytest.mark.parametrize("path", ["/sparql", "/doc/thing/1", "/"])
def test_a_request_in_a_coding_is_refused(server: Server, path: str) -> None:
    bomb = gzip.compress(b"\0" * 1_000_000)
    headers = {"content-encoding": "gzip", "content-type": "application/sparql-query"}
    response = httpx.post(server.url + path, content=bomb, headers=headers)
    assert response.status_code == 415
    assert response.headers["accept-encoding"] == "identity"


def sending(coding: str, messages: list[Message]) -> list[Message]:
    """What goes out of an application's messages to a client that takes the coding."""
    header = (b"accept-encoding", coding.encode())
    scope: Scope = {"method": "GET", "http_version": "1.1", "headers": [header]}
    out: list[Message] = []

    async def send(message: Message) -> None:
        out.append(message)

    async def go() -> None:
        coded = in_coding(scope, send)
        for message in messages:
            await coded(message)

    asyncio.run(go())
    return out


def start(**headers: str) -> Message:
    own = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http.response.start", "status": 200, "headers": own}


def body(data: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": more}


READ = {
    "gzip": lambda data: zlib.decompressobj(31).decompress(data),
    "br": lambda data: brotli.Decompressor().process(data),
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}
"""What a client can read of the beginning of a body."""


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_each_piece_of_a_stream_can_be_read_when_it_comes(coding: str) -> None:
    out = sending(coding, [start(content_type="text/csv"), body(b"1,2\r\n", more=True)])
    assert READ[coding](out[1]["body"]) == b"1,2\r\n"


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_a_stream_that_broke_off_cannot_be_read_as_whole(coding: str) -> None:
    pieces = [body(b"row\r\n" * 20_000, more=True) for _ in range(3)]
    out = sending(coding, [start(content_type="text/csv"), *pieces])
    assert all(message["more_body"] for message in out[1:])
    with pytest.raises((EOFError, brotli.error)):
        decoded(coding, b"".join(message["body"] for message in out[1:]))


def test_a_long_body_is_coded_at_once_and_its_length_told() -> None:
    data = os.urandom(3 * PIECE + 1)
    begun, sent = sending("gzip", [start(content_type="text/plain"), body(data, more=False)])
    assert dict(begun["headers"])[b"content-length"] == str(len(sent["body"])).encode()
    assert gzip.decompress(sent["body"]) == data


def test_a_very_long_body_is_sent_in_pieces() -> None:
    data = os.urandom(WHOLE + 1)
    out = sending("gzip", [start(content_type="text/plain"), body(data, more=False)])
    assert len(out) == 2 + WHOLE // PIECE
    assert gzip.decompress(b"".join(message["body"] for message in out[1:])) == data


def test_a_stream_may_end_without_a_body() -> None:
    begun = [start(content_type="text/csv"), body(b"x" * 2000, more=True)]
    out = sending("gzip", [*begun, {"type": "http.response.body"}])
    assert gzip.decompress(b"".join(message["body"] for message in out[1:])) == b"x" * 2000


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "image/png"},
        {"content_type": "application/zip"},
        {"content_type": "text/csv", "content_encoding": "br"},
    ],
)
def test_what_gains_nothing_is_passed_on(headers: dict[str, str]) -> None:
    messages = [start(**headers), body(b"x" * 9000, more=False)]
    assert sending("gzip", messages) == messages


def test_a_tag_sent_with_a_write_is_known_in_any_coding() -> None:
    scope: Scope = {"method": "PUT", "http_version": "1.1"}
    scope["headers"] = [(b"if-match", b'"a-zstd", "b-c", W/"d-gzip"')]

    async def send(message: Message) -> None:
        raise AssertionError(message)

    assert in_coding(scope, send) is send
    assert scope["headers"] == [(b"if-match", b'"a", "b-c", W/"d"')]


def test_every_coding_has_a_name_that_its_tags_carry() -> None:
    assert set(CODINGS) == {b"zstd", b"br", b"gzip"}


def test_caches_are_told_what_they_may_keep(server: Server) -> None:
    kept = httpx.get(server.url + SHORT).headers["cache-control"]
    assert kept == "public, max-age=0, must-revalidate, s-maxage=60"
    for path in ("/health", "/ready", "/metrics", "/doc/thing/none"):
        assert httpx.get(server.url + path).headers["cache-control"] == "no-store"


# Throttling


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def wait_of(throttle: Throttle, client: str) -> int:
    """Seconds that the client is told to wait; 0 where it is let in."""
    try:
        throttle.admit(client)
    except Problem as problem:
        refused = problem
    else:
        return 0
    assert refused.status == 429
    return int(refused.all_headers()["retry-after"])


def test_query_seconds_are_paid_back_as_time_goes_by() -> None:
    clock = Clock()
    throttle = Throttle(60, 0, clock=clock)
    throttle.charge("192.0.2.1", 59)
    assert wait_of(throttle, "192.0.2.1") == 0
    throttle.charge("192.0.2.1", 31)
    assert wait_of(throttle, "192.0.2.1") == 30
    assert wait_of(throttle, "192.0.2.2") == 0
    assert throttle.refused == 1
    clock.now = 30
    assert wait_of(throttle, "192.0.2.1") == 0


def test_nobody_saves_up_more_than_a_minute() -> None:
    clock = Clock()
    throttle = Throttle(60, 0, clock=clock)
    throttle.charge("192.0.2.1", 1)
    clock.now = 100_000
    throttle.charge("192.0.2.1", 90)
    assert wait_of(throttle, "192.0.2.1") == 30


def test_so_many_errors_and_no_more() -> None:
    throttle = Throttle(0, 3, clock=Clock())
    for _ in range(3):
        assert wait_of(throttle, "192.0.2.1") == 0
        throttle.error("192.0.2.1")
        throttle.charge("192.0.2.1", 1000)
    assert wait_of(throttle, "192.0.2.1") == 20


def test_an_ipv6_client_is_its_network() -> None:
    throttle = Throttle(0, 1, clock=Clock())
    throttle.error("2001:db8:0:1::1")
    assert wait_of(throttle, "2001:db8:0:1:ffff::2")
    assert not wait_of(throttle, "2001:db8:0:2::1")
    throttle.error("::ffff:192.0.2.1")
    assert wait_of(throttle, "192.0.2.1")


def test_settings_for_strangers() -> None:
    assert (Settings().client_seconds, Settings().client_errors) == (0, 0)
    public = from_environment({"OCSEA_PUBLIC": "yes", "OCSEA_CLIENT_ERRORS": "off"})
    assert (public.client_seconds, public.client_errors) == (60, 0)
    local = from_environment({"OCSEA_CLIENT_SECONDS": "5", "OCSEA_SHARED_AGE": "0"})
    assert (local.client_seconds, local.client_errors, local.shared_age) == (5, 0, 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OCSEA_PUBLIC", "perhaps"),
        ("OCSEA_CLIENT_SECONDS", "-1"),
        ("OCSEA_SHARED_AGE", "-1"),
        ("OCSEA_LOG", "loud"),
    ],
)
def test_a_setting_that_cannot_be_read_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=f"{name}='{value}': .* is needed"):
        from_environment({name: value})


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.1.2.3"])
def test_loopback_is_not_public(host: str) -> None:
    assert not is_public(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "graph.example.org"])
def test_other_addresses_are_public(host: str) -> None:
    assert is_public(host)


def test_a_client_with_many_errors_has_to_wait_and_others_have_not(tmp_path: Path) -> None:
    small_release(tmp_path)
    with running(tmp_path, OCSEA_CLIENT_ERRORS="2") as server:
        url = server.url + "/sparql?query="
        one, other = {"x-forwarded-for": "192.0.2.1"}, {"x-forwarded-for": "192.0.2.2"}
        statuses = [httpx.get(url + "nonsense", headers=one).status_code for _ in range(3)]
        assert statuses == [400, 400, 429]
        refused = httpx.get(url + "ASK{}", headers=one)
        assert refused.status_code == 429
        assert 0 < int(refused.headers["retry-after"]) <= 30
        assert refused.json()["type"].endswith("#problem-too-many")
        assert httpx.get(url + "ASK{}", headers=other).status_code == 200


# Watching


def measured(server: Server) -> dict[tuple[str, ...], float]:
    """The samples of `/metrics`: by name and the values of its labels."""
    text = httpx.get(server.url + "/metrics").text
    families = text_string_to_metric_families(text)
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


def test_requests_and_problems_are_counted(server: Server) -> None:
    before = measured(server)
    assert httpx.get(server.url + "/doc/thing/2.ttl").status_code == 200
    assert httpx.get(server.url + "/doc/thing/none").status_code == 404
    assert httpx.get(server.url + "/no/such/page").status_code == 404
    after = measured(server)

    def more(*key: str) -> float:
        return after.get(key, 0) - before.get(key, 0)

    assert more("ocsea_requests_total", "doc", "200") == 1
    assert more("ocsea_requests_total", "doc", "404") == 1
    assert more("ocsea_requests_total", "other", "404") == 1
    assert more("ocsea_problems_total", "not-found") == 2
    assert more("ocsea_request_seconds_count", "doc") == 2
    assert more("ocsea_request_seconds_bucket", "+Inf", "doc") == 2
    assert more("ocsea_sent_bytes_total") > 0
    assert after["process_resident_memory_bytes",] > 10_000_000
    assert after["process_open_fds",] > 3


def test_a_stopped_query_is_counted_and_the_engine_shows_what_it_does(server: Server) -> None:
    before = measured(server)
    slow = httpx.get(server.url + "/sparql", params={"query": CROSS_PRODUCT}, timeout=10)
    assert slow.status_code == 503
    after = measured(server)
    timeout = ("ocsea_problems_total", "query-timeout")
    assert after[timeout] == before.get(timeout, 0) + 1
    assert after["ocsea_workers_killed_total",] == before["ocsea_workers_killed_total",] + 1
    assert after["ocsea_queries_waiting",] == 0


def test_the_release_is_told(server: Server) -> None:
    release = httpx.get(server.url + "/health").json()["release"]
    assert measured(server)["ocsea_release_info", release] == 1


def test_openmetrics_for_those_who_ask(server: Server) -> None:
    accept = "application/openmetrics-text; version=1.0.0"
    response = httpx.get(server.url + "/metrics", headers={"accept": accept})
    assert response.headers["content-type"].startswith("application/openmetrics-text")
    assert response.text.endswith("# EOF\n")


def test_ready_asks_a_worker(tmp_path: Path) -> None:
    with running(tmp_path, bare=True) as server:
        assert httpx.get(server.url + "/ready").status_code == 503
        release = small_release(tmp_path)
        eventually(lambda: server.answers("/ready"), seconds=20)
        response = httpx.get(server.url + "/ready")
        assert response.json() == {"status": "ready", "release": release.version}
        assert httpx.head(server.url + "/ready").status_code == 200
        for pid in server.family():
            os.kill(pid, signal.SIGSTOP)
        stopped = httpx.get(server.url + "/ready", timeout=5)
        assert stopped.status_code == 503
        assert stopped.headers["content-type"] == "application/problem+json"
        assert httpx.get(server.url + "/health").status_code == 200
        for pid in server.family():
            with contextlib.suppress(ProcessLookupError):  # the zygote kills who kept us waiting
                os.kill(pid, signal.SIGCONT)
        eventually(lambda: server.answers("/ready"))


# Logs


def said(captured: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in captured.splitlines()]


def test_requests_are_logged_where_asked_without_query_and_client(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    small_release(tmp_path)
    with running(tmp_path, OCSEA_LOG="requests") as server:
        capfd.readouterr()
        for _ in range(2):
            headers = {"x-forwarded-for": "203.0.113.77"}
            assert httpx.get(server.url + SHORT, headers=headers).status_code == 200
    lines = [line for line in said(capfd.readouterr().err) if line["path"] == "/sparql"]
    assert len(lines) == 2
    for line in lines:
        assert str(line.pop("time"))[10] == "T"
        assert isinstance(line.pop("ms"), float)
        assert line == {
            **{"level": "INFO", "event": "request", "method": "GET", "path": "/sparql"},
            **{"status": 200, "bytes": 26, "client": "203.0.113.0/24"},
        }


def test_events_are_logged_and_requests_are_not(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    small_release(tmp_path)
    with running(tmp_path, OCSEA_QUERY_TIMEOUT="0.5") as server:
        capfd.readouterr()
        assert httpx.get(server.url + SHORT).status_code == 200
        slow = httpx.get(server.url + "/sparql", params={"query": CROSS_PRODUCT}, timeout=10)
        assert slow.status_code == 503
        release = small_release(tmp_path, note="!")
        eventually(lambda: release.version in httpx.get(server.url + "/health").text)
    lines = said(capfd.readouterr().err)
    assert [(line["event"], line.get("kind"), line.get("release")) for line in lines] == [
        ("a query was stopped", "query-timeout", None),
        ("a release is answered from", None, release.version),
    ]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("", None),
    ],
)
def test_a_client_is_logged_as_its_network(address: str, network: str | None) -> None:
    assert logs.network((address, 1)) == network
