"""Releases by their versions: those that are there, and those that were removed to make room."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from ocsea import durable
from ocsea.errors import OcseaError
from ocsea.release import MANIFEST, Release

VERSION = re.compile(r"[0-9a-f]{16}")
_REMOVED = "removed.json"


class UnknownRelease(OcseaError):
    """There is no such release."""


class RemovedRelease(OcseaError):
    """The release was there, and was removed."""


def release_of(var: Path, version: str) -> Release:
    """The release of this version. Raises UnknownRelease, or RemovedRelease where it once was."""
    release = Release(var / "releases" / version)
    if VERSION.fullmatch(version) and (release.path / MANIFEST).is_file():
        return release
    if day := _removed(var).get(version):
        raise RemovedRelease(
            f"Release {version} was removed on {day}, to make room; /releases lists those that "
            "are kept. What it held may be in a later one."
        )
    raise UnknownRelease(f"There is no release {version[:60]}; /releases lists them.")


def note_removal(var: Path, versions: Iterable[str]) -> None:
    """Keep in mind that these releases were there; it is on disk when this returns."""
    today = datetime.now(UTC).date().isoformat()
    noted = _removed(var) | dict.fromkeys(versions, today)
    text = json.dumps(noted, indent=2, sort_keys=True) + "\n"
    durable.replace(var / _REMOVED, text.encode())


def _removed(var: Path) -> dict[str, str]:
    """The versions of the releases that were removed, and the days when they were."""
    try:
        found: dict[str, str] = json.loads((var / _REMOVED).read_bytes())
    except FileNotFoundError:
        return {}
    return found
