"""Coverage: the page is what the release gives, it has no gap, and a gap would be seen."""

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from ocsea.coverage import Place, coverage, place_of, places
from ocsea.errors import OcseaError
from ocsea.namespaces import ID, term
from ocsea.release import Release
from ocsea.resources import ROOT

SOURCES = ("article2018", "grace2021", "mapping2021", "slides2009", "study2015")
CSV = """place,title,part_of,reason
chapter 1,One,,
"chapter 1, A box",A box,chapter 1,
footnotes of chapter 1,,chapter 1,
footnote 7,,footnotes of chapter 1,
chapter 2,Two,,names of persons only
"""


@pytest.fixture(scope="module")
def triples(release: Release) -> list[Triple]:
    return [quad.triple for quad in release.quads()]


@pytest.fixture(scope="module")
def found(triples: list[Triple]) -> dict[str, list[Place]]:
    return places(triples, ROOT)


def test_the_committed_page_is_what_the_release_gives(triples: list[Triple]) -> None:
    page = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    assert page == coverage(triples, ROOT), "run `ocsea coverage`"


def test_all_five_sources_are_covered_without_a_gap(found: dict[str, list[Place]]) -> None:
    assert tuple(found) == SOURCES
    assert [f"{stem}: {p.name}" for stem, each in found.items() for p in each if p.is_gap] == []


def test_no_place_has_records_and_a_reason_for_having_none(
    found: dict[str, list[Place]],
) -> None:
    assert [f"{stem}: {p.name}" for stem, each in found.items() for p in each if p.is_odd] == []


def test_every_place_that_is_cited_is_listed_or_under_a_listed_one(
    triples: list[Triple], found: dict[str, list[Place]]
) -> None:
    listed = {stem: [place.name for place in each] for stem, each in found.items()}
    strange = []
    for triple in triples:
        if triple.predicate == term("ocsea:place"):
            assert isinstance(triple.subject, NamedNode)
            assert isinstance(triple.object, Literal)
            stem = triple.subject.value.removeprefix(f"{ID}locator/").split("/")[0]
            if stem in listed and not place_of(triple.object.value, listed[stem]):
                strange.append(f"{stem}: {triple.object.value}")
    assert sorted(set(strange)) == []


# Small graphs


def checkout(folder: Path, csv: str = CSV) -> Path:
    for path, text in (
        ("loaders/study.yml", "title: The study\n"),
        ("loaders/laws.yml", "title: Laws\ndocuments:\n  study: That study (2015)\n"),
        ("data/study/coverage.csv", csv),
    ):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def iri(name: str) -> NamedNode:
    return NamedNode(ID + name)


def cited(record: str, locator: str, place: str, *footnote: str) -> list[Triple]:
    """A record that cites a place, and hangs on a footnote where one is given."""
    return [
        Triple(iri(record), term("dcterms:source"), iri(locator)),
        Triple(iri(locator), term("ocsea:place"), Literal(place)),
        *(Triple(iri(record), term("ocsea:footnote"), Literal(each)) for each in footnote),
    ]


def counts(triples: list[Triple], root: Path) -> dict[str, int]:
    return {place.name: place.records for place in places(triples, root)["study"]}


def test_a_record_counts_for_its_place_and_all_around_it(tmp_path: Path) -> None:
    root = checkout(tmp_path)
    triples = [
        *cited("body/a", "locator/study/box", "chapter 1, A box"),
        *cited("body/b", "locator/study/row", "chapter 1, A box, row 3"),
        *cited("body/c", "locator/study/one", "chapter 1"),
        *cited("body/c", "locator/study/box", "chapter 1, A box"),
        *cited("discrepancy/x/1", "locator/study/two", "chapter 2"),
    ]
    found = counts(triples, root)
    assert found == {
        "chapter 1": 3,
        "chapter 1, A box": 3,
        "footnotes of chapter 1": 0,
        "footnote 7": 0,
        "chapter 2": 0,
    }


def test_a_record_that_another_source_reads_in_the_document_counts(tmp_path: Path) -> None:
    triples = cited("instrument/a", "locator/laws/x", "That study (2015), footnote 7")
    found = counts(triples, checkout(tmp_path))
    assert found["footnote 7"] == found["footnotes of chapter 1"] == found["chapter 1"] == 1


def test_a_footnote_of_a_cell_or_of_a_heading_counts(tmp_path: Path) -> None:
    root = checkout(tmp_path)
    of_a_cell = cited("observation/a", "locator/study/box", "chapter 1, A box", "7")
    assert counts(of_a_cell, root)["footnote 7"] == 1
    of_a_heading = [
        *cited("observation/a", "locator/study/box/a", "chapter 1, A box"),
        Triple(iri("locator/study/box"), term("ocsea:place"), Literal("chapter 1, A box")),
        Triple(iri("locator/study/box"), term("ocsea:footnote"), Literal("7")),
    ]
    assert counts(of_a_heading, root)["footnote 7"] == 1


def test_a_gap_and_a_needless_reason_stand_on_top(tmp_path: Path) -> None:
    triples = [
        *cited("body/a", "locator/study/box", "chapter 1, A box"),
        *cited("body/b", "locator/study/two", "chapter 2"),
    ]
    page = coverage(triples, checkout(tmp_path))
    gaps, odd = page.split("## ")[1:3]
    assert "- study: footnote 7" in gaps
    assert "- study: footnotes of chapter 1" in gaps
    assert "- study: chapter 2" in odd
    assert "| study | 5 | 3 | 0 | 2 |" in page
    assert page.index("## Gaps") < page.index("| study |") < page.index("## The study")


def test_a_heading_with_a_bar_does_not_break_the_table(tmp_path: Path) -> None:
    page = coverage([], checkout(tmp_path, CSV.replace("One", "One | two")))
    assert "| chapter 1 | One \\| two |  |  |" in page


@pytest.mark.parametrize(
    ("place", "listed", "expected"),
    [
        ("Table 3", ["Table 3"], "Table 3"),
        ("Table 3, row 5", ["Table 3"], "Table 3"),
        ("chapter 1, A box, row 3", ["chapter 1", "chapter 1, A box"], "chapter 1, A box"),
        ("Table 31", ["Table 3"], None),
        ("chapter 12", ["chapter 1"], None),
    ],
)
def test_a_place_falls_under_what_stands_before_a_comma(
    place: str, listed: list[str], expected: str | None
) -> None:
    assert place_of(place, listed) == expected


def test_without_a_checkout_the_page_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(OcseaError, match="No loaders"):
        coverage([], tmp_path)
