"""Submissions as tests make them: changes sent as patches, and a small release that takes them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from api_server import GRAPH, ID
from pyoxigraph import Literal, NamedNode, Quad, Store

from ocsea.changes import Write
from ocsea.namespaces import term
from ocsea.release import Release, current
from ocsea.steward.difference.patch import Patch, read
from ocsea.steward.proposal import Change, Proposal
from ocsea.steward.submissions.intake import receive
from ocsea.steward.submissions.ledger import Ledger, Limits
from ocsea.steward.submissions.publication import publish
from ocsea.steward.submissions.review import Review
from ocsea.steward.submissions.submission import Declined, Files
from ocsea.tokens import Token
from ocsea.writing import perform

STU = Token("stu", "steward", b"1")
CORA = Token("cora", "curator", b"2")
NORA = Token("nora", "steward", b"3", states=frozenset({"NOR"}))
LABEL, SEE, TYPE = term("rdfs:label"), NamedNode(f"{GRAPH}see"), term("rdf:type")
A = NamedNode(f"{GRAPH}a")


def thing(number: int | str) -> NamedNode:
    return NamedNode(f"{ID}thing/{number}")


def label(number: int | str, text: str, graph: NamedNode = A) -> Quad:
    return Quad(thing(number), LABEL, Literal(text, language="en"), graph)


def link(number: int | str, other: int | str) -> Quad:
    return Quad(thing(number), SEE, thing(other), A)


def patch(*come: Quad, gone: tuple[Quad, ...] = ()) -> Files:
    """What a steward sends in these tests: a change as such, as a patch."""
    return [("change.rdfp", Patch(frozenset(gone), frozenset(come)).write())]


def renamed(number: int, text: str, before: str | None = None) -> Files:
    return patch(label(number, text), gone=(label(number, before or f"thing {number}"),))


def reviewed(files: Files, release: Release) -> Review:
    """What the patches come to; a second file counts as a warning, a third as a violation."""
    sent = read(files[0][1])
    store = Store.read_only(str(release.store))
    gone = frozenset(quad for quad in sent.gone if quad in store)
    come = frozenset(quad for quad in sent.come if quad not in store)
    changes = []
    for record in {quad.subject for quad in gone | come}:
        quads = store.quads_for_pattern(record, None, None, A)
        before = frozenset(quad.triple for quad in quads)
        less = {quad.triple for quad in gone if quad.subject == record}
        more = {quad.triple for quad in come if quad.subject == record}
        changes.append(Change(record, before, before - less | more))
    counts = {"Warning": len(files) > 1, "Violation": len(files) > 2}
    proposal = Proposal(release.version, tuple(changes), gone, come)
    return Review(proposal, counts, {"report.json": b"{}"})


def send(var: Path, files: Files, token: Token = STU, **limits: int) -> str:
    return receive(var, Ledger(var, Limits(**limits)), token, files, "new", reviewed).id


def published(var: Path, files: Files) -> str:
    name = send(var, files)
    publish(var, name, "cora", reviewed)
    return name


def contents(var: Path) -> dict[str, bytes]:
    return {iri: path.read_bytes() for iri, path in current(var).graphs().items()}


def declined(what: Callable[[], object]) -> Declined:
    with pytest.raises(Declined) as refused:
        what()
    return refused.value


def write(var: Path, text: str, graph: str = A.value) -> None:
    sent = Write("post", "ada", f"{text} .".encode(), "text/turtle", graph)
    perform(var, sent, lambda text, _: text)
