"""What a steward is told of a change: by the shapes, by the rules, and where it stands."""

import dataclasses
import json
import re
import time
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pyld import jsonld
from pyoxigraph import NamedNode, RdfFormat, Store, parse
from rdflib import RDF, SH, Graph, Namespace, URIRef

from ocsea.errors import OcseaError
from ocsea.namespaces import ID, PREFIXES, SHAPES
from ocsea.rdf import ontology
from ocsea.release import Release
from ocsea.resources import queries
from ocsea.steward.judging import rules
from ocsea.steward.judging.check import check
from ocsea.steward.judging.near import near
from ocsea.steward.judging.report import Report, as_json, as_text
from ocsea.steward.judging.report_ci import as_junit, as_sarif
from ocsea.steward.judging.report_rdf import as_jsonld, as_turtle
from ocsea.steward.judging.teaching import Teacher, words
from ocsea.steward.proposal import Change, Proposal, propose
from ocsea.steward.sent import Finding, Place, Sent
from ocsea.steward.sheets.template import template
from ocsea.validation import shapes

TODAY = date(2026, 11, 23)
HEAD = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
N_QUADS = {"format": "application/n-quads"}
OA, CSVW = Namespace("http://www.w3.org/ns/oa#"), Namespace("http://www.w3.org/ns/csvw#")

Rows = dict[str, dict[str, str]]
"""What becomes of rows of a template, by their keys: the cells that are written over."""


def from_turtle(release: Release, text: str) -> Proposal:
    """What a Turtle file comes to; each line stands for the things that it begins with."""
    written = f"{HEAD}@base <{ID}> .\n{text}".encode()
    triples = tuple(quad.triple for quad in parse(written, RdfFormat.TURTLE))
    starts = [re.match(r"<([^>]+)>", line) for line in text.splitlines()]
    lines = {
        NamedNode(ID + found[1]): Place("norway.ttl", row=number)
        for number, found in enumerate(starts, 1)
        if found
    }
    return propose(Sent(triples=triples, lines=lines), release, None)


def in_turtle(release: Release, text: str, today: date = TODAY) -> Report:
    """What is told of it."""
    return check(from_turtle(release, text), release, today)


def proposed(release: Release, rows: Rows, iso3: str = "NOR") -> Proposal:
    """What a template with other cells comes to."""
    given = template(release, iso3)
    tables = []
    for table in given.tables:
        lines = []
        for line in table.lines:
            cells = {**line.cells, **rows.get(line.cells["record"], {})}
            lines.append(dataclasses.replace(line, cells=cells))
        tables.append(dataclasses.replace(table, lines=tuple(lines)))
    return propose(Sent(tables=tuple(tables), release=given.release), release, None)


def in_rows(release: Release, rows: Rows, iso3: str = "NOR") -> Report:
    """What is told of it."""
    return check(proposed(release, rows, iso3), release, TODAY)


def told(report: Report) -> set[str]:
    return {finding.rule for finding in report.findings}


def only(report: Report) -> Finding:
    [finding] = report.findings
    return finding


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


# Rules across records

ACTION = """<action/{treaty}/NOR/{kind}> a ocsea:{cls} ; rdfs:label "x"@en ; \
    ocsea:party <state/NOR> ; ocsea:instrument <instrument/{treaty}> ; \
    ocsea:date "{day}"^^xsd:date ; ocsea:statedValue "x" ; dcterms:source <locator/{place}> .
"""
TABLE = "untc2015/untc-status-table-iv-11-c/NOR/consent"
OTHER = "mapping2021/fig-1/NOR/opsc"


def act(cls: str, day: str, treaty: str = "opsc", place: str = TABLE) -> str:
    return ACTION.format(treaty=treaty, kind=cls.lower(), cls=cls, day=day, place=place)


