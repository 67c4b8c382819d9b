"""The commands `ocsea token`, `ocsea submit`, `ocsea releases` and `ocsea history`."""

import json
import os
import re
from pathlib import Path
from typing import Any

import click
from pyoxigraph import NamedNode

from ocsea import token_file
from ocsea.errors import OcseaError
from ocsea.namespaces import ID
from ocsea.options import format_option, var_option
from ocsea.release import current
from ocsea.steward.files.reading import read_paths
from ocsea.steward.history import chronicle
from ocsea.steward.history.releases import releases as listed
from ocsea.steward.submissions.sending import send
from ocsea.tokens import ROLES, Token, read_file

_RECORD = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)+")

_format = format_option(("text", "json"), "For people or for programs.")
_file = click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    show_default="$OCSEA_TOKENS",
    help="File that the tokens are kept in.",
)


@click.group()
def token() -> None:
    """Say who may send, decide and write: tokens, kept in a file with their secrets hashed.

    A server that is started with OCSEA_TOKENS set to the file follows it at once.
    """


@token.command()
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default=ROLES[0],
    show_default=True,
    help="A steward sends; a curator decides and writes; an admin may all.",
)
@click.option(
    "--state",
    "states",
    multiple=True,
    metavar="ISO3",
    help="Only for records of this state; may be given more than once. Without it: for all.",
)
@_file
def add(name: str, role: str, states: tuple[str, ...], path: Path | None) -> None:
    """Make a token, and show its secret this once.

    NAME is who it is for. It is told to everybody of what is published with it: choose one that may
    be known.
    """
    secret = token_file.add(_path(path), name, role, [state.upper() for state in states])
    click.echo("The secret, which is in no file and not shown again:", err=True)
    click.echo(secret)


@token.command("list")
@_file
def list_tokens(path: Path | None) -> None:
    """Show the tokens, without their secrets."""
    for each in read_file(_path(path)):
        click.echo(_line(each))


def _line(each: Token) -> str:
    states = "all states" if each.states is None else " ".join(sorted(each.states))
    made = f", made {each.created[:10]}" if each.created else ", secret in plain text"
    revoked = f", revoked {each.revoked[:10]}" if each.revoked else ""
    return f"{each.name}: {each.role}, {states}{made}{revoked}"


@token.command()
@click.argument("name")
@_file
def revoke(name: str, path: Path | None) -> None:
    """Take the token of NAME out of use, for good; a running server follows at once."""
    token_file.revoke(_path(path), name)
    click.echo(f"{name} can do nothing any more.", err=True)


def _path(given: Path | None) -> Path:
    """The file that is meant; OcseaError where none is."""
    setting = os.environ.get("OCSEA_TOKENS", "")
    if given or (setting and ":" not in setting):
        return given or Path(setting)
    has = "holds tokens, not the name of a file" if setting else "is not set"
    raise OcseaError(f"OCSEA_TOKENS {has}: say where they are kept, --file FILE")


@click.command()
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path, exists=True)
)
@click.option("--to", "address", required=True, metavar="URL", help="The server to send it to.")
@click.option("--message", default="", help="A word to the curators.")
@_format
def submit(files: tuple[Path, ...], address: str, message: str, name: str) -> None:
    """Send a submission to a server, where a curator decides on it.

    FILE is what `ocsea validate` takes. The token is taken from OCSEA_TOKEN, or asked for.
    """
    sent = read_paths(files)
    secret = os.environ.get("OCSEA_TOKEN") or click.prompt("Token", hide_input=True, err=True)
    told = send(address, secret.strip(), sent, message)
    if name == "json":
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        click.echo("".join(f"{_visible(line)}\n" for line in _told(told, address)), nl=False)


def _told(told: dict[str, Any], address: str) -> list[str]:
    found = ", ".join(f"{number} {name}s" for name, number in told["counts"].items())
    verdict = "can be published" if told["conforms"] else "cannot be published as it is"
    lines = [f"Kept as {told['id']}; it {verdict}: {found}."]
    lines += [f"  {change['text']}" for change in told["changes"]]
    lines += [
        f"Another submission wants to change {', '.join(rival['records'])} too."
        for rival in told["rivals"]
    ]
    return [*lines, f"{address.rstrip('/')}/submissions/{told['id']}"]


def _visible(text: str) -> str:
    """A line as a terminal may show it: what a server says must not steer it."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


@click.command()
@click.option("--most", type=click.IntRange(1), default=50, show_default=True, help="How many.")
@_format
@var_option
def releases(most: int, name: str, var: Path) -> None:
    """List the releases that are there, what each changed and by whom, those made last first."""
    there = listed(current(var).path.parent)
    told = (chronicle.of_release(each, there) for each in there[:most])
    if name == "json":
        click.echo(json.dumps(list(told), ensure_ascii=False, indent=2))
        return
    for each in told:
        click.echo(chronicle.release_line(each))
    if len(there) > most:
        click.echo(f"And {len(there) - most} before these.")


@click.command()
@click.argument("record")
@_format
@var_option
def history(record: str, name: str, var: Path) -> None:
    """Show what a record said before, by whom it was changed, and from which source.

    RECORD is its IRI, or kind and key, such as observation/age-of-consent/NOR/2020.
    """
    key = record.removeprefix(ID)
    if not _RECORD.fullmatch(key):
        raise OcseaError(f"{record}: name a record by kind and key, such as state/NOR")
    story = chronicle.of_record(current(var), NamedNode(ID + key))
    if not story.values:
        raise OcseaError(f"No release that is here says anything of {story.record}")
    if name == "json":
        click.echo(json.dumps(chronicle.as_json(story), ensure_ascii=False, indent=2))
    else:
        click.echo(chronicle.as_text(story), nl=False)
