"""The 2021 baseline mapping: what the report prints, counted by hand, is in the graph."""

import csv
import hashlib
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from said import Facts, said
from spoilt import load_changed

from ocsea.errors import DataError, OcseaError
from ocsea.resources import ROOT
from ocsea.sources import Loader, Source, open_sources

DATA = ROOT / "data" / "mapping2021"
SEED = ROOT.parent / "shared" / "seeds" / "004_c64d9cdf12bd0067.txt"
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")

OUTSIDE = ("AND", "AZE", "ISL", "LIE", "MCO", "RUS")
"""The states that Fig. 1 leaves blank under the WeProtect Global Alliance."""

# Counted in the report: how often each mark stands in a column; "" is a blank cell.
TALLIES = {
    "uncrc": {"✓": 47},
    "opsc": {"✓": 46, "SIGNED": 1},
    "cets-201": {"✓": 47},
    "ets-185": {"✓": 44, "SIGNED": 2, "": 1},
    "weprotect": {"✓": 41, "": 6},
    "enoc-membership": {"Full": 27, "Associate": 5, "Full / Associate": 2, "": 13},
    "ombudsperson-reported": {"✓": 2, "": 45},
    "icmec-csam-legislation-score": {"2": 3, "3": 11, "4": 30, "5": 3},
    "icmec-grooming-legislation-score": {"0": 5, "1": 9, "3": 4, "4": 18, "5": 11},
    "minimum-age-of-criminal-responsibility": {
        "0": 1,
        "10": 3,
        "12": 7,
        "13": 3,
        "14": 27,
        "15": 6,
    },
    "age-of-consent": {"14": 15, "15": 12, "16": 17, "17": 2, "18": 1},
    "inhope-hotline": {"✓": 32, "(REPORTING PORTAL)": 1, "": 14},
    "other-hotline": {"✓": 4, "": 43},
    "chi-helpline": {"✓": 42, "": 5},
    "safer-internet-centre": {"✓": 37, "": 10},
    "safer-internet-day-2020": {"✓": 41, "No report at www.saferinternetday.org": 3, "": 3},
    "safer-internet-day-2021": {"✓": 40, "Awaiting update (at 20/04/2021)": 4, "": 3},
}

# The start of the SHA-256 of each column as printed, a cell a line. These come from the report's
# own text (`printed` below), never from our files: change a cell, and its column no longer matches.
PRINTED: dict[str, dict[str, str]] = {
    "Fig. 1": {
        "country": "baac5d0bc6f1",
        "uncrc": "5c5b44ac0249",
        "opsc": "5f0d964d3a47",
        "cets-201": "5c5b44ac0249",
        "ets-185": "d4e482b29d12",
        "weprotect": "e9d111a85df5",
    },
    "Fig. 2": {
        "country": "baac5d0bc6f1",
        "enoc-membership": "a1297f522a49",
        "ombudsperson-reported": "289cc1770e4b",
    },
    "Fig. 3": {
        "country": "b74c7faf97e5",
        "icmec-csam-legislation-score": "eb587faeffd8",
        "icmec-grooming-legislation-score": "25417929681d",
    },
    "Fig. 4": {
        "country": "9685c4a99aa3",
        "ncmec-cybertip-reports-2019": "6a7b5f140064",
        "ncmec-cybertip-share-of-global-2019": "5c069f18ae02",
        "ncmec-cybertip-reports-2020": "30ddd0e98051",
        "ncmec-cybertip-share-of-global-2020": "b305d7d417fd",
        "ncmec-cybertip-change": "db1f4c05ae9a",
    },
    "Fig. 5": {
        "country": "9689c46624a8",
        "crin-access-to-justice-score": "5a717567c97b",
        "crin-access-to-justice-score_footnote": "4b1fb8b0025f",
        "crin-access-to-justice-percent": "ca00d692be9b",
        "minimum-age-of-criminal-responsibility": "87dfd181fea1",
        "minimum-age-of-criminal-responsibility_footnote": "9455ac86edf9",
        "age-of-consent": "7da3cc487a8a",
    },
    "Fig. 6": {
        "country": "baac5d0bc6f1",
        "inhope-hotline": "285861fed122",
        "other-hotline": "0072cc5efe22",
        "other-hotline_footnote": "7e82bf211acf",
        "chi-helpline": "71c9a16cdf89",
    },
    "Fig. 7": {
        "country": "baac5d0bc6f1",
        "safer-internet-centre": "e11c1104b505",
        "safer-internet-centre_footnote": "b2af87228879",
        "safer-internet-day-2020": "5e2b90d7d003",
        "safer-internet-day-2021": "85c9185796e2",
    },
}

