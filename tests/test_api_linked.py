"""`/id`, `/doc`, `/graph`, the context and the ontology over a socket."""

import json
import re
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_server import GRAPH, ID, Server, running
from pyld import jsonld as pyld
from pyoxigraph import RdfFormat, Triple, parse, serialize
from rdflib import Graph
from rdflib.compare import isomorphic

from ocsea import jsonld

ALBANIA = "/doc/state/ALB"
MANY = "/doc/source/untc2015"
SUFFIXES = {
    "jsonld": ("application/ld+json", RdfFormat.JSON_LD),
    "ttl": ("text/turtle; charset=utf-8", RdfFormat.TURTLE),
    "nt": ("application/n-triples", RdfFormat.N_TRIPLES),
    "rdf": ("application/rdf+xml", RdfFormat.RDF_XML),
}


@pytest.fixture(scope="module")
def server(var: Path) -> Iterator[Server]:
    with running(var) as server:
        yield server


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=20) as client:
        yield client


def triples(answer: httpx.Response, suffix: str) -> set[Triple]:
    """The triples of a document, its JSON-LD expanded with our context alone."""
    assert answer.status_code == 200
    if suffix != "jsonld":
        return {quad.triple for quad in parse(answer.content, SUFFIXES[suffix][1])}
    options = {**jsonld.OPTIONS, "format": "application/n-quads"}
    quads = pyld.to_rdf(answer.json(), options)
    return {quad.triple for quad in parse(quads, RdfFormat.N_QUADS)}


def test_a_thing_leads_to_its_document(client: httpx.Client) -> None:
    for method in ("GET", "HEAD"):
        answer = client.request(method, "/id/instrument/cets-201/article/20")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/doc/instrument/cets-201/article/20"


@pytest.mark.parametrize("path", [ALBANIA, "/doc/instrument/cets-201", MANY,
                                  "/doc/observation/inhope-hotline/ALB/2021",
                                  "/doc/observation/ncmec-cybertip-share-of-global/ALB/2019",
                                  "/doc/code/present"])  # fmt: skip
def test_every_format_says_the_same(client: httpx.Client, path: str) -> None:
    told = {suffix: triples(client.get(f"{path}.{suffix}"), suffix) for suffix in SUFFIXES}
    assert len(told["nt"]) > 5
    assert all(one == told["nt"] for one in told.values())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_suffix_and_accept_give_the_same(client: httpx.Client, suffix: str) -> None:
    media_type = SUFFIXES[suffix][0]
    by_suffix = client.get(f"{ALBANIA}.{suffix}", headers={"accept": "text/html"})
    by_accept = client.get(ALBANIA, headers={"accept": media_type.split(";")[0]})
    assert by_suffix.headers["content-type"] == by_accept.headers["content-type"] == media_type
    assert by_suffix.content == by_accept.content


def test_the_data_carry_the_base_and_not_the_host(client: httpx.Client) -> None:
    document = client.get(ALBANIA).json()
    assert document["@context"] == "https://w3id.org/ocsea/context.jsonld"
    assert document["id"] == ID + "state/ALB"
    assert document["label"] == "Albania"
    assert str(client.base_url) not in client.get(ALBANIA + ".ttl").text


def test_a_document_tells_labels_and_what_points_here(client: httpx.Client) -> None:
    page = client.get("/doc/indicator/ncmec-cybertip-reports.nt").text
    poland = f"<{ID}observation/ncmec-cybertip-reports/POL/2020>"
    assert f"{poland} <https://w3id.org/ocsea/ontology#indicator>" in page
    assert f"{poland} <http://www.w3.org/2000/01/rdf-schema#label>" in page


