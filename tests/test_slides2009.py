"""The Commission's slides: what a reader finds on them, against what the loader says."""

import pytest
from said import Facts, said


@pytest.fixture(scope="module")
def graph() -> dict[str, Facts]:
    return said("slides2009")


@pytest.mark.parametrize(
    ("initiative", "amount", "begin", "end", "stated"),
    [
        ("safer-internet-programme", "55000000", "2009", ["2013"], "€ 55 million"),
        ("isec", "70000000", "2009", None, "€ 70 million"),
    ],
)
def test_budgets(
    graph: dict[str, Facts],
    initiative: str,
    amount: str,
    begin: str,
    end: list[str] | None,
    stated: str,
) -> None:
    [key] = graph[f"initiative/{initiative}"]["ocsea:budget"]
    budget = graph[key]
    assert budget["ocsea:amount"] == [amount]
    assert budget["ocsea:currency"] == ["EUR"]
    assert (budget["ocsea:begin"], budget.get("ocsea:end")) == ([begin], end)
    assert budget["ocsea:statedValue"] == [stated]
    assert budget["dcterms:source"] == ["locator/slides2009/slide-11"]


def test_the_directorate_general_is_part_of_the_commission(graph: dict[str, Facts]) -> None:
    assert graph["body/dg-jls"]["org:subOrganizationOf"] == ["body/european-commission"]
    assert graph["body/dg-jls-unit-f2"]["org:subOrganizationOf"] == ["body/dg-jls"]


def test_there_are_twelve_slides(graph: dict[str, Facts]) -> None:
    slides = {key for key in graph if key.startswith("locator/slides2009/slide-")}
    assert slides == {f"locator/slides2009/slide-{number}" for number in range(1, 13)}
