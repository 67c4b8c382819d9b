"""Who asks: threads in a closed loop, one request after another, and a tally of the answers."""

import threading
from collections import Counter
from collections.abc import Iterator
from urllib.parse import quote

import httpx

from bench.load import LoadError, Plan, measure, renumbered
from bench.mix import Ask, Mix
from bench.queries import TABLE

PATIENCE = 60.0
"""Seconds after which an answer is missed."""

LEFT, BROKEN = 0, 1
"""Stand for a status where the client hung up before the end, or the server did."""

BUSY = 503
AT_MOST_BUSY = 0.01
"""The part of requests that may be turned away for now where an answer was due."""

CROWD = 4
SLICE = 2.0
"""Connections and seconds of each turn of the crowd."""


class Tally:
    """What was answered, by what was asked and status; and what should not have been so."""

    def __init__(self) -> None:
        self.answers: Counter[tuple[str, int]] = Counter()
        self.wrong: Counter[str] = Counter()
        self.busy = 0
        self._lock = threading.Lock()

    def answered(self, ask: Ask, response: httpx.Response) -> None:
        """Count an answer that was read whole, and look whether it is right."""
        status = response.status_code
        with self._lock:
            self.answers[ask.name, status] += 1
            if status == BUSY and BUSY not in ask.statuses:
                self.busy += 1
            elif status not in ask.statuses:
                self.wrong[f"{ask.name}: status {status}"] += 1
            elif response.is_success and not ask.right(response):
                self.wrong[f"{ask.name}: the answer is not right"] += 1

    def ended(self, ask: Ask, how: int) -> None:
        """Count an answer that was not whole, by whoever ended it, where that may be."""
        with self._lock:
            self.answers[ask.name, how] += 1

    def failed(self, name: str, error: Exception) -> None:
        """Count what should have been an answer."""
        with self._lock:
            self.wrong[f"{name}: {type(error).__name__} {error}"] += 1

    def crowd(self, answers: int) -> None:
        """Count what the crowd was answered: all were successes."""
        with self._lock:
            self.answers["crowd", 200] += answers

    def faults(self) -> list[str]:
        """All that was wrong, in words."""
        found = [f"{text} ({times} times)" for text, times in self.wrong.items()]
        if self.busy > AT_MOST_BUSY * self.answers.total():
            found.append(f"{self.busy} requests were turned away")
        return found


class Visitor(threading.Thread):
    """Asks one thing after another, each `pause` seconds after the last, until told to stop."""

    def __init__(self, url: str, asks: Iterator[Ask], tally: Tally, pause: float = 0.0) -> None:
        super().__init__(daemon=True)
        self._url, self._asks, self._tally, self._pause = url, asks, tally, pause
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Let it leave after its present request."""
        self._stopped.set()

    def run(self) -> None:
        """Ask until told to stop."""
        with httpx.Client(base_url=self._url, timeout=PATIENCE) as client:
            while not self._stopped.is_set():
                self._visit(client, next(self._asks))
                self._stopped.wait(self._pause)

    def _visit(self, client: httpx.Client, ask: Ask) -> None:
        try:
            self._ask(client, ask)
        except httpx.HTTPError as error:
            if ask.patience and isinstance(error, httpx.ReadTimeout):
                self._tally.ended(ask, LEFT)
            elif ask.may_break and isinstance(error, httpx.RemoteProtocolError):
                self._tally.ended(ask, BROKEN)
            else:
                self._tally.failed(ask.name, error)

    def _ask(self, client: httpx.Client, ask: Ask) -> None:
        with client.stream(
            ask.method,
            ask.target,
            headers=ask.headers,
            content=ask.content,
            timeout=ask.patience or PATIENCE,
        ) as response:
            if ask.patience == 0:
                next(response.iter_raw())
                self._tally.ended(ask, LEFT)
                return
            response.read()
        self._tally.answered(ask, response)


class Crowd(threading.Thread):
    """Full rate, from the load generator: new queries, the same ones again, documents, in turns."""

    def __init__(self, port: int, mix: Mix, tally: Tally) -> None:
        super().__init__(daemon=True)
        self._tally, self._stopped = tally, threading.Event()
        rest = (
            f" HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: {{}}\r\nAccept-Encoding: {{}}\r\n\r\n"
        )
        plain = rest.format(TABLE, "identity")
        encoded = [quote(f"{text}\n# crowd ", safe="") for text in mix.queries()]
        texts = [(f"GET /sparql?query={each}", plain) for each in encoded]
        about = [(f"GET {at}", rest.format(kind, coding)) for at, kind, coding in mix.documents()]
        self._fresh = Plan(port, CROWD, SLICE, texts, first=1)
        self._others = (Plan(port, CROWD, SLICE, texts), Plan(port, CROWD, SLICE, about))

    def stop(self) -> None:
        """Let it leave after its present turn."""
        self._stopped.set()

    def run(self) -> None:
        """Ask until told to stop."""
        while not self._stopped.is_set():
            self._fresh = renumbered(self._fresh, SLICE)
            for plan in (self._fresh, *self._others):
                self._take_turn(plan)

    def _take_turn(self, plan: Plan) -> None:
        try:
            self._tally.crowd(measure(plan).answers)
        except LoadError as error:
            self._tally.failed("crowd", error)
