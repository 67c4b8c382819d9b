"""The article of 2018: what a reader finds in it, against what the loader says."""

import pytest
from said import Facts, said


@pytest.fixture(scope="module")
def graph() -> dict[str, Facts]:
    return said("article2018")


@pytest.mark.parametrize(
    ("key", "value", "qualifier", "stated"),
    [
        (
            "countries-reporting-sufficient-cybercrime-criminalisation/europe/2013",
            "80",
            "exact",
            "80% of countries",
        ),
        ("children-share-of-internet-users/world/2014", "33.3", "approximately", "one-third"),
        ("eu-states-with-online-harassment-law/european-union/2018", "1", "exact", "only Spain"),
    ],
)
def test_figures(
    graph: dict[str, Facts], key: str, value: str, qualifier: str, stated: str
) -> None:
    facts = graph[f"observation/{key}/article2018"]
    assert facts["sdmx-measure:obsValue"] == [value]
    assert facts["ocsea:qualifier"] == [f"code/{qualifier}"]
    assert facts["ocsea:statedValue"] == [stated]


def test_cybercrime_is_a_priority_of_the_policy_cycle(graph: dict[str, Facts]) -> None:
    priority = graph["commitment/policy-cycle-cybercrime"]
    assert priority["rdf:type"] == ["ocsea:Priority"]
    assert priority["ocsea:owner"] == ["initiative/eu-policy-cycle"]


def test_every_record_cites_a_place_of_the_article(graph: dict[str, Facts]) -> None:
    records = [f for key, f in graph.items() if key.split("/")[0] not in ("locator", "source")]
    cited = {place for f in records if "rdf:type" in f for place in f["dcterms:source"]}
    assert len(cited) > 40
    assert cited <= set(graph)
