"""Work in another process: its result, its failure, its end."""

import os
import signal
import subprocess
import sys

import pytest
from api_server import alive, descendants, eventually

from ocsea.background import in_background
from ocsea.errors import OcseaError


def test_the_result_comes_from_another_process() -> None:
    here = os.getpid()
    there = in_background(os.getpid)
    assert there() != here


def test_a_failure_is_raised_where_the_result_is_asked_for() -> None:
    def fail() -> None:
        raise OcseaError("the shapes could not be run")

    with pytest.raises(OcseaError, match="the shapes could not be run"):
        in_background(fail)()


def test_a_process_that_is_killed_is_told_of() -> None:
    result = in_background(lambda: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(OcseaError, match="ended before it was done"):
        result()


def test_it_ends_with_the_process_that_started_it() -> None:
    code = (
        "import time; from ocsea.background import in_background as i; i(lambda: time.sleep(60))()"
    )
    with subprocess.Popen([sys.executable, "-c", code]) as parent:
        eventually(lambda: descendants(parent.pid), seconds=20)
        [child] = descendants(parent.pid)
        parent.kill()
    eventually(lambda: not alive(child), seconds=2)
