"""Things that a source describes: bodies and the like, initiatives, commitments, terms.

Several sources may describe the same thing. Each says its label and class alike, and the rest as
it has it; a label that differs is found by the shapes.
"""

from collections.abc import Iterator

from pyoxigraph import NamedNode, Triple

from ocsea import ids
from ocsea.namespaces import term
from ocsea.records import Pair, record
from ocsea.rows import Row
from ocsea.tables.cells import (
    NOTE,
    Columns,
    Context,
    mapped,
    one_of,
    one_ref,
    refs,
    required,
    several,
    span_pairs,
    texts,
    words,
)
from ocsea.values import date, english

_BODIES = (
    *("Body", "Agency", "OrganizationalUnit", "Committee", "IntergovernmentalOrganization"),
    *("RegionalOrganization", "Ngo", "Company", "NationalAuthority", "Network"),
    *("Hotline", "Helpline", "SaferInternetCentre", "Ombudsperson"),
)
_KINDS = {
    **dict.fromkeys(_BODIES, "body"),
    **{"Alliance": "alliance", "Tool": "tool", "Area": "area"},
}
_INITIATIVES = dict.fromkeys(
    ("Programme", "Project", "Campaign", "Strategy", "Practice", "Event", "Training"), "initiative"
)
_COMMITMENTS = dict.fromkeys(
    (
        *("PolicyTarget", "OperationalGoal", "CommittedAction", "Deliverable", "Recommendation"),
        *("Capability", "Topic", "Priority", "SdgTarget", "Ask"),
    ),
    "commitment",
)
_CONCEPTS = ("Capability", "Topic")
_LEVELS = {"european": term("ocsea:EuropeanLevel"), "national": term("ocsea:NationalLevel")}
_TEXT = ("instrument",)

_NAMES: Columns = {
    "acronym": ("ocsea:acronym", words),
    "alternative": ("skos:altLabel", texts),
}
_BODY: Columns = {
    **_NAMES,
    "former": ("ocsea:formerName", texts),
    "established": ("ocsea:established", date),
    "ended": ("ocsea:ended", date),
    "state": ("ocsea:state", refs("state")),
    "mandate": ("ocsea:mandatedBy", refs(*_TEXT)),
    "description": ("dcterms:description", english),
    **NOTE,
}
_INITIATIVE: Columns = {
    **_NAMES,
    "state": ("ocsea:takesPlaceIn", refs("state")),
    "part_of": ("dcterms:isPartOf", refs()),
    "legal_basis": ("ocsea:legalBasis", refs(*_TEXT)),
    "description": ("dcterms:description", english),
    **NOTE,
}
_COMMITMENT: Columns = {
    "number": ("ocsea:itemNumber", required),
    "summary": ("ocsea:summary", english),
    "part_of": ("ocsea:contributesTo", refs()),
    "owner": ("ocsea:owner", refs()),
    "addressed_to": ("ocsea:addressedTo", refs()),
    "level": ("ocsea:level", several(one_of(_LEVELS))),
    "topic": ("ocsea:topic", refs("commitment")),
    "rests_on": ("ocsea:restsOn", refs()),
    "date": ("ocsea:date", date),
    **NOTE,
}
_TERM: Columns = {
    **_NAMES,
    "discouraged": ("ocsea:discouragedLabel", texts),
    "reason": ("ocsea:reason", english),
    "definition": ("skos:definition", english),
    "defined_by": ("ocsea:definedBy", refs()),
    "broader": ("skos:broader", refs("term")),
    "related": ("skos:related", refs("term")),
    "scheme": ("skos:inScheme", several(lambda key: ids.thing("scheme", key))),
    **NOTE,
}


def body(context: Context, row: Row) -> Iterator[Triple]:
    """A body, alliance, tool or area."""
    thing, kind = _classified(row, _KINDS)
    yield from record(
        thing,
        f"ocsea:{kind}",
        row.take_as("label", required),
        ("dcterms:identifier", ids.key(thing).upper() if kind == "Alliance" else None),
        *_wholes(row, thing),
        *mapped(row, _BODY),
        ("dcterms:source", context.cite(row)),
    )


def initiative(context: Context, row: Row) -> Iterator[Triple]:
    """A programme, project, campaign, strategy, practice, event or training."""
    thing, kind = _classified(row, _INITIATIVES)
    yield from record(
        thing,
        f"ocsea:{kind}",
        row.take_as("label", required),
        *span_pairs(row),
        *mapped(row, _INITIATIVE),
        ("dcterms:source", context.cite(row)),
    )


def commitment(context: Context, row: Row) -> Iterator[Triple]:
    """Something promised, recommended or asked for, or a heading that such things stand under."""
    thing, kind = _classified(row, _COMMITMENTS)
    label = row.take_as("label", required)
    yield from record(
        thing,
        f"ocsea:{kind}",
        label,
        ("skos:prefLabel", english(label) if kind in _CONCEPTS else None),
        *mapped(row, _COMMITMENT),
        ("dcterms:source", context.cite(row)),
    )


def concept(context: Context, row: Row) -> Iterator[Triple]:
    """A term, with the labels it replaces and what the source says it means."""
    thing, label = row.take_as("ref", one_ref("term")), row.take_as("label", required)
    yield from record(
        thing,
        "ocsea:Term",
        label,
        ("skos:prefLabel", english(label)),
        *mapped(row, _TERM),
        ("dcterms:source", context.cite(row)),
    )


def _classified(row: Row, kinds: dict[str, str]) -> tuple[NamedNode, str]:
    """The thing that a row is about and its class, which says the kind of its ref."""
    kind, name = row.take_as("class", one_of({name: (kind, name) for name, kind in kinds.items()}))
    return row.take_as("ref", one_ref(kind)), name


def _wholes(row: Row, thing: NamedNode) -> list[Pair]:
    """What a body or the like is part of; that a body is part of another, ORG has a word for."""
    wholes = row.take_optional("part_of", refs()) or []
    bodies = [whole for whole in wholes if ids.kind(thing) == ids.kind(whole) == "body"]
    return [
        ("org:subOrganizationOf", bodies),
        ("dcterms:isPartOf", [whole for whole in wholes if whole not in bodies]),
    ]
