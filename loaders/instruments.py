"""Legal and policy instruments: what they are, their provisions, dates, relations and duties."""

from collections.abc import Collection, Iterator

from pyoxigraph import NamedNode, Triple

from ocsea import duties, ids
from ocsea.evidence import document, evidence, one_of, optional_evidence, placed, several
from ocsea.namespaces import term
from ocsea.records import facts, record
from ocsea.rows import Row, read_rows
from ocsea.sources import Source
from ocsea.values import date, english

_DATES = {
    "adopted": "adoption",
    "openedForSignature": "opening for signature",
    "entryIntoForce": "entry into force",
    "transpositionDeadline": "transposition deadline",
    "noLongerInForceSince": "end of force",
}
_RELATIONS = (
    "adoptedUnder",
    "amends",
    "annexes",
    "drawsOn",
    "extendsTo",
    "givesEffectTo",
    "interprets",
    "monitoredBy",
    "proposes",
    "repeals",
    "replaces",
    "reportsOn",
    "supplements",
    "transposes",
)
_KINDS = {
    "Chapter": "Chapter",
    "Part": "Chapter",
    "Article": "Article",
    "Section": "Article",
    "Paragraph": "Paragraph",
    "Recital": "Recital",
}
_IN_FORCE = {"yes": term("ocsea:InForce"), "no": term("ocsea:NotInForce"), "": None}


def load(source: Source) -> Iterator[Triple]:
    """All of it, each place in a document joined to the document's own."""
    yield from placed(source, _load(source))


def _load(source: Source) -> Iterator[Triple]:
    """Instruments, then their provisions, dated facts, relations, mentions, and what they ask."""
    bodies, labels = _states_bodies(source), dict[str, str]()
    for row in source.rows("adopters.csv"):
        yield from load_adopter(source, row, bodies)
    for row in source.rows("instruments.csv"):
        yield from load_instrument(source, row, labels, bodies)
    law = {ids.instrument(identifier) for identifier in labels}
    for row in source.rows("provisions.csv"):
        yield from load_provision(source, row, labels, law)
    stated = set[NamedNode | tuple[str, str]]()
    for row in source.rows("dates.csv"):
        yield from load_date(source, row, labels, stated)
    for row in source.rows("relations.csv"):
        yield from load_relation(source, row, law, bodies)
    for row in source.rows("mentions.csv"):
        yield from load_mention(source, row, labels)
    yield from duties.load(source, law)


def load_adopter(source: Source, row: Row, bodies: set[str]) -> Iterator[Triple]:
    """A body that adopted an instrument, where data/states/bodies.csv has no such body."""
    key = row.take("key")
    if key in bodies:
        raise row.error("key", "the body is known already: remove this row")
    bodies.add(key)
    yield from record(
        ids.thing("body", key),
        f"ocsea:{row.take('class')}",
        row.take("label"),
        ("dcterms:source", evidence(source, row)[1]),
    )


def load_instrument(
    source: Source, row: Row, labels: dict[str, str], bodies: set[str]
) -> Iterator[Triple]:
    """An instrument as such; its dates and its relations have rows of their own."""
    identifier, label = row.take("identifier"), row.take("label")
    if identifier in labels:
        raise row.error("identifier", "the instrument stands twice: remove one of the two")
    labels[identifier] = label
    in_force = one_of(row, "in_force", _IN_FORCE)
    _, force = optional_evidence(source, row, "in_force_")
    if bool(in_force) != bool(force):
        raise row.error("in_force", "give the state and where it is said, or leave all three blank")
    yield from record(
        ids.instrument(identifier),
        f"ocsea:{row.take('class')}",
        label,
        ("dcterms:identifier", identifier),
        ("dcterms:title", row.take_optional("title", english)),
        ("skos:altLabel", [english(name) for name in several(row, "alternative_labels")]),
        ("ocsea:alternativeNumber", row.take("alternative_number") or None),
        ("ocsea:adoptedBy", _adopters(row, bodies)),
        ("ocsea:ofState", row.take_as("state", lambda text: _states(source, text))),
        ("ocsea:inForce", _IN_FORCE[in_force]),
        ("skos:note", row.take_optional("note", english)),
        ("dcterms:source", [*evidence(source, row)[1], *force]),
    )


def load_provision(
    source: Source, row: Row, labels: dict[str, str], law: set[NamedNode]
) -> Iterator[Triple]:
    """A part of an instrument; a Part or Section goes by the name that its instrument gives it."""
    identifier, kind = one_of(row, "instrument", labels), one_of(row, "kind", _KINDS)
    number, heading, within = row.take("number"), row.take("heading"), row.take("part_of")
    iri = _provision(identifier, kind, number, within)
    if iri in law:
        raise row.error("number", "the provision stands twice: remove one of the two")
    law.add(iri)
    _, also = optional_evidence(source, row, "also_")
    yield from record(
        iri,
        f"ocsea:{_KINDS[kind]}",
        f"{labels[identifier]}, {_name(kind, number, within)}"
        + (f": {heading}" if heading else ""),
        ("eli:number", number),
        ("ocsea:heading", english(heading) if heading else None),
        (
            "eli:is_part_of",
            [ids.instrument(identifier), *_whole(row, identifier, kind, within, law)],
        ),
        ("skos:note", row.take_optional("note", english)),
        ("dcterms:source", [source.cite(row.take("place")), *also]),
    )


