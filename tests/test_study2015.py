"""The Parliament's 2015 study: three footnotes read by hand, its counts, and a table of blanks."""

from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode
from spoilt import load_changed, opened

from ocsea.errors import DataError, OcseaError
from ocsea.ids import instrument, membership, observation, status, thing
from ocsea.namespaces import PREFIXES, term
from ocsea.resources import ROOT
from ocsea.sources import load_source

DATA = ROOT / "data" / "study2015"
ALLIANCE = thing("alliance", "global-alliance")

# Footnote 76, by ISO code: 39 names under "ratified/acceded", 8 under "signed but not yet".
LANZAROTE_PARTIES = {
    *("ALB", "AND", "AUT", "BEL", "BIH", "BGR", "HRV", "CYP", "DNK", "EST", "FIN", "FRA", "GEO"),
    *("GRC", "HUN", "ISL", "ITA", "LVA", "LIE", "LTU", "LUX", "MLT", "MDA", "MCO", "MNE", "NLD"),
    *("POL", "PRT", "ROU", "RUS", "SMR", "SRB", "SVN", "ESP", "SWE", "CHE", "MKD", "TUR", "UKR"),
}
LANZAROTE_SIGNATORIES = {"ARM", "AZE", "CZE", "DEU", "IRL", "NOR", "SVK", "GBR"}

