"""What each rule demands that a finding can name: of the reader, the shapes and the queries."""

from collections.abc import Mapping
from functools import cache

from pyoxigraph import Store
from rdflib import SH, URIRef

from ocsea.namespaces import PREFIXES
from ocsea.rdf import ontology
from ocsea.steward.judging.rules import rules
from ocsea.steward.judging.teaching import Teacher, words
from ocsea.validation import shapes

READER: Mapping[str, str] = {
    "cell-change": "Under change stands nothing, or remove.",
    "cell-class": "A kind is one of the list of its column.",
    "cell-date": "A date is a day, a month or a year: 2008-02-05, 2008-02 or 2008.",
    "cell-english": "A text has no character in it that nobody sees.",
    "cell-key": "A key is made of Latin letters, digits and hyphens.",
    "cell-letters": "A word is written in the letters of one script.",
    "cell-link": "A code is known; where it is a key, a cell holds one.",
    "cell-missing": "What a column requires is filled in.",
    "cell-missing-value": "Where a value is missing there is none.",
    "cell-period": "A period is a year, or its begin and its end: 2021, 2017-2019.",
    "cell-source": "Sources are known, and there is one for all places or one for each.",
    "cell-text": "A text has no character in it that nobody sees.",
    "cell-url": "A website is given by its address, which begins with http:// or https://.",
    "cell-value": "A value is a number within the range of its indicator, or one of its codes.",
    "cell-word": "A word is one of the list of its column.",
    "column-unknown": "A sheet has the columns of the template and no others.",
    "left-pointing": "A record that others name is not taken out.",
    "ontology": "Nothing is of two kinds that exclude each other.",
    "rdf-removal": "Of a record that is taken out nothing else is said.",
    "rdf-subject": "Described are records, by their IRIs.",
    "record-shared": "What several states share is changed only if it is true of all of them.",
    "record-source": "Each record cites a place in a source that is known.",
    "release-lost": "The release that a template was made from is kept for comparison.",
    "row-conflict": "What others have changed since the template was made is not overwritten.",
    "row-key": "The key of a record stays what it is.",
    "row-known": "A new row describes what the graph does not have yet.",
    "row-sheet": "A record stands in the sheet of its kind.",
    "row-twice": "A record stands in one row.",
    "row-unknown": "A row names a record that the graph has, or none.",
    "sheet-unknown": "A table is one of the template's sheets.",
    "read:damaged": "A file can be read by the program that it is for.",
    "read:digits": "A number has no more digits than a spreadsheet keeps.",
    "read:empty": "A file is not empty.",
    "read:encoding": "A text is in UTF-8.",
    "read:entities": "A workbook declares no entities of XML.",
    "read:error": "A cell holds no error of the spreadsheet.",
    "read:formula": "A cell holds a value, not a formula.",
    "read:heading": "The names of the columns stand above the rows.",
    "read:kind": "A file is a workbook, CSV, a zip of CSV files, Turtle or JSON-LD.",
    "read:locked": "A file has no password.",
    "read:long": "A cell holds no more than a spreadsheet can.",
    "read:macros": "A workbook has no macros.",
    "read:merged": "Cells are not merged.",
    "read:nameless": "Each column has a name.",
    "read:nested": "An archive holds no archives.",
    "read:nothing": "What is sent has a sheet of the template in it, or says something in RDF.",
    "read:outside": "An archive names no places outside itself.",
    "read:quotes": "Quotation marks in a CSV file enclose a cell, and are doubled within.",
    "read:release": "The release is named as the template names it.",
    "read:releases": "Files that are sent together are from the template of one release.",
    "read:serial": "A date is a text, not a spreadsheet's own number for a day.",
    "read:sheet": "A sheet has a name that the template has.",
    "read:syntax": "Turtle and JSON-LD are well-formed.",
    "read:too-deep": "A file is not nested without end.",
    "read:too-large": "A file is of a size that can be read.",
    "read:twice": "No two columns have one name.",
    "read:unread": "A workbook holds only what is read of it.",
    "read:unreadable": "A file can be read.",
    "read:unseen": "A cell holds no character that nobody sees.",
}
"""What the reader of files and rows, and the judge itself, demand."""


def demand(rule: str) -> str:
    """What a rule that findings name demands, as a sentence."""
    return READER.get(rule) or _queries().get(rule) or _of_shape(rule)


@cache
def _queries() -> dict[str, str]:
    return {rule.name: rule.rule for rule in rules()}


def _of_shape(rule: str) -> str:
    prefix, _, name = rule.partition(":")
    message = shapes().value(URIRef(PREFIXES.get(prefix, "") + name), SH.message)
    return _teacher().plain(str(message or rule))


@cache
def _teacher() -> Teacher:
    return Teacher(shapes(), words(ontology()), Store())
