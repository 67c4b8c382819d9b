"""The server's side of a connection: what is asked most is answered past the framework.

Run by uvicorn as its protocol. An identical request gets the reply that is kept for it, at the cost
of neither parsing nor a task. A new query, asked with headers that are known, goes straight to the
engine; where its answer is anything but whole and plain, uvicorn goes on with what has come of it.
Everything else goes uvicorn's way. `docs/benchmarks.md` shows what that is worth.
"""

import asyncio
import re
import time
from typing import cast
from urllib.parse import unquote_plus

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.begun import Begun, begin
from api.engine import Job
from api.metrics import METRICS
from api.replies import BEGUN, PLAIN, RAW, REPLIES, Form, Reply

END = b"\r\n\r\n"
LONGEST = 8 * 1024
LEAVING = re.compile(rb"^connection:.*(?:close|upgrade)", re.IGNORECASE | re.MULTILINE)


class Front(HttpToolsProtocol):
    """A connection; see uvicorn's protocol for what it does with a request that is new."""

    _raw: bytes | None = None
    _begun: Begun | None = None
    _between = True
    _asking: asyncio.Task[None] | None = None
    _held = b""

    def data_received(self, data: bytes) -> None:
        """Answer at once, ask the engine, or hand over."""
        if self._asking:
            self._held += data
            self.transport.pause_reading()
            return
        if not self._is_idle():
            self._raw = None
        elif reply := REPLIES.get(data):
            self._send(reply)
            METRICS.served_from_cache(len(reply[1]))
            return
        elif asked := _known_query(data):
            self._unset_keepalive_if_required()
            self._asking = self.loop.create_task(self._ask(*asked, data))
            return
        else:
            self._raw = data if _is_one_request(data) else None
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Want no answer any more."""
        if self._asking:
            self._asking.cancel()
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

    async def _ask(self, form: Form, query: str, data: bytes) -> None:
        """Answer a query, or hand over what has come of it."""
        started = time.perf_counter()
        job = Job(query, form.solutions, form.graph)
        begun = await begin(REPLIES.state, job, self.client[0] if self.client else "")
        answer = begun and begun.answer
        self._asking = None
        if begun and answer and answer.whole and answer.kind != "graph" and job.steady:
            await begun.__aexit__()
            reply = form.reply(answer.first)
            REPLIES.put(data, reply)
            self._send(reply)
            seconds = time.perf_counter() - started
            METRICS.answered("sparql", 200, seconds, len(answer.first), whole=True)
        else:
            self._begun, self._raw = begun, data
            super().data_received(data)
        if held := self._held:
            self._held = b""
            self.transport.resume_reading()
            self.data_received(held)

    def _send(self, reply: Reply) -> None:
        status, rest = reply
        own = (name + b": " + value + b"\r\n" for name, value in self.server_state.default_headers)
        self.transport.write(b"".join((status, *own, rest)))
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )


def _known_query(data: bytes) -> tuple[Form, str] | None:
    """The query of a request that is nothing but that, if queries with its headers are known."""
    line = PLAIN.match(data)
    form = REPLIES.form(data[line.end() :]) if line else None
    if line is None or form is None:
        return None
    try:
        return form, unquote_plus(line[1].decode("ascii"), errors="strict")
    except UnicodeDecodeError:
        return None


def _is_one_request(data: bytes) -> bool:
    """Whether this is a whole GET and no more, on a connection that stays."""
    if not data.startswith(b"GET ") or not data.endswith(END) or len(data) > LONGEST:
        return False
    line, _, headers = data.partition(b"\r\n")
    once = data.index(END) == len(data) - len(END)
    return once and line.endswith(b" HTTP/1.1") and not LEAVING.search(headers)
