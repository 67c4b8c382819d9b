"""What several commands of the command line are given."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., object])

var_option = click.option(
    "--var",
    type=click.Path(path_type=Path, file_okay=False),
    default=lambda: Path(os.environ.get("OCSEA_VAR", "var")),
    show_default="$OCSEA_VAR, or ./var",
    help="Folder that holds the releases.",
)


def format_option(names: Iterable[str], about: str) -> Callable[[Command], Command]:
    """`--format`, given to a command as `name`; the first of the names where it is not said."""
    first, *others = names
    kinds = click.Choice([first, *others])
    return click.option(
        "--format", "name", type=kinds, default=first, show_default=True, help=about
    )
