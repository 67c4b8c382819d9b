"""Which answers to the competency questions a submission would change.

Every question that a changed fact, or what follows from it, can touch is asked of the release and
of the release as it would be, in memory.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import DefaultGraph, Store

from ocsea.derived import AUDIT, PROVENANCE
from ocsea.rdf import in_graph
from ocsea.release import Release, load
from ocsea.resources import queries
from ocsea.steward.difference.consequences import consequences
from ocsea.steward.difference.known import Known
from ocsea.steward.difference.questions import Question, Row, iri_of, question
from ocsea.steward.proposal import Proposal

MAX_TRIPLES = 1_000_000
"""Of a larger graph it would take minutes, and more memory than a server can spare."""


@dataclass(frozen=True)
class Thing:
    """What a cell of an answer stands for: its IRI, and what it is called."""

    id: str
    name: str


@dataclass(frozen=True)
class Answer:
    """How the answer to a question would change: rows that go and rows that come.

    `name` is the question's file in `queries/competency/` without its ending, `things` has what the
    cells stand for that are the keys of things.
    """

    name: str
    question: str
    columns: Row
    gone: tuple[Row, ...]
    come: tuple[Row, ...]
    things: Mapping[str, Thing]

    def called(self, cell: str) -> str:
        """What a cell says to a person."""
        return self.things[cell].name if cell in self.things else cell


@dataclass(frozen=True)
class Answers:
    """The answers that would change, in the order of the questions' names.

    `unasked` are the questions about graphs or about what the audit finds, which is not worked out
    before publication. `reason` says why nothing was worked out, and is empty where it was.
    """

    changed: tuple[Answer, ...] = ()
    unasked: tuple[str, ...] = ()
    reason: str = ""


def changed_answers(
    proposal: Proposal, release: Release, paths: Iterable[Path] | None = None
) -> Answers:
    """The answers that a submission would change; `paths` are the questions, ours by default.

    Raises OcseaError where the facts would contradict the ontology.
    """
    if release.triples > MAX_TRIPLES:
        return Answers(reason=f"Not worked out: the graph holds over {MAX_TRIPLES:,} facts.")
    delta = consequences(proposal, Store.read_only(str(release.store)))
    if not delta.triples:
        return Answers()
    questions = [question(path) for path in (queries("competency") if paths is None else paths)]
    unasked = tuple(each.text for each in questions if each.is_apart)
    asked = [each for each in questions if not each.is_apart and each.may_match(delta.triples)]
    if not asked:
        return Answers(unasked=unasked)
    store = _merge(release)
    before = [each.ask(store) for each in asked]
    for quad in in_graph(delta.gone, DefaultGraph()):
        store.remove(quad)
    store.extend(in_graph(delta.come, DefaultGraph()))
    known = Known(Store.read_only(str(release.store)), come=proposal.come)
    changed = [
        _answer(each, columns, old, each.ask(store)[1], known)
        for each, (columns, old) in zip(asked, before, strict=True)
    ]
    return Answers(tuple(answer for answer in changed if answer.gone or answer.come), unasked)


def _merge(release: Release) -> Store:
    """The merge of a release's graphs but for those that are about graphs and findings."""
    store = Store()
    for iri, path in release.graphs().items():
        if iri not in (AUDIT, PROVENANCE):
            load(store, path, DefaultGraph())
    return store


def _answer(
    asked: Question, columns: Row, old: Counter[Row], new: Counter[Row], known: Known
) -> Answer:
    gone, come = (tuple(sorted(rows.elements())) for rows in (old - new, new - old))
    things = _things({cell for row in (*gone, *come) for cell in row}, known)
    return Answer(asked.name, asked.text, columns, gone, come, things)


def _things(cells: Iterable[str], known: Known) -> dict[str, Thing]:
    """The cells that stand for things with a label."""
    iris = {cell: iri for cell in sorted(cells) if (iri := iri_of(cell))}
    labels = {cell: known.label(iri) for cell, iri in iris.items()}
    return {cell: Thing(iris[cell].value, label) for cell, label in labels.items() if label}
