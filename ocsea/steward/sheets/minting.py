"""New records: their IRIs, their labels, and what has to be there beside them."""

import re
from collections.abc import Iterator, Mapping, Sequence

import pycountry
from pyoxigraph import Literal, NamedNode, Triple

from ocsea import ids
from ocsea.derived import AUDIT, INFERRED, ONTOLOGY, PROVENANCE
from ocsea.namespaces import GRAPH, term
from ocsea.records import record
from ocsea.steward.facts import Facts, Term
from ocsea.steward.sheets import citing, links
from ocsea.steward.sheets.codes import countries
from ocsea.steward.sheets.rows import Rows
from ocsea.steward.sheets.spelling import CellError, date, refuse_look_alikes
from ocsea.steward.sheets.topics import (
    ACTIONS,
    INDICATORS,
    INSTRUMENTS,
    INVOLVEMENTS,
    MEMBERSHIPS,
    PRACTICES,
    RELATIONS,
    SERVICES,
    SOURCES,
    STATUSES,
    Sheet,
)
from ocsea.vocabulary import cube

Values = Mapping[str, Sequence[Term]]
"""What the cells of a row stand for, by column; `source` are the locators cited."""

_COUNTRIES = "http://publications.europa.eu/resource/authority/country/"
_RESERVED = tuple(graph.removeprefix(GRAPH) for graph in (ONTOLOGY, INFERRED, AUDIT, PROVENANCE))
_TOOL = term("ocsea:Tool")


def iri(rows: Rows, sheet: Sheet, values: Values) -> NamedNode:
    """The IRI of a new record, from its keys.

    Raises CellError where its name or code cannot stand in one.
    """
    if sheet is ACTIONS:
        act = _word(_thing(values, "act"))
        return ids.action(ids.key(_thing(values, "instrument")), _thing(values, "state"), act)
    if sheet is STATUSES:
        stem = citing.cited(rows.facts, _thing(values, "source"))[0]
        commitment = ids.key(_thing(values, "instrument"))
        return ids.status(commitment, _thing(values, "state"), stem)
    if sheet in (INVOLVEMENTS, RELATIONS):
        stem = citing.cited(rows.facts, _thing(values, "source"))[0]
        return links.iri(sheet, values, stem)
    if sheet is INDICATORS:
        indicator, area = ids.key(_thing(values, "indicator")), _thing(values, "state")
        return ids.observation(indicator, area, _period(values))
    if sheet is MEMBERSHIPS:
        role = _text(values, "role") or "member"
        return ids.membership(_thing(values, "organisation"), _member(values), role)
    if sheet is INSTRUMENTS:
        return ids.thing("instrument", _coded(values, "identifier", upper=True))
    if sheet is SOURCES:
        return ids.thing("source", _coded(values, "key", upper=False))
    tool = sheet is SERVICES and _TOOL in values["kind"]
    kind = "initiative" if sheet is PRACTICES else "tool" if tool else "body"
    return ids.thing(kind, _named(rows.facts, values))


def label(rows: Rows, sheet: Sheet, values: Values) -> str:
    """The label of a record as the loaders write it; that of a named thing is its name."""
    if sheet.naming:
        return _text(values, sheet.naming)
    name = rows.facts.label
    if sheet is MEMBERSHIPS:
        return _membership(rows, values)
    if sheet in (INVOLVEMENTS, RELATIONS):
        return links.label(rows.facts, sheet, values)
    state = state_name(rows.facts, _thing(values, "state"))
    if sheet is INDICATORS:
        return f"{state}: {name(_thing(values, 'indicator'))}, {_period(values)}"
    code = rows.cells.codes.code(_thing(values, "instrument"), "commitments")
    what, when = ("act", "date") if sheet is ACTIONS else ("status", "as_of")
    return f"{state}: {_words(_thing(values, what))}, {code}, {_text(values, when)}"


def state_name(facts: Facts, state: NamedNode) -> str:
    """What a state is called, whether or not the graph knows it yet."""
    known = facts.label(state)
    return countries().get(known, known)


