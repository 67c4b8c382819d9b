"""What a submission costs on a graph of any size: `python -m bench.submission VAR`.

Norway's whole template is sent back with a new source and a ratification that it reports. Each step
is done in a process of its own, as the server does it, on a copy of the current release.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from api.steward.tasks import warm_up
from ocsea.child import in_child
from ocsea.release import Release, current
from ocsea.steward.files import csvw
from ocsea.steward.sent import Line
from ocsea.steward.sheets.template import template
from ocsea.steward.sheets.topics import SHEETS
from ocsea.steward.submissions.intake import receive
from ocsea.steward.submissions.ledger import Ledger
from ocsea.steward.submissions.publication import publish, withdraw
from ocsea.steward.submissions.review import review
from ocsea.steward.submissions.submission import Files
from ocsea.tokens import Token

T = TypeVar("T")
STATE, NAME = "NOR", "norway.zip"
STEWARD = Token("steward", "steward", b"", states=frozenset({STATE}))
NEW = {
    "sources": {
        "key": "norreport2024",
        "title": "Norwegian Report",
        "publisher": "Ministry of Justice",
        "edition": "First",
        "issued": "2024-03",
        "rights": "Free to reuse",
    },
    "actions": {
        "instrument": "ETS-185",
        "act": "Ratification",
        "date": "2024-02-03",
        "source": "norreport2024",
        "place": "page 7",
    },
}
FAR_DOWN = 1_000_000
"""A row of a sheet that is surely empty."""


def cost(var: Path) -> dict[str, float]:
    """Seconds of processor time by the name of each step, in the folder's current release."""
    command = [sys.executable, "-m", "bench.submission", str(var)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    seconds: dict[str, float] = json.loads(done.stdout)
    return seconds


def filled(release: Release) -> bytes:
    """The template with the new rows, as a zip of CSV files."""
    sheets = template(release, STATE)
    tables = tuple(
        replace(table, lines=(*table.lines, Line(FAR_DOWN, {"state": STATE} | NEW[table.sheet])))
        if table.sheet in NEW
        else table
        for table in sheets.tables
    )
    return csvw.write(replace(sheets, tables=tables), SHEETS)


def _apart(work: Callable[[], T]) -> T:
    """What comes of a piece of work, as JSON has it, that is done in a fork.

    Each is, since a process that has had a store open cannot have forks that write one.
    """
    done: T = json.loads(in_child(lambda _: json.dumps(work()).encode(), 2**30))
    return done


def _seconds(work: Callable[[], object]) -> float:
    """The processor time that a piece of work and its own children take."""
    before = _used()
    work()
    return _used() - before


def _used() -> float:
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


def _steps(var: Path, folder: Path) -> dict[str, float]:
    release, ledger = current(var), Ledger(var)
    _apart(lambda: (folder / NAME).write_bytes(filled(release)))
    sent: Files = [(NAME, (folder / NAME).read_bytes())]
    checked = _apart(lambda: _seconds(lambda: review(sent, release)))
    received = _apart(lambda: _seconds(lambda: receive(var, ledger, STEWARD, sent, "")))
    [name] = [each.id for each in ledger.all().submissions]
    return {
        "checked": checked,
        "received": received,
        "published": _apart(lambda: _seconds(lambda: publish(var, name, "curator"))),
        "withdrawn": _apart(lambda: _seconds(lambda: withdraw(var, name, "curator", "done"))),
    }


def main() -> None:
    """Measure on a copy of the release whose files are shared, and print it."""
    release = current(Path(sys.argv[1]))
    warm_up()
    with tempfile.TemporaryDirectory(dir=sys.argv[1]) as folder:
        var = Path(folder) / "var"
        shutil.copytree(release.path, var / "releases" / release.version, copy_function=os.link)
        (var / "current").symlink_to(Path("releases") / release.version)
        print(json.dumps(_steps(var, Path(folder))))


if __name__ == "__main__":
    main()
