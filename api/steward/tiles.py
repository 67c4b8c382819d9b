"""A map of tiles: one of the same size for each state, about where it lies.

Borders on a map would hide the small states, of which least is known, and take sides where borders
are disputed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

_PLACES = """
ISL  .   .  NOR SWE FIN  .   .   .   .
 .   .   .   .   .  EST  .   .   .   .
IRL GBR  .  DNK  .  LVA RUS  .   .   .
 .   .  NLD DEU POL LTU  .   .   .   .
 .   .  BEL LUX CZE SVK UKR  .   .   .
 .  FRA CHE LIE AUT HUN ROU MDA  .   .
 .  AND MCO ITA SVN HRV SRB BGR GEO AZE
PRT ESP  .  SMR  .  BIH MNE MKD TUR ARM
 .   .   .  MLT  .  ALB GRC  .  CYP  .
"""
"""Where the members of the Council of Europe lie."""
_GRID = [line.split() for line in _PLACES.strip().splitlines()]
_AT = {code: (x, y) for y, line in enumerate(_GRID) for x, code in enumerate(line)}
WIDTH = len(_GRID[0])

STEPS = (0, 50, 60, 70, 80, 90, 100)
"""From how many percent on a tile has the next colour; the last is the end."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A state in its column and row; `step` is the number of its colour."""

    x: int
    y: int
    iso3: str
    name: str
    percent: int
    step: int


@dataclass(frozen=True, slots=True)
class Map:
    """The tiles, and how many columns and rows they take."""

    tiles: Sequence[Tile]
    width: int
    height: int


def drawn(states: Sequence[Mapping[str, Any]]) -> Map:
    """States by their scores; those without a place stand in rows of their own beneath."""
    elsewhere = [state["iso3"] for state in states if state["iso3"] not in _AT]
    beneath = {
        iso3: (number % WIDTH, len(_GRID) + 1 + number // WIDTH)
        for number, iso3 in enumerate(elsewhere)
    }
    places = _AT | beneath
    tiles = [_tile(state, *places[state["iso3"]]) for state in states]
    return Map(tiles, WIDTH, max((tile.y for tile in tiles), default=0) + 1)


def _tile(state: Mapping[str, Any], x: int, y: int) -> Tile:
    percent = round(state["score"] * 100)
    step = sum(percent >= least for least in STEPS[1:-1])
    return Tile(x, y, state["iso3"], state["name"], percent, step)


def legend() -> list[str]:
    """What the colours stand for, in order."""
    *steps, last = pairwise(STEPS)
    return [*(f"{least}–{end - 1}" for least, end in steps), f"{last[0]}–{last[1]}"]
