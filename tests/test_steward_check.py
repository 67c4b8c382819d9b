"""What a steward is told of a change: by the shapes, in plain words, and where it stands."""

import dataclasses
import re
import time

import pytest
from pyoxigraph import NamedNode, Store
from rdflib import SH
from steward_checks import TODAY, from_turtle, in_rows, in_turtle, only, proposed, told

from ocsea.namespaces import ID, PREFIXES
from ocsea.rdf import ontology
from ocsea.release import Release
from ocsea.steward.judging.check import check
from ocsea.steward.judging.near import near
from ocsea.steward.judging.report import as_text
from ocsea.steward.judging.teaching import Teacher, words
from ocsea.steward.proposal import Change, Proposal
from ocsea.steward.sent import Place
from ocsea.steward.sheets.template import template
from ocsea.validation import shapes

# What is right


def test_nothing_is_told_of_a_template_that_is_sent_back(release: Release) -> None:
    assert in_rows(release, {}).findings == ()


def test_nothing_is_told_of_a_change_that_is_right(release: Release) -> None:
    report = in_rows(release, {"observation/age-of-consent/NOR/2021": {"value": "17"}})
    assert report.findings == ()
    assert report.conforms
    assert as_text(report) == "It can be published: 0 violations, 0 warnings, 0 infos."


def test_what_was_so_before_is_not_told_of_what_is_not_touched(release: Release) -> None:
    known = NamedNode(f"{ID}instrument/untoc")
    store = Store.read_only(str(release.store))
    found = store.quads_for_pattern(known, NamedNode(f"{PREFIXES['ocsea']}hasDiscrepancy"), None)
    assert any(found), "the graph has a discrepancy about it"
    untoc = "action/untoc/NOR/ratification"
    assert in_rows(release, {untoc: {"note": "Deposited in New York."}}).findings == ()


# What the shapes find


def test_a_value_is_told_with_its_cell_and_what_would_be_right(release: Release) -> None:
    rows = {"status/cets-201/NOR/mapping2021": {"stated": "SIGNED"}}
    finding = only(in_rows(release, rows))
    assert (finding.severity, finding.rule) == ("Violation", "ocsea-sh:PartyStatus-signed")
    assert finding.place.sheet == "statuses"
    assert finding.remedy == (
        "The cell says SIGNED, so the status must be “signatory”: correct the status, or the value"
        " as printed."
    )


def test_what_is_missing_is_told_of_the_record_and_its_line(release: Release) -> None:
    text = "<action/opsc/NOR/ratification> a ocsea:Ratification ; rdfs:label 'x'@en ."
    found = {finding.rule: finding for finding in in_turtle(release, text).findings}
    finding = found["ocsea-sh:TreatyAction-date"]
    assert (finding.message, finding.place) == ("“date” is missing.", Place("norway.ttl", row=1))
    assert finding.path == f"{PREFIXES['ocsea']}date"
    assert {"ocsea-sh:Record-source", "ocsea-sh:TreatyAction-party"} <= set(found)


def test_the_nearest_is_proposed_for_what_is_unknown(release: Release) -> None:
    text = """<membership/inhop/NOR> a ocsea:Membership ; rdfs:label 'x'@en ; \
        org:member <state/NOR> ; org:organization <body/inhop> ; \
        ocsea:asOf '2020'^^xsd:gYear ; dcterms:source <locator/mapping2021/fig-6> ."""
    [finding] = [each for each in in_turtle(release, text).findings if each.value == "body/inhop"]
    assert finding.message == "“body/inhop” does not fit “organisation”."
    assert finding.remedy.endswith("Did you mean “body/inhope”?")


def test_a_hotline_needs_a_state(release: Release) -> None:
    text = """<body/hotline> a ocsea:Hotline ; rdfs:label 'Hotline'@en ; \
        dcterms:source <locator/mapping2021/fig-1/NOR/opsc> ."""
    assert told(in_turtle(release, text)) == {"ocsea-sh:Organisation-serviceState"}


def test_two_kinds_that_nothing_can_be_of_are_told(release: Release) -> None:
    text = """<body/hotline> a ocsea:Hotline, ocsea:Membership ; rdfs:label 'Hotline'@en ; \
        ocsea:state <state/NOR> ; dcterms:source <locator/mapping2021/fig-1/NOR/opsc> ."""
    [finding] = [each for each in in_turtle(release, text).findings if each.rule == "ontology"]
    assert finding.message == "Hotline cannot be both “body” and “membership”."
    assert finding.place == Place("norway.ttl", row=1)


# What a change breaks elsewhere


