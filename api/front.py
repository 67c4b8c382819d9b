"""The server's side of a connection: identical requests get the reply that is kept for them.

Run by uvicorn as its protocol. A kept reply costs neither parsing nor a task; everything else goes
uvicorn's way. `docs/benchmarks.md` shows what that is worth.
"""

import re
from typing import cast

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.metrics import METRICS
from api.replies import RAW, REPLIES, Reply

END = b"\r\n\r\n"
LONGEST = 8 * 1024
LEAVING = re.compile(rb"^connection:.*(?:close|upgrade)", re.IGNORECASE | re.MULTILINE)


class Front(HttpToolsProtocol):
    """A connection; see uvicorn's protocol for what it does with a request that is new."""

    _raw: bytes | None = None
    _between = True

    def data_received(self, data: bytes) -> None:
        """Answer at once, or hand over."""
        if not self._is_idle():
            self._raw = None
        elif reply := REPLIES.get(data):
            self._replay(reply)
            return
        else:
            self._raw = data if _is_one_request(data) else None
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Begin a request; its bytes go with it where they came in one piece."""
        self._between = False
        super().on_message_begin()
        if self._raw:
            cast(Scope, self.scope)[RAW] = self._raw

    def on_message_complete(self) -> None:
        """End a request."""
        self._between = True
        super().on_message_complete()

    def _is_idle(self) -> bool:
        """Whether nothing is being read or answered."""
        answered = self.cycle is None or self.cycle.response_complete
        return self._between and answered and not self.pipeline

    def _replay(self, reply: Reply) -> None:
        status, rest = reply
        own = (name + b": " + value + b"\r\n" for name, value in self.server_state.default_headers)
        self.transport.write(b"".join((status, *own, rest)))
        METRICS.served_from_cache(len(rest))
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )


def _is_one_request(data: bytes) -> bool:
    """Whether this is a whole GET and no more, on a connection that stays."""
    if not data.startswith(b"GET ") or not data.endswith(END) or len(data) > LONGEST:
        return False
    line, _, headers = data.partition(b"\r\n")
    once = data.index(END) == len(data) - len(END)
    return once and line.endswith(b" HTTP/1.1") and not LEAVING.search(headers)
