"""What is done at the desk: each module has some tasks by name, each task a function of the kernel.

A task is given the state folder, its arguments and the files that were sent; what it raises as
`Refused`, or as an error of ours, becomes the problem that the client is told.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Files = list[tuple[str, bytes]]
"""The files that were sent: what each is called, and its content."""


@dataclass(frozen=True)
class Reply:
    """What comes of a task: `about` is what the server needs to know of it, `body` what is sent."""

    body: bytes = b""
    about: Mapping[str, Any] = field(default_factory=dict)


class Refused(Exception):
    """Why a task is not done: the kind of problem, a sentence, and what else there is to tell."""

    def __init__(self, kind: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.more = kind, detail, more


Task = Callable[[Path, Mapping[str, str], Files], Reply]
