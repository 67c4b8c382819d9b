"""What rules across records tell of a change, with a change in which each finds nothing."""

from datetime import date
from pathlib import Path

import pytest
from steward_checks import Rows, in_rows, in_turtle, told

from ocsea.errors import OcseaError
from ocsea.namespaces import PREFIXES
from ocsea.release import Release
from ocsea.resources import queries
from ocsea.steward.judging import rules

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
    "act-before-instrument": (
        act("Ratification", "1999-06-16", "ilo-c182"),
        "1999-06-16",
        "1999-06-17",
    ),
    "signed-after-bound": (act("Signature", "2001-10-03"), "2001-10-03", "2001-10-02"),
    "bound-twice": (
        act("Accession", "2014-01-01") + act("Denunciation", "2014-02-01"),
        "2014-02-01",
        "2013-12-31",
    ),
    "status-against-acts": (STATUS.replace("Party ;", "Signatory ;"), "Signatory ;", "Party ;"),
    "party-before-in-force": (STATUS.replace("2015-02", "2001-12"), "2001-12", "2002-01"),
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
        " 2000-05-25. Also: Signed after it was bound: signed 2000-06-13, but bound by an act of"
        " 1999-10-02."
    )
    assert finding.remedy == (
        "Nobody signs, ratifies or joins a treaty before it was opened for signature."
    )


@pytest.mark.parametrize(
    ("changed", "rules"),
    [
        ({"action/opsc/NOR/ratification": {"date": "1999-10-02"}}, {"act-before-opening"}),
        ({"action/opsc/NOR/ratification": {"date": "2042-10-02"}}, {"in-the-future"}),
        ({"status/opsc/NOR/mapping2021": {"as_of": "2042-04"}}, {"in-the-future"}),
        ({"status/opsc/NOR/mapping2021": {"as_of": "2021-07"}}, {"after-the-source"}),
    ],
    ids=["before", "act later", "status later", "after"],
)
def test_one_slip_is_one_finding(release: Release, changed: Rows, rules: set[str]) -> None:
    report = in_rows(release, changed)
    assert told(report) == rules
    assert len(report.findings) == 1


def test_one_slip_is_one_finding_in_turtle_too(release: Release) -> None:
    report = in_turtle(release, act("Ratification", "1999-10-02"))
    [finding] = [each for each in report.findings if each.rule == "act-before-opening"]
    assert "Also: Signed after it was bound" in finding.message
    assert "signed-after-bound" not in told(report)
    assert finding.path == f"{PREFIXES['ocsea']}date"


def test_what_was_changed_is_what_is_told_of(release: Release) -> None:
    rows = {"status/opsc/NOR/mapping2021": {"status": "Signatory"}}
    [finding] = in_rows(release, rows).findings
    assert (finding.rule, finding.place.column) == ("status-against-acts", "status")


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
