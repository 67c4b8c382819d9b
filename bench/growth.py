"""Whether something grows: samples of a tree of processes, and a judgement over them."""

import os
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from bench.processes import memory

FIFTHS = 5
"""Parts that a series is cut into; the first is the warm-up, in which caches fill."""

STAY = 2
"""Generations below the supervisor that stay: what the zygote forks comes and goes."""


@dataclass(frozen=True)
class Sample:
    """A moment: memory of all processes and of the answering one (MB), and what they hold open."""

    memory: float
    answering: float
    descriptors: float
    processes: float


@dataclass(frozen=True)
class Allowed:
    """Growth that still counts as none: so much, or this part of what was there at first."""

    amount: float
    part: float = 0.0

    def of(self, level: float) -> float:
        """How much it may be above this level."""
        return max(self.amount, self.part * level)


ALLOWED = {
    "memory": Allowed(15, 0.05),
    "answering": Allowed(15, 0.05),
    "descriptors": Allowed(2),
    "processes": Allowed(2),
}


@dataclass(frozen=True)
class Verdict:
    """What became of one quantity, window by window."""

    name: str
    levels: list[float]
    allowed: float

    @property
    def growth(self) -> float:
        """The last level above the first."""
        return self.levels[-1] - self.levels[0]

    @property
    def grew(self) -> bool:
        """Whether it is more than is allowed."""
        return self.growth > self.allowed


def judge(samples: Sequence[Sample]) -> list[Verdict]:
    """A verdict on each quantity. Raises ValueError where there are too few samples."""
    columns = zip(*map(astuple, samples), strict=True)
    names = [field.name for field in fields(Sample)]
    return [_verdict(name, column) for name, column in zip(names, columns, strict=True)]


def _verdict(name: str, series: Sequence[float]) -> Verdict:
    levels = [level(window) for window in windows(series)]
    return Verdict(name, levels, ALLOWED[name].of(levels[0]))


def windows(series: Sequence[float]) -> list[Sequence[float]]:
    """The fifths after the warm-up, of the same length."""
    size = len(series) // FIFTHS
    if size < 1:
        raise ValueError(f"{len(series)} samples are too few to judge by")
    ends = range(len(series), size, -size)
    return [series[end - size : end] for end in reversed(ends)][-(FIFTHS - 1) :]


def level(window: Sequence[float]) -> float:
    """The lowest tenth: what is there in quiet moments too.

    What comes and goes, as a hungry query with its process, hardly shows in it; what stays does.
    """
    return statistics.quantiles([*window, *window], n=10, method="inclusive")[0]


def sample(supervisor: int, answering: int) -> Sample:
    """The state of a server at this moment; descriptors are those of the processes that stay."""
    descriptors = sum(map(_descriptors, family(supervisor, STAY)))
    processes = sum(1 for _ in family(supervisor))
    return Sample(memory(supervisor), resident(answering), descriptors, processes)


def family(pid: int, generations: int = 99) -> Iterator[int]:
    """A process and those below it, so many generations down."""
    yield pid
    if not generations:
        return
    with suppress(ProcessLookupError, FileNotFoundError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text(encoding="ascii").split():
                yield from family(int(child), generations - 1)


def answering(supervisor: int) -> int:
    """The process that answers, below its supervisor. Raises LookupError where there is none."""
    for pid in family(supervisor):
        with suppress(ProcessLookupError, FileNotFoundError):
            if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
                return pid
    raise LookupError("no process answers")


def resident(pid: int) -> float:
    """Megabytes of a process; 0 where it has ended."""
    with suppress(ProcessLookupError, FileNotFoundError):
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20
    return 0.0


def _descriptors(pid: int) -> int:
    with suppress(ProcessLookupError, FileNotFoundError):
        return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    return 0


def disk(folder: Path) -> float:
    """Megabytes of a folder, what has several names counted once."""
    blocks = {}
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            about = path.lstat()
            blocks[about.st_ino] = about.st_blocks
    return sum(blocks.values()) * 512 / 2**20


def sampled(supervisor: int, seconds: float, every: float) -> list[Sample]:
    """Samples of so many seconds from now on."""
    process, samples = answering(supervisor), []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        following = time.monotonic() + every
        samples.append(sample(supervisor, process))
        time.sleep(max(0.0, following - time.monotonic()))
    return samples
