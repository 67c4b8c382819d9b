"""The OpenAPI description: valid, whole, and true of the server, whatever is sent to it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import recording
import schemathesis
from api_server import running, small_release
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator
from recording import Servers, answers, problems, servers, steady
from schemathesis import Case
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.discovery.examples import examples
from api.openapi import RECORDED, operations
from api.problems import KINDS, MEDIA_TYPE

RECORD = json.loads(RECORDED.read_text(encoding="utf-8"))
RENEW = "the server answers otherwise now; if that is right, run `python tests/recording.py`"
CASES = 8
"""Requests of each operation that schemathesis makes up."""


@pytest.fixture(scope="module")
def schema(address: str) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(address + "/openapi.json", timeout=60).json()
    return found


@pytest.fixture(scope="module")
def both(address: str) -> Iterator[Servers]:
    with servers(address) as found:
        yield found


def test_it_is_valid(schema: dict[str, Any]) -> None:
    assert schema["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(schema).validate()


def test_a_fault_in_it_would_be_noticed(schema: dict[str, Any]) -> None:
    spoilt = json.loads(json.dumps(schema))
    del spoilt["paths"]["/health"]["get"]["responses"]["200"]["description"]
    assert list(OpenAPIV31SpecValidator(spoilt).iter_errors())


def test_every_parameter_in_a_path_is_described(schema: dict[str, Any]) -> None:
    for name, operation in operations(schema):
        told = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
        assert all(f"{{{parameter}}}" in name for parameter in told)
        assert name.count("{") == len(told), name


def test_every_answer_has_an_example(schema: dict[str, Any]) -> None:
    for name, operation in operations(schema):
        for status, response in operation["responses"].items():
            for media_type, body in response.get("content", {}).items():
                if status < "400" and body["schema"].get("format") != "binary":
                    assert "example" in body, (name, status, media_type)
                if status >= "400" and media_type != "text/html":
                    assert body["examples"], (name, status)
    assert set(schema["components"]["examples"]) == set(KINDS)


def test_every_kind_of_problem_is_told_of_somewhere(schema: dict[str, Any]) -> None:
    told = {
        kind
        for _, operation in operations(schema)
        for response in operation["responses"].values()
        for kind in response.get("content", {}).get(MEDIA_TYPE, {}).get("examples", {})
    }
    assert told == set(KINDS)


def test_the_examples_are_what_the_server_answers(schema: dict[str, Any], both: Servers) -> None:
    found = answers(both, schema)
    assert found.keys() == RECORD["answers"].keys(), RENEW
    for name, statuses in found.items():
        assert steady(statuses) == steady(RECORD["answers"][name]), f"{name}: {RENEW}"


def test_the_problems_are_what_the_server_tells(both: Servers) -> None:
    found = problems(both)
    assert found.keys() == KINDS.keys()
    for kind, problem in found.items():
        assert problem["status"] == KINDS[kind].status
        assert problem["type"].endswith(f"#problem-{kind}")
        assert steady(problem) == steady(RECORD["problems"][kind]), f"{kind}: {RENEW}"


def test_what_is_steady_of_an_answer() -> None:
    assert steady({"release": "0123456789abcdef"}) == steady({"release": "fedcba9876543210"})
    assert steady("requests_total{a} 1.0\n") == steady("requests_total{a} 25.0\n")
    assert steady({"name": "Norway"}) != steady({"name": "Sweden"})
    assert steady({"rows": 1}) != steady({"rows": 2})


def test_writing_needs_a_token(schema: dict[str, Any]) -> None:
    schemes = schema["components"]["securitySchemes"]
    assert schemes["token"]["scheme"] == "bearer"
    secured = {name for name, operation in operations(schema) if "security" in operation}
    writes = {"POST /update", "PUT /graphs", "POST /graphs", "DELETE /graphs"}
    people = {"POST /submissions/enter", "POST /submissions/leave"}
    sent = {name for name, _ in operations(schema) if "/submissions" in name} - people
    assert len(sent) == 9
    assert secured == writes | sent


def test_the_page_shows_every_operation(address: str, schema: dict[str, Any]) -> None:
    page = httpx.get(address + "/docs", timeout=60).text
    for name, operation in operations(schema):
        assert f"<h3><code>{name}</code></h3>" in page
        assert f'id="{operation["operationId"]}"' in page
        for parameter in operation.get("parameters", []):
            assert f"<code>{parameter['name']}</code>" in page


# What schemathesis makes up

CHECKS = [
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
QUERIES = [example.query for example in examples()]
BODIES = {
    "application/sparql-query": st.sampled_from(QUERIES) | st.text(),
    "application/sparql-update": st.sampled_from(["CLEAR DEFAULT", "INSERT DATA { <a:a> <a:b> 1 }"])
    | st.text(),
    "text/turtle": st.sampled_from([recording.TRIPLE, recording.WRONG]) | st.text(),
    "application/n-triples": st.sampled_from(["<a:a> <a:b> <a:c> ."]) | st.text(),
    "application/rdf+xml": st.text(),
}
for name, texts in BODIES.items():
    schemathesis.openapi.media_type(name, texts.map(lambda text: text.encode(errors="replace")))


def tried(url: str, headers: dict[str, str], *, writing: bool = False) -> set[int]:
    """The statuses that made-up requests met, of all operations or those that write; raises where
    an answer is not as described.
    """
    described = schemathesis.openapi.from_url(url + "/openapi.json")
    if writing:
        described = described.include(
            lambda context: "security" in context.operation.definition.raw
        )
    return {
        status
        for result in described.get_all_operations()
        for status in statuses(result.ok(), headers)
    }


def statuses(operation: Any, headers: dict[str, str]) -> set[int]:
    """What made-up requests for one operation met."""
    raw, found = operation.definition.raw, set()

    @seed(1)
    @settings(
        max_examples=CASES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), by_example=st.booleans(), accept=accepted(raw))
    def check(case: Case, by_example: bool, accept: str) -> None:
        if by_example:
            case.path_parameters.update(examples_in(raw, "path"))
            case.query.update(examples_in(raw, "query"))
        response = case.call(headers={"accept": accept} | headers, timeout=60)
        assert response.status_code < 500 or response.status_code == 503, case.as_curl_command()
        case.validate_response(response, checks=CHECKS)
        found.add(response.status_code)

    check()
    return found


def accepted(operation: dict[str, Any]) -> st.SearchStrategy[str]:
    """The media types that an operation tells of, and some that it may not have."""
    told = {m for r in operation["responses"].values() for m in r.get("content", {})}
    return st.sampled_from(["*/*", "image/png", "text/html;q=0.5, */*;q=0.1", *sorted(told)])


def examples_in(operation: dict[str, Any], where: str) -> dict[str, str]:
    given = [p for p in operation.get("parameters", []) if p["in"] == where and "example" in p]
    return {parameter["name"]: parameter["example"] for parameter in given}


def test_nothing_that_is_made_up_is_answered_otherwise_than_described(address: str) -> None:
    assert {200, 303, 400, 404, 406} <= tried(address, {})


def test_nor_is_anything_that_is_written(tmp_path: Path) -> None:
    small_release(tmp_path)
    with running(tmp_path, OCSEA_TOKENS=f"rec:curator:{recording.SECRET}") as server:
        headers = recording.WRITES | recording.JSON  # else what comes of a write has no body
        assert {200, 201, 400} <= tried(server.url, headers, writing=True)
