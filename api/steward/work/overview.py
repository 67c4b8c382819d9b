"""What is known of states, and states side by side."""

import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from api.steward.work import Files, Refused, Reply, Task
from ocsea.release import MANIFEST, NoRelease, Release
from ocsea.steward.overview import documents as overview
from ocsea.steward.overview.choices import choices
from ocsea.steward.overview.comparison import compare
from ocsea.steward.overview.completeness import completeness
from ocsea.steward.sheets.template import UnknownState, template

Arguments = Mapping[str, str]
BETWEEN = " "
"""Stands between several values of an argument."""


def _completeness(var: Path, arguments: Arguments, files: Files) -> Reply:
    matrix = completeness(served(var, arguments))
    topic = arguments["topic"]
    return _json(overview.everything(overview.about(matrix, topic) if topic else matrix))


def _beyond(var: Path, arguments: Arguments, files: Files) -> Reply:
    """A state of which nothing is expected, or else what code was meant."""
    release = served(var, arguments)
    try:
        return _json(overview.beyond(template(release, arguments["state"])))
    except UnknownState as error:
        raise Refused("not-found", str(error)) from None


def _choices(var: Path, arguments: Arguments, files: Files) -> Reply:
    return _json(asdict(choices(served(var, arguments))))


def _compare(var: Path, arguments: Arguments, files: Files) -> Reply:
    states, about = (arguments[name].split(BETWEEN) for name in ("states", "about"))
    compared = compare(served(var, arguments), states, list(filter(None, about)))
    return _json(overview.side_by_side(compared))


def served(var: Path, arguments: Arguments) -> Release:
    """The release that the server answers from; NoRelease where it was removed meanwhile."""
    release = Release(var / "releases" / arguments["release"])
    if not (release.path / MANIFEST).is_file():
        raise NoRelease(f"Release {release.version} was removed meanwhile.")
    return release


def _json(document: Any) -> Reply:
    """A reply that says what it took, of this fork's processor alone."""
    return Reply(orjson.dumps(document), {"seconds": time.process_time()})


TASKS: dict[str, Task] = {
    "completeness": _completeness,
    "state-beyond": _beyond,
    "choices": _choices,
    "compare": _compare,
}
