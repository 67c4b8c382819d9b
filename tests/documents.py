"""The documentation as something to run: its commands with the output it shows.

A block

    ```console
    $ ocsea query question.rq
    …output…
    ```

is a command and what it prints. A line `…` stands for any number of lines, `…` inside a line
for any text. `ocsea` and `http://127.0.0.1:8000` mean this checkout and the server under test.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ocsea.resources import ROOT

SERVED = "http://127.0.0.1:8000"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
WALKTHROUGH = ROOT / "docs" / "walkthrough.md"
"""Its commands belong together, in a folder and on a server of their own."""

_BLOCK = re.compile(r"^```console\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Shown:
    """A command of a page, and the output that the page shows for it."""

    page: Path
    command: str
    output: str

    def __str__(self) -> str:
        return f"{self.page.name}: {self.command[:60]}"


def shown(page: Path) -> list[Shown]:
    """The commands of a page with their outputs, in order."""
    found = []
    for block in _BLOCK.findall(page.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, output = _split(part)
            found.append(Shown(page, command, output))
    return found


def _split(part: str) -> tuple[str, str]:
    """A command may go on over lines that end in a backslash, or in a here-document."""
    lines = part.splitlines(keepends=True)
    end = 1
    while lines[end - 1].endswith("\\\n"):
        end += 1
    heredoc = re.search(r"<<'?(\w+)'?", lines[0])
    if heredoc:
        end = lines.index(heredoc[1] + "\n") + 1
    return "".join(lines[:end]).rstrip("\n"), "".join(lines[end:])


def run(command: str, address: str, var: Path, folder: Path = ROOT) -> str:
    """What a command of a page prints, against the server at `address` and the state in `var`."""
    done = subprocess.run(
        ["bash", "-c", command.replace(SERVED, address)],
        cwd=folder,
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "OCSEA_VAR": str(var),
            "COLUMNS": "200",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout.replace(address, SERVED)


def matches(output: str, expected: str) -> bool:
    """Whether an output is what a page shows, where `…` stands for whatever it leaves out."""
    pattern = re.escape(expected.rstrip()).replace("\\\n", "\n")
    pattern = re.sub(r"(?m)^…$", lambda _: r"(?s:.*)", pattern)
    return re.fullmatch(pattern.replace("…", ".*"), output.rstrip()) is not None
