"""Another program than ours opens the template, and what it saves is read as nothing changed."""

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from openpyxl import load_workbook

from ocsea.release import Release
from ocsea.steward.examination import examine
from ocsea.steward.files import xlsx
from ocsea.steward.files.annotate import annotate
from ocsea.steward.sent import Finding, Place
from ocsea.steward.sheets.template import template
from ocsea.steward.sheets.topics import SHEETS

OFFICE = shutil.which("soffice")
CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
"""All sheets, each a file: commas, quotation marks, UTF-8, cells as they are shown."""

pytestmark = pytest.mark.skipif(not OFFICE, reason="LibreOffice is not installed")


@pytest.fixture(scope="module")
def workbook(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template of Ukraine, which has names in two scripts, with a mark of the check."""
    found = Finding("Violation", Place("a", "actions", 2, "date", "F2"), "x", "No.", "Do.", "x")
    path = tmp_path_factory.mktemp("office") / "ukraine.xlsx"
    path.write_bytes(annotate(xlsx.write(template(release, "UKR"), SHEETS), [found]))
    return path


def saved(path: Path, form: str) -> list[tuple[str, bytes]]:
    """The files that LibreOffice makes of one."""
    folder = path.parent / form.partition(":")[0]
    home = f"-env:UserInstallation={(path.parent / 'profile').as_uri()}"
    convert = [str(OFFICE), "--headless", "--norestore", home, "--convert-to", form]
    command = [*convert, "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return [(made.name, made.read_bytes()) for made in sorted(folder.iterdir())]


def test_a_workbook_that_was_opened_and_saved_changes_nothing(
    release: Release, workbook: Path
) -> None:
    [file] = saved(workbook, "xlsx")
    examined = examine([file], release)
    assert examined.sent.release == release.version
    assert examined.proposal.changes == ()
    assert examined.report().findings == ()
    book = load_workbook(io.BytesIO(file[1]))
    comment = book["actions"]["F2"].comment
    assert comment is not None
    assert "Violation: No.\nDo." in comment.text
    assert book["actions"].protection.sheet
    assert book["actions"].data_validations.count > 0


def test_its_sheets_saved_as_csv_change_nothing(release: Release, workbook: Path) -> None:
    names = {f"ukraine-{sheet.name}.csv" for sheet in SHEETS}
    files = [file for file in saved(workbook, CSV) if file[0] in names]
    assert len(files) == len(SHEETS)
    examined = examine(files, release)
    assert {table.sheet for table in examined.sent.tables} == {sheet.name for sheet in SHEETS}
    assert examined.proposal.changes == ()
    assert examined.report().findings == ()