Printed = dict[str, list[str]]


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def columns(path: Path) -> Printed:
    """A data file, column by column."""
    header, *rows = csv.reader(path.read_text(encoding="utf-8").splitlines())
    return dict(zip(header, map(list, zip(*rows, strict=True)), strict=True))


def printed(text: str, figure: str, keys: list[str]) -> tuple[Printed, list[tuple[str, str]], str]:
    """A figure read from the report's text: its columns under our keys, its header, its caption.

    The rows stand above the caption, with pages' footnotes between them; footnote digits are
    superscripts after a cell.
    """
    number = figure.removeprefix("Fig. ")
    caption = re.search(rf"^Fig\. ?{number} (.+)$", text, re.MULTILINE)
    assert caption
    above = text[: caption.start()]
    table = above[above.rindex("\nCountry\t") + 1 :]
    rows = [line.split("\t") for line in table.split("\n") if "\t" in line]
    split = [[_without_footnote(cell) for cell in row] for row in rows]
    found = {"country": [row[0][0] for row in split[1:]]}
    for at, key in enumerate(keys, start=1):
        found[key] = [row[at][0] for row in split[1:]]
        footnotes = [row[at][1] for row in split[1:]]
        if any(footnotes):
            found[f"{key}_footnote"] = footnotes
    return found, split[0][1:], caption[1]


def _without_footnote(cell: str) -> tuple[str, str]:
    match = re.fullmatch(r"(.*?) ?([⁰¹²³⁴⁵⁶⁷⁸⁹]*)", cell)
    assert match
    return match[1], match[2].translate(SUPERSCRIPTS)


def opened() -> tuple[Source, Loader]:
    return next((s, load) for s, load in open_sources(ROOT) if s.stem == "mapping2021")


@pytest.fixture(scope="module")
def graph() -> dict[str, Facts]:
    return said("mapping2021")


def observations(graph: dict[str, Facts], indicator: str, period: str) -> dict[str, Facts]:
    """The observations of an indicator and a period, by state or area."""
    pattern = re.compile(rf"observation/{indicator}/([^/]+)/{period}")
    found = ((pattern.fullmatch(subject), facts) for subject, facts in graph.items())
    return {match[1]: facts for match, facts in found if match}


# The files against the report


@pytest.mark.parametrize("figure", PRINTED)
def test_every_cell_is_as_printed(figure: str) -> None:
    found = columns(DATA / opened()[0].about["figures"][figure]["file"])
    assert set(found.pop("place")) == {figure}
    assert {key: digest("\n".join(cells)) for key, cells in found.items()} == PRINTED[figure]


@pytest.mark.parametrize("figure", PRINTED)
def test_the_report_itself_says_so(figure: str) -> None:
    if not SEED.exists():
        pytest.skip("the report's text is not part of the repository")
    about = opened()[0].about["figures"][figure]
    text = SEED.read_text(encoding="utf-8")
    cells, header, caption = printed(text, figure, list(about["columns"]))
    ours = columns(DATA / about["file"])
    del ours["place"]
    assert ours == cells
    labels = [(c["label"], c.get("footnote", "")) for c in about["columns"].values()]
    assert labels == header
    assert _without_footnote(caption) in {
        (about["caption"], about.get("footnote", "")),
        (about["caption"], ""),
    }


def test_marks_are_as_many_as_counted() -> None:
    found: dict[str, dict[str, int]] = {}
    for figure in (1, 2, 3, 5, 6, 7):
        cells = columns(DATA / f"fig-{figure}.csv")
        assert len(set(cells["country"])) == 47
        found |= {key: dict(Counter(column)) for key, column in cells.items() if key in TALLIES}
    assert found == TALLIES


def test_only_these_cells_have_footnotes() -> None:
    found = {
        (cells["country"][at], key.removesuffix("_footnote"), number)
        for figure in range(1, 8)
        for cells in [columns(DATA / f"fig-{figure}.csv")]
        for key, numbers in cells.items()
        for at, number in enumerate(numbers)
        if key.endswith("_footnote") and number
    }
    assert found == {
        ("UNITED KINGDOM", "crin-access-to-justice-score", "80"),
        ("UNITED KINGDOM", "minimum-age-of-criminal-responsibility", "81"),
        ("ALBANIA", "other-hotline", "96"),
        ("ARMENIA", "other-hotline", "97"),
        ("SERBIA", "other-hotline", "98"),
        ("UKRAINE", "other-hotline", "99"),
        ("ALBANIA", "safer-internet-centre", "124"),
        ("ARMENIA", "safer-internet-centre", "125"),
    }