STATUS = """<status/opsc/NOR/untc2015> a ocsea:PartyStatus ; rdfs:label "x"@en ; \
    ocsea:party <state/NOR> ; ocsea:instrument <instrument/opsc> ; ocsea:status ocsea:Party ; \
    ocsea:asOf "2015-02"^^xsd:gYearMonth ; ocsea:statedValue "x" ; \
    dcterms:source <locator/untc2015/untc-status-table-iv-11-c/NOR/consent> .
"""
LAW = """<instrument/act-nor> a ocsea:NationalLaw ; rdfs:label "x"@en ; \
    dcterms:identifier "ACT-NOR" ; dcterms:title "x"@en ; ocsea:ofState <state/NOR> ; \
    ocsea:adopted "2010"^^xsd:gYear ; ocsea:entryIntoForce "2009"^^xsd:gYear ; \
    dcterms:source <locator/mapping2021/fig-1/NOR/opsc> .
"""
VALUE = """<observation/mark/NOR/2020> a qb:Observation ; rdfs:label "x"@en ; \
    ocsea:indicator <indicator/mark> ; sdmx-dimension:refArea <state/NOR> ; \
    sdmx-dimension:refPeriod "2020"^^xsd:gYear ; sdmx-measure:obsValue 8 ; \
    ocsea:statedValue "8" ; qb:dataSet <dataset/mapping2021> ; \
    dcterms:source <locator/mapping2021/fig-1/NOR/opsc> .
<indicator/mark> a ocsea:Indicator ; rdfs:label "x"@en ; ocsea:minimum 0.0 ; \
    ocsea:maximum 7.0 ; dcterms:source <locator/mapping2021/fig-1/NOR/opsc> .
"""
SHOWN = {
    "act-before-opening": (
        act("Signature", "2007-10-24", "cets-201"),
        "2007-10-24",
        "2007-10-25",
    ),
    "act-before-instrument": (act("Signature", "2000-05-24"), "2000-05-24", "2000-06-13"),
    "signed-after-bound": (act("Signature", "2001-10-03"), "2001-10-03", "2001-10-02"),
    "bound-twice": (
        act("Accession", "2014-01-01") + act("Denunciation", "2014-02-01"),
        "2014-02-01",
        "2013-12-31",
    ),
    "status-against-acts": (STATUS.replace("Party ;", "Signatory ;"), "Signatory ;", "Party ;"),
    "after-the-source": (STATUS.replace("2015-02", "2016-02"), "2016-02", "2015-02"),
    "dates-out-of-order": (LAW, '"2009"', '"2010"'),
    "in-the-future": (act("Ratification", "2026-11-24"), "2026-11-24", "2026-11-23"),
    "value-outside-scale": (VALUE, "obsValue 8", "obsValue 7"),
}


@pytest.mark.parametrize("rule", SHOWN)
def test_a_rule_finds_what_does_not_hold_and_nothing_else(release: Release, rule: str) -> None:
    text, old, new = SHOWN[rule]
    assert old in text
    assert rule in told(in_turtle(release, text))
    assert rule not in told(in_turtle(release, text.replace(old, new)))


def test_each_rule_of_our_own_is_shown() -> None:
    assert {path.stem for path in queries("steward")} <= SHOWN.keys()


@pytest.mark.parametrize(
    ("place", "severity"), [(TABLE, "Violation"), (OTHER, "Warning")], ids=["one", "two"]
)
def test_two_sources_may_disagree_and_one_may_not(
    release: Release, place: str, severity: str
) -> None:
    report = in_turtle(release, act("Accession", "2014-01-01", place=place))
    [finding] = [each for each in report.findings if each.rule == "bound-twice"]
    assert finding.severity == severity


def test_a_rule_tells_what_it_is_that_does_not_go_together(release: Release) -> None:
    rows = {"action/opsc/NOR/ratification": {"date": "1999-10-02"}}
    found = {each.rule: each for each in in_rows(release, rows).findings}
    finding = found["act-before-opening"]
    assert finding.place.column == "date"
    assert finding.message == (
        "Act before its instrument was open: an act of 1999-10-02, but opened for signature"
        " 2000-05-25."
    )
    assert finding.remedy == (
        "Nobody signs, ratifies or joins a treaty before it was opened for signature."
    )


def test_dates_are_compared_as_far_as_the_less_precise_goes(release: Release) -> None:
    rows = {"action/opsc/NOR/signature": {"date": "2000"}}
    assert told(in_rows(release, rows)) == set()


def test_a_number_that_its_table_contradicts_is_told(release: Release) -> None:
    rows = {"observation/ncmec-cybertip-reports/NOR/2020": {"value": "1"}}
    found = told(in_rows(release, rows))
    assert "change-against-two-years" in found


def test_a_period_in_the_future_is_told_and_a_target_is_not(release: Release) -> None:
    later = VALUE.replace("2020", "2031").replace("obsValue 8", "obsValue 7")
    assert "in-the-future" in told(in_turtle(release, later))
    target = later.replace("/mark", "/mark-target")
    assert "in-the-future" not in told(in_turtle(release, target))


def test_the_day_of_asking_counts(release: Release) -> None:
    text = act("Ratification", "2026-11-24")
    assert "in-the-future" not in told(in_turtle(release, text, date(2026, 11, 24)))


def test_a_rule_written_wrongly_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "some.rq"
    path.write_text("# title: T\n# rule: R\n# steward: Bad: why.\n", encoding="utf-8")
    monkeypatch.setattr(rules, "queries", lambda kind: [path])
    with pytest.raises(OcseaError, match=r"some\.rq: write `# steward:"):
        rules.rules.__wrapped__()


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


# The forms of a report


@pytest.fixture(scope="module")
def report() -> Report:
    """A finding of each kind: of the reader, of a rule, and one without a place."""
    cell = Place("data/norway.csv", "statuses", 7, "as_of")
    sheet = Place("norway.xlsx", "statuses", 7, "as_of", "F7")
    line = Place("norway.ttl", row=7)
    focus = f"{ID}status/opsc/NOR/x"
    path = f"{PREFIXES['ocsea']}asOf"
    return Report(
        "0123456789abcdef",
        (
            Finding("Violation", cell, "2\x00", "No date.", "Write 2021.", "date", focus, path),
            Finding("Violation", sheet, "3", "No date.", "Write 2021.", "ocsea-sh:X"),
            Finding("Warning", line, "", "Odd <this>.", "", "bound-twice", focus),
            Finding("Info", Place(""), "", "So.", "", "left-pointing"),
        ),
    )


