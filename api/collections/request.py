"""What a request asks of a collection, read and checked."""

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from pyoxigraph import Literal, NamedNode

from api.collections.dates import DATE_FORM, SPAN_FORM, Span, date, span
from api.collections.filters import MAX_TEXT, WORDS, Filter
from api.collections.kinds import Kind, Sort
from api.problems import Problem

Pairs = Sequence[tuple[str, str]]

LIMIT, MAX_LIMIT, MAX_ROWS = 50, 500, 10_000
"""Members of a page, if nothing is said; at most; and rows of a table, either way."""
MAX_PAIRS, MAX_BYTES = 100, 4000
"""Of the parameters: links repeat them, and clients take only so much of headers."""
ONCE = ("sort", "limit", "after", "as_of", "fields", "format")
SHOWN = 60
"""Characters of a wrong value that are told back."""


class Cursor(NamedTuple):
    """Where a page ended: the sort key of its last member, None for none, and its IRI.

    `seen` is how many members there were until then, for people to know where they are.
    """

    key: str | None
    iri: str
    seen: int

    def written(self, sort: str) -> str:
        """As it stands in an address; it is of use with the same sort alone."""
        content = json.dumps([sort, *self], separators=(",", ":"), ensure_ascii=False)
        return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request for members of a collection. Values of one filter are alternatives.

    `pairs` are its parameters as they stand in an address, without `after`.
    """

    kind: Kind
    terms: tuple[tuple[Filter, tuple[NamedNode | Literal, ...]], ...]
    texts: tuple[str, ...]
    periods: tuple[Span, ...]
    as_of: Span | None
    sort: Sort
    descending: bool
    columns: tuple[str, ...]
    limit: int
    after: Cursor | None
    pairs: tuple[tuple[str, str], ...]

    @property
    def order(self) -> str:
        """The sort key as it stands in an address: `-date` for the latest first."""
        return ("-" if self.descending else "") + self.sort.name

    def values(self, name: str) -> list[str]:
        """The values that a parameter was given."""
        return [value for key, value in self.pairs if key == name]

    def address(self, after: Cursor | None = None, /, **instead: str) -> str:
        """The path of a page of the same; `instead` replaces parameters, "" leaves them out."""
        pairs = [pair for pair in self.pairs if pair[0] not in instead]
        pairs += [(name, value) for name, value in instead.items() if value]
        pairs += [("after", after.written(self.order))] if after else []
        return f"/{self.kind.name}" + (f"?{urlencode(pairs, safe=',:/')}" if pairs else "")


def names(kind: Kind) -> list[str]:
    """The parameters that a collection takes."""
    dates = [*(["period"] if kind.period else []), *(["as_of"] if kind.as_of else [])]
    own = [narrowed.name for narrowed in kind.filters]
    return [*own, *dates, "q", "sort", "fields", "limit", "after", "format"]


def pairs(query: bytes) -> list[tuple[str, str]]:
    """The parameters of an address; those left empty, as by a form, count as not given."""
    try:
        if len(query) > MAX_BYTES:
            raise ValueError
        return parse_qsl(query.decode("ascii"), errors="strict", max_num_fields=MAX_PAIRS)
    except (UnicodeDecodeError, ValueError):
        bounds = f"at most {MAX_PAIRS} of them, and {MAX_BYTES:,} bytes"
        detail = f"The parameters are percent-encoded UTF-8: {bounds}."
        raise Problem("request-malformed", detail) from None


def read(kind: Kind, given: Pairs, *, table: bool) -> Wanted:
    """The request; a `Problem` that says what is allowed where it cannot be read.

    A `table` is long unless it is limited.
    """
    _check_names(kind, given)
    as_of, after = _one(given, "as_of"), _one(given, "after")
    sort, descending = _sort(kind, _one(given, "sort"))
    return Wanted(
        kind=kind,
        terms=tuple(_terms(kind, given)),
        texts=tuple(_text(value) for value in _all(given, "q")),
        periods=tuple(_span(value) for value in _all(given, "period")),
        as_of=_date(as_of) if as_of else None,
        sort=sort,
        descending=descending,
        columns=_columns(kind, _one(given, "fields")),
        limit=_limit(_one(given, "limit"), table=table),
        after=_cursor(after, ("-" if descending else "") + sort.name, sort) if after else None,
        pairs=tuple(pair for pair in given if pair[0] != "after"),
    )


def _check_names(kind: Kind, given: Pairs) -> None:
    known = names(kind)
    for name, _ in given:
        if name not in known:
            raise _wrong(f"There is no parameter `{name[:SHOWN]}` of /{kind.name}.", known)
    for name in ONCE:
        if len(_all(given, name)) > 1:
            raise Problem("request-malformed", f"`{name}` is given once.")


def _terms(kind: Kind, given: Pairs) -> list[tuple[Filter, tuple[NamedNode | Literal, ...]]]:
    found = []
    for narrowed in kind.filters:
        if values := _all(given, narrowed.name):
            found.append((narrowed, tuple(_term(narrowed, value) for value in values)))
    return found


def _term(narrowed: Filter, value: str) -> NamedNode | Literal:
    form = narrowed.form
    if len(value) <= MAX_TEXT and re.fullmatch(form.pattern, value):
        return form.term(value)
    more = {"allowed": list(form.values)} if form.values else {}
    detail = f"`{narrowed.name}` is {form.said}; not `{value[:SHOWN]}`."
    raise Problem("request-malformed", detail, more=more)


def _text(value: str) -> str:
    if len(value) <= MAX_TEXT and re.fullmatch(WORDS, value):
        return value
    raise Problem("request-malformed", f"`q` is a text of up to {MAX_TEXT} characters.")


def _span(value: str) -> Span:
    try:
        return span(value)
    except ValueError:
        raise Problem("request-malformed", f"`period` is {SPAN_FORM}.") from None


def _date(value: str) -> Span:
    try:
        return date(value)
    except ValueError:
        raise Problem("request-malformed", f"`as_of` is {DATE_FORM}.") from None


def _sort(kind: Kind, value: str) -> tuple[Sort, bool]:
    name, descending = value.removeprefix("-"), value.startswith("-")
    for sort in kind.sorts:
        if sort.name == name or not value:
            return sort, descending
    known = [sort.name for sort in kind.sorts]
    raise _wrong(f"`{value[:SHOWN]}` is no sort key; a `-` before one turns it round.", known)


def _columns(kind: Kind, value: str) -> tuple[str, ...]:
    """Those named, in that order, each with what is said of a thing that it names."""
    found: dict[str, None] = {}
    for name in value.split(",") if value else ():
        columns = [key for key in kind.columns if key == name or key.startswith(name + ".")]
        if not columns:
            raise _wrong(f"There is no field `{name[:SHOWN]}` of /{kind.name}.", kind.columns)
        found |= dict.fromkeys(columns)
    return tuple(found) or kind.columns


def _limit(value: str, *, table: bool) -> int:
    """How many members at most; a page that is no table has its own bound beside."""
    if not value:
        return MAX_ROWS if table else LIMIT
    if re.fullmatch("[1-9][0-9]{0,4}", value) and int(value) <= MAX_ROWS:
        return int(value) if table else min(int(value), MAX_LIMIT)
    raise Problem("request-malformed", f"`limit` is a number from 1 to {MAX_ROWS:,}.")


def _cursor(value: str, order: str, sort: Sort) -> Cursor:
    try:
        content = json.loads(base64.b64decode(value + "=" * (-len(value) % 4), b"-_", True))
        made_for, key, iri, seen = content
        _check_key(key, sort)
        if made_for == order and isinstance(seen, int) and 0 <= seen < 10**9:
            return Cursor(key, NamedNode(iri).value, seen)
    except (binascii.Error, ValueError, TypeError, RecursionError):
        pass
    detail = "`after` is what the link to the next page holds, for the same `sort`."
    raise Problem("request-malformed", detail)


def _check_key(key: object, sort: Sort) -> None:
    if key is not None and not isinstance(key, str):
        raise TypeError(key)
    (key or "").encode()  # half a pair of surrogates is no text
    if key and sort.how == "number" and not re.fullmatch(r"-?[0-9]{1,30}(\.[0-9]{1,30})?", key):
        raise ValueError(key)


def _wrong(detail: str, allowed: Sequence[str]) -> Problem:
    """A problem that lists what would have been right."""
    said = f"{detail} Allowed: {', '.join(allowed)}."
    return Problem("request-malformed", said, more={"allowed": list(allowed)})


def _all(given: Pairs, name: str) -> list[str]:
    return list(dict.fromkeys(value for key, value in given if key == name))


def _one(given: Pairs, name: str) -> str:
    return next(iter(_all(given, name)), "")
