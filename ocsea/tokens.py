"""Who may write: tokens, each with a name, a role and a secret.

A token is `name:role:secret`; several stand in a row with commas, or one a line in a file, where
`#` begins a comment. Names and secrets hold no colon, so that the format can take more fields.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ocsea.errors import OcseaError

ROLES = ("steward", "curator", "admin")
WRITERS = frozenset({"curator", "admin"})
"""The roles that may change the graph itself."""

SHORTEST = 16
_TOKEN = re.compile(r"(?P<name>[\w.@-]+):(?P<role>\w+):(?P<secret>[\w.~+/=-]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Token:
    """Who is known by a secret, of which only the hash is kept in memory."""

    name: str
    role: str
    digest: bytes

    @property
    def may_write(self) -> bool:
        """Whether its bearer may change the graph itself."""
        return self.role in WRITERS


def read_tokens(setting: str) -> tuple[Token, ...]:
    """The tokens of a setting: the tokens themselves, or the path of a file with one a line.

    Raises OcseaError, which names a token by its place and never tells its secret.
    """
    if not setting:
        return ()
    if ":" in setting:
        return _read(setting.split(","), "OCSEA_TOKENS, token")
    path = Path(setting)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise OcseaError(f"OCSEA_TOKENS: {path} cannot be read: {error.strerror}") from None
    return _read([line.partition("#")[0] for line in lines], f"{path}, line")


def _read(texts: Sequence[str], place: str) -> tuple[Token, ...]:
    tokens = [
        _token(text.strip(), f"{place} {number}")
        for number, text in enumerate(texts, 1)
        if text.strip()
    ]
    if len({token.digest for token in tokens}) < len(tokens):
        raise OcseaError(f"{place}s: two tokens have the same secret")
    return tuple(tokens)


def _token(text: str, place: str) -> Token:
    match = _TOKEN.fullmatch(text)
    if not match:
        raise OcseaError(
            f"{place}: write name:role:secret, the secret of A-Z a-z 0-9 . _ ~ + / = -"
        )
    if match["role"] not in ROLES:
        raise OcseaError(f"{place}: the role is one of {', '.join(ROLES)}, not {match['role']}")
    if len(match["secret"]) < SHORTEST:
        raise OcseaError(f"{place}: a secret has at least {SHORTEST} characters")
    return Token(match["name"], match["role"], _digest(match["secret"]))


def bearer(tokens: Sequence[Token], secret: str) -> Token | None:
    """The token with this secret; each is compared, in the same time whatever the secret."""
    given = _digest(secret)
    found = [token for token in tokens if hmac.compare_digest(token.digest, given)]
    return found[0] if found else None


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
