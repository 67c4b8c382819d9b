"""Reading JSON-LD: our own context is the only one that is known, and none is fetched."""

import json
from functools import cache
from typing import Any

from pyld import jsonld
from pyoxigraph import RdfFormat, Triple, parse

from ocsea.namespaces import BASE
from ocsea.resources import context_file


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
