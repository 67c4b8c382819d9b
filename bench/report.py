"""The page docs/benchmarks.md, from what was measured."""

import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bench.measure import Case, Results
from bench.peers import DISK, MEMORY, OURS, RDFLIB, VIRTUOSO, Peer

MAIN = 8
"""The connections at which the targets hold."""


@dataclass(frozen=True)
class Cost:
    """What a server took besides time for answers: seconds and megabytes."""

    peer: Peer
    fresh: float
    used: float


@dataclass(frozen=True)
class Sized:
    """What was measured on a graph of one size; `submission` is seconds of processor time."""

    name: str
    quads: int
    results: Results
    costs: list[Cost]
    kinds: list[str]
    submission: dict[str, float]


@dataclass
class Run:
    """All of a run, today's graph first among the sizes if it was measured."""

    command: str
    machine: str
    tool: str
    settings: str
    loads: tuple[float, float] = (0.0, 0.0)
    build: tuple[float, float] | None = None
    examples: list[tuple[str, float, float]] = field(default_factory=list)
    sizes: list[Sized] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def today(self) -> Sized | None:
        """Today's graph, if it was part of the run."""
        return next((sized for sized in self.sizes if sized.name == "today"), None)


def page(run: Run) -> str:
    """The whole page, in Markdown."""
    return "\n".join(_lines(run)) + "\n"


def _lines(run: Run) -> Iterator[str]:
    yield "# Benchmarks\n"
    yield f"Made by `{run.command}` on {run.machine}.\n"
    yield f"Load comes from {run.tool}, on the same machine. {run.settings}"
    before, after = run.loads
    yield f"Load average of the machine before the run {before:.1f}, after it {after:.1f}.\n"
    if run.today:
        yield from _targets(run)
        yield from _ratios(run.today)
        yield from _latencies(run.today)
    yield from _sizes(run.sizes)
    yield from _costs(run.sizes)
    yield from _submissions(run.sizes)
    yield from _product(run)
    yield from _omitted(run)


def table(head: Iterable[str], body: Iterable[Iterable[str]]) -> Iterator[str]:
    """A Markdown table and the blank line after it."""
    columns = list(head)
    yield f"| {' | '.join(columns)} |"
    yield f"|{' --- |' * len(columns)}"
    for cells in body:
        yield f"| {' | '.join(cells)} |"
    yield ""


def mean(ratios: Iterable[float | None]) -> float | None:
    """The geometric mean of those that were measured."""
    known = [ratio for ratio in ratios if ratio is not None]
    return statistics.geometric_mean(known) if known else None


def _ratios_to(sized: Sized, peer: str, repeated: bool) -> list[float | None]:
    cases = (Case(kind, repeated, MAIN) for kind in sized.kinds)
    return [sized.results.ratio(peer, case) for case in cases]


def _least(ratios: Iterable[float | None]) -> float | None:
    return min((ratio for ratio in ratios if ratio is not None), default=None)


def _targets(run: Run) -> Iterator[str]:
    assert run.today
    repeated, fresh = (_ratios_to(run.today, MEMORY, again) for again in (True, False))
    lines: list[tuple[str, float, float | None]] = [
        ("repeated, each kind, to oxigraph in memory", 1.0, _least(repeated)),
        ("repeated, geometric mean, to oxigraph in memory", 3.0, mean(repeated)),
        ("never repeated, geometric mean, to oxigraph in memory", 0.5, mean(fresh)),
    ]
    for peer, least in ((RDFLIB, 5.0), (VIRTUOSO, 1.0)):
        both = [*_ratios_to(run.today, peer, True), *_ratios_to(run.today, peer, False)]
        lines.append((f"each kind, repeated or not, to {peer}", least, _least(both)))
    yield f"## Targets\n\nToday's graph, {MAIN} connections; our rate divided by the other's.\n"
    body = [
        [what, f"{least}", *_met(found, found is not None and found >= least)]
        for what, least, found in lines
    ]
    if slower := _slower(run):
        body.append(
            [
                "lookup at the largest size, time to that of today's graph",
                "at most 2.0",
                *_met(slower, slower <= 2.0),
            ]
        )
    yield from table(("what", "at least", "measured", "met"), body)


def _met(found: float | None, met: bool) -> list[str]:
    return [_number(found), "–" if found is None else "yes" if met else "**no**"]


def _slower(run: Run) -> float | None:
    """How many times as long a never-repeated lookup takes on the largest graph."""
    times = [
        measured.median
        for sized in (run.today, run.sizes[-1])
        if sized and (measured := sized.results.of(OURS, Case("lookup", False, MAIN)))
    ]
    return times[1] / times[0] if len(times) == 2 and len(run.sizes) > 1 else None


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}" if value < 10 else f"{value:,.0f}"


