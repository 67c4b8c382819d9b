"""The UN depositary's tables of March 2015: counted, read by hand, and written again."""

import csv
import hashlib
import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode
from spoilt import load_changed, opened

from ocsea.errors import DataError, OcseaError
from ocsea.ids import action, instrument, thing
from ocsea.namespaces import RDF_TYPE, TERMS
from ocsea.resources import ROOT
from ocsea.sources import load_source

DATA = ROOT / "data" / "untc2015"
EU = thing("body", "european-union")

# Counted in the tables: dates in the first column, then unmarked ones and marks in the second.
COUNTS = {
    "UNCRC": {
        "Signature": 140,
        "Ratification": 137,
        "Acceptance": 1,
        "Accession": 48,
        "Succession": 8,
    },
    "OPSC": {"Signature": 121, "Ratification": 112, "Accession": 56, "Succession": 1},
    "UNTOC": {
        "Signature": 147,
        "Ratification": 140,
        "Approval": 1,
        "Accession": 37,
        "Succession": 1,
    },
    "UNTOC-TIP": {
        "Signature": 117,
        "Ratification": 107,
        "Acceptance": 2,
        "Approval": 1,
        "Accession": 48,
        "Succession": 1,
    },
}
PLACES = {
    "UNCRC": "UNTC status table IV-11",
    "OPSC": "UNTC status table IV-11-c",
    "UNTOC": "UNTC status table XVIII-12",
    "UNTOC-TIP": "UNTC status table XVIII-12-a",
}

# Each table as it was handed to us: SHA-256 of participant, signature and second column.
TABLES = {
    "UNCRC": "237a80898793cba0",
    "OPSC": "8af7b95c29bc9c58",
    "UNTOC": "c368ba556738ca6f",
    "UNTOC-TIP": "38c15761c26d0547",
}


@dataclass
class Act:
    """What the graph says of one act."""

    kind: str
    facts: dict[str, str]
    cell: dict[str, str]


@pytest.fixture(scope="module")
def acts() -> dict[NamedNode, Act]:
    records: dict[str, dict[str, str]] = {}
    for t in load_source(*opened("untc2015")):
        assert isinstance(t.subject, NamedNode)
        assert isinstance(t.object, NamedNode | Literal)
        name = "type" if t.predicate == RDF_TYPE else t.predicate.value.replace("#", "/")
        records.setdefault(t.subject.value, {})[name.rsplit("/", 1)[-1]] = t.object.value
    return {
        NamedNode(iri): Act(facts["type"].removeprefix(TERMS), facts, records[facts["source"]])
        for iri, facts in records.items()
        if "/id/action/" in iri
    }


def _of(acts: dict[NamedNode, Act], identifier: str) -> list[Act]:
    iri = instrument(identifier).value
    return [act for act in acts.values() if act.facts["instrument"] == iri]


@pytest.mark.parametrize("identifier", COUNTS)
def test_acts_are_as_many_as_the_table_dates(acts: dict[NamedNode, Act], identifier: str) -> None:
    assert Counter(act.kind for act in _of(acts, identifier)) == COUNTS[identifier]


@pytest.mark.parametrize("identifier", COUNTS)
def test_the_table_can_be_written_again_from_the_graph(
    acts: dict[NamedNode, Act], identifier: str
) -> None:
    rows: dict[str, list[str]] = {}
    for act in _of(acts, identifier):
        cells = rows.setdefault(act.cell["rowLabel"], ["", ""])
        cells[0 if act.kind == "Signature" else 1] = act.facts["statedValue"]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([name, *cells] for name, cells in sorted(rows.items()))
    assert hashlib.sha256(text.getvalue().encode()).hexdigest()[:16] == TABLES[identifier]


def test_opsc_accessions_of_2008(acts: dict[NamedNode, Act]) -> None:
    found = {
        (act.facts["party"].rsplit("/", 1)[1], act.facts["date"])
        for act in _of(acts, "OPSC")
        if act.kind == "Accession" and act.facts["date"].startswith("2008")
    }
    assert found == {("ALB", "2008-02-05"), ("IRQ", "2008-06-24"), ("UZB", "2008-12-23")}


