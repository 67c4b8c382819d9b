"""The addresses of documents: what is read from them, and what a document links to."""

import re

from api.formats import DOCUMENTS
from api.jsonld.profiles import CONTEXT_LINK
from ocsea.namespaces import ID

KEY = re.compile(r"[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)+")
SUFFIXED = re.compile(r"(?P<key>.+)\.(?P<suffix>jsonld|ttl|nt|rdf|html)")


def links(iri: str, page: int, last: int, name: str = "", more: str = "") -> str:
    """The `Link` header of a page of the document about a thing, in the format of this name.

    `more` goes into the addresses of other pages.
    """
    path = "/doc/" + iri.removeprefix(ID)
    found = [f'<{iri}>; rel="canonical"']
    found += [
        f'<{path}.{offer.name}>; rel="alternate"; type="{offer.media_type}"' for offer in DOCUMENTS
    ]
    found.append('</ontology>; rel="describedby"')
    if name == "json":
        found.append(CONTEXT_LINK)
    if page < last:
        found.append(f'<{path}?page={page + 1}{more}>; rel="next"')
    if page > 1:
        found.append(f'<{path}?page={page - 1}{more}>; rel="prev"')
    return ", ".join(found)
