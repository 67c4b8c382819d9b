"""Whose a request is, by the token that it bears."""

import json
import logging
from collections.abc import Sequence

from starlette.requests import Request

from api.problems import Problem
from ocsea.errors import OcseaError
from ocsea.tokens import Token, bearer

LOG = logging.getLogger("ocsea")
HOW = "Send the token as `Authorization: Bearer …`."


def header_token(request: Request) -> Token:
    """The token in the header; 401 where there is none that counts, 403 where none is known."""
    known = _known(request)
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and (token := bearer(known, secret.strip())):
        return token
    raise unauthorized(
        f"This is no token that counts here. {HOW}" if scheme else HOW, tried=bool(scheme)
    )


def token_of(request: Request, secret: str) -> Token | None:
    """The token with this secret, None where there is none; 403 where none is known."""
    return bearer(_known(request), secret)


def unauthorized(detail: str = HOW, *, tried: bool) -> Problem:
    """A 401, which says where a token was given that it does not count."""
    challenge = 'Bearer realm="OCSEA Graph"' + (', error="invalid_token"' if tried else "")
    return Problem("unauthorized", detail, headers={"www-authenticate": challenge})


def _known(request: Request) -> Sequence[Token]:
    """The tokens that count at this moment."""
    try:
        tokens = request.app.state.settings.tokens.current()
    except OcseaError as error:
        LOG.error("the tokens cannot be read", extra={"reason": str(error)})
        detail = "It cannot be read at the moment who may write; the operator has to look at it."
        raise Problem("unavailable", detail) from None
    if not tokens:
        raise Problem("forbidden", "Nothing can be written here: the server has no tokens.")
    known: Sequence[Token] = tokens
    return known


def bearer_json(token: Token) -> str:
    """Whose a request is, as an argument of a task: the secret and its hash stay where they are."""
    states = None if token.states is None else sorted(token.states)
    return json.dumps({"name": token.name, "role": token.role, "states": states})


def bearer_of(text: str) -> Token:
    """Whose a request is, from what `bearer_json` told."""
    said = json.loads(text)
    states = None if said["states"] is None else frozenset(said["states"])
    return Token(said["name"], said["role"], b"", states=states)