# Footnote 70: all member states of the European Union, 28 in 2015, but three.
BUDAPEST_PARTIES = {
    *("AUT", "BEL", "BGR", "CYP", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GBR", "HRV"),
    *("HUN", "ITA", "LTU", "LUX", "LVA", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN"),
}
BUDAPEST_EXCEPTIONS = {"GRC", "IRL", "SWE"}

# Footnote 110.
ALLIANCE_PARTICIPANTS = {
    *("ALB", "ARM", "AUS", "AUT", "BEL", "BIH", "BGR", "KHM", "CAN", "HRV", "CYP", "CZE", "DNK"),
    *("EST", "FIN", "FRA", "GEO", "DEU", "GHA", "GRC", "HUN", "IRL", "ISR", "ITA", "JPN", "XKX"),
    *("LVA", "LTU", "LUX", "MLT", "MDA", "MNE", "NLD", "NZL", "NGA", "NOR", "PHL", "POL", "PRT"),
    *("KOR", "ROU", "SRB", "SVK", "SVN", "ESP", "SWE", "CHE", "THA", "TUR", "GBR", "UKR", "USA"),
}

TABLE1 = {
    "transposition-csam-offences": "1. ICT CAM",
    "transposition-online-grooming": "2. online grooming",
    "transposition-disqualification": "3. disqualification",
    "transposition-victim-identification": "4. victim ID",
    "transposition-jurisdiction": "5. jurisdiction",
    "transposition-victim-protection": "6. victim protection",
    "transposition-website-measures": "7. tacking down websites",
}
TABLE1_STATES = {
    "BE": "BEL",
    "CY": "CYP",
    "CZ": "CZE",
    "DE": "DEU",
    "IE": "IRL",
    "IT": "ITA",
    "LT": "LTU",
    "LV": "LVA",
    "PL": "POL",
    "SE": "SWE",
    "UK": "GBR",
}

Graph = dict[NamedNode, dict[str, list[NamedNode | Literal]]]


@pytest.fixture(scope="module")
def graph() -> Graph:
    """Each record's values, by prefixed property."""
    found: Graph = {}
    prefixes = {namespace: prefix for prefix, namespace in PREFIXES.items()}
    for t in load_source(*opened("study2015")):
        assert isinstance(t.subject, NamedNode)
        assert isinstance(t.object, NamedNode | Literal)
        namespace = next(n for n in prefixes if t.predicate.value.startswith(n))
        name = f"{prefixes[namespace]}:{t.predicate.value.removeprefix(namespace)}"
        found.setdefault(t.subject, {}).setdefault(name, []).append(t.object)
    return found


def _keys(graph: Graph, commitment: NamedNode, standing: str) -> set[str]:
    """The ISO codes of those whom the study gives this status, one status each."""
    wanted = {"ocsea:instrument": [commitment], "ocsea:status": [term(f"ocsea:{standing}")]}
    found = [r["ocsea:party"] for r in graph.values() if wanted.items() <= r.items()]
    keys = [party.value.rsplit("/", 1)[1] for (party,) in found]
    assert len(keys) == len(set(keys))
    return set(keys)


def _locator(graph: Graph, record: NamedNode) -> dict[str, list[NamedNode | Literal]]:
    (cite,) = graph[record]["dcterms:source"]
    assert isinstance(cite, NamedNode)
    return graph[cite]


def test_lanzarote_names_are_those_of_footnote_76(graph: Graph) -> None:
    convention = instrument("CETS-201")
    assert _keys(graph, convention, "Party") == LANZAROTE_PARTIES
    assert _keys(graph, convention, "Signatory") == LANZAROTE_SIGNATORIES
    assert not _keys(graph, convention, "NotListed")
    assert (len(LANZAROTE_PARTIES), len(LANZAROTE_SIGNATORIES)) == (39, 8)


def test_the_text_counts_one_party_less_and_one_signatory_more_than_it_lists(graph: Graph) -> None:
    world = thing("area", "world")
    for indicator, stated, listed in (
        ("cets-201-party-count", "38", "39"),
        ("cets-201-signatory-count", "9", "8"),
    ):
        count = graph[observation(indicator, world, "2015")]
        assert count["sdmx-measure:obsValue"] == [Literal(stated, datatype=term("xsd:integer"))]
        (note,) = count["skos:note"]
        assert f"lists {listed} names" in note.value


def test_budapest_parties_are_the_eu_less_the_three_of_footnote_70(graph: Graph) -> None:
    convention = instrument("ETS-185")
    assert _keys(graph, convention, "Party") == BUDAPEST_PARTIES
    assert _keys(graph, convention, "NotListed") == BUDAPEST_EXCEPTIONS
    assert not _keys(graph, convention, "Signatory")
    assert len(BUDAPEST_PARTIES) == 25


@pytest.mark.parametrize("key", sorted(BUDAPEST_EXCEPTIONS))
def test_of_the_three_the_study_says_no_more_than_that(graph: Graph, key: str) -> None:
    record = status("ETS-185", thing("state", key), "study2015")
    assert graph[record]["ocsea:statedValue"] == [Literal("named as exception")]
    (note,) = graph[record]["skos:note"]
    assert "does not say whether it had signed" in note.value
    assert "ocsea:rowLabel" in _locator(graph, record)


def test_a_party_that_the_footnote_does_not_name_cites_the_footnote_alone(graph: Graph) -> None:
    record = status("ETS-185", thing("state", "AUT"), "study2015")
    assert "ocsea:statedValue" not in graph[record]
    assert _locator(graph, record)["ocsea:place"] == [Literal("footnote 70")]
    assert "ocsea:rowLabel" not in _locator(graph, record)


def test_participants_of_the_global_alliance_are_those_of_footnote_110(graph: Graph) -> None:
    assert _keys(graph, ALLIANCE, "Party") == ALLIANCE_PARTICIPANTS
    assert len(ALLIANCE_PARTICIPANTS) == 52


@pytest.mark.parametrize("key", sorted(ALLIANCE_PARTICIPANTS))
def test_taking_part_began_at_the_launch(graph: Graph, key: str) -> None:
    launch = Literal("2012-12-05", datatype=term("xsd:date"))
    member = thing("state", key)
    record = graph[membership(ALLIANCE, member)]
    assert record["org:organization"] == [ALLIANCE]
    assert record["org:member"] == [member]
    assert record["ocsea:begin"] == [launch]
    assert "ocsea:end" not in record
    standing = graph[status("GLOBAL-ALLIANCE", member, "study2015")]
    assert standing["ocsea:asOf"] == [launch]


def test_names_are_cited_as_the_study_prints_them(graph: Graph) -> None:
    for key, printed in (("LUX", "Luxemburg"), ("GBR", "UK"), ("XKX", "Kosovo")):
        locator = _locator(graph, status("GLOBAL-ALLIANCE", thing("state", key), "study2015"))
        assert locator["ocsea:rowLabel"] == [Literal(printed)]
        assert locator["ocsea:place"] == [Literal("footnote 110")]


@pytest.mark.parametrize(
    ("indicator", "period", "count", "place"),
    [
        ("uncrc-party-count", "2015", "196", "section 1.3"),
        ("opsc-party-count", "2015", "171", "section 1.3"),
        ("untoc-party-count", "2015", "185", "section 1.3"),
        ("untoc-tip-party-count", "2015", "168", "section 1.3"),
        ("cets-201-party-count", "2015", "38", "section 1.2.1"),
        ("cets-201-signatory-count", "2015", "9", "section 1.2.1"),
        ("global-alliance-participant-count", "2012", "52", "section 2.3"),
    ],
)
def test_counts_are_those_the_text_states(
    graph: Graph, indicator: str, period: str, count: str, place: str
) -> None:
    iri = observation(indicator, thing("area", "world"), period)
    record = graph[iri]
    assert record["sdmx-measure:obsValue"] == [Literal(count, datatype=term("xsd:integer"))]
    assert record["ocsea:statedValue"] == [Literal(count)]
    assert record["sdmx-dimension:refPeriod"] == [Literal(period, datatype=term("xsd:gYear"))]
    assert _locator(graph, iri)["ocsea:place"] == [Literal(place)]
    assert graph[thing("indicator", indicator)]["ocsea:unit"] == [thing("unit", "states")]


@pytest.mark.parametrize("indicator", TABLE1)
def test_every_value_of_table_1_is_missing_and_none_is_guessed(
    graph: Graph, indicator: str
) -> None:
    for printed, key in TABLE1_STATES.items():
        iri = observation(indicator, thing("state", key), "2013")
        record = graph[iri]
        assert record["sdmx-attribute:obsStatus"] == [term("sdmx-code:obsStatus-M")]
        assert not {"sdmx-measure:obsValue", "ocsea:statedValue"} & record.keys()
        assert "lost the colours" in record["skos:note"][0].value
        assert _locator(graph, iri)["ocsea:rowLabel"] == [Literal(TABLE1[indicator])]
        assert _locator(graph, iri)["ocsea:columnLabel"] == [Literal(printed)]


def test_the_legend_of_table_1_has_three_classes(graph: Graph) -> None:
    scheme = thing("scheme", "transposition-compliance")
    codes = [r for r in graph.values() if r.get("skos:inScheme") == [scheme]]
    assert {code["skos:prefLabel"][0].value for code in codes} == {
        "Complies",
        "Mostly complies but shortcomings",
        "Does not/mostly not comply",
    }


def test_statuses_of_the_conventions_are_of_2015(graph: Graph) -> None:
    year = Literal("2015", datatype=term("xsd:gYear"))
    of = Counter(
        r["ocsea:instrument"][0].value.rsplit("/", 1)[1]
        for r in graph.values()
        if r.get("ocsea:asOf") == [year] and "ocsea:instrument" in r
    )
    assert of == {"cets-201": 47, "ets-185": 28}


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("statuses.csv", "1,Albania,", "1,Albanie,", r":2: .*'Albanie': unknown country"),
        ("statuses.csv", "yes,Party", "yes,Member", r"'Member': not a status"),
        ("statuses.csv", "yes,Party", "ja,Party", r"'ja': write yes or no"),
        ("statuses.csv", "CETS-201,", "CETS-210,", r"'CETS-210': not among the commitments"),
        ("statuses.csv", ",2015,", ",2015-13,", r"'2015-13'"),
        ("counts.csv", ",196,", ",many,", r"'many': not a whole number"),
        ("table1.csv", "1. ICT CAM,", "1. ICT CAM,yes", r"'BE', value 'yes': .*leave the cell"),
        ("indicators.csv", "scale", "range", r"no such column"),
        ("codes.csv", "code,label", "code,name", r"no such column"),
    ],
)
def test_what_is_wrong_stops_the_load_and_is_named(
    tmp_path: Path, file: str, old: str, new: str, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        load_changed(tmp_path, f"study2015/{file}", old, new)


def test_a_lost_name_is_missed(tmp_path: Path) -> None:
    row = "GLOBAL-ALLIANCE,Kosovo,yes,Party,,2012-12-05,,footnote 110\n"
    with pytest.raises(OcseaError, match="PartyStatus: expected 127, loaded 126"):
        load_changed(tmp_path, "study2015/statuses.csv", row, "")
