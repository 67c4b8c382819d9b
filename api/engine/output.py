"""The answer as a worker sends it."""

import io
import socket
from typing import Any

from api.engine import frames
from api.engine.errors import QueryRefused


class Output(io.BytesIO):
    """Sends an answer: in one frame where it is short, in pieces that wait for the reader if not.

    `kind` is to be set before anything is written. `hold` is below how many bytes it is short.
    """

    def __init__(self, channel: socket.socket, limit: int) -> None:
        super().__init__()
        self.kind = b""
        self.hold = frames.HOLD
        self._channel = channel
        self._left = limit
        self._begun = False
        self._data = bytearray()

    def write(self, data: Any, /) -> int:
        """Take the next piece."""
        self._left -= len(data)
        if self._left < 0:
            raise QueryRefused("output", "")
        self._data += data
        if len(self._data) >= (frames.PIECE if self._begun else self.hold):
            self._send(b"" if self._begun else frames.pack(frames.HEAD, self.kind))
        return len(data)

    def finish(self, mark: bytes) -> None:
        """Send what is left, and that it is all."""
        if self._begun:
            self._send(b"", frames.pack(frames.END, mark))
        else:
            payload = mark + self.kind + b"\n" + self._data
            self._channel.sendall(frames.pack(frames.WHOLE, payload))

    def fail(self, report: dict[str, Any]) -> None:
        """Send that it has failed instead."""
        self._channel.sendall(frames.pack_json(frames.FAIL, report))

    def _send(self, before: bytes, after: bytes = b"") -> None:
        self._begun = True
        self._channel.sendall(before + frames.pack(frames.DATA, self._data) + after)
        self._data.clear()
