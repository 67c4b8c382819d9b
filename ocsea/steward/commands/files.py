"""The commands `ocsea template`, `ocsea validate` and `ocsea diff`: a steward's files."""

import sys
from pathlib import Path

import click
from rich.console import Console

from ocsea.errors import OcseaError
from ocsea.options import format_option, var_option
from ocsea.release import current
from ocsea.steward.difference.outcome import outcome
from ocsea.steward.examination import Examined, examine, hand_back
from ocsea.steward.files.formats import TEMPLATES
from ocsea.steward.files.reading import read_paths
from ocsea.steward.judging.report import Report
from ocsea.steward.sheets.template import template as make_template
from ocsea.steward.writers import OUTCOMES, REPORTS
from ocsea.steward.writers import TEMPLATES as WRITERS

_STYLES = {"Violation": "red", "Warning": "yellow", "Info": "cyan"}
_SUFFIXES = {".csv": "csv", **{each.suffix: name for name, each in TEMPLATES.items()}}
_STANDARD = "xlsx"
_UNREAD = 2
"""The exit code where nothing could be read."""

_files = click.argument(
    "files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path, exists=True)
)


@click.command()
@click.argument("iso3", metavar="ISO3")
@click.option(
    "--format",
    "name",
    type=click.Choice(list(TEMPLATES)),
    help="By default as the name after -o ends, else xlsx. Of csv it is a zip of several files.",
)
@click.option(
    "-o",
    "output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="File to write, - for standard output.  [default: ocsea-ISO3, as a new file here]",
)
@var_option
def template(iso3: str, name: str | None, output: Path | None, var: Path) -> None:
    """Write what the graph knows of a state as files to edit and send back.

    ISO3 is the ISO 3166 alpha-3 code of a state, such as NOR. The template of a state that the
    graph does not know yet is blank.
    """
    release = current(var)
    made = make_template(release, iso3)
    told = name or _SUFFIXES.get(output.suffix.lower() if output else "", _STANDARD)
    content = WRITERS[told](made, release)
    if output == Path("-"):
        sys.stdout.buffer.write(content)
        return
    path = output or _new(Path(f"ocsea-{made.iso3}{TEMPLATES[told].suffix}"))
    path.write_bytes(content)
    rows = sum(len(table.lines) for table in made.tables)
    click.echo(f"{path}: {made.name}, {rows} rows, from release {release.version}.", err=True)


def _new(path: Path) -> Path:
    """The path, if nothing is there that somebody may have worked on."""
    if path.exists():
        raise OcseaError(f"{path} is there already: move it away, or name another file with -o.")
    return path


@click.command()
@_files
@format_option(
    REPORTS, "For people, for programs, as SHACL has it in RDF, or for continuous integration."
)
@click.option(
    "--annotate",
    metavar="OUT.xlsx",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the workbook again, with comments in the cells that something is wrong with.",
)
@var_option
def validate(files: tuple[Path, ...], name: str, annotate: Path | None, var: Path) -> None:
    """Check what a steward sends, with what it touches of the current release.

    FILE is a workbook (.xlsx), CSV, a zip of CSV files, Turtle, JSON-LD, or a folder of such files.
    Exit code 0: it can be published (warnings may remain); 1: it cannot; 2: nothing was read.
    """
    sent = read_paths(files)
    examined = examine(sent, current(var))
    report = examined.report()
    if name == "text":
        _print(report)
    else:
        click.echo(REPORTS[name](report), nl=False)
    if annotate:
        annotate.write_bytes(hand_back(sent, report)[1])
    sys.exit(_UNREAD if not examined.is_read else int(not report.conforms))


def _print(report: Report) -> None:
    """A line a finding in the colour of its severity, then what it comes to."""
    console = Console(highlight=False)
    styles = [*(_STYLES[finding.severity] for finding in report.findings), "bold"]
    for line, style in zip(REPORTS["text"](report).splitlines(), styles, strict=True):
        console.print(_visible(line), style=style, markup=False, soft_wrap=True)


@click.command()
@_files
@format_option(OUTCOMES, "In words, as RDF Patch, or all of it for programs.")
@var_option
def diff(files: tuple[Path, ...], name: str, var: Path) -> None:
    """Show what would change if what a steward sends were published.

    FILE is what `ocsea validate` takes. Rows with mistakes in them change nothing.
    """
    examined = examine(read_paths(files), current(var))
    text = OUTCOMES[name](outcome(examined))
    click.echo("\n".join(map(_visible, text.split("\n"))) if name == "text" else text, nl=False)
    _tell_left_out(examined, files)


def _tell_left_out(examined: Examined, files: tuple[Path, ...]) -> None:
    """Say how many mistakes keep rows out; exit code 2 where nothing could be read."""
    wrong = sum(each.severity == "Violation" for each in examined.proposal.findings)
    if wrong:
        things = "1 mistake keeps" if wrong == 1 else f"{wrong} mistakes keep"
        told = f"{things} rows from being read: ocsea validate {' '.join(map(str, files))}"
        Console(stderr=True, highlight=False).print(told, style="red", markup=False, soft_wrap=True)
    if not examined.is_read:
        sys.exit(_UNREAD)


def _visible(text: str) -> str:
    """A line as a terminal may show it: a stranger's text must not steer it."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
