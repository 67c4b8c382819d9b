"""Bars beside numbers: from zero, within an indicator's scale or the numbers that are shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Bar:
    """Where a bar begins and how long it is, in percent of the room; `zero` is where zero is."""

    begin: float
    length: float
    zero: float


def bars(row: Mapping[str, Any]) -> list[list[Bar | None]]:
    """A bar for each number of a row of a comparison, by state; None for what is no number."""
    numbers = [told["number"] for cell in row["cells"] for told in cell]
    shown = [number for number in numbers if number is not None]
    if not shown:
        return [[None] * len(cell) for cell in row["cells"]]
    low = min(0.0, *shown)
    high = row["highest"] if row["highest"] is not None else max(0.0, *shown)
    return [[_bar(told["number"], low, high) for told in cell] for cell in row["cells"]]


def _bar(number: float | None, low: float, high: float) -> Bar | None:
    if number is None or high <= low:
        return None
    whole = high - low
    begin, end = sorted((min(max(value, low), high) - low) / whole * 100 for value in (0.0, number))
    return Bar(round(begin, 2), round(end - begin, 2), round(-low / whole * 100, 2))
