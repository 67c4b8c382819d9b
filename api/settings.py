"""What an operator can set, from `OCSEA_*` environment variables."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar

from ocsea.errors import OcseaError
from ocsea.steward.submissions.ledger import Limits
from ocsea.token_file import Tokens

T = TypeVar("T")
LOG_STYLES = ("events", "requests", "text")
CLIENT_SECONDS, CLIENT_ERRORS = 60.0, 30.0
"""What one client may take a minute where strangers reach the server."""


class SettingError(OcseaError):
    """A variable whose value cannot be read; names the variable and the value."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The server's settings; see `from_environment` for the variable behind each."""

    var: Path = Path("var")
    base: str | None = None
    query_timeout: float = 30.0
    query_memory: int = 1024
    workers: int = len(os.sched_getaffinity(0))
    queue: int = 64
    cache: int = 64
    memory: int = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**21
    query_output: int = 1024
    services: tuple[str, ...] = ()
    public: bool = False
    client_seconds: float = 0.0
    client_errors: float = 0.0
    shared_age: int = 60
    log: str = LOG_STYLES[0]
    tokens: Tokens = field(default_factory=partial(Tokens, ""))
    submissions: Limits = field(default_factory=Limits)

    @property
    def cache_control(self) -> str:
        """Of data: a browser asks each time; a cache that many share absorbs a crowd."""
        return f"public, max-age=0, must-revalidate, s-maxage={self.shared_age}"


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings.

    `OCSEA_VAR` state folder; `OCSEA_BASE` the address the public reaches this server at (unset: the
    request's own host); `OCSEA_QUERY_TIMEOUT` seconds; `OCSEA_QUERY_MEMORY` megabytes a query may
    use above the shared store; `OCSEA_WORKERS` processes; `OCSEA_QUEUE` queries that may wait;
    `OCSEA_CACHE` megabytes of answers that are kept; `OCSEA_MEMORY` megabytes a graph may take to
    be held in memory (unset: half of what there is); `OCSEA_QUERY_OUTPUT` megabytes of an answer;
    `OCSEA_SERVICES` hosts that `SERVICE` may ask, comma-separated.
    `OCSEA_PUBLIC` whether strangers reach the server; `OCSEA_CLIENT_SECONDS` and
    `OCSEA_CLIENT_ERRORS` what one client may take a minute, 0 for no limit; `OCSEA_SHARED_AGE`
    seconds that a shared cache may answer for us; `OCSEA_LOG` events, requests or text;
    `OCSEA_TOKENS` who may write; `OCSEA_SUBMISSIONS` how many submissions may wait for a decision,
    `OCSEA_SUBMISSIONS_EACH` how many of one token, `OCSEA_SUBMISSIONS_SIZE` megabytes that all
    may take on disk.
    """
    standard = Settings()

    def read(name: str, convert: Callable[[str], T], otherwise: T) -> T:
        text = environment.get(name, "")
        try:
            return convert(text) if text else otherwise
        except ValueError:
            needed = NEEDED[convert]
            raise SettingError(f"{name}={text!r}: {needed} is needed") from None

    public = read("OCSEA_PUBLIC", _yes_or_no, standard.public)
    return Settings(
        var=Path(environment.get("OCSEA_VAR") or standard.var),
        base=environment.get("OCSEA_BASE") or standard.base,
        query_timeout=read("OCSEA_QUERY_TIMEOUT", _positive_float, standard.query_timeout),
        query_memory=read("OCSEA_QUERY_MEMORY", _positive_int, standard.query_memory),
        workers=read("OCSEA_WORKERS", _positive_int, standard.workers),
        queue=read("OCSEA_QUEUE", _positive_int, standard.queue),
        cache=read("OCSEA_CACHE", _positive_int, standard.cache),
        memory=read("OCSEA_MEMORY", _positive_int, standard.memory),
        query_output=read("OCSEA_QUERY_OUTPUT", _positive_int, standard.query_output),
        services=read("OCSEA_SERVICES", _names, standard.services),
        public=public,
        client_seconds=read("OCSEA_CLIENT_SECONDS", _limit, CLIENT_SECONDS if public else 0.0),
        client_errors=read("OCSEA_CLIENT_ERRORS", _limit, CLIENT_ERRORS if public else 0.0),
        shared_age=read("OCSEA_SHARED_AGE", _whole, standard.shared_age),
        log=read("OCSEA_LOG", _log_style, standard.log),
        tokens=Tokens(environment.get("OCSEA_TOKENS", "")),
        submissions=Limits(
            each=read("OCSEA_SUBMISSIONS_EACH", _positive_int, standard.submissions.each),
            open=read("OCSEA_SUBMISSIONS", _positive_int, standard.submissions.open),
            megabytes=read("OCSEA_SUBMISSIONS_SIZE", _positive_int, standard.submissions.megabytes),
        ),
    )


def is_public(host: str) -> bool:
    """Whether others than this machine reach a server that listens on this address."""
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


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


def _whole(text: str) -> int:
    value = int(text)
    if value < 0:
        raise ValueError(text)
    return value


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _limit(text: str) -> float:
    return 0.0 if text in ("0", "off") else _positive_float(text)


def _yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError(text)
    return text == "yes"


def _log_style(text: str) -> str:
    if text not in LOG_STYLES:
        raise ValueError(text)
    return text


NEEDED: dict[Callable[[str], object], str] = {
    _positive_float: "a positive number",
    _positive_int: "a positive whole number",
    _whole: "a whole number from 0",
    _names: "names with commas between them",
    _limit: "a positive number or `off`",
    _yes_or_no: "yes or no",
    _log_style: "one of " + ", ".join(LOG_STYLES),
}
"""What each of them reads."""
