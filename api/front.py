"""The server's side of a connection: what is asked most is answered past the framework.

Run by uvicorn as its protocol. An identical request gets the reply that is kept for it, at the cost
of neither parsing nor a task. Another query, or the address of another thing, goes straight to the
engine where its headers are known; if the answer is anything but whole and plain, uvicorn goes on
with what has come of it. Everything else goes uvicorn's way. `docs/benchmarks.md` shows what that
is worth.
"""

import re
import time
from functools import partial
from typing import cast

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.begun import Begun, begin
from api.engine import Job
from api.forms import Form, Reply, reply
from api.metrics import METRICS
from api.replies import BEGUN, RAW, REPLIES

END = b"\r\n\r\n"
LONGEST = 8 * 1024
LEAVING = re.compile(rb"^connection:.*(?:close|upgrade)", re.IGNORECASE | re.MULTILINE)


class Front(HttpToolsProtocol):
    """A connection; see uvicorn's protocol for what it does with a request that is new."""

    _raw: bytes | None = None
    _begun: Begun | None = None
    _between = True
    _held = b""

    def data_received(self, data: bytes) -> None:
        """Answer at once, ask the engine, or hand over."""
        if self._begun:
            self._held += data
            self.transport.pause_reading()
            return
        if not self._is_idle():
            self._raw = None
        elif reply := REPLIES.get(data):
            self._send(reply)
            METRICS.served_from_cache(len(reply[1]))
            return
        elif (asked := REPLIES.asked(data)) and self._ask(*asked, data):
            return
        else:
            self._raw = data if _is_one_request(data) else None
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Want no answer any more."""
        if self._begun:
            self._begun.leave()
            self._begun = None
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Begin a request; its bytes go with it where they came in one piece."""
        self._between = False
        super().on_message_begin()
        if self._raw:
            cast(Scope, self.scope)[RAW] = self._raw
        if self._begun:
            cast(Scope, self.scope)[BEGUN] = self._begun
            self._begun = None

    def on_message_complete(self) -> None:
        """End a request."""
        self._between = True
        super().on_message_complete()

    def _is_idle(self) -> bool:
        """Whether nothing is being read or answered."""
        answered = self.cycle is None or self.cycle.response_complete
        return self._between and answered and not self.pipeline

    def _ask(self, form: Form, job: Job, data: bytes) -> bool:
        """Have a job done, or answer at once; False where it goes the framework's way."""
        come = partial(self._come, form, job, data, time.perf_counter())
        found = begin(REPLIES.state, job, self.client[0] if self.client else "", come)
        if isinstance(found, Begun):
            self._unset_keepalive_if_required()
            self._begun = found
        elif found and (made := reply(form, job, found)):
            REPLIES.put(data, made)
            self._send(made)
            METRICS.served_from_cache(len(found.first))
        else:
            return False
        return True

    def _come(self, form: Form, job: Job, data: bytes, started: float) -> None:
        """Pass the answer on, or hand over what has come of the job."""
        assert self._begun
        answer = self._begun.whole()
        self._begun = None if answer else self._begun
        if answer and (made := reply(form, job, answer)):
            self._send(made)
            if not job.steady:  # so that the engine has not kept it
                REPLIES.put(data, made)
            seconds = time.perf_counter() - started
            METRICS.answered(form.room, 200, seconds, len(answer.first), whole=True)
        else:
            self._hand_over(data)
        if held := self._held:
            self._held = b""
            self.transport.resume_reading()
            self.data_received(held)

    def _hand_over(self, data: bytes) -> None:
        if self._begun and self._begun.job.task:
            self._begun.leave()
            self._begun = None
        self._raw = data
        super().data_received(data)

    def _send(self, reply: Reply) -> None:
        status, rest = reply
        own = (name + b": " + value + b"\r\n" for name, value in self.server_state.default_headers)
        self.transport.write(b"".join((status, *own, rest)))
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
