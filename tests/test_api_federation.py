"""`SERVICE`: answered by endpoints that the operator named, and by nothing else."""

import asyncio
import gzip
import json
import socket
import ssl
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from shutil import which
from subprocess import DEVNULL, check_output, run

import pytest
import trustme
from api_server import small_release
from endpoint import JSON, Endpoint, content, endpoint
from pyoxigraph import QueryBoolean, QuerySolutions, RdfFormat, Store

from api.engine import QueryRefused, ServiceFailed
from api.sparql.federation import federate
from api.sparql.inline import MAX_BYTES, MAX_ROWS
from api.sparql.outbound import Network, allowed_origin, is_public
from ocsea.namespaces import BASE

REMOTE = """@prefix e: <http://e/> .
e:a e:says "one" . e:b e:says "two\\n\\"\\\\u0041\\" {}'"@en . e:c e:says 3 , _:b .
e:d e:knows e:a .
"""
LOCAL = (
    "<http://e/a> <http://e/is> 1 . <http://e/b> <http://e/is> 2 . <http://e/z> <http://e/is> 3 ."
)


async def loopback(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


TEST = Network(look_up=loopback, may_call=lambda address: True)


@pytest.fixture
def remote() -> Iterator[Endpoint]:
    with endpoint(REMOTE) as remote:
        yield remote


def rewritten(query: str, remote: Endpoint, seconds: float = 5, network: Network = TEST) -> str:
    allowed = [f"http://remote.example:{remote.port}"]
    text = query.replace("REMOTE", f"http://remote.example:{remote.port}/sparql")
    return asyncio.run(federate(text, allowed, seconds, network))


def rows(query: str, remote: Endpoint) -> list[tuple[str | None, ...]]:
    store = Store()
    store.load(LOCAL, format=RdfFormat.TURTLE)
    results = store.query(rewritten(query, remote), base_iri=BASE)
    assert isinstance(results, QuerySolutions)
    return sorted((tuple(term and str(term) for term in row) for row in results), key=str)


def refused(query: str, *allowed: str) -> QueryRefused:
    with pytest.raises(QueryRefused) as error:
        asyncio.run(federate(query, allowed or ("other.example",), 1))
    return error.value


def test_a_clause_is_joined_with_what_is_here(remote: Endpoint) -> None:
    query = """SELECT ?n ?said WHERE { ?s <http://e/is> ?n .
      SERVICE <REMOTE> { ?s <http://e/says> ?said } }"""
    assert rows(query, remote) == [
        ('"1"^^<http://www.w3.org/2001/XMLSchema#integer>', '"one"'),
        ('"2"^^<http://www.w3.org/2001/XMLSchema#integer>', '"two\\n\\"\\\\u0041\\" {}\'"@en'),
    ]
    assert len(remote.queries) == 1
    assert remote.headers[0]["host"] == f"remote.example:{remote.port}"
    assert remote.headers[0]["accept"] == JSON
    assert remote.headers[0]["content-type"] == "application/x-www-form-urlencoded"
    assert "cookie" not in remote.headers[0]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("SELECT * { SERVICE <REMOTE> { ?s ?p ?o } }", 5),
        ("SELECT * { SERVICE<REMOTE>{ ?s ?p ?o } SERVICE <REMOTE> { ?s ?p ?o } }", 4),
        ("SELECT * { SERVICE <REMOTE> { <http://e/a> <http://e/says> 'one' } }", 1),
        ("SELECT * { SERVICE <REMOTE> { <http://e/a> <http://e/says> 'none' } }", 0),
        ("SELECT * { ?s <http://e/is> ?n OPTIONAL { SERVICE <REMOTE> { ?s ?p 'one' } } }", 3),
        ("SELECT * { ?s <http://e/is> ?n MINUS { SERVICE <REMOTE> { ?s ?p 'one' } } }", 2),
        ("SELECT * { ?s <http://e/is> ?n FILTER EXISTS { SERVICE <REMOTE> { ?s ?p 'one' } } }", 1),
        ("SELECT * { ?s <http://e/is> ?n FILTER(?n<9)SERVICE <REMOTE> { ?s ?p 'one' } }", 1),
        ("SELECT * { { SELECT ?s { SERVICE <REMOTE> { ?s ?p ?o } } ORDER BY ?s LIMIT 2 } }", 2),
        ("SELECT * { SERVICE <REMOTE> { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } } }", 1),
        ("SELECT * { SERVICE <REMOTE> { ?s ?p ?o OPTIONAL { ?o <http://e/says> ?x } } }", 5),
        ("SELECT * { SERVICE <REMOTE> { ?s ?p ?o FILTER(?o='}') } # } SERVICE\n}", 0),
        ("SELECT * { { ?s ?p ?o } UNION { SERVICE SILENT <REMOTE> { ?s ?p ?o } } }", 8),
        ("SELECT * { VALUES ?w { 'SERVICE' } SERVICE <REMOTE> { ?s <http://e/says> 'one' } }", 1),
    ],
)
def test_a_clause_may_stand_anywhere(remote: Endpoint, query: str, count: int) -> None:
    assert len(rows(query, remote)) == count