def test_what_points_to_a_thing_comes_in_pages(client: httpx.Client) -> None:
    path, seen, pages = MANY + ".nt", set(), 0
    while path:
        answer = client.get(path)
        seen |= set(re.findall(r"^<(\S+)> <http://purl.org/dc/terms/isPartOf>", answer.text, re.M))
        pages += 1
        found = re.search(r'<([^>]+)>; rel="next"', answer.headers["link"])
        path = found[1].replace("?", ".nt?") if found else ""
    part_of = f"<http://purl.org/dc/terms/isPartOf> <{ID}source/untc2015>"
    query = f"SELECT (COUNT(?s) AS ?n) {{ ?s {part_of} }}"
    total = client.get("/sparql", params={"query": query, "format": "csv"}).text.split()[1]
    assert pages > 1
    assert len(seen) == int(total)
    assert client.get(f"{MANY}?page=9999").status_code == 404
    assert client.get(f"{MANY}?page=-1").status_code == 400


def test_links_tell_the_other_forms(client: httpx.Client) -> None:
    links = client.get(ALBANIA).headers["link"]
    assert f'<{ID}state/ALB>; rel="canonical"' in links
    assert '</doc/state/ALB.ttl>; rel="alternate"; type="text/turtle"' in links
    assert '</ontology>; rel="describedby"' in links
    assert "json-ld#context" not in links
    for path in re.findall(r'<(/[^>]+)>; rel="(?:alternate|describedby)"', links):
        assert client.get(path).status_code == 200


def test_plain_json_is_led_to_its_context(client: httpx.Client) -> None:
    plain = client.get(ALBANIA, headers={"accept": "application/json"})
    assert plain.headers["content-type"] == "application/json"
    assert plain.json() == client.get(ALBANIA).json()
    context = re.search(
        r'<([^>]+)>; rel="http://www.w3.org/ns/json-ld#context"', plain.headers["link"]
    )
    assert context
    assert client.get(context[1]).json() == jsonld.context()


FORMS = ("framed", "compacted", "expanded", "flattened")
NS = "http://www.w3.org/ns/json-ld#"


@pytest.mark.parametrize("form", FORMS)
def test_a_form_of_json_ld_is_named_by_profile_or_parameter(
    client: httpx.Client, form: str
) -> None:
    media_type = f'application/ld+json;profile="{NS}{form}"'
    by_accept = client.get(ALBANIA, headers={"accept": media_type})
    again = client.get(ALBANIA, headers={"accept": media_type})
    ways = [
        f"?profile={form}",
        f".jsonld?profile={form}",
        f"?profile={NS}{form}".replace("#", "%23"),
    ]
    by_parameter = [client.get(ALBANIA + way, headers={"accept": "text/html"}) for way in ways]
    assert triples(by_accept, "jsonld") == triples(client.get(ALBANIA + ".nt"), "nt")
    for answer in (again, *by_parameter):
        assert answer.headers["content-type"] == media_type
        assert answer.content == by_accept.content
        assert answer.headers["etag"] == by_accept.headers["etag"]


def test_each_form_is_what_its_name_says(client: httpx.Client) -> None:
    told = {form: client.get(ALBANIA, params={"profile": form}).json() for form in FORMS}
    assert told["framed"] == client.get(ALBANIA).json()
    assert "statuses" in told["framed"]
    assert "statuses" not in told["compacted"]
    assert told["compacted"]["records"]
    assert [node["@id"] for node in told["expanded"]] == [ID + "state/ALB"]
    assert told["flattened"].keys() == {"@context", "@graph"}
    assert ID + "state/ALB" in [node["id"] for node in told["flattened"]["@graph"]]


@pytest.mark.parametrize("path", [ALBANIA + "?profile=none", ALBANIA + ".ttl?profile=framed",
                                  ALBANIA + "?profile="])  # fmt: skip
