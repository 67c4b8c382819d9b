"""The audit after a change finds what the whole audit would, by each rule and on today's graph."""

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, Triple, parse

from ocsea.after import After
from ocsea.audit import discrepancies
from ocsea.derived import AUDIT, DERIVED, INFERRED, ONTOLOGY
from ocsea.difference import Changes
from ocsea.errors import OcseaError
from ocsea.groups import grouped
from ocsea.inference import Contradiction
from ocsea.namespaces import ID
from ocsea.rdf import in_graph
from ocsea.reaudit import reaudit
from ocsea.reinference import reinfer
from ocsea.release import Release, fill, read_graph
from ocsea.resources import queries

EXAMPLES = Path(__file__).parent / "examples" / "audit"
RULES = queries("audit")
TIMES = 15
MORE = {
    "active-outside-its-time": """
        @prefix sdmx-dimension: <http://purl.org/linked-data/sdmx/2009/dimension#> .
        graph:c {
          <indicator/i> ocsea:measuredBy body:ec3 .
          <observation/i> rdfs:label "Measured" ; ocsea:indicator <indicator/i> ;
            sdmx-dimension:refPeriod <period/p> ; dcterms:source <locator/a/1> .
          <period/p> ocsea:begin "2007"^^xsd:gYear .
        }""",
    "basis-later-than-what-rests-on-it": """
        graph:c { <instrument/strategy/article/2> ocsea:proposes instrument:purpose . }""",
    "change-against-two-years": """
        graph:c {
          <observation/4> ocsea:indicator indicator:ncmec-cybertip-change ;
            sdmx-dimension:refArea state:ALB ; sdmx-dimension:refPeriod <period/p> ;
            sdmx-measure:obsValue 33 ; ocsea:statedValue "33%" ; dcterms:source <locator/a/table> .
          <period/p> ocsea:begin "2019"^^xsd:gYear ; ocsea:end "2020"^^xsd:gYear .
        }""",
    "dates-of-one-statement": """
        graph:c {
          <date/y/adopted/c> ocsea:instrument instrument:y ; ocsea:dateProperty ocsea:adopted .
        }""",
    "force-of-one-instrument": """
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        graph:c {
          instrument:z rdfs:label "Z" ; ocsea:repeals instrument:x ; ocsea:inForce ocsea:InForce ;
            ocsea:entryIntoForce "2012"^^xsd:gYear ; dcterms:source <locator/b/1> .
        }""",
    "stated-count-against-members": """
        graph:c {
          <observation/y> ocsea:indicator indicator:mapping-focus-countries ;
            sdmx-measure:obsValue 27 ; dcterms:source <locator/a/text> .
          <initiative/endocsea-europe> ocsea:takesPlaceIn state:AUT, state:ALB ;
            dcterms:source <locator/c/list> .
          <locator/c/list> dcterms:isPartOf source:a .
        }""",
}
"""What the examples do not show: other ways by which the same rules find something."""
Quads = frozenset[Quad]


def name(path: Path) -> str:
    return path.stem


def world(quads: Iterable[Quad]) -> Store:
    store, quads = Store(), list(quads)
    store.extend(quads)
    store.extend(in_graph((quad.triple for quad in quads), DefaultGraph()))
    return store


def whole(store: Store, paths: Iterable[Path]) -> set[Triple] | None:
    """All that the rules find; None where a rule cannot tell what is written there."""
    try:
        return set(discrepancies(store, paths))
    except OcseaError:
        return None


def examples(path: Path) -> Iterator[Quads]:
    """The graph in which a rule finds something, and the one in which it does not; with more."""
    text = (EXAMPLES / f"{path.stem}.trig").read_text(encoding="utf-8")
    agrees = re.search(r"^# agrees: (.+) -> (.+)$", text, flags=re.MULTILINE)
    assert agrees
    body = re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
    for each in (body, body.replace(agrees[1], agrees[2])):
        for more in sorted({"", MORE.get(path.stem, "")}):
            yield frozenset(parse((each + more).encode(), RdfFormat.TRIG))


def changes(path: Path, quads: Quads, draw: random.Random) -> Iterator[Quads]:
    """The graph without each of its facts in turn, and with facts that the rule may look at."""
    yield from (quads - {quad} for quad in sorted(quads, key=str))
    facts = sorted(quads, key=str)
    nodes = sorted({term for quad in quads for term in (quad.subject, quad.object)}, key=str)
    named = [iri for iri in grouped(path).names if re.search(r"[#/][a-z][^#/]*$", iri.value)]
    properties = sorted({*named, *(quad.predicate for quad in quads)}, key=str)
    for _ in range(TIMES):
        edits = {draw.choice(facts)} if draw.random() < 0.5 else set()
        for _ in range(draw.choice((1, 1, 2))):
            subject, predicate = draw.choice(facts).subject, draw.choice(properties)
            same = [quad.object for quad in facts if quad.predicate == predicate]
            value = draw.choice(same if same and draw.random() < 0.6 else nodes)
            edits.add(Quad(subject, predicate, value, draw.choice(facts).graph_name))
        yield quads ^ edits


