"""What a steward sends: read safely, and checked with the slice of the graph that it touches."""

import json
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from pyld import jsonld
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store, Triple, parse

from ocsea.errors import OcseaError
from ocsea.inference import infer
from ocsea.namespaces import BASE, RDF_TYPE, term
from ocsea.rdf import ontology, read_turtle
from ocsea.release import Release
from ocsea.resources import context_file
from ocsea.validation import Report, validate

MAX_BYTES = 16 * 1024 * 1024
"""A country's facts are some hundred kilobytes; a larger file is a mistake or an attack."""

_UNIQUE = (term("ocsea:iso3"), term("dcterms:identifier"))


def check_files(files: list[Path], release: Release) -> Report:
    """Validate the files together, with what the release says of the things they mention.

    Raises OcseaError, naming the file and where it can the line and column, where one cannot be
    read.
    """
    sent = [triple for path in files for triple in read_file(path)]
    if not sent:
        raise OcseaError(f"{files[0]}: holds no triples, so there is nothing to check")
    subjects = {t.subject for t in sent if isinstance(t.subject, NamedNode)}
    terms = ontology()
    known = neighbourhood(Store.read_only(str(release.store)), sent)
    data = list(dict.fromkeys([*sent, *known]))
    infer(data, terms)  # to be told where the files contradict the ontology
    return validate([*data, *terms], focus=subjects)


def read_file(path: Path) -> list[Triple]:
    """The triples of a Turtle (`.ttl`), N-Triples (`.nt`) or JSON-LD (`.jsonld`, `.json`) file."""
    if path.stat().st_size > MAX_BYTES:
        raise OcseaError(f"{path}: larger than {MAX_BYTES // 2**20} MB; send it in parts")
    try:
        if path.suffix in (".ttl", ".nt"):
            return read_turtle([path])
        if path.suffix in (".jsonld", ".json"):
            return read_jsonld(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError, RecursionError, jsonld.JsonLdError) as error:
        raise OcseaError(f"{path}: {reason(error)}") from None
    raise OcseaError(f"{path}: send Turtle (.ttl), N-Triples (.nt) or JSON-LD (.jsonld)")


def reason(error: Exception) -> str:
    """What is wrong with a file, in words."""
    if isinstance(error, RecursionError):
        return "nested too deeply to be read"
    if isinstance(error, jsonld.JsonLdError) and isinstance(error.__cause__, Exception):
        return reason(error.__cause__)
    if isinstance(error, SyntaxError) and error.lineno:
        return f"line {error.lineno}, column {error.offset}: {error.msg}"
    return str(error)


def read_jsonld(text: str, base: str = "") -> list[Triple]:
    """The triples of a JSON-LD document; its only known context is ours, and none is fetched.

    Named graphs within it are merged; blank nodes get labels that no other document has.
    """
    options = {"format": "application/n-quads", "documentLoader": _own_context, "base": base}
    lines = jsonld.to_rdf(json.loads(text), options)
    quads = parse(lines, format=RdfFormat.N_QUADS, rename_blank_nodes=True)
    return [quad.triple for quad in quads]


def _own_context(url: str, _options: dict[str, Any]) -> dict[str, Any]:
    if url != BASE + "context.jsonld":
        raise ValueError(f"the context {url} is not ours and is not fetched; write it out instead")
    return {"contextUrl": None, "documentUrl": url, "document": own_context()}


@cache
def own_context() -> dict[str, Any]:
    """Our JSON-LD context; read once, so that a process that can open no file has it too."""
    context: dict[str, Any] = json.loads(context_file().read_text(encoding="utf-8"))
    return context


def neighbourhood(store: Store, sent: Collection[Triple]) -> list[Triple]:
    """What a store says of the things in `sent`, of what points to them, and of what these name.

    Enough for every shape: no path in `shapes/` is longer than two steps, and only codes are
    compared over all records. A record that `sent` describes with its type stands in place of
    what the store says of it, so that a correction is not read as a second value.
    """
    described = {triple.subject for triple in sent}
    replaced = {triple.subject for triple in sent if triple.predicate == RDF_TYPE}
    near = described | {triple.object for triple in sent}
    near |= {q.subject for node in described for q in store.quads_for_pattern(None, None, node)}
    near |= {
        quad.subject
        for triple in sent
        if triple.predicate in _UNIQUE
        for quad in store.quads_for_pattern(None, triple.predicate, triple.object)
    }
    known = _descriptions(store, near - replaced)
    return [*known, *_descriptions(store, {triple.object for triple in known} - near)]


def _descriptions(store: Store, nodes: Iterable[object]) -> list[Triple]:
    return [
        quad.triple
        for node in nodes
        if isinstance(node, NamedNode)
        for quad in store.quads_for_pattern(node, None, None, DefaultGraph())
    ]
