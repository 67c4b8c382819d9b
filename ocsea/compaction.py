"""Expanded JSON-LD to compact JSON-LD under one context, fast: PyLD reads the context once.

PyLD decides how each term, IRI and kind of value is written, and its word is kept; only the walk
over the document is ours. It knows contexts of prefixes, aliases, and terms with a type, a
language, sets, maps by language, or read in reverse, as ours is. Under a context with more, and
where a document has a term that brings keys of its own, PyLD compacts the document itself.
"""

from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from typing import Any, NamedTuple

from pyld import jsonld

Node = dict[str, Any]

_KEPT = 8192
"""How many of PyLD's answers are kept: of each kind, more than our vocabulary has."""
_PLAIN_CONTEXT = {"processingMode", "mappings", "@version", "_uuid"}
_PLAIN_TERM = {
    *("@id", "@type", "@language", "@container"),
    *("_prefix", "_term_has_colon", "protected", "reverse", "@context"),
}
_PLAIN_CONTAINER = {"@set", "@language"}


class _Scoped(Exception):
    """A term of the document brings keys of its own, which our walk does not know."""


class Link(NamedTuple):
    """How a property writes a node: under which key, as an IRI alone or not, as which IRI, and
    whether always in a list.
    """

    key: str
    alone: bool
    vocabulary: bool
    many: bool


class Text(NamedTuple):
    """How a property writes a literal: under which key, with what around the text if anything, for
    which language of a map if it is one, and whether always in a list.
    """

    key: str
    form: Node | None
    language: str | None
    many: bool


