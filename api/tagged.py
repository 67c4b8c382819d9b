"""Responses whose entity tag follows from what they say: not of one release alone."""

import hashlib

from starlette.requests import Request
from starlette.responses import Response

from api.negotiation import Offer
from api.web import data_headers, unchanged


def tagged(request: Request, offer: Offer, body: bytes) -> Response:
    """The body in the format that was chosen; 304 where the client holds it already."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}-{offer.name}"'
    headers = {"etag": tag, "content-type": offer.content_type, **data_headers(request)}
    return unchanged(request, tag) or Response(body, headers=headers)
