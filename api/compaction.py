"""Expanded JSON-LD to compact JSON-LD under one context, fast: PyLD reads the context once.

PyLD decides how each term, IRI and kind of value is written, and its word is kept; only the walk
over the document is ours. It knows contexts of prefixes, aliases, and terms with a type or a
language, as ours is. Under a context with more, PyLD compacts the document itself.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from pyld import jsonld

Node = dict[str, Any]

_KEPT = 8192
"""How many of PyLD's answers are kept: of each kind, more than our vocabulary has."""
_PLAIN_CONTEXT = {"processingMode", "mappings", "@version", "_uuid"}
_PLAIN_TERM = {"@id", "@type", "@language", "_prefix", "_term_has_colon", "protected", "reverse"}


class Link(NamedTuple):
    """How a property writes a node: under which key, as an IRI alone or not, and as which IRI."""

    key: str
    alone: bool
    vocabulary: bool


class Compactor:
    """Compacts documents under the context at an address, which the options' loader knows."""

    def __init__(self, address: str, options: Node) -> None:
        self._address, self._options = address, options
        self._pyld = jsonld.JsonLdProcessor()
        self._context = self._pyld.process_context(
            {"processingMode": "json-ld-1.1", "mappings": {}}, address, options
        )
        self._plain = _is_plain(self._context)
        terms = self._context["mappings"].items() if self._plain else ()
        prefixes = [(term, meaning["@id"]) for term, meaning in terms if meaning["_prefix"]]
        self._named = {meaning["@id"] for _, meaning in terms}
        self._shortened = tuple(start for name, iri in prefixes for start in (name + ":", iri))
        self._short = lru_cache(_KEPT)(self._short_by_pyld)
        self._link = lru_cache(_KEPT)(self._link_by_pyld)
        self._literal = lru_cache(_KEPT)(self._literal_by_pyld)
        keywords = ("@id", "@type", "@reverse", "@value")
        self._id, self._type, self._reverse, self._value = map(self._short_by_pyld, keywords)

    def compact(self, document: Node) -> Node:
        """One node in expanded form, with what is in it, as `pyld.jsonld.compact` gives it.

        A JsonLdError where an IRI would read as a prefixed name, such as `schema:a`.
        """
        if not self._plain:
            compacted: Node = jsonld.compact(document, self._address, self._options)
            return compacted
        # A node of which nothing is said is no statement, and is dropped.
        said = {} if document.keys() == {"@id"} else self._node(document)
        return {"@context": self._address, **said}

    def _node(self, node: Node, reverse: bool = False) -> Node:
        compacted: Node = {}
        for name in sorted(node):
            value = node[name]
            if name == "@id":
                compacted[self._id] = self._iri(value)
            elif name == "@type":
                types = [self._iri(iri, vocabulary=True) for iri in value]
                compacted[self._type] = types[0] if len(types) == 1 else types
            elif name == "@reverse":
                compacted[self._reverse] = self._node(value, reverse=True)
            else:
                for item in value:
                    _add(compacted, *self._item(name, item, reverse))
        return compacted

    def _item(self, name: str, item: Node, reverse: bool) -> tuple[str, Any]:
        if "@value" in item:
            key, form = self._literal(name, item.get("@type"), item.get("@language"))
            text = item["@value"]
            return key, text if form is None else {**form, self._value: text}
        iri = item["@id"]
        # Which term is right may depend on whether the value is a term, but on nothing else of it.
        link = self._link(name, iri if iri in self._named else "", reverse)
        if len(item) > 1:
            return link.key, self._node(item)
        short = self._iri(iri, link.vocabulary)
        return link.key, short if link.alone else {self._id: short}

    def _iri(self, iri: str, vocabulary: bool = False) -> str:
        """Most IRIs are of things and stay as they are; no need to keep that."""
        if iri.startswith(self._shortened) or (vocabulary and iri in self._named):
            return self._short(iri, vocabulary)
        return iri

    def _short_by_pyld(self, iri: str, vocabulary: bool = False) -> str:
        short: str = self._pyld._compact_iri(self._context, iri, vocab=vocabulary, base="")
        return short

    def _link_by_pyld(self, name: str, value: str, reverse: bool) -> Link:
        node = {"@id": value}
        key = self._pyld._compact_iri(self._context, name, node, vocab=True, reverse=reverse)
        coerced = self._pyld.get_context_value(self._context, key, "@type")
        return Link(key, coerced in ("@id", "@vocab"), coerced == "@vocab")

    def _literal_by_pyld(
        self, name: str, datatype: str | None, language: str | None
    ) -> tuple[str, Node | None]:
        """The key, and what is written around the text, if anything."""
        kind = {"@type": datatype} if datatype else {"@language": language} if language else {}
        literal = {"@value": "", **kind}
        key = self._pyld._compact_iri(self._context, name, literal, vocab=True)
        form = self._pyld._compact_value(self._context, key, literal, {})
        return key, form if isinstance(form, dict) else None


def _add(node: Node, key: str, value: str | Node) -> None:
    """One value stands alone, several in a list."""
    if key not in node:
        node[key] = value
    elif isinstance(node[key], list):
        node[key].append(value)
    else:
        node[key] = [node[key], value]


def _is_plain(context: Node) -> bool:
    return context.keys() <= _PLAIN_CONTEXT and all(
        term and term.keys() <= _PLAIN_TERM and not (term["reverse"] or term["_term_has_colon"])
        for term in context["mappings"].values()
    )
