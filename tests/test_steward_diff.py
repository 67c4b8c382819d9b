"""What a submission would change: in words, as a patch, and in the competency answers."""

import dataclasses
import json
from collections import Counter
from collections.abc import Collection
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    Triple,
    parse,
)
from rdflib import Dataset

from ocsea.derived import AUDIT, DERIVED, INFERRED, ONTOLOGY, PROVENANCE
from ocsea.errors import OcseaError
from ocsea.inference import infer
from ocsea.namespaces import GRAPH, ID, PREFIXES, RDF_TYPE, term
from ocsea.rdf import in_graph, memory_store, ontology
from ocsea.release import Release
from ocsea.resources import queries
from ocsea.steward.difference import competency, patch, words
from ocsea.steward.difference.competency import changed_answers
from ocsea.steward.difference.consequences import chained, consequences
from ocsea.steward.difference.patch import DoesNotFit, Patch
from ocsea.steward.difference.questions import question
from ocsea.steward.difference.words import Line, lines
from ocsea.steward.proposal import Change, Proposal

PREFIX = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
NORWAY = "<https://w3id.org/ocsea/id/state/NOR>"
LANZAROTE = "<https://w3id.org/ocsea/id/instrument/cets-201>"
SIGNATURE = f"""a ocsea:Signature ; rdfs:label "Norway: signature, CETS-201, 2007-10-25"@en ;
  ocsea:party {NORWAY} ; ocsea:instrument {LANZAROTE} ; ocsea:date "2007-10-25"^^xsd:date ;
  ocsea:statedValue "25/10/2007" ;
  dcterms:source <https://w3id.org/ocsea/id/locator/mapping2021/fig-1/NOR/cets-201>"""
VALUE = ("sdmx-measure:obsValue", "ocsea:statedValue")
ALL = ("all",)
NEW_GRAPH = GRAPH + "ministry2026"