def test_another_profile_is_not_had(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 400
    assert "flattened" in answer.json()["detail"]


def test_the_other_pages_are_in_the_same_form(client: httpx.Client) -> None:
    answer = client.get(MANY, params={"profile": "expanded", "page": "2"})
    assert f'<{MANY}?page=3&profile=expanded>; rel="next"' in answer.headers["link"]
    assert f'<{MANY}?page=1&profile=expanded>; rel="prev"' in answer.headers["link"]


def post(client: httpx.Client, frame: Any, path: str = ALBANIA, **headers: str) -> httpx.Response:
    content = frame if isinstance(frame, bytes) else json.dumps(frame).encode()
    told = {"content-type": "application/ld+json", "accept": "application/ld+json"} | headers
    return client.post(path, content=content, headers=told)


def test_a_frame_of_ones_own_is_followed(client: httpx.Client) -> None:
    frame = {"@explicit": True, "label": {}, "records": {"type": "PartyStatus", "@explicit": True,
             "status": {}, "asOfMonth": {}}}  # fmt: skip
    answer = post(client, frame)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f'application/ld+json;profile="{NS}framed"'
    document = answer.json()
    assert document["@context"] == "https://w3id.org/ocsea/context.jsonld"
    assert (document["id"], document["label"]) == (ID + "state/ALB", "Albania")
    assert "iso3" not in document
    assert len(document["records"]) == len(client.get(ALBANIA).json()["statuses"])
    assert {"party", "instrument"}.isdisjoint(document["records"][0])
    assert triples(answer, "jsonld") < triples(client.get(ALBANIA + ".nt"), "nt")


def test_a_frame_may_have_a_context_of_its_own(client: httpx.Client) -> None:
    context = {"name": "http://www.w3.org/2000/01/rdf-schema#label"}
    frame = {"@context": context, "@id": ID + "state/ALB", "@explicit": True, "name": {}}
    answer = post(client, frame, accept="application/json").json()
    assert answer.keys() == {"@context", "@id", "@type", "name"}
    assert answer["@context"] == context
    assert answer["name"] == {"@language": "en", "@value": "Albania"}


def test_a_frame_may_be_of_what_the_document_tells_beside_the_thing(client: httpx.Client) -> None:
    found = post(client, {"type": "Observation"}).json()["@graph"]
    assert len(found) == len(client.get(ALBANIA).json()["observations"])
    page = post(client, {"type": "Locator"}, MANY + "?page=2").json()["@graph"]
    assert len(page) == 200


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (b"{", "not JSON"),
        (b"\xff", "not UTF-8"),
        (b"[]", "JSON object"),
        (b'"a"', "JSON object"),
        (b'{"label":' * 20 + b"{}" + b"}" * 20, "nested"),
        (b'{"label":' + b"[" * 2000 + b"]" * 2000 + b"}", "not JSON"),
        ({"@context": "https://schema.org/"}, "https://schema.org/ is not fetched"),
        ({"@context": ["https://w3id.org/ocsea/context.jsonld", "http://127.0.0.1/"]}, "127.0.0.1"),
        ({"@context": {"a": {"@id": "urn:a", "@context": "file:///etc/passwd"}}}, "file:"),
        ({"@context": {"@import": "http://127.0.0.1/"}}, "127.0.0.1"),
        ({"@context": {"@version": 1.1, "@propagate": "no"}}, "cannot be followed"),
        ({"@context": 5}, "cannot be followed"),
        ({"@context": {"a": "b"}}, "cannot be followed"),
        ({"@embed": "@nonsense"}, "cannot be followed"),
        ({"statuses": {}, "treatyActions": {}}, "the same property"),
        ({"@reverse": {"label": {}}}, "cannot be followed"),
    ],
)
def test_what_is_no_frame_is_refused(client: httpx.Client, frame: Any, told: str) -> None:
    answer = post(client, frame)
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("#problem-request-malformed")
    assert told in answer.json()["detail"]


def test_a_frame_is_asked_for_in_the_usual_way(client: httpx.Client) -> None:
    frame: dict[str, Any] = {"label": {}}
    assert post(client, b" " * 70_000).status_code == 413
    assert post(client, frame, **{"content-type": "text/turtle"}).status_code == 415
    assert post(client, frame, accept="text/turtle").status_code == 406
    assert post(client, frame, "/doc/state/ZZZ").status_code == 404
    assert post(client, frame, ALBANIA + "?page=2").status_code == 404
    assert post(client, frame, ALBANIA + "?page=x").status_code == 400
    allowed = client.put(ALBANIA).headers["allow"]
    assert allowed == "GET, HEAD, POST, OPTIONS"


