"""The soak: it tells growth from coming and going, and a wrong answer from a right one."""

from collections import Counter
from pathlib import Path

import httpx
import pytest

from bench.growth import Sample, Verdict, judge
from bench.mix import Ask
from bench.soak import MANY_RELEASES, ONE_RELEASE, Outcome, lines, soak
from bench.visitors import Tally

STEADY = Sample(memory=300, answering=100, descriptors=60, processes=9)


def series(memory: float = 0, descriptors: float = 0, processes: float = 0) -> list[Sample]:
    """A hundred samples in which so much is added in the whole of the time."""
    return [
        Sample(
            STEADY.memory + memory * i / 100,
            STEADY.answering + memory * i / 100,
            int(STEADY.descriptors + descriptors * i / 100),
            int(STEADY.processes + processes * i / 100),
        )
        for i in range(100)
    ]


def grown(samples: list[Sample]) -> set[str]:
    return {verdict.name for verdict in judge(samples) if verdict.grew}


def test_what_stays_level_has_not_grown() -> None:
    assert grown(series()) == set()
    assert grown(series(memory=10, descriptors=2, processes=1)) == set()


def test_what_grows_slowly_is_found_out() -> None:
    assert grown(series(memory=40)) == {"memory", "answering"}
    assert grown(series(descriptors=8)) == {"descriptors"}
    assert grown(series(processes=8)) == {"processes"}


def test_what_grows_while_caches_fill_or_comes_and_goes_is_no_growth() -> None:
    filling = [Sample(100 + 10 * i, 100 + 10 * i, 60, 9) for i in range(20)] + [STEADY] * 80
    hungry = [Sample(900, 100, 80, 15) if i % 5 < 2 else STEADY for i in range(100)]
    assert grown(filling) == grown(hungry) == set()


def test_a_share_of_much_memory_is_no_growth() -> None:
    assert Verdict("memory", [1000.0, 1040.0], 50).grew is False
    large = [Sample(10_000 + 4 * i, 100, 60, 9) for i in range(100)]
    assert grown(large) == set()


def test_too_few_samples_are_no_verdict() -> None:
    with pytest.raises(ValueError, match="too few"):
        judge([STEADY] * 4)


def answers(tally: Tally, ask: Ask, status: int, content: bytes, times: int = 1) -> None:
    for _ in range(times):
        tally.answered(ask, httpx.Response(status, content=content))


def test_a_wrong_answer_is_a_fault_and_so_are_many_that_are_busy() -> None:
    tally, ask = Tally(), Ask("question", "/", right=lambda response: response.content == b"yes")
    answers(tally, ask, 200, b"yes", 150)
    answers(tally, ask, 503, b"")
    assert tally.faults() == []
    answers(tally, ask, 200, b"no", 2)
    answers(tally, ask, 500, b"")
    assert tally.faults() == [
        "question: the answer is not right (2 times)",
        "question: status 500 (1 times)",
    ]
    answers(tally, ask, 503, b"", 5)
    assert tally.faults()[-1] == "6 requests were turned away"


def good() -> Outcome:
    return Outcome(
        Tally(),
        before=STEADY,
        after=STEADY,
        halves={ONE_RELEASE: series(), MANY_RELEASES: series()},
        disks=[61.0, 90.0],
        releases=5,
        same_process=True,
    )


def test_a_run_fails_by_what_grew_what_the_server_counts_and_what_it_holds_at_rest() -> None:
    outcome = good()
    assert outcome.faults() == []
    assert list(lines(outcome))[-1].startswith("passed")
    outcome.halves[MANY_RELEASES] = series(descriptors=20)
    outcome.statuses = Counter({("sparql", "500"): 2, ("sparql", "503"): 9, ("doc", "200"): 7})
    outcome.after = Sample(300, 100, 61, 9)
    outcome.same_process = False
    outcome.tracebacks = ['{"exc_info": "…"}']
    assert outcome.faults() == [
        "the server counts 2 answers 500 of /sparql",
        'the server\'s log: {"exc_info": "…"}',
        "the answering process was replaced",
        "descriptors grew while the graph is written to",
        "descriptors grew at rest, before and after",
    ]
    assert list(lines(outcome))[-1] == "failed"


def test_a_short_run_asks_for_everything_and_gets_right_answers(var: Path) -> None:
    outcome = soak(var, 14, every=0.5)
    assert outcome.tracebacks == []
    assert outcome.tally.faults() == []
    assert outcome.same_process
    assert outcome.releases > 1
    assert outcome.disks[1] > outcome.disks[0]
    statuses = {status for _, status in outcome.tally.answers}
    assert statuses >= {200, 201, 204, 400, 401, 404, 405, 406, 413, 415, 503}
    asked = {name for name, _ in outcome.tally.answers}
    assert asked >= {"crowd", "crash", "memory limit", "time limit, left", "large, left", "write"}
    at_rest = outcome.verdicts()["at rest, before and after"]
    assert [verdict.growth for verdict in at_rest] == [0, 0]
    assert all(sample.memory > sample.answering > 10 for sample in outcome.halves[ONE_RELEASE])
