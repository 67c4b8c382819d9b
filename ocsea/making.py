"""The commands that make a release of the facts in a checkout, and tell what it holds of them."""

import time
from pathlib import Path

import click
from rich.console import Console

from ocsea.build import build as build_release
from ocsea.coverage import coverage as coverage_page
from ocsea.options import var_option
from ocsea.release import current
from ocsea.resources import ROOT

_err = Console(stderr=True, highlight=False)


@click.command()
@var_option
def build(var: Path) -> None:
    """Build the graph from the reviewed facts in data/.

    Loads every source, infers, validates, and switches to the new release only if nothing is
    wrong. Says so at once where nothing has changed.
    """
    started = time.monotonic()

    def progress(step: str, outcome: str) -> None:
        _err.print(f"  {step:<14}{outcome:<42}{time.monotonic() - started:5.1f} s")

    built = build_release(ROOT, var, progress)
    if built.is_new:
        _err.print(f"Release {built.release.version}: {built.release.triples:,} triples.")
    else:
        _err.print(f"Nothing has changed: release {built.release.version} stands.")


@click.command()
@var_option
def coverage(var: Path) -> None:
    """Write what the graph holds of each source, place by place, as the page docs/coverage.md.

    A place that has neither records nor a reason for having none is a gap; gaps come first.
    """
    triples = (quad.triple for quad in current(var).quads())
    click.echo(coverage_page(triples, ROOT), nl=False)
