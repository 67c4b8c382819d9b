"""The pages for people and the OpenAPI description, over a socket."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

from api import home
from api.discovery.examples import Example, examples
from api.problems import KINDS

PAGES = (
    *("/", "/sparql", "/ontology", "/docs", "/doc/state/ALB", "/doc/instrument/cets-201"),
    *("/search?q=lanzarote", "/states", "/observations?state=NOR", "/releases", "/frames"),
    *("/shapes", "/compare"),
)


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    headers = {"accept": "text/html"}
    with httpx.Client(base_url=address, timeout=20, headers=headers) as client:
        yield client


class Outline(HTMLParser):
    """The links, anchors and headings of a page, and whether its tags are balanced."""

    VOID = frozenset(("meta", "link", "br", "img", "input"))

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.headings: list[int] = []
        self.captions = self.tables = 0
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [given["href"] or ""] if "href" in given else []
        self.anchors |= {given["id"] or ""} if "id" in given else set()
        self.headings += [int(tag[1])] if re.fullmatch(r"h[1-6]", tag) else []
        self.captions += tag == "caption"
        self.tables += tag == "table"
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_well_made(client: httpx.Client, path: str) -> None:
    text = client.get(path).text
    outline = Outline(text)
    assert text.startswith('<!doctype html>\n<html lang="en">')
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(b <= a + 1 for a, b in zip(outline.headings, outline.headings[1:], strict=False))
    assert outline.captions == outline.tables
    assert "content" in outline.anchors
    assert not re.search(r'(src|href)="(https?:)?//[^"]*\.(js|css|woff2?)"', text)


@pytest.fixture(scope="module")
def anchors() -> dict[str, set[str]]:
    """Those of each page that a link was followed to."""
    return {}


@pytest.mark.parametrize("path", PAGES)
def test_links_within_the_server_lead_somewhere(
    client: httpx.Client, anchors: dict[str, set[str]], path: str
) -> None:
    links = {link for link in Outline(client.get(path).text).links if link.startswith("/")}
    for link in sorted(links):
        address, _, fragment = link.partition("#")
        if address not in anchors:
            target = client.get(address, follow_redirects=True)
            assert target.status_code == 200, link
            is_page = target.headers["content-type"].startswith("text/html")
            anchors[address] = set(Outline(target.text).anchors) if is_page else set()
        assert not fragment or fragment in anchors[address], link


def test_the_front_page_counts_what_the_graph_holds(client: httpx.Client) -> None:
    page = client.get("/").text
    query = home.PROLOGUE + home.COUNTS
    row = client.get("/sparql", params={"query": query, "format": "csv"}).text.split()[1]
    counts = [int(number) for number in row.split(",")]
    assert len(counts) == page.count("<dd>") == 12
    assert all(f"<dd>{number:,}</dd>" in page for number in counts)
    assert all(number > 0 for number in counts)


def test_the_front_page_shows_three_queries_that_run(client: httpx.Client) -> None:
    page = Outline(client.get("/").text)
    runs = [link for link in page.links if link.startswith("/sparql?query=")]
    assert len(runs) == 4  # the chart's own query is the fourth
    for link in runs:
        assert re.search(r"[1-9]\d* rows in ", client.get(link).text)


def test_a_discrepancy_is_shown_where_its_subject_is_shown(client: httpx.Client) -> None:
    front = client.get("/").text
    assert "Lanzarote Convention: 38 parties stated, or 39 listed" in front
    page = client.get("/doc/instrument/cets-201.html").text
    assert "Where sources disagree" in page
    assert "38 parties stated" in page
    assert "39 listed" in page
    assert "footnote 76" in page
    assert "Where sources disagree" not in client.get("/doc/state/NOR.html").text


def test_the_matrix_says_what_the_source_says(client: httpx.Client) -> None:
    page = client.get("/").text
    rows = re.findall(r'<tr><th scope="row"><a href="/doc/state/(\w+)">.*?</tr>', page, re.S)
    assert len(rows) == len(set(rows)) == 47
    cells = re.findall(r'<span class="hidden">(party|signed|not listed)</span>', page)
    parties = [cells[column::5].count("party") for column in range(5)]
    assert parties == [47, 46, 47, 44, 41]


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_every_example_has_its_say(client: httpx.Client, example: Example) -> None:
    assert example.title
    assert example.description
    assert not example.query.startswith("#")
    page = client.get("/sparql", params={"query": example.query})
    assert re.search(r"[1-9][\d,]* rows? in ", page.text)


def test_the_address_shown_is_the_one_that_was_called(client: httpx.Client) -> None:
    assert f"{client.base_url}/id/state/ALB".replace("//id", "/id") in client.get("/").text


def test_health_names_the_release(client: httpx.Client, var: Path) -> None:
    answer = client.get("/health")
    assert answer.json() == {"status": "ok", "release": (var / "current").resolve().name}
    assert answer.headers["content-type"] == "application/json"


def test_openapi_describes_every_route(client: httpx.Client) -> None:
    api = client.get("/openapi.json").json()
    assert set(api["paths"]["/sparql"]) == {"get", "post"}
    for operations in api["paths"].values():
        for operation in operations.values():
            assert operation["summary"]
            assert operation["description"]
            assert {"303", "200", "204"} & set(operation["responses"])
            for status, response in operation["responses"].items():
                assert response["description"], (operation["summary"], status)
                if int(status) >= 400:
                    assert "application/problem+json" in response["content"]


def test_openapi_tells_the_formats_and_problems_that_there_are(client: httpx.Client) -> None:
    responses = client.get("/openapi.json").json()["paths"]["/sparql"]["get"]["responses"]
    for media_type in responses["200"]["content"]:
        query = "ASK { ?s ?p ?o }"
        if media_type in ("text/turtle", "application/n-triples", "application/rdf+xml",
                          "application/ld+json"):  # fmt: skip
            query = "DESCRIBE <https://w3id.org/ocsea/id/state/ALB>"
        answer = client.get("/sparql", params={"query": query}, headers={"accept": media_type})
        assert answer.status_code == 200
        assert answer.headers["content-type"].split(";")[0] == media_type
    assert {"400", "405", "406", "413", "415", "503"} <= set(responses)


def test_the_type_of_a_problem_leads_to_its_entry(client: httpx.Client) -> None:
    anchors = Outline(client.get("/docs").text).anchors
    assert {f"problem-{kind}" for kind in KINDS} <= anchors
    problem = client.get("/doc/state/ZZZ", headers={"accept": "application/json"}).json()
    assert problem["type"].partition("#")[2] in anchors