class Desk:
    """Makes proposals by hand: what goes from a record by property, and what comes to it."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self.store = Store.read_only(str(release.store))
        self.changes: list[Change] = []
        self.gone: set[Quad] = set()
        self.come: set[Quad] = set()

    def stated(self, key: str) -> set[Quad]:
        """What sources state of a thing."""
        found = self.store.quads_for_pattern(NamedNode(ID + key), None, None)
        named = {quad for quad in found if isinstance(quad.graph_name, NamedNode)}
        return {quad for quad in named if quad.graph_name not in map(NamedNode, DERIVED)}

    def change(
        self, key: str, without: Collection[str] = (), come: str = "", graph: str = NEW_GRAPH
    ) -> "Desk":
        """Take the triples with these properties, or `all`, from a record, and add others."""
        old, record = self.stated(key), NamedNode(ID + key)
        properties = [term(name) for name in without if name != "all"]
        gone = old if without == ALL else {quad for quad in old if quad.predicate in properties}
        turtle = f"{PREFIX}<{record.value}> {come} ." if come else ""
        new = {quad.triple for quad in parse(turtle, RdfFormat.TURTLE)}
        before = frozenset(quad.triple for quad in old)
        after = frozenset(quad.triple for quad in old - gone) | new
        self.changes.append(Change(record, before, after))
        self.gone |= gone
        self.come |= {*in_graph(new, NamedNode(graph))}
        return self

    def proposal(self) -> Proposal:
        return Proposal(
            self.release.version, tuple(self.changes), frozenset(self.gone), frozenset(self.come)
        )

    def lines(self) -> tuple[Line, ...]:
        return lines(self.proposal(), self.release)


@pytest.fixture
def desk(release: Release) -> Desk:
    return Desk(release)


def only(desk: Desk) -> Line:
    (line,) = desk.lines()
    return line


# In words


def test_an_act_is_added(desk: Desk) -> None:
    line = only(desk.change("action/cets-201/NOR/signature", come=SIGNATURE))
    assert str(line) == (
        "Norway: signature of the Lanzarote Convention on 2007-10-25 added "
        "(source: mapping2021, Fig. 1)"
    )
    assert (line.kind, line.topic) == ("added", "Treaty actions")
    assert line.states == (ID + "state/NOR",)
    facts = {fact.property: fact for fact in line.facts}
    assert facts["ocsea:date"].before == ()
    assert facts["ocsea:date"].after == ("2007-10-25",)
    assert facts["ocsea:instrument"].after == ("Lanzarote Convention",)
    assert line.sources[0].label.endswith(
        "Fig. 1, row NORWAY, column State Party to Lanzarote Convention"
    )


def test_a_date_is_corrected(desk: Desk) -> None:
    day = 'ocsea:date "2001-10-03"^^xsd:date'
    line = only(desk.change("action/opsc/NOR/ratification", ["ocsea:date"], day))
    assert line.says == (
        "ratification of the Optional Protocol on the Sale of Children: 2001-10-02 → 2001-10-03"
    )
    assert line.cited == " (source: untc2015, UNTC status table IV-11-c)"
    assert [str(fact) for fact in line.facts] == ["date: 2001-10-02 → 2001-10-03"]


def test_a_value_is_revised(desk: Desk) -> None:
    new = 'sdmx-measure:obsValue 17 ; ocsea:statedValue "17"'
    line = only(desk.change("observation/age-of-consent/NOR/2021", VALUE, new))
    assert str(line) == (
        "Norway: age of consent to sexual activity, 2021: 16 → 17 (source: mapping2021, Fig. 5)"
    )
    assert {fact.name for fact in line.facts} == {"value", "value as printed"}


def test_a_value_turns_out_to_be_missing_and_is_found(desk: Desk) -> None:
    new = 'sdmx-attribute:obsStatus sdmx-code:obsStatus-M ; ocsea:statedValue ""'
    desk.change("observation/age-of-consent/ALB/2021", VALUE, new)
    present = "sdmx-measure:obsValue <https://w3id.org/ocsea/id/code/present>"
    desk.change("observation/inhope-hotline/ALB/2021", ["sdmx-attribute:obsStatus"], present)
    assert [line.says for line in desk.lines()] == [
        "INHOPE member hotline, 2021: missing → present",
        "age of consent to sexual activity, 2021: 14 → missing",
    ]


def test_a_status_changes_and_another_is_removed(desk: Desk) -> None:
    desk.change("status/opsc/NOR/mapping2021", ["ocsea:status"], "ocsea:status ocsea:Signatory")
    desk.change("status/cets-201/NOR/mapping2021", ALL)
    assert [line.says for line in desk.lines()] == [
        "status towards the Lanzarote Convention, as of 2021-04: party removed",
        "status towards the Optional Protocol on the Sale of Children, as of 2021-04: "
        "party → signatory",
    ]


def test_only_what_follows_changes(desk: Desk) -> None:
    stated = 'ocsea:statedValue "sixteen"'
    desk.change("observation/age-of-consent/NOR/2021", ["ocsea:statedValue"], stated)
    assert only(desk).says == (
        "age of consent to sexual activity, 2021: value as printed: “16” → “sixteen”"
    )


def test_a_service_is_added_with_all_that_is_said_of_it(desk: Desk) -> None:
    body = f"""a ocsea:Hotline ; rdfs:label "Slett meg"@en , "Slett meg"@nb ; ocsea:state {NORWAY} ;
      dcterms:description "Helps to have pictures removed."@en ;
      ocsea:established "2010"^^xsd:gYear"""
    line = only(desk.change("body/slett-meg-nor", come=body))
    assert str(line) == (
        "Norway: hotline “Slett meg and Slett meg” added; "
        "description “Helps to have pictures removed.”; established 2010"
    )


def test_a_name_changes(desk: Desk) -> None:
    new = 'rdfs:label "Norwegian centre"@en'
    line = only(desk.change("body/safer-internet-centre-nor", ["rdfs:label"], new))
    assert line.says == (
        "Safer Internet Centre “Norwegian centre”: "
        "name: “Safer Internet Centre (Norway)” → “Norwegian centre”"
    )


def test_memberships_begin_and_end(desk: Desk) -> None:
    desk.change("membership/insafe/NOR", come='ocsea:end "2022"^^xsd:gYear')
    joined = f"""a ocsea:Membership ; org:member {NORWAY} ; ocsea:begin "2022"^^xsd:gYear ;
      org:organization <https://w3id.org/ocsea/id/body/inhope>"""
    desk.change("membership/inhope/NOR", come=joined)
    assert [line.says for line in desk.lines()] == [
        "member of the Insafe: end 2022 added",
        "member of the International Association of Internet Hotlines since 2022 added",
    ]


def test_a_new_source_and_its_places_are_told_under_no_state(desk: Desk) -> None:
    source = 'a ocsea:Source ; rdfs:label "Report of the ministry" ; dcterms:title "Report"@en'
    desk.change("source/ministry2026", come=source)
    place = """a ocsea:Locator ; rdfs:label "Report of the ministry, page 3" ;
      dcterms:isPartOf <https://w3id.org/ocsea/id/source/ministry2026> ; ocsea:place "page 3" """
    desk.change("locator/ministry2026/page-3", come=place)
    cites = "dcterms:source <https://w3id.org/ocsea/id/locator/ministry2026/page-3>"
    desk.change("observation/age-of-consent/NOR/2021", ["dcterms:source"], cites)
    assert words.text(desk.lines()) == (
        "Norway\n"
        "  Indicators\n"
        "    ~ age of consent to sexual activity, 2021: source: "
        "mapping2021, Fig. 5 → ministry2026, page 3 (source: ministry2026, page 3)\n"
        "Not about one state\n"
        "  Sources\n"
        "    + source “Report of the ministry” added; title “Report”\n"
        "  Places in sources\n"
        "    + Report of the ministry, page 3 added; is part of Report of the ministry; place "
        "“page 3”\n"
    )


