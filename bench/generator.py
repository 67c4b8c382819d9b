"""A load generator of our own, for where wrk is not installed; it takes more of the processor.

Runs in a process of its own, the same for every server: `python -m bench.generator < plan`.
N connections in a closed loop, one request after another on each. Requests are prepared before
the clock starts; of an answer it reads no more than status and length.
"""

import json
import select
import socket
import sys
import time
from array import array
from collections.abc import Iterator
from dataclasses import asdict
from itertools import cycle
from typing import Any

from bench.load import PATIENCE, LoadError, Measured, Plan

END_OF_HEAD, END_OF_CHUNKS = b"\r\n\r\n", b"0\r\n\r\n"
PIECE = 1 << 18


def messages(plan: Plan) -> Iterator[bytes]:
    """The requests in the order of sending."""
    parts = [(before.encode(), after.encode()) for before, after in plan.requests]
    turns: Iterator[tuple[bytes, bytes]] = iter(parts) if plan.once else cycle(parts)
    if plan.first is None:
        whole = [before + after for before, after in parts]
        yield from whole if plan.once else cycle(whole)
        return
    number = plan.first
    for before, after in turns:
        yield b"%s%d%s" % (before, number, after)
        number += 1


class Connection:
    """One keep-alive connection, and how much of the present answer is still to come."""

    __slots__ = ("left", "sent", "socket", "tail")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.left: int | None = None
        self.tail = b""
        self.sent = 0

    def ask(self, message: bytes) -> None:
        """Send the next request."""
        self.left, self.tail = None, b""
        self.sent = time.perf_counter_ns()
        self.socket.sendall(message)

    def has_all(self, piece: bytes) -> bool:
        """Whether the answer is whole with this piece. Raises LoadError where it is no success."""
        if self.left is None:
            self.tail += piece
            end = self.tail.find(END_OF_HEAD)
            if end < 0:
                return False
            self.left = _length(self.tail[:end])
            piece = self.tail[end + 4 :]
            self.tail = b""
        if self.left < 0:
            self.tail = (self.tail + piece)[-len(END_OF_CHUNKS) :]
            return self.tail == END_OF_CHUNKS
        self.left -= len(piece)
        return self.left == 0


def _length(head: bytes) -> int:
    """The length of the body; -1 where it comes in chunks."""
    if head[9:12] != b"200":
        raise LoadError(head.decode("latin-1"))
    head = head.lower()
    found = head.find(b"\r\ncontent-length:")
    if found < 0:
        return -1
    return int(head[found + 17 :].split(b"\r\n", 1)[0])


def run(plan: Plan) -> Measured:
    """Keep every connection busy for the plan's time. Raises LoadError where an answer fails."""
    source = messages(plan)
    poll, connections = select.epoll(), {}
    for _ in range(plan.connections):
        connection = Connection(plan.port)
        connections[connection.socket.fileno()] = connection
        poll.register(connection.socket, select.EPOLLIN)
    begin = time.perf_counter_ns()
    end = begin + int(plan.seconds * 1e9)
    for connection in connections.values():
        connection.ask(next(source))
    return _measured(*_loop(poll, connections, source, begin, end))


def _loop(
    poll: select.epoll,
    connections: dict[int, Connection],
    source: Iterator[bytes],
    begin: int,
    end: int,
) -> tuple["array[int]", int, float]:
    latencies, size, now, busy = array("q"), 0, 0, len(connections)
    # Where not even one answer comes within the time, wait for the first.
    while busy and (now < end or not latencies):
        ready = poll.poll(PATIENCE)
        now = time.perf_counter_ns()
        if not ready:
            raise LoadError(f"no answer within {PATIENCE} s")
        for number, _ in ready:
            connection = connections[number]
            piece = connection.socket.recv(PIECE)
            if not piece:
                raise LoadError("the server closed the connection")
            size += len(piece)
            if not connection.has_all(piece):
                continue
            now = time.perf_counter_ns()
            latencies.append(now - connection.sent)
            message = next(source, None)
            if message is None:
                busy -= 1
            else:
                connection.ask(message)
    return latencies, size, (now - begin) / 1e9


def _measured(latencies: "array[int]", size: int, seconds: float) -> Measured:
    if not latencies:
        raise LoadError("no request was answered within the time")
    ordered = sorted(latencies)
    worst = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    return Measured(
        rate=len(ordered) / seconds,
        median=ordered[len(ordered) // 2] / 1e6,
        worst=worst / 1e6,
        answers=len(ordered),
        megabytes=size / seconds / 1e6,
    )


def main() -> None:
    """Read a plan from standard input, write what was measured to standard output."""
    plan: dict[str, Any] = json.load(sys.stdin)
    json.dump(asdict(run(Plan(**plan))), sys.stdout)


if __name__ == "__main__":
    main()
