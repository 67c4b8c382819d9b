"""All W3C tests of SPARQL Protocol and Graph Store Protocol, against the server with today's graph.

Each that writes begins with that graph: what the one before wrote is undone as an operator would,
by going back to the release that was built.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_server import Server, eventually, linked, running
from w3c import Asked, Case, Response, cases, isomorphic, send

from ocsea.release import Release, current

PROTOCOL = cases("protocol/manifest.ttl")
STORE = [
    *cases("graph-store-protocol/manifest-direct.ttl"),
    *cases("graph-store-protocol/manifest-indirect.ttl"),
]
SECRET = "w3c-tests-write-token"
TOKEN = ("Authorization", f"Bearer {SECRET}")
FORMATS = {
    "boolean": r"application/sparql-results\+(xml|json)",
    "tabular": r"application/sparql-results\+(xml|json)|text/(csv|tab-separated-values)",
    "RDF": r"application/rdf\+xml|text/turtle|application/n-triples",
}

pytestmark = pytest.mark.skipif(not PROTOCOL, reason="the W3C's tests are not at hand")


@pytest.fixture(scope="module")
def state(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder of these tests' own, whose release shares the files of the session's."""
    return linked(release, tmp_path_factory.mktemp("w3c"))


@pytest.fixture(scope="module")
def server(state: Path) -> Iterator[Server]:
    with running(state, OCSEA_TOKENS=f"w3c:curator:{SECRET}") as server:
        yield server


def as_built(server: Server, state: Path, release: Release) -> None:
    """Go back to today's graph, and wait until the server answers from it."""
    if current(state).version != release.version:
        (state / "back").symlink_to(Path("releases") / release.version)
        (state / "back").replace(state / "current")
    eventually(lambda: answers_from(server) == release.version, seconds=20)


def answers_from(server: Server) -> str:
    """The release that the server answers from."""
    return str(json.loads(send(server.port, "GET", "/health", [], None).body)["release"])


def test_no_test_is_missing() -> None:
    assert len(PROTOCOL) == 34
    assert len(STORE) == 13


@pytest.mark.parametrize("case", PROTOCOL, ids=lambda case: case.name)
def test_protocol(case: Case, server: Server, state: Path, release: Release) -> None:
    if case.name.startswith("update"):
        as_built(server, state, release)
    for iri, path in case.graphs:
        address, headers = (
            f"/graphs?graph={iri}",
            [("Content-Type", "application/n-triples"), TOKEN],
        )
        if send(server.port, "HEAD", address, [], None).status == 404:
            assert send(server.port, "PUT", address, headers, path.read_bytes()).status == 201
    for asked in case.requests:
        is_update = "update" in case.name and "ASK" not in (asked.body or "")
        room = "/update/" if is_update else "/sparql/"
        headers = [*asked.headers, TOKEN] if is_update else [*asked.headers]
        body = None if asked.body is None else _encoded(asked)
        path = asked.path.replace("/sparql/", room, 1)
        check(asked, send(server.port, asked.method, path, headers, body), "")


def _encoded(asked: Asked) -> bytes:
    is_utf16 = any("UTF-16" in value for _, value in asked.headers)
    return (asked.body or "").encode("utf-16" if is_utf16 else "utf-8")


@pytest.mark.parametrize("case", STORE, ids=lambda case: case.name)
def test_graph_store(case: Case, server: Server, state: Path, release: Release) -> None:
    as_built(server, state, release)
    names: dict[str, str] = {}
    for asked in case.requests:
        path = re.sub("^/gsp", "/graphs", _filled(asked.path, names))
        body = None if asked.body is None else _filled(asked.body, names).encode()
        headers = [*asked.headers] if asked.method in ("GET", "HEAD") else [*asked.headers, TOKEN]
        response = send(server.port, asked.method, path, headers, body)
        check(asked, response, f"http://127.0.0.1:{server.port}{path}")
        if asked.location:
            names[asked.location] = response.headers["location"]


def _filled(text: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        text = text.replace(name, value)
    return text


def check(asked: Asked, response: Response, base: str) -> None:
    """Fail where the response is not as the test expects it."""
    said = f"{asked.method} {asked.path}: {response.status} {response.body[:500]!r}"
    assert any(str(response.status).startswith(status) for status in asked.statuses), said
    sent = response.headers.get("content-type", "")
    for name, value in asked.response_headers:
        assert response.headers[name] == value, said
    if asked.form:
        assert re.fullmatch(FORMATS[asked.form], sent.split(";")[0]), said
    if asked.boolean is not None:
        assert json.loads(response.body)["boolean"] is asked.boolean, said
    if asked.response_body is not None:
        assert isomorphic(response.body, asked.response_body.encode(), base), said
    if asked.method == "HEAD":
        assert not response.body, said
