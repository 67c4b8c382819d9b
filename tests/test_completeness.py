"""Completeness, against the figures of the 2021 mapping: what is blank there is missing here."""

import csv

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, parse

from ocsea import ids
from ocsea.errors import OcseaError
from ocsea.namespaces import ID, PREFIXES, term
from ocsea.parties import Parties
from ocsea.rdf import read_turtle
from ocsea.release import Release, load
from ocsea.resources import ROOT, shapes_files
from ocsea.steward.overview.completeness import (
    ABSENT,
    FORMULA,
    MISSING,
    NOT_APPLICABLE,
    PRESENT,
    Cell,
    Completeness,
    Matrix,
    completeness,
    matrix,
)
from ocsea.steward.overview.expectations import expected, groups

FIGURES = sorted((ROOT / "data" / "mapping2021").glob("fig-*.csv"))
PREFIX = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())


@pytest.fixture(scope="module")
def known(release: Release) -> Matrix:
    return completeness(release)


@pytest.fixture
def store(release: Release) -> Store:
    """The merge of the release, to be changed."""
    store = Store()
    for path in release.graphs().values():
        load(store, path, DefaultGraph())
    return store


def row(known: Matrix, iso3: str) -> Completeness:
    found = known.of(iso3)
    assert found
    return found


def cell(known: Matrix, iso3: str, key: str) -> Cell:
    return next(cell for cell in row(known, iso3).cells if cell.expectation.key == key)


def add(store: Store, turtle: str) -> None:
    quads = parse(PREFIX + f"@prefix id: <{ID}> .\n" + turtle, RdfFormat.TURTLE)
    store.extend(quads)


def remove(store: Store, key: str) -> None:
    for quad in list(store.quads_for_pattern(NamedNode(ID + key), None, None)):
        store.remove(quad)


def printed() -> dict[tuple[str, str], str]:
    """What the figures print, by state and column."""
    parties = Parties(ROOT / "data" / "states")
    found = {}
    for path in FIGURES:
        with path.open(encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file):
                if "TOTAL" in line["country"]:
                    continue
                state = ids.key(parties.find(line["country"]))
                found |= {(state, column): text for column, text in line.items()}
    return found


# What is expected


def test_the_shapes_expect_the_columns_of_the_figures() -> None:
    (group,) = expected()
    columns = {column for _, column in printed()} - {"place", "country"}
    columns = {column for column in columns if not column.endswith("_footnote")}
    keys = {asked.key.removeprefix("status-") for asked in group.expectations}
    assert keys == columns
    assert group.body.value == ID + "body/council-of-europe"


def test_an_expectation_knows_what_it_is_about() -> None:
    (group,) = expected()
    told = {asked.key: (asked.topic, asked.about, asked.period) for asked in group.expectations}
    assert told["status-ets-185"] == ("statuses", ID + "instrument/ets-185", "")
    assert told["status-weprotect"] == ("statuses", ID + "alliance/weprotect", "")
    assert told["age-of-consent"] == ("indicators", ID + "indicator/age-of-consent", "")
    assert told["safer-internet-day-2020"] == (
        "indicators",
        ID + "indicator/safer-internet-day",
        "2020",
    )


def test_a_shape_that_names_no_known_record_is_told() -> None:
    text = (
        PREFIX
        + """
      ocsea-sh:All sh:group ocsea-sh:Completeness ; sh:property ocsea-sh:Member-x ;
        sh:targetNode <https://w3id.org/ocsea/id/body/un> ;
        sh:path ( [ sh:inversePath org:organization ] org:member ) .
      ocsea-sh:Member-x sh:name "x"@en ; sh:path [ sh:inversePath ocsea:party ] """
    )
    unknown = '; sh:qualifiedValueShape [ sh:pattern "^https://w3id.org/ocsea/id/status/x$" ] .'
    with pytest.raises(OcseaError, match=r"such as https://.*/status/x$"):
        list(groups(quad.triple for quad in parse(text + unknown, RdfFormat.TURTLE)))
    with pytest.raises(OcseaError, match="Member-x: asks for neither"):
        list(groups(quad.triple for quad in parse(text + ".", RdfFormat.TURTLE)))


