"""What is wrong in a standard table is named with its file, line and column."""

from pathlib import Path

import pytest
from table_rows import FULL, HEADERS, NEEDED, load, only, write

from ocsea.errors import DataError


@pytest.mark.parametrize(
    ("name", "column"), [(name, column) for name, columns in NEEDED.items() for column in columns]
)
def test_a_cell_that_is_needed_may_not_be_blank(name: str, column: str, tmp_path: Path) -> None:
    write(tmp_path, name, only(name) | {column: ""})
    with pytest.raises(DataError, match=rf"{name}\.csv:2: column '\w+', value ''") as raised:
        load(tmp_path)
    assert raised.value.column == column


@pytest.mark.parametrize(
    ("name", "column", "value", "why"),
    [
        ("bodies", "class", "Agencies", "write one of Body, Agency"),
        ("bodies", "class", "Programme", "write one of Body, Agency"),
        ("bodies", "ref", "EC3", "not a ref"),
        ("bodies", "ref", "body/Ec3", "not a ref"),
        ("bodies", "ref", "body/ec3/unit", "not a ref"),
        ("bodies", "ref", "tool/ec3", "'tool' cannot stand here"),
        ("bodies", "acronym", "EC3; E3", "separate its parts by ;"),
        ("bodies", "acronym", "EC3;EC3", "stands twice"),
        ("bodies", "alternative", "Centre;", "separate its parts by ;"),
        ("bodies", "established", "January 2013", "not a date"),
        ("bodies", "ended", "2013-02-30", "not a date"),
        ("bodies", "part_of", "europol", "not a ref"),
        ("bodies", "state", "state/Netherlands", "not a ref"),
        ("bodies", "state", "body/europol", "'body' cannot stand here"),
        ("bodies", "mandate", "body/europol", "'body' cannot stand here"),
        ("bodies", "mandate", "instrument/cets-201/annex/1", "not a ref"),
        ("bodies", "place", "slide 1;", "separate its parts by ;"),
        ("memberships", "organisation", "initiative/isec", "'initiative' cannot stand here"),
        ("memberships", "member", "tool/photodna", "'tool' cannot stand here"),
        ("memberships", "role", "?", "not a role"),
        ("memberships", "begin", "2011-13", "not a date"),
        ("memberships", "end", "2010-12", "lies before the beginning, 2011"),
        ("memberships", "as_of", "today", "not a date"),
        ("involvements", "role", "boss", "write one of founder"),
        ("involvements", "agent", "Europol", "not a ref"),
        ("involvements", "object", "person/x", "not a ref"),
        ("involvements", "end", "2012", "lies before the beginning"),
        ("initiatives", "class", "Agency", "write one of Programme"),
        ("initiatives", "ref", "body/isec", "'body' cannot stand here"),
        ("initiatives", "state", "area/europe", "'area' cannot stand here"),
        ("initiatives", "legal_basis", "body/europol", "'body' cannot stand here"),
        ("initiatives", "end", "2006-12-31", "lies before the beginning"),
        ("budgets", "initiative", "state/LVA", "'state' cannot stand here"),
        ("budgets", "amount", "70 million", "not a decimal number"),
        ("budgets", "currency", "€", "not a currency"),
        ("budgets", "qualifier", "about", "write one of exact"),
        ("commitments", "class", "Promise", "write one of PolicyTarget"),
        ("commitments", "level", "global", "write one of european, national"),
        ("commitments", "topic", "term/topic", "'term' cannot stand here"),
        ("commitments", "rests_on", "Article 20", "not a ref"),
        ("commitments", "date", "11/2009", "not a date"),
        ("terms", "ref", "commitment/csam", "'commitment' cannot stand here"),
        ("terms", "broader", "offence/material", "'offence' cannot stand here"),
        ("terms", "related", "sexting", "not a ref"),
        ("terms", "defined_by", "Lanzarote", "not a ref"),
        ("terms", "scheme", "my scheme", "cannot stand in the IRI of a scheme"),
        ("figures", "indicator", "Children Online", "not a ref"),
        ("figures", "area", "initiative/isec", "'initiative' cannot stand here"),
        ("figures", "value", "59,4", "not a decimal number"),
        ("figures", "value", "", "give either a value, or the two bounds"),
        ("figures", "qualifier", "range", "'range' and two bounds go together"),
        ("figures", "qualifier", "roughly", "write one of exact"),
        ("figures", "begin", "", "a figure needs a period"),
        ("figures", "begin", "2011", "lies before the beginning"),
        ("figures", "measured_by", "UNICEF", "not a ref"),
        ("provisions", "relation", "forbids", "write one of criminalises"),
        ("provisions", "provision", "offence/grooming", "'offence' cannot stand here"),
        ("provisions", "object", "term/grooming", "'term' cannot stand here"),
        ("statements", "property", "likes", "write one of adopts"),
        ("statements", "subject", "Interpol", "not a ref"),
        ("statements", "object", "europol", "not a ref"),
        ("statements", "end", "2008", "lies before the beginning"),
    ],
)
def test_a_bad_cell_is_named(name: str, column: str, value: str, why: str, tmp_path: Path) -> None:
    write(tmp_path, name, FULL[name] | {column: value})
    where = rf"{name}\.csv:2: column '{'end' if 'beginning' in why else column}', value '.*': .*"
    with pytest.raises(DataError, match=where + why):
        load(tmp_path)


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"lower": "50"}, "either a value, or"),
        ({"lower": "50", "upper": "60"}, "either a value, or"),
        ({"value": "", "upper": "60", "qualifier": "range"}, "either a value, or"),
        ({"value": "", "lower": "50", "qualifier": "range"}, "either a value, or"),
        ({"value": "", "lower": "5", "upper": "7", "qualifier": ""}, "go together"),
        ({"value": "", "lower": "7", "upper": "5", "qualifier": "range"}, "is not below"),
        ({"begin": "2009-06", "end": ""}, "only a year can stand alone"),
        ({"unit": "count"}, "not a whole number"),
    ],
)
def test_a_figure_has_a_value_or_a_range_and_a_period(
    cells: dict[str, str], why: str, tmp_path: Path
) -> None:
    write(tmp_path, "figures", FULL["figures"] | cells)
    with pytest.raises(DataError, match=rf"figures\.csv:2: .*{why}"):
        load(tmp_path)


