"""Who there is: states and other entities, the bodies other sources name, and memberships."""

from collections.abc import Iterator

import pycountry
from pyoxigraph import NamedNode, Triple

from ocsea import ids
from ocsea.records import facts, record
from ocsea.rows import Row
from ocsea.sources import Source
from ocsea.values import date, english

_KINDS = {
    "State": "state",
    "ObserverState": "state",
    "AssociatedState": "entity",
    "SovereignEntity": "entity",
    "RegionalOrganization": "body",
}
_NAMES = {"alternative": "skos:altLabel", "former": "ocsea:formerName"}


def load(source: Source) -> Iterator[Triple]:
    """Entities with their codes and names, then bodies, alliances and areas, then memberships."""
    for row in source.rows("states.csv"):
        yield from load_entity(source, row)
    for row in source.rows("aliases.csv"):
        yield from load_alias(source, row)
    for row in source.rows("bodies.csv"):
        yield from load_body(source, row)
    for row in source.rows("memberships.csv"):
        yield from load_membership(source, row)


def load_entity(source: Source, row: Row) -> Iterator[Triple]:
    """A state, another contracting entity, or a regional organisation that joins treaties."""
    key, kind, label = row.take("key"), row.take("kind"), row.take("label")
    cls = row.take("class")
    if _KINDS.get(cls) != kind:
        raise row.error("kind", f"not the IRI kind of a {cls}: correct one of the two")
    iri = ids.thing(kind, key)
    acronym = row.take("acronym") or None
    note = row.take_optional("designation_note", english)
    yield from record(
        iri,
        f"ocsea:{cls}",
        label,
        ("dcterms:identifier", acronym),
        ("ocsea:acronym", acronym),
        ("ocsea:designationNote", note),
        ("skos:exactMatch", NamedNode(source.about["country-table"] + row.take("authority"))),
        ("dcterms:source", source.cite(row.take("place"), row=(key, label))),
    )
    if kind != "body":
        yield from _codes(iri, key, row, has_note=note is not None)


def _codes(iri: NamedNode, key: str, row: Row, *, has_note: bool) -> Iterator[Triple]:
    country = pycountry.countries.get(alpha_3=key)
    if country is None and not has_note:
        raise row.error("key", "not an ISO 3166 code: correct it, or add a designation note")
    yield from facts(
        iri,
        ("ocsea:iso3", key),
        ("ocsea:iso2", country.alpha_2 if country else None),
        ("ocsea:isoNumeric", country.numeric if country else None),
    )


def load_alias(source: Source, row: Row) -> Iterator[Triple]:
    """Another name that a source prints; which source is for the reader of the file."""
    alias, entity = row.take_as("alias", lambda name: (name, source.parties.find(name)))
    kind, key = row.take("kind"), row.take("key")
    row.ignore("printed_in")
    if kind not in _NAMES:
        raise row.error("kind", f"not a kind of name: write {' or '.join(_NAMES)}")
    if key != ids.key(entity):
        raise row.error("key", "the name stands for another entity: correct one of the two")
    yield from facts(entity, (_NAMES[kind], english(alias)))


def load_body(source: Source, row: Row) -> Iterator[Triple]:
    """A body, alliance or area that other sources refer to."""
    kind, key, label = row.take("kind"), row.take("key"), row.take("label")
    yield from record(
        ids.thing(kind, key),
        f"ocsea:{row.take('class')}",
        label,
        ("dcterms:identifier", row.take("identifier") or None),
        ("ocsea:acronym", row.take("acronym") or None),
        ("skos:altLabel", row.take_optional("alternative", english)),
        ("org:subOrganizationOf", row.take_optional("part_of", lambda of: ids.thing("body", of))),
        ("dcterms:source", source.cite(row.take("place"), row=(key, label))),
    )


def load_membership(source: Source, row: Row) -> Iterator[Triple]:
    """A membership: its begin and end from treaties, or the month when a source listed it."""
    printed, member = row.take_as("member", lambda name: (name, source.parties.find(name)))
    key = row.take("organisation")
    if key not in source.about["organisations"]:
        raise row.error("organisation", "not among the organisations of loaders/states.yml")
    organisation = ids.thing("body", key)
    places = [row.take("place"), row.take("end_place")]
    cites = [source.cite(p, row=(ids.key(member), printed)) for p in places if p]
    yield from record(
        ids.membership(organisation, member),
        "ocsea:Membership",
        f"{source.parties.label(member)} in the {source.about['organisations'][key]}",
        ("org:member", member),
        ("org:organization", organisation),
        ("ocsea:begin", row.take_optional("begin", date)),
        ("ocsea:end", row.take_optional("end", date)),
        ("ocsea:asOf", row.take_optional("as_of", date)),
        ("skos:note", row.take_optional("note", english)),
        ("dcterms:source", cites),
    )