def _ratios(sized: Sized) -> Iterator[str]:
    peers = [cost.peer.name for cost in sized.costs if cost.peer.name != OURS]
    yield f"## Ratios\n\nOur rate divided by theirs, {MAIN} connections, {sized.quads:,} quads.\n"
    for repeated in (True, False):
        columns = {peer: _ratios_to(sized, peer, repeated) for peer in peers}
        body = [
            [kind, *(_number(columns[peer][row]) for peer in peers)]
            for row, kind in enumerate(sized.kinds)
        ]
        body.append(["geometric mean", *(_number(mean(columns[peer])) for peer in peers)])
        yield from table(("repeated" if repeated else "never repeated", *peers), body)


def _latencies(sized: Sized) -> Iterator[str]:
    peers = [cost.peer.name for cost in sized.costs]
    yield "## Rates and latencies\n"
    yield "Answers a second (median / 99th percentile of the latency in ms).\n"
    numbers = sorted({case.connections for _, case in sized.results.measured})
    for connections in numbers:
        for repeated in (True, False):
            title = "repeated" if repeated else "never repeated"
            head = f"{title}, {connections} connection{'s' if connections > 1 else ''}"
            yield from table((head, *peers), _cells(sized, peers, repeated, connections))


def _cells(sized: Sized, peers: list[str], repeated: bool, connections: int) -> Iterator[list[str]]:
    for kind in sized.kinds:
        case = Case(kind, repeated, connections)
        found = (sized.results.of(peer, case) for peer in peers)
        yield [kind, *(_cell(m.rate, m.median, m.worst) if m else "–" for m in found)]


def _cell(rate: float, median: float, worst: float) -> str:
    shown = f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"
    return f"{shown} ({median:.2f} / {worst:.2f})"


def _sizes(sizes: list[Sized]) -> Iterator[str]:
    yield "## Sizes\n"
    yield f"Today's graph and larger ones of its shape, {MAIN} connections, never repeated.\n"
    for kind in ("lookup", "join and sort", "property path"):
        names = [name for name in (OURS, MEMORY, DISK) if any(_has(s, name) for s in sizes)]
        body = []
        for sized in sizes:
            found = (sized.results.of(name, Case(kind, False, MAIN)) for name in names)
            cells = (_cell(m.rate, m.median, m.worst) if m else "–" for m in found)
            body.append([f"{sized.quads:,}", *cells])
        yield from table((f"{kind}, quads", *names), body)


def _has(sized: Sized, name: str) -> bool:
    return any(cost.peer.name == name for cost in sized.costs)


def _costs(sizes: list[Sized]) -> Iterator[str]:
    yield "## Loading, starting, memory\n"
    yield "Loading is from N-Triples to what the server starts from; for ours it is writing a"
    yield "release, and for today's graph the whole build, with inference, audit and shapes."
    yield "Starting is until the first answer; what holds no file loads each time it starts."
    yield "Memory is that of all processes, shared pages counted once, before and after the load.\n"
    head = ("quads", "server", "loading, s", "starting, s", "MB at first", "MB after")
    body = [
        [
            f"{sized.quads:,}",
            *(cost.peer.name, f"{cost.peer.load:.1f}", f"{cost.peer.start:.1f}"),
            *(f"{cost.fresh:,.0f}", f"{cost.used:,.0f}"),
        ]
        for sized in sizes
        for cost in sized.costs
    ]
    yield from table(head, body)


def _submissions(sizes: list[Sized]) -> Iterator[str]:
    yield "## A submission\n"
    yield "Norway's whole template, sent with a new source and a ratification that it reports: the"
    yield "seconds of processor time of each step, in a process of its own.\n"
    steps = list(dict.fromkeys(step for sized in sizes for step in sized.submission))
    body = [
        [f"{sized.quads:,}", *(f"{sized.submission[step]:.1f}" for step in steps)]
        for sized in sizes
    ]
    yield from table(("quads", *steps), body)


def _product(run: Run) -> Iterator[str]:
    if run.build:
        first, again = run.build
        yield "## The build\n"
        body = [["from scratch", f"{first:.1f}"], ["with nothing changed", f"{again:.1f}"]]
        yield from table(("build", "seconds"), body)
    if run.examples:
        yield "## Example queries\n\nOne connection, each query new to the server.\n"
        body = [[name, f"{median:.1f}", f"{worst:.1f}"] for name, median, worst in run.examples]
        yield from table(("example query", "median, ms", "99th percentile, ms"), body)


def _omitted(run: Run) -> Iterator[str]:
    yield "## Versions, and what was not measured\n"
    versions = {c.peer.name: c.peer.version for sized in run.sizes for c in sized.costs}
    for name, version in versions.items():
        yield f"- {name}: {version}"
    for name, reason in run.missing.items():
        yield f"- {name} was not measured: {reason}."
    for sized in run.sizes:
        for (peer, kind), reason in sized.results.omitted.items():
            yield f"- {peer}, {kind}, {sized.quads:,} quads: {reason}."
