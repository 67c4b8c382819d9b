"""IRIs of things, minted here and nowhere else, from the fewest stable fields.

A key is a code (ISO 3166 alpha-3, a treaty number, an indicator identifier), never a row number
and never a value that a correction would change.
"""

import re
import unicodedata

from pyoxigraph import NamedNode

from ocsea.namespaces import GRAPH, ID

_SLUG = "[a-z0-9]+(?:-[a-z0-9]+)*"
_PLACE_IN_TEXT = f"(?:/(?:chapter|article|paragraph|recital)/{_SLUG})*"
_REF_KINDS = {
    **dict.fromkeys(("state", "entity"), "[A-Z]{3}"),
    **dict.fromkeys(("body", "alliance", "area", "tool", "initiative", "commitment"), _SLUG),
    **dict.fromkeys(("term", "offence", "obligation", "indicator", "source"), _SLUG),
    "instrument": _SLUG + _PLACE_IN_TEXT,
}


def slug(text: str) -> str:
    """A label as a path segment: `Fig. 1` → `fig-1`, `CETS-201` → `cets-201`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def thing(kind: str, *keys: str) -> NamedNode:
    """`thing("state", "ALB")` → `https://w3id.org/ocsea/id/state/ALB`."""
    for key in keys:
        if not all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", part) for part in key.split("/")):
            raise ValueError(f"'{key}' cannot stand in the IRI of a {kind}")
    return NamedNode(ID + "/".join((kind, *keys)))


def key(iri: NamedNode) -> str:
    """The key of a thing: what follows its kind, so `…/id/state/ALB` → `ALB`."""
    return iri.value.removeprefix(ID).split("/", 1)[1]


def kind(iri: NamedNode) -> str:
    """The kind of a thing: `…/id/state/ALB` → `state`."""
    return iri.value.removeprefix(ID).split("/", 1)[0]


def ref(text: str, *kinds: str) -> NamedNode:
    """The thing that a cell names by kind and key: `state/ALB`, `instrument/cets-201/article/20`.

    Raises ValueError for another spelling and, where kinds are given, for any other kind.
    """
    name, _, rest = text.partition("/")
    if not re.fullmatch(_REF_KINDS.get(name, "(?!)"), rest):
        raise ValueError(f"not a ref: write kind/key, the kind one of {', '.join(_REF_KINDS)}")
    if kinds and name not in kinds:
        raise ValueError(f"'{name}' cannot stand here: write a ref to {' or '.join(kinds)}")
    return NamedNode(ID + text)


def graph(stem: str) -> NamedNode:
    """The named graph of a source, or one of `ontology`, `inferred`, `provenance`, `audit`."""
    return NamedNode(GRAPH + stem)


def instrument(identifier: str) -> NamedNode:
    """The instrument with this `dcterms:identifier`: `CETS-201` → `…/instrument/cets-201`."""
    return thing("instrument", slug(identifier))


def provision(instrument_identifier: str, kind: str, number: str) -> NamedNode:
    """A chapter or article: `("CETS-201", "Article", "20")` → `…/cets-201/article/20`."""
    return thing("instrument", slug(instrument_identifier), slug(kind), slug(number))


def action(instrument_identifier: str, party: NamedNode, kind: str) -> NamedNode:
    """One act of one party on one instrument, `kind` being the class name, `Ratification`."""
    return thing("action", slug(instrument_identifier), key(party), slug(kind))


def status(commitment_identifier: str, party: NamedNode, stem: str) -> NamedNode:
    """What the source `stem` says of a party's standing towards an instrument or alliance."""
    return thing("status", slug(commitment_identifier), key(party), stem)


def membership(organisation: NamedNode, member: NamedNode, role: str = "member") -> NamedNode:
    """A membership in a body or alliance; any other role than that of a member is named last."""
    special = [] if role == "member" else [slug(role)]
    return thing("membership", key(organisation), key(member), *special)


def involvement(role: str, agent: NamedNode, subject: NamedNode) -> NamedNode:
    """The part of an agent in something: `("host", europol, ec3)`."""
    return thing("involvement", role, key(agent), key(subject))


def statement(relation: str, subject: NamedNode, other: NamedNode, stem: str) -> NamedNode:
    """What the source `stem` says of a link between two things."""
    return thing("statement", relation, key(subject), key(other), stem)


def budget(paid: NamedNode, amount: str, currency: str, begin: str, stem: str) -> NamedNode:
    """Money for something, as the source `stem` prints it: `…/budget/isec/70000000-eur-2009/…`."""
    money = "-".join(part for part in (amount, currency.lower(), begin) if part)
    return thing("budget", key(paid), money, stem)


def period(begin: str, end: str) -> NamedNode:
    """A time that is not a calendar year: `("2014", "2019")` → `…/period/2014-2019`."""
    return thing("period", begin if begin == end else f"{begin}-{end}")


def observation(indicator: str, area: NamedNode, period: str) -> NamedNode:
    """The value of an indicator for an area and a period."""
    return thing("observation", slug(indicator), key(area), period)


def figure(indicator: NamedNode, area: NamedNode, period: str, stem: str) -> NamedNode:
    """The value that the source `stem` states in its text, where sources may well differ."""
    return thing("observation", key(indicator), key(area), period, stem)


def date_statement(instrument_identifier: str, date_property: str, stem: str) -> NamedNode:
    """What the source `stem` gives as one of an instrument's dates."""
    return thing("date", slug(instrument_identifier), date_property, stem)


def locator(stem: str, *path: str) -> NamedNode:
    """A place in a source, from the outside in: place, row key, column key."""
    return thing("locator", stem, *path)