def test_text_has_a_line_a_finding(report: Report) -> None:
    lines = as_text(report).splitlines()
    assert lines[0] == (
        "Violation: data/norway.csv, sheet statuses, row 7, column as_of: No date. Write 2021."
    )
    assert lines[-1] == "It cannot be published as it is: 2 violations, 1 warning, 1 info."
    assert len(lines) == 5


def test_json_keeps_its_keys(report: Report) -> None:
    said = as_json(report)
    assert json.loads(json.dumps(said)) == said
    assert list(said) == ["conforms", "release", "counts", "findings"]
    assert said["counts"] == {"violation": 2, "warning": 1, "info": 1}
    assert said["findings"][1] == {
        "severity": "Violation",
        "file": "norway.xlsx",
        "sheet": "statuses",
        "row": 7,
        "column": "as_of",
        "cell": "F7",
        "place": "norway.xlsx, sheet statuses, row 7, column as_of (F7)",
        "value": "3",
        "message": "No date.",
        "remedy": "Write 2021.",
        "rule": "ocsea-sh:X",
        "record": None,
        "focus": None,
        "path": None,
    }
    assert said["findings"][0]["record"] == "status/opsc/NOR/x"


@pytest.mark.parametrize("form", ["turtle", "json-ld"])
def test_the_shacl_report_is_valid_and_has_the_places(report: Report, form: str) -> None:
    text = as_turtle(report) if form == "turtle" else as_jsonld(report)
    lines = text if form == "turtle" else jsonld.to_rdf(json.loads(text), N_QUADS)
    graph = Graph().parse(data=lines, format="turtle")
    [node] = graph.subjects(RDF.type, SH.ValidationReport)
    results = set(graph.objects(node, SH.result))
    assert graph.value(node, SH.conforms).toPython() is False
    assert results == set(graph.subjects(RDF.type, SH.ValidationResult))
    for result in results:
        for name in (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent):
            assert graph.value(result, name, any=False)
    assert len(list(graph.objects(None, OA.hasTarget))) == 3
    assert {str(each) for each in graph.objects(None, CSVW.rownum)} == {"7"}
    assert "line=6,7" in {str(each) for each in graph.objects(None, RDF.value)}


def test_what_the_engine_said_stands_in_the_shacl_report(release: Release) -> None:
    found = in_rows(release, {"observation/age-of-consent/NOR/2021": {"change": "remove"}})
    graph = Graph().parse(data=as_turtle(found), format="turtle")
    [result] = graph.subjects(RDF.type, SH.ValidationResult)
    assert graph.value(result, SH.sourceShape) == URIRef(f"{SHAPES}Member-age-of-consent")
    assert graph.value(result, SH.sourceConstraintComponent) == SH.HasValueConstraintComponent
    path = graph.value(result, SH.resultPath)
    assert graph.value(path, RDF.first), "the path of two steps is written out"


def test_junit_fails_for_violations_only(report: Report) -> None:
    root = ElementTree.fromstring(as_junit(report))
    suites = {suite.get("name"): suite for suite in root}
    assert set(suites) == {"submission", "data/norway.csv", "norway.ttl", "norway.xlsx"}
    assert {name for name, suite in suites.items() if suite.get("failures") == "1"} == {
        "data/norway.csv",
        "norway.xlsx",
    }
    [failure] = suites["norway.xlsx"].iter("failure")
    assert (failure.get("message"), failure.text) == ("No date.", "Write 2021.")
    assert [each.tag for each in suites["norway.ttl"][0]] == ["system-out"]


def test_junit_of_what_conforms_has_a_case_that_passes() -> None:
    root = ElementTree.fromstring(as_junit(Report("x", ())))
    assert [(each.tag, len(each)) for each in root.iter("testcase")] == [("testcase", 0)]


def test_sarif_has_what_its_schema_requires(report: Report) -> None:
    said = as_sarif(report)
    assert json.loads(json.dumps(said)) == said
    assert said["version"] == "2.1.0"
    [run] = said["runs"]
    declared = run["tool"]["driver"]["rules"]
    assert len({each["id"] for each in declared}) == len(declared)
    for result in run["results"]:
        assert result["message"]["text"]
        assert declared[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"}
    assert len({str(each["partialFingerprints"]) for each in run["results"]}) == 4


def test_sarif_points_at_lines_and_cells(report: Report) -> None:
    csv, sheet, line, nowhere = as_sarif(report)["runs"][0]["results"]
    where = csv["locations"][0]["physicalLocation"]
    assert where == {"artifactLocation": {"uri": "data/norway.csv"}, "region": {"startLine": 7}}
    assert sheet["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "statuses!F7"}]
    assert "region" not in sheet["locations"][0]["physicalLocation"]
    assert line["locations"][0]["physicalLocation"]["region"] == {"startLine": 7}
    assert "locations" not in nowhere
