"""The example queries: files whose leading comment says title and description."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ocsea.resources import queries

FIELD = re.compile(r"#\s*(title|description):\s*(.*)")


@dataclass(frozen=True, slots=True)
class Example:
    """A query for people to start from; `name` is the file's."""

    name: str
    title: str
    description: str
    query: str


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
