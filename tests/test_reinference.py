"""What is inferred after a change is what would be inferred of all the facts anew."""

import random
from collections import defaultdict

import pytest
from pyoxigraph import NamedNode, Quad, Store, Triple

from ocsea.after import After
from ocsea.derived import DERIVED, INFERRED, ONTOLOGY
from ocsea.inference import Contradiction, infer
from ocsea.namespaces import ID, RDF_TYPE, term
from ocsea.rdf import ontology
from ocsea.reinference import chained, reinfer
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
    assert inferred_after(release, gone, come) == whole_after(facts, gone, come)


def inferred_after(release: Release, gone: set[Quad], come: set[Quad]) -> set[Triple]:
    """What is inferred of a release once a change is made to it, which changes some of it."""
    less, more = reinfer(after(release, gone, come), TERMS)
    before = set(read_graph(release.graphs()[INFERRED]))
    assert less <= before
    assert not more & before
    assert less or more
    return before - less | more


def whole_after(facts: list[Quad], gone: set[Quad], come: set[Quad]) -> set[Triple]:
    """What follows from all facts anew."""
    stated = [quad.triple for quad in facts if quad not in gone] + [quad.triple for quad in come]
    return set(infer(stated, TERMS))


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


def test_chains_are_found_in_the_ontology() -> None:
    assert {property.value.rsplit("#", 1)[-1] for property in chained(TERMS)} == {
        "is_part_of",
        "provisionOf",
        "hasProvision",
        "contributesTo",
    }


@pytest.mark.parametrize("name", ["ocsea:contributesTo", "eli:is_part_of"])
def test_chains_are_inferred_as_all_would_be(
    release: Release, facts: list[Quad], name: str
) -> None:
    links = [quad for quad in facts if quad.predicate == term(name)]
    inner = {quad.object for quad in links} & {quad.subject for quad in links}
    broken = next(quad for quad in links if quad.subject in inner)
    new, graph = NamedNode(f"{ID}new/1"), NamedNode("urn:graph")
    longer = {Quad(new, broken.predicate, broken.subject, graph)}
    assert inferred_after(release, {broken}, longer) == whole_after(facts, {broken}, longer)
