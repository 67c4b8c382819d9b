"""Errors that a person can act on: each says what is wrong, where, and what to do."""

from pathlib import Path


class OcseaError(Exception):
    """Anything the project refuses to do; the message is written for the person at the keyboard."""


class DataError(OcseaError):
    """A fact in `data/` that cannot be read: names the file, line, column and value.

    The line is the file's own (the header is line 1), as an editor shows it.
    """

    def __init__(self, path: Path, line: int, column: str, value: str, why: str) -> None:
        super().__init__(f"{path}:{line}: column '{column}', value '{value}': {why}")
        self.path, self.line, self.column, self.value, self.why = path, line, column, value, why
