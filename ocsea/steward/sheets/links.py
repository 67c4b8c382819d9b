"""Sheets of links between two things, and the plain link that the graph has beside each record."""

from collections.abc import Mapping, Sequence

from pyoxigraph import NamedNode, Triple

from ocsea import ids
from ocsea.namespaces import term
from ocsea.steward.facts import Facts, Term
from ocsea.steward.sheets.columns import (
    BEGIN,
    CHANGE,
    END,
    LAST,
    NOTE,
    PLACE,
    RECORD,
    Column,
    Sheet,
    source,
)
from ocsea.tables.relations import PROVISIONS, STATEMENTS, plain_link

Values = Mapping[str, Sequence[Term]]

WORDS = STATEMENTS | {name: (prop, words) for name, (prop, words, _) in PROVISIONS.items()}
"""The relations: for each the property, and how it is said."""

_STATE = Column("state", "Leave it blank: it is that of the two things.", "state", locked=True)


def _end(name: str, note: str, prop: str, choices: str) -> Column:
    return Column(name, note, "link", prop, required=True, locked=True, choices=choices)


INVOLVEMENTS = Sheet(
    "involvements",
    "Who has a part in what: who runs, pays for or takes part in a practice or a service.",
    (
        RECORD,
        CHANGE,
        _STATE,
        _end("agent", "Who: a state or a body, such as body/insafe.", "ocsea:agent", "agents"),
        Column(
            "role",
            "In what role: operator, funder, partner …",
            "word",
            "ocsea:role",
            required=True,
            locked=True,
            choices="roles",
        ),
        _end("object", "In what, such as initiative/be-in-ctrl.", "ocsea:object", "things"),
        BEGIN,
        END,
        NOTE,
        *LAST,
    ),
    roots=("ocsea:Involvement",),
)
RELATIONS = Sheet(
    "relations",
    "What else a source says of two things: that one uses, supports or works with the other.",
    (
        RECORD,
        CHANGE,
        _STATE,
        _end("subject", "Which thing, such as body/iwf.", "ocsea:subject", "things"),
        _end(
            "relation",
            "What it does: uses, supports, cooperates-with …",
            "ocsea:relation",
            "relations",
        ),
        _end("object", "To which thing, such as tool/photodna.", "ocsea:object", "things"),
        BEGIN,
        END,
        NOTE,
        source(locked=True),
        PLACE,
    ),
    roots=("ocsea:Statement",),
)
ENDS = (
    *((INVOLVEMENTS, prop) for prop in ("ocsea:agent", "ocsea:object")),
    *((RELATIONS, prop) for prop in ("ocsea:subject", "ocsea:object")),
)
"""By which properties links lead to things."""


def iri(sheet: Sheet, values: Values, stem: str) -> NamedNode:
    """The IRI of a link; `stem` is the source that states it."""
    one, other = _ends(sheet, values)
    if sheet is INVOLVEMENTS:
        return ids.involvement(values["role"][0].value, one, other)
    return ids.statement(_relation(values), one, other, stem)


def label(facts: Facts, sheet: Sheet, values: Values) -> str:
    """The label of a link as the loaders write it."""
    one, other = (facts.label(thing) for thing in _ends(sheet, values))
    if sheet is INVOLVEMENTS:
        return f"{one}: {values['role'][0].value.replace('-', ' ')}, {other}"
    return f"{one} {WORDS[_relation(values)][1]} {other}"


def kind(values: Values) -> NamedNode:
    """The class of a relation: that of a provision, or of an instrument as a whole, is its own."""
    of_provision = _relation(values) in PROVISIONS
    return term("ocsea:ProvisionStatement" if of_provision else "ocsea:Statement")


def plain(sheet: Sheet, values: Values) -> Triple | None:
    """The link in one step, which the graph has beside the record; None of what is no link."""
    if sheet is INVOLVEMENTS:
        one, other = _ends(sheet, values)
        return plain_link(one, values["role"][0].value, other)
    if sheet is RELATIONS:
        one, other = _ends(sheet, values)
        return Triple(one, _node(values["relation"]), other)
    return None


def _ends(sheet: Sheet, values: Values) -> tuple[NamedNode, NamedNode]:
    return _node(values["agent" if sheet is INVOLVEMENTS else "subject"]), _node(values["object"])


def _relation(values: Values) -> str:
    prop = _node(values["relation"])
    return next(name for name, (named, _) in WORDS.items() if term(named) == prop)


def _node(values: Sequence[Term]) -> NamedNode:
    [node] = [value for value in values if isinstance(value, NamedNode)]
    return node