# The graph against the report


@pytest.mark.parametrize(
    ("commitment", "state", "status", "stated"),
    [
        ("uncrc", "ALB", "Party", "✓"),
        ("opsc", "IRL", "Signatory", "SIGNED"),
        ("ets-185", "IRL", "Signatory", "SIGNED"),
        ("ets-185", "SWE", "Signatory", "SIGNED"),
        ("ets-185", "RUS", "NotListed", ""),
        ("cets-201", "RUS", "Party", "✓"),
        *[("weprotect", s, "NotListed", "") for s in OUTSIDE],
        ("weprotect", "SMR", "Party", "✓"),
        ("cets-201", "MKD", "Party", "✓"),
    ],
)
def test_statuses(
    graph: dict[str, Facts], commitment: str, state: str, status: str, stated: str
) -> None:
    found = graph[f"status/{commitment}/{state}/mapping2021"]
    kind = "alliance" if commitment == "weprotect" else "instrument"
    assert found["rdf:type"] == ["ocsea:PartyStatus"]
    assert found["ocsea:party"] == [f"state/{state}"]
    assert found["ocsea:instrument"] == [f"{kind}/{commitment}"]
    assert found["ocsea:status"] == [f"ocsea:{status}"]
    assert found["ocsea:asOf"] == ["2021-04"]
    assert found["ocsea:statedValue"] == [stated]


def test_a_member_of_the_alliance_has_no_invented_beginning(graph: dict[str, Facts]) -> None:
    members = {
        key: facts for key, facts in graph.items() if key.startswith("membership/weprotect/")
    }
    assert len(members) == 41
    assert all(f"membership/weprotect/{state}" not in members for state in OUTSIDE)
    assert members["membership/weprotect/GBR"] == {
        "rdf:type": ["ocsea:Membership"],
        "rdfs:label": ["United Kingdom: member, WEPROTECT"],
        "org:member": ["state/GBR"],
        "org:organization": ["alliance/weprotect"],
        "ocsea:asOf": ["2021-04"],
        "dcterms:source": ["locator/mapping2021/fig-1/GBR/weprotect"],
    }


@pytest.mark.parametrize(
    ("key", "stated", "value"),
    [
        ("enoc-membership/ALB/2021", "Full", "code/full"),
        ("enoc-membership/UKR/2021", "Associate", "code/associate"),
        ("enoc-membership/SVK/2021", "Full / Associate", "code/full-and-associate"),
        ("enoc-membership/ESP/2021", "Full / Associate", "code/full-and-associate"),
        ("enoc-membership/AND/2021", "", None),
        ("ombudsperson-reported/AUT/2021", "✓", "code/reported"),
        ("ombudsperson-reported/ROU/2021", "✓", "code/reported"),
        ("icmec-csam-legislation-score/BIH/2019", "3", "3"),
        ("icmec-grooming-legislation-score/ARM/2019", "0", "0"),
        ("ncmec-cybertip-reports/ALB/2019", "17,545", "17545"),
        ("ncmec-cybertip-reports/POL/2020", "381,254", "381254"),
        ("ncmec-cybertip-share-of-global/AND/2019", "0.00%", "0"),
        ("ncmec-cybertip-share-of-global/ALB/2019", "0.10%", "0.1"),
        ("ncmec-cybertip-change/ARM/2020", "-4.15%", "-4.15"),
        ("ncmec-cybertip-change/MDA/2020", "-43.01%", "-43.01"),
        ("ncmec-cybertip-change/POL/2020", "390.42%", "390.42"),
        ("ncmec-cybertip-reports/world/2019", "16,987,361", "16987361"),
        ("ncmec-cybertip-reports/world/2020", "21,751,085", "21751085"),
        ("ncmec-cybertip-share-of-global/world/2019", "", None),
        ("ncmec-cybertip-share-of-global/world/2020", "", None),
        ("ncmec-cybertip-change/world/2020", "28.04%", "28.04"),
        ("ncmec-cybertip-share-of-global/council-of-europe-members/2019", "7.34%", "7.34"),
        ("ncmec-cybertip-share-of-global/council-of-europe-members/2020", "7.38%", "7.38"),
        ("ncmec-cybertip-change/council-of-europe-members/2020", "28.65%", "28.65"),
        ("crin-access-to-justice-score/GBR/2021", "182.2", "182.2"),
        ("crin-access-to-justice-percent/ARM/2021", "51.0", "51"),
        ("crin-access-to-justice-score/world/2021", "129.9", "129.9"),
        ("crin-access-to-justice-percent/world/2021", "49.8%", "49.8"),
        ("crin-access-to-justice-percent/council-of-europe-members/2021", "63.9%", "63.9"),
        ("minimum-age-of-criminal-responsibility/LUX/2021", "0", "0"),
        ("minimum-age-of-criminal-responsibility/GBR/2021", "10", "10"),
        ("age-of-consent/TUR/2021", "18", "18"),
        ("inhope-hotline/UKR/2021", "(REPORTING PORTAL)", "code/reporting-portal"),
        ("inhope-hotline/ALB/2021", "", None),
        ("other-hotline/UKR/2021", "✓", "code/present"),
        ("chi-helpline/RUS/2021", "", None),
        ("safer-internet-centre/ARM/2021", "✓", "code/present"),
        ("safer-internet-day/ALB/2020", "✓", "code/celebrated"),
        ("safer-internet-day/ALB/2021", "✓", "code/planned"),
        *[
            (
                f"safer-internet-day/{s}/2020",
                "No report at www.saferinternetday.org",
                "code/no-report",
            )
            for s in ("HUN", "LIE", "POL")
        ],
        *[
            (
                f"safer-internet-day/{s}/2021",
                "Awaiting update (at 20/04/2021)",
                "code/awaiting-update",
            )
            for s in ("MNE", "MKD", "SRB", "ESP")
        ],
        *[(f"safer-internet-day/{s}/2020", "", None) for s in ("AND", "MCO", "SMR")],
    ],
)
def test_observations(graph: dict[str, Facts], key: str, stated: str, value: str | None) -> None:
    found = graph[f"observation/{key}"]
    indicator, area, period = key.split("/")
    assert found["ocsea:indicator"] == [f"indicator/{indicator}"]
    assert found["sdmx-dimension:refArea"][0].split("/")[1] == area
    assert found["sdmx-dimension:refPeriod"] == [period]
    assert found["qb:dataSet"] == ["dataset/mapping2021"]
    assert found["ocsea:statedValue"] == [stated]
    assert found.get("sdmx-measure:obsValue") == (None if value is None else [value])
    missing = ["sdmx-code:obsStatus-M"] if value is None else None
    assert found.get("sdmx-attribute:obsStatus") == missing


