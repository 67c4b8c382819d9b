"""Which competency answers a submission would change."""

from collections import Counter
from pathlib import Path

import pytest
from proposing import ALL, NEW_GRAPH, NORWAY, SIGNATURE, VALUE, Desk
from pyoxigraph import (
    DefaultGraph,
    Literal,
    NamedNode,
    Store,
    Triple,
)

from ocsea.derived import AUDIT, INFERRED, ONTOLOGY, PROVENANCE
from ocsea.errors import OcseaError
from ocsea.inference import infer
from ocsea.namespaces import GRAPH, ID, PREFIXES, RDF_TYPE, term
from ocsea.rdf import in_graph, memory_store, ontology
from ocsea.release import Release
from ocsea.resources import queries
from ocsea.steward.difference import competency
from ocsea.steward.difference.competency import Thing, changed_answers
from ocsea.steward.difference.consequences import consequences
from ocsea.steward.difference.questions import iri_of, question
from ocsea.steward.proposal import Proposal


def revised(desk: Desk) -> Desk:
    """Changes of every kind, from which other things follow as well."""
    new = 'sdmx-measure:obsValue 17 ; ocsea:statedValue "17"'
    desk.change("observation/age-of-consent/NOR/2021", VALUE, new, GRAPH + "mapping2021")
    desk.change("status/cets-201/NOR/mapping2021", ALL)
    desk.change("action/cets-201/NOR/signature", come=SIGNATURE)
    desk.change("action/uncrc/NOR/ratification", ["rdf:type"], "a ocsea:Accession")
    # Several sources state this one, so that some of it stays.
    desk.change("membership/council-of-europe/ALB", ["org:member"], "a ocsea:Membership")
    desk.change("body/safer-internet-centre-nor", ["ocsea:state"])
    desk.change("body/new-hotline", come=f"a ocsea:Hotline ; ocsea:state {NORWAY}")
    # Chains: articles of chapters of an instrument, with their paragraphs.
    desk.change("instrument/cets-201/article/20", ["eli:is_part_of"])
    return desk


@pytest.fixture(scope="module")
def whole(release: Release) -> tuple[Proposal, set[Triple], set[Triple]]:
    """A proposal, and the whole merge before and after it, all reasoning done anew."""
    proposal = revised(Desk(release)).proposal()
    made = {NamedNode(AUDIT), NamedNode(PROVENANCE)}
    quads = {quad for quad in release.quads() if quad.graph_name not in made}
    facts = {quad for quad in quads if quad.graph_name != NamedNode(INFERRED)}
    after = facts - proposal.gone | proposal.come
    stated = [q.triple for q in after if q.graph_name != NamedNode(ONTOLOGY)]
    inferred = infer(stated, ontology())
    return proposal, {q.triple for q in quads}, {*(q.triple for q in after), *inferred}


def test_what_follows_nearby_is_what_follows_in_the_whole(
    release: Release, whole: tuple[Proposal, set[Triple], set[Triple]]
) -> None:
    proposal, before, after = whole
    delta = consequences(proposal, Store.read_only(str(release.store)))
    assert delta.gone == before - after
    assert delta.come == after - before
    followed = {triple.predicate for triple in delta.gone} - {q.predicate for q in proposal.gone}
    assert term("ocsea:hasProvision") in followed
    assert term("ocsea:hasNationalBody") in followed


def answers(triples: set[Triple]) -> dict[str, Counter[tuple[str, ...]]]:
    store = memory_store(triples)
    return {path.stem: question(path).ask(store)[1] for path in queries("competency")}


def test_the_answers_that_change_are_those_that_the_whole_gives(
    release: Release, whole: tuple[Proposal, set[Triple], set[Triple]]
) -> None:
    proposal, before, after = whole
    old, new = answers(before), answers(after)
    found = changed_answers(proposal, release)
    assert found.reason == ""
    assert {a.name: (Counter(a.gone), Counter(a.come)) for a in found.changed} == {
        name: (old[name] - new[name], new[name] - old[name])
        for name in old
        if old[name] != new[name]
    }
    assert len(found.changed) > 10
    assert len(found.unasked) == 1
    assert "contradict" in found.unasked[0]


def test_one_number_changes_one_answer(desk: Desk) -> None:
    desk.change("observation/age-of-consent/NOR/2021", VALUE, "sdmx-measure:obsValue 17")
    (answer,) = changed_answers(desk.proposal(), desk.release).changed
    assert answer.name == "48-age-of-consent-17-and-over"
    assert answer.question == "Where is the age of consent 17 or more?"
    assert (answer.columns, answer.gone, answer.come) == (
        ("state", "age"),
        (),
        (("state/NOR", "17"),),
    )
    assert answer.things == {"state/NOR": Thing(ID + "state/NOR", "Norway")}
    assert [answer.called(cell) for cell in answer.come[0]] == ["Norway", "17"]


def test_things_in_answers_are_called_what_the_submission_calls_them(
    desk: Desk, tmp_path: Path
) -> None:
    asked = tmp_path / "hotlines.rq"
    asked.write_text(
        f"# question: which\nPREFIX ocsea: <{PREFIXES['ocsea']}>\n"
        "SELECT * { ?body a ocsea:Hotline ; a ?kind }",
        encoding="utf-8",
    )
    desk.change("body/new-hotline", come='a ocsea:Hotline ; rdfs:label "New line"@en')
    (answer,) = changed_answers(desk.proposal(), desk.release, [asked]).changed
    assert ("body/new-hotline", "ocsea:Hotline") in answer.come
    assert answer.called("body/new-hotline") == "New line"
    assert answer.called("ocsea:Hotline") == "hotline"


