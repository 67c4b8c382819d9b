"""A state's sheets, and what comes of rows that are sent back or added."""

import time
from dataclasses import replace

import pytest
from pyoxigraph import Literal, Triple
from steward_rows import (
    NEW_SOURCE,
    edited,
    made,
    quad,
    quads,
    rows,
    sent,
    table,
    the,
    thing,
)

from ocsea import ids
from ocsea.namespaces import term
from ocsea.release import Release
from ocsea.steward.facts import Facts, is_stated
from ocsea.steward.proposal import propose
from ocsea.steward.sent import Place, Sent
from ocsea.steward.sheets.codes import LISTS
from ocsea.steward.sheets.template import UnknownState, template
from ocsea.steward.sheets.topics import SHEETS
from ocsea.values import date, english


@pytest.fixture(scope="module")
def facts(release: Release) -> Facts:
    return Facts.of(release)


# The template


def test_what_columns_have_no_place_for(facts: Facts) -> None:
    """Every property of a template's records has a column, or is one that other records make."""
    shown = {term(c.property) for sheet in SHEETS for c in sheet.columns if c.property}
    roles = {
        term(f"ocsea:{name}")
        for name in (
            *("operator", "owner", "partner", "participant", "supporter", "author", "funder"),
            *("host", "coordinator", "developer", "founder", "chair", "reportsTo", "uses"),
            *("cooperatesWith", "adopts", "relatedTo", "evaluates", "usesTerm", "budget"),
            *("supports", "implements", "prefersTerm", "rejectsTerm", "criticises"),
            *("requires", "drawsOn", "mentionedIn"),
        )
    }
    kept = {term("qb:dataSet")}
    linked = [term(sheet.state) for sheet in SHEETS if sheet.state]
    store = facts._store  # the whole graph is looked at here, which no question of Facts does
    subjects = {
        found.subject
        for prop in linked
        for found in store.quads_for_pattern(None, prop, None, None)
        if "/state/" in str(found.object)
    }
    said = {
        found.predicate
        for subject in subjects
        for found in store.quads_for_pattern(subject, None, None, None)
        if is_stated(found)
    }
    assert said - shown - roles - kept == set()


def test_sheets_of_a_state(release: Release) -> None:
    found = made(release, "NOR")
    assert (found.iso3, found.name, found.release) == ("NOR", "Norway", release.version)
    assert [table.sheet for table in found.tables] == [sheet.name for sheet in SHEETS]
    assert set(found.choices) == set(LISTS)
    assert rows(release, "NOR", "statuses")["status/cets-201/NOR/mapping2021"] == {
        "record": "status/cets-201/NOR/mapping2021",
        "change": "",
        "state": "NOR",
        "instrument": "CETS-201",
        "status": "Party",
        "as_of": "2021-04",
        "stated": "✓",
        "note": "",
        "source": "mapping2021",
        "place": "Fig. 1, row NORWAY, column State Party to Lanzarote Convention",
    }


def test_rows_of_every_kind(release: Release) -> None:
    assert (
        rows(release, "NOR", "indicators")["observation/age-of-consent/NOR/2021"]["value"] == "16"
    )
    missing = rows(release, "MCO", "indicators")["observation/chi-helpline/MCO/2021"]
    assert (missing["value"], missing["missing"], missing["stated"]) == ("", "yes", "")
    membership = rows(release, "NOR", "memberships")["membership/council-of-europe/NOR"]
    assert membership["source"] == "grace2021 | states"
    assert membership["as_of"] == "2021-02-27 | 2021-04"
    assert rows(release, "ROU", "services")["body/esc-abuz"]["kind"] == "Hotline"
    laws = rows(release, "ITA", "instruments")["instrument/decree-2016-08-30-ita"]
    assert (laws["identifier"], laws["adopted"]) == ("DECREE-2016-08-30-ITA", "2016-08-30")
    shared = rows(release, "NOR", "practices")["initiative/barnahus"]
    assert shared["state"] == "DNK | ISL | NOR | SWE"


