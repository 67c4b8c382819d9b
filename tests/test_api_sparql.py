"""`/sparql` over a socket, against the graph built from this checkout."""

import io
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from api_server import CROSS_PRODUCT, GRAPH, Server, running
from pyoxigraph import (
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    parse,
    parse_query_results,
)
from rdflib import Graph

PREFIXES = """PREFIX ocsea: <https://w3id.org/ocsea/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
STATES = PREFIXES + "SELECT ?s ?name WHERE { ?s a ocsea:State ; rdfs:label ?name } ORDER BY ?name"
DESCRIBE = "DESCRIBE <https://w3id.org/ocsea/id/state/ALB>"
EVERYTHING = "SELECT * WHERE { ?s ?p ?o }"
FORM = {"content-type": "application/x-www-form-urlencoded"}
DIRECT = {"content-type": "application/sparql-query"}
IN_UTF_8 = "application/sparql-query; charset=UTF-8"
IN_UTF_16 = {"content-type": "application/sparql-query; charset=utf-16"}
JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
CSV, TSV = "text/csv", "text/tab-separated-values"


@pytest.fixture(scope="module")
def server(var: Path) -> Iterator[Server]:
    limits = {"OCSEA_QUERY_TIMEOUT": "3", "OCSEA_QUERY_OUTPUT": "48"}
    with running(var, traced=True, OCSEA_WORKERS="2", **limits) as server:
        yield server


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=20) as client:
        yield client


def ask(client: httpx.Client, query: str, accept: str = "*/*", **parameters: str) -> httpx.Response:
    return client.get("/sparql", params={"query": query, **parameters}, headers={"accept": accept})


def test_a_query_is_taken_in_each_way_of_the_protocol(client: httpx.Client) -> None:
    answers = [
        ask(client, STATES),
        client.post("/sparql", data={"query": STATES}),
        client.post("/sparql", content=STATES, headers=DIRECT),
        client.request("QUERY", "/sparql", content=STATES, headers=DIRECT),
        client.post("/sparql", content=STATES, headers={"content-type": IN_UTF_8}),
    ]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert len({answer.content for answer in answers}) == 1
    assert len(answers[0].json()["results"]["bindings"]) > 190


@pytest.mark.parametrize(
    ("accept", "media_type", "form"),
    [
        (JSON, JSON, QueryResultsFormat.JSON),
        (XML, XML, QueryResultsFormat.XML),
        (TSV, TSV + "; charset=utf-8", QueryResultsFormat.TSV),
        ("application/json", "application/json", QueryResultsFormat.JSON),
    ],
)
def test_solutions_parse_back(
    client: httpx.Client, accept: str, media_type: str, form: QueryResultsFormat
) -> None:
    answer = ask(client, STATES, accept)
    assert answer.headers["content-type"] == media_type
    solutions = parse_query_results(io.BytesIO(answer.content), form)
    assert isinstance(solutions, QuerySolutions)
    names = [str(solution["name"].value) for solution in solutions]
    assert "Albania" in names
    assert len(names) == len(set(names)) > 190


def test_csv_has_a_line_a_solution(client: httpx.Client) -> None:
    answer = ask(client, STATES, "text/csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.text.startswith("s,name\r\n")
    assert "https://w3id.org/ocsea/id/state/ALB,Albania\r\n" in answer.text


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("text/turtle", RdfFormat.TURTLE),
        ("application/n-triples", RdfFormat.N_TRIPLES),
        ("application/rdf+xml", RdfFormat.RDF_XML),
        ("application/ld+json", RdfFormat.JSON_LD),
    ],
)
def test_graphs_parse_back_to_the_same_triples(
    client: httpx.Client, accept: str, form: RdfFormat
) -> None:
    plain = ask(client, DESCRIBE, "application/n-triples").content
    answer = ask(client, DESCRIBE, accept)
    assert answer.headers["content-type"].split(";")[0] == accept
    triples = {quad.triple for quad in parse(answer.content, form)}
    assert triples == {quad.triple for quad in parse(plain, RdfFormat.N_TRIPLES)}
    assert len(triples) > 10


def test_turtle_is_read_by_another_library(client: httpx.Client) -> None:
    graph = Graph().parse(data=ask(client, DESCRIBE, "text/turtle").text, format="turtle")
    assert len(graph) > 10


@pytest.mark.parametrize("accept", [JSON, XML, CSV, TSV])
def test_ask_is_answered(client: httpx.Client, accept: str) -> None:
    answer = ask(client, PREFIXES + "ASK { ?s a ocsea:State }", accept)
    assert answer.headers["content-type"].split(";")[0] == accept
    assert "true" in answer.text


def test_a_format_can_be_named_in_the_address(client: httpx.Client) -> None:
    assert ask(client, STATES, "text/html", format="csv").text.startswith("s,name")
    assert ask(client, STATES, format="ttl").status_code == 406
    assert ask(client, STATES, format="docx").status_code == 406


@pytest.mark.parametrize(("query", "accept"), [(STATES, "text/turtle"), (DESCRIBE, "text/csv"),
                                               (STATES, "image/png")])  # fmt: skip
def test_what_cannot_be_had_is_refused_with_what_can(
    client: httpx.Client, query: str, accept: str
) -> None:
    answer = ask(client, query, accept)
    assert answer.status_code == 406
    assert answer.headers["content-type"] == "application/problem+json"
    assert accept not in answer.json()["offers"]
    again = ask(client, query, answer.json()["offers"][0])
    assert again.status_code == 200


def test_graphs_can_be_chosen(client: httpx.Client) -> None:
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"

    def number(**parameters: list[str]) -> int:
        answer = client.get("/sparql", params={"query": count, **parameters})
        return int(answer.json()["results"]["bindings"][0]["n"]["value"])

    states, untc, everything = GRAPH + "states", GRAPH + "untc2015", number()
    one, other = (number(**{"default-graph-uri": [name]}) for name in (states, untc))
    assert number(**{"default-graph-uri": [states, untc]}) == one + other < everything
    assert number(**{"named-graph-uri": [states]}) == 0


def test_the_default_graph_is_the_merge(client: httpx.Client) -> None:
    merge = ask(client, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "text/csv").text
    distinct = "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } } }"
    assert merge == ask(client, distinct, "text/csv").text


@pytest.mark.parametrize(
    ("method", "content", "headers", "status", "kind"),
    [
        ("POST", "query=" + quote(STATES), {}, 415, "unsupported-media-type"),
        ("POST", STATES, {"content-type": "text/plain"}, 415, "unsupported-media-type"),
        ("POST", STATES.encode("utf-16"), IN_UTF_16, 415, "unsupported-media-type"),
        ("POST", b"ASK { <a:\xff> ?p ?o }", DIRECT, 400, "request-malformed"),
        ("POST", "query=%FF", FORM, 400, "request-malformed"),
        ("POST", "query=ASK%7B%7D&query=ASK%7B%7D", FORM, 400, "query-missing"),
        ("POST", "nothing=here", FORM, 400, "query-missing"),
        ("POST", "update=" + quote("CLEAR ALL"), FORM, 400, "update-refused"),
        ("POST", "CLEAR ALL", {"content-type": "application/sparql-update"}, 400, "update-refused"),
        ("POST", "INSERT DATA { <a:a> <a:a> 1 }", DIRECT, 400, "update-refused"),
        ("POST", "SELECT *\nWHERE {", DIRECT, 400, "query-malformed"),
        ("POST", "ASK { ?s ?p \x00 }", DIRECT, 400, "query-malformed"),
        ("POST", "ASK { SERVICE <http://127.0.0.1/> { } }", DIRECT, 400, "service-refused"),
        ("POST", "ASK {" + "{" * 3000 + "}" * 3000 + "}", DIRECT, 400, "query-too-deep"),
        ("POST", CROSS_PRODUCT, DIRECT, 503, "query-timeout"),
        ("POST", "ASK {} #" + "x" * 1_100_000, DIRECT, 413, "too-large"),
        ("PUT", STATES, DIRECT, 405, "method-not-allowed"),
        ("DELETE", "", {}, 405, "method-not-allowed"),
    ],
)  # fmt: skip
def test_problems_are_told_plainly(
    client: httpx.Client,
    method: str,
    content: bytes | str,
    headers: dict[str, str],
    status: int,
    kind: str,
) -> None:
    answer = client.request(method, "/sparql", content=content, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == "https://w3id.org/ocsea/docs#problem-" + kind
    assert problem["status"] == status
    assert problem["detail"]
    assert ("retry-after" in answer.headers) == (status == 503)
    assert ask(client, "ASK { ?s ?p ?o }").json()["boolean"] is True


def test_a_body_that_hides_its_length_is_cut_short(client: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(40):
            yield b"#" * 100_000

    answer = client.post("/sparql", content=endless(), headers=DIRECT)
    assert answer.status_code == 413


def test_get_takes_no_update(client: httpx.Client) -> None:
    answer = client.get("/sparql", params={"update": "CLEAR ALL"})
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("update-refused")


def test_errors_carry_line_and_column(client: httpx.Client) -> None:
    problem = ask(client, "SELECT *\nWHERE {\n  SERVICE <http://x/> { } }").json()
    assert (problem["line"], problem["column"]) == (3, 3)
    assert ask(client, "SELECT *\nWHERE { ?s ?p").json()["line"] == 2


def test_an_unchanged_answer_is_not_sent_again(client: httpx.Client) -> None:
    first = ask(client, STATES)
    headers = {"if-none-match": first.headers["etag"]}
    again = client.get("/sparql", params={"query": STATES}, headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["vary"] == "Accept, Accept-Encoding"
    other = client.get(
        "/sparql", params={"query": STATES}, headers=headers | {"accept": "text/csv"}
    )
    assert other.status_code == 200


def test_what_changes_by_itself_has_no_etag(client: httpx.Client) -> None:
    assert "etag" not in ask(client, "SELECT (NOW() AS ?now) { }").headers


def test_scripts_of_any_site_may_ask(client: httpx.Client) -> None:
    preflight = client.options("/sparql", headers={"origin": "https://example.org"})
    assert preflight.status_code == 204
    assert "QUERY" in preflight.headers["access-control-allow-methods"]
    for answer in (preflight, ask(client, STATES), ask(client, "nonsense"), client.get("/")):
        assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("query", [STATES, EVERYTHING, "nonsense"])
def test_head_is_get_without_a_body(client: httpx.Client, query: str) -> None:
    head, get = (client.request(m, "/sparql", params={"query": query}) for m in ("HEAD", "GET"))
    assert head.status_code == get.status_code
    assert head.content == b""
    assert head.headers["content-type"] == get.headers["content-type"]
    assert head.headers.get("etag") == get.headers.get("etag")


def test_without_a_query_the_service_describes_itself(client: httpx.Client) -> None:
    answer = client.get("/sparql", headers={"accept": "text/turtle"})
    graph = Graph().parse(data=answer.text, format="turtle")
    sd = "http://www.w3.org/ns/sparql-service-description#"
    told = {(str(s), str(p), str(o)) for s, p, o in graph}
    endpoint = str(client.base_url) + "/sparql"
    assert (endpoint, sd + "endpoint", endpoint) in told
    assert (endpoint, sd + "feature", sd + "UnionDefaultGraph") in told
    assert {o for _, p, o in told if p == sd + "name"} >= {GRAPH + "states", GRAPH + "inferred"}


def test_a_browser_gets_the_editor_and_tables(client: httpx.Client) -> None:
    page = client.get("/sparql", headers={"accept": "text/html"})
    assert "<textarea" in page.text
    table = ask(client, STATES, "text/html")
    assert '<a href="/doc/state/ALB">' in table.text
    assert " rows in " in table.text
    wrong = ask(client, "SELECT * { <script>", "text/html")
    assert wrong.status_code == 400
    assert "&lt;script&gt;" in wrong.text
    assert "<script>" not in wrong.text


def test_a_large_answer_is_whole_and_streams(client: httpx.Client) -> None:
    with client.stream("GET", "/sparql", params={"query": EVERYTHING, "format": "nt"}) as refused:
        assert refused.status_code == 406
    query = "CONSTRUCT WHERE { ?s ?p ?o }"
    with client.stream("GET", "/sparql", params={"query": query, "format": "nt"}) as answer:
        assert answer.headers["transfer-encoding"] == "chunked"
        lines = sum(piece.count(b"\n") for piece in answer.iter_bytes())
    total = ask(client, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "text/csv").text.split()[1]
    assert lines == int(total)


def test_http_1_0_gets_a_length(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        query = quote("SELECT * WHERE { ?s ?p ?o }")
        connection.sendall(f"GET /sparql?query={query} HTTP/1.0\r\n\r\n".encode())
        received = b"".join(iter(lambda: connection.recv(1 << 20), b""))
    head, _, content = received.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    assert int(lengths[0].split(b":")[1]) == len(content)
    json.loads(content)


def test_an_answer_that_breaks_off_is_no_success(client: httpx.Client) -> None:
    """Past its length in the middle of an answer, the connection breaks without the last chunk."""
    endless = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with client.stream("GET", "/sparql", params={"query": endless}) as answer:
        assert answer.status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            list(answer.iter_raw())
