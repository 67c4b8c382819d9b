"""A row without a record: the new record that it describes."""

from pyoxigraph import NamedNode, Triple

from ocsea.namespaces import RDF_TYPE, term
from ocsea.steward.facts import LABEL
from ocsea.steward.sheets import links, minting
from ocsea.steward.sheets.rows import written
from ocsea.steward.sheets.sent_row import APART, SentRow, Values, difference
from ocsea.steward.sheets.spelling import CellError
from ocsea.steward.sheets.topics import INDICATORS, INSTRUMENTS, RELATIONS, SOURCES
from ocsea.values import english

_DATA_SET = term("qb:dataSet")


def read(sent: SentRow) -> tuple[NamedNode, Values]:
    """The record that a row describes, and its values.

    Raises Wrong when all that is missing or misspelt in the row was told.
    """
    values = sent.read([c.name for c in sent.sheet.columns if c.name not in APART], {})
    if values.get("member"):
        values["state"] = []  # it is the service that is the member
    if sent.sheet is not SOURCES:
        values["source"] = sent.cites(sent.cell("source"), sent.cell("place"), [])
    sent.tell_both(values)
    sent.settle()
    return _minted(sent, values), values


def add(sent: SentRow, record: NamedNode, values: Values) -> None:
    """Take a new record into the draft, with what has to be there beside it.

    Raises Wrong where the graph has it already.
    """
    facts = sent.now.facts
    if facts.stated(record):
        sent.refuse(
            "record",
            f"The graph has this record already: {facts.label(record)}.",
            f"Edit the row that the template has of it, whose cell record is {written(record)}.",
            "row-known",
            record,
        )
    values = {**values, **sent.printed(list(values), {}, values)}
    sent.draft.bring(minting.beside(sent.now, sent.sheet, values), sent.place())
    _, come = difference(sent.sheet, record, {}, values)
    come |= _inherent(sent, record, values)
    facts.learn(come)
    sent.draft.say(record, come)
    sent.link(values, values.get("source", []))


def _minted(sent: SentRow, values: Values) -> NamedNode:
    try:
        return minting.iri(sent.now, sent.sheet, values)
    except CellError as error:
        sent.refuse(_key_column(sent), error.message, error.remedy, "cell-key")
    except ValueError:
        wrong, remedy = "No key can be made of this.", "Write it in Latin letters and digits."
        sent.refuse(_key_column(sent), wrong, remedy, "cell-key")


def _key_column(sent: SentRow) -> str:
    """The column whose text the IRI is made of."""
    coded = {INSTRUMENTS.name: "identifier", SOURCES.name: "key"}
    return coded.get(sent.sheet.name, sent.sheet.naming or "role")


def _inherent(sent: SentRow, record: NamedNode, values: Values) -> set[Triple]:
    """Label, class and data set, where no cell says them."""
    come = {Triple(record, LABEL, english(minting.label(sent.now, sent.sheet, values)))}
    if not any(column.kind == "class" for column in sent.sheet.columns):
        kind = links.kind(values) if sent.sheet is RELATIONS else term(sent.sheet.roots[0])
        come.add(Triple(record, RDF_TYPE, kind))
    places = [place for place in values.get("source", []) if isinstance(place, NamedNode)]
    if sent.sheet is INDICATORS:
        come.add(Triple(record, _DATA_SET, minting.dataset(sent.now.facts, places[0])))
    return come