def test_every_state_has_every_indicator_of_every_period(graph: dict[str, Facts]) -> None:
    counts = Counter(
        (key.split("/")[1], key.split("/")[3])
        for key, facts in graph.items()
        if facts.get("qb:dataSet") == ["dataset/mapping2021"]
        and facts["sdmx-dimension:refArea"][0].startswith("state/")
    )
    assert set(counts.values()) == {47}
    assert len(counts) == 19
    identifiers = columns(DATA / "indicators.csv")["identifier"]
    assert {indicator for indicator, _ in counts} == set(identifiers)
    states = {key for key in graph if re.fullmatch(r"status/uncrc/[A-Z]{3}/mapping2021", key)}
    assert len(states) == 47


@pytest.mark.parametrize(("year", "total"), [("2019", 1246959), ("2020", 1604268)])
def test_the_members_reports_add_up_to_the_printed_total(
    graph: dict[str, Facts], year: str, total: int
) -> None:
    found = observations(graph, "ncmec-cybertip-reports", year)
    values = {area: int(facts["sdmx-measure:obsValue"][0]) for area, facts in found.items()}
    del values["world"]
    assert values.pop("council-of-europe-members") == total == sum(values.values())


def test_a_printed_mean_is_kept_though_the_scores_give_another(graph: dict[str, Facts]) -> None:
    found = observations(graph, "crin-access-to-justice-score", "2021")
    values = {area: Decimal(facts["sdmx-measure:obsValue"][0]) for area, facts in found.items()}
    del values["world"]
    assert values.pop("council-of-europe-members") == Decimal("166.7")
    assert round(sum(values.values()) / 47, 1) == Decimal("165.9")


def test_what_a_footnote_adds_stays_with_its_cell(graph: dict[str, Facts]) -> None:
    score = graph["observation/crin-access-to-justice-score/GBR/2021"]
    assert score["ocsea:footnote"] == ["80"]
    assert "Scotland" in score["skos:note"][0]
    assert graph["observation/safer-internet-centre/ALB/2021"]["ocsea:footnote"] == ["124"]
    annotated = [key for key in graph if "ocsea:footnote" in graph[key]]
    assert sum(key.startswith("observation/") for key in annotated) == 8
    numbers = {number for key in annotated for number in graph[key]["ocsea:footnote"]}
    assert {f"footnote {number}" for number in numbers} == set(
        columns(DATA / "footnotes.csv")["place"]
    )


