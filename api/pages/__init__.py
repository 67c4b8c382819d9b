"""Pages for people: templates, the filters they use, and how IRIs and terms are shown."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ocsea.namespaces import BASE, ID, PREFIXES

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_-]")


def local(iri: str) -> str:
    """Where a link to this IRI leads: a path on this very host for what we serve ourselves."""
    if iri.startswith(ID):
        return "/doc/" + iri.removeprefix(ID)
    return "/" + iri.removeprefix(BASE) if iri.startswith(BASE) else iri


def linkable(iri: str) -> bool:
    """Whether an IRI may stand as a link in a page; other schemes than the web's may not."""
    return iri.startswith(("http://", "https://"))


def short(iri: str) -> str:
    """An IRI as people write it: `ocsea:State`, `id/state/ALB`, or in full."""
    if iri.startswith(BASE) and "#" not in iri:
        return iri.removeprefix(BASE)
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def words(iri: str) -> str:
    """The last part of an IRI in words, for terms that come without a label: `is part of`."""
    name = re.split(r"[#/]", iri.rstrip("#/"))[-1]
    return _CAMEL.sub(" ", name).lower() if not name.isupper() else name


def query_link(query: str, **parameters: str) -> str:
    """The address that runs a query, in the editor or in a named format."""
    more = "".join(f"&{name}={quote(value)}" for name, value in parameters.items())
    return f"/sparql?query={quote(query)}{more}"


def render(template: str, /, **context: Any) -> str:
    """A template as HTML."""
    return _environment.get_template(template).render(context)


_environment = Environment(
    loader=FileSystemLoader(FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters.update(local=local, short=short, words=words, query_link=query_link)
_environment.tests["linkable"] = linkable
