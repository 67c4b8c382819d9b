"""The command line."""

import importlib
import os
import sys
from pathlib import Path
from typing import TextIO

import click
from pyoxigraph import QueryResultsFormat, QueryTriples, RdfFormat, Store
from rich.console import Console

from ocsea import __version__
from ocsea.errors import OcseaError
from ocsea.namespaces import PREFIXES
from ocsea.options import var_option
from ocsea.release import current

_err = Console(stderr=True, highlight=False)


ELSEWHERE = {
    **dict.fromkeys(("build", "coverage"), "ocsea.making"),
    **dict.fromkeys(("template", "validate", "diff"), "ocsea.steward.commands.files"),
    **dict.fromkeys(("completeness", "compare"), "ocsea.steward.commands.overview"),
    **dict.fromkeys(
        ("token", "submit", "releases", "history"), "ocsea.steward.commands.submissions"
    ),
    "prune": "ocsea.steward.commands.pruning",
}
"""The commands that need more than the others to be loaded, and where they are."""


class _Group(click.Group):
    """Loads commands as they are needed, and turns our own errors into a message and exit code 2,
    never a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in ELSEWHERE:
            command: click.Command = getattr(importlib.import_module(ELSEWHERE[cmd_name]), cmd_name)
            return command
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (OcseaError, SyntaxError) as error:
            _err.print(str(error), style="red", markup=False, soft_wrap=True)
            ctx.exit(2)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """OCSEA Graph: law, institutions and state commitments against online child sexual
    exploitation and abuse, as an open knowledge graph.

    Start with `ocsea build`, then `ocsea serve`.
    """


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@var_option
def serve(host: str, port: int, var: Path) -> None:
    """Serve the current release: SPARQL, JSON-LD and pages for people."""
    current(var)
    os.environ["OCSEA_VAR"] = str(var)
    try:
        server = importlib.import_module("api.serve")
    except ImportError:
        raise OcseaError("The server runs from a checkout: use `make serve` there.") from None
    _err.print(f"OCSEA Graph at http://{host}:{port}/  (stop with Ctrl-C)")
    server.serve(host, port)


_FORMATS = {
    "json": (QueryResultsFormat.JSON, RdfFormat.JSON_LD),
    "xml": (QueryResultsFormat.XML, RdfFormat.RDF_XML),
    "csv": (QueryResultsFormat.CSV, RdfFormat.TURTLE),
    "tsv": (QueryResultsFormat.TSV, RdfFormat.N_TRIPLES),
}


@main.command()
@click.argument("query", type=click.File("r", encoding="utf-8"), metavar="FILE")
@click.option(
    "--format",
    "name",
    type=click.Choice(list(_FORMATS)),
    default="tsv",
    show_default=True,
    help="How to write the answer; graphs come as JSON-LD, RDF/XML, Turtle or N-Triples.",
)
@var_option
def query(query: TextIO, name: str, var: Path) -> None:
    """Ask a SPARQL query of the current release, from FILE or, with -, from standard input.

    Our usual prefixes (ocsea:, skos:, dcterms: …) are known without being declared.
    """
    store = Store.read_only(str(current(var).store))
    answer = store.query(query.read(), prefixes=PREFIXES)
    results, rdf = _FORMATS[name]
    if isinstance(answer, QueryTriples):
        answer.serialize(sys.stdout.buffer, format=rdf)
    else:
        answer.serialize(sys.stdout.buffer, format=results)