def test_a_column_keeps_the_footnote_over_it(graph: dict[str, Facts]) -> None:
    header = graph["locator/mapping2021/fig-7/safer-internet-day-2021"]
    assert header["ocsea:columnLabel"] == ["Safer Internet Day 2021 (planned)"]
    assert header["ocsea:footnote"] == ["123"]
    assert "20 April 2021" in header["skos:note"][0]
    assert graph["locator/mapping2021/fig-4"]["ocsea:footnote"] == ["60"]


def test_a_cell_is_cited_by_the_labels_of_its_own_figure(graph: dict[str, Facts]) -> None:
    for place, state, label in [
        ("fig-1", "SVK", "SLOVAK REPUBLIC"),
        ("fig-5", "SVK", "SLOVAKIA"),
        ("fig-4", "MDA", "MOLDOVA"),
        ("fig-6", "MDA", "REPUBLIC OF MOLDOVA"),
        ("fig-3", "BIH", "BOSNIA & HERZEGOVINA"),
        ("fig-7", "BIH", "BOSNIA AND HERZEGOVINA"),
    ]:
        keys = [key for key in graph if key.startswith(f"locator/mapping2021/{place}/{state}/")]
        assert {graph[key]["ocsea:rowLabel"][0] for key in keys} == {label}
    source = graph["observation/crin-access-to-justice-percent/ALB/2021"]["dcterms:source"]
    assert source == ["locator/mapping2021/fig-5/ALB/crin-access-to-justice-percent"]
    assert graph[source[0]]["ocsea:columnLabel"] == ["%"]


def test_indicators_say_what_they_measure(graph: dict[str, Facts]) -> None:
    score = graph["indicator/crin-access-to-justice-score"]
    assert score["ocsea:minimum"] == ["0"]
    assert score["ocsea:maximum"] == ["261"]
    assert score["ocsea:unit"] == ["unit/points"]
    assert score["ocsea:valueKind"] == ["ocsea:DecimalValue"]
    assert score["ocsea:measuredBy"] == ["body/crin"]
    assert graph["indicator/icmec-csam-legislation-score"]["ocsea:footnote"] == ["47"]
    places = graph["indicator/ncmec-cybertip-reports"]["dcterms:source"]
    assert [graph[place]["ocsea:columnLabel"] for place in places] == [
        ["2019 Reports"],
        ["2020 Reports"],
    ]


# What must stop the load


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (
            "fig-1.csv",
            "Fig. 1,ALBANIA",
            "Fig. 1,ALBANIEN",
            "fig-1.csv:2: column 'country', value 'A",
        ),
        ("fig-1.csv", "IRELAND,✓,SIGNED", "IRELAND,✓,RATIFIED", "fig-1.csv:22: column 'opsc'"),
        ("fig-1.csv", "Fig. 1,ANDORRA", "Fig. 2,ANDORRA", "fig-1.csv:3: column 'place'"),
        ("fig-1.csv", "place,country,uncrc,", "place,country,vienna,", "no such column"),
        (
            "fig-2.csv",
            "UKRAINE,Associate",
            "UKRAINE,Observer",
            "column 'enoc-membership'.*not a mark",
        ),
        ("fig-3.csv", "ALBANIA,4,1", "ALBANIA,4.5,1", "fig-3.csv:2: .*not a whole number"),
        ("fig-4.csv", "0.10%", "0.10", "not a percentage"),
        ("fig-6.csv", "ALBANIA,,✓,96", "ALBANIA,,✓,960", "no such footnote"),
        ("indicators.csv", "enoc-membership", "enoc", "indicators.csv:2: column 'identifier'"),
        ("indicators.csv", ",points,", ",,", "column 'unit', value ''.*cannot stand in the IRI"),
    ],
)
def test_a_wrong_cell_stops_the_load_by_name(
    tmp_path: Path, name: str, old: str, new: str, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        load_changed(tmp_path, f"mapping2021/{name}", old, new)


def test_an_extra_column_stops_the_load(tmp_path: Path) -> None:
    header = "icmec-grooming-legislation-score\nFig. 3,ALBANIA,4,1\n"
    wider = "icmec-grooming-legislation-score,x\nFig. 3,ALBANIA,4,1,y\n"
    with pytest.raises(DataError, match="column 'x', value 'y': neither mapped nor ignored"):
        load_changed(tmp_path, "mapping2021/fig-3.csv", header, wider)


def test_a_lost_row_stops_the_load(tmp_path: Path) -> None:
    with pytest.raises(OcseaError, match=r"Observation: expected \d+, loaded \d+"):
        load_changed(tmp_path, "mapping2021/fig-3.csv", "Fig. 3,ALBANIA,4,1\n", "")
