"""`/template`, `/validate` and `/diff`, over a socket, and the commands of the same names."""

import io
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
from api_server import running
from click import Command
from click.testing import CliRunner, Result
from openpyxl import Workbook, load_workbook
from pyoxigraph import RdfFormat, parse
from test_api_pages import Outline
from test_steward_hostile import REFUSED

from api.steward.uploads import LONGEST
from api.steward.work import checking
from api.steward.work.parts import ENDINGS
from ocsea.release import Release
from ocsea.steward.commands.files import diff, template, validate
from ocsea.steward.difference import patch
from ocsea.steward.files.formats import TEMPLATES, XLSX

HTML = {"accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
AGE = "observation/age-of-consent/NOR/2021"
ACTIONS = """state,instrument,act,date,source,place
NOR,CETS-201,Signature,2007-10-25,mapping2021,Fig. 1
NOR,CETS-201,Ratification,05/02/2018,mapping2021,Fig. 1
"""
GOOD = "".join(ACTIONS.splitlines(keepends=True)[:2])


@pytest.fixture(scope="module")
def workbook(client: httpx.Client) -> bytes:
    """Norway's template with some mistakes in it."""
    book = load_workbook(io.BytesIO(client.get("/template/NOR").content))
    new = {"state": "NRO", "instrument": "ETS-185", "act": "Ratification", "date": "2006-06-30"}
    _add(book, "actions", new | {"source": "mapping2021", "place": "Fig. 1"})
    _edit(book, "indicators", AGE, "value", "17,5")
    _edit(book, "statuses", "status/cets-201/NOR/mapping2021", "status", "=1+1")
    return _saved(book)


def _headings(book: Workbook, sheet: str) -> dict[str, int]:
    return {str(cell.value): number for number, cell in enumerate(book[sheet][1], 1)}


def _add(book: Workbook, sheet: str, cells: dict[str, str]) -> None:
    page, columns = book[sheet], _headings(book, sheet)
    row = next(row for row in range(2, 99) if not page.cell(row, columns["state"]).value)
    for name, text in cells.items():
        page.cell(row, columns[name]).value = text


def _edit(book: Workbook, sheet: str, record: str, name: str, text: str) -> None:
    page, columns = book[sheet], _headings(book, sheet)
    row = next(row for row in range(2, 99) if page.cell(row, 1).value == record)
    page.cell(row, columns[name]).value = text


def _saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def send(
    client: httpx.Client, path: str, *files: tuple[str, bytes | str], **headers: str
) -> httpx.Response:
    """What is answered to a form with these files."""
    return client.post(path, files=[("file", file) for file in files], headers=headers)


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["detail"]


def well_made(text: str) -> Outline:
    outline = Outline(text)
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    pairs = zip(outline.headings, outline.headings[1:], strict=False)
    assert all(after <= before + 1 for before, after in pairs)
    assert outline.captions == outline.tables
    return outline


# Templates


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_comes_in_each_format(client: httpx.Client, name: str) -> None:
    form = TEMPLATES[name]
    answer = client.get("/template/NOR", headers={"accept": form.media_type})
    assert answer.headers["content-type"].partition(";")[0] == form.media_type
    assert f'filename="ocsea-NOR{form.suffix}"' in answer.headers["content-disposition"]
    by_name = client.get(f"/template/nor?format={name}", headers=HTML)
    assert by_name.content == answer.content
    tag = {"if-none-match": answer.headers["etag"], "accept": form.media_type}
    assert client.get("/template/NOR", headers=tag).status_code == 304


def test_a_template_is_a_workbook_to_who_does_not_care(client: httpx.Client) -> None:
    assert client.get("/template/NOR").headers["content-type"] == XLSX


def test_a_code_that_is_none_is_told_with_the_nearest(client: httpx.Client) -> None:
    assert problem(client.get("/template/NRO")) == (
        404,
        "‘NRO’ is no ISO 3166 alpha-3 code of a state. The nearest is NOR (Norway).",
    )
    assert client.get("/template/" + "x" * 2000).status_code == 404
    assert client.get("/template/NOR?format=pdf").status_code == 400


def test_a_person_sees_what_is_in_a_template(client: httpx.Client) -> None:
    page = client.get("/template/NOR", headers=HTML).text
    outline = well_made(page)
    assert "The template of Norway" in page
    assert "Fig. 5, row NORWAY, column Age of Consent to Sexual Activity" in page
    for name in TEMPLATES:
        assert client.get(f"/template/NOR?format={name}").status_code == 200
        assert f"/template/NOR?format={name}" in outline.links


def test_the_template_of_a_state_that_is_not_known_is_blank(client: httpx.Client) -> None:
    page = client.get("/template/GRL", headers=HTML).text
    well_made(page)
    assert "holds no records of Greenland yet" in page
    blank = client.get("/template/GRL").content
    answer = client.post("/validate", content=blank, headers={"content-type": XLSX})
    assert answer.json()["findings"] == []
    assert "/doc/state/GRL" not in page


def test_a_country_is_chosen_without_scripts(client: httpx.Client) -> None:
    page = client.get("/template").text
    well_made(page)
    for choice in ("NOR", "AFG", "GRL", "XKX"):
        assert page.count(f'<option value="{choice}">') == 1
    led = client.get("/template", params={"state": "NOR", "format": "ttl"})
    assert (led.status_code, led.headers["location"]) == (303, "/template/NOR?format=ttl")
    astray = client.get("/template", params={"state": "//example.org/?x"})
    assert astray.headers["location"] == "/template/%2F%2Fexample.org%2F%3Fx"


# What is sent


@pytest.mark.parametrize("iso3", ["NOR", "SMR"])
def test_a_template_that_comes_back_unchanged_changes_nothing(
    client: httpx.Client, iso3: str
) -> None:
    for name, form in TEMPLATES.items():
        made = client.get(f"/template/{iso3}?format={name}").content
        sent = {"content-type": form.media_type}
        found = client.post("/validate", content=made, headers=sent)
        assert found.headers["ocsea-conforms"] == "true"
        assert found.json()["findings"] == []
        told = client.post("/diff", content=made, headers=sent).json()
        assert (told["changes"], told["answers"]["changed"]) == ([], [])


def test_each_type_is_read_as_what_it_is(client: httpx.Client) -> None:
    def read(kind: str, content: bytes) -> list[str]:
        answer = client.post("/validate", content=content, headers={"content-type": kind})
        return [finding["place"] for finding in answer.json()["findings"]]

    assert read("application/octet-stream", b"%PDF") == ["submission"]
    for kind, ending in ENDINGS.items():
        assert read(kind, b"%PDF") == [f"submission{ending}"]
    assert read("text/turtle; charset=utf-8", b"<a> <b>") == ["submission.ttl, line 1"]
    assert read("application/vnd.ms-excel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") == [
        "submission.xls"
    ]


def test_a_body_that_is_one_file_may_be_named(client: httpx.Client) -> None:
    sent = {"content-type": "text/csv"}
    answer = client.post("/diff?name=actions.csv", content=GOOD, headers=sent).json()
    assert [change["says"] for change in answer["changes"]] == [
        "signature of the Lanzarote Convention on 2007-10-25 added"
    ]


def test_several_files_are_one_submission(client: httpx.Client) -> None:
    change = f"record,change,state\n{AGE},remove,NOR\n"
    answer = send(client, "/diff", ("actions.csv", GOOD), ("indicators.csv", change))
    assert answer.json()["counts"] == {"added": 1, "changed": 0, "removed": 1}


def test_what_cannot_be_taken_is_refused(client: httpx.Client) -> None:
    status, detail = problem(client.post("/validate", data={"file": "x"}))
    assert status == 415
    assert "application/x-www-form-urlencoded is not read here" in detail
    assert problem(client.post("/validate"))[0] == 415
    nothing = client.post("/diff", headers={"content-type": "text/csv"})
    assert problem(nothing) == (400, "Nothing was sent. Choose a file, and send that.")
    assert send(client, "/validate", ("", b"")).status_code == 400
    assert send(client, "/validate", ("a.csv", bytes(LONGEST))).status_code == 413
    assert send(client, "/validate?format=pdf", ("a.csv", b"x")).status_code == 400
    assert send(client, "/diff", ("a.csv", b"x"), accept="image/png").status_code == 406
    for method, path, allowed in (
        ("PUT", "/validate", "GET, HEAD, POST, OPTIONS"),
        ("GET", "/diff", "POST, OPTIONS"),
        ("POST", "/template/NOR", "GET, HEAD, OPTIONS"),
    ):
        refused = client.request(method, path)
        assert (refused.status_code, refused.headers["allow"]) == (405, allowed)
        assert client.options(path).headers["allow"] == allowed


# Reports


def test_a_report_says_where_and_what(client: httpx.Client, workbook: bytes) -> None:
    answer = send(client, "/validate", ("norway.xlsx", workbook))
    assert answer.status_code == 200
    assert answer.headers["ocsea-conforms"] == "false"
    assert answer.headers["cache-control"] == "no-store"
    report = answer.json()
    assert report["release"] == answer.headers["ocsea-release"]
    assert report["counts"] == {"violation": 3, "warning": 0, "info": 0}
    found = {(f["sheet"], f["cell"], f["value"]) for f in report["findings"]}
    assert found == {
        ("actions", "C10", "NRO"),
        ("indicators", "F2", "17,5"),
        ("statuses", "E2", "=1+1"),
    }


def test_a_person_is_told_what_would_be_right(client: httpx.Client, workbook: bytes) -> None:
    page = client.post("/validate", files={"file": ("norway.xlsx", workbook)}, headers=HTML).text
    well_made(page)
    report = send(client, "/validate", ("norway.xlsx", workbook)).json()
    for finding in report["findings"]:
        for told in ("cell", "column", "value", "message", "remedy"):
            assert finding[told] in page
    assert "<h1>3 things are wrong</h1>" in page
    assert 'formaction="/validate?format=xlsx"' in page


def test_joy_where_nothing_is_wrong(client: httpx.Client) -> None:
    page = send(client, "/validate?format=html", ("actions.csv", GOOD)).text
    well_made(page)
    assert "<h1>Nothing is wrong!</h1>" in page
    assert "Thank you" in page
    assert "signature of the Lanzarote Convention on 2007-10-25 added" in page
    assert "How many acts does each table of the depositary hold" in page
    assert "A &lt;https://w3id.org/ocsea/id/action/cets-201/NOR/signature&gt;" in page
    same = client.get("/template/NOR").content
    page = send(client, "/validate?format=html", ("a.xlsx", same)).text
    well_made(page)
    assert "nothing would change: the graph says all of this already" in page


def test_the_workbook_comes_back_with_comments(client: httpx.Client, workbook: bytes) -> None:
    answer = send(client, "/validate?format=xlsx", ("Türkiye.xlsx", workbook))
    assert answer.headers["content-type"] == XLSX
    assert answer.headers["ocsea-conforms"] == "false"
    assert answer.headers["content-disposition"].endswith("''T%C3%BCrkiye-checked.xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames[:2] == ["findings", "about"]
    assert "The nearest is NOR" in book["actions"]["C10"].comment.text
    again = send(client, "/validate?format=xlsx", ("Türkiye-checked.xlsx", answer.content))
    assert again.headers["content-disposition"].endswith("''T%C3%BCrkiye-checked.xlsx")


def test_without_a_workbook_there_is_none_to_hand_back(client: httpx.Client) -> None:
    for file in (("actions.csv", GOOD), ("a.xlsx", b"PK\x03\x04nonsense")):
        answer = send(client, "/validate?format=xlsx", file)
        assert answer.status_code == 406
        page = client.post("/validate?format=xlsx", files={"file": file}, headers=HTML)
        assert page.status_code == 200
        assert answer.json()["detail"] in page.text
    both = [("a.xlsx", b"PK\x03\x04"), ("b.xlsx", b"PK\x03\x04")]
    assert "Several" in send(client, "/validate?format=xlsx", *both).json()["detail"]


def test_a_report_for_each_kind_of_program(client: httpx.Client) -> None:
    def told(kind: str) -> str:
        answer = send(client, "/validate", ("actions.csv", ACTIONS), accept=kind)
        assert answer.headers["content-type"].partition(";")[0] == kind
        return answer.text

    said = "day or month may come first"
    assert said in ElementTree.fromstring(told("application/xml"))[0][0][0].attrib["message"]
    sarif = json.loads(told("application/sarif+json"))
    assert said in sarif["runs"][0]["results"][0]["message"]["text"]
    quads = [*parse(told("text/turtle").encode(), RdfFormat.TURTLE)]
    assert any(said in getattr(quad.object, "value", "") for quad in quads)
    assert said in told("application/ld+json")
    assert told("text/plain").startswith("Violation: actions.csv, sheet actions, row 3, column")


def test_what_would_change_is_told_in_words_and_as_a_patch(client: httpx.Client) -> None:
    told = send(client, "/diff", ("actions.csv", ACTIONS)).json()
    assert [finding["row"] for finding in told["findings"]] == [3]
    assert [line["state"] for line in told["changes"]] == ["Norway"]
    assert [answer["name"] for answer in told["answers"]["changed"]] == [
        "73-every-act-has-its-cell"
    ]
    sent = send(client, "/diff", ("actions.csv", ACTIONS), accept="text/rdf-patch")
    assert sent.text == told["patch"]
    assert len(patch.read(sent.content).come) == 7
    assert "ocsea-conforms" not in sent.headers
    page = send(client, "/diff?format=html", ("actions.csv", ACTIONS)).text
    well_made(page)
    assert "<h1>1 record would change</h1>" in page
    assert "<b>1 mistake keeps rows from being read</b>" in page
    assert "CETS-201, 1, 0" in send(client, "/diff?format=text", ("actions.csv", ACTIONS)).text


def test_a_page_tells_the_first_of_very_many(client: httpx.Client) -> None:
    rows = "".join(f"NOR,CETS-201,Act{number},,,\n" for number in range(6000))
    many = ACTIONS.splitlines()[0] + "\n" + rows
    report = send(client, "/validate", ("actions.csv", many)).json()
    assert len(report["findings"]) == checking.MOST + 1
    assert report["findings"][-1]["message"].startswith("There are ")
    page = send(client, "/validate?format=html", ("actions.csv", many))
    assert len(page.content) < 1_000_000
    assert "more: correct these first" in page.text


# What strangers send


def test_each_hostile_file_gets_its_answer_and_no_more(client: httpx.Client) -> None:
    cases = [(name, make(), said) for name, make, said in REFUSED.values()]
    for start in range(0, len(cases), 10):
        batch = cases[start : start + 10]
        answer = send(client, "/validate", *((name, content) for name, content, _ in batch))
        assert answer.status_code == 200
        found = [f"{f['place']}: {f['message']} {f['remedy']}" for f in answer.json()["findings"]]
        assert set(found) == {said for _, _, said in batch}
    assert client.get("/health").status_code == 200


EVIL = '"><script>alert(1)</script>'


def test_what_is_sent_cannot_become_part_of_a_page(client: httpx.Client) -> None:
    rows = ACTIONS + f'NOR,"{EVIL.replace(chr(34), chr(34) * 2)}",Signature,2001,{EVIL[2:]},x\n'
    turtle = "<javascript:alert(1)> a <https://w3id.org/ocsea/ontology#State> ; <a:b> <x:y> ."
    files = [("actions.csv", rows), (f"{EVIL[2:]}.ttl", turtle), (f"{EVIL[2:]}.csv", "\ud800")]
    sent = [(name, text.encode(errors="surrogatepass")) for name, text in files]
    for path in ("/validate?format=html", "/diff?format=html"):
        page = send(client, path, *sent)
        assert page.status_code == 200
        well_made(page.text)
        assert "<script" not in page.text
        assert 'href="javascript' not in page.text
        assert "alert(1)" in page.text


def test_a_client_pays_for_what_it_has_done(var: Path) -> None:
    limits = {"OCSEA_CLIENT_SECONDS": "0.05", "OCSEA_CLIENT_ERRORS": "2"}
    with running(var, **limits) as server, httpx.Client(base_url=server.url, timeout=60) as client:
        assert send(client, "/validate", ("actions.csv", GOOD)).status_code == 200
        answer = send(client, "/diff", ("actions.csv", GOOD))
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 10
        assert client.get("/template/NOR").status_code == 429
        assert client.get("/validate").status_code == 200


# Commands


def run(command: Command, *arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


@pytest.fixture
def folder(tmp_path: Path, var: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OCSEA_VAR", str(var))
    return tmp_path


def test_a_template_is_written_as_a_new_file(folder: Path, client: httpx.Client) -> None:
    done = run(template, "nor")
    assert done.stderr.startswith("ocsea-NOR.xlsx: Norway, ")
    assert (folder / "ocsea-NOR.xlsx").read_bytes() == client.get("/template/NOR").content
    assert "is there already" in str(run(template, "NOR").exception)
    assert run(template, "NOR", "-o", "a.ttl").exit_code == 0
    assert (folder / "a.ttl").read_text().startswith("@prefix")
    assert run(template, "NOR", "--format", "csv", "-o", "-").stdout_bytes[:2] == b"PK"
    assert "The nearest is" in str(run(template, "NRO").exception)


def test_files_are_checked_and_annotated(folder: Path, workbook: bytes) -> None:
    (folder / "norway.xlsx").write_bytes(workbook)
    (folder / "actions.csv").write_text(GOOD)
    done = run(validate, folder, "--annotate", "marked.xlsx")
    assert done.exit_code == 1
    assert "column state (C10): ‘NRO’ is no ISO 3166 alpha-3 code of a state." in done.stdout
    assert done.stdout.endswith("as it is: 3 violations, 0 warnings, 0 infos.\n")
    assert "findings" in load_workbook(folder / "marked.xlsx").sheetnames
    assert run(validate, "actions.csv").exit_code == 0
    assert json.loads(run(validate, "actions.csv", "--format", "json").stdout)["conforms"] is True
    (folder / "broken.ttl").write_text("<a> <b>")
    assert run(validate, "broken.ttl").exit_code == 2
    assert run(diff, "broken.ttl").exit_code == 2


def test_a_terminal_is_not_steered_by_what_was_sent(folder: Path) -> None:
    (folder / "a.ttl").write_text(
        "<https://w3id.org/ocsea/id/body/x> a <https://w3id.org/ocsea/ontology#Hotline> ; "
        '<http://www.w3.org/2000/01/rdf-schema#label> "\\u001b[2J"@en ; '
        "<http://purl.org/dc/terms/source> <https://w3id.org/ocsea/id/locator/mapping2021/fig-1> ."
    )
    for command in (validate, diff):
        told = run(command, "a.ttl").stdout
        assert "\x1b" not in told
    assert "�[2J" in told


def test_what_files_would_change_is_told(folder: Path) -> None:
    (folder / "actions.csv").write_text(ACTIONS)
    done = run(diff, "actions.csv")
    assert "+ signature of the Lanzarote Convention on 2007-10-25 added" in done.stdout
    assert "1 mistake keeps rows from being read: ocsea validate actions.csv" in done.stderr
    assert len(patch.read(run(diff, "actions.csv", "--format", "patch").stdout_bytes).come) == 7
    assert json.loads(run(diff, "actions.csv", "--format", "json").stdout)["counts"]["added"] == 1


def test_checking_a_countrys_submission_takes_less_than_three_seconds(
    folder: Path, workbook: bytes, release: Release
) -> None:
    (folder / "norway.xlsx").write_bytes(workbook)
    command = "from ocsea.steward.commands.files import validate; validate()"
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run([sys.executable, "-c", command, "norway.xlsx"], check=False, timeout=60)
    after, took = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - begun
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert done.returncode == 1
    assert min(used, took) < 3.0
