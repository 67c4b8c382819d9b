"""A row about a record that the graph has: what its edit, or its removal, comes to."""

from collections.abc import Iterable, Mapping, Sequence

from pyoxigraph import NamedNode, Quad, Triple

from ocsea import ids
from ocsea.namespaces import ID, term
from ocsea.steward.facts import LABEL, SOURCE, Term
from ocsea.steward.sheets import citing, minting
from ocsea.steward.sheets.cells import same
from ocsea.steward.sheets.rows import Row, Rows, sheet_of, written
from ocsea.steward.sheets.sent_row import APART, SentRow, Values, Wrong, difference
from ocsea.steward.sheets.topics import ACTIONS, INDICATORS, SOURCES, STATUSES
from ocsea.values import english

_STATED, _DATA_SET = term("ocsea:statedValue"), term("qb:dataSet")


def find(sent: SentRow) -> NamedNode:
    """The record that a row names. Raises Wrong where it cannot be one."""
    try:
        record = NamedNode(ID + sent.cell("record"))
        ids.kind(record), ids.key(record)
    except (ValueError, IndexError):
        _refuse_unknown(sent)
    return record


def amend(sent: SentRow, was: Rows, record: NamedNode, *, remove: bool) -> None:
    """Take the edit of a record into the draft; `was` is the release that the template shows.

    Raises Wrong where something about it is.
    """
    quads = sent.now.facts.stated(record)
    old = quads if was is sent.now else was.facts.stated(record)
    if not quads and not old:
        _refuse_unknown(sent)
    now_row = _row(sent, sent.now, record, quads)
    was_row = now_row if was is sent.now else _row(sent, was, record, old)
    edited = _edited(sent, now_row, was_row)
    if not edited and not remove:
        return
    if not quads:
        _refuse_gone(sent, record, remove)
    for name in now_row if remove else edited:
        _tell_conflict(sent, record, name, (was_row, now_row))
        if remove:
            sent.settle()  # one change is reason enough to look again
    _warn(sent, record, quads)
    for name in () if remove else edited:
        if sent.sheet.column(name).locked:
            _tell_key(sent, name, record)
    sent.draft.say(record, () if remove else _after(sent, record, quads, edited, now_row))
    if remove:
        sent.link(_values(sent, _by_property(quads)), ())


def _refuse_unknown(sent: SentRow) -> None:
    sent.refuse(
        "record",
        f"The graph has no record ‘{sent.cell('record')}’.",
        "Take the key as the template has it; leave the cell blank in a new row.",
        "row-unknown",
    )


def _row(sent: SentRow, rows: Rows, record: NamedNode, quads: list[Quad]) -> Row:
    if not quads:
        return {column.name: "" for column in sent.sheet.columns}
    right = sheet_of(rows.facts, quads)
    if right is not sent.sheet:
        remedy = f"Move the row to sheet {right.name}." if right else "Leave the row out."
        wrong = f"This is no record of sheet {sent.sheet.name}."
        sent.refuse("record", wrong, remedy, "row-sheet", record)
    return rows.row(sent.sheet, record, quads)


def _edited(sent: SentRow, now: Row, was: Row) -> list[str]:
    """The columns whose cells say something else than template and current release do."""
    return [
        name
        for name, cell in sent.line.cells.items()
        if name in now and name not in ("record", "change")
        if not same(cell, was[name]) and not same(cell, now[name])
    ]


def _refuse_gone(sent: SentRow, record: NamedNode, remove: bool) -> None:
    if remove:
        raise Wrong  # nothing is: what was asked for is done
    sent.refuse(
        "record",
        "Somebody has removed this record since your template was made.",
        "Leave the row out; or add the record anew, in a row whose cell record is blank.",
        "row-conflict",
        record,
    )


def _tell_conflict(sent: SentRow, record: NamedNode, name: str, rows: tuple[Row, Row]) -> None:
    was, now = rows[0][name], rows[1][name]
    if not same(now, was):
        sent.tell(
            name,
            f"Since your template was made, somebody has changed this from ‘{was}’ to ‘{now}’.",
            "Fetch the template anew, and look whether your change is still right.",
            "row-conflict",
            record,
        )


