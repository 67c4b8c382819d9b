"""The vocabulary of our own: what several sources share, and no document defines."""

import pytest
from said import Facts, said


@pytest.fixture(scope="module")
def graph() -> dict[str, Facts]:
    return said("vocabulary")


def test_the_qualifiers_of_a_figure(graph: dict[str, Facts]) -> None:
    codes = {key for key in graph if key.startswith("code/")}
    words = ("approximately", "at-least", "exact", "less-than", "more-than", "range", "up-to")
    assert codes == {f"code/{word}" for word in words}


def test_each_is_defined(graph: dict[str, Facts]) -> None:
    things = [f for key, f in graph.items() if key.split("/")[0] in ("code", "unit", "scheme")]
    assert things
    assert all(facts["skos:definition"] for facts in things)


@pytest.mark.parametrize("area", ["european-union", "europe", "africa", "greenland", "scotland"])
def test_areas(graph: dict[str, Facts], area: str) -> None:
    assert graph[f"area/{area}"]["rdf:type"] == ["ocsea:Area"]
