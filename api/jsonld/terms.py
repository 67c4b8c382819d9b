"""The short names of our JSON-LD context, and the IRIs that they stand for."""

import re
from functools import cache

from ocsea import jsonld
from ocsea.namespaces import PREFIXES

_IRI = re.compile(r"https?://[^\s<>\"{}|\\^`]{1,300}")


def class_iri(text: str) -> str | None:
    """The IRI of a class by its term, its prefixed name or the IRI itself; None for anything else.

    Whether there is such a class is not looked up.
    """
    iri = _iris().get(text) or _expanded(text) or text
    return iri if _IRI.fullmatch(iri) else None


def short(iri: str) -> str:
    """An IRI as our context writes it: by its term, else with a prefix, else in full."""
    if name := _names().get(iri):
        return name
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


@cache
def _iris() -> dict[str, str]:
    """The IRI of each term."""
    found = {}
    for name, meaning in jsonld.context()["@context"].items():
        iri = meaning.get("@id") if isinstance(meaning, dict) else meaning
        if isinstance(iri, str) and (full := _expanded(iri)):
            found[name] = full
    return found


@cache
def _names() -> dict[str, str]:
    return {iri: name for name, iri in _iris().items()}


def _expanded(name: str) -> str | None:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local if prefix in PREFIXES else None
