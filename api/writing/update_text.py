"""The text of an update as the protocol has it: no `LOAD`, no `SERVICE`, its dataset written in."""

from collections.abc import Iterator, Sequence

from pyoxigraph import NamedNode

from api.engine.text import Token, declared, place, service_call, tokens
from ocsea.changes import NotWritten, Write

OWN_DATASET = {"USING", "WITH"}
OPERATIONS = {
    *("PREFIX", "BASE", "INSERT", "DELETE", "DATA", "WHERE", "LOAD", "CLEAR", "CREATE", "DROP"),
    *("COPY", "MOVE", "ADD", "SILENT", "DEFAULT", "NAMED", "ALL", "GRAPH", "TO", "INTO", "VERSION"),
}


def prepare(text: str, write: Write) -> str:
    """The text to be run: the graphs that the protocol names stand in it as `USING`.

    Raises NotWritten with the line and column of what is not taken.
    """
    if called := load_call(text):
        _refuse("load", "LOAD is not taken here: this server fetches nothing.", called)
    if called := service_call(text):
        _refuse("service", "SERVICE is not answered in an update.", called)
    if not (write.using or write.using_named):
        return text
    clause = " ".join(_clauses(write))
    pieces, at = [], 0
    for offset, insertion in _insertions(text, clause):
        pieces += [text[at:offset], insertion]
        at = offset
    return "".join([*pieces, text[at:]])


def load_call(text: str) -> tuple[int, int] | None:
    """Where the update first calls `LOAD`, or None; text in strings and IRIs is no call."""
    if "load" not in text.lower():
        return None
    found = list(tokens(text))
    prefixes = declared(found)
    called = (token for token in found if _calls_load(token, prefixes))
    return next((place(text, token.start) for token in called), None)


def _calls_load(token: Token, prefixes: set[str]) -> bool:
    """Keywords may be glued to what follows, as in `LOADe:x`."""
    prefix = token.text.partition(":")[0] + ":"
    glued = token.kind == "name" and "load" in prefix.lower() and prefix not in prefixes
    return glued or (token.kind in ("word", "other") and "load" in token.text.lower())


def _refuse(kind: str, detail: str, where: tuple[int, int]) -> None:
    raise NotWritten(kind, detail, line=where[0], column=where[1])


def _clauses(write: Write) -> Iterator[str]:
    for prefix, iris in (("USING", write.using), ("USING NAMED", write.using_named)):
        for iri in iris:
            try:
                yield f"{prefix} {NamedNode(iri)}"
            except ValueError as error:
                raise NotWritten(
                    "malformed", f"a graph of the dataset is no IRI: {error}"
                ) from None


def _insertions(text: str, clause: str) -> Iterator[tuple[int, str]]:
    """What to insert where: the clauses before each `WHERE` that belongs to an operation.

    `DELETE WHERE {…}` becomes `DELETE {…} USING … WHERE {…}`, its pattern standing twice.
    """
    depth, before = 0, ""
    found = list(tokens(text))
    for i, token in enumerate(found):
        depth += (token.text == "{") - (token.text == "}") if token.kind == "other" else 0
        if depth or token.kind != "word":
            continue
        word = token.text.upper()
        if word in OWN_DATASET:
            detail = f"{word} in the update and using-graph-uri beside it contradict each other."
            _refuse("malformed", detail, place(text, token.start))
        if word not in OPERATIONS:
            _refuse("malformed", f"{token.text} may not stand here.", place(text, token.start))
        if word == "WHERE":
            pattern = _pattern(text, found[i + 1 :]) if before == "DELETE" else ""
            yield token.start, f"{pattern} {clause} "
        before = word


def _pattern(text: str, following: Sequence[Token]) -> str:
    """The group in braces that the tokens begin with, as written."""
    depth = 0
    for token in following:
        if token.kind == "other":
            depth += (token.text == "{") - (token.text == "}")
        if depth == 0:
            return text[following[0].start : token.end]
    return ""  # not closed, as the parser will say
