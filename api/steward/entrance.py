"""Whose a request about submissions is: by the header for programs, by a cookie for people.

A person gives the token once, on a page; the browser keeps it until it is closed and sends it from
our own pages alone. No page holds it, and no script can read it.
"""

from urllib.parse import parse_qsl, urlsplit

import orjson
from starlette.requests import Request
from starlette.responses import Response

from api.bearers import header_token, token_of, unauthorized
from api.problems import Problem
from api.sparql.protocol import URLENCODED
from api.steward.uploads import at_the_cost_of
from api.web import body, media_type
from ocsea.tokens import Token

COOKIE, ROOM = "ocsea-token", "/submissions"
PRIVATE = {"cache-control": "no-store", "vary": "Accept, Authorization, Cookie"}
"""On all that is told of submissions."""

LONGEST = 64 * 1024
"""Bytes of a form or of the JSON in its place."""


def sender_of(request: Request) -> Token:
    """The token of a request; 401 where there is none that counts, 403 where none is known.

    403 too for what another site's page would do with the token that the browser keeps.
    """
    with at_the_cost_of(request):
        if "authorization" in request.headers or COOKIE not in request.cookies:
            return header_token(request)
        _refuse_other_sites(request)
        if token := token_of(request, request.cookies[COOKIE]):
            return token
        raise unauthorized("The token that you have given does not count any more.", tried=True)


def is_inside(request: Request) -> bool:
    """Whether the request comes with a token, be it one that counts or not."""
    return "authorization" in request.headers or COOKIE in request.cookies


def let_in(request: Request, secret: str, response: Response) -> None:
    """Have the browser keep a token; 401 where it is none that counts."""
    with at_the_cost_of(request):
        _refuse_other_sites(request)
        if not token_of(request, secret):
            raise unauthorized("This is no token that counts here.", tried=True)
    is_secure = _own(request).startswith("https:")
    response.set_cookie(
        COOKIE, secret, path=ROOM, httponly=True, samesite="strict", secure=is_secure
    )


def let_out(response: Response) -> None:
    """Have the browser forget the token."""
    response.delete_cookie(COOKIE, path=ROOM, httponly=True, samesite="strict")


def _refuse_other_sites(request: Request) -> None:
    """A `Problem` where a page that is none of ours sends a form; browsers say whose page it is."""
    if request.method in ("GET", "HEAD"):
        return
    site, origin = (request.headers.get(name) for name in ("sec-fetch-site", "origin"))
    is_ours = site == "same-origin" if site else origin == _origin(_own(request))
    if not is_ours:
        raise Problem("forbidden", "Send this form from the page of this server, or a header.")


def _own(request: Request) -> str:
    return request.app.state.settings.base or str(request.base_url)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


async def fields(request: Request) -> dict[str, str]:
    """The fields of a form, sent as such or as a JSON object of texts; none of an empty body."""
    content, (essence, _) = await body(request, LONGEST), media_type(request)
    if not content:
        return {}
    try:
        if essence == URLENCODED:
            return dict(parse_qsl(content.decode(), keep_blank_values=True, max_num_fields=20))
        if essence == "application/json":
            return _texts(orjson.loads(content))
    except ValueError:
        raise Problem("request-malformed", "The form cannot be read.") from None
    raise Problem("unsupported-media-type", f"Send the form as {URLENCODED} or application/json.")


def _texts(said: object) -> dict[str, str]:
    if not isinstance(said, dict) or not all(isinstance(text, str) for text in said.values()):
        raise Problem("request-malformed", "Send a JSON object of texts.")
    return said
