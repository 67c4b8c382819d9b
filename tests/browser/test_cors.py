"""Scripts of other sites: a page of another origin asks the server, in a real browser."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from api_server import Server, running, small_release
from selenium import webdriver

FETCH = """
const [url, options, done] = arguments;
fetch(url, options).then(async response => done({
  status: response.status,
  headers: Object.fromEntries(response.headers),
  text: await response.text(),
}), error => done({error: String(error)}));
"""


class EmptyPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>elsewhere</title>")

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """The address of another site."""
    with ThreadingHTTPServer(("127.0.0.1", 0), EmptyPage) as site:
        thread = threading.Thread(target=site.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{site.server_port}/"
        site.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    var: Path = tmp_path_factory.mktemp("cors")
    small_release(var)
    with running(var) as server:
        yield server


def fetch(browser: webdriver.Chrome, page: str, url: str, **options: object) -> dict[str, Any]:
    """What a script of the page gets."""
    if browser.current_url != page:
        browser.get(page)
    answer: dict[str, Any] = browser.execute_async_script(
        FETCH, url, {"cache": "no-store"} | options
    )
    assert "error" not in answer, answer
    return answer


def test_a_script_of_another_site_asks_a_query(
    browser: webdriver.Chrome, elsewhere: str, server: Server
) -> None:
    headers = {
        **{"Content-Type": "application/sparql-query", "Authorization": "Bearer of-nothing"},
        **{"Accept": "text/csv", "If-Match": '"a"', "Cache-Control": "no-cache"},
    }
    options = {"method": "POST", "headers": headers, "body": "SELECT (1 AS ?one) {}"}
    answer = fetch(browser, elsewhere, server.url + "/sparql", **options)
    assert (answer["status"], answer["text"]) == (200, "one\r\n1\r\n")


def test_it_may_use_the_method_query(
    browser: webdriver.Chrome, elsewhere: str, server: Server
) -> None:
    headers = {"Content-Type": "application/sparql-query"}
    options = {"method": "QUERY", "headers": headers, "body": "ASK {}"}
    answer = fetch(browser, elsewhere, server.url + "/sparql", **options)
    assert answer["status"] == 200


def test_it_reads_the_tag_the_links_and_the_coding_and_gets_304(
    browser: webdriver.Chrome, elsewhere: str, server: Server
) -> None:
    url = server.url + "/doc/thing/1.html"
    answer = fetch(browser, elsewhere, url)
    headers = answer["headers"]
    assert answer["status"] == 200
    assert headers["content-encoding"] in ("zstd", "br", "gzip")
    assert "canonical" in headers["link"]
    again = fetch(browser, elsewhere, url, headers={"If-None-Match": headers["etag"]})
    assert again["status"] == 304
    assert again["headers"]["etag"] == headers["etag"]


def test_it_reads_what_is_wrong(browser: webdriver.Chrome, elsewhere: str, server: Server) -> None:
    answer = fetch(browser, elsewhere, server.url + "/sparql?query=nonsense")
    assert answer["status"] == 400
    assert answer["headers"]["content-type"] == "application/problem+json"
    assert '"line": 1' in answer["text"]
