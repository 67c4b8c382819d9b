"""The vocabulary that tables of figures come with: data set, schemes, units, codes, indicators."""

from collections.abc import Iterator, Sequence
from functools import partial

from pyoxigraph import NamedNode, Triple

from ocsea import ids
from ocsea.namespaces import term
from ocsea.records import Pair, record
from ocsea.rows import Row
from ocsea.sources import Source
from ocsea.values import decimal, english


def dataset(source: Source, label: str, places: Sequence[str]) -> Iterator[Triple]:
    """The data set that the observations from a source's tables belong to."""
    yield from cube(
        ids.thing("dataset", source.stem), label, [source.cite(place) for place in places]
    )


def cube(iri: NamedNode, label: str, places: Sequence[NamedNode]) -> Iterator[Triple]:
    """A data set of observations that are built as all observations of the graph are."""
    yield from record(
        iri,
        "qb:DataSet",
        label,
        ("qb:structure", term("ocsea:ObservationStructure")),
        ("dcterms:source", places),
    )


def concepts(source: Source) -> Iterator[Triple]:
    """The schemes, units and codes of a source, from the three files of these names."""
    for row in source.rows("schemes.csv"):
        yield from scheme(row, [source.cite(row.take("place"))])
    for kind in ("unit", "code"):
        for row in source.rows(f"{kind}s.csv"):
            yield from _concept(source, row, kind)


def scheme(row: Row, places: Sequence[NamedNode]) -> Iterator[Triple]:
    """A concept scheme; `places` are where a source sets it out."""
    yield from record(
        row.take_as("scheme", partial(ids.thing, "scheme")),
        "skos:ConceptScheme",
        row.take("label"),
        ("skos:definition", row.take_as("definition", english)),
        ("dcterms:source", places),
    )


def _concept(source: Source, row: Row, kind: str) -> Iterator[Triple]:
    """A code or a unit, `kind` being its IRI kind and the column that names it."""
    key, label = row.take(kind), row.take("label")
    yield from record(
        ids.thing(kind, key),
        f"ocsea:{kind.capitalize()}",
        label,
        ("skos:prefLabel", english(label)),
        ("skos:notation", key),
        ("skos:definition", row.take_as("definition", english)),
        ("skos:inScheme", row.take_as("scheme", partial(ids.thing, "scheme"))),
        ("dcterms:source", source.cite(row.take("place"))),
    )


def indicator(row: Row, places: Sequence[NamedNode], *more: Pair) -> Iterator[Triple]:
    """What an observation measures; `places` are where the source defines it or heads it."""
    measurers = [ids.thing("body", key) for key in row.take("measured_by").split()]
    yield from measure(
        row.take("identifier"),
        row.take("label"),
        ("skos:definition", row.take_as("definition", english)),
        ("ocsea:unit", row.take_as("unit", partial(ids.thing, "unit"))),
        ("ocsea:valueKind", row.take_as("value_kind", lambda kind: term(f"ocsea:{kind}"))),
        ("ocsea:minimum", row.take_optional("minimum", decimal)),
        ("ocsea:maximum", row.take_optional("maximum", decimal)),
        ("ocsea:scale", row.take("scale") or None),
        ("ocsea:measuredBy", measurers),
        *more,
        ("dcterms:source", places),
    )


def measure(identifier: str, label: str, *pairs: Pair) -> Iterator[Triple]:
    """An indicator by its identifier and label, with whatever else is known of it."""
    yield from record(
        ids.thing("indicator", identifier),
        "ocsea:Indicator",
        label,
        ("dcterms:identifier", identifier),
        ("skos:prefLabel", english(label)),
        ("skos:inScheme", ids.thing("scheme", "indicators")),
        *pairs,
    )