def test_a_service_brings_its_memberships(release: Release) -> None:
    found = [
        row
        for iso3 in ("BEL", "BGR", "GBR", "BIH", "EST")
        for row in rows(release, iso3, "memberships").values()
        if row["member"]
    ]
    assert found
    assert all(row["state"] and row["member"].startswith("body/") for row in found)


@pytest.mark.parametrize(("iso3", "name"), [("SSD", "South Sudan"), ("GRL", "Greenland")])
def test_a_state_that_the_graph_does_not_know(release: Release, iso3: str, name: str) -> None:
    blank = template(release, iso3.lower())
    assert (blank.iso3, blank.name) == (iso3, name)
    assert all(not table.lines for table in blank.tables)


def test_kosovo_has_a_template(release: Release) -> None:
    assert template(release, "XKX").name == "Kosovo"


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("NOW", "NOR (Norway)"),
        ("norway", "NOR (Norway)"),
        ("NОR", "Type NOR anew with Latin letters."),
    ],
)
def test_no_such_state(release: Release, code: str, right: str) -> None:
    with pytest.raises(UnknownState, match=r"is no ISO 3166|only looks Latin") as raised:
        template(release, code)
    assert right in str(raised.value)


def test_choices_are_labelled(release: Release) -> None:
    choices = made(release, "NOR").choices
    assert ("CETS-201", "Lanzarote Convention") in choices["treaties"]
    assert ("WEPROTECT", "WeProtect Global Alliance") in choices["commitments"]
    assert ("DefinitiveSignature", "definitive signature") in choices["acts"]
    assert ("NOR", "Norway") in choices["states"]
    assert ("present", "present") in choices["codes"]
    assert all(code for listed in choices.values() for code, _ in listed)


# Edits


def test_a_date_edited(release: Release) -> None:
    key = "action/opsc/NOR/ratification"
    proposal = edited(release, "NOR", "actions", key, date="2001-10-03")
    was, now = "Norway: ratification, OPSC, 2001-10-02", "Norway: ratification, OPSC, 2001-10-03"
    assert proposal.gone == quads(
        key,
        "untc2015",
        ("ocsea:date", date("2001-10-02")),
        ("ocsea:statedValue", Literal("2 Oct 2001")),
        ("rdfs:label", english(was)),
    )
    assert proposal.come == quads(
        key,
        "untc2015",
        ("ocsea:date", date("2001-10-03")),
        ("ocsea:statedValue", Literal("2001-10-03")),
        ("rdfs:label", english(now)),
    )
    assert [(change.record, change.kind) for change in proposal.changes] == [
        (thing(key), "changed")
    ]
    assert proposal.changes[0].after - proposal.changes[0].before == {
        found.triple for found in proposal.come
    }
    assert proposal.findings == ()
    place = proposal.places[thing(key), "ocsea:date"]
    assert str(place) == "norway.xlsx, sheet actions, row 2, column date (F2)"
    assert proposal.places[thing(key), ""] == Place("norway.xlsx", "actions", 2)


def test_a_stated_value_that_is_given_stands(release: Release) -> None:
    key = "action/opsc/NOR/ratification"
    changed = {"date": "2001-10-03", "stated": "3 Oct 2001"}
    proposal = edited(release, "NOR", "actions", key, **changed)
    assert quad(key, "ocsea:statedValue", Literal("3 Oct 2001"), "untc2015") in proposal.come