@pytest.mark.parametrize("path", RULES, ids=name)
def test_what_is_asked_again_makes_the_whole(path: Path) -> None:
    draw, mattered = random.Random(path.stem), 0
    for quads in examples(path):
        for changed in changes(path, quads, draw):
            for before, after in ((quads, changed), (changed, quads)):
                mattered += compared(path, before, after)
    assert mattered > 10


def compared(path: Path, before: Quads, after: Quads) -> bool:
    """Compare what a rule is asked again with the whole; whether it finds anything else."""
    old, new = world(before), world(after)
    found, finds = whole(old, [path]), whole(new, [path])
    if found is None or finds is None:
        return False
    old.extend(in_graph(found, NamedNode(AUDIT)))
    gone, come = reaudit(old, new, [quad.triple for quad in before ^ after], [path])
    assert gone <= found
    assert not come & found
    assert found - gone | come == finds, before ^ after
    return found != finds


@pytest.mark.parametrize("path", RULES, ids=name)
def test_a_rule_says_of_what_it_is_asked_again(path: Path) -> None:
    rule = grouped(path)
    assert rule.ways
    for way in rule.ways:
        for variable in way.variables:
            assert f"?{variable} " in rule.rule.query.partition("WHERE {")[2]
            assert not way.pattern or f"?{variable}" in way.pattern
    for each in re.findall(r"# each (.+)", rule.rule.query):
        assert any(set(re.findall(r"\w+", each)) <= set(way.variables) for way in rule.ways)


# On today's graph


@pytest.fixture(scope="module")
def stores(release: Release) -> tuple[Store, Store]:
    """The release, twice."""
    made = Store(), Store()
    for store in made:
        fill(store, release)
    return made


def test_the_store_of_a_release_tells_what_its_graphs_do(
    release: Release, stores: tuple[Store, Store]
) -> None:
    """The rules find nothing in the graphs of the audit and of provenance, which it holds too."""
    assert set(discrepancies(stores[0])) == set(read_graph(release.graphs()[AUDIT]))


def edit(facts: list[Quad], draw: random.Random) -> tuple[set[Quad], set[Quad]]:
    """A record or two that go, or say of themselves what others do."""
    about, said = defaultdict(list), defaultdict(list)
    for quad in facts:
        about[quad.subject].append(quad)
        said[quad.predicate].append(quad.object)
    gone, come = set[Quad](), set[Quad]()
    records = sorted(about, key=str)
    for record in draw.sample(records, 2):
        if draw.random() < 0.4:
            gone |= set(about[record])
        else:
            quad = draw.choice(about[record])
            value = draw.choice(said[quad.predicate])
            gone.add(quad)
            come.add(Quad(quad.subject, quad.predicate, value, quad.graph_name))
    return gone - come, come - gone


@pytest.mark.parametrize("seed", range(4))
def test_a_change_of_todays_graph(release: Release, stores: tuple[Store, Store], seed: int) -> None:
    graphs = release.graphs().items()
    made = {*DERIVED, ONTOLOGY}
    facts = [
        Quad(*t, NamedNode(iri))
        for iri, file in graphs
        if iri not in made
        for t in read_graph(file)
    ]
    acts = [quad for quad in facts if str(quad.subject).startswith(f"<{ID}action/")]
    gone, come = edit(acts if seed % 2 else facts, random.Random(seed))
    before, after = stores
    apply(before, after, gone, come, release)


def apply(before: Store, after: Store, gone: set[Quad], come: set[Quad], release: Release) -> None:
    """Compare after a change, and undo it."""
    terms = list(read_graph(release.graphs()[ONTOLOGY]))
    come -= set(before)
    try:
        less, more = reinfer(After(before, gone, come), terms)
    except Contradiction:
        pytest.skip("refused before it is audited")
    gone |= set(in_graph(less, NamedNode(INFERRED)))
    come |= set(in_graph(more, NamedNode(INFERRED)))
    Changes(list(gone), list(come), set(), set(), set()).apply(after)
    found = set(read_graph(release.graphs()[AUDIT]))
    went, came = reaudit(before, after, [quad.triple for quad in gone | come])
    assert found - went | came == whole(after, RULES)
    Changes(list(come), list(gone), set(), set(), set()).apply(after)
    assert set(after) == set(before)
