"""The places of a source: what each is headed, where it stands, and why it may hold no record."""

from collections.abc import Iterator

from pyoxigraph import Triple

from ocsea.records import facts
from ocsea.rows import Row
from ocsea.sources import Source
from ocsea.tables.cells import Context, required
from ocsea.values import english

FILE = "coverage.csv"


def places(source: Source) -> frozenset[str] | None:
    """Every place that the source's coverage lists; None where it has no coverage."""
    if not (source.folder / FILE).is_file():
        return None
    found = set()
    for row in source.rows(FILE):
        found.add(row.take("place"))
        row.ignore(*row.remaining())
    return frozenset(found)


def place(context: Context, row: Row) -> Iterator[Triple]:
    """The locator of one place; the place that it stands in has a row of its own."""
    known = context.places or frozenset()
    whole = row.take("part_of")
    if whole and whole not in known:
        raise row.error("part_of", "no row has this place: correct it, or add the row")
    yield from facts(
        context.source.cite(row.take_as("place", required)),
        ("dcterms:isPartOf", context.source.iri),
        ("dcterms:title", row.take_optional("title", english)),
        ("ocsea:within", context.source.cite(whole) if whole else None),
        ("ocsea:reason", row.take_optional("reason", english)),
    )