@pytest.mark.parametrize(
    "opening",
    [
        "PREFIX r: <REMOTE> SELECT ?s { SERVICE r: ",
        "prefix r: <http:x> PREFIX r: <REMOTE> SELECT ?s { SERVICE r: ",
        "BASE <REMOTE> SELECT ?s { SERVICE <sparql> ",
        "BASE <REMOTE> BASE <../> PREFIX r: <spar> SELECT ?s { SERVICE SILENT r:ql ",
        "# <a> {\nPREFIX:<REMOTE>\nSELECT ?s { service #>\n : ",
    ],
)
def test_an_endpoint_may_be_named_short(remote: Endpoint, opening: str) -> None:
    assert rows(opening + "{ ?s <http://e/says> 'one' } }", remote) == [("<http://e/a>",)]


def test_the_body_is_read_under_the_prologue_and_our_base(remote: Endpoint) -> None:
    query = "PREFIX e: <http://e/> SELECT ?o { SERVICE <REMOTE> { e:a e:says ?o } }"
    assert rows(query, remote) == [('"one"',)]
    rows("ASK { SERVICE <REMOTE> { <id/x> ?p ?o } }".replace("ASK", "SELECT *"), remote)
    assert remote.queries[-1].startswith(f"BASE <{BASE}>\n")


def test_a_blank_node_becomes_an_iri_that_joins_within_a_clause(remote: Endpoint) -> None:
    query = "SELECT ?o { SERVICE <REMOTE> { ?s <http://e/says> ?o FILTER isBlank(?o) } }"
    found = rows(query, remote)
    assert len(found) == 1
    assert str(found[0][0]).startswith("<urn:x-ocsea-blank:1:")


def test_a_clause_within_a_clause_goes_to_the_remote_as_it_is() -> None:
    empty = content(b'{"head":{"vars":[]},"results":{"bindings":[]}}')
    with endpoint(reply=empty) as remote:
        inner = "SERVICE <http://127.0.0.1:1/> { ?s ?p ?o }"
        assert rows(f"SELECT * {{ SERVICE <REMOTE> {{ {inner} }} }}", remote) == []
        assert inner in remote.queries[0]
        assert len(remote.queries) == 1


def test_lines_keep_their_numbers(remote: Endpoint) -> None:
    query = "SELECT * {\nSERVICE <REMOTE> {\n\n?s ?p ?o }\n} mistake"
    with pytest.raises(SyntaxError, match="error at 5:"):
        Store().query(rewritten(query, remote))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p ?o }",
        "SELECT * { ?s ?p 'SERVICE <http://127.0.0.1/> { }' }",
        "PREFIX service: <http://e/> SELECT ?service { ?service service:service <SERVICE> }",
        "SELECT ?x { ?x ?p ?o } # SERVICE <http://127.0.0.1/> { }",
    ],
)
def test_a_query_without_a_call_stays_as_it_is(query: str) -> None:
    assert asyncio.run(federate(query, ["remote.example"], 1)) is query


def test_with_no_host_allowed_the_worker_is_left_to_refuse() -> None:
    query = "SELECT * { SERVICE <https://remote.example/> { } }"
    assert asyncio.run(federate(query, (), 1)) == query


