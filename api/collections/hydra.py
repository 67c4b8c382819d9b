"""The controls of a collection in the Hydra vocabulary: total, pages, and the search template."""

from typing import Any

from pyld import jsonld as pyld
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from api.collections.kinds import Kind
from api.collections.page import Page
from api.collections.request import names
from ocsea import jsonld
from ocsea.namespaces import BASE, PREFIXES

HYDRA = "http://www.w3.org/ns/hydra/core#"
MEMBER = NamedNode(HYDRA + "member")

PAGING = ("sort", "fields", "limit", "after", "format")


def controls(page: Page, address: str) -> dict[str, Any]:
    """The collection as JSON-LD without its members; `address` is the server's own.

    The collection is told from others by what it was narrowed by, and has our base; pages and the
    template have the address that they can be had from.
    """
    wanted, kind = page.wanted, page.wanted.kind
    whole = wanted.address(**dict.fromkeys(PAGING, ""))
    view = {"id": address + wanted.address(wanted.after), "type": "PartialCollectionView"}
    view["first"] = address + wanted.address()
    if page.further:
        view["next"] = address + wanted.address(page.further)
    return {
        "@context": jsonld.CONTEXT,
        "id": BASE + whole[1:],
        "type": "Collection",
        "label": kind.title,
        "description": kind.about,
        "totalItems": page.total,
        "view": view,
        "search": _template(kind, address),
    }


def triples(page: Page, address: str) -> list[Triple]:
    """The controls as triples, and that the members are its members."""
    told = controls(page, address)
    options = {**jsonld.OPTIONS, "format": "application/n-quads"}
    quads = parse(pyld.to_rdf(told, options), RdfFormat.N_QUADS)
    found = [quad.triple for quad in quads]
    collection = NamedNode(told["id"])
    return found + [Triple(collection, MEMBER, NamedNode(iri)) for iri in page.members]


def _template(kind: Kind, address: str) -> dict[str, Any]:
    once = {"as_of", *PAGING}
    variables = ",".join(name + ("" if name in once else "*") for name in names(kind))
    return {
        "id": f"{BASE}{kind.name}#search",
        "type": "IriTemplate",
        "template": f"{address}/{kind.name}{{?{variables}}}",
        "variableRepresentation": "BasicRepresentation",
        "mapping": [_mapping(kind, name) for name in names(kind)],
    }


def _mapping(kind: Kind, name: str) -> dict[str, Any]:
    mapping = {"id": f"{BASE}{kind.name}#{name}", "type": "IriTemplateMapping", "variable": name}
    found = {"property": means} if (means := properties(kind).get(name)) else {}
    return mapping | found | {"required": False}


def properties(kind: Kind) -> dict[str, str]:
    """The property that a parameter's values are of, where there is one."""
    own = {narrowed.name: _last(narrowed.whole) for narrowed in kind.filters}
    return own | {"q": HYDRA + "freetextQuery", "limit": HYDRA + "limit"}


def _last(path: str) -> str:
    """The property that a path ends with."""
    prefix, _, name = path.split("/")[-1].lstrip("^").rstrip("?").partition(":")
    return PREFIXES[prefix] + name
