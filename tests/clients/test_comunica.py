"""Comunica's own command against the server, each kind of query.

One endpoint as the only source: the query goes there whole, and is parsed on both sides.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rdflib import Graph, Literal, Namespace, URIRef

COMMAND = Path(__file__).parent / "node" / "node_modules" / ".bin" / "comunica-sparql"
NODE = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
OCSEA = Namespace("https://w3id.org/ocsea/ontology#")
NORWAY = URIRef("https://w3id.org/ocsea/id/state/NOR")
STATES = "https://w3id.org/ocsea/graph/states"
OTHERS = " ".join(f"<https://w3id.org/ocsea/id/nothing/{number}>" for number in range(5000))
JSON, TURTLE = "application/sparql-results+json", "text/turtle"

pytestmark = pytest.mark.skipif(
    not (NODE and COMMAND.exists()), reason="Comunica is not installed; `make test` does that"
)


def comunica(
    endpoint: str, query: str, form: str, folder: Path
) -> subprocess.CompletedProcess[str]:
    """The query stands in a file, since a long one is too long for a command line."""
    file = folder / "query.rq"
    file.write_text(query, encoding="utf-8")
    return subprocess.run(
        [str(NODE), str(COMMAND), f"sparql@{endpoint}", "--file", str(file), "--outputType", form],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def answer(address: str, query: str, form: str, folder: Path) -> str:
    done = comunica(f"{address}/sparql", query, form, folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def values(address: str, query: str, folder: Path) -> list[str]:
    rows = json.loads(answer(address, query, JSON, folder))["results"]["bindings"]
    return [row["value"]["value"] for row in rows]


def test_select(address: str, tmp_path: Path) -> None:
    query = f"SELECT ?value WHERE {{ <{NORWAY}> <{OCSEA.iso3}> ?value }}"
    assert values(address, query, tmp_path) == ["NOR"]


def test_ask(address: str, tmp_path: Path) -> None:
    query = f'ASK {{ <{NORWAY}> <{OCSEA.iso3}> "NOR" }}'
    assert json.loads(answer(address, query, JSON, tmp_path))["boolean"] is True


def test_construct(address: str, tmp_path: Path) -> None:
    query = f"CONSTRUCT WHERE {{ <{NORWAY}> <{OCSEA.iso3}> ?code }}"
    graph = Graph().parse(data=answer(address, query, TURTLE, tmp_path))
    assert set(graph) == {(NORWAY, OCSEA.iso3, Literal("NOR"))}


def test_describe(address: str, tmp_path: Path) -> None:
    graph = Graph().parse(data=answer(address, f"DESCRIBE <{NORWAY}>", TURTLE, tmp_path))
    assert graph.value(NORWAY, OCSEA.iso3) == Literal("NOR")


def test_a_long_query(address: str, tmp_path: Path) -> None:
    query = f"SELECT ?value {{ VALUES ?s {{ {OTHERS} <{NORWAY}> }} ?s <{OCSEA.iso3}> ?value }}"
    assert values(address, query, tmp_path) == ["NOR"]


def test_named_graphs(address: str, tmp_path: Path) -> None:
    listed = values(address, "SELECT DISTINCT ?value { GRAPH ?value { ?s ?p ?o } }", tmp_path)
    assert STATES in listed
    count = "(COUNT(*) AS ?value)"
    within = f"SELECT {count} {{ GRAPH <{STATES}> {{ ?s ?p ?o }} }}"
    alone = f"SELECT {count} FROM <{STATES}> {{ ?s ?p ?o }}"
    assert values(address, within, tmp_path) == values(address, alone, tmp_path) != ["0"]


def test_an_error_carries_our_problem(address: str, tmp_path: Path) -> None:
    query = "SELECT * { SERVICE <https://example.org/sparql> { ?s ?p ?o } }"
    done = comunica(f"{address}/sparql", query, JSON, tmp_path)
    assert done.returncode != 0
    assert "HTTP status 400" in done.stderr
    assert "#problem-service-refused" in done.stderr