def load_date(
    source: Source, row: Row, labels: dict[str, str], stated: set[NamedNode | tuple[str, str]]
) -> Iterator[Triple]:
    """What one document gives as a date; the preferred one stands on the instrument as well."""
    identifier, prop = one_of(row, "instrument", labels), one_of(row, "property", _DATES)
    value, preferred = row.take_as("date", date), one_of(row, "preferred", ("yes", "no")) == "yes"
    stem, cites = evidence(source, row)
    statement = ids.date_statement(identifier, prop, stem)
    if statement in stated:
        raise row.error("source", "the document gives this date twice: remove one of the two")
    if preferred and (identifier, prop) in stated:
        raise row.error("preferred", "another date is preferred already: choose one of the two")
    stated.update({statement, (identifier, prop)} if preferred else {statement})
    yield from record(
        statement,
        "ocsea:DateStatement",
        f"{labels[identifier]}: {_DATES[prop]} {value.value}, by {document(source, stem)}",
        ("ocsea:instrument", ids.instrument(identifier)),
        ("ocsea:dateProperty", term(f"ocsea:{prop}")),
        ("ocsea:date", value),
        ("ocsea:statedValue", row.take("printed") or None),
        ("skos:note", row.take_optional("note", english)),
        ("dcterms:source", cites),
    )
    if preferred:
        yield from facts(ids.instrument(identifier), (f"ocsea:{prop}", value))


def load_relation(
    source: Source, row: Row, law: Collection[NamedNode], bodies: Collection[str]
) -> Iterator[Triple]:
    """How an instrument or provision stands to another, and who says so."""
    subject = duties.legal(row, "instrument", law, row.take("instrument"))
    relation, other = one_of(row, "relation", _RELATIONS), row.take("object")
    if relation != "monitoredBy":
        value = duties.legal(row, "object", law, other)
    elif other in bodies:
        value = ids.thing("body", other)
    else:
        raise row.error("object", "a monitoring body that neither bodies.csv nor adopters.csv has")
    _, cites = evidence(source, row)
    yield from facts(subject, (f"ocsea:{relation}", value), ("dcterms:source", cites))


def load_mention(source: Source, row: Row, labels: dict[str, str]) -> Iterator[Triple]:
    """That a document names an instrument, and where."""
    identifier = one_of(row, "instrument", labels)
    stem, cites = evidence(source, row)
    yield from facts(
        ids.instrument(identifier),
        ("ocsea:mentionedIn", ids.thing("source", stem)),
        ("dcterms:source", cites),
    )


def _states_bodies(source: Source) -> set[str]:
    keys = set()
    for row in read_rows(source.folder.parent / "states" / "bodies.csv"):
        keys.add(row.take("key"))
        row.ignore(*row.remaining())
    return keys


def _adopters(row: Row, bodies: set[str]) -> list[NamedNode]:
    keys = several(row, "adopted_by")
    if not bodies >= set(keys):
        raise row.error("adopted_by", "a body that neither bodies.csv nor adopters.csv has")
    return [ids.thing("body", key) for key in keys]


def _states(source: Source, names: str) -> list[NamedNode]:
    return [source.parties.find(name) for name in names.split(";") if name]


def _provision(identifier: str, kind: str, number: str, within: str) -> NamedNode:
    """The IRI of a provision; a paragraph's goes by its article."""
    if kind == "Paragraph":
        article = ids.key(ids.provision(identifier, "Article", within))
        return ids.thing("instrument", article, "paragraph", ids.slug(number))
    return ids.provision(identifier, _KINDS[kind], number)


def _name(kind: str, number: str, within: str) -> str:
    """`Article 20`, and for paragraph 1.a of it `Article 20(1)(a)`."""
    if kind == "Paragraph":
        return f"Article {within}" + "".join(f"({part})" for part in number.split("."))
    return f"{kind} {number}"


def _whole(
    row: Row, identifier: str, kind: str, within: str, law: Collection[NamedNode]
) -> list[NamedNode]:
    """The chapter of an article, or the article of a paragraph, which must stand above."""
    if not within:
        return []
    whole = ids.provision(identifier, "Article" if kind == "Paragraph" else "Chapter", within)
    if whole not in law:
        raise row.error("part_of", "no such chapter or article above this row: correct or add it")
    return [whole]
