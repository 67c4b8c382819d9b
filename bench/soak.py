"""`make soak`: mixed load at full rate for minutes; does anything grow, is any answer wrong?

The first half of the time goes by on one release, so that nothing is hidden by a switch, which
starts the query processes anew; in the second half the graph is written to all the time. Each half
is judged by itself: its first fifth is a warm-up, and what the last one holds above the second is
growth; in a run of less than three minutes, caches that still fill may pass for it. The state
folder grows with each release, by design; that is told and not judged.
"""

import argparse
import secrets
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from bench.growth import Sample, Verdict, answering, disk, judge, sample, sampled
from bench.mix import Mix
from bench.peers import BIN, HOST
from bench.processes import free_port, running, settle, wait_until_it_answers
from bench.visitors import Crowd, Tally, Visitor
from ocsea.release import current
from ocsea.resources import ROOT

SECONDS = 600.0
SETTINGS = {
    "OCSEA_QUERY_TIMEOUT": "2",
    "OCSEA_QUERY_MEMORY": "256",
    # Small, so that it is full by the end of the warm-up.
    "OCSEA_CACHE": "8",
    "OCSEA_PUBLIC": "no",
}
ONE_RELEASE, MANY_RELEASES = "on one release", "while the graph is written to"
WRITE_STEP = 3.5
"""Seconds between requests of the writer, of which two in six make a release."""

PAUSE = 1.0
"""Seconds between queries that take long, or much memory."""

HELD = ("descriptors", "processes")


@dataclass
class Outcome:
    """What a run came to: samples of each half, those at rest before and after, and the tally."""

    tally: Tally
    before: Sample
    after: Sample | None = None
    halves: dict[str, list[Sample]] = field(default_factory=dict)
    statuses: Counter[tuple[str, str]] = field(default_factory=Counter)
    disks: list[float] = field(default_factory=list)
    releases: int = 0
    same_process: bool = False
    tracebacks: list[str] = field(default_factory=list)

    def verdicts(self) -> dict[str, list[Verdict]]:
        """On each half; and whether the server at rest holds no more than before."""
        found = {half: judge(samples) for half, samples in self.halves.items()}
        assert self.after
        found["at rest, before and after"] = [
            Verdict(name, [getattr(self.before, name), getattr(self.after, name)], 0)
            for name in HELD
        ]
        return found

    def faults(self) -> list[str]:
        """All that should not be, in words; empty where the run was good."""
        found = self.tally.faults()
        for (route, status), times in self.statuses.items():
            if status >= "500" and status != "503":
                found.append(f"the server counts {times} answers {status} of /{route}")
        found += [f"the server's log: {error}" for error in self.tracebacks]
        if not self.same_process:
            found.append("the answering process was replaced")
        for half, verdicts in self.verdicts().items():
            found += [f"{each.name} grew {half}" for each in verdicts if each.grew]
        return found


