"""Who may write: tokens, each with a name, a role and a secret, for all states or some.

A token is written as `name:role:secret`. Several stand in a row with commas, or one a line in a
file, where `#` begins a comment. Names and secrets hold no colon. In a file a token may stand as
`ocsea token` keeps it as well: a JSON object with the hash of its secret (`ocsea.token_file`).
"""

import hashlib
import hmac
import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocsea.errors import OcseaError

ROLES = ("steward", "curator", "admin")
WRITERS = frozenset({"curator", "admin"})
"""The roles that may decide on submissions, and change the graph itself."""

SHORTEST = 16
NAME = re.compile(r"[\w.@-]+", re.ASCII)
_TOKEN = re.compile(rf"(?P<name>{NAME.pattern}):(?P<role>\w+):(?P<secret>[\w.~+/=-]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Token:
    """Who is known by a secret, of which only the hash is kept.

    `states` are the ISO 3166 alpha-3 codes of those it is for, None where it is for all. `created`
    and `revoked` say when (UTC), each empty where it is not known or did not happen.
    """

    name: str
    role: str
    digest: bytes = field(repr=False)
    salt: bytes = field(default=b"", repr=False)
    states: frozenset[str] | None = None
    created: str = ""
    revoked: str = ""

    @property
    def may_decide(self) -> bool:
        """Whether its bearer may see, publish, reject and withdraw what others sent."""
        return self.role in WRITERS

    @property
    def may_write(self) -> bool:
        """Whether its bearer may change the graph itself; who is for some states may not, since
        nothing holds such a change to them."""
        return self.role in WRITERS and self.states is None

    def covers(self, states: Collection[str]) -> bool:
        """Whether it is for all of these states."""
        return self.states is None or self.states.issuperset(states)


def read_tokens(setting: str) -> tuple[Token, ...]:
    """The tokens of a setting: the tokens themselves, or the path of a file with one a line.

    Those that were revoked are left out. Raises OcseaError, which names a token by its place and
    never tells its secret.
    """
    if not setting:
        return ()
    if ":" in setting:
        tokens = _read(setting.split(","), "OCSEA_TOKENS, token")
    else:
        tokens = read_file(Path(setting))
    return tuple(token for token in tokens if not token.revoked)


def read_file(path: Path) -> list[Token]:
    """All tokens of a file, the revoked ones too. Raises OcseaError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise OcseaError(f"OCSEA_TOKENS: {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise OcseaError(f"OCSEA_TOKENS: {path} is not text in UTF-8") from None
    return _read([without_comment(line) for line in lines], f"{path}, line")


def _read(texts: Sequence[str], place: str) -> list[Token]:
    read = [read_token(text, f"{place} {number}") for number, text in enumerate(texts, 1)]
    tokens = [token for token in read if token]
    if len({token.digest for token in tokens}) < len(tokens):
        raise OcseaError(f"{place}s: two tokens have the same secret")
    return tokens


def without_comment(line: str) -> str:
    """A line of a file up to the `#`, which neither a name nor a secret nor a hash has."""
    return line.partition("#")[0]


def read_token(text: str, place: str) -> Token | None:
    """The token that is written so, None of blank text. Raises OcseaError, naming `place`."""
    text = text.strip()
    if not text:
        return None
    if text.startswith("{"):
        return _kept(text, place)
    match = _TOKEN.fullmatch(text)
    if not match:
        raise OcseaError(
            f"{place}: write name:role:secret, the secret of A-Z a-z 0-9 . _ ~ + / = -"
        )
    _check_role(match["role"], place)
    if len(match["secret"]) < SHORTEST:
        raise OcseaError(f"{place}: a secret has at least {SHORTEST} characters")
    return Token(match["name"], match["role"], digest_of(match["secret"]))


def _kept(text: str, place: str) -> Token:
    try:
        said: dict[str, Any] = json.loads(text)
        states = said["states"]
        token = Token(
            str(said["name"]),
            str(said["role"]),
            bytes.fromhex(said["sha256"]),
            bytes.fromhex(said["salt"]),
            None if states is None else frozenset(map(str, states)),
            str(said["created"]),
            str(said["revoked"]),
        )
    except (ValueError, KeyError, TypeError):
        raise OcseaError(f"{place}: not a token as `ocsea token` writes it") from None
    _check_role(token.role, place)
    return token


def _check_role(role: str, place: str) -> None:
    if role not in ROLES:
        raise OcseaError(f"{place}: the role is one of {', '.join(ROLES)}, not {role}")


def bearer(tokens: Sequence[Token], secret: str) -> Token | None:
    """The token with this secret; each is compared, in the same time whatever the secret."""
    found = [t for t in tokens if hmac.compare_digest(t.digest, digest_of(secret, t.salt))]
    return found[0] if found else None


def digest_of(secret: str, salt: bytes = b"") -> bytes:
    """The hash that a secret is known by.

    A fast one is enough: what slow hashes make dear is guessing passwords that people choose, and
    nobody guesses 32 random bytes. The salt keeps hashes from being compared between files.
    """
    return hashlib.sha256(salt + secret.encode()).digest()
