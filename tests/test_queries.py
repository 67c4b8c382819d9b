"""Every query that the project publishes: its header, its speed, and its answer.

What is expected of a competency query was read in the source, never in the graph.
`queries/README.md` says how a cell of an expected answer is written.
"""

import csv
import re
import time
from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, QuerySolutions, Store

from ocsea.namespaces import GRAPH, ID, PREFIXES
from ocsea.rdf import in_graph
from ocsea.release import Release, fill
from ocsea.resources import ROOT

COMPETENCY = ROOT / "queries" / "competency"
ASKED = sorted(COMPETENCY.glob("*.rq"), key=lambda path: int(path.stem.split("-")[0]))
EXAMPLES = sorted((ROOT / "queries" / "examples").glob("*.rq"))
BOUND = 0.050
"""Seconds of work that any of our own queries may take on a warm store in memory."""

Answer = list[tuple[str, ...]]


@pytest.fixture(scope="session")
def graph(release: Release) -> Store:
    """The release in memory, its default graph the merge of all graphs."""
    store = Store()
    fill(store, release)
    return store


def name(path: Path) -> str:
    return path.stem


def header(path: Path) -> dict[str, str]:
    """The fields of the comment that a query opens with; a field may run over several lines."""
    fields: dict[str, str] = {}
    key = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if start := re.fullmatch(r"# ([a-z][a-z ]*): (.+)", line):
            key = start[1]
            fields[key] = start[2]
        elif key and (more := re.fullmatch(r"#   (.+)", line)):
            fields[key] += f" {more[1]}"
        else:
            return fields
    return fields


def solve(graph: Store, path: Path) -> QuerySolutions:
    answer = graph.query(path.read_text(encoding="utf-8"))
    assert isinstance(answer, QuerySolutions), f"{path.name}: write it as a SELECT"
    return answer


def written(term: object) -> str:
    """A term as an expected answer writes it: see `queries/README.md`."""
    if term is None:
        return ""
    if isinstance(term, Literal):
        return term.value
    assert isinstance(term, NamedNode), "no blank nodes in the data"
    if term.value.startswith(ID):
        return term.value.removeprefix(ID)
    for prefix, namespace in PREFIXES.items():
        if term.value.startswith(namespace):
            return f"{prefix}:{term.value.removeprefix(namespace)}"
    return term.value


def expected(path: Path) -> tuple[list[str], Answer]:
    with path.with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        columns, *rows = csv.reader(file, strict=True)
    return columns, [tuple(row) for row in rows]


def crossed(path: Path) -> list[str]:
    """The sources without any of which the answer would be another, as the query names them."""
    return re.findall(r"\w+", header(path).get("sources", ""))


def without(release: Release, source: str) -> Store:
    """The merge of all graphs but that of one source."""
    left_out = NamedNode(GRAPH + source)
    quads = [quad for quad in release.quads() if quad.graph_name != left_out]
    store = Store()
    store.bulk_extend([*quads, *in_graph((quad.triple for quad in quads), DefaultGraph())])
    return store


def seconds(graph: Store, path: Path) -> float:
    """The best of five, of this thread's own time: others may be at work on the machine."""
    times = []
    for _ in range(5):
        started = time.thread_time()
        list(solve(graph, path))
        times.append(time.thread_time() - started)
    return min(times)


def test_every_question_has_an_answer_and_the_reverse() -> None:
    answers = {path.stem for path in COMPETENCY.glob("*.csv")}
    assert {path.stem for path in ASKED} == answers
    assert {path.suffix for path in COMPETENCY.iterdir()} == {".rq", ".csv"}


def test_questions_are_numbered_without_a_gap() -> None:
    assert [path.stem.split("-")[0] for path in ASKED] == [
        f"{n:02}" for n in range(1, len(ASKED) + 1)
    ]
    assert len(ASKED) >= 120


@pytest.mark.parametrize("path", ASKED, ids=name)
def test_a_question_says_what_it_asks_and_where_the_answer_is_from(path: Path) -> None:
    fields = list(header(path))
    assert fields[:2] == ["question", "answer taken from"]
    assert fields[2:] in ([], ["sources"])


@pytest.mark.parametrize("path", ASKED, ids=name)
def test_the_graph_answers_as_the_sources_do(graph: Store, path: Path) -> None:
    answer = solve(graph, path)
    columns, rows = expected(path)
    assert [variable.value for variable in answer.variables] == columns
    found = [tuple(written(term) for term in solution) for solution in answer]
    if re.search(r"^ORDER BY", path.read_text(encoding="utf-8"), flags=re.MULTILINE):
        assert found == rows
    assert Counter(found) == Counter(rows)


def test_many_questions_cross_sources() -> None:
    crossing = [path for path in ASKED if crossed(path)]
    assert len(crossing) >= 30
    assert all(len(set(crossed(path))) >= 2 for path in crossing)


@pytest.mark.parametrize("source", sorted({stem for path in ASKED for stem in crossed(path)}))
def test_a_crossing_question_needs_each_source_it_names(release: Release, source: str) -> None:
    rest = without(release, source)
    for path in ASKED:
        if source in crossed(path):
            answer = [tuple(written(term) for term in row) for row in solve(rest, path)]
            assert Counter(answer) != Counter(expected(path)[1]), path.name


@pytest.mark.parametrize("path", EXAMPLES, ids=name)
def test_an_example_is_described_and_finds_something(graph: Store, path: Path) -> None:
    assert list(header(path)) == ["title", "description"]
    assert any(solve(graph, path))


@pytest.mark.parametrize("path", EXAMPLES, ids=name)
def test_an_example_shows_labels_in_a_fixed_order(graph: Store, path: Path) -> None:
    assert re.search(r"^ORDER BY", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for solution in solve(graph, path):
        assert not any(isinstance(term, NamedNode) for term in solution)


def test_there_are_examples_for_people() -> None:
    assert [path.stem[:2] for path in EXAMPLES[:3]] == ["1-", "2-", "3-"]
    assert len(EXAMPLES) >= 10


@pytest.mark.parametrize("path", [*ASKED, *EXAMPLES], ids=name)
def test_our_own_queries_are_quick(graph: Store, path: Path) -> None:
    assert seconds(graph, path) < BOUND
