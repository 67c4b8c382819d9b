"""Reading SPARQL text as tokens, for what the store's own parser does not tell.

The store has no switch for `SERVICE`, so the keyword is looked for here and refused with its place.
This reader makes the message; that no call can leave is held by the worker's limits. It takes time
in proportion to the text, whatever the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

# PN_CHARS_U and PN_CHARS of the standard, as the inside of a character class.
NAME_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
NAME = NAME_START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"

TOKEN = re.compile(
    rf"""
    (?P<skip>\s+|\#[^\r\n]*)
  | (?P<string>\"{{3}}(?:\"{{0,2}}+(?:[^\"\\]|\\.))*+\"{{3}}
      | '{{3}}(?:'{{0,2}}+(?:[^'\\]|\\.))*+'{{3}}
      | \"(?:[^\"\\\r\n]|\\.)*+\" | '(?:[^'\\\r\n]|\\.)*+')
  | (?P<iri><(?:[^<>\"{{}}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*+>)
  | (?P<variable>[?$][{NAME}]+)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
  | (?P<name>[{NAME_START}][{NAME}.-]*+|(?=:))
  | (?P<broken>\"(?:[^\"\\\r\n]|\\.)*+|'(?:[^'\\\r\n]|\\.)*+)
  | (?P<other><<|>>|.)
    """,
    re.VERBOSE | re.DOTALL,
)
LOCAL = re.compile(rf":(?:[{NAME}:%-]|\\[_~.\-!$&'()*+,;=/?#@%]|\.++(?=[{NAME}:%\\-]))*+")
WORD = re.compile(rf"(?P<word>[{NAME_START}][{NAME}]*)|(?P<other>.)", re.DOTALL)
QUERY_FORMS = {"SELECT", "CONSTRUCT", "DESCRIBE", "ASK"}
UPDATE_FORMS = {
    *("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"),
}
EXPRESSION, PATTERN, CLAUSES = "expression", "pattern", "clauses"
CLOSERS = {")": EXPRESSION, "}": PATTERN, "]": PATTERN, ">>": PATTERN}
OPERANDS = {"string", "iri", "variable", "language", "name", "number"}
PATIENCE = 8
"""How many long strings may turn out to have no end before the rest is not read any more."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query; `kind` is the name of the group in `TOKEN` or `WORD` that matched."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where the next piece may begin."""
        return self.start + len(self.text)


class Surroundings:
    """Which brackets are open around a token: only they tell `<` from the beginning of an IRI.

    `?a<?b&&?c>?d` is a comparison within an expression; between a subject and an object `<` begins
    an IRI. `CLAUSES` is what stands outside of braces: projections, orders, groups.
    """

    def __init__(self) -> None:
        self._open = [CLAUSES]
        self._last = self._before = Token("other", "", 0)

    @property
    def compares(self) -> bool:
        """Whether a `<` that follows is an operator."""
        ended = self._last.kind in OPERANDS or self._last.text in (*CLOSERS, "true", "false")
        return self._open[-1] == EXPRESSION and ended

    def take(self, token: Token) -> None:
        """Go on past a token."""
        if token.kind == "other":
            self._bracket(token.text)
        elif self._open[-1] == PATTERN and _is_word(token, "SELECT", "GROUP", "HAVING", "ORDER"):
            self._open[-1] = CLAUSES
        self._before, self._last = self._last, token

    def _bracket(self, text: str) -> None:
        if text == "(":
            self._open.append(EXPRESSION if self._expects_expression() else PATTERN)
        elif text in ("{", "[", "<<"):
            self._open.append(PATTERN)
        elif text in CLOSERS and len(self._open) > 1:
            self._open.pop()

    def _expects_expression(self) -> bool:
        if self._last.text == "<<":
            return False
        called = self._last.kind in ("name", "iri") and _is_word(self._before, "FILTER")
        keyword = self._last.kind == "word" and self._last.text != "a"
        return self._open[-1] != PATTERN or called or keyword


def tokens(query: str) -> Iterator[Token]:
    """The query's tokens in order, without white space and comments."""
    around, at, endless = Surroundings(), 0, 0
    while match := TOKEN.match(query, at):
        kind, at = match.lastgroup or "", match.end()
        if kind == "skip":
            continue
        if query[match.start()] == "<" and around.compares:
            found, at = [Token("other", "<", match.start())], match.start() + 1
        elif kind == "name":
            found, at = _names(query, match.start(), at)
        elif endless > PATIENCE:
            found, at = [Token("other", query[match.start() :], match.start())], len(query)
        else:
            found = [Token(kind, match.group(), match.start())]
            endless += match.group() in ("''", '""') and query[at : at + 1] == match.group()[0]
        for token in found:
            around.take(token)
            yield token


def _names(query: str, start: int, end: int) -> tuple[list[Token], int]:
    """A prefixed name where a colon follows, else the words in between; and where they end."""
    if local := LOCAL.match(query, end):
        return [Token("name", query[start : local.end()], start)], local.end()
    found = WORD.finditer(query, start, end)
    return [Token(match.lastgroup or "", match.group(), match.start()) for match in found], end


def place(query: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of a character in the query."""
    before = query[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def service_call(query: str) -> tuple[int, int] | None:
    """Where the query first calls `SERVICE`, or None; text in strings and IRIs is no call."""
    if "service" not in query.lower():
        return None
    found = list(tokens(query))
    prefixes = declared(found)
    called = (token for token in found if calls_service(token, prefixes))
    return next((place(query, token.start) for token in called), None)


def declared(found: list[Token]) -> set[str]:
    """The prefixes, with their colon, that are declared among the tokens."""
    return {name.text for word, name in pairwise(found) if _is_word(word, "PREFIX")}


def calls_service(token: Token, prefixes: set[str]) -> bool:
    """Whether the store may read the keyword here, as it does in `trueSERVICE` and `SERVICEe:x`."""
    if "service" not in token.text.lower():
        return False
    prefix = token.text.partition(":")[0] + ":"
    glued = token.kind == "name" and "service" in prefix.lower() and prefix not in prefixes
    return token.kind in ("word", "other") or glued


def is_update(query: str) -> bool:
    """Whether the text, after its prologue, begins like an update."""
    for token in tokens(query):
        if token.kind == "word" and token.text.upper() in QUERY_FORMS | UPDATE_FORMS:
            return token.text.upper() in UPDATE_FORMS
    return False


def may_name_graphs(query: str) -> bool:
    """Whether anything but the default graph of all could be asked for: `GRAPH` or `FROM`."""
    lower = query.lower()
    return "graph" in lower or "from" in lower


@dataclass(frozen=True, slots=True)
class DatasetClause:
    """The graphs of `FROM` and `FROM NAMED` as written, and the prologue they are read under."""

    prologue: str
    default: tuple[str, ...]
    named: tuple[str, ...]


def dataset_clause(query: str) -> DatasetClause | None:
    """The query's `FROM` clauses, or None where it has none."""
    if "from" not in query.lower():
        return None
    found = list(tokens(query))
    form = next((i for i, t in enumerate(found) if _is_word(t, *QUERY_FORMS)), None)
    if form is None:
        return None
    graphs: dict[bool, list[str]] = {False: [], True: []}
    for i in range(form, len(found) - 2):
        if _is_word(found[i], "FROM"):
            named = _is_word(found[i + 1], "NAMED")
            graphs[named].append(found[i + 1 + named].text)
    clause = DatasetClause(query[: found[form].start], tuple(graphs[False]), tuple(graphs[True]))
    return clause if clause.default or clause.named else None


def _is_word(token: Token, *words: str) -> bool:
    return token.kind == "word" and token.text.upper() in words
