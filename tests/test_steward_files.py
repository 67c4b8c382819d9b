"""Templates as files, and what comes back from them: workbooks, CSV, Turtle and JSON-LD."""

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hostile import HEADINGS, ROW, archive, csv_text, workbook
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from pyoxigraph import Literal, NamedNode, Store, Triple

from ocsea.namespaces import BASE, ID, RDF_TYPE, term
from ocsea.release import Release
from ocsea.resources import ROOT
from ocsea.steward.files import csvw, rdf, xlsx
from ocsea.steward.files.csv_reading import sheet_of
from ocsea.steward.files.reading import read, read_paths
from ocsea.steward.proposal import propose
from ocsea.steward.sent import Line, Place, Sent, Table
from ocsea.steward.sheets.template import template
from ocsea.steward.sheets.topics import SHEETS, Template

STATES = ("NOR", "EST", "TUR", "BRA")
"""Much, little, other letters; and one that the graph hardly knows."""

VERSION = "0123456789abcdef"


@pytest.fixture(scope="module")
def templates(release: Release) -> dict[str, Template]:
    return {iso3: template(release, iso3) for iso3 in STATES}


def _made(note: str = "") -> Template:
    """A template of one row, made by hand."""
    cells = {**dict(zip(HEADINGS, ROW, strict=True)), "note": note}
    row = {column.name: cells.get(column.name, "") for column in SHEETS[0].columns}
    tables = (Table("actions", "actions.csv", (Line(2, {**row, "record": "action/x"}),)),)
    choices = {"acts": (("Ratification", "Ratification"), ("Signature", "signature"))}
    return Template("NOR", "Norway", VERSION, tables, choices)


def _rows(tables: tuple[Table, ...]) -> Mapping[str, list[tuple[int, Mapping[str, str]]]]:
    return {table.sheet: [(line.row, line.cells) for line in table.lines] for table in tables}


@pytest.mark.parametrize("iso3", STATES)
@pytest.mark.parametrize(("write", "name"), [(xlsx.write, "a.xlsx"), (csvw.write, "a.zip")])
def test_a_template_comes_back_as_it_was(
    iso3: str, write: Callable[..., bytes], name: str, templates: dict[str, Template]
) -> None:
    sent = read([(name, write(templates[iso3], SHEETS))])
    assert _rows(sent.tables) == _rows(templates[iso3].tables)
    assert sent.release == templates[iso3].release
    assert sent.findings == ()
    assert all(bool(table.letters) == (name == "a.xlsx") for table in sent.tables)


@pytest.mark.parametrize("iso3", STATES)
def test_turtle_and_json_ld_say_what_the_sources_state(
    iso3: str, templates: dict[str, Template], release: Release
) -> None:
    made = templates[iso3]
    turtle = read([("a.ttl", rdf.turtle(made, release))])
    json_ld = read([("a.jsonld", rdf.json_ld(made, release))])
    assert set(turtle.triples) == set(json_ld.triples)
    assert turtle.release == json_ld.release == release.version
    subjects = {triple.subject for triple in turtle.triples}
    records = {NamedNode(ID + line.cells["record"]) for t in made.tables for line in t.lines}
    assert records <= subjects
    assert all(place.row for sent in (turtle, json_ld) for place in sent.lines.values())
    assert set(turtle.lines) == subjects
    store = Store.read_only(str(release.store))
    inferred = NamedNode(f"{BASE}graph/inferred")
    for triple in turtle.triples:
        graphs = {q.graph_name for q in store.quads_for_pattern(*list(triple)[:3], None)}
        assert graphs - {inferred}, triple


@pytest.mark.parametrize("iso3", STATES)
def test_an_unchanged_template_asks_for_nothing(
    iso3: str, templates: dict[str, Template], release: Release
) -> None:
    made = templates[iso3]
    files = {
        "a.xlsx": xlsx.write(made, SHEETS),
        "a.zip": csvw.write(made, SHEETS),
        "a.ttl": rdf.turtle(made, release),
        "a.jsonld": rdf.json_ld(made, release),
    }
    for name, content in files.items():
        proposal = propose(read([(name, content)]), release, release)
        assert (proposal.changes, proposal.findings) == ((), ()), name


