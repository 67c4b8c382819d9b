"""Treaties and European acts: what they are, their articles, their dates, what they replace."""

from collections.abc import Collection, Iterator

from pyoxigraph import NamedNode, Triple

from ocsea import ids
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
_RELATIONS = ("repeals", "replaces", "supplements")
_KINDS = {"Chapter": "Chapter", "Part": "Chapter", "Article": "Article"}
_IN_FORCE = {"yes": term("ocsea:InForce"), "no": term("ocsea:NotInForce"), "": None}


def load(source: Source) -> Iterator[Triple]:
    """Instruments, then their chapters and articles, dated facts, and relations."""
    bodies, labels = _bodies(source), dict[str, str]()
    for row in source.rows("instruments.csv"):
        yield from load_instrument(source, row, labels, bodies)
    provisions = set[NamedNode]()
    for row in source.rows("provisions.csv"):
        yield from load_provision(source, row, labels, provisions)
    stated = set[NamedNode | tuple[str, str]]()
    for row in source.rows("dates.csv"):
        yield from load_date(source, row, labels, stated)
    for row in source.rows("relations.csv"):
        yield from load_relation(source, row, labels)


def load_instrument(
    source: Source, row: Row, labels: dict[str, str], bodies: set[str]
) -> Iterator[Triple]:
    """An instrument as such; its dates and its relations have rows of their own."""
    identifier, label = row.take("identifier"), row.take("label")
    if identifier in labels:
        raise row.error("identifier", "the instrument stands twice: remove one of the two")
    labels[identifier] = label
    in_force = _one_of(row, "in_force", _IN_FORCE)
    _, evidence = _optional_evidence(source, row, "in_force_")
    if bool(in_force) != bool(evidence):
        raise row.error("in_force", "give the state and where it is said, or leave all three blank")
    yield from record(
        ids.instrument(identifier),
        f"ocsea:{row.take('class')}",
        label,
        ("dcterms:identifier", identifier),
        ("dcterms:title", english(row.take("title"))),
        ("skos:altLabel", [english(name) for name in _several(row, "alternative_labels")]),
        ("ocsea:alternativeNumber", row.take("alternative_number") or None),
        ("ocsea:adoptedBy", _adopters(row, bodies)),
        ("ocsea:inForce", _IN_FORCE[in_force]),
        ("skos:note", row.take_optional("note", english)),
        ("dcterms:source", [source.cite(row.take("place")), *evidence]),
    )


def load_provision(
    source: Source, row: Row, labels: dict[str, str], provisions: set[NamedNode]
) -> Iterator[Triple]:
    """A chapter or article; a Part is a chapter under the name that its instrument gives it."""
    identifier, kind = _one_of(row, "instrument", labels), _one_of(row, "kind", _KINDS)
    number, heading = row.take("number"), row.take("heading")
    iri = ids.provision(identifier, _KINDS[kind], number)
    if iri in provisions:
        raise row.error("number", "the provision stands twice: remove one of the two")
    provisions.add(iri)
    _, also = _optional_evidence(source, row, "also_")
    yield from record(
        iri,
        f"ocsea:{_KINDS[kind]}",
        f"{labels[identifier]}, {kind} {number}" + (f": {heading}" if heading else ""),
        ("eli:number", number),
        ("ocsea:heading", english(heading) if heading else None),
        ("eli:is_part_of", [ids.instrument(identifier), *_chapter(row, identifier, provisions)]),
        ("skos:note", row.take_optional("note", english)),
        ("dcterms:source", [source.cite(row.take("place")), *also]),
    )


def load_date(
    source: Source, row: Row, labels: dict[str, str], stated: set[NamedNode | tuple[str, str]]
) -> Iterator[Triple]:
    """What one document gives as a date; the preferred one stands on the instrument as well."""
    identifier, prop = _one_of(row, "instrument", labels), _one_of(row, "property", _DATES)
    value, preferred = row.take_as("date", date), _one_of(row, "preferred", ("yes", "no")) == "yes"
    stem, cites = _evidence(source, row)
    statement = ids.date_statement(identifier, prop, stem)
    if statement in stated:
        raise row.error("source", "the document gives this date twice: remove one of the two")
    if preferred and (identifier, prop) in stated:
        raise row.error("preferred", "another date is preferred already: choose one of the two")
    stated.update({statement, (identifier, prop)} if preferred else {statement})
    yield from record(
        statement,
        "ocsea:DateStatement",
        f"{labels[identifier]}: {_DATES[prop]} {value.value}, by {_document(source, stem)}",
        ("ocsea:instrument", ids.instrument(identifier)),
        ("ocsea:dateProperty", term(f"ocsea:{prop}")),
        ("ocsea:date", value),
        ("ocsea:statedValue", row.take("printed") or None),
        ("skos:note", row.take_optional("note", english)),
        ("dcterms:source", cites),
    )
    if preferred:
        yield from facts(ids.instrument(identifier), (f"ocsea:{prop}", value))


def load_relation(source: Source, row: Row, labels: dict[str, str]) -> Iterator[Triple]:
    """That an instrument replaces, repeals or supplements another, and who says so."""
    subject, other = _one_of(row, "instrument", labels), _one_of(row, "object", labels)
    relation = _one_of(row, "relation", _RELATIONS)
    _, cites = _evidence(source, row)
    yield from facts(
        ids.instrument(subject),
        (f"ocsea:{relation}", ids.instrument(other)),
        ("dcterms:source", cites),
    )


def _bodies(source: Source) -> set[str]:
    keys = set()
    for row in read_rows(source.folder.parent / "states" / "bodies.csv"):
        keys.add(row.take("key"))
        row.ignore(*row.remaining())
    return keys


def _one_of(row: Row, column: str, known: Collection[str]) -> str:
    value = row.take(column)
    if value not in known:
        raise row.error(column, f"not known here: use one of {', '.join(map(repr, known))}")
    return value


def _several(row: Row, column: str) -> list[str]:
    return [part for part in row.take(column).split(";") if part]


def _adopters(row: Row, bodies: set[str]) -> list[NamedNode]:
    keys = _several(row, "adopted_by")
    if not keys or not bodies >= set(keys):
        raise row.error("adopted_by", "names no body, or one that data/states/bodies.csv lacks")
    return [ids.thing("body", key) for key in keys]


def _chapter(row: Row, identifier: str, provisions: set[NamedNode]) -> list[NamedNode]:
    number = row.take("part_of")
    if not number:
        return []
    chapter = ids.provision(identifier, "Chapter", number)
    if chapter not in provisions:
        raise row.error("part_of", "no such chapter above this row: correct it, or add the chapter")
    return [chapter]


def _document(source: Source, stem: str) -> str:
    return "the official text" if stem == source.stem else str(source.about["documents"][stem])


def _evidence(source: Source, row: Row) -> tuple[str, list[NamedNode]]:
    stem, cites = _optional_evidence(source, row, "")
    if not cites:
        raise row.error("place", "cites no place: say where this stands")
    return stem, cites


def _optional_evidence(source: Source, row: Row, prefix: str) -> tuple[str, list[NamedNode]]:
    """The document a row cites and the place in it, an official text being named in the place."""
    stem, place = row.take(f"{prefix}source"), row.take(f"{prefix}place")
    if not stem and not place:
        return stem, []
    if stem != source.stem and stem not in source.about["documents"]:
        raise row.error(f"{prefix}source", "not among the documents of loaders/instruments.yml")
    if not place:
        raise row.error(f"{prefix}place", "cites no place: say where this stands")
    prefixed = place if stem == source.stem else f"{_document(source, stem)}, {place}"
    return stem, [source.cite(prefixed)]
