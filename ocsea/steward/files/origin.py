"""Which release a template was made from, as its files say it, so that edits compare with that."""

import re

from ocsea.namespaces import BASE, term

DERIVED = term("prov:wasDerivedFrom")
"""What leads from a template to its release."""

_RELEASES = f"{BASE}releases/"
_VERSION = re.compile(r"[0-9a-f]{16}")


def iri(version: str) -> str:
    """The IRI of a release."""
    return _RELEASES + version


def version(text: str) -> str | None:
    """The version that a text names, alone or as an IRI; None for what no release is called."""
    name = text.strip().removeprefix(_RELEASES)
    return name if _VERSION.fullmatch(name) else None