def test_the_same_template_gives_the_same_bytes_in_another_process(release: Release) -> None:
    code = (
        "import hashlib, sys\n"
        "from pathlib import Path\n"
        "from ocsea.release import Release\n"
        "from ocsea.steward.files import csvw, rdf, xlsx\n"
        "from ocsea.steward.sheets.topics import SHEETS\n"
        "from ocsea.steward.sheets.template import template\n"
        "release = Release(Path(sys.argv[1]))\n"
        "made = template(release, 'EST')\n"
        "files = (xlsx.write(made, SHEETS), csvw.write(made, SHEETS),\n"
        "         rdf.turtle(made, release), rdf.json_ld(made, release))\n"
        "print([hashlib.sha256(file).hexdigest() for file in files])\n"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code, str(release.path)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert len(said) == 1


def test_a_workbook_helps_to_fill_it_in() -> None:
    book = load_workbook(io.BytesIO(xlsx.write(_made("=1+1"), SHEETS)))
    assert book.sheetnames == ["about", *(sheet.name for sheet in SHEETS), "codes"]
    page = book["actions"]
    assert page["E1"].value == "act"
    assert page["E1"].font.b
    assert page["E1"].comment.text == (
        "What was done: Signature, Ratification … Required. "
        "Codes: Ratification; Signature (signature)."
    )
    assert (page.freeze_panes, page.auto_filter.ref) == ("B2", "A1:J2")
    [drop_down] = page.data_validations.dataValidation
    assert (str(drop_down.sqref), drop_down.formula1) == ("E2:E20000", "codes_acts")
    assert (drop_down.errorStyle, drop_down.allow_blank) == ("warning", True)
    assert book.defined_names["codes_acts"].value == "codes!$A$2:$A$3"
    codes = [[cell.value for cell in row] for row in book["codes"].iter_rows()]
    assert codes == [
        ["acts", "meaning"],
        ["Ratification", "Ratification"],
        ["Signature", "signature"],
    ]
    assert book["codes"].sheet_state == "hidden"


def test_a_workbook_locks_keys_and_nothing_else() -> None:
    book = load_workbook(io.BytesIO(xlsx.write(_made(), SHEETS)))
    page = book["actions"]
    assert page.protection.sheet
    assert page.protection.password is None
    assert not page.protection.autoFilter, "a filter may be set"
    assert not page.protection.insertRows
    locked = {cell.column_letter for cell in page[2] if cell.protection.locked}
    assert locked == {"A", "C", "D", "E"}, "record, state, instrument and act"
    below = {letter for letter, shape in page.column_dimensions.items() if shape.protection.locked}
    assert below == {"A"}, "a new row has a blank key"
    assert page.column_dimensions["F"].number_format == "@"
    for sheet in ("about", "codes"):
        assert book[sheet].protection.sheet


def test_a_text_that_looks_like_a_formula_is_a_text() -> None:
    content = xlsx.write(_made("=1+1"), SHEETS)
    cell = load_workbook(io.BytesIO(content))["actions"]["H2"]
    assert (cell.value, cell.data_type, cell.number_format) == ("=1+1", "s", "@")
    assert read([("a.xlsx", content)]).tables[0].lines[0].cells["note"] == "=1+1"


def test_about_names_state_and_release_and_what_a_check_says() -> None:
    page = load_workbook(io.BytesIO(xlsx.write(_made(), SHEETS)))["about"]
    rows = dict(page.iter_rows(max_col=2, values_only=True))
    assert "Norway: facts for the OCSEA Graph" in rows
    assert (rows["state"], rows["release"]) == ("NOR", VERSION)
    assert {"Violation", "Warning", "Info", *(sheet.name for sheet in SHEETS)} <= set(rows)


def test_metadata_describes_the_files_as_csv_on_the_web() -> None:
    with zipfile.ZipFile(io.BytesIO(csvw.write(_made(), SHEETS))) as packed:
        about = json.loads(packed.read("csv-metadata.json"))
        files = {name: packed.read(name).decode("utf-8-sig") for name in packed.namelist()}
    assert about["@context"] == ["http://www.w3.org/ns/csvw", {"@language": "en"}]
    assert about["prov:wasDerivedFrom"] == {"@id": f"{BASE}releases/{VERSION}"}
    assert [table["url"] for table in about["tables"]] == [f"{sheet.name}.csv" for sheet in SHEETS]
    for table in about["tables"]:
        schema = table["tableSchema"]
        names = [column["name"] for column in schema["columns"]]
        assert files[table["url"]].splitlines()[0] == ",".join(names)
        assert schema["primaryKey"] in names
        for column in schema["columns"]:
            assert set(column) == {"name", "titles", "dc:description", "datatype", "required"}
    act = about["tables"][0]["tableSchema"]["columns"][4]
    assert act["required"]
    assert act["dc:description"].endswith("Codes: Ratification; Signature (signature).")
    assert about["tables"][0]["tableSchema"]["columns"][5]["datatype"]["base"] == "string"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_csv_file_is_read_as_any_program_writes_it(
    separator: str, encoding: str, end: str
) -> None:
    text = csv_text((*ROW[:6], "Türkiye|Україна", *ROW[7:]), separator=separator)
    sent = read([("actions.csv", text.replace("\n", end).encode(encoding))])
    assert sent.findings == ()
    [table] = sent.tables
    assert [line.row for line in table.lines] == [2]
    assert table.lines[0].cells["note"] == "Türkiye|Україна"
    assert table.place(table.lines[0], "note") == Place("actions.csv", "actions", 2, "note")


def test_rows_keep_the_numbers_that_a_spreadsheet_gives_them() -> None:
    rows = csv_text((*ROW[:6], '"two\nlines; one cell, ""quoted"""', *ROW[7:])).splitlines(True)
    text = "".join(["A title, with a comma\n", "\n", rows[0], "\n", *rows[1:], "\n", "x\n"])
    [table] = read([("actions.csv", text.encode())]).tables
    assert [line.row for line in table.lines] == [5, 7]
    assert table.lines[0].cells["note"] == 'two\nlines; one cell, "quoted"'


@pytest.mark.parametrize(
    ("name", "sheet"),
    [
        ("actions.csv", "actions"),
        ("Norway-Actions (2).csv", "actions"),
        ("folder/sources_2021.csv", "sources"),
        ("sources-actions.csv", "sources-actions"),
        ("transactions.csv", "transactions"),
    ],
)
def test_the_name_of_a_file_tells_its_sheet(name: str, sheet: str) -> None:
    assert sheet_of(name) == sheet


def test_headings_and_sheets_are_known_however_they_are_spelled() -> None:
    text = csv_text().replace("record", " Record ").replace("state", "STATE")
    [table] = read([("actions.csv", text.encode())]).tables
    assert set(table.lines[0].cells) == set(HEADINGS)

    def change(page: Worksheet) -> None:
        page.title = "renamed"
        page.title = "Actions"

    [table] = read([("a.xlsx", workbook(change, B1="Change"))]).tables
    assert (table.sheet, set(table.lines[0].cells)) == ("actions", set(HEADINGS))


def test_several_files_are_one_submission(release: Release) -> None:
    metadata = json.dumps(csvw.metadata(_made(), SHEETS)).encode()
    turtle = f"<{ID}source/x> a <{BASE}ontology#Source> .".encode()
    sent = read([("actions.csv", csv_text().encode()), ("m.json", metadata), ("s.ttl", turtle)])
    assert [table.file for table in sent.tables] == ["actions.csv"]
    assert sent.lines == {NamedNode(f"{ID}source/x"): Place("s.ttl", row=1)}
    assert sent.release == VERSION
    assert sent.findings == ()


def test_an_archive_is_read_but_for_what_systems_add() -> None:
    content = archive(
        ("Norway/actions.csv", csv_text().encode()),
        ("__MACOSX/Norway/._actions.csv", b"\0\5\x16\7"),
        ("Norway/.DS_Store", b"\0"),
    )
    sent = read([("a.zip", content)])
    assert [table.file for table in sent.tables] == ["a.zip/Norway/actions.csv"]
    assert sent.findings == ()


def test_files_of_different_releases_are_told() -> None:
    other = csvw.metadata(_made(), SHEETS)
    other["prov:wasDerivedFrom"] = {"@id": f"{BASE}releases/fedcba9876543210"}
    files = [("a.zip", csvw.write(_made(), SHEETS)), ("m.json", json.dumps(other).encode())]
    sent = read(files)
    assert sent.release == VERSION
    assert [(f.severity, f.place.file, f.message) for f in sent.findings] == [
        (
            "Violation",
            "m.json",
            "The file was made from the template of another release than those before it.",
        )
    ]


@pytest.mark.parametrize("text", ["../../etc", "0123", "latest", f"{BASE}releases/x"])
def test_a_release_that_is_none_is_told_and_not_looked_up(text: str) -> None:
    def change(page: Worksheet) -> None:
        page.parent.create_sheet("About").append(["release", text])

    sent = read([("a.xlsx", workbook(change))])
    assert sent.release is None
    assert [(str(f.place), f.value, f.rule) for f in sent.findings] == [
        ("a.xlsx, sheet about, row 1 (B1)", text, "read:release")
    ]


def test_turtle_takes_a_record_out_with_one_triple() -> None:
    text = "PREFIX prov: <http://www.w3.org/ns/prov#>\n\n<id/action/x> prov:wasInvalidatedBy <> ."
    sent = read([("a.ttl", text.encode())])
    record = NamedNode(f"{ID}action/x")
    assert sent.triples == (Triple(record, term("prov:wasInvalidatedBy"), NamedNode(BASE)),)
    assert sent.lines == {record: Place("a.ttl", row=3)}


def test_the_line_of_a_thing_is_where_it_is_described() -> None:
    turtle = (
        f"@prefix s: <{ID}state/> .\n@prefix ocsea: <{BASE}ontology#> .\n"
        "s:NOR ocsea:partOf\n  s:EST .\n\ns:EST a ocsea:State .\n[] ocsea:x s:NOR .\n"
    )
    lines = read([("a.ttl", turtle.encode())]).lines
    assert {thing.value.removeprefix(ID): place.row for thing, place in lines.items()} == {
        "state/NOR": 3,
        "state/EST": 4,
    }
    document = {"@context": f"{BASE}context.jsonld", "@graph": [{"id": "a:a", "label": "x"}]}
    [place] = read([("a.json", json.dumps(document, indent=1).encode())]).lines.values()
    assert place.row == 5


def test_blank_nodes_of_two_files_are_two() -> None:
    text = b"_:a <http://example.org/p> 1 ."
    sent = read([("a.ttl", text), ("b.ttl", text)])
    assert len({triple.subject for triple in sent.triples}) == 2


def test_texts_of_rdf_come_back_as_they_were() -> None:
    value = Literal("Straße “x” \\ \n\t @en", language="de")
    subject = NamedNode("http://example.org/s")
    text = f"<http://example.org/s> a <http://example.org/C> ; <http://example.org/p> {value} ."
    sent = read([("a.nt", text.encode())])
    assert sent.triples == (
        Triple(subject, RDF_TYPE, NamedNode("http://example.org/C")),
        Triple(subject, NamedNode("http://example.org/p"), value),
    )


def test_a_file_without_a_telling_name_is_known_by_its_content() -> None:
    kinds: list[Sent] = [
        read([("sent", b"PREFIX a: <http://a/>\na:a a:b a:c .")]),
        read([("sent", b' {"@id": "http://a/a", "http://a/b": "c"}')]),
    ]
    assert [len(sent.triples) for sent in kinds] == [1, 1]
    assert read([("actions", csv_text().encode())]).tables


def test_a_folder_is_read_with_what_is_below_it_but_for_hidden_files(tmp_path: Path) -> None:
    (tmp_path / "Norway").mkdir()
    for name in ("Norway/actions.csv", "Norway/~$actions.xlsx", ".hidden", "sources.csv"):
        (tmp_path / name).write_text(name)
    assert [(Path(name).name, content) for name, content in read_paths([tmp_path])] == [
        ("actions.csv", b"Norway/actions.csv"),
        ("sources.csv", b"sources.csv"),
    ]
