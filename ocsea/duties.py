"""What law asks: offences, obligations, who requires them, what may be left out, what is added.

The files of a source that this reads: `schemes.csv`, `offences.csv`, `obligations.csv`,
`duties.csv`, `exemptions.csv`, `additions.csv`.
"""

from collections.abc import Collection, Iterator
from functools import partial

from pyoxigraph import NamedNode, Triple

from ocsea import ids, vocabulary
from ocsea.evidence import both, evidence, one_of, several
from ocsea.namespaces import term
from ocsea.records import facts, record
from ocsea.rows import Row
from ocsea.sources import Source
from ocsea.values import english

_RELATIONS = {"criminalises": "offence", "requires": "obligation"}
_EXEMPTIONS = ("Derogation", "PermittedReservation")


def load(source: Source, law: Collection[NamedNode]) -> Iterator[Triple]:
    """All of it; `law` are the instruments and provisions that rows may name."""
    for row in source.rows("schemes.csv"):
        yield from vocabulary.scheme(row, evidence(source, row)[1])
    known = set[NamedNode]()
    for kind in ("offence", "obligation"):
        for row in source.rows(f"{kind}s.csv"):
            yield from _concept(source, row, kind, known)
    for row in source.rows("duties.csv"):
        yield from _duty(source, row, law, known)
    for row in source.rows("exemptions.csv"):
        yield from _exemption(source, row, law, known)
    for row in source.rows("additions.csv"):
        yield from _addition(source, row, law, known)


def legal(row: Row, column: str, law: Collection[NamedNode], text: str) -> NamedNode:
    """An instrument or provision by its identifier and path: `CETS-201/article/20`."""
    identifier, *path = text.split("/")
    try:
        iri = ids.thing("instrument", ids.slug(identifier), *path)
    except ValueError as error:
        raise row.error(column, str(error)) from None
    if iri not in law:
        raise row.error(column, f"'{text}' is no instrument or provision of this source: add it")
    return iri


def _concept(source: Source, row: Row, kind: str, known: set[NamedNode]) -> Iterator[Triple]:
    """An offence or an obligation; a broader one stands above those it holds."""
    iri, label = row.take_as("key", partial(ids.thing, kind)), row.take("label")
    if iri in known:
        raise row.error("key", f"the {kind} stands twice: remove one of the two")
    broader = [_known(row, "broader", known, f"{kind}/{key}") for key in several(row, "broader")]
    known.add(iri)
    yield from record(
        iri,
        f"ocsea:{kind.capitalize()}",
        label,
        ("skos:prefLabel", english(label)),
        ("skos:altLabel", [english(name) for name in several(row, "alternative_labels")]),
        ("skos:definition", row.take_as("definition", english)),
        ("skos:inScheme", ids.thing("scheme", f"{kind}s")),
        ("skos:broader", broader),
        ("dcterms:source", both(source, row)),
    )
    if kind == "offence":
        yield from facts(
            iri,
            ("ocsea:intentElement", row.take_optional("intent", lambda n: term(f"ocsea:{n}"))),
            ("ocsea:ictElement", row.take_optional("ict", lambda n: term(f"ocsea:{n}"))),
        )


def _duty(
    source: Source, row: Row, law: Collection[NamedNode], known: Collection[NamedNode]
) -> Iterator[Triple]:
    """That a provision has conduct made punishable, or lays down a duty, and where that stands."""
    relation = one_of(row, "relation", _RELATIONS)
    names = [f"{_RELATIONS[relation]}/{key}" for key in several(row, "object")]
    if not names:
        raise row.error("object", "names no offence or obligation")
    yield from facts(
        legal(row, "provision", law, row.take("provision")),
        (f"ocsea:{relation}", [_known(row, "object", known, name) for name in names]),
        ("dcterms:source", both(source, row)),
    )


def _exemption(
    source: Source, row: Row, law: Collection[NamedNode], known: Collection[NamedNode]
) -> Iterator[Triple]:
    """A derogation or reservation that a provision allows, and what it lets go unapplied."""
    provision = legal(row, "provision", law, row.take("provision"))
    exempts = [_known(row, "exempts", known, name) for name in several(row, "exempts")]
    yield from record(
        row.take_as("key", partial(ids.thing, "exemption")),
        f"ocsea:{one_of(row, 'class', _EXEMPTIONS)}",
        row.take("label"),
        ("ocsea:allowedBy", provision),
        ("ocsea:exempts", exempts),
        ("ocsea:summary", row.take_as("summary", english)),
        ("dcterms:source", both(source, row)),
    )
    yield from facts(provision, ("ocsea:allowsDerogation", exempts))


def _addition(
    source: Source, row: Row, law: Collection[NamedNode], known: Collection[NamedNode]
) -> Iterator[Triple]:
    """What one instrument has beyond another, by one source."""
    provisions = [legal(row, "provisions", law, text) for text in several(row, "provisions")]
    yield from record(
        row.take_as("key", partial(ids.thing, "addition")),
        "ocsea:Addition",
        row.take("label"),
        ("ocsea:additionOf", legal(row, "instrument", law, row.take("instrument"))),
        ("ocsea:comparedWith", legal(row, "compared_with", law, row.take("compared_with"))),
        ("ocsea:addedBy", provisions),
        ("ocsea:adds", [_known(row, "adds", known, name) for name in several(row, "adds")]),
        ("ocsea:summary", row.take_as("summary", english)),
        ("dcterms:source", both(source, row)),
    )


def _known(row: Row, column: str, known: Collection[NamedNode], name: str) -> NamedNode:
    """The offence or obligation of this name: `offence/possessing-csam`."""
    kind, _, key = name.partition("/")
    try:
        iri = ids.thing(kind, key)
    except ValueError as error:
        raise row.error(column, str(error)) from None
    if iri not in known:
        raise row.error(column, f"'{name}' is no offence or obligation above this row")
    return iri
