"""Files that are on disk whole or not at all: written beside, synced, and named in one step."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file and have it on disk; its folder has to be synced as well before it is sure."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Put a file in the place of another, so that whatever happens one of them is there.

    Call it only where nobody else writes to the same path at the same time.
    """
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    write(beside, content, mode)
    beside.replace(path)
    sync(path.parent)


def sync(folder: Path) -> None:
    """Have the names in a folder on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """While in here, nobody else is who asks the same of this folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
