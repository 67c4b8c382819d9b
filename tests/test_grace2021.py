"""GRACE D10.6: what a reader finds in the deliverable, against what the loader says."""

import pytest
from said import Facts, said


@pytest.fixture(scope="module")
def graph() -> dict[str, Facts]:
    return said("grace2021")


@pytest.mark.parametrize(
    ("key", "value", "stated", "place"),
    [
        ("internet-penetration/world/2020-06-30", "62", "62 %", "chapter-4-2-1"),
        ("ncmec-cybertip-reports/european-union/2019", "725232", "725,232", "footnote-34"),
        ("ncmec-cybertip-reports/europe/2019", "1247737", "1.247.737", "footnote-32"),
        ("inhope-hotlines/world/2020", "47", "47 hotlines", "footnote-36"),
    ],
)
def test_figures(graph: dict[str, Facts], key: str, value: str, stated: str, place: str) -> None:
    facts = graph[f"observation/{key}/grace2021"]
    assert facts["sdmx-measure:obsValue"] == [value]
    assert facts["ocsea:statedValue"] == [stated]
    assert f"locator/grace2021/{place}" in facts["dcterms:source"]


def test_about_is_about_and_almost_is_almost(graph: dict[str, Facts]) -> None:
    users = graph["observation/internet-users/world/2020-06-30/grace2021"]
    assert users["sdmx-measure:obsValue"] == ["4800000000"]
    assert users["ocsea:qualifier"] == ["code/less-than"]


def test_there_are_31_recommendations_on_two_levels(graph: dict[str, Facts]) -> None:
    recommendations = [f for key, f in graph.items() if key.startswith("commitment/grace-rec-")]
    assert len(recommendations) == 31
    levels = {level for facts in recommendations for level in facts["ocsea:level"]}
    assert levels == {"ocsea:EuropeanLevel", "ocsea:NationalLevel"}


def test_the_word_that_abuse_material_replaces(graph: dict[str, Facts]) -> None:
    term = graph["term/child-sexual-abuse-material"]
    assert term["ocsea:acronym"] == ["CSAM"]
    assert "child pornography" in term["ocsea:discouragedLabel"]
    assert term["ocsea:reason"]


def test_the_united_kingdom_has_left_and_the_27_have_not(graph: dict[str, Facts]) -> None:
    states = {k: f for k, f in graph.items() if k.startswith("membership/european-union/")}
    assert states.pop("membership/european-union/GBR")["ocsea:end"] == ["2020-01-31"]
    assert len(states) == 27
    assert not any("ocsea:end" in facts for facts in states.values())