def beside(rows: Rows, sheet: Sheet, values: Values) -> Iterator[Triple]:
    """What a new record speaks of and the graph does not know yet: state, period, data set."""
    cites = [place for place in values.get("source", ()) if isinstance(place, NamedNode)]
    for state in values.get("state", ()):
        if isinstance(state, NamedNode) and not rows.facts.known(state):
            yield from _state(rows.facts, state)
    for period in values.get("period", ()):
        if isinstance(period, NamedNode) and not rows.facts.known(period):
            yield from _span(period, cites)
    if sheet is INDICATORS and cites and not rows.facts.known(dataset(rows.facts, cites[0])):
        source = ids.thing("source", citing.cited(rows.facts, cites[0])[0])
        title = rows.facts.label(source)
        yield from cube(dataset(rows.facts, cites[0]), f"Values reported in {title}", cites[:1])


def dataset(facts: Facts, place: NamedNode) -> NamedNode:
    """The data set of the observations that stand in the source of a place."""
    return ids.thing("dataset", citing.cited(facts, place)[0])


def _state(facts: Facts, state: NamedNode) -> Iterator[Triple]:
    """A state as loaders/states.py describes one, by ISO 3166."""
    iso3 = ids.key(state)
    name, country = countries()[iso3], pycountry.countries.get(alpha_3=iso3)
    place = ids.locator("states", "iso-3166-1", iso3)
    yield from record(
        state,
        "ocsea:State",
        name,
        ("skos:exactMatch", NamedNode(_COUNTRIES + iso3)),
        ("ocsea:iso3", iso3),
        ("ocsea:iso2", country.alpha_2 if country else None),
        ("ocsea:isoNumeric", country.numeric if country else None),
        ("dcterms:source", place),
    )
    source = ids.thing("source", "states")
    yield from record(
        place,
        "ocsea:Locator",
        f"{facts.label(source)}, ISO 3166-1, row {name}",
        ("dcterms:isPartOf", source),
        ("ocsea:place", "ISO 3166-1"),
        ("ocsea:rowLabel", name),
    )


def _span(period: NamedNode, cites: Sequence[NamedNode]) -> Iterator[Triple]:
    ends = re.findall(r"\d{4}(?:-\d{2}(?!\d))*", ids.key(period))
    yield from record(
        period,
        "ocsea:Period",
        " to ".join(ends),
        ("ocsea:begin", date(ends[0])),
        ("ocsea:end", date(ends[-1])),
        ("dcterms:source", cites),
    )


def _membership(rows: Rows, values: Values) -> str:
    organisation, member, role = _thing(values, "organisation"), _member(values), "member"
    role = _text(values, "role") or role
    name = state_name(rows.facts, member)
    if ids.kind(organisation) == "alliance":
        return f"{name}: {role}, {rows.cells.codes.code(organisation, 'organisations')}"
    whole = f"{name} in the {rows.facts.label(organisation)}"
    return whole if role == "member" else f"{whole}, {role}"


def _member(values: Values) -> NamedNode:
    return _thing(values, "member" if values.get("member") else "state")


def _named(facts: Facts, values: Values) -> str:
    """The key of a thing from its name and its state: `hotline-norge-nor`."""
    name, iso3 = ids.slug(_text(values, "name")), ids.key(_thing(values, "state")).lower()
    if not name:
        raise CellError(
            "The name has no Latin letter to find it by.",
            "Give the English or romanised name here, and its own under other_names, such as "
            "Безпека@uk.",
        )
    return name if name.endswith(f"-{iso3}") else f"{name}-{iso3}"


def _coded(values: Values, column: str, *, upper: bool) -> str:
    """A code that a steward gives, as the last part of the IRI."""
    code = _text(values, column)
    refuse_look_alikes(code)
    right = ids.slug(code).upper() if upper else ids.slug(code)
    if code != right or not right:
        size = "capital" if upper else "small"
        said = f"Write {right}." if right else "Such as CYBERCRIME-ACT-2015-NOR or mapping2021."
        raise CellError(f"‘{code}’ is not made of {size} letters, digits and hyphens.", said)
    if not upper and right in _RESERVED:
        raise CellError(f"‘{code}’ is a name that the graph uses itself.", "Choose another key.")
    return right.lower()


def _period(values: Values) -> str:
    period = values["period"][0]
    return ids.key(period) if isinstance(period, NamedNode) else period.value


def _thing(values: Values, column: str) -> NamedNode:
    thing = values[column][0]
    assert isinstance(thing, NamedNode), column
    return thing


def _text(values: Values, column: str) -> str:
    found = values.get(column) or [Literal("")]
    return found[0].value


def _word(thing: NamedNode) -> str:
    return thing.value.rpartition("#")[2]


def _words(thing: NamedNode) -> str:
    """`DefinitiveSignature` → `definitive signature`."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", _word(thing)).lower()
