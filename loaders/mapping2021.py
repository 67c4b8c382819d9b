"""The Council of Europe's 2021 baseline mapping: what Figs. 1 to 7 say of each member state."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from ocsea import ids, tables, vocabulary
from ocsea.namespaces import term
from ocsea.records import Pair, facts, record
from ocsea.rows import Row
from ocsea.sources import Source
from ocsea.values import date, decimal, english, integer, percent

Texts = dict[str, str]
Column = dict[str, Any]

_STATUSES = {"✓": "Party", "SIGNED": "Signatory", "": "NotListed"}
_WORDS = {"Party": "party", "Signatory": "signatory", "NotListed": "not listed"}
_READERS = {"integer": integer, "decimal": decimal, "percent": percent}


@dataclass(frozen=True)
class Cell:
    """A cell: `column` is the yml's word on it, `name` its row's area, `place` its locator."""

    row: Row
    key: str
    column: Column
    name: str
    area: NamedNode
    place: NamedNode


def load(source: Source) -> Iterator[Triple]:
    """The vocabulary of the figures, then each figure cell by cell."""
    notes = _texts(source, "footnotes.csv", "place", "note")
    labels = _texts(source, "indicators.csv", "identifier", "label")
    yield from _vocabulary(source, notes)
    for place in source.about["figures"]:
        yield from load_place(source, place, notes)
        for cell in _cells(source, place):
            if "indicator" in cell.column:
                yield from load_observation(source, cell, labels, notes)
            else:
                yield from load_status(source, cell)
    yield from tables.load(source)


def _vocabulary(source: Source, notes: Texts) -> Iterator[Triple]:
    yield from vocabulary.dataset(source, source.about["dataset"], [source.about["chapter"]])
    yield from vocabulary.concepts(source)
    for row in source.rows("indicators.csv"):
        yield from load_indicator(source, row, notes)


def load_indicator(source: Source, row: Row, notes: Texts) -> Iterator[Triple]:
    """An indicator; its places are the column headers that its observations stand under."""
    place, footnote = row.take("place"), row.take_as("footnote", partial(_footnote, notes))
    headers = _headers(source, place, row.peek("identifier"))
    if not headers:
        raise row.error("identifier", f"no column of '{place}' has it in loaders/mapping2021.yml")
    yield from vocabulary.indicator(row, headers, *footnote)


def load_place(source: Source, place: str, notes: Texts) -> Iterator[Triple]:
    """What the report prints over or under a figure: its caption, and footnotes to its columns."""
    figure = source.about["figures"][place]
    caption = english(figure["caption"]) if "caption" in figure else None
    footnote = _footnote(notes, figure.get("footnote", ""))
    yield from facts(source.cite(place), ("dcterms:title", caption), *footnote)
    for key, column in figure["columns"].items():
        header = source.cite(place, column=(key, column["label"]))
        yield from facts(header, *_footnote(notes, column.get("footnote", "")))


def load_status(source: Source, cell: Cell) -> Iterator[Triple]:
    """A state's standing towards a treaty or the alliance; a member of the latter has both."""
    commitment, identifier = _commitment(cell.column)
    text, status = cell.row.take_as(cell.key, lambda text: (text, _look_up(_STATUSES, text)))
    as_of = source.about["as-of"]
    yield from record(
        ids.status(identifier, cell.area, source.stem),
        "ocsea:PartyStatus",
        f"{cell.name}: {_WORDS[status]}, {identifier}, {as_of}",
        ("ocsea:party", cell.area),
        ("ocsea:instrument", commitment),
        ("ocsea:status", term(f"ocsea:{status}")),
        ("ocsea:asOf", date(as_of)),
        ("ocsea:statedValue", text),
        ("dcterms:source", cell.place),
    )
    if status == "Party" and "alliance" in cell.column:
        yield from load_membership(source, cell, commitment)


