"""Whole responses by the very bytes of the request that they answer, and the forms of responses.

An identical request is answered from here without being read (`front.py`), as long as the release
is the same. One for another query or thing, with headers that were seen before, is answered in the
form of that answer. What may be kept is marked by who made the answer, with the release it was made
from.
"""

from cachetools import LRUCache
from starlette.datastructures import State
from starlette.types import Message, Scope

from api.engine import Job
from api.forms import OK, Form, Reply, lines, split

RAW, RELEASE, FORM, BEGUN = "ocsea.raw", "ocsea.release", "ocsea.form", "ocsea.begun"
"""What a request's scope carries: its bytes, the release that its answer is made from, the form of
the answer and its kind, and the query where it was begun before.
"""
BYTES = 32 * 2**20
LONGEST = 512 * 1024
FORMS = 256
STATUS_LINES = {200: OK, 304: b"HTTP/1.1 304 Not Modified\r\n"}
OF_NO_MATTER = (b"host", b"accept", b"user-agent", b"connection", b"accept-language", b"referer")
"""Headers of a request that have no part in the form of its answer, beside the format."""
OF_ITS_OWN = (b"content-length", b"link")
"""Headers of an answer that are not the form's."""


class Replies:
    """Responses of one release, those asked for longest ago dropped first.

    `state` is that of the application which makes them.
    """

    def __init__(self) -> None:
        self.state = State()
        self._release = ""
        self._kept: LRUCache[bytes, Reply] = LRUCache(BYTES, lambda reply: 2048 + len(reply[1]))
        self._forms: LRUCache[tuple[bytes, bytes], Form] = LRUCache(FORMS)
        self.get = self._kept.get

    def switch(self, release: str) -> None:
        """Forget everything; what is remembered from now on is of this release."""
        self._release = release
        self._kept.clear()
        self._forms.clear()

    def asked(self, raw: bytes) -> tuple[Form, Job] | None:
        """What a request asks, if its form is known, and the form."""
        if found := split(raw):
            key, text = found
            form = self._forms.get(key)
            job = form and form.job(text)
            return (form, job) if form and job else None
        return None

    def remember(self, scope: Scope, start: Message, body: bytes) -> None:
        """Keep a response that was sent in one piece, if it may be and is of some use."""
        raw, headers = scope.get(RAW), start["headers"]
        if raw is None or scope.get(RELEASE) != self._release:
            return
        measured = start["status"] == 304 or any(name == b"content-length" for name, _ in headers)
        if measured and start["status"] in STATUS_LINES:
            self.put(raw, (STATUS_LINES[start["status"]], lines(headers) + b"\r\n" + body))
        if FORM in scope and start["status"] == 200 and _is_plain(scope) and (found := split(raw)):
            form, kind = scope[FORM]
            shared = lines([header for header in headers if header[0] not in OF_ITS_OWN])
            self._forms.setdefault(found[0], form).heads[kind] = shared

    def put(self, raw: bytes, reply: Reply) -> None:
        """Keep a reply for this request, unless it is too long."""
        if len(reply[1]) <= LONGEST:
            self._kept[raw] = reply


def _is_plain(scope: Scope) -> bool:
    return all(name in OF_NO_MATTER for name, _ in scope["headers"])


REPLIES = Replies()
"""This process's replies: the protocol has no way to the application that made them."""
