"""A page of a collection in the formats for programs and spreadsheets."""

from functools import cache
from typing import Any

import orjson
from pyoxigraph import Literal, serialize

from api.collections import hydra
from api.collections.keys import Tree, predicate, words
from api.collections.page import Page, Value
from api.engine.results import GRAPHS
from ocsea import jsonld, spreadsheets
from ocsea.namespaces import PREFIXES

Nodes = dict[str, dict[str, Any]]
"""What is said of each subject, in expanded JSON-LD, by its IRI."""
SEPARATOR = " | "
"""Stands between several values in a cell; a `;` would be one of the text in many."""
PREFIXED = PREFIXES | {"hydra": hydra.HYDRA}


def write(page: Page, address: str, name: str) -> bytes:
    """The page in the format of this name: `jsonld`, or another of a graph."""
    if name == "jsonld":
        return orjson.dumps(document(page, address), option=orjson.OPT_INDENT_2)
    said = sorted({*page.triples(), *hydra.triples(page, address)}, key=str)
    return serialize(said, format=GRAPHS[name], prefixes=PREFIXED) or b""


def document(page: Page, address: str) -> dict[str, Any]:
    """The page as JSON-LD: a Hydra collection, each member with the keys of its columns."""
    told = hydra.controls(page, address)
    search = told.pop("search")
    nodes = {node["@id"]: node for node in jsonld.nodes(dict.fromkeys(page.triples()))}
    members = [_compact(_node(nodes, iri, page.tree), page.tree) for iri in page.members]
    return told | {"member": members, "search": search}


def _compact(node: dict[str, Any], below: Tree) -> dict[str, Any]:
    """A node with our keys, in the order of the columns."""
    found: dict[str, Any] = _arranged(jsonld.compactor().compact(node) | {"id": node["@id"]}, below)
    del found["@context"]
    return found


def _arranged(value: Any, below: Tree) -> Any:
    if isinstance(value, list):
        return [_arranged(one, below) for one in value]
    if not isinstance(value, dict) or "id" not in value:
        return value
    places = _places(tuple(below))
    keys = sorted(value, key=lambda key: (key != "id", places.get(_meaning(key), 0)))
    further = {_meaning(key): tree for key, tree in below.items()}
    return {key: _arranged(value[key], further.get(_meaning(key), {})) for key in keys}


@cache
def _places(keys: tuple[str, ...]) -> dict[str, int]:
    return {_meaning(key): place for place, key in enumerate(keys)}


@cache
def _meaning(key: str) -> str:
    """The IRI of a key; one that is no term of our context stands for itself."""
    known = jsonld.context()["@context"]
    return jsonld.compactor().meaning(key).iri if key in known else key


def _node(nodes: Nodes, iri: str, below: Tree) -> dict[str, Any]:
    """A thing in expanded JSON-LD, with what the columns say of it and of what it leads to."""
    told: dict[str, Any] = nodes.get(iri, {})
    node: dict[str, Any] = {"@id": iri}
    for key, further in below.items():
        name = "@type" if key == "type" else predicate(key).value
        if name in told:
            node[name] = [_inside(nodes, value, further) for value in told[name]]
    return node


def _inside(nodes: Nodes, value: Any, below: Tree) -> Any:
    leads = isinstance(value, dict) and "@id" in value
    return _node(nodes, value["@id"], below) if leads else value


def header(page: Page) -> str:
    """The first line of CSV: the IRI of each member, and its columns."""
    return spreadsheets.write([["id", *page.wanted.columns]])


def rows(page: Page) -> str:
    """The members as lines of CSV, RFC 4180."""
    columns = page.wanted.columns
    return spreadsheets.write(
        [iri, *(cell(page.at(iri, key)) for key in columns)] for iri in page.members
    )


def cell(values: list[Value]) -> str:
    """Values as a cell of a table."""
    return SEPARATOR.join(map(written, values))


def written(value: Value) -> str:
    """A value as text: a term by its short name, any other thing by its IRI."""
    return value.value if isinstance(value, Literal) else words().get(value.value, value.value)