def test_a_practice_of_many_states_is_told_once(desk: Desk) -> None:
    line = only(desk.change("initiative/eu-kids-online", come='skos:note "New."@en'))
    assert line.state == f"{len(line.states)} states"
    assert len(line.states) > 3
    assert line.says.endswith("note “New.” added")


def test_what_has_no_label_is_called_by_its_iri(desk: Desk) -> None:
    new = '<http://example.org/vocabulary#hasOddity> <http://example.org/thing> , "blå"@nb'
    line = only(desk.change("action/opsc/NOR/ratification", come=new))
    assert line.says.endswith(": has oddity “blå” (nb) and http://example.org/thing added")


def test_lines_are_grouped_by_state_and_can_be_json(desk: Desk) -> None:
    for state in ("SWE", "ALB", "NOR"):
        desk.change(f"observation/age-of-consent/{state}/2021", ALL)
    desk.change("action/opsc/NOR/ratification", ALL)
    told = desk.lines()
    assert [line.state for line in told] == ["Albania", "Norway", "Norway", "Sweden"]
    assert [line.topic for line in told[1:3]] == ["Treaty actions", "Indicators"]
    assert (
        json.loads(json.dumps([dataclasses.asdict(line) for line in told]))[0]["kind"] == "removed"
    )
    assert words.text(()) == "Nothing would change.\n"


# As a patch


A = Quad(NamedNode("http://e.x/s"), NamedNode("http://e.x/p"), Literal("a"), NamedNode("http://g"))
B = Quad(NamedNode("http://e.x/s"), NamedNode("http://e.x/p"), Literal("b"), NamedNode("http://g"))


def test_a_patch_is_written_in_a_fixed_order() -> None:
    text = Patch(frozenset({A}), frozenset({B})).write()
    identifier, *rows = text.decode().splitlines()
    assert identifier.startswith("H id <urn:uuid:")
    assert rows == [
        "TX .",
        'D <http://e.x/s> <http://e.x/p> "a" <http://g> .',
        'A <http://e.x/s> <http://e.x/p> "b" <http://g> .',
        "TC .",
    ]


iris = st.from_regex(r"http://e\.x/[a-zé]{1,5}", fullmatch=True).map(NamedNode)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
literals = texts.map(Literal) | texts.map(lambda text: Literal(text, language="nb"))
nodes = iris | st.from_regex("[a-z]{1,5}", fullmatch=True).map(BlankNode)
quads = st.builds(Quad, nodes, iris, nodes | literals, iris | st.just(DefaultGraph()))


@given(st.frozensets(quads, max_size=6), st.frozensets(quads, max_size=6))
def test_a_patch_is_read_as_it_was_written_and_undone(
    gone: frozenset[Quad], come: frozenset[Quad]
) -> None:
    made = Patch(gone - come, come - gone)
    assert patch.read(made.write()) == made
    before = {*made.gone}
    assert made.inverse.apply(made.apply(before)) == before


# rdflib's own reader of patches uses what rdflib has deprecated.
@pytest.mark.filterwarnings("ignore:Dataset.default_context:DeprecationWarning")
def test_a_patch_of_a_proposal_is_one_that_others_read(desk: Desk) -> None:
    proposal = desk.change("action/cets-201/NOR/signature", come=SIGNATURE).proposal()
    made = Patch(proposal.gone, proposal.come)
    theirs = Dataset()
    theirs.parse(data=made.write(), format="patch")
    assert len(theirs) == len(made.come) == 7


def test_a_patch_that_does_not_fit_says_why() -> None:
    made = Patch(frozenset({A}), frozenset({B}))
    with pytest.raises(DoesNotFit) as refused:
        made.apply({B})
    assert (refused.value.lacking, refused.value.standing) == ({A}, {B})
    assert "1 facts that it takes away are not there, 1 that it adds" in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"TC .\n", b"", "No whole RDF Patch"),
        (b"TX .\n", b"", "No whole RDF Patch"),
        (b"A <", b"X <", "line 4: neither A nor D"),
        (b'"b"', b'"b', "line 4: not one quad"),
        (b'"b"', b'"c"', "was altered"),
        (b'A <http://e.x/s> <http://e.x/p> "b" <http://g> .', b"A ", "line 4: not one quad"),
    ],
)
def test_a_patch_that_was_cut_off_or_altered_is_refused(old: bytes, new: bytes, why: str) -> None:
    text = Patch(frozenset({A}), frozenset({B})).write()
    assert old in text
    with pytest.raises(OcseaError, match=why):
        patch.read(text.replace(old, new))


# In the competency answers


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


def test_chains_are_found_in_the_ontology() -> None:
    assert {property.value.rsplit("#", 1)[-1] for property in chained(ontology())} == {
        "is_part_of",
        "provisionOf",
        "hasProvision",
        "contributesTo",
    }


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
