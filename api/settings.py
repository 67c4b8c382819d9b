"""What an operator can set, from `OCSEA_*` environment variables."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ocsea.errors import OcseaError

Number = TypeVar("Number", int, float)


class SettingError(OcseaError):
    """A variable whose value cannot be read; names the variable and the value."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The server's settings; see `from_environment` for the variable behind each."""

    var: Path = Path("var")
    base: str | None = None
    query_timeout: float = 30.0
    query_memory: int = 1024
    workers: int = os.cpu_count() or 1
    queue: int = 64


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings.

    `OCSEA_VAR` state folder; `OCSEA_BASE` the address the public reaches this server at (unset: the
    request's own host); `OCSEA_QUERY_TIMEOUT` seconds; `OCSEA_QUERY_MEMORY` megabytes a query may
    use above the shared store; `OCSEA_WORKERS` processes; `OCSEA_QUEUE` queries that may wait.
    """
    standard = Settings()

    def read(name: str, convert: Callable[[str], Number], otherwise: Number) -> Number:
        text = environment.get(name, "")
        try:
            return convert(text) if text else otherwise
        except ValueError:
            raise SettingError(f"{name}={text!r}: a positive number is needed") from None

    return Settings(
        var=Path(environment.get("OCSEA_VAR") or standard.var),
        base=environment.get("OCSEA_BASE") or standard.base,
        query_timeout=read("OCSEA_QUERY_TIMEOUT", _positive_float, standard.query_timeout),
        query_memory=read("OCSEA_QUERY_MEMORY", _positive_int, standard.query_memory),
        workers=read("OCSEA_WORKERS", _positive_int, standard.workers),
        queue=read("OCSEA_QUEUE", _positive_int, standard.queue),
    )


def _positive_float(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise ValueError(text)
    return value


def _positive_int(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError(text)
    return value
