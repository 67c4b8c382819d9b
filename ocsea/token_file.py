"""The file of tokens that `ocsea token` keeps: hashed, revocable, read anew when it changes."""

import json
import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pycountry

from ocsea import durable
from ocsea.errors import OcseaError
from ocsea.tokens import (
    NAME,
    ROLES,
    Token,
    digest_of,
    read_file,
    read_token,
    read_tokens,
    without_comment,
)

_STATES = frozenset(country.alpha_3 for country in pycountry.countries) | {"XKX"}
"""The codes of ISO 3166, and the one that the model uses for Kosovo, which has none there."""


def add(path: Path, name: str, role: str, states: Collection[str] = ()) -> str:
    """Write a new token into the file, which is made where there is none; returns its secret.

    The secret is in no file: whoever is to have it is told now. Without states it is for all.
    Raises OcseaError where the name is taken or something cannot be.
    """
    _check(name, role, states)
    path.parent.mkdir(parents=True, exist_ok=True)
    secret, salt = secrets.token_urlsafe(32), secrets.token_bytes(16)
    token = Token(
        name,
        role,
        digest_of(secret, salt),
        salt,
        frozenset(states) or None,
        created=_now(),
    )
    with durable.alone_in(path.parent):
        known = read_file(path) if path.exists() else []
        if any(other.name == name and not other.revoked for other in known):
            raise OcseaError(f"{path}: {name} has a token already; revoke it first")
        _write(path, [*_lines(path), _line(token)])
    return secret


def revoke(path: Path, name: str) -> None:
    """Take the tokens of this name out of use, for good; a server that runs follows at once.

    Raises OcseaError where there is none.
    """
    with durable.alone_in(path.parent):
        if not any(token.name == name and not token.revoked for token in read_file(path)):
            raise OcseaError(f"{path}: there is no token {name} in use; `ocsea token list`")
        _write(path, [_revoked(line, name, str(path)) for line in _lines(path)])


def _revoked(line: str, name: str, place: str) -> str:
    """The line of a token with this name, revoked and its secret hashed; any other as it is."""
    token = read_token(without_comment(line), place)
    if token is None or token.name != name or token.revoked:
        return line
    return _line(replace(token, revoked=_now()))


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def _line(token: Token) -> str:
    said = {
        "name": token.name,
        "role": token.role,
        "states": sorted(token.states) if token.states else None,
        "salt": token.salt.hex(),
        "sha256": token.digest.hex(),
        "created": token.created,
        "revoked": token.revoked,
    }
    return json.dumps(said)


def _write(path: Path, lines: list[str]) -> None:
    durable.replace(path, "".join(f"{line}\n" for line in lines).encode(), mode=0o600)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _check(name: str, role: str, states: Collection[str]) -> None:
    if not NAME.fullmatch(name):
        raise OcseaError(f"{name!r}: a name has letters, digits and . _ @ - and nothing else")
    if role not in ROLES:
        raise OcseaError(f"{role!r}: the role is one of {', '.join(ROLES)}")
    if role == "admin" and states:
        raise OcseaError("an admin's token is for all states: leave the states out")
    for code in states:
        if code not in _STATES:
            raise OcseaError(f"{code!r} is no ISO 3166 alpha-3 code, such as NOR")


class Tokens:
    """The tokens of a setting as they are at this moment."""

    def __init__(self, setting: str) -> None:
        """Raises OcseaError where they cannot be read."""
        self._path = Path(setting) if setting and ":" not in setting else None
        self._setting = setting
        self._seen: tuple[int, ...] | None = None
        self._tokens = read_tokens(setting)

    @property
    def are_set(self) -> bool:
        """Whether the setting names any, or a file that may come to hold some."""
        return bool(self._setting)

    def current(self) -> tuple[Token, ...]:
        """Those that count now; the file is looked at each time, and read where it is another.

        Raises OcseaError where it cannot be read: then nobody may write, since who was revoked
        is not known.
        """
        if self._path is None:
            return self._tokens
        seen = _state(self._path)
        if seen is None or seen != self._seen:
            self._tokens = read_tokens(self._setting)
            self._seen = seen
        return self._tokens


def _state(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
