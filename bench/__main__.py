"""`make bench`: our server beside others on the same data, written to docs/benchmarks.md."""

import argparse
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx

from bench import queries
from bench.generate import generate
from bench.load import tool
from bench.measure import Results, Sweep, check, sweep
from bench.peers import (
    BIN,
    DISK,
    MEMORY,
    OURS,
    RDFLIB,
    VIRTUOSO,
    Data,
    Peer,
    Starter,
    missing,
    ours,
    oxigraph_in_memory,
    oxigraph_on_disk,
    rdflib_endpoint,
    seconds,
)
from bench.processes import load_average, machine
from bench.report import Cost, Run, Sized, page
from bench.submission import cost
from bench.virtuoso import virtuoso
from ocsea.publishing import publish
from ocsea.release import Release, current
from ocsea.resources import ROOT
from ocsea.resources import queries as query_files

TODAY = "today"
SIZES = f"{TODAY},1000000,10000000"
REPEATS = 50
FULL = Sweep(rounds={8: 2, 1: 1, 64: 1}, seconds=2, warm_up=1)
LARGE = Sweep(rounds={8: 2}, seconds=2, warm_up=1)
QUICK = Sweep(rounds={8: 1}, seconds=1, warm_up=1)
SETTINGS = (
    "Each connection asks its next query as soon as the last is answered. Every server runs at\n"
    "the same time and is measured in turn. Its default graph is the merge of all graphs, each\n"
    "triple once. Repeated: ten queries again and again. Never repeated: a query of the kind with\n"
    "a number of its own in a comment, so that no text comes twice. Entity documents are `/doc/`\n"
    "here, never one twice where they are not to repeat; elsewhere a CONSTRUCT of what they hold:\n"
    "the thing's own triples, those of what points to it, those of the places that both were read\n"
    "from, and labels; of things that no more point to than a page of a document tells. That the\n"
    "servers give the same number of rows is checked first.\n"
)
STARTERS: dict[str, Starter] = {
    OURS: ours,
    MEMORY: oxigraph_in_memory,
    DISK: oxigraph_on_disk,
    RDFLIB: rdflib_endpoint,
    VIRTUOSO: virtuoso,
}


def say(text: str) -> None:
    """Progress, for who waits."""
    if text:
        print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def todays(scratch: Path, run: Run) -> Data:
    """Today's graph, built from the reviewed facts; the build is measured as well."""
    build = [str(BIN / "ocsea"), "build", "--var", str(scratch / "var")]
    run.build = seconds(build), seconds(build)
    merged = merge(list(current(scratch / "var").graphs().values()), scratch)
    return Data(TODAY, scratch / "var", merged, scratch, run.build[0])


def larger(size: int, today: Data, scratch: Path) -> Data:
    """A generated graph of today's shape and some other size, as a release."""
    (scratch / "graphs").mkdir()
    graphs = generate(current(today.var).graphs(), size, scratch / "graphs")
    merged = merge(list(graphs.values()), scratch)
    started = time.perf_counter()
    publish(scratch / "var", graphs, _said_of(current(today.var)))
    return Data(f"{size}", scratch / "var", merged, scratch, time.perf_counter() - started)


def _said_of(release: Release) -> dict[str, Any]:
    """What a manifest says beside version and graphs: a submission goes on from that."""
    return {key: said for key, said in release.manifest.items() if key not in ("graphs", "version")}


def merge(sorted_files: list[Path], scratch: Path) -> Path:
    """All triples of sorted files, each once, as one file."""
    merged = scratch / "merged.nt"
    command = ["sort", "--merge", "--unique", "--batch-size=200", "--output", str(merged)]
    subprocess.run([*command, *map(str, sorted_files)], check=True, env={"LC_ALL": "C"})
    return merged


def measured(data: Data, names: list[str], how: Sweep, all_kinds: bool) -> Sized:
    """Start the servers on the data, check that they agree, and measure them."""
    graph = queries.read(current(data.var).store, data.merged)
    kinds = queries.kinds(graph) if all_kinds else queries.quick_kinds(graph)
    results = Results()
    with ExitStack() as stack:
        peers = [_start(stack, name, data) for name in names]
        fresh = {peer.name: peer.memory() for peer in peers}
        check(peers, kinds, results)
        for told in sweep(peers, kinds, how, results):
            say(told)
        costs = [Cost(peer, fresh[peer.name], peer.memory()) for peer in peers]
    say(f"{data.name}: a submission")
    quads, sent = current(data.var).triples, cost(data.var)
    return Sized(data.name, quads, results, costs, [kind.name for kind in kinds], sent)


def _start(stack: ExitStack, name: str, data: Data) -> Peer:
    peer = stack.enter_context(STARTERS[name](data))
    say(f"{data.name}: {name} is up, {peer.load:.1f} s + {peer.start:.1f} s")
    return peer


def examples(data: Data) -> Iterator[tuple[str, float, float]]:
    """For each example query: its name, and the median and 99th percentile in milliseconds."""
    accept = {"Accept": queries.TABLE}
    with ours(data) as peer, httpx.Client(base_url=peer.url, headers=accept) as client:
        for path in query_files("examples"):
            text, times = path.read_text(encoding="utf-8"), []
            for turn in range(REPEATS):
                started = time.perf_counter()
                # A comment of its own makes each a query never seen before.
                client.get(peer.target(f"{text}\n# {turn}")).raise_for_status()
                times.append((time.perf_counter() - started) * 1000)
            yield path.stem, statistics.median(times), statistics.quantiles(times, n=100)[98]


def bench(sizes: list[str], quick: bool, run: Run) -> None:
    """Measure graph after graph, each in a scratch folder of its own."""
    wanted = [OURS, MEMORY] if quick else list(STARTERS)
    names = [name for name in wanted if not missing(name)]
    run.missing = {name: missing(name) for name in wanted if name not in names}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / TODAY).mkdir()
        today = todays(Path(folder) / TODAY, run)
        if TODAY in sizes:
            run.sizes.append(measured(today, names, QUICK if quick else FULL, True))
            run.examples = [] if quick else list(examples(today))
        for size in map(int, (size for size in sizes if size != TODAY)):
            with tempfile.TemporaryDirectory(dir=folder) as scratch:
                say(f"a graph of {size:,} quads")
                data = larger(size, today, Path(scratch))
                large = [name for name in (OURS, MEMORY, DISK) if name in names]
                run.sizes.append(measured(data, large, QUICK if quick else LARGE, False))


def main() -> None:
    """Run what the command line asks for, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sizes", default=SIZES, help=f"which graphs to measure ({SIZES})")
    parser.add_argument("--quick", action="store_true", help="two servers, one round")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "benchmarks.md")
    asked = parser.parse_args()
    # Told to end, it ends its servers and removes its files as on any other error.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    command = " ".join(["python -m bench", *sys.argv[1:]]) if sys.argv[1:] else "make bench"
    before = load_average()
    run = Run(command, machine(), tool(), SETTINGS)
    bench(asked.sizes.split(","), asked.quick, run)
    run.loads = before, load_average()
    asked.output.write_text(page(run), encoding="utf-8")
    print(page(run))


if __name__ == "__main__":
    main()