def test_shapes_of_several_bodies_are_several_groups() -> None:
    text = (
        PREFIX
        + """
      ocsea-sh:All sh:group ocsea-sh:Completeness ; sh:property ocsea-sh:Member-age ;
        sh:targetNode <https://w3id.org/ocsea/id/body/european-union> ;
        sh:path ( [ sh:inversePath org:organization ] org:member ) .
      ocsea-sh:Member-age sh:name "age"@en ;
        sh:path ( [ sh:inversePath sdmx-dimension:refArea ] ocsea:indicator ) ;
        sh:hasValue <https://w3id.org/ocsea/id/indicator/age-of-consent> ."""
    )
    more = [quad.triple for quad in parse(text, RdfFormat.TURTLE)]
    found = list(groups([*read_turtle(shapes_files()), *more]))
    assert [ids.key(group.body) for group in found] == ["council-of-europe", "european-union"]
    assert [asked.key for asked in found[1].expectations] == ["age"]


# What is known, against the figures as reviewed


def test_what_is_blank_in_a_figure_is_missing_and_all_else_is_present(known: Matrix) -> None:
    cells = printed()
    compared = 0
    for state in known.rows:
        for each in state.cells:
            if each.expectation.topic != "actions":
                text = cells[state.iso3, each.expectation.key.removeprefix("status-")]
                assert each.outcome == (PRESENT if text else MISSING), (state.name, each)
                compared += 1
    assert compared == 47 * 24


def test_the_states_are_the_members_of_the_council_of_europe(known: Matrix) -> None:
    assert len(known.rows) == 47
    assert [state.name for state in known.rows] == sorted(state.name for state in known.rows)
    assert known.of("BRA") is None
    assert known.steps("BRA") == ()


@pytest.mark.parametrize(
    ("iso3", "missing"),
    [  # read by eye in Figs. 1 to 7
        ("ALB", {"ombudsperson-reported", "inhope-hotline"}),
        (
            "AND",
            {"status-weprotect", "enoc-membership", "ombudsperson-reported", "inhope-hotline"}
            | {"other-hotline", "chi-helpline", "safer-internet-centre"}
            | {"safer-internet-day-2020", "safer-internet-day-2021"},
        ),
        ("ARM", {"ombudsperson-reported", "inhope-hotline"}),
    ],
)
def test_what_is_missing_of_a_state(known: Matrix, iso3: str, missing: set[str]) -> None:
    found = {each.expectation.key for each in row(known, iso3).cells if each.outcome == MISSING}
    assert found == missing


def test_a_cell_tells_value_date_and_source(known: Matrix) -> None:
    reports = cell(known, "ALB", "ncmec-cybertip-reports-2019")
    assert (reports.value, reports.date) == ("17545", "2019")
    assert [str(source) for source in reports.sources] == ["mapping2021, Fig. 4"]
    assert reports.record == ID + "observation/ncmec-cybertip-reports/ALB/2019"
    status = cell(known, "ALB", "status-opsc")
    assert (status.value, status.date) == ("party", "2021-04")
    assert cell(known, "ALB", "safer-internet-day-2020").value == "celebrated"
    blank = cell(known, "ALB", "inhope-hotline")
    assert (blank.value, blank.date, str(blank.sources[0])) == ("", "2021", "mapping2021, Fig. 6")


def test_the_act_behind_a_status(known: Matrix) -> None:
    act = cell(known, "ALB", "act-opsc")
    assert (act.outcome, act.value, act.date) == (PRESENT, "accession", "2008-02-05")
    assert cell(known, "ALB", "act-cets-201").outcome == ABSENT
    # Signed only, or not listed at all: there is no act to look for.
    assert cell(known, "IRL", "status-opsc").value == "signatory"
    assert cell(known, "IRL", "act-opsc").outcome == NOT_APPLICABLE
    assert cell(known, "RUS", "act-ets-185").outcome == NOT_APPLICABLE
    keys = {each.expectation.key for each in row(known, "ALB").cells}
    assert "act-weprotect" not in keys, "an alliance is joined without such an act"


# Scores and steps


