"""What a submission would change: in words, and as a patch."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from proposing import ALL, NORWAY, SIGNATURE, VALUE, Desk
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
)
from rdflib import Dataset

from ocsea.errors import OcseaError
from ocsea.namespaces import ID
from ocsea.steward.difference import patch, words
from ocsea.steward.difference.patch import DoesNotFit, Patch
from ocsea.steward.difference.words import Line


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


@pytest.mark.parametrize(
    ("key", "said", "told"),
    [
        ("dataset/new", 'a qb:DataSet ; rdfs:label "Figures"', "data set “Figures” added"),
        ("scheme/new", 'a skos:ConceptScheme ; rdfs:label "Forms"', "list of terms “Forms” added"),
        ("body/new", "a ocsea:Hotline", "hotline “body/new” added"),
        ("body/new", 'rdfs:label "New"', "“New” added"),
        (
            "term/new",
            'rdfs:label "New" ; skos:prefLabel "New" ; skos:broader <https://w3id.org/ocsea/id/x/y>',
            "“New” added; broader term x/y",
        ),
        (
            "action/uncrc/NOR/accession",
            "a ocsea:Accession ; ocsea:instrument <https://w3id.org/ocsea/id/instrument/uncrc>",
            "accession to the UN Convention on the Rights of the Child added",
        ),
    ],
)
def test_nothing_is_called_by_an_iri_that_has_a_name(
    desk: Desk, key: str, said: str, told: str
) -> None:
    assert only(desk.change(key, come=said)).says == told


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
        "member of Insafe: end 2022 added",
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
        "    + Report of the ministry, page 3 added\n"
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
