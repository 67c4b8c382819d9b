"""Work in another process: its result, its failure, its end."""

import os
import signal

import pytest

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