def _warn(sent: SentRow, record: NamedNode, quads: list[Quad]) -> None:
    """Tell whose record it is besides, so that it is edited knowingly."""
    sent.draft.warn_if_shared(record, quads, sent.place())
    if sent.sheet is SOURCES:
        sent.tell(
            "",
            "All records that cite this source share its description.",
            "Change it only if it is wrong; a newer edition is another source.",
            "record-shared",
            record,
            severity="Warning",
        )


def _tell_key(sent: SentRow, name: str, record: NamedNode) -> None:
    sent.tell(
        name,
        f"‘{name}’ is a key of this record, which cannot become another record.",
        "Put back what stood here. To replace the record, write remove under change, and add a "
        "new row whose cell record is blank.",
        "row-key",
        record,
    )


def _after(
    sent: SentRow, record: NamedNode, quads: Sequence[Quad], edited: Sequence[str], now: Row
) -> set[Triple]:
    """What is to be said of the record. Raises Wrong when all mistakes in the row were told."""
    said = _by_property(quads)
    old = {column.name: sent.now.old(column, said) for column in sent.sheet.columns}
    before = _values(sent, said)
    after = {**before, **sent.read([name for name in edited if name not in APART], old)}
    if {"source", "place"} & set(edited):
        source, place = (sent.line.cells.get(name, now[name]) for name in ("source", "place"))
        after["source"] = sent.cites(source, place, _nodes(before["source"]))
        _tell_key_source(sent, record, before, after)
    if "missing" in edited:
        sent.tell_both(after)
    sent.settle()
    sent.link(after, after["source"])
    after |= sent.printed(edited, before, after)
    gone, come = difference(sent.sheet, record, before, after)
    triples = {quad.triple for quad in quads}
    if any(triple.predicate == _STATED for triple in come):  # an old blank is in no cell
        gone |= {triple for triple in triples if triple.predicate == _STATED} - come
    kept = (triples - gone) | come
    return _in_data_set(sent, record, _relabelled(sent, record, kept, before, after), after)


def _values(sent: SentRow, said: Mapping[NamedNode, list[Term]]) -> Values:
    """What a record has in each column."""
    columns = sent.sheet.columns
    values: Values = {c.name: list(sent.now.old(c, said).values()) for c in columns}
    return {**values, "source": said.get(SOURCE, [])}


def _tell_key_source(sent: SentRow, record: NamedNode, before: Values, after: Values) -> None:
    """The source of some records is part of their IRI: it is what one source says."""
    stems = [_stems(sent, values) for values in (before, after)]
    if written(record).rpartition("/")[2] in stems[0] - stems[1]:
        _tell_key(sent, "source", record)


def _relabelled(
    sent: SentRow, record: NamedNode, kept: set[Triple], before: Values, after: Values
) -> set[Triple]:
    """The facts with the label that follows from the new values, where the old one did so too."""
    if sent.sheet not in (ACTIONS, STATUSES):
        return kept
    labels = [
        Triple(record, LABEL, english(minting.label(sent.now, sent.sheet, values)))
        for values in (before, after)
    ]
    return (kept - {labels[0]}) | {labels[1]} if labels[0] in kept else kept


def _in_data_set(sent: SentRow, record: NamedNode, kept: set[Triple], after: Values) -> set[Triple]:
    """The facts with the data set of a source that is cited, where the old one's no longer is."""
    places, sets = _nodes(after["source"]), {t for t in kept if t.predicate == _DATA_SET}
    stems = _stems(sent, after)
    named = {ids.key(thing).removesuffix("-figures") for thing in _nodes(t.object for t in sets)}
    if sent.sheet is not INDICATORS or named & stems:
        return kept
    sent.draft.bring(minting.beside(sent.now, sent.sheet, {"source": places}), sent.place("source"))
    return (kept - sets) | {Triple(record, _DATA_SET, minting.dataset(sent.now.facts, places[0]))}


def _stems(sent: SentRow, values: Values) -> set[str]:
    return {citing.cited(sent.now.facts, place)[0] for place in _nodes(values["source"])}


def _by_property(quads: Iterable[Quad]) -> dict[NamedNode, list[Term]]:
    said: dict[NamedNode, dict[Term, None]] = {}
    for quad in quads:
        if isinstance(quad.object, Term):
            said.setdefault(quad.predicate, {})[quad.object] = None
    return {prop: list(values) for prop, values in said.items()}


def _nodes(values: Iterable[object]) -> list[NamedNode]:
    return [value for value in values if isinstance(value, NamedNode)]
