"""The competency questions: what each asks, and whether a change can touch its answer."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyoxigraph import Literal, NamedNode, QuerySolutions, Store, Triple

from ocsea.namespaces import ID, PREFIXES, RDF_TYPE, shorten, term

Row = tuple[str, ...]
_TOKEN = re.compile(
    r"""(?P<skip>\s+|\#[^\n]*)
    |(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<iri><[^<>"{}|^`\\\s]*>)
    |(?P<variable>[?$]\w+)
    |(?P<name>(?:[A-Za-z][\w-]*)?:(?:(?:[\w-]|\\.)+(?:\.[\w-]+)*)?)
    |(?P<word>@?[A-Za-z_][\w-]*)
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
_THINGS = frozenset({"iri", "name"})
_TERMS = _THINGS | {"variable", "text", "number"}
_LISTING = frozenset({"SELECT", "GROUP", "ORDER", "HAVING", "VALUES", "LIMIT", "OFFSET"})
_AUDITED = {term(f"ocsea:{name}") for name in ("Discrepancy", "DisputedClaim", "hasDiscrepancy")}


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


@dataclass(frozen=True)
class Question:
    """A question as its file asks it.

    `names` are the IRIs that it speaks of. It `is_open` where it may match any triple whatever,
    `is_open_to_types` where it may match what any thing is. It `is_apart` where it asks for graphs
    or for what the audit finds, which the merge of the facts does not tell.
    """

    name: str
    text: str
    query: str
    names: frozenset[NamedNode]
    is_open: bool
    is_open_to_types: bool
    is_apart: bool

    def may_match(self, triples: Iterable[Triple]) -> bool:
        """Whether one of the triples can be part of a match, so that the answer may depend on it.

        Never False where it can: a pattern has its property's name in it or is open, and a pattern
        with a class has the class in it or is open to types.
        """
        return self.is_open or any(self._names(triple) for triple in triples)

    def _names(self, triple: Triple) -> bool:
        if triple.predicate == RDF_TYPE:
            return self.is_open_to_types or triple.object in self.names
        return triple.predicate in self.names

    def ask(self, store: Store) -> tuple[Row, Counter[Row]]:
        """The columns of the answer and its rows, as `queries/README.md` writes their cells."""
        answer = store.query(self.query)
        assert isinstance(answer, QuerySolutions)
        columns = tuple(variable.value for variable in answer.variables)
        return columns, Counter(tuple(_written(value) for value in row) for row in answer)


@cache
def question(path: Path) -> Question:
    """The question in a file, which opens with `# question:`."""
    query = path.read_text(encoding="utf-8")
    header = re.match(r"# question: (.+(?:\n#   .+)*)", query)
    tokens = [t for t in _tokens(query) if t.kind != "skip"]
    names = frozenset(_names(tokens))
    words = {token.text.upper() for token in tokens if token.kind == "word"}
    return Question(
        name=path.stem,
        text=header[1].replace("\n#   ", " ") if header else path.stem,
        query=query,
        names=names,
        is_open=_is_open(tokens),
        is_open_to_types=RDF_TYPE in names or _is_open_to_types(tokens),
        is_apart=bool(names & _AUDITED or words & {"GRAPH", "FROM"}),
    )


def _tokens(query: str) -> Iterator[_Token]:
    for found in _TOKEN.finditer(query):
        yield _Token(str(found.lastgroup), found[0])


def _names(tokens: Sequence[_Token]) -> Iterator[NamedNode]:
    prefixes = {}
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if before.text.upper() == "PREFIX":
            prefixes[token.text.removesuffix(":")] = after.text[1:-1]
    for token in tokens:
        prefix, _, local = token.text.partition(":")
        if token.kind == "name" and prefix in prefixes:
            yield NamedNode(prefixes[prefix] + local.replace("\\", ""))
        elif token.kind == "iri":
            yield NamedNode(token.text[1:-1])


def _is_open(tokens: Sequence[_Token]) -> bool:
    """Whether a property is a variable, is named by what it is not, or may be left out.

    `*` and `?` behind a property let a thing lead to itself.
    """
    return any(
        _is_variable_property(before, token, after)
        or (token.text in ("*", "?") and (before.kind in _THINGS or before.text in (")", "a")))
        or (token.text == "!" and after.text != "=" and after.kind != "word")
        for before, token, after in _around(tokens)
    )


def _is_variable_property(before: _Token, token: _Token, after: _Token) -> bool:
    if token.kind != "variable":
        return False
    led = before.kind in _TERMS or before.text in (";", "]", "[", "()")
    return led and (after.kind in _TERMS or after.text in ("[", "(", "true", "false"))


def _is_open_to_types(tokens: Sequence[_Token]) -> bool:
    """Whether `a` stands in a path, or before anything but the one class that is meant."""
    for before, token, after, last in zip(
        tokens, tokens[1:], tokens[2:], [*tokens[3:], _Token("", "")], strict=False
    ):
        if token == _Token("word", "a"):
            path = before.text in ("^", "/", "|", "(")
            if path or after.kind not in _THINGS or last.text == ",":
                return True
    return False


def _around(tokens: Sequence[_Token]) -> Iterator[tuple[_Token, _Token, _Token]]:
    """Each token of a pattern between its neighbours, without the lists of variables.

    A closing parenthesis that may end a subject is told as `()`.
    """
    nothing = _Token("", "")
    before, opened, listing = nothing, list[bool](), False
    for token, after in zip(tokens, [*tokens[1:], nothing], strict=True):
        if token.kind == "word" and token.text.upper() in _LISTING:
            listing = True
        elif token.text in ("{", "}"):
            listing = False
        if token.text == "(":
            opened.append(before.text in ("", ".", "{", "}"))
        if not listing:
            yield before, token, after
        closes_list = token.text == ")" and opened and opened.pop()
        before = _Token("sign", "()") if closes_list else token


def _written(value: object) -> str:
    if isinstance(value, Literal):
        return value.value
    if isinstance(value, NamedNode):
        return shorten(value.value).removeprefix("id/")
    return "" if value is None else str(value)


def iri_of(cell: str) -> NamedNode | None:
    """The IRI that a cell is the short form of; None for other text."""
    if re.fullmatch(r"[a-z-]+:\w+", cell) and cell.partition(":")[0] in PREFIXES:
        return term(cell)
    return NamedNode(ID + cell) if re.fullmatch(r"[a-z]+(/[A-Za-z0-9._-]+)+", cell) else None
