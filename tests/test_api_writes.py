"""Writing over HTTP: who may, what is answered, and that nothing reaches out."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from api_server import descendants, running, small_release

from ocsea.release import current

SECRET = "curators-write-token"
TURTLE = {"content-type": "text/turtle"}
QUERY = {"content-type": "application/sparql-query"}
UPDATE = {"content-type": "application/sparql-update"}
G = "http://www.example/g"


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("writes")
    small_release(folder)
    return folder


@pytest.fixture(scope="module")
def client(state: Path) -> Iterator[httpx.Client]:
    tokens = f"cora:curator:{SECRET},stu:steward:stewards-own-token"
    with (
        running(state, traced=True, OCSEA_TOKENS=tokens, OCSEA_QUERY_MEMORY="300") as server,
        httpx.Client(
            base_url=server.url, headers={"authorization": f"Bearer {SECRET}"}, timeout=60
        ) as client,
    ):
        yield client


def update(client: httpx.Client, text: str, **parameters: str) -> httpx.Response:
    return client.post("/update", content=text, params=parameters, headers=UPDATE)


def ask(client: httpx.Client, query: str) -> bool:
    return bool(client.get("/sparql", params={"query": query}).json()["boolean"])


# Who may write


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        ("", 401),
        ("Bearer someone-elses-token", 401),
        (f"Basic {SECRET}", 401),
        ("Bearer stewards-own-token", 403),
    ],
)
@pytest.mark.parametrize("path", ["/update", "/graphs?default", "/graphs/a"])
def test_without_the_right_token_nothing_is_written(
    client: httpx.Client, state: Path, authorization: str, status: int, path: str
) -> None:
    before = current(state).version
    headers = {"authorization": authorization, **UPDATE}
    answer = client.post(path, content="CLEAR ALL", headers=headers)
    assert answer.status_code == status
    assert ("www-authenticate" in answer.headers) == (status == 401)
    assert current(state).version == before


def test_without_tokens_nobody_may_write(tmp_path: Path) -> None:
    small_release(tmp_path)
    with running(tmp_path) as server:
        headers = {"authorization": f"Bearer {SECRET}", **UPDATE}
        assert httpx.post(server.url + "/update", content="", headers=headers).status_code == 403
        assert not any("scribe" in _command(pid) for pid in descendants(server.process.pid))


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/update?update=CLEAR%20ALL"), ("PUT", "/update"), ("PATCH", "/graphs?default")],
)
def test_other_methods_are_refused(client: httpx.Client, method: str, path: str) -> None:
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert method not in answer.headers["allow"].split(", ")


def test_options_tell_the_methods(client: httpx.Client) -> None:
    assert client.options("/update").headers["allow"] == "POST, OPTIONS"
    assert "DELETE" in client.options("/graphs").headers["allow"]


# Updates


def test_a_write_is_seen_by_the_next_query(client: httpx.Client) -> None:
    for number in range(3):
        done = update(client, f"INSERT DATA {{ GRAPH <{G}/seen> {{ <a:a> <a:b> {number} }} }}")
        assert done.status_code == 204
        assert done.headers["etag"] == f'"{done.headers["ocsea-release"]}"'
        assert ask(client, f"ASK {{ GRAPH <{G}/seen> {{ <a:a> <a:b> {number} }} }}")
        assert ask(client, f"ASK {{ <a:a> <a:b> {number} }}")


def test_an_earlier_release_can_be_asked(client: httpx.Client, state: Path) -> None:
    before = current(state).version
    after = update(client, f"INSERT DATA {{ GRAPH <{G}/later> {{ <a:l> <a:b> 1 }} }}")
    query, later = "ASK { <a:l> <a:b> 1 }", after.headers["ocsea-release"]
    for version, said in ((before, False), (later, True), (before, False)):
        path = f"/releases/{version}/sparql"
        for answer in (
            client.get(path, params={"query": query}),
            client.post(path, data={"query": query}),
            client.request("QUERY", path, content=query, headers=QUERY),
        ):
            assert answer.json()["boolean"] is said
            assert version in answer.headers["etag"] if answer.request.method == "GET" else True
    unknown = client.get("/releases/0123456789abcdef/sparql", params={"query": query})
    assert (unknown.status_code, unknown.json()["type"][-9:]) == (404, "not-found")
    assert client.get(f"/releases/{before}/sparql").status_code == 400
    assert "QUERY" in client.options(f"/releases/{before}/sparql").headers["allow"]


def test_who_asks_for_json_gets_some(client: httpx.Client) -> None:
    headers = UPDATE | {"accept": "application/json"}
    text = f"INSERT DATA {{ GRAPH <{G}/json> {{ <a:a> <a:b> 1 }} }}"
    told = client.post("/update", content=text, headers=headers)
    assert told.status_code == 200
    assert told.json() == {"release": told.headers["ocsea-release"], "warnings": 0}


@pytest.mark.parametrize(
    ("text", "kind", "column"),
    [
        ("INSERT DATA { <a:a> <a:b>", "query-malformed", 26),
        ("LOAD <{}>", "load-refused", 1),
        ("LoAd\nSILENT # <\n<{}>", "load-refused", 1),
        ("CLEAR SILENT DEFAULT ; load silent <{}> INTO GRAPH <a:a>", "load-refused", 24),
        ("PREFIX load: <a:> LOAD<{}>", "load-refused", 19),
        ("INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{}> {{ ?s ?p ?o }} }}", "service-refused", 29),
    ],
)
def test_what_is_refused_reaches_no_socket(
    client: httpx.Client, text: str, kind: str, column: int | None
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        answer = update(client, text.format(address) if "{}" in text else text)
        assert answer.status_code == 400
        assert answer.json()["type"].endswith(kind)
        assert answer.json().get("column") == column
        with pytest.raises(TimeoutError):
            listening.accept()


def test_as_text_load_and_service_are_legal(client: httpx.Client) -> None:
    data = "GRAPH <a:t> { load:load <a:SERVICE> 'LOAD <x>' }"
    text = f"# LOAD <x>\nPREFIX load: <a:> INSERT DATA {{ {data} }}"
    assert update(client, text).status_code == 204


def test_the_graphs_of_the_protocol_are_what_where_reads(client: httpx.Client) -> None:
    update(
        client,
        f"INSERT DATA {{ GRAPH <{G}/1> {{ <a:a> <a:b> 1 }} GRAPH <{G}/2> {{ <a:a> <a:b> 2 }} }}",
    )
    template = f"{{ GRAPH <{G}/3> {{ ?s ?p ?o }} }}"
    text = f"DELETE {template} INSERT {template} WHERE {{ ?s ?p ?o }}"
    assert update(client, text, **{"using-graph-uri": f"{G}/1"}).status_code == 204
    assert ask(client, f"ASK {{ GRAPH <{G}/3> {{ ?s ?p 1 }} }}")
    assert not ask(client, f"ASK {{ GRAPH <{G}/3> {{ ?s ?p 2 }} }}")


def test_delete_where_takes_the_graphs_of_the_protocol(client: httpx.Client) -> None:
    update(
        client,
        f"INSERT DATA {{ GRAPH <{G}/w1> {{ <a:a> <a:b> 1 }} GRAPH <{G}/w2> {{ <a:a> <a:b> 1 }} }}",
    )
    text = f"DELETE WHERE {{ GRAPH <{G}/w1> {{ ?s ?p ?o }} GRAPH <{G}/w2> {{ ?s ?p ?o }} }}"
    update(client, text, **{"using-named-graph-uri": f"{G}/w1"})
    assert ask(client, f"ASK {{ GRAPH <{G}/w1> {{ ?s ?p ?o }} }}")
    update(client, text, **{"using-named-graph-uri": f"{G}/w1", "using-graph-uri": f"{G}/w2"})
    assert ask(client, f"ASK {{ GRAPH <{G}/w2> {{ ?s ?p ?o }} }}")
    update(client, text)
    assert not ask(client, f"ASK {{ GRAPH <{G}/w2> {{ ?s ?p ?o }} }}")


@pytest.mark.parametrize("graph", ["no iri", "a:a> { } #"])
def test_a_graph_of_the_protocol_is_an_iri(client: httpx.Client, graph: str) -> None:
    text = "INSERT { <a:a> ?p ?o } WHERE { ?s ?p ?o }"
    assert update(client, text, **{"using-graph-uri": graph}).status_code == 400


# The graph store


def test_a_graph_by_name_and_by_its_address(client: httpx.Client) -> None:
    put = client.put("/graphs/person/1.ttl", content="<> <a:b> <c> .", headers=TURTLE)
    assert put.status_code == 201
    address = str(client.base_url.join("/graphs/person/1.ttl"))
    assert put.headers["location"] == address
    by_name = client.get(
        "/graphs", params={"graph": address}, headers={"accept": "application/n-triples"}
    )
    assert by_name.text == f"<{address}> <a:b> <{address.replace('1.ttl', 'c')}> .\n"


def test_a_graph_that_is_made_has_an_address(client: httpx.Client) -> None:
    made = client.post("/graphs", content="[] <a:b> [] .", headers=TURTLE)
    assert made.status_code == 201
    assert client.get(made.headers["location"]).status_code == 200
    assert client.delete(made.headers["location"]).status_code == 204
    assert client.get(made.headers["location"]).status_code == 404


@pytest.mark.parametrize(
    "address",
    ["/graphs", "/graphs?default&graph=a:a", "/graphs?graph=a:a&graph=a:b", "/graphs/x?default",
     "/graphs?graph=relative", "/graphs?graph=a:%FF"],
)  # fmt: skip
def test_a_request_names_one_graph(client: httpx.Client, address: str) -> None:
    assert client.get(address).status_code == 400
    assert client.put(address, content="", headers=TURTLE).status_code == 400


def test_the_default_graph_is_the_one_without_a_name(client: httpx.Client) -> None:
    assert (
        client.put("/graphs?default", content="<a:d> <a:b> 1 .", headers=TURTLE).status_code == 204
    )
    nt = {"accept": "application/n-triples"}
    assert client.get("/graphs?default", headers=nt).text.startswith("<a:d> <a:b> ")
    assert ask(client, "ASK { <a:d> <a:b> 1 . ?thing <https://w3id.org/ocsea/graph/see> ?other }")
    assert client.delete("/graphs?default").status_code == 204
    assert client.get("/graphs?default").status_code == 200
    assert not ask(client, "ASK { <a:d> ?p ?o }")


def test_parts_are_told_by_type_or_by_name(client: httpx.Client) -> None:
    files = [
        ("a", ("a.ttl", b"<a:a> <a:b> 1 .", "text/turtle")),
        ("b", ("b.nt", b"<a:a> <a:b> <a:c> .\n", "application/octet-stream")),
        ("c", ("c.jsonld", b'{"@id": "a:a", "a:b": {"@id": "a:d"}}', "application/ld+json")),
    ]
    assert client.post(f"/graphs?graph={G}/parts", files=files).status_code == 201
    nt = client.get(f"/graphs?graph={G}/parts", headers={"accept": "application/n-triples"})
    assert len(nt.text.splitlines()) == 3


def test_two_who_read_the_same_cannot_both_replace_it(client: httpx.Client) -> None:
    address = f"/graphs?graph={G}/both"
    client.put(address, content="<a:a> <a:b> 1 .", headers=TURTLE)
    tag = client.get(address).headers["etag"]
    one = client.put(address, content="<a:a> <a:b> 2 .", headers=TURTLE | {"if-match": tag})
    two = client.put(address, content="<a:a> <a:b> 3 .", headers=TURTLE | {"if-match": tag})
    assert (one.status_code, two.status_code) == (204, 412)
    assert client.get(address, headers={"if-none-match": tag}).status_code == 200
    fresh = client.get(address).headers["etag"]
    assert client.get(address, headers={"if-none-match": fresh}).status_code == 304
    new = client.put(address, content="", headers=TURTLE | {"if-none-match": "*"})
    assert new.status_code == 412


def test_writers_at_once_come_one_after_the_other(client: httpx.Client) -> None:
    def add(number: int) -> int:
        text = f"<a:a> <a:b> {number} ."
        return client.post(f"/graphs?graph={G}/crowd", content=text, headers=TURTLE).status_code

    with ThreadPoolExecutor(8) as crowd:
        statuses = list(crowd.map(add, range(8)))
    assert sorted(statuses) == [201, *[204] * 7]
    nt = client.get(f"/graphs?graph={G}/crowd", headers={"accept": "application/n-triples"})
    assert len(nt.text.splitlines()) == 8


@pytest.mark.parametrize("path", ["/update", f"/graphs?graph={G}/large"])
def test_a_body_past_the_limit_is_refused(client: httpx.Client, path: str) -> None:
    content = b"#" * (16 * 1024 * 1024 + 1)
    kind = UPDATE if path == "/update" else TURTLE
    assert client.post(path, content=content, headers=kind).status_code == 413
