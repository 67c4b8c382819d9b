"""States side by side, against values read in the figures of the 2021 mapping and in the study."""

import dataclasses
import json

import pytest

from ocsea.errors import OcseaError
from ocsea.release import Release
from ocsea.steward.overview.comparison import MAX_STATES, Comparison, Row, comparable, compare


def row(compared: Comparison, topic: str, about: str) -> Row:
    return next(r for r in compared.rows if r.topic == topic and r.about.endswith(f"/{about}"))


def test_ages_stand_side_by_side(release: Release) -> None:
    compared = compare(release, ["SWE", "ALB"], ["indicator/age-of-consent"])
    assert compared.states == (("SWE", "Sweden"), ("ALB", "Albania"))
    (ages,) = compared.rows
    assert (ages.name, ages.unit, ages.differs) == (
        "age of consent to sexual activity",
        "years",
        True,
    )
    assert [[told.value for told in cell] for cell in ages.cells] == [["15"], ["14"]]
    assert str(ages.cells[0][0].sources[0]) == "mapping2021, Fig. 5"
    assert (ages.lowest, ages.highest) == (0, None)


def test_an_instrument_has_statuses_and_acts(release: Release) -> None:
    compared = compare(release, ["IRL", "ALB"], ["instrument/opsc"])
    statuses, acts = row(compared, "statuses", "opsc"), row(compared, "actions", "opsc")
    assert [cell[0].value for cell in statuses.cells] == ["signatory", "party"]
    assert acts.cells[0] == ()
    assert [(told.value, told.date) for told in acts.cells[1]] == [("accession", "2008-02-05")]


def test_the_newest_comes_first_and_a_blank_last(release: Release) -> None:
    compared = compare(release, ["ALB", "SWE"])
    reports = row(compared, "indicators", "ncmec-cybertip-reports").cells[0]
    assert [(told.number, told.date) for told in reports] == [(23426, "2020"), (17545, "2019")]
    budapest = row(compared, "statuses", "ets-185").cells[1]
    assert [(told.value, told.date) for told in budapest] == [
        ("signatory", "2021-04"),
        ("", "2015"),
    ]
    assert not row(compared, "statuses", "uncrc").differs


def test_what_is_expected_is_compared_by_default(release: Release) -> None:
    compared = compare(release, ["NOR", "NOR"])
    assert len(compared.states) == 1
    assert {r.about.partition("/id/")[2] for r in compared.rows} == set(comparable())
    assert json.loads(json.dumps(dataclasses.asdict(compared)))["release"] == release.version


def test_a_scale_has_its_ends(release: Release) -> None:
    (scores,) = compare(release, ["NOR"], ["indicator/icmec-csam-legislation-score"]).rows
    assert (scores.lowest, scores.highest) == (0, 5)


def test_a_range_is_told_from_end_to_end(release: Release) -> None:
    (ages,) = compare(release, ["UKR"], ["indicator/stop-sexting-age"]).rows
    (told,) = ages.cells[0]
    assert (told.value, told.number) == ("13 to 18", None)


@pytest.mark.parametrize(
    ("iso3", "about", "why"),
    [
        (["XXX"], [], "does not know state/XXX"),
        (["NOR> <"], [], "does not know state/NOR> <"),
        (["NOR"], ["indicator/no-such"], "does not know indicator/no-such"),
        (["NOR"], ["body/ec3"], "does not know body/ec3"),
        (["NOR"], ["state/NOR"], "does not know state/NOR: name what to compare by kind and key"),
    ],
)
def test_what_is_unknown_is_told(
    release: Release, iso3: list[str], about: list[str], why: str
) -> None:
    with pytest.raises(OcseaError, match=why):
        compare(release, iso3, about)


def test_too_many_states_are_refused(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocsea.steward.overview.comparison.MAX_STATES", 2)
    assert MAX_STATES > 47
    with pytest.raises(OcseaError, match="at most 2 states; these are 3"):
        compare(release, ["NOR", "SWE", "ALB"])
