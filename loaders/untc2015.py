"""The UN depositary's status tables as of March 2015: who did what to four treaties, and when."""

import datetime
from collections.abc import Iterator

from pyoxigraph import Literal, Triple

from ocsea import ids
from ocsea.records import record
from ocsea.rows import Row
from ocsea.sources import Label, Source
from ocsea.values import date, english

_MARKS = {
    "Signature": "",
    "Ratification": "",
    "Acceptance": " A",
    "Approval": " AA",
    "Accession": " a",
    "Succession": " d",
}
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def load(source: Source) -> Iterator[Triple]:
    """One TreatyAction for each act that the four tables give a date."""
    for row in source.rows("actions.csv"):
        source.cite(row.peek("place"))  # the table as such, for what is said of all of it
        yield from load_action(source, row)


def load_action(source: Source, row: Row) -> Iterator[Triple]:
    """One act of one participant, its date and mark kept as printed."""
    instrument = row.take("instrument")
    printed, party = row.take_as("participant", lambda name: (name, source.parties.find(name)))
    act, day = row.take("act"), row.take_as("date", _day)
    cell = row.take("printed")
    if cell != _as_printed(row, act, day.value):
        raise row.error("printed", f"does not say {act} on {day.value}: correct one of the three")
    cite = source.cite(
        row.take("place"),
        row=(ids.key(party), printed),
        column=_column(source, row, instrument, act),
    )
    yield from record(
        ids.action(instrument, party, act),
        f"ocsea:{act}",
        f"{source.parties.label(party)}: {act.lower()}, {instrument}, {day.value}",
        ("ocsea:party", party),
        ("ocsea:instrument", ids.instrument(instrument)),
        ("ocsea:date", day),
        ("ocsea:statedValue", cell),
        ("skos:note", row.take_optional("note", english)),
        ("dcterms:source", cite),
    )


def _day(text: str) -> Literal:
    if len(text) != len("2008-02-05"):
        raise ValueError("not a full day, as these tables give: write it as 2008-02-05")
    return date(text)


def _as_printed(row: Row, act: str, day: str) -> str:
    """How the tables print an act and its day: `("Accession", "2008-02-05")` → `5 Feb 2008 a`."""
    if act not in _MARKS:
        raise row.error("act", f"not an act of these tables: write one of {', '.join(_MARKS)}")
    when = datetime.date.fromisoformat(day)
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}{_MARKS[act]}"


def _column(source: Source, row: Row, instrument: str, act: str) -> Label:
    if instrument not in source.about["columns"]:
        raise row.error("instrument", "not one of the tables named in loaders/untc2015.yml")
    if act == "Signature":
        return ("signature", act)
    return ("consent", source.about["columns"][instrument])
