"""Collections as tests walk them, and what SPARQL says that they are to hold."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import urlencode

import httpx
from collection_cases import CASES, DATES, SORTS
from pyoxigraph import Literal, QuerySolutions, Store

from ocsea.namespaces import PREFIXES

TERMS = "https://w3id.org/ocsea/ontology#"
PROLOGUE = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())


def rows(store: Store, query: str) -> list[list[Any]]:
    found = store.query(PROLOGUE + query, base_iri="https://w3id.org/ocsea/")
    assert isinstance(found, QuerySolutions)
    return [list(row) for row in found]


def expected(store: Store, kind: str, case: str = "") -> set[str]:
    """The members that a case is to give, by its own SPARQL."""
    every, cases = CASES[kind]
    narrowed = f"{{ {cases[case]} }}" if case else ""
    found = rows(store, f"SELECT DISTINCT ?x WHERE {{ {{ {every} }} {narrowed} }}")
    return {row[0].value for row in found}


def text_key(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.lower())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    for marks, letter in {"ł": "l", "ø": "o", "ı": "i", "’": "'", "–": "-"}.items():
        plain = plain.replace(marks, letter)
    return re.sub(r"\d+", lambda number: number[0].zfill(10), plain)


@cache
def keys(store: Store, kind: str, sort: str) -> dict[str, Any]:
    """The least sort key of each member that has one."""
    query = f"SELECT ?x ?v WHERE {{ {{ {CASES[kind][0]} }} ?x {SORTS[sort]} ?v }}"
    found: dict[str, Any] = {}
    for member, value in rows(store, query):
        if isinstance(value, Literal):
            key: Any = value.value if sort in DATES else text_key(value.value)
            key = float(value.value) if sort == "value" else key
            found[member.value] = min(key, found.get(member.value, key))
    return found


def ordered(store: Store, kind: str, members: set[str], sort: str) -> list[str]:
    known = keys(store, kind, sort.removeprefix("-"))
    having = sorted(member for member in members if member in known)
    having.sort(key=lambda member: known[member], reverse=sort.startswith("-"))
    return having + sorted(members - set(having))


def walk(client: httpx.Client, path: str) -> Iterator[Any]:
    """The pages from an address on, as JSON-LD."""
    while path:
        answer = client.get(path)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        yield page
        path = page["view"].get("next", "")


def members(client: httpx.Client, path: str) -> list[str]:
    return [member["id"] for page in walk(client, path) for member in page["member"]]


def address_of(kind: str, case: str = "", **more: object) -> str:
    given = [tuple(pair.split("=", 1)) for pair in case.split("&") if pair]
    return f"/{kind}?{urlencode([*given, *more.items()])}"


def in_query(described: Any) -> list[str]:
    return [p["name"] for p in described["get"]["parameters"] if p["in"] == "query"]
