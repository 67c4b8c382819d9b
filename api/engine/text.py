"""Reading SPARQL text as tokens, for what the store's own parser does not tell.

The store has no switch for `SERVICE`, so the keyword is looked for here and refused with its place.
This reader makes the message; that no call can leave is held by the worker's limits.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

TOKEN = re.compile(
    r"""
    (?P<skip>\s+|\#[^\r\n]*)
  | (?P<string>\"{3}(?:\"{0,2}(?:[^\"\\]|\\.))*\"{3} | '{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
      | \"(?:[^\"\\\r\n]|\\.)*\" | '(?:[^'\\\r\n]|\\.)*')
  | (?P<iri><(?:[^<>\"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
  | (?P<variable>[?$]\w+)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<name>(?:_|[^\W\d_][\w.\-]*)?:(?:[\w:.\-%]|\\.)*)
  | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
  | (?P<word>[^\W\d]\w*)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
QUERY_FORMS = {"SELECT", "CONSTRUCT", "DESCRIBE", "ASK"}
UPDATE_FORMS = {
    *("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"),
}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query; `kind` is the name of the group in `TOKEN` that matched."""

    kind: str
    text: str
    start: int


def tokens(query: str) -> Iterator[Token]:
    """The query's tokens in order, without white space and comments."""
    for match in TOKEN.finditer(query):
        if (kind := match.lastgroup or "") != "skip":
            yield Token(kind, match.group(), match.start())


def place(query: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of a character in the query."""
    before = query[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def service_call(query: str) -> tuple[int, int] | None:
    """Where the query first calls `SERVICE`, or None; text in strings and IRIs is no call."""
    if "service" not in query.lower():
        return None
    for token in tokens(query):
        if token.kind == "word" and "service" in token.text.lower():
            return place(query, token.start)
    return None


def is_update(query: str) -> bool:
    """Whether the text, after its prologue, begins like an update."""
    for token in tokens(query):
        if token.kind == "word" and token.text.upper() in QUERY_FORMS | UPDATE_FORMS:
            return token.text.upper() in UPDATE_FORMS
    return False


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
