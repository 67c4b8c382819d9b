"""Dates as precise as they are known: a year is all of its days, a month all of its.

A fact's date and the date that is asked for are both spans of days. What is dated `2015` has begun
on the first day of 2015 and is over after its last.
"""

import calendar
import re
from dataclasses import dataclass

from pyoxigraph import Literal

_DATE = r"(?!0000)[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"
DATE = re.compile(_DATE)
SPAN = re.compile(rf"(?P<whole>{_DATE})|(?P<first>{_DATE}|\.\.)/(?P<last>{_DATE}|\.\.)")
SPAN_PATTERN = rf"{_DATE}|(?:{_DATE}|\.\.)/(?:{_DATE}|\.\.)"
DATE_FORM = "a year, month or day: `2015`, `2015-07` or `2015-07-01`"
SPAN_FORM = f"{DATE_FORM}; or two with a slash between: `2015/2019`, `../2015`, `2015/..`"


@dataclass(frozen=True, slots=True)
class Span:
    """From one day to another, `2015-01-01` to `2015-12-31`; None where it is open."""

    first: str | None
    last: str | None


def date(text: str) -> Span:
    """A year, month or day as the span that it is; ValueError where it is none."""
    if not DATE.fullmatch(text):
        raise ValueError(text)
    year, month, day = (*map(int, text.split("-")), 0, 0)[:3]
    longest = calendar.monthrange(year, month or 12)[1]
    if day > longest:
        raise ValueError(text)
    return Span(f"{text}-01-01"[:10], f"{year:04}-{month or 12:02}-{day or longest:02}")


def span(text: str) -> Span:
    """A date, or what lies between two; ValueError where it is neither."""
    found = SPAN.fullmatch(text)
    if not found:
        raise ValueError(text)
    if found["whole"]:
        return date(text)
    first = None if found["first"] == ".." else date(found["first"]).first
    last = None if found["last"] == ".." else date(found["last"]).last
    if first and last and first > last:
        raise ValueError(text)
    return Span(first, last)


def begun(variable: str, when: Span) -> str:
    """The SPARQL condition that what begins on a date has begun at the end of a span.

    Dates are compared as text: what is less precise is shorter, and comes before its own days.
    """
    return "true" if when.last is None else f"STR({variable}) <= {Literal(when.last)}"


def over(variable: str, when: Span) -> str:
    """The SPARQL condition that the last day of a date is before a span."""
    if when.first is None:
        return "false"
    first = Literal(when.first)
    return f"(STR({variable}) < {first} && !STRSTARTS({first}, STR({variable})))"
