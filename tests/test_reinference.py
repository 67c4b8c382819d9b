"""What is inferred after a change is what would be inferred of all the facts anew."""

import random
from collections import defaultdict
from collections.abc import Iterator

import pytest
from pyoxigraph import NamedNode, Quad, Store, Triple

from ocsea.after import After
from ocsea.derived import DERIVED, INFERRED, ONTOLOGY
from ocsea.inference import Contradiction, infer
from ocsea.namespaces import ID, RDF_TYPE, term
from ocsea.rdf import ontology
from ocsea.reinference import reinfer
from ocsea.release import Release, read_graph

TERMS = ontology()
SEEDS = range(3)


@pytest.fixture(scope="module")
def facts(release: Release) -> list[Quad]:
    graphs = release.graphs().items()
    made = {*DERIVED, ONTOLOGY}
    return [Quad(*t, NamedNode(iri)) for iri, p in graphs if iri not in made for t in read_graph(p)]


def after(release: Release, gone: set[Quad], come: set[Quad]) -> After:
    return After(Store.read_only(str(release.store)), gone, come)


def edit(facts: list[Quad], seed: int) -> tuple[set[Quad], set[Quad]]:
    """A few records that go, are new, or point elsewhere, but for what is transitive."""
    draw = random.Random(seed)
    about = defaultdict(list)
    for quad in facts:
        about[quad.subject].append(quad)
    records = sorted((s for s in about if "/instrument/" not in str(s)), key=str)
    gone = set(about[draw.choice(records)])
    model, other = draw.choice(records), draw.choice(records)
    new = NamedNode(f"{ID}new/{seed}")
    come = {Quad(new, q.predicate, q.object, q.graph_name) for q in about[model]}
    changed = draw.choice([q for q in about[other] if not isinstance(q.object, NamedNode)])
    return gone | {changed}, come


@pytest.mark.parametrize("seed", SEEDS)
def test_a_change_is_inferred_as_all_would_be(
    release: Release, facts: list[Quad], seed: int
) -> None:
    gone, come = edit(facts, seed)
    changed = reinfer(after(release, gone, come), TERMS)
    assert changed is not None
    less, more = changed
    before = set(read_graph(release.graphs()[INFERRED]))
    assert less <= before
    assert not more & before
    assert less or more
    stated = [quad.triple for quad in facts if quad not in gone] + [quad.triple for quad in come]
    assert before - less | more == set(infer(stated, TERMS))


def test_a_text_changes_nothing_of_what_follows(release: Release, facts: list[Quad]) -> None:
    label = next(q for q in facts if q.predicate == term("rdfs:label") and "/state/" in str(q))
    assert reinfer(after(release, {label}, set()), TERMS) == (set(), set())


def test_what_is_stated_now_is_inferred_no_more_and_the_reverse(release: Release) -> None:
    inferred = next(t for t in read_graph(release.graphs()[INFERRED]) if t.predicate == RDF_TYPE)
    stated = Quad(*inferred, NamedNode("urn:graph"))
    assert reinfer(after(release, set(), {stated}), TERMS) == ({inferred}, set())


def test_a_contradiction_is_refused(release: Release) -> None:
    graph, albania = NamedNode("urn:graph"), NamedNode(f"{ID}state/ALB")
    come = {Quad(albania, RDF_TYPE, term("ocsea:Instrument"), graph)}
    with pytest.raises(Contradiction, match="state/ALB"):
        reinfer(after(release, set(), come), TERMS)


def test_a_chain_is_left_to_a_reasoning_over_everything(
    release: Release, facts: list[Quad]
) -> None:
    def links() -> Iterator[Triple]:
        return (q.triple for q in facts if q.predicate == term("ocsea:contributesTo"))

    chained = {t.subject for t in TERMS if t.object == term("owl:TransitiveProperty")}
    assert term("ocsea:contributesTo") in chained
    come = {Quad(*link, NamedNode("urn:graph")) for link in links()}
    come |= {Quad(NamedNode(f"{ID}a"), term("ocsea:contributesTo"), NamedNode(f"{ID}b"))}
    assert reinfer(after(release, set(), come), TERMS) is None
