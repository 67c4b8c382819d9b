"""What happened: to the graph from release to release, and to a record."""

import time
from collections.abc import Mapping
from pathlib import Path

import orjson
from pyoxigraph import NamedNode

from api.steward.work import Files, Refused, Reply, Task
from api.steward.work.overview import served
from ocsea.release import Release
from ocsea.steward.history import between, chronicle
from ocsea.steward.history.releases import before, releases
from ocsea.versions import release_of

Arguments = Mapping[str, str]


def _made(var: Path, arguments: Arguments, files: Files) -> Reply:
    """How releases came about and how much they changed, by their versions."""
    listed = releases(var / "releases")
    asked = set(arguments["topic"].split())
    told = {each.version: each for each in listed if each.version in asked}
    found = {name: chronicle.of_release(each, listed) for name, each in told.items()}
    return _reply(orjson.dumps(found))


def _changes(var: Path, arguments: Arguments, files: Files) -> Reply:
    """What a release holds otherwise than another, or than the one before it."""
    new = release_of(var, arguments["release"])
    old = release_of(var, arguments["since"]) if arguments["since"] else _previous(new)
    if arguments["format"] == "patch":
        try:
            return _reply(between.patch(old, new).write())
        except between.TooMuch as error:
            raise Refused("result-too-large", f"{error} Ask for another format.") from None
    found = between.between(old, new)
    if arguments["format"] == "text":
        return _reply(between.as_text(found).encode(errors="backslashreplace"))
    return _reply(orjson.dumps(between.as_json(found)))


def _previous(release: Release) -> Release:
    older, _ = before(release, releases(release.path.parent))
    if older is None:
        detail = f"No release before {release.version} is here; name another with `since`."
        raise Refused("not-found", detail)
    return older


def _record(var: Path, arguments: Arguments, files: Files) -> Reply:
    """What was said of a record up to a release."""
    story = chronicle.of_record(served(var, arguments), NamedNode(arguments["record"]))
    if not story.values:
        raise Refused("not-found", f"No release that is here says anything of {story.record}.")
    return _reply(orjson.dumps(chronicle.as_json(story)))


def _reply(body: bytes) -> Reply:
    """A reply that says what it took."""
    return Reply(body, {"seconds": time.process_time()})


TASKS: dict[str, Task] = {"releases": _made, "changes": _changes, "history": _record}
