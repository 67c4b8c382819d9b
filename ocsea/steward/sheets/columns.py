"""What a sheet and its columns are, and the columns that several sheets have."""

from collections.abc import Mapping
from dataclasses import dataclass

from ocsea.steward.sent import Table

Choice = tuple[str, str]
"""A code as it is written into a cell, and what it is called."""


@dataclass(frozen=True)
class Column:
    """A column: `name` heads it in every format, `note` says what belongs there.

    `kind` is how a cell is read and written (see `cells.py`), `property` the prefixed name of the
    property it stands for, if one does. A `locked` cell is a key: it is not edited in a row that
    the graph knows. `choices` names the list of codes that may stand there.
    """

    name: str
    note: str
    kind: str
    property: str = ""
    required: bool = False
    locked: bool = False
    choices: str = ""


@dataclass(frozen=True)
class Sheet:
    """A sheet: `name` is its tab and its CSV file's stem; `note` says what it holds.

    `roots` are the classes of its records, with all below them. `naming` is the column that names a
    record, where one does; `stated` the one whose cell is taken as printed where nothing else is.
    """

    name: str
    note: str
    columns: tuple[Column, ...]
    roots: tuple[str, ...] = ()
    naming: str = ""
    stated: str = ""

    def column(self, name: str) -> Column:
        """The column of this name; KeyError where there is none."""
        return {column.name: column for column in self.columns}[name]

    @property
    def state(self) -> str:
        """The property by which a record names its state; empty for sources, which have none."""
        return self.column("state").property


@dataclass(frozen=True)
class Template:
    """A state's facts as tables, and the lists of codes that its cells may hold, by name."""

    iso3: str
    name: str
    release: str
    tables: tuple[Table, ...]
    choices: Mapping[str, tuple[Choice, ...]]


RECORD = Column(
    "record", "The key of what the graph has; leave it blank in a new row.", "record", locked=True
)
CHANGE = Column(
    "change",
    "Blank: the graph becomes as the row says. remove: the record is taken out.",
    "change",
    choices="changes",
)


def state(prop: str, note: str = "", *, locked: bool = True) -> Column:
    """The state of a record; locked where it is part of the record's key."""
    said = note or "The state, by its ISO 3166 alpha-3 code, such as NOR."
    return Column("state", said, "link", prop, required=True, locked=locked, choices="states")


def classed(name: str, note: str, choices: str, *, locked: bool = False) -> Column:
    """What kind of thing a record is: the class of one of the lists."""
    return Column(name, note, "class", "rdf:type", required=True, locked=locked, choices=choices)


def date(name: str, note: str, prop: str, *, required: bool = False) -> Column:
    """A date, as precise as the source."""
    said = f"{note} Write 2008-02-05, 2008-02 or 2008, as precise as the source."
    return Column(name, said, "date", prop, required=required)


def source(*, locked: bool = False) -> Column:
    """The sources that a record cites; locked where the source is part of the record's key."""
    return Column(
        "source",
        "The source's key, from sheet sources; one for all places, or one for each, joined by |.",
        "source",
        "dcterms:source",
        required=True,
        locked=locked,
        choices="sources",
    )


PLACE = Column(
    "place",
    "Where it stands in the source: Fig. 1, row NORWAY, column Budapest; several joined by |.",
    "place",
    "dcterms:source",
    required=True,
)
STATED = Column("stated", "What the source prints, letter for letter.", "text", "ocsea:statedValue")
FOOTNOTE = Column("footnote", "The number of the cell's own footnote.", "text", "ocsea:footnote")
NOTE = Column("note", "Anything to add, in your own words.", "english", "skos:note")
NAME = Column("name", "The name in English.", "english", "rdfs:label", required=True)
OTHER = Column("other_names", "Other names, joined by |.", "english", "skos:altLabel")
ACRONYM = Column("acronym", "The acronym, such as INHOPE.", "text", "ocsea:acronym")
DESCRIPTION = Column(
    "description", "What it is or does, in your own words.", "english", "dcterms:description"
)
WEBSITE = Column(
    "website",
    "Its address on the web, such as https://www.example.org; several joined by |.",
    "url",
    "foaf:homepage",
)
BEGIN = date("begin", "When it began.", "ocsea:begin")
END = date("end", "When it ended.", "ocsea:end")
LAST = (source(), PLACE)
