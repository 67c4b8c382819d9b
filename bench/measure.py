"""Measuring servers side by side: first that they answer alike, then how fast."""

import statistics
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

import httpx

from bench.load import LoadError, Measured, NoAnswer, Plan, measure, renumbered
from bench.peers import OURS, Peer
from bench.processes import settle
from bench.queries import Kind, rows

SET = 10
"""How many different queries are repeated."""

LONG = 20
"""Seconds for a server that does not answer a single request within the usual time."""

CHECKED = 5
"""How many queries of each kind must have the same number of rows everywhere."""

_numbers = count(1, 10_000_000)


@dataclass(frozen=True, order=True)
class Case:
    """One cell of the tables: a kind of query, repeated or not, on so many connections."""

    kind: str
    repeated: bool
    connections: int


@dataclass
class Results:
    """What was measured of each server, and why some of it was not."""

    measured: dict[tuple[str, Case], list[Measured]] = field(default_factory=dict)
    omitted: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, peer: str, case: Case, measured: Measured) -> None:
        """Keep one measurement."""
        self.measured.setdefault((peer, case), []).append(measured)

    def of(self, peer: str, case: Case) -> Measured | None:
        """The means of all rounds, the worst 99th percentile; None where there is none."""
        rounds = self.measured.get((peer, case))
        if not rounds:
            return None
        return Measured(
            rate=statistics.mean(m.rate for m in rounds),
            median=statistics.mean(m.median for m in rounds),
            worst=max(m.worst for m in rounds),
            answers=sum(m.answers for m in rounds),
            megabytes=statistics.mean(m.megabytes for m in rounds),
        )

    def ratio(self, peer: str, case: Case) -> float | None:
        """How many times as fast as a peer we are."""
        mine, other = self.of(OURS, case), self.of(peer, case)
        return mine.rate / other.rate if mine and other else None


def check(peers: list[Peer], kinds: list[Kind], results: Results) -> None:
    """Leave out each server that answers a kind with other rows than we do, and say so."""
    ours = next(peer for peer in peers if peer.name == OURS)
    for kind in kinds:
        for text in kind.texts[:CHECKED]:
            expected = _rows(ours, kind, text)
            for peer in peers:
                found = _rows(peer, kind, text)
                if found != expected:
                    reason = f"{found} for one query where we have {expected}"
                    results.omitted.setdefault((peer.name, kind.name), reason)


def _rows(peer: Peer, kind: Kind, text: str) -> str:
    try:
        answer = peer.fetch(peer.target(text), kind.accept)
        return f"{rows(answer.content, kind.accept)} rows"
    except httpx.HTTPError as error:
        return f"no answer ({error})"
    except (ValueError, SyntaxError):
        return f"no {kind.accept}"


@dataclass(frozen=True)
class Sweep:
    """How much is measured: connections with the rounds of each, and seconds a measurement."""

    rounds: dict[int, int]
    seconds: float
    warm_up: float

    def slices(self) -> int:
        """Into how many parts documents that are asked for only once must be cut."""
        return sum(self.rounds.values())


def sweep(peers: list[Peer], kinds: list[Kind], how: Sweep, results: Results) -> Iterator[str]:
    """Measure every server in turn in each case, so that drift hits all; tells of each case."""
    for kind in kinds:
        part = 0
        for connections, rounds in how.rounds.items():
            for _ in range(rounds):
                for repeated in (True, False):
                    case = Case(kind.name, repeated, connections)
                    for peer in peers:
                        yield _one(peer, kind, case, how, part, results)
                part += 1


def _one(peer: Peer, kind: Kind, case: Case, how: Sweep, part: int, results: Results) -> str:
    if (peer.name, kind.name) in results.omitted:
        return ""
    try:
        plan = _plan(peer, kind, case, how, part)
        measured = _measure(plan, how, peer)
    except LoadError as error:
        results.omitted[peer.name, f"{kind.name}, {case.connections} connections"] = str(error)
        return f"{case} {peer.name}: {error}"
    results.add(peer.name, case, measured)
    return f"{case} {peer.name}: {measured.rate:.0f}/s"


def _measure(plan: Plan, how: Sweep, peer: Peer) -> Measured:
    """After a warm-up; longer where a server needs longer for its first answer."""
    try:
        if not plan.once:
            with suppress(NoAnswer):
                measure(plan)
            settle(peer.pid)
        return measure(renumbered(plan, how.seconds))
    except NoAnswer:
        settle(peer.pid)
        return measure(renumbered(renumbered(plan, how.seconds), LONG))
    finally:
        # Some servers go on with what nobody waits for, at the cost of who is measured next.
        settle(peer.pid)


def _plan(peer: Peer, kind: Kind, case: Case, how: Sweep, part: int) -> Plan:
    own = peer.name == OURS and bool(kind.documents)
    number = None if case.repeated or own else next(_numbers)
    if own:
        targets = kind.documents[:SET]
        if not case.repeated:
            targets = _part_of(kind, part, how.slices())
    else:
        targets = [peer.target(f"{text}\n#") for text in kind.texts]
        targets = _spread(targets) if case.repeated else targets
    whole = [_parts(peer.request(target, kind.accept), target) for target in targets]
    once = own and not case.repeated
    return Plan(peer.port, case.connections, how.warm_up, whole, number, once)


def _spread(targets: list[str]) -> list[str]:
    return targets[:: max(1, len(targets) // SET)][:SET]


def _part_of(kind: Kind, part: int, parts: int) -> list[str]:
    """Documents that no other measurement asks for in this format."""
    return kind.documents[SET:][part::parts]


def _parts(request: str, target: str) -> tuple[str, str]:
    """A request before and after the place of the number that makes a query unique."""
    head = f"GET {target}"
    return head, request.removeprefix(head)