def test_the_score_follows_its_formula(known: Matrix) -> None:
    assert FORMULA == "score = present ÷ (expected − not applicable)"
    albania = row(known, "ALB")
    assert albania.counts == {PRESENT: 24, MISSING: 2, ABSENT: 2, NOT_APPLICABLE: 0}
    assert albania.score == 24 / 28
    russia = row(known, "RUS")
    assert russia.counts[NOT_APPLICABLE] == 1
    assert russia.score == russia.counts[PRESENT] / 27
    assert Completeness("", "", "", ()).score == 1


def test_steps_begin_with_what_has_no_record_and_is_known_elsewhere(known: Matrix) -> None:
    steps = known.steps("AND")
    keys = [step.cell.expectation.key for step in steps]
    assert keys[:3] == ["act-cets-201", "act-ets-185", "safer-internet-day-2020"]
    assert keys[-1] == "ombudsperson-reported"
    assert [step.elsewhere for step in steps[2:]] == sorted(
        (step.elsewhere for step in steps[2:]), reverse=True
    )
    assert steps[0].advice == "Add a row to the sheet actions."
    assert "another source" in steps[2].advice
    assert len(steps) == 11


def test_a_record_that_goes_is_absent(store: Store) -> None:
    remove(store, "observation/age-of-consent/NOR/2021")
    changed = matrix(store, "changed")
    assert cell(changed, "NOR", "age-of-consent") == Cell(
        cell(changed, "ALB", "age-of-consent").expectation, ABSENT
    )
    assert changed.steps("NOR")[0].cell.expectation.key == "age-of-consent"
    assert changed.steps("NOR")[0].elsewhere == 46


def test_a_newer_record_of_another_source_fills_a_blank(store: Store) -> None:
    assert cell(matrix(store, ""), "AND", "status-weprotect").outcome == MISSING
    add(
        store,
        """<https://w3id.org/ocsea/id/status/weprotect/AND/other> a ocsea:PartyStatus ;
          ocsea:party <https://w3id.org/ocsea/id/state/AND> ; ocsea:status ocsea:Party ;
          ocsea:instrument <https://w3id.org/ocsea/id/alliance/weprotect> ;
          ocsea:asOf "2020"^^xsd:gYear .""",
    )
    filled = cell(matrix(store, ""), "AND", "status-weprotect")
    assert (filled.outcome, filled.date, filled.value) == (PRESENT, "2020", "party")


def test_of_two_values_the_newer_counts_and_a_year_is_asked_for_itself(store: Store) -> None:
    for indicator, year in (("age-of-consent", "2024"), ("safer-internet-day", "2024")):
        add(
            store,
            f"""<https://w3id.org/ocsea/id/observation/{indicator}/AND/{year}> a qb:Observation ;
              ocsea:indicator <https://w3id.org/ocsea/id/indicator/{indicator}> ;
              sdmx-dimension:refArea <https://w3id.org/ocsea/id/state/AND> ;
              sdmx-dimension:refPeriod "{year}"^^xsd:gYear ; sdmx-measure:obsValue 16 .""",
        )
    changed = matrix(store, "")
    assert (cell(changed, "AND", "age-of-consent").value) == "16"
    assert cell(changed, "AND", "safer-internet-day-2021").outcome == MISSING


def test_a_member_that_joins_is_asked_everything(store: Store) -> None:
    add(
        store,
        """<https://w3id.org/ocsea/id/membership/council-of-europe/BRA>
          org:organization <https://w3id.org/ocsea/id/body/council-of-europe> ;
          org:member <https://w3id.org/ocsea/id/state/BRA> .""",
    )
    brazil = row(matrix(store, ""), "BRA")
    assert brazil.counts[ABSENT] == 24
    assert brazil.counts[PRESENT] == 2, "its acts on two treaties, whatever its status"


def test_a_value_that_is_no_label_stands_as_it_is(store: Store) -> None:
    observation = NamedNode(ID + "observation/age-of-consent/NOR/2021")
    value = term("sdmx-measure:obsValue")
    for quad in list(store.quads_for_pattern(observation, value, None)):
        store.remove(quad)
    store.add(Quad(observation, value, Literal("16.5", datatype=term("xsd:decimal"))))
    assert cell(matrix(store, ""), "NOR", "age-of-consent").value == "16.5"
