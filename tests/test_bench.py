"""The tools of the benchmarks: what they generate, and what they count."""

import http.server
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from pyoxigraph import RdfFormat, parse

from bench import load
from bench.generate import generate
from bench.load import LoadError, Measured, Plan
from bench.submission import cost
from ocsea.release import Release, current

STATE = (
    "<https://w3id.org/ocsea/id/state/{}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
    "<https://w3id.org/ocsea/ontology#State> .\n"
)


class Answers(http.server.BaseHTTPRequestHandler):
    """Answers by length, in chunks, or with a failure, and remembers what was asked."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(503 if self.path.startswith("/fail") else 200)
        if self.path.startswith("/chunks"):
            self.send_header("transfer-encoding", "chunked")
            body = b"3\r\nabc\r\n0\r\n\r\n"
        else:
            self.send_header("content-length", "3")
            body = b"abc"
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    Answers.asked.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture(params=["wrk", "our own"])
def measure(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "our own":
        monkeypatch.setattr(load, "WRK", None)
    elif not load.WRK:
        pytest.skip("wrk is not installed")


def ask(port: int, path: str, first: int | None, once: bool = False) -> Measured:
    request = (f"GET {path}", " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    return load.measure(Plan(port, 2, 1, [request] * 5, first, once))


@pytest.mark.usefixtures("measure")
@pytest.mark.parametrize("path", ["/length", "/chunks"])
def test_load_counts_answers_and_never_repeats_a_number(port: int, path: str) -> None:
    measured = ask(port, path, first=7)
    assert len(Answers.asked) >= measured.answers > 10
    assert len(set(Answers.asked)) == len(Answers.asked)
    assert 0 < measured.median <= measured.worst < 1000


@pytest.mark.usefixtures("measure")
def test_load_repeats_where_it_is_told_to_and_ends_where_it_is_told_to(port: int) -> None:
    ask(port, "/length", first=None)
    assert set(Answers.asked) == {"/length"}
    Answers.asked.clear()
    ask(port, "/length", first=None, once=True)
    assert 0 < len(Answers.asked) <= 5


@pytest.mark.usefixtures("measure")
def test_load_takes_no_failure_for_an_answer(port: int) -> None:
    with pytest.raises(LoadError):
        ask(port, "/fail", first=None)


def test_a_generated_graph_is_sorted_sound_and_of_the_size(tmp_path: Path) -> None:
    today = tmp_path / "today.nt"
    today.write_text(STATE.format("ALB") + STATE.format("NOR"), encoding="ascii")
    graphs = generate({"urn:today": today}, 5_000, tmp_path)
    content = {iri: path.read_bytes().splitlines() for iri, path in graphs.items()}
    assert 5_000 <= sum(map(len, content.values())) < 5_400
    for lines in content.values():
        assert lines == sorted(set(lines))
        assert sum(1 for _ in parse(b"\n".join(lines), format=RdfFormat.N_TRIPLES)) == len(lines)
    again = generate({"urn:today": today}, 5_000, tmp_path)
    assert {iri: path.read_bytes().splitlines() for iri, path in again.items()} == content


def test_a_submission_is_sent_published_and_withdrawn_on_a_copy(release: Release) -> None:
    var = release.path.parents[1]
    before = current(var).version
    seconds = cost(var)
    assert list(seconds) == ["checked", "received", "published", "withdrawn"]
    assert all(0.05 < each < 30 for each in seconds.values())
    assert current(var).version == before
    assert not (var / "submissions").exists()


def test_the_command_names_its_options() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "bench", "--help"], capture_output=True, text=True, check=True
    )
    assert "--sizes" in ran.stdout
    assert "--quick" in ran.stdout