@pytest.mark.parametrize(
    ("call", "place"),
    [
        ("SERVICE <https://elsewhere.example/> { }", (2, 1)),
        ("  SERVICE SILENT <https://elsewhere.example/> { }", (2, 3)),
        ("SERVICE ?where { }", (2, 1)),
        ("SERVICE SILENT $where { }", (2, 1)),
        ("trueSERVICE <https://other.example/> { }", (2, 1)),
        ("SERVICE <https://other.example/> { } SERVICE <https://elsewhere.example/> { }", (2, 38)),
        ("SERVICE <https://other.example/> {} " * 5, (2, 1 + 36 * 4)),
    ],
)
def test_a_call_that_is_not_allowed_is_refused_with_its_place(
    call: str, place: tuple[int, int]
) -> None:
    error = refused(f"SELECT * {{\n{call} }}")
    assert (error.line, error.column) == place


@pytest.mark.parametrize(
    "call",
    [
        *("SERVICE", "SERVICE {", "SERVICE x:y { }", "SERVICE 'x' { }", "SERVICE <a b> { }"),
        "SERVICE <https://other.example/> {",
    ],
)
def test_a_call_that_cannot_be_read_is_a_mistake_in_the_query(call: str) -> None:
    assert refused("SELECT * { " + call).reason == "syntax"


@pytest.mark.parametrize(
    ("iri", "allowed"),
    [
        ("https://a.example/sparql", "a.example"),
        ("https://A.Example:443/", "a.example"),
        ("https://a.example/", "https://a.EXAMPLE"),
        ("https://a.example:8443/x", "a.example:8443"),
        ("http://a.example/", "http://a.example"),
        ("http://a.example:3030/x?y#z", "http://a.example:3030"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://xn--bcher-kva.example/", "bücher.example"),
        ("https://[2001:db8::1]/", "[2001:db8::1]"),
    ],
)
def test_a_host_on_the_list_is_allowed(iri: str, allowed: str) -> None:
    assert allowed_origin(iri, [allowed])


@pytest.mark.parametrize(
    ("iri", "allowed"),
    [
        ("http://a.example/", "a.example"),
        ("https://a.example/", "http://a.example"),
        ("https://a.example:8443/", "a.example"),
        ("https://a.example/", "a.example:8443"),
        ("https://b.a.example/", "a.example"),
        ("https://a.example.b/", "a.example"),
        ("https://a.example./", "a.example"),
        ("https://a.example@b.example/", "a.example"),
        ("https://u:p@a.example/", "a.example"),
        ("https://b.example/a.example", "a.example"),
        ("https://b.example#a.example", "a.example"),
        ("https://a%2eexample/", "a.example"),
        ("https://a.example:0/", "a.example:0"),
        ("https://a.example:99999/", "a.example:99999"),
        ("https://0x7f.1/", "127.0.0.1"),
        ("ftp://a.example/", "a.example"),
        ("file:///etc/passwd", "a.example"),
        ("urn:a.example", "a.example"),
        ("https:///", ""),
        ("https://[::1/", "[::1]"),
    ],
)
def test_any_other_host_is_not(iri: str, allowed: str) -> None:
    assert allowed_origin(iri, [allowed]) is None


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8",
                                     "2002:808:808::1", "64:ff9b::808:808"])  # fmt: skip
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *("100.64.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1", "198.18.0.1"),
        *("::", "::1", "fe80::1", "fe80::1%lo", "fc00::1", "fec0::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "2002:7f00:1::", "2002:a00:1::1"),
        *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2001::1"),
    ],
)
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "127.1", "0.0.0.0"])
def test_a_private_address_is_never_called_even_where_its_name_is_allowed(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)
        authority = f"http://{host}:{listening.getsockname()[1]}"
        query = f"SELECT * {{ SERVICE <{authority}/> {{ ?s ?p ?o }} }}"
        with pytest.raises(ServiceFailed):
            asyncio.run(federate(query, [authority], 2))
        with pytest.raises(TimeoutError):
            listening.accept()


def test_one_private_address_among_public_ones_is_enough_to_refuse(remote: Endpoint) -> None:
    async def mixed(host: str, port: int) -> list[str]:
        return ["8.8.8.8", "127.0.0.1"]

    query = "SELECT * { SERVICE <REMOTE> { ?s ?p ?o } }"
    with pytest.raises(ServiceFailed, match="public"):
        rewritten(query, remote, network=Network(look_up=mixed))
    assert not remote.queries


