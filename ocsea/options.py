"""What several commands of the command line are given."""

import os
from pathlib import Path

import click

var_option = click.option(
    "--var",
    type=click.Path(path_type=Path, file_okay=False),
    default=lambda: Path(os.environ.get("OCSEA_VAR", "var")),
    show_default="$OCSEA_VAR, or ./var",
    help="Folder that holds the releases.",
)
