"""Whenever a process ends that keeps a submission or decides on one, nothing is half."""

import os
import shutil
import signal
from collections import Counter
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from sending import published, renamed, reviewed, send

from ocsea.steward.submissions.ledger import Ledger
from ocsea.steward.submissions.publication import deciding, publish, withdraw

CLEAN = get_context("forkserver")
"""Forks of a process that has opened no store: one that has leaves forks that wait for ever."""
CLEAN.set_forkserver_preload(["test_submission_ends"])


def syncs(work: str, var: Path, name: str, killed_at: int | str = -1) -> int:
    """How often `work`, in a process of its own, has something synced until it is done, or killed
    as it does so: for the nth time, or for what has this name in the state folder."""
    count = CLEAN.Value("i", 0)
    process = CLEAN.Process(target=_work, args=(count, killed_at, work, var, name))
    process.start()
    process.join()
    assert process.exitcode == (0 if killed_at == -1 else -signal.SIGKILL)
    return int(count.value)


def _work(count: Any, killed_at: int | str, work: str, var: Path, name: str) -> None:
    synced = os.fsync

    def fsync(handle: int) -> None:
        path = Path(f"/proc/self/fd/{handle}").readlink().relative_to(var.resolve())
        if killed_at in (count.value, str(path).replace(f"submissions/{name}", "submissions/it")):
            os.kill(os.getpid(), signal.SIGKILL)
        count.value += 1
        synced(handle)

    os.fsync = fsync
    if work == "send":
        send(var, renamed(1, "one"))
    elif work == "publish":
        publish(var, name, "cora", reviewed)
    else:
        withdraw(var, name, "cora", "why")


def test_a_submission_is_there_whole_or_not_at_all_whenever_its_keeping_ends(
    small: Path, ledger: Ledger
) -> None:
    whole, came = syncs("send", small, ""), Counter[int]()
    for number in range(whole):
        before = len(ledger.all().submissions)
        syncs("send", small, "", killed_at=number)
        listed = ledger.all()
        assert not listed.troubles
        for submission in listed.submissions:
            assert ledger.files(submission)
            assert ledger.part(submission, "received/report.json")
        came[len(listed.submissions) - before] += 1
    assert came == {0: whole - 1, 1: 1}
    send(small, renamed(1, "one"))
    assert not list((small / "submissions").glob(".receiving-*"))


# What is being synced as the process ends, as paths in the state folder, and what is decided then.
# How often anything is synced would not tell: the store has now some more files, now some less.
MOMENTS = {
    "publish": {
        "submissions/it": "received",
        "submissions/it/published/.applied.rdfp.new": "received",
        "releases": "received",
        ".": "published",
        "submissions/it/.submission.json.new": "published",
    },
    "withdraw": {
        "releases": "published",
        ".": "withdrawn",
        "submissions/it/.submission.json.new": "withdrawn",
        "submissions/it": "withdrawn",
    },
}


@pytest.mark.parametrize("work", MOMENTS)
def test_ledger_and_release_agree_whenever_a_decision_ends(
    small: Path, ledger: Ledger, work: str
) -> None:
    name = (
        send(small, renamed(1, "one")) if work == "publish" else published(small, renamed(1, "one"))
    )
    whole = snapshot(small)
    for moment, status in MOMENTS[work].items():
        restore(small, whole)
        syncs(work, small, name, killed_at=moment)
        with deciding(small) as release:
            listed = {each["id"] for each in release.manifest.get("submissions", ())}
        assert release.is_whole()
        assert ledger.get(name).status == status
        assert (status == "published") is (name in listed)


def snapshot(var: Path) -> Path:
    copy = var.with_name(f"{var.name}-kept")
    shutil.copytree(var, copy, symlinks=True)
    return copy


def restore(var: Path, copy: Path) -> None:
    shutil.rmtree(var)
    shutil.copytree(copy, var, symlinks=True)
