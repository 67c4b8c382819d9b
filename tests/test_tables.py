"""The standard tables: every column lands, blanks are missing, and sources stand side by side."""

from pathlib import Path

import pytest
from table_rows import FULL, HEADERS, LANDED, load, only, records, turtle, write

from ocsea.tables import TABLES


def test_every_table_is_tried_here() -> None:
    assert {f"{name}.csv" for name in HEADERS} == set(TABLES)
    for name, row in FULL.items():
        blank = {"lower", "upper"} if name == "figures" else set()
        assert set(HEADERS[name].split(",")) - set(row) == blank


@pytest.mark.parametrize("name", LANDED)
def test_every_column_lands(name: str, tmp_path: Path) -> None:
    write(tmp_path, name, FULL[name])
    assert records(load(tmp_path)) == turtle(LANDED[name])


def test_coverage_tells_of_its_places(tmp_path: Path) -> None:
    write(tmp_path, "coverage", {"place": "slide 1"}, FULL["coverage"])
    told = {t for t in load(tmp_path) if str(t.subject).endswith("/slide-2>")}
    assert told == turtle("""
<locator/sample/slide-2> a ocsea:Locator ; rdfs:label "Sample, slide 2"@en ;
  dcterms:isPartOf <source/sample> ; ocsea:place "slide 2" ; dcterms:title "Thank you"@en ;
  ocsea:within <locator/sample/slide-1> ; ocsea:reason "No facts."@en .""")


@pytest.mark.parametrize("name", LANDED)
def test_a_blank_is_missing(name: str, tmp_path: Path) -> None:
    write(tmp_path, name, only(name))
    bare = records(load(tmp_path))
    assert bare
    values = {getattr(triple.object, "value", None) for triple in bare}
    assert not values & {"", "None"}
    filled = {t.predicate for t in turtle(LANDED[name])}
    assert {t.predicate for t in bare} < filled


def test_what_a_blank_stands_for_where_the_contract_says_so(tmp_path: Path) -> None:
    write(tmp_path, "memberships", only("memberships"))
    write(tmp_path, "budgets", only("budgets"))
    write(tmp_path, "figures", only("figures"))
    assert records(load(tmp_path)) >= turtle("""
<membership/vgt/europol> ocsea:role "member" ; rdfs:label "europol in the vgt"@en .
<budget/isec/70000000.5-eur/sample> ocsea:qualifier <code/exact> .
<observation/children-online/LVA/2009/sample> ocsea:qualifier <code/exact> ;
  sdmx-dimension:refPeriod "2009"^^xsd:gYear .""")


def test_a_range_has_two_bounds_and_counts_are_whole_numbers(tmp_path: Path) -> None:
    cells = {"value": "", "lower": "50", "upper": "1,500", "qualifier": "range", "unit": "count"}
    write(tmp_path, "figures", only("figures") | cells | {"begin": "2009-06", "end": "2009-06"})
    found = records(load(tmp_path))
    assert found >= turtle("""
<observation/children-online/LVA/2009-06/sample> ocsea:lowerBound 50 ; ocsea:upperBound 1500 ;
  ocsea:qualifier <code/range> ; sdmx-dimension:refPeriod <period/2009-06> .
<period/2009-06> rdfs:label "2009-06"@en .
<indicator/children-online> ocsea:valueKind ocsea:IntegerValue .""")
    assert not [t for t in found if t.predicate.value.endswith("obsValue")]


@pytest.mark.parametrize(
    ("role", "link"),
    [
        ("funder", "<body/ec3> ocsea:funder <body/europol> ."),
        ("contact-point", "<body/ec3> ocsea:contactPoint <body/europol> ."),
        ("monitors", "<body/europol> ocsea:monitors <body/ec3> ."),
        ("successor", "<body/europol> ocsea:succeeds <body/ec3> ."),
    ],
)
def test_a_role_is_a_plain_link_too(role: str, link: str, tmp_path: Path) -> None:
    write(tmp_path, "involvements", FULL["involvements"] | {"role": role})
    assert records(load(tmp_path)) >= turtle(link)


@pytest.mark.parametrize(
    ("ref", "kind"), [("alliance/x", "Alliance"), ("tool/x", "Tool"), ("area/x", "Area")]
)
def test_not_everything_among_the_bodies_is_one(ref: str, kind: str, tmp_path: Path) -> None:
    write(tmp_path, "bodies", only("bodies") | {"ref": ref, "class": kind})
    found = records(load(tmp_path))
    assert found >= turtle(f"<{ref}> a ocsea:{kind} .")
    named = {t for t in found if t.predicate.value.endswith("identifier")}
    assert named == (
        turtle('<alliance/x> dcterms:identifier "X" .') if kind == "Alliance" else set()
    )


@pytest.mark.parametrize("kind", ["Capability", "Topic"])
def test_a_concept_among_the_commitments_has_a_preferred_label(kind: str, tmp_path: Path) -> None:
    write(tmp_path, "commitments", only("commitments") | {"class": kind})
    assert records(load(tmp_path)) >= turtle(
        '<commitment/advice-1> skos:prefLabel "Close gaps"@en .'
    )


def test_two_sources_that_describe_one_body_merge(tmp_path: Path) -> None:
    write(tmp_path, "bodies", only("bodies") | {"description": "One."})
    theirs = only("bodies") | {"description": "Two.", "established": "2013"}
    write(tmp_path, "bodies", theirs, stem="other")
    both = {*records(load(tmp_path)), *records(load(tmp_path, "other"))}
    assert both == turtle("""
<body/ec3> a ocsea:OrganizationalUnit ; rdfs:label "European Cybercrime Centre"@en ;
  dcterms:description "One."@en , "Two."@en ; ocsea:established "2013"^^xsd:gYear ;
  dcterms:source <locator/sample/slide-1> , <locator/sample/slide-2> ,
    <locator/other/slide-1> , <locator/other/slide-2> .""")


@pytest.mark.parametrize("name", ["figures", "budgets", "statements", "provisions"])
def test_what_two_sources_say_stays_apart(name: str, tmp_path: Path) -> None:
    write(tmp_path, name, FULL[name])
    write(tmp_path, name, FULL[name], stem="other")
    own = {t.subject for t in records(load(tmp_path)) if str(t.subject).endswith("/sample>")}
    assert len(own) == 1
    assert not own & {t.subject for t in load(tmp_path, "other")}


def test_a_source_without_tables_has_no_records(tmp_path: Path) -> None:
    (tmp_path / "data" / "sample").mkdir(parents=True)
    assert records(load(tmp_path)) == set()


def test_things_are_called_as_any_source_labels_them(tmp_path: Path) -> None:
    write(tmp_path, "bodies", only("bodies"), stem="other")
    write(tmp_path, "involvements", FULL["involvements"] | {"agent": "state/LVA"})
    write(tmp_path, "statements", FULL["statements"] | {"subject": "source/sample"})
    assert records(load(tmp_path)) >= turtle("""
<involvement/host/LVA/ec3> rdfs:label "Latvia: host, European Cybercrime Centre"@en .
<statement/reports-to/sample/europol/sample> rdfs:label "Sample reports to europol"@en .""")
