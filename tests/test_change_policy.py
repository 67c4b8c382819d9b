"""What docs/change-policy.md promises of the next versions holds of this one."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from promised import PUBLISHED, Promises, keys, promises, schema

from api.openapi import operations
from ocsea import __version__
from ocsea.namespaces import TERMS, shorten, term
from ocsea.rdf import read_turtle
from ocsea.resources import ROOT, ontology_files

CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
POLICY = (ROOT / "docs" / "change-policy.md").read_text(encoding="utf-8")
MAJOR = __version__.partition(".")[0]
RECORDS = sorted(PUBLISHED.glob(f"{MAJOR}.*.json"))


def announced(heading: str, changelog: str = CHANGELOG) -> set[str]:
    """What stands in backticks below headings such as “Removed”."""
    sections = re.findall(rf"^### {heading}\n(.*?)(?=^##|\Z)", changelog, re.M | re.S)
    return {name for section in sections for name in re.findall(r"`([^`]+)`", section)}


def broken(published: Promises, now: Promises, removed: set[str]) -> list[str]:
    """What was published, is no more, and is not announced as removed by its name."""
    return [
        line
        for kind, lines in published.items()
        for line in lines
        if line not in now[kind] and removed.isdisjoint(names(line))
    ]


def names(line: str) -> set[str]:
    """How the changelog may call what a line is about."""
    address = re.match(r"[A-Z]+ \S+", line)
    return {line, line.split(" ")[0], shorten(line)} | ({address[0]} if address else set())


@pytest.fixture(scope="module")
def now() -> Promises:
    return promises()


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_what_was_published_is_still_there(record: Path, now: Promises) -> None:
    published = json.loads(record.read_text(encoding="utf-8"))
    assert all(len(lines) > 10 for lines in published.values())
    assert broken(published, now, announced("Removed")) == [], (
        "keep it, or say under “Removed” of CHANGELOG.md that it is gone (see the change policy)"
    )


def test_what_this_version_publishes_is_on_record() -> None:
    assert PUBLISHED / f"{__version__}.json" in RECORDS, "run `python tests/promised.py`"


def test_a_broken_promise_would_be_noticed(now: Promises) -> None:
    gone = {"keys": ['a {"@id": "ex:a"}'], "operations": ["GET /a"], "terms": [TERMS + "A"]}
    lines = [line for lines in gone.values() for line in lines]
    assert broken(gone, now, set()) == lines
    assert (
        broken(gone, now, announced("Removed", "### Removed\n- `a`, `GET /a`, `ocsea:A`\n")) == []
    )
    assert broken({"keys": [*keys({"party": "ocsea:agent"})]}, now, set()) != []


def test_a_term_that_is_deprecated_is_announced_and_so_is_what_replaces_it() -> None:
    triples = read_turtle(ontology_files())
    old = {t.subject.value for t in triples if t.predicate == term("owl:deprecated")}
    replaced = {t.subject.value for t in triples if t.predicate == term("dcterms:isReplacedBy")}
    assert replaced <= old
    assert {shorten(iri) for iri in old} <= announced("Deprecated")


def deprecated(described: dict[str, Any]) -> dict[str, str]:
    """The operations that are marked as deprecated, or have such a parameter: the path of each."""
    return {
        name: name.partition(" ")[2]
        for name, operation in operations(described)
        if operation.get("deprecated")
        or any(parameter.get("deprecated") for parameter in operation.get("parameters", []))
    }


def silent(paths: dict[str, str], client: httpx.Client) -> list[str]:
    """Those whose answers have no `Deprecation`."""
    return [name for name, path in paths.items() if "deprecation" not in client.head(path).headers]


def test_an_address_that_is_deprecated_is_announced_and_says_so(address: str) -> None:
    described = schema()
    with httpx.Client(base_url=address, timeout=20) as client:
        paths = deprecated(described)
        assert paths.keys() <= announced("Deprecated")
        assert silent(paths, client) == []
        spoilt = copy.deepcopy(described)
        spoilt["paths"]["/health"]["get"]["deprecated"] = True
        spoilt["paths"]["/states"]["get"]["parameters"][0]["deprecated"] = True
        assert silent(deprecated(spoilt), client) == ["GET /states", "GET /health"]
        assert ("No address is, so far." in POLICY) == (not paths)


def test_ontology_software_and_changelog_carry_one_version() -> None:
    triples = read_turtle(ontology_files())
    versions = [t.object.value for t in triples if t.predicate == term("owl:versionInfo")]
    assert versions == [__version__]
    assert f"\n## {__version__} " in CHANGELOG


def test_the_policy_names_what_the_code_uses() -> None:
    for name in ("owl:versionInfo", "owl:deprecated", "dcterms:isReplacedBy", "OCSEA-Release"):
        assert f"`{name}" in POLICY
