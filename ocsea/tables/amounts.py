"""Numbers that a source states in its text: budgets, and figures with what they measure."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pyoxigraph import Literal, NamedNode, Triple

from ocsea import ids, vocabulary
from ocsea.namespaces import term
from ocsea.records import Pair, facts, record
from ocsea.rows import Row
from ocsea.tables.cells import NOTE, Context, mapped, one_of, one_ref, refs, required, span
from ocsea.values import decimal, english, integer

_QUALIFIERS = {
    name: ids.thing("code", name)
    for name in ("exact", "approximately", "more-than", "at-least", "up-to", "less-than", "range")
}
_PAID = ("initiative", "body", "alliance", "tool")
_AREAS = ("state", "entity", "area", "body")
# What is measured or computed has fractions; everything else is counted in whole numbers.
_FRACTIONAL = ("percent", "ratio", "euro", "us-dollar", "hours", "years", "points")


@dataclass(frozen=True)
class Period:
    """What a figure is about in time: a calendar year, or another span with its two ends."""

    begin: Literal
    end: Literal

    @property
    def value(self) -> Literal | NamedNode:
        """The year as such, or the resource of a span."""
        if self.begin == self.end and _is_year(self.begin):
            return self.begin
        return ids.period(self.begin.value, self.end.value)

    @property
    def key(self) -> str:
        """How the period is written in IRIs and labels: `2019`, `2014-2019`."""
        return ids.key(ids.period(self.begin.value, self.end.value))


def budget(context: Context, row: Row) -> Iterator[Triple]:
    """An amount of money for an initiative or the like, as one source gives it."""
    paid = row.take_as("initiative", one_ref(*_PAID))
    amount, currency = row.take_as("amount", decimal), row.take_as("currency", _currency)
    begin, end = span(row)
    since = begin.value if begin else ""
    money = ids.budget(paid, amount.value, currency, since, context.source.stem)
    yield from record(
        money,
        "ocsea:Budget",
        f"{context.names.of(paid)}: {currency} {Decimal(amount.value):,f}",
        ("ocsea:amount", amount),
        ("ocsea:currency", currency),
        ("ocsea:begin", begin),
        ("ocsea:end", end),
        ("ocsea:qualifier", _qualifier(row)),
        ("ocsea:statedValue", row.take_as("stated", required)),
        *mapped(row, NOTE),
        ("dcterms:source", context.cite(row)),
    )
    yield from facts(paid, ("ocsea:budget", money))


def figure(context: Context, row: Row) -> Iterator[Triple]:
    """A statistic: its observation, what it observes, and the period where that is not a year."""
    indicator, label = row.take_as("indicator", _indicator), row.take_as("label", required)
    unit, cites, period = row.take_as("unit", required), context.cite(row), _period(row)
    area = row.take_as("area", one_ref(*_AREAS))
    dataset = ids.thing("dataset", f"{context.source.stem}-figures")
    kind, read = ("Decimal", decimal) if unit in _FRACTIONAL else ("Integer", integer)
    yield from record(
        ids.figure(indicator, area, period.key, context.source.stem),
        "qb:Observation",
        f"{context.names.of(area)}: {label}, {period.key}",
        ("qb:dataSet", dataset),
        ("ocsea:indicator", indicator),
        ("sdmx-dimension:refArea", area),
        ("sdmx-dimension:refPeriod", period.value),
        *_numbers(row, read),
        ("ocsea:population", row.take_optional("population", english)),
        ("ocsea:statedValue", row.take_as("stated", required)),
        *mapped(row, NOTE),
        ("dcterms:source", cites),
    )
    yield from vocabulary.measure(
        ids.key(indicator),
        label,
        ("skos:definition", row.take_as("definition", lambda text: english(required(text)))),
        ("ocsea:unit", ids.thing("unit", unit)),
        ("ocsea:valueKind", term(f"ocsea:{kind}Value")),
        ("ocsea:measuredBy", row.take_optional("measured_by", refs())),
        ("dcterms:source", cites),
    )
    yield from vocabulary.cube(dataset, f"Figures stated in {context.source.about['title']}", cites)
    yield from _span_of(period, cites)


def _numbers(row: Row, read: Callable[[str], Literal]) -> list[Pair]:
    """The value, or the two bounds of a range, and how exactly they are meant."""
    value, lower, upper = (row.take_optional(name, read) for name in ("value", "lower", "upper"))
    qualifier = _qualifier(row)
    if (value is None) == (lower is None) or (lower is None) != (upper is None):
        raise row.error("value", "give either a value, or the two bounds of a range")
    if (qualifier == _QUALIFIERS["range"]) != (value is None):
        raise row.error("qualifier", "'range' and two bounds go together: correct one of them")
    if lower and upper and Decimal(lower.value) >= Decimal(upper.value):
        raise row.error("lower", "is not below the upper bound: correct one of the two")
    return [
        ("sdmx-measure:obsValue", value),
        ("ocsea:lowerBound", lower),
        ("ocsea:upperBound", upper),
        ("ocsea:qualifier", qualifier),
    ]


def _qualifier(row: Row) -> NamedNode:
    read = one_of(_QUALIFIERS)
    return row.take_as("qualifier", lambda text: read(text or "exact"))


def _period(row: Row) -> Period:
    begin, end = span(row)
    if begin is None:
        why = "a figure needs a period: where the source gives none, the year of its statement"
        raise row.error("begin", why)
    if end is None and not _is_year(begin):
        raise row.error("end", "only a year can stand alone: give the end of the period as well")
    return Period(begin, end or begin)


def _is_year(date: Literal) -> bool:
    return len(date.value) == len("2019")


def _span_of(period: Period, cites: Sequence[NamedNode]) -> Iterator[Triple]:
    if isinstance(period.value, NamedNode):
        yield from record(
            period.value,
            "ocsea:Period",
            " to ".join(dict.fromkeys([period.begin.value, period.end.value])),
            ("ocsea:begin", period.begin),
            ("ocsea:end", period.end),
            ("dcterms:source", cites),
        )


def _indicator(slug: str) -> NamedNode:
    return ids.ref(f"indicator/{slug}")


def _currency(code: str) -> str:
    if not re.fullmatch("[A-Z]{3}", code):
        raise ValueError("not a currency: write its code of three capital letters, such as EUR")
    return code