def test_a_name_is_looked_up_once_and_the_judged_address_is_called(remote: Endpoint) -> None:
    answers = [["127.0.0.1"], ["127.0.0.2"]]

    async def rebinding(host: str, port: int) -> list[str]:
        assert (host, port) == ("remote.example", remote.port)
        return answers.pop(0)

    network = Network(look_up=rebinding, may_call=lambda address: address == "127.0.0.1")
    rewritten("SELECT * { SERVICE <REMOTE> { ?s ?p ?o } }", remote, network=network)
    assert answers == [["127.0.0.2"]]


def test_a_redirect_is_not_followed(remote: Endpoint) -> None:
    away = content(b"", 307, location=f"http://127.0.0.1:{remote.port}/")
    with endpoint(reply=away) as first, pytest.raises(ServiceFailed, match="307"):
        rewritten("SELECT * { SERVICE <REMOTE> { ?s ?p ?o } }", first)
    assert not remote.queries


def test_proxies_of_the_environment_are_not_used(
    remote: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    assert "VALUES" in rewritten("SELECT * { SERVICE <REMOTE> { ?s ?p ?o } }", remote)


def test_a_certificate_must_be_for_the_name() -> None:
    authority = trustme.CA()
    ours = ssl.create_default_context()
    authority.configure_trust(ours)
    network = Network(look_up=loopback, may_call=lambda address: True, certificates=lambda: ours)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("remote.example").configure_cert(served)
    with endpoint(REMOTE, tls=served) as remote:
        for host, found in (("remote.example", True), ("another.example", False)):
            place = f"{host}:{remote.port}"
            query = f"SELECT * {{ SERVICE SILENT <https://{place}/> {{ ?s ?p ?o }} }}"
            answer = asyncio.run(federate(query, [place], 5, network))
            assert ("http://e/a" in answer) == found
        query = query.replace("another", "remote")
        unknown = Network(look_up=loopback, may_call=lambda address: True)
        with pytest.raises(ServiceFailed):
            asyncio.run(federate(query.replace("SILENT", ""), [f"remote.example:{remote.port}"], 5,
                                 unknown))  # fmt: skip


def answer_of(*bindings: object, variables: tuple[str, ...] = ("s",)) -> bytes:
    return json.dumps({"head": {"vars": variables}, "results": {"bindings": bindings}}).encode()


def uri(value: str) -> dict[str, dict[str, str]]:
    return {"s": {"type": "uri", "value": value}}


TRIPLE = {"type": "triple", "value": dict.fromkeys(("subject", "predicate", "object"),
                                                   uri("a:a")["s"])}  # fmt: skip
DEEP = (
    b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":' + b'{"type":"triple","value":{"subject":'
)
BAD_ANSWERS = {
    "empty": content(b""),
    "no JSON": content(b"<html>"),
    "cut off": content(answer_of(uri("a:b"))[:-4]),
    "a truth value": content(b'{"head":{},"boolean":true}'),
    "not UTF-8": content(answer_of(uri("a:b")).replace(b"a:b", b"a:\xff")),
    "deep brackets": content(b'{"head":' + b"[" * 1_000_000),
    "deep objects": content(b'{"z":' + b'{"a":' * 1_000_000),
    "deep triples": content(DEEP + b'{"type":"triple","value":{"subject":' * 100_000),
    "a triple": content(answer_of({"s": TRIPLE})),
    "an IRI that ends the clause": content(answer_of(uri("http://e/> } } SERVICE <http://e/"))),
    "a relative IRI": content(answer_of(uri("there"))),
    "a language that is none": content(
        answer_of({"s": {"type": "literal", "value": "a", "xml:lang": "en } }"}})
    ),
    "a variable that is none": content(answer_of(variables=("s", "s) { } #"))),
    "a variable twice": content(answer_of(variables=("s", "s"))),
    "too many solutions": content(answer_of(*[uri("a:b")] * (MAX_ROWS + 1))),
    "too many bytes": content(answer_of(uri("a:" + "b" * MAX_BYTES))),
    "not found": content(answer_of(uri("a:b")), 404),
    "an error": content(answer_of(uri("a:b")), 500),
    "another type": content(answer_of(uri("a:b")), content_type="text/html"),
    "compressed": content(gzip.compress(b" " * 50_000_000), content_encoding="gzip"),
}


@pytest.mark.parametrize("reply", BAD_ANSWERS.values(), ids=BAD_ANSWERS)
def test_an_answer_that_will_not_do_is_a_failure_and_silent_an_empty_solution(
    reply: object,
) -> None:
    with endpoint(reply=reply) as remote:
        with pytest.raises(ServiceFailed, match=r"SERVICE <http://remote\.example"):
            rewritten("SELECT * { SERVICE <REMOTE> { ?s ?p ?o } }", remote)
        silent = "SELECT (1 AS ?one) { SERVICE SILENT <REMOTE> { ?s ?p ?o } }"
        assert len(rows(silent, remote)) == 1


def endless(handler: BaseHTTPRequestHandler) -> None:
    content(b'{"head":{"vars":["s"]},"results":{"bindings":[')(handler)
    for _ in range(100):
        time.sleep(0.05)
        handler.wfile.write(b" ")


def test_an_endpoint_that_takes_too_long_is_left() -> None:
    with endpoint(reply=endless) as remote:
        started = time.monotonic()
        with pytest.raises(ServiceFailed, match="in time"):
            rewritten("SELECT * { SERVICE <REMOTE> { ?s ?p ?o } }", remote, seconds=0.3)
        assert time.monotonic() - started < 1.5


def test_clauses_are_asked_at_the_same_time() -> None:
    def slow(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.4)
        content(answer_of(uri("a:b")))(handler)

    with endpoint(reply=slow) as remote:
        started = time.monotonic()
        rewritten("ASK {" + "SERVICE <REMOTE> { ?s ?p ?o }" * 4 + "}", remote)
        assert time.monotonic() - started < 1.2


def test_nothing_listening_is_a_failure() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = Endpoint(port=closed.getsockname()[1])
        with pytest.raises(ServiceFailed, match="cannot be reached"):
            rewritten("SELECT * { SERVICE <REMOTE> { ?s ?p ?o } }", nobody)
        answer = rewritten("ASK { SERVICE SILENT <REMOTE> { ?s ?p ?o } }", nobody)
    result = Store().query(answer)
    assert isinstance(result, QueryBoolean)
    assert bool(result)


def test_other_requests_have_their_turn_while_a_large_answer_is_read() -> None:
    reply = content(answer_of(*[uri("http://e/" + "x" * 300)] * MAX_ROWS))

    async def go(port: int) -> float:
        longest, last = 0.0, time.monotonic()
        call = f"SELECT * {{ SERVICE <http://remote.example:{port}/> {{ ?s ?p ?o }} }}"
        asking = asyncio.create_task(federate(call, [f"http://remote.example:{port}"], 10, TEST))
        while not asking.done():
            await asyncio.sleep(0.001)
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
        assert (await asking).count("http://e/x") == MAX_ROWS
        return longest

    with endpoint(reply=reply) as remote:
        assert asyncio.run(go(remote.port)) < 0.25


UNSHARE = ["unshare", "--user", "--map-root-user", "--net"]


def in_a_network_of_its_own() -> bool:
    """Whether this machine lets a process have that."""
    return bool(which(UNSHARE[0])) and run([*UNSHARE, "true"], stderr=DEVNULL).returncode == 0


@pytest.mark.skipif(not in_a_network_of_its_own(), reason="needs a network namespace (unshare)")
def test_the_server_as_shipped_joins_what_a_public_endpoint_answers(tmp_path: Path) -> None:
    small_release(tmp_path, things=5)
    script = Path(__file__).with_name("apart.py")
    told = json.loads(check_output([*UNSHARE, sys.executable, str(script), str(tmp_path)]))
    (joined, found), (private, refused), (other, unlisted) = told["answers"]
    rows = [{name: value["value"] for name, value in row.items()}
            for row in found["results"]["bindings"]]  # fmt: skip
    assert joined == 200
    assert rows == [{"label": "thing 1", "said": "one"}, {"label": "thing 2", "said": "two"}]
    assert (private, refused["type"].partition("#")[2]) == (502, "problem-service-failed")
    assert "public addresses only" in refused["detail"]
    assert (other, unlisted["type"].partition("#")[2]) == (400, "problem-service-refused")
    assert told["asked"] == 1