@pytest.mark.parametrize(
    ("cell", "iri"),
    [
        ("state/NOR", ID + "state/NOR"),
        ("instrument/cets-201/article/20", ID + "instrument/cets-201/article/20"),
        ("ocsea:Party", term("ocsea:Party").value),
        ("2008-02-05", None),
        ("a/b c", None),
        ("unknown:Party", None),
        ("http://example.org/x", None),
        ("", None),
    ],
)
def test_cells_stand_for_things(cell: str, iri: str | None) -> None:
    found = iri_of(cell)
    assert (found.value if found else None) == iri


def test_nothing_changes_nothing(desk: Desk) -> None:
    assert changed_answers(desk.proposal(), desk.release) == competency.Answers()
    # It is stated by another source as well.
    desk.change("membership/council-of-europe/NOR", ["rdfs:label"])
    desk.gone = {quad for quad in desk.gone if quad.graph_name == NamedNode(GRAPH + "states")}
    assert len(desk.gone) == 1
    assert changed_answers(desk.proposal(), desk.release) == competency.Answers()


def test_a_graph_that_is_too_large_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(competency, "MAX_TRIPLES", 1000)
    found = changed_answers(revised(desk).proposal(), desk.release)
    assert found == competency.Answers(reason="Not worked out: the graph holds over 1,000 facts.")


def test_a_contradiction_is_told(desk: Desk) -> None:
    desk.change("state/NOR", come="a ocsea:Hotline")
    with pytest.raises(OcseaError, match="contradict the ontology"):
        changed_answers(desk.proposal(), desk.release)


def test_facts_of_the_graph_without_a_name_are_facts_too() -> None:
    store = Store()
    stated = Triple(NamedNode(ID + "state/X"), term("rdfs:label"), Literal("X"))
    store.extend(in_graph([stated], DefaultGraph()))
    gone = frozenset(in_graph([stated], NamedNode(NEW_GRAPH)))
    assert consequences(Proposal("", (), gone, frozenset()), store).triples == frozenset()


P = "PREFIX ex: <http://e.x/> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> "
LABEL = Triple(NamedNode("http://e.x/s"), NamedNode("http://e.x/the-label"), Literal("a"))
TYPE = Triple(NamedNode("http://e.x/s"), RDF_TYPE, NamedNode("http://e.x/C"))


@pytest.mark.parametrize(
    ("pattern", "label", "type_"),
    [
        ("?s ex:other ?o , 'ex:the-label' . # ex:the-label\n", False, False),
        ("?s ex:other/^ex:the-label ?o", True, False),
        ("?s <http://e.x/the-label> ?o", True, False),
        ("?s ex:the\\-label ?o", True, False),
        ("?s ?p ?o", True, True),
        ("?s ex:other ?o ; ?p ?q", True, True),
        ("[] ?p ex:x", True, True),
        ("[ ?p ex:x ]", True, True),
        ("(1 2) ?p ex:x", True, True),
        ("?s ex:other (1 2) ; ex:b ?o", False, False),
        ("?s !ex:other ?o", True, True),
        ("?s !(ex:other|^ex:b) ?o", True, True),
        ("?s ex:other* ?o", True, True),
        ("?s (ex:other/ex:b)? ?o", True, True),
        ("?s ex:other+ ?o", False, False),
        ("?s a ex:C", False, True),
        ("?s a ex:D", False, False),
        ("?s a ex:D , ?c", False, True),
        ("?s a ?c", False, True),
        ("?s a/ex:other ?c", False, True),
        ("ex:C ^a ?s", False, True),
        ("?s rdf:type/ex:other ?c", False, True),
        ("VALUES (?s ?a ?b) { (1 2 3) } ?s ex:other ?o", False, False),
        ("{ SELECT ?s ?a ?b { ?s ex:other ?o } GROUP BY ?s ?a ?b }", False, False),
        ("?s ex:other ?o FILTER (!BOUND(?o) && ?o != 3 * 2) ?s ex:b ?c", False, False),
        ("BIND (1 AS ?x) ?s ex:other ?o", False, False),
        ("FILTER (?s < 3) FILTER (?s > 2) ?s ex:other true", False, False),
    ],
)
def test_a_question_is_passed_over_only_where_no_pattern_can_match(
    tmp_path: Path, pattern: str, label: bool, type_: bool
) -> None:
    path = tmp_path / f"{abs(hash(pattern))}.rq"
    path.write_text(f"# question: what\n{P}\nSELECT * WHERE {{ {pattern} }}", encoding="utf-8")
    asked = question(path)
    asked.ask(Store())  # it is a query
    assert (asked.may_match([LABEL]), asked.may_match([TYPE])) == (label, type_)


def test_a_question_about_graphs_is_told_apart(tmp_path: Path) -> None:
    for number, query in enumerate(
        ["SELECT * { GRAPH ?g { ?s ?p ?o } }", "SELECT * FROM <http://g> { ?s ?p ?o }"]
    ):
        path = tmp_path / f"{number}.rq"
        path.write_text(query, encoding="utf-8")
        assert question(path).is_apart
        assert question(path).text == str(number)


def test_few_questions_are_open() -> None:
    asked = [question(path) for path in queries("competency")]
    assert sum(each.is_open for each in asked) < 10
    assert [each.name for each in asked if each.is_apart] == ["172-disputed-and-undisputed"]