def test_a_number_with_another_source_moves_there(release: Release) -> None:
    key = "observation/age-of-consent/NOR/2021"
    proposal = sent(
        release,
        table("indicators", rows(release, "NOR", "indicators")[key]
              | {"value": "17", "source": "norreport2024", "place": "section 3, row Norway"}),
        table("sources", NEW_SOURCE),
    )  # fmt: skip
    assert proposal.findings == ()
    own = {found for found in proposal.come if found.subject == thing(key)}
    assert {found.graph_name for found in own} == {ids.graph("norreport2024")}
    stay = {found.triple for found in own}
    assert (
        Triple(
            thing(key),
            term("rdfs:label"),
            english("Norway: age of consent to sexual activity, 2021"),
        )
        in stay
    )
    assert Triple(thing(key), term("qb:dataSet"), thing("dataset/norreport2024")) in stay
    assert {found.graph_name for found in proposal.gone} == {ids.graph("mapping2021")}
    locator = "locator/norreport2024/section-3/norway"
    assert proposal.come - own == (
        quads(
            locator,
            "norreport2024",
            ("rdf:type", term("ocsea:Locator")),
            ("rdfs:label", english("Norwegian Report, section 3, row Norway")),
            ("dcterms:isPartOf", thing("source/norreport2024")),
            ("ocsea:place", Literal("section 3")),
            ("ocsea:rowLabel", Literal("Norway")),
        )
        | quads(
            "dataset/norreport2024",
            "norreport2024",
            ("rdf:type", term("qb:DataSet")),
            ("rdfs:label", english("Values reported in Norwegian Report")),
            ("qb:structure", term("ocsea:ObservationStructure")),
            ("dcterms:source", thing(locator)),
        )
        | quads(
            "source/norreport2024",
            "norreport2024",
            ("rdf:type", term("ocsea:Source")),
            ("rdfs:label", english("Norwegian Report")),
            ("dcterms:identifier", Literal("norreport2024")),
            ("dcterms:title", english("Norwegian Report")),
            ("dcterms:publisher", Literal("Ministry of Justice")),
            ("ocsea:edition", Literal("First")),
            ("dcterms:issued", date("2024-03")),
            ("dcterms:rights", Literal("Free to reuse")),
        )
    )
    kinds = {ids.kind(change.record): change.kind for change in proposal.changes}
    assert kinds == {
        "observation": "changed",
        "locator": "added",
        "dataset": "added",
        "source": "added",
    }


def test_a_second_source_adds_its_own_facts(release: Release) -> None:
    key = "action/opsc/NOR/ratification"
    row = rows(release, "NOR", "actions")[key]
    proposal = edited(
        release,
        "NOR",
        "actions",
        key,
        note="Confirmed by the study.",
        source="untc2015 | study2015",
        place=f"{row['place']} | footnote 76",
    )
    assert proposal.gone == frozenset()
    assert proposal.come == quads(
        key,
        "study2015",
        ("rdf:type", term("ocsea:Ratification")),
        ("rdfs:label", english("Norway: ratification, OPSC, 2001-10-02")),
        ("skos:note", english("Confirmed by the study.")),
        ("dcterms:source", thing("locator/study2015/footnote-76")),
    )


def test_a_missing_value_is_filled_in(release: Release) -> None:
    found = rows(release, "MCO", "indicators")
    key = next(k for k, row in found.items() if row["missing"] and "chi-helpline" in k)
    proposal = edited(release, "MCO", "indicators", key, value="present")
    assert proposal.gone == quads(
        key,
        "mapping2021",
        ("sdmx-attribute:obsStatus", term("sdmx-code:obsStatus-M")),
        ("ocsea:statedValue", Literal("")),
    )
    assert proposal.come == quads(
        key,
        "mapping2021",
        ("sdmx-measure:obsValue", thing("code/present")),
        ("ocsea:statedValue", Literal("present")),
    )


def test_a_value_of_several_sources_is_replaced_where_it_stood(release: Release) -> None:
    key = "membership/council-of-europe/NOR"
    proposal = edited(release, "NOR", "memberships", key, as_of="2021-02-27 | 2021-05")
    assert proposal.gone == quads(key, "states", ("ocsea:asOf", date("2021-04")))
    assert proposal.come == quads(key, "states", ("ocsea:asOf", date("2021-05")))


def test_a_source_dropped_leaves_what_it_said_to_the_other(release: Release) -> None:
    key = "membership/council-of-europe/NOR"
    proposal = edited(release, "NOR", "memberships", key, source="grace2021", place="footnote 73")
    assert {found.graph_name for found in proposal.gone} == {ids.graph("states")}
    assert proposal.come == quads(key, "grace2021", ("ocsea:asOf", date("2021-04")))
    (change,) = proposal.changes
    assert {t.predicate for t in change.before - change.after} == {term("dcterms:source")}