@pytest.mark.parametrize(
    ("identifier", "party", "kind", "day", "stated"),
    [
        ("UNTOC", EU, "Approval", "2004-05-21", "21 May 2004 AA"),
        ("UNTOC", EU, "Signature", "2000-12-12", "12 Dec 2000"),
        ("UNTOC-TIP", EU, "Approval", "2006-09-06", "6 Sep 2006 AA"),
        ("UNTOC", thing("entity", "NIU"), "Accession", "2012-07-16", "16 Jul 2012 a"),
        ("UNTOC", thing("entity", "VAT"), "Accession", "2012-01-25", "25 Jan 2012 a"),
        ("UNTOC", thing("entity", "COK"), "Accession", "2004-03-04", "4 Mar 2004 a"),
        ("UNCRC", thing("state", "PSE"), "Accession", "2014-04-02", "2 Apr 2014 a"),
        ("UNCRC", thing("state", "NLD"), "Acceptance", "1995-02-06", "6 Feb 1995 A"),
        ("UNCRC", thing("state", "USA"), "Signature", "1995-02-16", "16 Feb 1995"),
        ("UNCRC", thing("state", "MKD"), "Succession", "1993-12-02", "2 Dec 1993 d"),
        ("UNTOC-TIP", thing("state", "FIN"), "Acceptance", "2006-09-07", "7 Sep 2006 A"),
        ("OPSC", thing("state", "MNE"), "Succession", "2006-10-23", "23 Oct 2006 d"),
        ("OPSC", thing("state", "SWZ"), "Accession", "2012-09-24", "24 Sep 2012 a"),
        ("OPSC", thing("state", "IRL"), "Signature", "2000-09-07", "7 Sep 2000"),
    ],
)
def test_acts_read_by_hand(
    acts: dict[NamedNode, Act], identifier: str, party: NamedNode, kind: str, day: str, stated: str
) -> None:
    act = acts[action(identifier, party, kind)]
    assert act.kind == kind
    assert act.facts["party"] == party.value
    assert act.facts["date"] == day
    assert act.facts["statedValue"] == stated


def test_who_has_only_signed_has_no_further_act(acts: dict[NamedNode, Act]) -> None:
    signed = {act.facts["party"] for act in _of(acts, "UNCRC") if act.kind == "Signature"}
    bound = {act.facts["party"] for act in _of(acts, "UNCRC") if act.kind != "Signature"}
    assert signed - bound == {thing("state", key).value for key in ("SOM", "USA")}


def test_an_unmarked_date_without_a_signature_is_kept_and_noted(
    acts: dict[NamedNode, Act],
) -> None:
    noted = {iri for iri, act in acts.items() if "note" in act.facts}
    odd = action("UNTOC-TIP", thing("state", "ATG"), "Ratification")
    assert noted == {odd}
    assert acts[odd].facts["date"] == "2010-02-17"
    assert action("UNTOC-TIP", thing("state", "ATG"), "Signature") not in acts


def test_each_act_cites_its_cell(acts: dict[NamedNode, Act]) -> None:
    cell = acts[action("OPSC", thing("state", "ALB"), "Accession")].cell
    assert cell["place"] == "UNTC status table IV-11-c"
    assert cell["rowLabel"] == "Albania"
    assert cell["columnLabel"] == "Ratification, Accession(a), Succession(d)"
    for identifier, place in PLACES.items():
        assert {act.cell["place"] for act in _of(acts, identifier)} == {place}


ALBANIA = "OPSC,Albania,Accession,2008-02-05,5 Feb 2008 a,"


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("OPSC,Albanya,Accession,2008-02-05,5 Feb 2008 a,", "'Albanya': unknown country"),
        ("OPSC,Albania,Accession,2008-02-06,5 Feb 2008 a,", "'5 Feb 2008 a': does not say"),
        ("OPSC,Albania,Accession,2008-02-05,5 Feb 2008 d,", "'5 Feb 2008 d': does not say"),
        ("OPSC,Albania,Ratification,2008-02-05,5 Feb 2008 a,", "does not say Ratification"),
        ("OPSC,Albania,Adhesion,2008-02-05,5 Feb 2008 a,", "'Adhesion': not an act"),
        ("OPSC,Albania,Accession,2008-02-30,5 Feb 2008 a,", "column 'date', value '2008-02-30'"),
        ("OPSC,Albania,Accession,2008-02,5 Feb 2008 a,", "column 'date', value '2008-02'"),
        ("OPAC,Albania,Accession,2008-02-05,5 Feb 2008 a,", "'OPAC': not one of the tables"),
    ],
)
def test_what_is_wrong_stops_the_load_and_is_named(tmp_path: Path, new: str, message: str) -> None:
    with pytest.raises(DataError, match=rf"actions\.csv:\d+: .*{message}"):
        load_changed(tmp_path, "untc2015/actions.csv", ALBANIA, new)


def test_a_column_nobody_reads_stops_the_load(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such column"):
        load_changed(tmp_path, "untc2015/actions.csv", "participant", "country")


def test_an_act_recorded_twice_is_missed(tmp_path: Path) -> None:
    with pytest.raises(OcseaError, match="Accession: expected 189, loaded 188"):
        load_changed(
            tmp_path,
            "untc2015/actions.csv",
            ALBANIA,
            "OPSC,Algeria,Accession,2006-12-27,27 Dec 2006 a,",
        )
