"""The commands `ocsea completeness` and `ocsea compare`."""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import click
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ocsea import spreadsheets
from ocsea.options import format_option, var_option
from ocsea.release import current
from ocsea.steward.overview import documents as overview
from ocsea.steward.overview.comparison import compare as compared
from ocsea.steward.overview.completeness import (
    ABSENT,
    FORMULA,
    MISSING,
    NOT_APPLICABLE,
    OUTCOMES,
    PRESENT,
)
from ocsea.steward.overview.completeness import completeness as known
from ocsea.steward.overview.documents import Document
from ocsea.steward.sheets.template import template

Rows = Callable[[Document], Iterable[Sequence[str]]]

_BAR = 20
"""Characters of a bar for the whole."""
_STYLES = {PRESENT: "green", MISSING: "yellow", ABSENT: "red", NOT_APPLICABLE: "dim"}

_format = format_option(("text", "csv", "json"), "For people, for spreadsheets, or for programs.")


@click.command()
@click.argument("iso3", required=False, metavar="[ISO3]")
@_format
@var_option
def completeness(iso3: str | None, name: str, var: Path) -> None:
    """How much of what is expected to be known of each state is known.

    With the ISO 3166 alpha-3 code of a state, such as NOR: what is known of it, from which source
    and of when, and what could be filled in next.
    """
    release = current(var)
    document = overview.everything(known(release))
    if iso3 is None:
        _write(document, name, overview.completeness_table, _ranking)
    else:
        one = overview.of_state(document, iso3) or overview.beyond(template(release, iso3))
        _write(one, name, overview.completeness_table, _standing)


@click.command()
@click.argument("iso3", nargs=-1, required=True, metavar="ISO3…")
@click.option(
    "--about",
    multiple=True,
    metavar="KIND/KEY",
    help="What to compare, such as indicator/age-of-consent or instrument/cets-201; may be given "
    "more than once. Without it: all that is expected to be known of states.",
)
@click.option("--differs", is_flag=True, help="Only what is not the same for all.")
@_format
@var_option
def compare(
    iso3: tuple[str, ...], about: tuple[str, ...], differs: bool, name: str, var: Path
) -> None:
    """What sources say of states, side by side: commitments and indicators.

    States go by their ISO 3166 alpha-3 codes. A blank in a source is no “no”.
    """
    document = overview.side_by_side(compared(current(var), [s.upper() for s in iso3], about))
    if differs:
        document = overview.differing(document)
    _write(document, name, overview.comparison_table, _columns)


def _write(document: Document, name: str, rows: Rows, text: Callable[[Document], None]) -> None:
    if name == "json":
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    elif name == "csv":
        click.echo(spreadsheets.write(rows(document)), nl=False)
    else:
        text(document)


def _ranking(document: Document) -> None:
    table = Table("state", "", "score", "", *OUTCOMES, box=box.SIMPLE)
    for state in document["states"]:
        score, counts = state["score"], map(str, state["counts"].values())
        done = "█" * round(score * _BAR)
        bar = f"{done}[dim]{'░' * (_BAR - len(done))}[/dim]"
        table.add_row(escape(state["name"]), state["iso3"], f"{score:.0%}", bar, *counts)
    _print(table)
    click.echo(f"{FORMULA}. Release {document['release']}.")


def _standing(document: Document) -> None:
    (state,) = document["states"]
    if not state["cells"]:
        click.echo(f"{state['name']}: nothing is expected to be known of this state.")
        return
    counts = ", ".join(f"{n} {outcome}" for outcome, n in state["counts"].items() if n)
    click.echo(f"{state['name']}: {state['score']:.0%} ({counts}). {FORMULA}.")
    named = {asked["key"]: asked for asked in document["expectations"]}
    table = Table("", "what", "value", "date", "source", box=box.SIMPLE)
    for cell in state["cells"]:
        mark = f"[{_STYLES[cell['outcome']]}]{cell['outcome']}"
        said = (named[cell["key"]]["name"], cell["value"], cell["date"], overview.places(cell))
        table.add_row(mark, *map(escape, said))
    _print(table)
    if state["steps"]:
        click.echo("What could be filled in next")
    for step in state["steps"]:
        of = f"known of {step['elsewhere']} of {document['among']} states"
        click.echo(f"  {named[step['key']]['name']} ({step['outcome']}; {of}). {step['advice']}")


def _columns(document: Document) -> None:
    table = Table("", *(escape(s["name"]) for s in document["states"]), box=box.SIMPLE)
    for row in document["rows"]:
        cells = (escape("\n".join(map(_said, cell))) for cell in row["cells"])
        table.add_row(escape(overview.heading(row)), *cells)
    _print(table)
    click.echo(f"Release {document['release']}.")


def _said(told: Document) -> str:
    return f"{told['value'] or 'blank in the source'} ({told['date']})"


def _print(table: Table) -> None:
    Console(highlight=False).print(table)