@dataclass(frozen=True)
class Server:
    """A server under load."""

    pid: int
    port: int
    var: Path
    log: Path
    secret: str

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{HOST}:{self.port}"

    def sample(self) -> Sample:
        """Its state when it has nothing to do."""
        settle(self.pid)
        return sample(self.pid, answering(self.pid))

    def statuses(self) -> Counter[tuple[str, str]]:
        """How many answers it counts, by route and status."""
        text = httpx.get(f"{self.url}/metrics", timeout=60).raise_for_status().text
        found: Counter[tuple[str, str]] = Counter()
        for family in text_string_to_metric_families(text):
            if family.name == "ocsea_requests":
                for one in family.samples:
                    found[one.labels["route"], one.labels["status"]] += int(one.value)
        return found

    def tracebacks(self) -> list[str]:
        """The lines of its log that tell of an error which was not foreseen."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [line for line in lines if '"exc_info"' in line]


@contextmanager
def served(var: Path, scratch: Path) -> Iterator[Server]:
    """The server as shipped, over a copy of the current release, which it may write to."""
    copy, port, secret = scratch / "var", free_port(), secrets.token_urlsafe(24)
    release = current(var)
    shutil.copytree(release.path, copy / "releases" / release.version)
    (copy / "current").symlink_to(Path("releases") / release.version)
    command = [str(BIN / "ocsea"), "serve", "--host", HOST, "--port", str(port)]
    settings = SETTINGS | {"OCSEA_VAR": str(copy), "OCSEA_TOKENS": f"soak:curator:{secret}"}
    log = scratch / "server.log"
    with running(command, log, ROOT, settings) as process:
        server = Server(process.pid, port, copy, log, secret)
        wait_until_it_answers(process, f"{server.url}/sparql")
        _write_once(server)
        yield server


def _write_once(server: Server) -> None:
    """From the first write on a release is held by a fork, beside the process that it came of."""
    headers = {"authorization": f"Bearer {server.secret}", "content-type": "text/turtle"}
    url, text = f"{server.url}/graphs?graph=urn:soak:first", "<urn:a> <urn:b> 1 ."
    httpx.put(url, content=text, headers=headers, timeout=60).raise_for_status()


def soak(var: Path, seconds: float, every: float = 1.0) -> Outcome:
    """Put the load on a server for so many seconds, with a sample each `every` seconds."""
    with tempfile.TemporaryDirectory() as folder, served(var, Path(folder)) as server:
        mix, tally = Mix(current(server.var)), Tally()
        outcome = Outcome(tally, server.sample())
        process = answering(server.pid)
        crowd: list[Visitor | Crowd] = [
            *visitors(server, mix, tally),
            Crowd(server.port, mix, tally),
        ]
        for each in crowd:
            each.start()
        try:
            outcome.disks.append(disk(server.var))
            outcome.halves[ONE_RELEASE] = sampled(server.pid, seconds / 2, every)
            step = min(WRITE_STEP, seconds / 40)
            writer = Visitor(server.url, mix.writes(server.secret), tally, step)
            crowd.append(writer)
            writer.start()
            outcome.halves[MANY_RELEASES] = sampled(server.pid, seconds / 2, every)
        finally:
            for each in crowd:
                each.stop()
            for each in crowd:
                each.join()
        _ended(outcome, server, process)
    return outcome


def visitors(server: Server, mix: Mix, tally: Tally) -> list[Visitor]:
    """Everyone but the crowd and the writer; the dear ones with pauses, so that it gets quiet."""
    asks = (mix.readers(), mix.readers(), mix.large())
    rare = (mix.dear(), mix.hostile())
    return [
        *(Visitor(server.url, each, tally) for each in asks),
        *(Visitor(server.url, each, tally, PAUSE) for each in rare),
    ]


def _ended(outcome: Outcome, server: Server, process: int) -> None:
    outcome.statuses = server.statuses()
    outcome.after = server.sample()
    outcome.disks.append(disk(server.var))
    outcome.releases = sum(1 for _ in (server.var / "releases").iterdir())
    outcome.tracebacks = server.tracebacks()
    outcome.same_process = answering(server.pid) == process


def lines(outcome: Outcome) -> Iterator[str]:
    """What a run came to, for people."""
    yield "answers by what was asked; 0 where the client hung up, 1 where the server did\n"
    for (name, status), times in sorted(outcome.tally.answers.items()):
        yield f"  {times:9,}  {status:3}  {name}"
    yield f"  {outcome.tally.busy:9,}  of them turned away for now where an answer was due\n"
    for half, verdicts in outcome.verdicts().items():
        yield f"{half}: levels, growth, what still counts as none\n"
        for each in verdicts:
            levels = " ".join(f"{level:9,.1f}" for level in each.levels)
            sign = "GREW" if each.grew else "ok"
            yield f"  {each.name:12}{levels}  {each.growth:+8.1f} {each.allowed:8.1f}  {sign}"
        yield ""
    first, last = outcome.disks
    yield f"state folder: {first:,.0f} MB at first, {last:,.0f} MB after, "
    yield f"{outcome.releases} releases (not judged)\n"
    faults = outcome.faults()
    yield from (f"FAULT: {fault}" for fault in faults)
    yield "failed" if faults else "passed: nothing grew, and every answer was right"


def main() -> int:
    """Run what the command line asks for; 1 where something grew or an answer was wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--var", type=Path, default=ROOT / "var", help="where a release is")
    options = parser.parse_args()
    print(f"{time.strftime('%H:%M:%S')} {options.seconds:.0f} s of load", file=sys.stderr)
    outcome = soak(options.var, options.seconds)
    print("\n".join(lines(outcome)))
    return 1 if outcome.faults() else 0


if __name__ == "__main__":
    sys.exit(main())
