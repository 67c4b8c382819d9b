"""The example queries: files whose leading comment says title and description.

They are told as RDF too, as https://github.com/sib-swiss/sparql-examples has it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from ocsea.namespaces import BASE, PREFIXES, term
from ocsea.records import facts
from ocsea.resources import queries
from ocsea.values import english

FIELD = re.compile(r"#\s*(title|description):\s*(.*)")
PREFIX = re.compile(r"^\s*PREFIX\s+([\w-]*):\s*<([^>]*)>", re.MULTILINE | re.IGNORECASE)
FORM = re.compile(r"^\s*(SELECT|ASK|CONSTRUCT)\b", re.MULTILINE | re.IGNORECASE)
PUBLISHED = BASE + ".well-known/sparql-examples"
DECLARED = NamedNode(PUBLISHED + "#prefixes")


@dataclass(frozen=True, slots=True)
class Example:
    """A query for people to start from; `name` is the file's."""

    name: str
    title: str
    description: str
    query: str

    @property
    def form(self) -> str:
        """`select`, `ask` or `construct`."""
        found = FORM.search(self.query)
        assert found, self.name  # a test reads each of them
        return found[1].lower()


@cache
def examples() -> list[Example]:
    """All example queries, in the order of their file names."""
    return [_read(path) for path in queries("examples")]


def _read(path: Path) -> Example:
    """Comment lines at the top hold `title:` and `description:`; the next ones continue them."""
    fields = {"title": path.stem, "description": ""}
    lines = path.read_text(encoding="utf-8").splitlines()
    current, header = "", 0
    for line in lines:
        if not line.startswith("#"):
            break
        header += 1
        if found := FIELD.match(line):
            current = found[1]
            fields[current] = found[2]
        elif current:
            fields[current] += " " + line.lstrip("# ")
    query = "\n".join(lines[header:]).strip() + "\n"
    return Example(path.stem, fields["title"], fields["description"], query)


def executables(endpoint: str) -> Iterator[Triple]:
    """The examples as `sh:SPARQLExecutable`, to be sent to the endpoint at this address."""
    yield from facts(DECLARED, ("rdf:type", term("owl:Ontology")))
    used = {found for example in examples() for found in PREFIX.findall(example.query)}
    for prefix, namespace in sorted(used | set(PREFIXES.items())):
        yield from _declaration(prefix, namespace)
    for example in examples():
        yield from _executable(example, endpoint)


def _declaration(prefix: str, namespace: str) -> Iterator[Triple]:
    declaration = NamedNode(f"{PUBLISHED}#prefix-{prefix}")
    iri = Literal(namespace, datatype=term("xsd:anyURI"))
    yield from facts(DECLARED, ("sh:declare", declaration))
    yield from facts(
        declaration,
        ("rdf:type", term("sh:PrefixDeclaration")),
        ("sh:prefix", prefix),
        ("sh:namespace", iri),
    )


def _executable(example: Example, endpoint: str) -> Iterator[Triple]:
    form = example.form
    kinds = [term("sh:SPARQLExecutable"), term(f"sh:SPARQL{form.capitalize()}Executable")]
    stop = "" if example.title.endswith("?") else "."
    yield from facts(
        NamedNode(f"{PUBLISHED}#{example.name}"),
        ("rdf:type", kinds),
        ("rdfs:label", english(example.title)),
        ("rdfs:comment", english(f"{example.title}{stop} {example.description}")),
        ("sh:prefixes", DECLARED),
        (f"sh:{form}", example.query),
        ("schema:target", NamedNode(endpoint)),
    )
