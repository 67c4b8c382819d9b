"""The European Parliament's 2015 study: who is bound, how many are, and a table without values."""

from collections.abc import Iterator

from pyoxigraph import NamedNode, Triple

from ocsea import ids, tables, vocabulary
from ocsea.namespaces import term
from ocsea.records import Pair, record
from ocsea.rows import Row
from ocsea.sources import Label, Source
from ocsea.values import date, english, integer

_STATUSES = {"Party": "party", "Signatory": "signatory", "NotListed": "not listed"}
_LOST = (
    "Table 1 gives each rating as a colour, and the text at hand has lost the colours. Its legend "
    "has three classes: Complies; Mostly complies but shortcomings; Does not/mostly not comply."
)


def load(source: Source) -> Iterator[Triple]:
    """The data set and its vocabulary, then statuses, stated counts and the cells of Table 1."""
    about = source.about["dataset"]
    yield from vocabulary.dataset(source, about["label"], about["places"])
    yield from vocabulary.concepts(source)
    for row in source.rows("indicators.csv"):
        yield from vocabulary.indicator(row, [source.cite(row.take("place"))])
    for row in source.rows("statuses.csv"):
        yield from load_status(source, row)
    for row in source.rows("counts.csv"):
        yield from load_count(source, row)
    for row in source.rows("table1.csv"):
        yield from load_issue(source, row)
    yield from tables.load(source)


def load_status(source: Source, row: Row) -> Iterator[Triple]:
    """How a party stands towards a convention or alliance; taking part in one is a membership."""
    identifier, status = row.take("commitment"), row.take("status")
    commitment = _commitment(source, row, identifier)
    printed, party = row.take_as("party", lambda text: (text, source.parties.find(text)))
    name = source.parties.label(party)
    if status not in _STATUSES:
        raise row.error("status", f"not a status: write one of {', '.join(_STATUSES)}")
    as_of, cite = row.take_as("as_of", date), _cite_name(source, row, (ids.key(party), printed))
    yield from record(
        ids.status(identifier, party, source.stem),
        "ocsea:PartyStatus",
        f"{name}: {_STATUSES[status]}, {identifier}, {as_of.value}",
        ("ocsea:party", party),
        ("ocsea:instrument", commitment),
        ("ocsea:status", term(f"ocsea:{status}")),
        ("ocsea:asOf", as_of),
        ("ocsea:statedValue", row.take("stated") or None),
        ("skos:note", row.take_optional("note", english)),
        ("dcterms:source", cite),
    )
    if status == "Party" and source.about["commitments"][identifier] == "alliance":
        yield from record(
            ids.membership(commitment, party),
            "ocsea:Membership",
            f"{name}: member, {identifier}",
            ("org:member", party),
            ("org:organization", commitment),
            ("ocsea:begin", as_of),
            ("dcterms:source", cite),
        )


def load_count(source: Source, row: Row) -> Iterator[Triple]:
    """How many are bound or take part, as the text states it; a footnote's list may differ."""
    stated, count = row.take_as("value", lambda text: (text, integer(text)))
    yield from _observation(
        source,
        (row.take("indicator"), ids.thing("area", "world"), row.take("period")),
        "World",
        ("sdmx-measure:obsValue", count),
        ("ocsea:statedValue", stated),
        ("skos:note", row.take_optional("note", english)),
        ("dcterms:source", source.cite(row.take("place"))),
    )


def load_issue(source: Source, row: Row) -> Iterator[Triple]:
    """A row of Table 1: for each of its states a value that is missing."""
    indicator, issue, place = row.take("indicator"), row.take("issue"), row.take("place")
    for printed, name in source.about["table1"].items():
        if row.take(printed):
            raise row.error(printed, "the text shows no value here: leave the cell blank")
        state = source.parties.find(name)
        cell = {"row": (indicator, issue), "column": (ids.key(state), printed)}
        yield from _observation(
            source,
            (indicator, state, "2013"),
            name,
            ("sdmx-attribute:obsStatus", term("sdmx-code:obsStatus-M")),
            ("skos:note", english(_LOST)),
            ("dcterms:source", source.cite(place, **cell)),
        )


def _observation(
    source: Source, dimensions: tuple[str, NamedNode, str], area_label: str, *pairs: Pair
) -> Iterator[Triple]:
    indicator, area, period = dimensions
    yield from record(
        ids.observation(indicator, area, period),
        "qb:Observation",
        f"{indicator}, {area_label}, {period}",
        ("qb:dataSet", ids.thing("dataset", source.stem)),
        ("ocsea:indicator", ids.thing("indicator", indicator)),
        ("sdmx-dimension:refArea", area),
        ("sdmx-dimension:refPeriod", date(period)),
        *pairs,
    )


def _commitment(source: Source, row: Row, identifier: str) -> NamedNode:
    if identifier not in source.about["commitments"]:
        raise row.error("commitment", "not among the commitments of loaders/study2015.yml")
    return ids.thing(source.about["commitments"][identifier], ids.slug(identifier))


def _cite_name(source: Source, row: Row, label: Label) -> NamedNode:
    place, named = row.take("place"), row.take("named")
    if named not in ("yes", "no"):
        raise row.error("named", "write yes or no: does the source print the name?")
    return source.cite(place, row=label if named == "yes" else None)
