"""The submissions that are in force, as PROV: who sent what, from which file and source, when."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from ocsea import ids
from ocsea.namespaces import term
from ocsea.records import record

InForce = Mapping[str, Any]
"""What a manifest says of a submission in force: `id`, `by` and `curator` (names of tokens),
`received` and `published` (UTC), `files` (each `name` and `sha256`), `sources` (stems), `graphs`
(IRIs) and `warnings` (how many)."""


def describe(in_force: Sequence[InForce]) -> Iterator[Triple]:
    """The provenance of what was published; for `graph/provenance`."""
    for name in sorted({name for each in in_force for name in (each["by"], each["curator"])}):
        yield from record(_agent(name), "prov:Agent", name)
    for each in in_force:
        yield from _activity(each)
        for file in each["files"]:
            label = f"File as sent: {file['name']}"
            yield from record(_file(file), "prov:Entity", label, ("schema:sha256", file["sha256"]))


def _activity(each: InForce) -> Iterator[Triple]:
    used = [*map(_file, each["files"]), *(ids.thing("source", stem) for stem in each["sources"])]
    yield from record(
        ids.thing("submission", each["id"]),
        "prov:Activity",
        f"Submission {each['id']}, published",
        ("prov:startedAtTime", _time(each["received"])),
        ("prov:endedAtTime", _time(each["published"])),
        ("prov:wasAssociatedWith", [_agent(each["by"]), _agent(each["curator"])]),
        ("prov:used", used),
        ("prov:generated", [NamedNode(iri) for iri in each["graphs"]]),
    )


def _agent(name: str) -> NamedNode:
    """A name is no key yet: what cannot stand in an IRI is written as its number, `@` as `-40-`."""
    key = re.sub(r"[^A-Za-z0-9._]", lambda found: f"-{ord(found[0]):x}-", name)
    return ids.thing("agent", f"token-{key}")


def _file(file: Mapping[str, str]) -> NamedNode:
    return ids.thing("file", file["sha256"])


def _time(text: str) -> Literal:
    return Literal(text, datatype=term("xsd:dateTime"))
