"""Sending files to a server's `/submissions`, with nothing but the standard library."""

import json
import secrets
from collections.abc import Iterable
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from ocsea.errors import OcseaError
from ocsea.steward.files.reading import File

SECONDS = 180.0
"""How long an answer may take."""

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class _NoRedirects(HTTPRedirectHandler):
    """A token goes to the address that was named, and to no other."""

    def redirect_request(self, *_: Any) -> None:
        return None


def send(address: str, token: str, files: Iterable[File], message: str) -> dict[str, Any]:
    """What the server says of the submission that it has kept.

    Raises OcseaError where it keeps none, and where a token would travel in the clear.
    """
    _refuse_clear_text(address)
    boundary = secrets.token_hex(16)
    request = Request(
        f"{address.rstrip('/')}/submissions",
        data=_form(boundary, files, message),
        headers={
            "Authorization": f"Bearer {token}",
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Accept": "application/json",
        },
    )
    try:
        with build_opener(_NoRedirects).open(request, timeout=SECONDS) as answer:
            told: dict[str, Any] = json.load(answer)
            return told
    except HTTPError as error:
        raise OcseaError(f"{address}: {_reason(error)}") from None
    except (URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise OcseaError(f"{address} does not answer: {reason}") from None
    except ValueError:
        raise OcseaError(f"{address} is no server of this kind: see the address") from None


def _refuse_clear_text(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise OcseaError(f"{address}: name a server as https://…")
    if parts.scheme == "http" and parts.hostname not in _LOCAL:
        raise OcseaError(f"{address}: others could read your token on its way; use https")


def _form(boundary: str, files: Iterable[File], message: str) -> bytes:
    parts = [_part('name="message"', message.encode())]
    parts += [_part(f'name="file"; filename="{_plain(name)}"', content) for name, content in files]
    lines = [f"--{boundary}\r\n".encode() + part for part in parts]
    return b"".join([*lines, f"--{boundary}--\r\n".encode()])


def _part(said: str, content: bytes) -> bytes:
    head = f"Content-Disposition: form-data; {said}\r\n\r\n"
    return head.encode(errors="replace") + content + b"\r\n"


def _plain(name: str) -> str:
    """A file's name as browsers write it in a form."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _reason(error: HTTPError) -> str:
    """What a problem document says, or else the status."""
    try:
        told = json.loads(error.read())
        return str(told["detail"])
    except (ValueError, KeyError, TypeError, OSError):
        return f"it answers with status {error.code}"
