"""The kernel's own promises: ids, values, rows, names, counts."""

from pathlib import Path

import pytest
from pyoxigraph import Literal

from ocsea import ids, values
from ocsea.errors import DataError, OcseaError
from ocsea.namespaces import ID, term
from ocsea.parties import Parties
from ocsea.resources import ROOT
from ocsea.rows import read_rows
from ocsea.sources import Source, load_source, open_sources


def test_iris_are_minted_from_codes() -> None:
    albania = ids.thing("state", "ALB")
    assert ids.instrument("CETS-201").value == ID + "instrument/cets-201"
    assert ids.provision("CETS-201", "Article", "20").value == ID + "instrument/cets-201/article/20"
    assert ids.action("OPSC", albania, "Accession").value == ID + "action/opsc/ALB/accession"
    assert ids.key(albania) == "ALB"
    observation = ids.observation("ncmec-cybertip-reports", ids.thing("state", "POL"), "2020")
    assert observation.value == ID + "observation/ncmec-cybertip-reports/POL/2020"


@pytest.mark.parametrize("key", ["", "a b", "ä", "../x", "a//b", "a/"])
def test_a_key_that_would_break_an_iri_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in the IRI"):
        ids.thing("state", key)


@pytest.mark.parametrize(
    ("text", "datatype"),
    [("2008-02-05", "xsd:date"), ("2021-04", "xsd:gYearMonth"), ("2015", "xsd:gYear")],
)
def test_a_date_is_as_precise_as_its_source(text: str, datatype: str) -> None:
    assert values.date(text) == Literal(text, datatype=term(datatype))


@pytest.mark.parametrize(
    "text", ["", "2011-02-30", "5 Feb 2008", "2021-13", "21", "2021-4", "٢٠٠٨"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a date"):
        values.date(text)


def test_numbers_as_printed() -> None:
    assert values.integer("1,604,268").value == "1604268"
    assert values.percent("-4.15%").value == "-4.15"
    assert values.decimal("51.0").value == "51"
    for wrong in ("17,54", "", "1.5", "12 345"):
        with pytest.raises(ValueError, match="not a whole number"):
            values.integer(wrong)
    for wrong in ("4,5", "", "4.", "abc"):
        with pytest.raises(ValueError, match="not a decimal number"):
            values.decimal(wrong)


def _file(folder: Path, text: str) -> Path:
    path = folder / "facts.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_field_nobody_took_is_reported(tmp_path: Path) -> None:
    path = _file(tmp_path, "state,score,extra\nALB,4,surprise\n")
    rows = read_rows(path)
    row = next(rows)
    row.take("state")
    row.ignore("score")
    with pytest.raises(DataError, match=r"facts\.csv:2: column 'extra', value 'surprise'"):
        next(rows)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a,b\n1\n", "1 fields where the header has 2"),
        ("a,b\n1,2,3\n", "3 fields where the header has 2"),
        ("a,a\n1,2\n", "stands twice"),
    ],
)
def test_a_ragged_file_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(DataError, match=complaint):
        list(read_rows(_file(tmp_path, text)))


def test_a_bad_cell_names_its_line_and_value(tmp_path: Path) -> None:
    path = _file(tmp_path, 'note,date\n"two\nlines",2008-02-05\nx,2011-02-30\n')
    rows = read_rows(path)
    first = next(rows)
    first.ignore("note")
    assert first.take_as("date", values.date).value == "2008-02-05"
    second = next(rows)
    with pytest.raises(DataError, match=r"facts\.csv:4: column 'date', value '2011-02-30'"):
        second.take_as("date", values.date)


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("SLOVAK REPUBLIC", "SVK"),
        ("SLOVAKIA", "SVK"),
        ("Slovakia", "SVK"),
        ("The former Yugoslav Republic of Macedonia", "MKD"),
        ("NORTH MACEDONIA", "MKD"),
        ("MOLDOVA", "MDA"),
        ("Republic of Moldova", "MDA"),
        ("BOSNIA & HERZEGOVINA", "BIH"),
        ("Côte d'Ivoire", "CIV"),
        ("Côte d’Ivoire", "CIV"),
        ("Kosovo", "XKX"),
        ("UK", "GBR"),
        ("Luxemburg", "LUX"),
        ("Holy See", "VAT"),
        ("European Union", "european-union"),
        ("Swaziland", "SWZ"),
    ],
)
def test_names_as_sources_print_them(printed: str, key: str) -> None:
    assert Parties(ROOT / "data" / "states").find(printed).value.endswith("/" + key)


@pytest.mark.parametrize("printed", ["Atlantis", "", "Norwya", "Nor way"])
def test_an_unknown_name_is_never_guessed(printed: str) -> None:
    with pytest.raises(ValueError, match="unknown country or entity name"):
        Parties(ROOT / "data" / "states").find(printed)


def test_every_source_loads_what_it_expects() -> None:
    for source, load in open_sources(ROOT):
        assert load_source(source, load), source.stem


def test_a_missing_record_is_noticed() -> None:
    source, load = open_sources(ROOT)[0]
    kind, count = next(iter(source.about["expected"].items()))
    source.about["expected"][kind] = count + 1
    with pytest.raises(OcseaError, match=f"{kind}: expected {count + 1}, loaded {count}"):
        load_source(source, load)


def test_one_stem_names_a_source_everywhere() -> None:
    stems = {path.stem for path in (ROOT / "loaders").glob("*.yml")}
    assert stems == {path.stem for path in (ROOT / "loaders").glob("*.py")} - {"__init__"}
    assert stems == {path.name for path in (ROOT / "data").iterdir() if path.is_dir()}
    assert all((ROOT / "tests" / f"test_{stem}.py").is_file() for stem in stems)


def test_every_locator_names_a_place() -> None:
    source = open_sources(ROOT)[0][0]
    assert isinstance(source, Source)
    cell = source.cite("Fig. 1", ("ALB", "ALBANIA"), ("uncrc", "State Party to UNCRC"))
    assert cell.value.endswith(f"locator/{source.stem}/fig-1/ALB/uncrc")