def test_a_list_keeps_the_values_that_stay(release: Release) -> None:
    key = "initiative/barnahus"
    proposal = edited(release, "NOR", "practices", key, state="DNK | ISL | NOR | SWE | FIN")
    assert proposal.gone == frozenset()
    assert proposal.come == quads(key, "mapping2021", ("ocsea:takesPlaceIn", thing("state/FIN")))
    (finding,) = proposal.findings
    assert finding.severity == "Warning"
    assert finding.message.endswith("belongs to 4 states: Denmark, Iceland, Norway, Sweden.")


def test_a_name_and_a_class_edited(release: Release) -> None:
    key = "body/ministry-of-culture-nor"
    proposal = edited(release, "NOR", "services", key, kind="Body", name="Ministry for Culture")
    assert proposal.gone == quads(
        key,
        "mapping2021",
        ("rdf:type", term("ocsea:NationalAuthority")),
        ("rdfs:label", english("Ministry of Culture (Norway)")),
    )
    assert proposal.come == quads(
        key,
        "mapping2021",
        ("rdf:type", term("ocsea:Body")),
        ("rdfs:label", english("Ministry for Culture")),
    )


def test_a_note_in_another_language(release: Release) -> None:
    key = "action/opsc/NOR/ratification"
    proposal = edited(release, "NOR", "actions", key, note="Godkjent@nb | Approved")
    assert proposal.come == quads(
        key,
        "untc2015",
        ("skos:note", Literal("Godkjent", language="nb")),
        ("skos:note", english("Approved")),
    )


def test_a_column_that_is_not_sent_changes_nothing(release: Release) -> None:
    row = {"record": "action/opsc/NOR/ratification", "note": "Only this."}
    proposal = sent(release, table("actions", row))
    assert proposal.come == quads(row["record"], "untc2015", ("skos:note", english("Only this.")))
    assert proposal.gone == frozenset()


def test_a_source_is_edited_knowingly(release: Release) -> None:
    key = "source/mapping2021"
    proposal = edited(release, "NOR", "sources", key, edition="Third")
    assert proposal.gone == quads(key, "mapping2021", ("ocsea:edition", Literal("Second Edition")))
    assert proposal.come == quads(key, "mapping2021", ("ocsea:edition", Literal("Third")))
    assert [found.rule for found in proposal.findings] == ["record-shared"]


# Removals


def test_a_record_removed(release: Release, facts: Facts) -> None:
    key = "membership/council-of-europe/NOR"
    proposal = edited(release, "NOR", "memberships", key, change="remove")
    assert proposal.gone == set(facts.stated(thing(key)))
    assert {found.graph_name.value.rpartition("/")[2] for found in proposal.gone} == {
        *("states", "grace2021")
    }  # fmt: skip
    assert proposal.come == frozenset()
    assert [change.kind for change in proposal.changes] == ["removed"]


def test_a_status_edited_has_the_label_that_follows(release: Release) -> None:
    key = "status/opsc/NOR/mapping2021"
    proposal = edited(release, "NOR", "statuses", key, status="Signatory", stated="SIGNED")
    label = english("Norway: signatory, OPSC, 2021-04")
    assert quad(key, "rdfs:label", label, "mapping2021") in proposal.come
    assert quad(key, "ocsea:statedValue", Literal("✓"), "mapping2021") in proposal.gone


def test_only_remove_removes(release: Release) -> None:
    finding = the(edited(release, "NOR", "actions", "action/opsc/NOR/signature", change="delete"))
    assert finding.message == "‘delete’ is not known here."
    assert "write remove" in finding.remedy
    finding = the(sent(release, table("actions", {"change": "remove", "state": "NOR"})))
    assert finding.message == "It is not said what to remove."


# Speed


def test_a_state_takes_less_than_a_second(release: Release) -> None:
    begin = time.process_time()
    found = template(release, "GBR")
    assert time.process_time() - begin < 1
    begin = time.process_time()
    propose(replace(Sent(found.tables), release=found.release), release, release)
    assert time.process_time() - begin < 1
