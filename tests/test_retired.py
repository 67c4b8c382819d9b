"""What is gone since an earlier release is listed in the new one, and told from what never was."""

import random
from pathlib import Path

import httpx
import pytest
from api_server import GRAPH, ID, eventually, running, small_release

from ocsea.changes import Write
from ocsea.lines import has_line
from ocsea.publishing import publish
from ocsea.release import RETIRED, Release, current
from ocsea.writing import perform

A, B = f"{GRAPH}a", f"{GRAPH}b"


def release(var: Path, **graphs: str) -> Release:
    """A release of graphs by their stems, each a text of kinds and keys with spaces between."""
    content = {
        GRAPH + stem: "".join(sorted(f"<{ID}{key}> <a:b> <a:c> .\n" for key in keys.split()))
        for stem, keys in graphs.items()
    }
    return publish(var, {iri: text.encode() for iri, text in content.items()}, {"sources": {}})


def listed(release: Release) -> list[str]:
    lines = (release.path / RETIRED).read_text(encoding="utf-8").splitlines()
    assert release.manifest["retired"]["count"] == len(lines)
    return [line.removeprefix(ID) for line in lines]


@pytest.mark.parametrize("text", ["", "a\n", "a\nab\nb\n", "a\nb", "aa\nab\nabc\nac\nb\n" * 1])
def test_a_line_is_found_where_it_is_and_nowhere_else(tmp_path: Path, text: str) -> None:
    path = tmp_path / "lines"
    path.write_text(text, encoding="utf-8")
    for start in ("a", "ab", "abc", "abd", "b", "c", "A", "a\n", "b\n", "zz"):
        expected = any(line.startswith(start) for line in text.splitlines(keepends=True))
        assert has_line(path, start.encode()) == expected, start


def test_lines_of_any_length_are_found(tmp_path: Path) -> None:
    chance = random.Random(7)
    words = {"".join(chance.choices("ab<> é", k=chance.randint(0, 30))) for _ in range(500)}
    lines = sorted(word.encode() + b"\n" for word in words)
    path = tmp_path / "lines"
    path.write_bytes(b"".join(lines))
    for word in words:
        assert has_line(path, word.encode() + b"\n")
        other = word.encode() + b"?"
        assert has_line(path, other) == any(line.startswith(other) for line in lines)
    assert not has_line(tmp_path / "none", b"a")


def test_the_first_release_retires_nothing(tmp_path: Path) -> None:
    first = release(tmp_path, a="x/1 x/2")
    assert listed(first) == []
    assert not first.retired(ID + "x/1")
    assert first.is_whole()


def test_what_goes_is_listed_until_it_comes_back(tmp_path: Path) -> None:
    first = release(tmp_path, a="x/1 x/2 x/3", b="y/1")
    second = release(tmp_path, a="x/1 x/3")
    assert listed(second) == ["x/2", "y/1"]
    assert second.retired(ID + "x/2")
    assert not second.retired(ID + "x/1")
    assert not second.retired(ID + "x/9")
    third = release(tmp_path, a="x/3", b="z/1")
    assert listed(third) == ["x/1", "x/2", "y/1"]
    fourth = release(tmp_path, a="x/2 x/3", b="z/1")
    assert listed(fourth) == ["x/1", "y/1"]
    assert release(tmp_path, a="x/1 x/2 x/3", b="y/1 z/1").manifest["retired"]["count"] == 0
    assert first.is_whole()


def test_what_another_graph_still_speaks_of_is_not_gone(tmp_path: Path) -> None:
    release(tmp_path, a="x/1 x/2", b="x/2 x/20")
    assert listed(release(tmp_path, a="x/1", b="x/2 x/20")) == []
    assert listed(release(tmp_path, a="x/1 x/2", b="x/20")) == []
    assert listed(release(tmp_path, a="x/1", b="x/20")) == ["x/2"]


def test_only_things_of_ours_are_listed(tmp_path: Path) -> None:
    graph = f"<http://a/1> <a:b> <{ID}x/1> .\n<{ID}x/2> <a:b> <a:c> .\n_:b <a:b> <a:c> .\n"
    publish(tmp_path, {A: graph.encode()}, {"sources": {}})
    assert listed(publish(tmp_path, {A: b""}, {"sources": {}})) == ["x/2"]


def test_the_same_history_gives_the_same_release(tmp_path: Path) -> None:
    versions = []
    for name in ("one", "other"):
        release(tmp_path / name, a="x/1 x/2")
        versions.append(release(tmp_path / name, a="x/1").version)
    assert versions[0] == versions[1]
    assert release(tmp_path / "one", a="x/1").version == versions[0]


def test_a_spoilt_list_is_a_spoilt_release(tmp_path: Path) -> None:
    release(tmp_path, a="x/1 x/2")
    second = release(tmp_path, a="x/1")
    assert second.is_whole()
    (second.path / RETIRED).write_text(f"{ID}x/3\n", encoding="utf-8")
    assert not second.is_whole()


def test_a_write_retires_what_it_removes(tmp_path: Path) -> None:
    small_release(tmp_path, things=5)
    text = f"DELETE WHERE {{ GRAPH <{A}> {{ <{ID}thing/3> ?p ?o }} }} ;"
    text += f"DELETE WHERE {{ GRAPH <{B}> {{ <{ID}thing/3> ?p ?o }} }}"
    perform(tmp_path, Write("update", "tester", text.encode()), lambda text, _: text)
    assert listed(current(tmp_path)) == ["thing/3"]
    again = f"<{ID}thing/3> <a:b> <a:c> ."
    write = Write("put", "tester", again.encode(), "text/turtle", "http://www.example/g")
    perform(tmp_path, write, lambda text, _: text)
    assert listed(current(tmp_path)) == []


def test_a_thing_that_is_gone_is_said_to_be_gone(tmp_path: Path) -> None:
    var = tmp_path
    small_release(var, things=12)
    with running(var) as server, httpx.Client(base_url=server.url, timeout=20) as client:

        def status(path: str) -> int:
            return client.get(path).status_code

        assert (status("/doc/thing/11"), status("/doc/thing/12")) == (200, 404)
        small_release(var, things=10)
        eventually(lambda: status("/doc/thing/11") == 410)
        assert status("/doc/thing/11.ttl") == 410
        assert (status("/doc/thing/9"), status("/doc/thing/12")) == (200, 404)
        problem = client.get("/doc/thing/11").json()
        assert problem["type"].endswith("#problem-gone")
        assert f"{ID}thing/11" in problem["detail"]
        page = client.get("/doc/thing/11", headers={"accept": "text/html"})
        assert (page.status_code, page.headers["content-type"]) == (410, "text/html; charset=utf-8")
        assert client.get("/id/thing/11", follow_redirects=True).status_code == 410
        small_release(var, things=12)
        eventually(lambda: status("/doc/thing/11") == 200)