@pytest.mark.parametrize("name", HEADERS)
def test_a_record_that_stands_twice_is_named(name: str, tmp_path: Path) -> None:
    known = only(name)
    write(tmp_path, name, known, known)
    with pytest.raises(DataError, match=rf"{name}\.csv:3: .*make one row of this and line 2"):
        load(tmp_path)


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("change", ["missing", "added"])
def test_the_header_is_the_contracts(name: str, change: str, tmp_path: Path) -> None:
    write(tmp_path, name, only(name))
    path = tmp_path / "data" / "sample" / f"{name}.csv"
    header, row = path.read_text(encoding="utf-8").splitlines()
    if change == "missing":
        header = header.replace(",", ",old_", 1)
    else:
        header, row = f"{header},more", f"{row},"
    path.write_text(f"{header}\n{row}\n", encoding="utf-8")
    with pytest.raises(DataError, match=rf"{name}\.csv:[12]: "):
        load(tmp_path)


def test_a_place_that_coverage_does_not_list_is_named(tmp_path: Path) -> None:
    write(tmp_path, "coverage", {"place": "slide 1"})
    write(tmp_path, "statements", FULL["statements"] | {"place": "slide 1;page 9"})
    with pytest.raises(DataError, match=r"statements\.csv:2: column 'place', .*'page 9' is no"):
        load(tmp_path)


def test_a_place_stands_within_a_place_that_has_a_row(tmp_path: Path) -> None:
    write(tmp_path, "coverage", FULL["coverage"])
    with pytest.raises(DataError, match=r"coverage\.csv:2: column 'part_of', value 'slide 1'"):
        load(tmp_path)
