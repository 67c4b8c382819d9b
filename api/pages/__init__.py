"""Pages for people: templates, the filters they use, and how IRIs and terms are shown."""

import re
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from ocsea.namespaces import BASE, ID, PREFIXES

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
_NAMES = {
    PREFIXES["sdmx-dimension"] + "refArea": "area",
    PREFIXES["sdmx-dimension"] + "refPeriod": "period",
    PREFIXES["sdmx-measure"] + "obsValue": "value",
    PREFIXES["sdmx-attribute"] + "obsStatus": "state of the value",
    PREFIXES["sdmx-code"] + "obsStatus-M": "missing in the source",
}
"""Terms of others whose own names say little."""
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


def named(iri: str) -> str:
    """What to call a thing that comes without a label."""
    return _NAMES.get(iri) or short(iri)


def words(iri: str) -> str:
    """A term that comes without a label in words, by its IRI: `is part of`."""
    if iri in _NAMES:
        return _NAMES[iri]
    name = re.split(r"[#/]", iri.rstrip("#/"))[-1]
    return _CAMEL.sub(" ", name).lower() if not name.isupper() else name


def prose(text: str) -> Markup:
    """Our own plain text with its `code` marked as such."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


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
_environment.filters.update(local=local, short=short, named=named, words=words)
_environment.filters.update(query_link=query_link, prose=prose)
_environment.tests["linkable"] = linkable
# A style that has changed has another address, so that no browser shows the old one.
_environment.globals["style"] = sha256((STATIC / "style.css").read_bytes()).hexdigest()[:12]
