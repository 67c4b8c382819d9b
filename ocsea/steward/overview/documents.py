"""What is known of states, and states side by side: as documents for programs, and as tables."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from typing import Any

from ocsea.namespaces import ID
from ocsea.steward.difference.known import Cited
from ocsea.steward.overview.comparison import Comparison, Row, Told
from ocsea.steward.overview.completeness import FORMULA, OUTCOMES, Cell, Completeness, Matrix, Step
from ocsea.steward.overview.standing import ACTIONS, INDICATORS, STATUSES
from ocsea.steward.sheets.topics import Template

TOPICS = (STATUSES, ACTIONS, INDICATORS)
"""In the order in which people ask: who has promised, by which act, and what came of it."""

Document = dict[str, Any]
"""What goes into JSON."""


def about(matrix: Matrix, topic: str) -> Matrix:
    """What is known of one topic alone: scores and counts are then of that."""
    rows = (
        replace(row, cells=tuple(c for c in row.cells if c.expectation.topic == topic))
        for row in matrix.rows
    )
    expectations = (asked for asked in matrix.expectations if asked.topic == topic)
    return Matrix(matrix.release, tuple(expectations), tuple(row for row in rows if row.cells))


def everything(matrix: Matrix) -> Document:
    """All states against all that is expected, by topic."""
    present = matrix.present()
    asked = sorted(matrix.expectations, key=lambda one: TOPICS.index(one.topic))
    return {
        "release": matrix.release,
        "formula": FORMULA,
        "outcomes": OUTCOMES,
        "expectations": [asdict(one) | {"present": present[one]} for one in asked],
        "states": [_state(matrix, row) for row in matrix.rows],
    }


def _state(matrix: Matrix, row: Completeness) -> Document:
    return {
        "state": row.state,
        "iso3": row.iso3,
        "name": row.name,
        "score": round(row.score, 4),
        "counts": row.counts,
        "cells": [_cell(cell) for cell in sorted(row.cells, key=_topic)],
        "steps": [_step(step) for step in matrix.steps(row.iso3)],
    }


def _topic(cell: Cell) -> int:
    return TOPICS.index(cell.expectation.topic)


def _cell(cell: Cell) -> Document:
    """`key` is that of the expectation."""
    said = {"outcome": cell.outcome, "value": cell.value, "date": cell.date, "record": cell.record}
    return {"key": cell.expectation.key, **said, "sources": _cited(cell.sources)}


def _cited(places: Iterable[Cited]) -> list[Document]:
    return [{"locator": p.locator, "source": p.source, "place": p.place} for p in places]


def _step(step: Step) -> Document:
    key, outcome = step.cell.expectation.key, step.cell.outcome
    return {"key": key, "outcome": outcome, "elsewhere": step.elsewhere, "advice": step.advice}


def of_state(document: Document, iso3: str) -> Document | None:
    """One state out of all, with what is expected of it; None where that is nothing.

    `among` is of how many states something is expected.
    """
    found = [state for state in document["states"] if state["iso3"] == iso3.upper()]
    keys = {cell["key"] for state in found for cell in state["cells"]}
    expected = [asked for asked in document["expectations"] if asked["key"] in keys]
    among = len(document["states"])
    return (
        {**document, "expectations": expected, "states": found, "among": among} if found else None
    )


def beyond(made: Template) -> Document:
    """The same of a state of which nothing is expected; `facts` is whether there are any."""
    facts = any(table.lines for table in made.tables)
    state: Document = {"state": f"{ID}state/{made.iso3}", "iso3": made.iso3, "name": made.name}
    counts = dict.fromkeys(OUTCOMES, 0)
    state |= {"score": None, "counts": counts, "cells": [], "steps": [], "facts": facts}
    head = {"release": made.release, "formula": FORMULA, "outcomes": OUTCOMES}
    return {**head, "expectations": [], "states": [state], "among": 0}


def side_by_side(compared: Comparison) -> Document:
    """States in their order; each row has a cell for each, and in it what is said, newest first."""
    return {
        "release": compared.release,
        "states": [{"iso3": iso3, "name": name} for iso3, name in compared.states],
        "rows": [_row(row) for row in sorted(compared.rows, key=lambda r: r.topic == INDICATORS)],
    }


def differing(document: Document) -> Document:
    """The rows alone in which the newest values are not the same for all states."""
    return {**document, "rows": [row for row in document["rows"] if row["differs"]]}


def heading(row: Document) -> str:
    """What a row compares, in words: what is said of it, or the unit unless the name has it."""
    more = {STATUSES: "status", ACTIONS: "act"}.get(row["topic"], row["unit"])
    return row["name"] if more in ("code", "") or more in row["name"] else f"{row['name']}, {more}"


def _row(row: Row) -> Document:
    cells = [[_told(told) for told in cell] for cell in row.cells]
    return {**asdict(row), "differs": row.differs, "cells": cells}


def _told(told: Told) -> Document:
    return {**asdict(told), "sources": _cited(told.sources)}


def completeness_table(document: Document) -> Iterator[tuple[str, ...]]:
    """The rows of a table, its heading first: one for each state and thing expected of it."""
    yield ("state", "iso3", "topic", "expected", "name", "outcome", "value", "date", "sources")
    expected = {asked["key"]: asked for asked in document["expectations"]}
    for state in document["states"]:
        for cell in state["cells"]:
            asked = expected[cell["key"]]
            said = (cell["outcome"], cell["value"], cell["date"], places(cell))
            yield (state["name"], state["iso3"], asked["topic"], cell["key"], asked["name"], *said)


def comparison_table(document: Document) -> Iterator[tuple[str, ...]]:
    """The rows of a table, its heading first: one for each value of each state."""
    yield ("state", "iso3", "topic", "about", "name", "value", "unit", "date", "sources")
    for row in document["rows"]:
        for state, cell in zip(document["states"], row["cells"], strict=True):
            for told in cell:
                asked = (row["topic"], row["about"], row["name"])
                said = (told["value"], row["unit"], told["date"], places(told))
                yield (state["name"], state["iso3"], *asked, *said)


def places(said: Document) -> str:
    """The places that a cell cites, as text."""
    return " | ".join(str(Cited(**place, label="")) for place in said["sources"])