def test_what_completeness_needs_is_missed_where_it_is_taken_out(release: Release) -> None:
    rows = {"observation/age-of-consent/NOR/2021": {"change": "remove"}}
    finding = only(in_rows(release, rows))
    assert finding.rule == "ocsea-sh:Member-age-of-consent"
    assert finding.message == "Norway: There is no “age of consent to sexual activity”."
    assert finding.focus == f"{ID}state/NOR"
    assert finding.place.sheet == "indicators"


@pytest.mark.parametrize("key", ["status/opsc/NOR/mapping2021", "status/uncrc/NOR/mapping2021"])
def test_each_of_several_that_are_missed_stands_at_its_own_row(release: Release, key: str) -> None:
    other = "observation/safer-internet-day/NOR/2020"
    report = in_rows(release, {key: {"change": "remove"}, other: {"change": "remove"}})
    rows = {finding.rule: finding.place.sheet for finding in report.findings}
    assert rows == {
        f"ocsea-sh:Member-status-{key.split('/')[1]}": "statuses",
        "ocsea-sh:Member-safer-internet-day-2020": "indicators",
    }


def test_what_is_not_needed_can_be_taken_out(release: Release) -> None:
    rows = {"status/opsc/NOR/study2015": {"change": "remove"}}
    assert in_rows(release, {**rows}).findings == ()


def removed(release: Release, key: str) -> Proposal:
    """A proposal to take out a record, whatever it is."""
    record, store = NamedNode(ID + key), Store.read_only(str(release.store))
    named = (quad for quad in store.quads_for_pattern(record, None, None))
    quads = frozenset(q for q in named if str(q.graph_name).endswith("instruments>"))
    change = Change(record, frozenset(quad.triple for quad in quads), frozenset())
    places = {(record, ""): Place("x.csv", "instruments", 2)}
    return Proposal(release.version, (change,), quads, frozenset(), places)


def test_a_record_that_others_name_is_not_taken_out(release: Release) -> None:
    finding = only(check(removed(release, "instrument/cets-201"), release, TODAY))
    assert (finding.rule, finding.severity) == ("left-pointing", "Violation")
    assert finding.place == Place("x.csv", "instruments", 2)
    assert re.search(r"others name it: “.+”, “.+”, “.+” and \d+ more\.", finding.message)


def test_what_is_wrong_with_a_record_that_names_it_is_told_too(release: Release) -> None:
    text = """<status/cets-201/NOR/x> a ocsea:PartyStatus ; rdfs:label 'x'@en ; \
        ocsea:instrument <instrument/cets-201> ; \
        dcterms:source <locator/mapping2021/fig-1/NOR/opsc> ."""
    out, new = removed(release, "instrument/cets-201"), from_turtle(release, text)
    both = dataclasses.replace(
        out,
        changes=(*out.changes, *new.changes),
        come=new.come,
        places={**out.places, **new.places},
    )
    assert {"left-pointing", "ocsea-sh:PartyStatus-party"} <= told(check(both, release, TODAY))


# The slice


def test_no_hub_is_read_whole(release: Release) -> None:
    proposal = proposed(release, {"observation/age-of-consent/NOR/2021": {"value": "17"}})
    store = Store.read_only(str(release.store))
    around = near(proposal, store)
    subjects = {quad.subject for quad in around.before}
    assert NamedNode(f"{ID}status/opsc/NOR/mapping2021") in subjects
    assert NamedNode(f"{ID}status/opsc/SWE/mapping2021") not in subjects
    assert len(around.before) < 3000
    made = {"graph/inferred", "graph/audit", "graph/ontology", "graph/provenance"}
    assert not [q for q in around.before if q.graph_name.value.removeprefix(ID[:-3]) in made]


def test_checking_all_of_a_country_takes_seconds(release: Release) -> None:
    given = template(release, "NOR")
    rows = {line.cells["record"]: {"note": "A"} for table in given.tables for line in table.lines}
    proposal = proposed(release, rows)
    started = time.process_time()  # that others wait for the processor does not count
    check(proposal, release, TODAY)
    assert time.process_time() - started < 3


# In plain words


@pytest.fixture(scope="module")
def teacher() -> Teacher:
    return Teacher(shapes(), words(ontology()), Store())


def test_no_shape_speaks_of_what_only_who_writes_rdf_knows(teacher: Teacher) -> None:
    said = [*shapes().objects(None, SH.message), *shapes().objects(None, SH.name)]
    jargon = re.compile(r"\bIRIs?\b|@en\b|\^\^|language tag|\blocator\b(?!/)|\(\)|  ")
    prefixed = re.compile(rf"\b({'|'.join(PREFIXES)}):\w")
    for text in map(teacher.plain, map(str, said)):
        assert not jargon.search(text), text
        assert not prefixed.search(text), text
        assert ID not in text


def test_what_is_no_name_of_ours_stays_as_it_is(teacher: Teacher) -> None:
    assert teacher.plain("At 12:30, https://example.org/a:b") == "At 12:30, https://example.org/a:b"
