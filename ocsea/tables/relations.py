"""What a source says of two things: memberships, involvements and other statements.

A membership and an involvement are the same record from all sources that know of it, and the graph
of each source holds what that one says of it; a statement is one source's own.
"""

from collections.abc import Iterator

from pyoxigraph import NamedNode, Triple

from ocsea import ids
from ocsea.namespaces import term
from ocsea.records import Pair, facts, record
from ocsea.rows import Row
from ocsea.tables.cells import NOTE, Context, mapped, one_of, one_ref, span_pairs
from ocsea.values import date

_ORGANISATIONS = ("body", "alliance")
_MEMBERS = ("state", "entity", *_ORGANISATIONS)
ROLES = {
    **{
        role: f"ocsea:{role}"
        for role in (
            *("founder", "host", "chair", "funder", "operator", "owner", "partner", "coordinator"),
            *("secretariat", "participant", "developer", "author", "supporter", "monitors"),
        )
    },
    "contact-point": "ocsea:contactPoint",
    "successor": "ocsea:succeeds",
}
"""The roles of involvements, and the property of each that is the plain link."""
_LED_BY_AGENT = ("monitors", "successor")
STATEMENTS = {
    **{
        verb: (f"ocsea:{verb}", verb)
        for verb in (
            *("adopts", "supports", "endorses", "implements", "uses", "trains"),
            *("evaluates", "criticises"),
        )
    },
    "cooperates-with": ("ocsea:cooperatesWith", "cooperates with"),
    "reports-to": ("ocsea:reportsTo", "reports to"),
    "uses-term": ("ocsea:usesTerm", "uses the term"),
    "prefers-term": ("ocsea:prefersTerm", "prefers the term"),
    "rejects-term": ("ocsea:rejectsTerm", "advises against the term"),
    "regulates": ("ocsea:regulates", "has rules on"),
    "related": ("ocsea:relatedTo", "is related to"),
}
"""What statements say: for each the property, and the words of a label."""
PROVISIONS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "criminalises": ("ocsea:criminalises", "criminalises", ("offence",)),
    "requires": ("ocsea:requires", "requires", ("obligation",)),
    "defines": ("ocsea:defines", "defines", ()),
    "allows-derogation": ("ocsea:allowsDerogation", "allows derogation from", ()),
    "cites": ("ocsea:cites", "cites", ()),
}
"""What provisions do, likewise, with the kinds of things that they do it to."""


def membership(context: Context, row: Row) -> Iterator[Triple]:
    """A member of a body or alliance; a blank role is that of a plain member."""
    organisation = row.take_as("organisation", one_ref(*_ORGANISATIONS))
    member, role = row.take_as("member", one_ref(*_MEMBERS)), row.take_as("role", _role)
    label = f"{context.names.of(member)} in the {context.names.of(organisation)}"
    yield from record(
        ids.membership(organisation, member, role),
        "ocsea:Membership",
        label if role == "member" else f"{label}, {role}",
        ("org:organization", organisation),
        ("org:member", member),
        ("ocsea:role", role),
        *span_pairs(row),
        ("ocsea:asOf", row.take_optional("as_of", date)),
        *mapped(row, NOTE),
        ("dcterms:source", context.cite(row)),
    )


def involvement(context: Context, row: Row) -> Iterator[Triple]:
    """The part that an agent has in something; also as a plain link, which knows no time."""
    agent, thing = row.take_as("agent", ids.ref), row.take_as("object", ids.ref)
    role = row.take_as("role", one_of({role: role for role in ROLES}))
    yield from record(
        ids.involvement(role, agent, thing),
        "ocsea:Involvement",
        f"{context.names.of(agent)}: {role.replace('-', ' ')}, {context.names.of(thing)}",
        ("ocsea:agent", agent),
        ("ocsea:role", role),
        ("ocsea:object", thing),
        *span_pairs(row),
        *mapped(row, NOTE),
        ("dcterms:source", context.cite(row)),
    )
    yield plain_link(agent, role, thing)


def plain_link(agent: NamedNode, role: str, thing: NamedNode) -> Triple:
    """An involvement in one step: from the thing to the agent, or the other way round."""
    subject, other = (agent, thing) if role in _LED_BY_AGENT else (thing, agent)
    return Triple(subject, term(ROLES[role]), other)


def statement(context: Context, row: Row) -> Iterator[Triple]:
    """Another link between two things that the source states."""
    name, link = row.take_as("property", lambda text: (text, one_of(STATEMENTS)(text)))
    ends = row.take_as("subject", ids.ref), row.take_as("object", ids.ref)
    yield from _stated(context, row, "ocsea:Statement", name, link, ends, *span_pairs(row))


def provision(context: Context, row: Row) -> Iterator[Triple]:
    """What the source says that a provision, or an instrument as a whole, does."""
    name, (*link, kinds) = row.take_as("relation", lambda text: (text, one_of(PROVISIONS)(text)))
    ends = row.take_as("provision", one_ref("instrument")), row.take_as("object", one_ref(*kinds))
    yield from _stated(context, row, "ocsea:ProvisionStatement", name, (link[0], link[1]), ends)


def _stated(
    context: Context,
    row: Row,
    kind: str,
    name: str,
    link: tuple[str, str],
    ends: tuple[NamedNode, NamedNode],
    *more: Pair,
) -> Iterator[Triple]:
    """The record of a link, and the plain link beside it; `link` is its property and its words."""
    (prop, words), (subject, thing) = link, ends
    yield from record(
        ids.statement(name, subject, thing, context.source.stem),
        kind,
        f"{context.names.of(subject)} {words} {context.names.of(thing)}",
        ("ocsea:subject", subject),
        ("ocsea:relation", term(prop)),
        ("ocsea:object", thing),
        *more,
        *mapped(row, NOTE),
        ("dcterms:source", context.cite(row)),
    )
    yield from facts(subject, (prop, thing))


def _role(text: str) -> str:
    if text and not ids.slug(text):
        raise ValueError("not a role: name it in a word or two, or leave the cell blank")
    return text or "member"