def test_a_frame_that_asks_for_too_much_is_stopped(var: Path) -> None:
    """It leads from each figure to all that share something with it, and so on."""
    always = {"@embed": "@always"}
    shared = always | {"qualifierOf": always}
    figures = always | {"dataSet": always | {"contents": always | {"qualifier": shared}}}
    frame = always | {"observations": figures}
    settings = {"OCSEA_WORKERS": "1", "OCSEA_QUERY_TIMEOUT": "3"}
    with (
        running(var, **settings) as server,
        httpx.Client(base_url=server.url, timeout=20) as client,
    ):
        answer = post(client, frame, "/doc/area/world")
        assert answer.status_code in (413, 503), answer.text[:300]
        assert client.get(ALBANIA).status_code == 200


@pytest.mark.parametrize("path", [ALBANIA, ALBANIA + ".html", "/", "/ontology", "/context.jsonld"])
def test_an_unchanged_document_is_not_sent_again(client: httpx.Client, path: str) -> None:
    first = client.get(path)
    tag = first.headers["etag"]
    for known in (tag, "W/" + tag, f'"other", {tag}'):
        again = client.get(path, headers={"if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
    assert client.get(path, headers={"if-none-match": '"other"'}).status_code == 200
    assert first.headers["vary"] == "Accept, Accept-Encoding"


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("state/NORWAY", "state/NOR"),
        ("state/nor", "state/NOR"),
        ("states/NOR", "state/NOR"),
        ("instrument/cets-202", "instrument/cets-201"),
        ("instrument/cets-201/article/200", "instrument/cets-201/article/20"),
        ("body/europoll", "body/europol"),
    ],
)
def test_what_may_have_been_meant_is_told(client: httpx.Client, path: str, meant: str) -> None:
    answer = client.get(f"/doc/{path}", headers={"accept": "text/turtle"})
    assert answer.status_code == 404
    near = answer.json()["nearest"]
    assert 1 <= len(near) <= 5
    assert ID + meant in [one["id"] for one in near]
    assert f"/doc/{meant}" in answer.json()["detail"]
    for one in near:
        assert client.get(one["id"].replace(ID, "/doc/")).json()["label"] == one["label"]


def test_not_everything_is_near_to_something(client: httpx.Client) -> None:
    assert client.get("/doc/nowhere/at-all").json()["nearest"] == []
    assert client.get("/doc/state/" + "A" * 4000).json()["nearest"] == []


def test_forms_have_tags_of_their_own(client: httpx.Client) -> None:
    tags = {client.get(f"{ALBANIA}.{suffix}").headers["etag"] for suffix in (*SUFFIXES, "html")}
    assert len(tags) == len(SUFFIXES) + 1


@pytest.mark.parametrize(
    "path",
    ["/doc/state/ZZZ", "/doc/state/ZZZ.ttl", "/id/state", "/doc/", "/doc/state/A%3E%20B",
     "/graph/none", "/graph/a%3Eb", "/nowhere", "/static/none.css"],
)  # fmt: skip
def test_what_is_unknown_is_said_to_be(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].endswith("#problem-not-found")
    page = client.get(path, headers={"accept": "text/html"})
    assert page.status_code == 404
    assert "<h1>" in page.text


@pytest.mark.parametrize("path", [ALBANIA, "/ontology"])
def test_a_document_is_not_had_in_every_format(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers={"accept": "image/png"})
    assert answer.status_code == 406
    assert "text/turtle" in answer.json()["offers"]


@pytest.mark.parametrize("path", [ALBANIA, "/id/state/ALB", "/health", "/ontology", "/"])
def test_what_is_read_is_not_written(client: httpx.Client, path: str) -> None:
    answer = client.put(path)
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert answer.json()["type"].endswith("#problem-method-not-allowed")


