"""RDF terms from printed values, exact and only as precise as what was printed."""

import datetime
import re
from decimal import Decimal

from pyoxigraph import Literal, NamedNode

from ocsea.namespaces import term

Value = NamedNode | Literal | str | int | Decimal | None

_DATE_KINDS = (
    (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "%Y-%m-%d", "xsd:date"),
    (re.compile(r"[0-9]{4}-[0-9]{2}"), "%Y-%m", "xsd:gYearMonth"),
    (re.compile(r"[0-9]{4}"), "%Y", "xsd:gYear"),
)


def date(text: str) -> Literal:
    """`2008-02-05`, `2021-04` or `2015` as xsd:date, xsd:gYearMonth or xsd:gYear.

    Raises ValueError for anything else, and for days that do not exist.
    """
    for pattern, layout, datatype in _DATE_KINDS:
        if pattern.fullmatch(text) and _exists(text, layout):
            return Literal(text, datatype=term(datatype))
    raise ValueError("not a date: write it as 2008-02-05, 2008-02 or 2008")


def _exists(text: str, layout: str) -> bool:
    try:
        datetime.datetime.strptime(text, layout)
    except ValueError:
        return False
    return True


def english(text: str) -> Literal:
    """A label, heading, definition or note in English."""
    return Literal(text, language="en")


def integer(text: str) -> Literal:
    """A whole number as printed, with or without thousands separators: `17,545` → 17545."""
    if not re.fullmatch(r"-?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)", text):
        raise ValueError("not a whole number: write it as 17545 or 17,545")
    return Literal(text.replace(",", ""), datatype=term("xsd:integer"))


def decimal(text: str) -> Literal:
    """A decimal number as printed: `59.4`, `-4.15`; written canonically, so `51.0` becomes 51.

    The store knows values, not spellings, so that dump and answers spell them alike; how the
    source printed one stays in `ocsea:statedValue`.
    """
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        raise ValueError("not a decimal number: write it as 59.4")
    return Literal(f"{Decimal(text).normalize() + 0:f}", datatype=term("xsd:decimal"))


def percent(text: str) -> Literal:
    """A percentage as printed, in percent: `0.10%` → 0.10."""
    if not text.endswith("%"):
        raise ValueError("not a percentage: write it as 0.10%")
    return decimal(text.removesuffix("%"))


def as_term(value: Value) -> NamedNode | Literal:
    """The RDF term of a plain Python value; a string becomes an xsd:string."""
    if isinstance(value, NamedNode | Literal):
        return value
    if isinstance(value, str):
        return Literal(value)
    if isinstance(value, int):
        return Literal(str(value), datatype=term("xsd:integer"))
    if isinstance(value, Decimal):
        return Literal(str(value), datatype=term("xsd:decimal"))
    raise TypeError(f"no RDF term for {value!r}")
