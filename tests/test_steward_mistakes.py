"""Mistakes in rows, each told where it stands with what would be right; and cells as such."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal
from steward_rows import CITED, NEW_ROWS, NEW_SOURCE, edited, new, rows, sent, table, the, thing

from ocsea.namespaces import term
from ocsea.release import Release
from ocsea.steward.facts import Facts
from ocsea.steward.proposal import Proposal, propose
from ocsea.steward.sent import Finding, Line, Place, Sent, Table
from ocsea.steward.sheets.cells import Cells, join, split, tidy
from ocsea.steward.sheets.codes import LISTS, Codes
from ocsea.steward.sheets.spelling import CellError
from ocsea.steward.sheets.topics import Column
from ocsea.values import date


@pytest.fixture(scope="module")
def cells(release: Release) -> Cells:
    facts = Facts.of(release)
    return Cells(facts, Codes(facts))


# Mistakes

INDICATOR = "ncmec-cybertip-reports"


@pytest.mark.parametrize(
    ("sheet", "cells", "column", "message", "remedy"),
    [
        ("actions", {"date": "05/02/2008"}, "date", "A date is not written as 05/02/2008: day or "
         "month may come first.", "Write 2008-02-05 (that is 5 February 2008) or 2008-05-02 (that "
         "is 2 May 2008)."),
        ("actions", {"date": "25.10.2007"}, "date", "A date is not written as 25.10.2007.",
         "Write 2007-10-25 (that is 25 October 2007)."),
        ("actions", {"date": "5 Feb 2008"}, "date", "A date is not written as 5 Feb 2008.",
         "Write 2008-02-05."),
        ("actions", {"date": "39483"}, "date", "A date is not written as 39483.",
         "Write 2008-02-05."),
        ("actions", {"date": "٢٠٠٨"}, "date", "A date is not written as ٢٠٠٨.", "Write 2008."),
        ("actions", {"date": "2008-02-30"}, "date", "There is no day 2008-02-30.",
         "February 2008 has 29 days."),
        ("actions", {"date": "soon"}, "date", "‘soon’ is no date.",
         "Write 2008-02-05, or 2008-02 or 2008 where the source says no more."),
        ("actions", {"act": "Ratifcation"}, "act", "‘Ratifcation’ is not known here.",
         "The nearest is Ratification (ratification)."),
        ("actions", {"instrument": "CETS-210"}, "instrument", "‘CETS-210’ is not known here.",
         "The nearest is CETS-201 (Lanzarote Convention)."),
        ("actions", {"instrument": "Lanzarote Convention"}, "instrument",
         "‘Lanzarote Convention’ is not known here.",
         "The nearest is CETS-201 (Lanzarote Convention)."),
        ("actions", {"instrument": "СETS-201"}, "instrument",
         "The letter ‘С’ in ‘СETS-201’ is Cyrillic (cyrillic capital letter es); it only looks "
         "Latin.", "Type CETS-201 anew with Latin letters."),
        ("actions", {"state": "NOW"}, "state", "‘NOW’ is no ISO 3166 alpha-3 code of a state.",
         "The nearest is NOR (Norway)."),
        ("actions", {"state": "NRO"}, "state", "‘NRO’ is no ISO 3166 alpha-3 code of a state.",
         "The nearest is NOR (Norway)."),
        ("actions", {"state": "UK"}, "state", "‘UK’ is no ISO 3166 alpha-3 code of a state.",
         "The nearest is GBR (United Kingdom)."),
        ("actions", {"state": "Ger"}, "state", "‘Ger’ is no ISO 3166 alpha-3 code of a state.",
         "The nearest is DEU (Germany)."),
        ("actions", {"state": "NOR | SWE"}, "state", "This cell holds several values.",
         "Make a row for each of them."),
        ("statuses", {"status": "no"}, "status", "‘no’ is not known here.",
         "Write one of Party, Signatory, NotListed."),
        ("indicators", {"indicator": INDICATOR, "value": "17.545"}, "value",
         "A whole number is not written as 17.545.", "Write 17545."),
        ("indicators", {"indicator": INDICATOR, "value": "12,5"}, "value",
         "12,5 is no whole number, and nothing else is counted here.",
         "Write a whole number, such as 17545; what the source prints goes under stated."),
        ("indicators", {"indicator": INDICATOR, "value": "many"}, "value", "‘many’ is no number.",
         "Write a whole number, such as 17545; what the source prints goes under stated."),
        ("indicators", {"indicator": "crin-access-to-justice-score", "value": "59,4"}, "value",
         "A number is not written as 59,4: the decimal sign is a point.", "Write 59.4."),
        ("indicators", {"indicator": "crin-access-to-justice-score", "value": "17,545"}, "value",
         "A number is not written as 17,545: the comma may mean two things.",
         "Write 17.545 or 17545."),
        ("indicators", {"indicator": "crin-access-to-justice-score", "value": "1.234,5"}, "value",
         "A number is not written as 1.234,5: leave the thousands unmarked.", "Write 1234.5."),
        ("indicators", {"indicator": "icmec-grooming-legislation-score", "value": "7"}, "value",
         "7 is outside the range of ‘ICMEC score for legislation on grooming’.",
         "It is from 0 to 5."),
        ("indicators", {"indicator": "chi-helpline", "value": "presnt"}, "value",
         "‘presnt’ is not known here.", "The nearest is present (present)."),
        ("indicators", {"period": "2019/2020"}, "period", "A period is not written as 2019/2020.",
         "Write 2019-2020."),
        ("indicators", {"missing": "no"}, "missing", "‘no’ is not known here.",
         "Write one of yes."),
        ("indicators", {"value": "17", "missing": "yes"}, "missing",
         "There is a value, and yet it is said to be missing.",
         "Leave one of the two cells blank."),
        ("services", {"name": "Гаряча лінія"}, "name",
         "The name has no Latin letter to find it by.",
         "Give the English or romanised name here, and its own under other_names, such as "
         "Безпека@uk."),
        ("services", {"name": "Hot\u202eline"}, "name", "The text holds a character that nobody "
         "sees: right-to-left override (U+202E).", "Delete the text and type it anew."),
        ("services", {"website": "www.example.org"}, "website",
         "‘www.example.org’ is no address of a website.", "Write https://www.example.org."),
        ("practices", {"website": "javascript:alert(1)"}, "website",
         "‘javascript:alert(1)’ is no address of a website.",
         "Write it as the browser shows it, such as https://www.example.org."),
        ("instruments", {"identifier": "Act 2024"}, "identifier",
         "‘Act 2024’ is not made of capital letters, digits and hyphens.", "Write ACT-2024."),
        ("services", {"place": ""}, "place", "‘place’ is missing.",
         "Fill it in. Where it stands in the source: Fig. 1, row NORWAY, column Budapest; several "
         "joined by |."),
        ("services", {"source": "maping2021"}, "source", "‘maping2021’ is not known here.",
         "The nearest is mapping2021 (Member state responses to prevent and combat online child "
         "sexual exploitation and abuse: Baseline Mapping)."),
        ("services", {"source": "mapping2021 | study2015"}, "source",
         "There are 2 sources and 1 places.",
         "Give one source for all places, or one for each, in the same order."),
        ("services", {"source": "mapping2021", "place": "fig 1"}, "source",
         "The place ‘fig 1’ is known by another spelling.", "Write ‘Fig. 1’."),
    ],
)  # fmt: skip
def test_a_mistake_is_told_where_it_stands(
    release: Release, sheet: str, cells: dict[str, str], column: str, message: str, remedy: str
) -> None:
    finding = the(new(release, sheet, **cells))
    assert (finding.message, finding.remedy) == (message, remedy)
    assert (finding.severity, finding.place.column, finding.place.row) == ("Violation", column, 2)
    assert finding.value == cells[column]


def columns(proposal: Proposal) -> list[str]:
    """Where a row that changes nothing has its mistakes."""
    assert not proposal.changes
    return [finding.place.column for finding in proposal.findings]


def test_all_mistakes_of_a_row_are_told_at_once(release: Release) -> None:
    wrong = {"date": "soon", "act": "Ratifcation", "source": "maping2021"}
    told = columns(new(release, "actions", instrument="", **wrong))
    assert told == ["instrument", "act", "date", "source"]
    told = columns(new(release, "actions", date="soon", place="", source="maping2021"))
    assert told == ["date", "place", "source"]
    key = "action/opsc/NOR/ratification"
    edits = {"act": "Accession", "date": "soon", "source": "", "place": ""}
    told = columns(edited(release, "NOR", "actions", key, **edits))
    assert sorted(told) == ["act", "date", "source"]


def test_a_cell_that_could_not_be_read_is_told_once(release: Release) -> None:
    lines = table("actions", CITED | NEW_ROWS["actions"] | {"date": "", "act": "Ratifcation"})
    formula = Finding(
        "Violation", lines.place(lines.lines[0], "date"), "=A1", "A formula.", "No.", "read:formula"
    )
    proposal = propose(Sent((lines,), findings=(formula,)), release)
    assert [finding.rule for finding in proposal.findings] == ["read:formula", "cell-class"]
    assert not proposal.changes


def test_a_value_is_not_judged_where_it_is_not_known_what_is_measured(release: Release) -> None:
    assert columns(new(release, "indicators", indicator="chi-helplin", value="present")) == [
        "indicator"
    ]
    key = "observation/age-of-consent/NOR/2021"
    other = {"indicator": "chi-helpline", "value": "present"}
    assert columns(edited(release, "NOR", "indicators", key, **other)) == ["indicator"]


def test_what_names_a_thing_with_a_mistake_in_its_row_is_not_told_as_well(release: Release) -> None:
    bad = table("sources", NEW_SOURCE | {"issued": "soon"})
    citing = {"source": NEW_SOURCE["key"], "place": "page 1"}
    acts = table("actions", CITED | NEW_ROWS["actions"] | citing)
    assert columns(sent(release, bad, acts)) == ["issued"]
    hotline = table("services", CITED | NEW_ROWS["services"] | {"kind": "Hotlin"})
    member = NEW_ROWS["memberships"] | {"member": "body/nett-hotline-nor", "begin": "then"}
    assert columns(sent(release, hotline, table("memberships", CITED | member))) == [
        "kind",
        "begin",
    ]


def test_letters_of_two_scripts_in_a_name(release: Release) -> None:
    (finding,) = new(release, "services", name="Hotlinе Norway").findings
    assert (finding.severity, finding.place.column) == ("Warning", "name")
    assert finding.message == (
        "The word ‘Hotlinе’ mixes letters of two scripts: ‘е’ is a cyrillic small letter ie."
    )


def test_a_key_is_not_edited(release: Release) -> None:
    key = "observation/age-of-consent/NOR/2021"
    finding = the(edited(release, "NOR", "indicators", key, period="2022"))
    assert (finding.place.column, finding.rule) == ("period", "row-key")
    assert "write remove under change, and add a new row" in finding.remedy
    figure = next(k for k in rows(release, "NOR", "indicators") if k.count("/") == 4)
    where = {"source": "untc2015", "place": "page 7"}
    finding = the(edited(release, "NOR", "indicators", figure, **where))
    assert (finding.place.column, finding.rule) == ("source", "row-key")


def test_rows_about_the_same_record(release: Release) -> None:
    row = rows(release, "NOR", "actions")["action/opsc/NOR/signature"]
    finding = the(sent(release, table("actions", row, row)))
    assert finding.message == (
        "This row is about the same record as norway.xlsx, sheet actions, row 2."
    )
    assert finding.place.row == 3
    proposal = sent(release, table("practices", *[CITED | NEW_ROWS["practices"]] * 2))
    assert [found.rule for found in proposal.findings] == ["row-twice"]


def test_a_new_row_about_what_the_graph_has(release: Release) -> None:
    finding = the(new(release, "actions", instrument="OPSC", act="Ratification"))
    assert finding.message == (
        "The graph has this record already: Norway: ratification, OPSC, 2001-10-02."
    )
    assert "whose cell record is action/opsc/NOR/ratification" in finding.remedy


@pytest.mark.parametrize("key", ["action/opsc/NOR/ratifcation", "nothing", "a b/<c>", "../etc"])
def test_a_record_that_is_not_there(release: Release, key: str) -> None:
    finding = the(sent(release, table("actions", {"record": key, "date": "2001"})))
    assert (finding.rule, finding.place.column) == ("row-unknown", "record")


def test_a_record_of_another_sheet(release: Release) -> None:
    key = {"record": "status/cets-201/NOR/mapping2021"}
    finding = the(sent(release, table("actions", key)))
    assert finding.remedy == "Move the row to sheet statuses."


@pytest.mark.parametrize(
    ("sheet", "name", "remedy"),
    [
        ("actions", "dat", "Did you mean ‘date’?"),
        ("actions", "Date of deposit", "Did you mean ‘date’?"),
        ("actions", "Convention", "Did you mean ‘instrument’?"),
        ("services", "remarks", "Did you mean ‘note’?"),
        ("sources", "isued", "Did you mean ‘issued’?"),
        (
            "sources",
            "shelf",
            "Rename the column to one of record, change, state, key, title, creator, publisher, "
            "edition, issued, rights, coverage; or leave it out.",
        ),
    ],
)
def test_a_strange_column(release: Release, sheet: str, name: str, remedy: str) -> None:
    [finding] = sent(release, table(sheet, {"change": "", name: "2001"}, {})).findings[:1]
    assert (finding.message, finding.remedy) == (f"Sheet {sheet} has no column ‘{name}’.", remedy)
    assert finding.place.row == 1


def test_what_stands_under_a_misspelt_heading_is_not_missing(release: Release) -> None:
    row = CITED | NEW_ROWS["actions"]
    when = {"dat": row.pop("date")}
    assert the(sent(release, table("actions", row | when, row | when))).rule == "column-unknown"
    row_of_old = rows(release, "NOR", "actions")["action/opsc/NOR/signature"]
    row_of_old["Records"] = row_of_old.pop("record")
    told = sent(release, table("actions", row_of_old, row | {"date": "soon"})).findings
    assert [finding.rule for finding in told] == ["column-unknown"]
    told = sent(release, table("actions", row | when | {"date": "soon"})).findings
    assert [finding.rule for finding in told] == ["column-unknown", "cell-date"]


def test_a_strange_sheet(release: Release) -> None:
    strange = Table("action", "norway.xlsx", (Line(2, {"a": "b"}),))
    finding = the(sent(release, strange))
    assert (finding.rule, finding.remedy) == ("sheet-unknown", "The nearest is actions.")


def test_blank_rows_are_nothing(release: Release) -> None:
    proposal = sent(release, table("actions", {"record": "", "note": "  "}))
    assert (proposal.changes, proposal.findings) == ((), ())


def test_a_source_may_not_take_the_name_of_a_graph(release: Release) -> None:
    finding = the(sent(release, table("sources", NEW_SOURCE | {"key": "inferred"})))
    assert finding.message == "‘inferred’ is a name that the graph uses itself."


def test_what_reading_found_is_passed_on(release: Release) -> None:
    told = Finding("Violation", Place("a.xlsx"), "", "It is broken.", "Send it anew.", "file")
    assert propose(Sent(findings=(told,)), release).findings == (told,)


# Cells

TEXTS = st.text(
    st.characters(exclude_categories=("Cc", "Cf", "Cs")) | st.sampled_from("| \\@")
).map(tidy)


@given(st.lists(TEXTS.filter(bool)))
def test_lists_of_texts_round_trip(texts: list[str]) -> None:
    assert split(join(texts)) == [text for text in texts if text]


@given(TEXTS.filter(bool), st.sampled_from(["en", "nb", "sr-Latn"]))
def test_texts_of_a_language_round_trip(cells: Cells, text: str, language: str) -> None:
    column = Column("note", "", "english")
    value = Literal(text, language=language)
    assert cells.read(column, cells.write(column, value)) == value


@given(TEXTS.filter(bool))
def test_plain_texts_round_trip(cells: Cells, text: str) -> None:
    column = Column("acronym", "", "text")
    assert cells.read(column, cells.write(column, Literal(text))) == Literal(text)


@given(st.dates(), st.sampled_from([10, 7, 4]))
def test_dates_round_trip(cells: Cells, day: object, precision: int) -> None:
    column = Column("date", "", "date")
    value = date(str(day)[:precision])
    assert cells.read(column, cells.write(column, value)) == value


@given(st.integers(0, 10**12))
def test_whole_numbers_round_trip(cells: Cells, number: int) -> None:
    column = Column("value", "", "value")
    indicator = thing(f"indicator/{INDICATOR}")
    value = Literal(str(number), datatype=term("xsd:integer"))
    assert cells.read(column, cells.write(column, value), indicator) == value


@given(st.text(max_size=12), st.sampled_from(["date", "period", "value", "link"]))
def test_any_text_is_read_or_told(cells: Cells, text: str, kind: str) -> None:
    column = Column("x", "", kind, choices="states" if kind == "link" else "")
    try:
        cells.read(column, text)
    except CellError as error:
        told = error.message, error.remedy
    else:
        return
    assert all(told)


@pytest.mark.parametrize("name", [name for name in LISTS if name not in ("changes", "roles")])
def test_every_choice_reads_back(cells: Cells, name: str) -> None:
    for code, _ in cells.codes.choices(name):
        assert cells.codes.code(cells.thing(code, name), name) == code