@pytest.mark.parametrize("path", [ALBANIA, MANY + ".html", "/ontology", "/", "/docs", "/health"])
def test_head_is_get_without_a_body(client: httpx.Client, path: str) -> None:
    plain = {"accept-encoding": "identity"}
    head, get = (client.request(method, path, headers=plain) for method in ("HEAD", "GET"))
    assert (head.status_code, head.content) == (200, b"")
    names = ("content-type", "content-length", "etag", "link")
    assert [head.headers.get(n) for n in names] == [get.headers.get(n) for n in names]


def test_a_graph_leads_to_its_triples(client: httpx.Client) -> None:
    answer = client.get("/graph/states", headers={"accept": "text/turtle"}, follow_redirects=True)
    assert answer.history[0].status_code == 303
    assert len(Graph().parse(data=answer.text, format="turtle")) > 1000


def test_the_ontology_is_the_same_in_every_format(client: httpx.Client) -> None:
    def read(media_type: str) -> Graph:
        answer = client.get("/ontology", headers={"accept": media_type})
        assert answer.headers["content-type"].split(";")[0] == media_type
        form = RdfFormat.from_media_type(media_type)
        assert form
        triples = (quad.triple for quad in parse(answer.content, form))
        plain = serialize(triples, format=RdfFormat.N_TRIPLES)
        return Graph().parse(data=plain, format="nt")

    turtle = read("text/turtle")
    assert isomorphic(turtle, read("application/rdf+xml"))
    assert isomorphic(turtle, read("application/n-triples"))
    assert isomorphic(turtle, read("application/ld+json"))


def test_every_term_of_ours_has_its_anchor(client: httpx.Client) -> None:
    page = client.get("/ontology", headers={"accept": "text/html"}).text
    query = (
        "SELECT DISTINCT ?t { ?t <http://www.w3.org/2000/01/rdf-schema#isDefinedBy> ?o "
        'FILTER(STRSTARTS(STR(?t), "https://w3id.org/ocsea/ontology#")) }'
    )
    rows = client.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    names = {row["t"]["value"].partition("#")[2] for row in rows}
    assert len(names) > 100
    assert names <= set(re.findall(r'<article class="term" id="([^"]+)"', page))


def test_the_context_is_the_file_itself(client: httpx.Client) -> None:
    answer = client.get("/context.jsonld")
    assert answer.headers["content-type"] == "application/ld+json"
    assert json.loads(answer.content) == jsonld.context()


def test_no_other_context_is_ever_loaded() -> None:
    with pytest.raises(ValueError, match="not fetched"):
        jsonld.load("https://schema.org/")


def test_a_page_shows_where_a_value_stands(client: httpx.Client) -> None:
    path = "/doc/observation/ncmec-cybertip-reports/POL/2020"
    page = client.get(path, headers={"accept": "text/html"}).text
    for told in ("Fig. 4", "POLAND", "381,254", 'href="/doc/state/POL"', "2020 Reports"):
        assert told in page
    assert f'href="{GRAPH}' not in page
    assert f'<a href="{ID}' not in page


def cost(server: Server, path: str, coding: str) -> float:
    """Seconds of the server's processor that a request takes, when asked again and again."""
    (pid,) = server.answering()
    connection = HTTPConnection("127.0.0.1", server.port)

    def ask() -> None:
        connection.request("GET", path, headers={"accept-encoding": coding})
        answer = connection.getresponse()
        assert answer.read()
        assert answer.status == 200

    for _ in range(5):
        ask()
    before = ran(pid)
    for _ in range(200):
        ask()
    connection.close()
    return (ran(pid) - before) / 200


def ran(pid: int) -> float:
    """Seconds that the first thread of a process was on a processor."""
    return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9


@pytest.mark.parametrize("coding", ["identity", "gzip", "zstd"])
def test_a_warm_document_is_answered_at_half_the_rate_of_health_or_more(
    server: Server, coding: str
) -> None:
    """At the same speed of the machine: by what a request takes, not by the clock."""
    limit = 2 * cost(server, "/health", coding)
    for suffix in (*SUFFIXES, "html"):
        assert cost(server, f"{ALBANIA}.{suffix}", coding) < limit, suffix
