"""What a version promises: terms, keys of the context, addresses, parameters, kinds of problem.

`python tests/promised.py` writes what this version has to `tests/published/{version}.json`, once:
what stands there is kept until a CHANGELOG says otherwise, and `test_change_policy.py` sees to it.
"""

import json
from collections.abc import Iterator
from typing import Any

from api.app import create_app
from api.openapi import complete, operations
from api.problems import KINDS
from ocsea import __version__
from ocsea.jsonld import context
from ocsea.namespaces import TERMS
from ocsea.rdf import read_turtle
from ocsea.resources import ROOT, ontology_files

Promises = dict[str, list[str]]
PUBLISHED = ROOT / "tests" / "published"


def promises() -> Promises:
    """What there is now, in lines that say all that may not change about each."""
    return {
        "terms": sorted({t.subject.value for t in read_turtle(ontology_files())
                         if t.subject.value.startswith(TERMS)}),
        "keys": sorted(keys(context()["@context"])),
        "operations": [name for name, _ in operations(schema())],
        "parameters": [f"{name} {p['name']}" for name, operation in operations(schema())
                       for p in operation.get("parameters", [])],
        "formats": [f"{name} {media_type}" for name, operation in operations(schema())
                    for status, response in operation["responses"].items() if status < "300"
                    for media_type in response.get("content", {})],
        "problems": sorted(KINDS),
    }  # fmt: skip


def schema() -> dict[str, Any]:
    """The OpenAPI description."""
    return complete(create_app())


def keys(context: dict[str, Any], within: str = "") -> Iterator[str]:
    """Each key with its meaning; those that a key brings with it behind a dot."""
    for key, entry in context.items():
        told = entry if isinstance(entry, dict) else {"@id": entry}
        meaning = {name: value for name, value in told.items() if name != "@context"}
        yield f"{within}{key} {json.dumps(meaning, sort_keys=True)}"
        yield from keys(told.get("@context", {}), f"{within}{key}.")


if __name__ == "__main__":
    text = json.dumps(promises(), ensure_ascii=False, indent=1)
    (PUBLISHED / f"{__version__}.json").write_text(text + "\n", encoding="utf-8")
