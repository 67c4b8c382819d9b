"""What is said of a column beside its heading, wherever there is room for it."""

from collections.abc import Sequence

from ocsea.steward.sheets.topics import Choice, Column

_FEW = 16
"""A longer list of codes is for a drop-down."""


def explained(column: Column, choices: Sequence[Choice]) -> str:
    """What belongs into a column: its note, whether it must be filled in, and codes if few."""
    parts = [column.note, "Required." if column.required else ""]
    if 0 < len(choices) <= _FEW:
        parts.append("Codes: " + "; ".join(_named(*choice) for choice in choices) + ".")
    return " ".join(part for part in parts if part)


def _named(code: str, label: str) -> str:
    return code if label in ("", code) else f"{code} ({label})"
