"""The European Parliament's 2015 study: who is bound, how many are, and a table without values."""

from collections.abc import Iterator

from pyoxigraph import NamedNode, Triple

from ocsea import ids
from ocsea.namespaces import term
from ocsea.records import Pair, record
from ocsea.rows import Row
from ocsea.sources import Label, Source
from ocsea.values import date, english, integer

_STATUSES = ("Party", "Signatory", "NotListed")
_LOST = (
    "Table 1 gives each rating as a colour, and the text at hand has lost the colours. Its legend "
    "has three classes: Complies; Mostly complies but shortcomings; Does not/mostly not comply."
)


def load(source: Source) -> Iterator[Triple]:
    """The data set and its vocabulary, then statuses, stated counts and the cells of Table 1."""
    yield from load_dataset(source)
    for row in source.rows("schemes.csv"):
        yield from load_scheme(source, row)
    for kind in ("unit", "code"):
        for row in source.rows(f"{kind}s.csv"):
            yield from load_concept(source, row, kind)
    for row in source.rows("indicators.csv"):
        yield from load_indicator(source, row)
    for row in source.rows("statuses.csv"):
        yield from load_status(source, row)
    for row in source.rows("counts.csv"):
        yield from load_count(source, row)
    for row in source.rows("table1.csv"):
        yield from load_issue(source, row)


def load_dataset(source: Source) -> Iterator[Triple]:
    """The data set that every observation of this source belongs to."""
    about = source.about["dataset"]
    cites = [source.cite(place) for place in about["places"]]
    yield from record(_dataset(source), "qb:DataSet", about["label"], ("dcterms:source", [*cites]))


def load_scheme(source: Source, row: Row) -> Iterator[Triple]:
    """The scheme that the legend of Table 1 makes."""
    yield from record(
        ids.thing("scheme", row.take("scheme")),
        "skos:ConceptScheme",
        row.take("label"),
        ("skos:definition", row.take_as("definition", english)),
        ("dcterms:source", source.cite(row.take("place"))),
    )


def load_concept(source: Source, row: Row, kind: str) -> Iterator[Triple]:
    """A code or a unit, `kind` being its IRI kind and the column that names it."""
    key, label = row.take(kind), english(row.take("label"))
    yield from record(
        ids.thing(kind, key),
        f"ocsea:{kind.capitalize()}",
        label.value,
        ("skos:prefLabel", label),
        ("skos:notation", key),
        ("skos:definition", row.take_as("definition", english)),
        ("skos:inScheme", ids.thing("scheme", row.take("scheme"))),
        ("dcterms:source", source.cite(row.take("place"))),
    )


def load_status(source: Source, row: Row) -> Iterator[Triple]:
    """How a party stands towards a convention or alliance; taking part in one is a membership."""
    identifier, status = row.take("commitment"), row.take("status")
    commitment, label = _commitment(source, row, identifier)
    printed, party = row.take_as("party", lambda name: (name, source.parties.find(name)))
    if status not in _STATUSES:
        raise row.error("status", f"not a status: write one of {', '.join(_STATUSES)}")
    as_of, cite = row.take_as("as_of", date), _cite_name(source, row, (ids.key(party), printed))
    yield from record(
        ids.status(identifier, party, source.stem),
        "ocsea:PartyStatus",
        f"{printed} and the {label}: {status} ({as_of.value})",
        ("ocsea:party", party),
        ("ocsea:instrument", commitment),
        ("ocsea:status", term(f"ocsea:{status}")),
        ("ocsea:asOf", as_of),
        ("ocsea:statedValue", row.take("stated") or None),
        ("skos:note", row.take_optional("note", english)),
        ("dcterms:source", cite),
    )
    if commitment == ids.thing("alliance", ids.slug(identifier)):
        yield from record(
            ids.membership(commitment, party),
            "ocsea:Membership",
            f"{printed} in the {label}",
            ("org:member", party),
            ("org:organization", commitment),
            ("ocsea:begin", as_of),
            ("dcterms:source", cite),
        )


def load_indicator(source: Source, row: Row) -> Iterator[Triple]:
    """What a stated count counts, or what a row of Table 1 rates."""
    identifier, label = row.take("identifier"), english(row.take("label"))
    yield from record(
        ids.thing("indicator", identifier),
        "ocsea:Indicator",
        label.value,
        ("dcterms:identifier", identifier),
        ("skos:prefLabel", label),
        ("skos:definition", row.take_as("definition", english)),
        ("skos:inScheme", ids.thing("scheme", "indicators")),
        ("ocsea:unit", ids.thing("unit", row.take("unit"))),
        ("ocsea:valueKind", term(f"ocsea:{row.take('value_kind')}")),
        ("ocsea:scale", row.take("scale") or None),
        ("ocsea:measuredBy", [ids.thing("body", b) for b in row.take("measured_by").split()]),
        ("dcterms:source", source.cite(row.take("place"))),
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
        ("qb:dataSet", _dataset(source)),
        ("ocsea:indicator", ids.thing("indicator", indicator)),
        ("sdmx-dimension:refArea", area),
        ("sdmx-dimension:refPeriod", date(period)),
        *pairs,
    )


def _commitment(source: Source, row: Row, identifier: str) -> tuple[NamedNode, str]:
    known = source.about["commitments"].get(identifier)
    if known is None:
        raise row.error("commitment", "not among the commitments of loaders/study2015.yml")
    return ids.thing(known["kind"], ids.slug(identifier)), known["label"]


def _cite_name(source: Source, row: Row, label: Label) -> NamedNode:
    place, named = row.take("place"), row.take("named")
    if named not in ("yes", "no"):
        raise row.error("named", "write yes or no: does the source print the name?")
    return source.cite(place, row=label if named == "yes" else None)


def _dataset(source: Source) -> NamedNode:
    return ids.thing("dataset", source.stem)