class Meaning(NamedTuple):
    """What a key stands for: an IRI, read in reverse or not, and whether always with a list."""

    iri: str
    reverse: bool
    many: bool


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
        self._scoped = {meaning["@id"] for _, meaning in terms if "@context" in meaning}
        self._reversed = {term for term, meaning in terms if meaning["reverse"]}
        self._shortened = tuple(start for name, iri in prefixes for start in (name + ":", iri))
        self._short = lru_cache(_KEPT)(self._short_by_pyld)
        self._link = lru_cache(_KEPT)(self._link_by_pyld)
        self._literal = lru_cache(_KEPT)(self._literal_by_pyld)
        keywords = ("@id", "@type", "@reverse", "@value", "@graph", "@none")
        words = map(self._short_by_pyld, keywords)
        self._id, self._type, self._reverse, self._value, self._graph, self._none = words
        self._types = "@set" in self._rule(self._type, "@container", ())

    def compact(self, document: Node) -> Node:
        """One node in expanded form, with what is in it, as `pyld.jsonld.compact` gives it.

        A JsonLdError where an IRI would read as a prefixed name, such as `schema:a`.
        """
        return {"@context": self._address, **self._alone(document)}

    def flat(self, nodes: Iterable[Node]) -> Node:
        """Nodes in expanded form that hold no other, each for itself."""
        graph = [self._alone(node) for node in nodes if len(node) > 1]
        return {"@context": self._address, self._graph: graph}

    def _alone(self, document: Node) -> Node:
        """A document without its context."""
        if self._plain:
            with suppress(_Scoped):
                # A node of which nothing is said is no statement, and is dropped.
                return {} if document.keys() == {"@id"} else self._node(document)
        compacted: Node = jsonld.compact(document, self._address, self._options)
        return {key: value for key, value in compacted.items() if key != "@context"}

    def meaning(self, key: str) -> Meaning:
        """What a term of the context stands for; KeyError where there is none."""
        told = self._context["mappings"][key]
        return Meaning(told["@id"], told["reverse"], told.get("@container") == ["@set"])

    def reverse_key(self, property_: str) -> str:
        """Under which key the things are that lead to another by a property."""
        return self._link(property_, "", True).key

    def _node(self, node: Node, reverse: bool = False) -> Node:
        compacted: Node = {}
        for name in sorted(node):
            value = node[name]
            if name == "@id":
                compacted[self._id] = self._iri(value)
            elif name == "@type":
                self._refuse_scoped(value)
                types = [self._iri(iri, vocabulary=True) for iri in value]
                compacted[self._type] = types if self._types or len(types) != 1 else types[0]
            elif name == "@reverse":
                self._turn(compacted, self._node(value, reverse=True))
            else:
                self._refuse_scoped((name,))
                for item in value:
                    self._place(compacted, name, item, reverse)
        return compacted

    def _refuse_scoped(self, iris: Iterable[str]) -> None:
        if not self._scoped.isdisjoint(iris):
            raise _Scoped

    def _turn(self, node: Node, pointing: Node) -> None:
        """Put what points to a node under its own keys, where there is a term for that."""
        others: Node = {}
        for key, value in pointing.items():
            (node if key in self._reversed else others)[key] = value
        if others:
            node[self._reverse] = others

    def _place(self, node: Node, name: str, item: Node, reverse: bool) -> None:
        if "@value" in item:
            kind = self._literal(name, item.get("@type"), item.get("@language"))
            text = item["@value"]
            if kind.language is not None:
                _add(node.setdefault(kind.key, {}), kind.language, text, kind.many)
            elif kind.form is None:
                _add(node, kind.key, text, kind.many)
            else:
                _add(node, kind.key, {**kind.form, self._value: text}, kind.many)
            return
        iri = item["@id"]
        # Which term is right may depend on whether the value is a term, but on nothing else of it.
        link = self._link(name, iri if iri in self._named else "", reverse)
        if len(item) > 1:
            _add(node, link.key, self._node(item), link.many)
        else:
            short = self._iri(iri, link.vocabulary)
            _add(node, link.key, short if link.alone else {self._id: short}, link.many)

    def _iri(self, iri: str, vocabulary: bool = False) -> str:
        """Most IRIs are of things and stay as they are; no need to keep that."""
        if iri.startswith(self._shortened) or (vocabulary and iri in self._named):
            return self._short(iri, vocabulary)
        return iri

    def _rule(self, key: str, keyword: str, otherwise: Any = None) -> Any:
        """What the context says of a key."""
        found = self._pyld.get_context_value(self._context, key, keyword)
        return otherwise if found is None else found

    def _short_by_pyld(self, iri: str, vocabulary: bool = False) -> str:
        short: str = self._pyld._compact_iri(self._context, iri, vocab=vocabulary, base="")
        return short

    def _link_by_pyld(self, name: str, value: str, reverse: bool) -> Link:
        node = {"@id": value}
        key = self._pyld._compact_iri(self._context, name, node, vocab=True, reverse=reverse)
        coerced = self._rule(key, "@type")
        many = "@set" in self._rule(key, "@container", ())
        return Link(key, coerced in ("@id", "@vocab"), coerced == "@vocab", many)

    def _literal_by_pyld(self, name: str, datatype: str | None, language: str | None) -> Text:
        kind = {"@type": datatype} if datatype else {"@language": language} if language else {}
        literal = {"@value": "", **kind}
        key = self._pyld._compact_iri(self._context, name, literal, vocab=True)
        container = self._rule(key, "@container", ())
        form = self._pyld._compact_value(self._context, key, literal, {})
        mapped = (language or self._none) if "@language" in container else None
        return Text(key, form if isinstance(form, dict) else None, mapped, "@set" in container)


def _add(node: Node, key: str, value: Any, many: bool) -> None:
    """One value stands alone, unless there may be `many`; several stand in a list."""
    if key not in node:
        node[key] = [value] if many else value
    elif isinstance(node[key], list):
        node[key].append(value)
    else:
        node[key] = [node[key], value]


def _is_plain(context: Node) -> bool:
    return context.keys() <= _PLAIN_CONTEXT and all(
        term
        and term.keys() <= _PLAIN_TERM
        and not term["_term_has_colon"]
        and _PLAIN_CONTAINER.issuperset(term.get("@container", ()))
        for term in context["mappings"].values()
    )
