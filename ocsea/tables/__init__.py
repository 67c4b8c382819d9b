"""The standard tables: what a source says of bodies, initiatives, commitments, terms, figures …

Any source folder may hold any of them, as docs/model.md describes; a loader takes them all with
`yield from tables.load(source)`. A table is a declaration, column to property and reader, and one
short function for what a row as a whole says.
"""

from collections.abc import Callable, Iterator

from pyoxigraph import Triple

from ocsea.names import Names
from ocsea.rows import Row
from ocsea.sources import Source
from ocsea.tables import amounts, coverage, entities, relations
from ocsea.tables.cells import Context

TABLES: dict[str, Callable[[Context, Row], Iterator[Triple]]] = {
    coverage.FILE: coverage.place,
    "bodies.csv": entities.body,
    "initiatives.csv": entities.initiative,
    "commitments.csv": entities.commitment,
    "terms.csv": entities.concept,
    "memberships.csv": relations.membership,
    "involvements.csv": relations.involvement,
    "statements.csv": relations.statement,
    "provisions.csv": relations.provision,
    "budgets.csv": amounts.budget,
    "figures.csv": amounts.figure,
}


def load(source: Source) -> Iterator[Triple]:
    """The records of all the standard tables that a source has.

    Raises DataError with file, line, column and value where a cell or a row cannot be read.
    """
    names = Names(source.folder.parent, source.titles)
    context = Context(source, names, coverage.places(source))
    for name in TABLES:
        if (source.folder / name).is_file():
            yield from _load_table(context, name)


def _load_table(context: Context, name: str) -> Iterator[Triple]:
    lines: dict[object, int] = {}
    for row in context.source.rows(name):
        column = row.remaining()[0]
        triples = list(TABLES[name](context, row))
        first = lines.setdefault(triples[0].subject, row.line)
        if first != row.line:
            raise row.error(column, f"stands twice: make one row of this and line {first}")
        yield from triples