def load_membership(source: Source, cell: Cell, alliance: NamedNode) -> Iterator[Triple]:
    """A state's membership in the alliance; the figure says that there is one, not since when."""
    yield from record(
        ids.membership(alliance, cell.area),
        "ocsea:Membership",
        f"{cell.name}: member, {cell.column['alliance']}",
        ("org:member", cell.area),
        ("org:organization", alliance),
        ("ocsea:asOf", date(source.about["as-of"])),
        ("dcterms:source", cell.place),
    )


def load_observation(source: Source, cell: Cell, labels: Texts, notes: Texts) -> Iterator[Triple]:
    """The value of an indicator for a state or area; missing where the cell is blank."""
    indicator, period = cell.column["indicator"], cell.column["period"]
    text, value = cell.row.take_as(cell.key, lambda text: (text, _read(cell.column, text)))
    missing = term("sdmx-code:obsStatus-M") if value is None else None
    yield from record(
        ids.observation(indicator, cell.area, period),
        "qb:Observation",
        f"{cell.name}: {labels.get(indicator, indicator)}, {period}",
        ("qb:dataSet", ids.thing("dataset", source.stem)),
        ("ocsea:indicator", ids.thing("indicator", indicator)),
        ("sdmx-dimension:refArea", cell.area),
        ("sdmx-dimension:refPeriod", date(period)),
        ("sdmx-measure:obsValue", value),
        ("sdmx-attribute:obsStatus", missing),
        ("ocsea:statedValue", text),
        *_cell_footnote(cell, notes),
        ("dcterms:source", cell.place),
    )


def _texts(source: Source, name: str, key: str, text: str) -> Texts:
    found = {}
    for row in source.rows(name):
        found[row.take(key)] = row.take(text)
        row.ignore(*row.remaining())
    return found


def _cells(source: Source, place: str) -> Iterator[Cell]:
    figure = source.about["figures"][place]
    for row in source.rows(figure["file"]):
        if row.take("place") != place:
            raise row.error("place", f"this file is {place}: correct it, or move the row")
        printed, (area, name) = row.take_as("country", lambda text: (text, _area(source, text)))
        for key, column in figure["columns"].items():
            at = (ids.key(area), printed), (key, column["label"])
            yield Cell(row, key, column, name, area, source.cite(place, *at))


def _area(source: Source, printed: str) -> tuple[NamedNode, str]:
    if printed in source.about["areas"]:
        area = source.about["areas"][printed]
        return ids.thing("area", area["key"]), area["name"]
    state = source.parties.find(printed)
    return state, source.parties.label(state)


def _headers(source: Source, place: str, indicator: str) -> list[NamedNode]:
    columns = source.about["figures"].get(place, {"columns": {}})["columns"]
    return [
        source.cite(place, column=(key, column["label"]))
        for key, column in columns.items()
        if column.get("indicator") == indicator
    ]


def _commitment(column: Column) -> tuple[NamedNode, str]:
    if "alliance" in column:
        return ids.thing("alliance", ids.slug(column["alliance"])), column["alliance"]
    return ids.instrument(column["instrument"]), column["instrument"]


def _read(column: Column, text: str) -> NamedNode | Literal | None:
    if text == "":
        return None
    if "codes" in column:
        return ids.thing("code", _look_up(column["codes"], text))
    return _READERS[column["reads"]](text)


def _look_up(marks: Texts, text: str) -> str:
    if text not in marks:
        known = ", ".join(f"'{mark}'" for mark in marks)
        raise ValueError(f"not a mark of this column: write one of {known}")
    return marks[text]


def _cell_footnote(cell: Cell, notes: Texts) -> list[Pair]:
    column = f"{cell.key}_footnote"
    if column not in cell.row.remaining():
        return []
    return cell.row.take_as(column, partial(_footnote, notes))


def _footnote(notes: Texts, number: str) -> list[Pair]:
    if number == "":
        return []
    if f"footnote {number}" not in notes:
        raise ValueError("no such footnote in footnotes.csv: correct it, or add what it says")
    return [("ocsea:footnote", number), ("skos:note", english(notes[f"footnote {number}"]))]
