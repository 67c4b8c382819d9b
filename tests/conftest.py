"""What tests share: the checkout, and the graph built from it once a session."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_server import running

from ocsea.build import build
from ocsea.release import Release
from ocsea.resources import ROOT


@pytest.fixture(autouse=True, scope="module")
def _no_garbage_for_others() -> Iterator[None]:
    """Free what a module leaves in cycles: results of the store may not end in another's thread."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder of the tests' own, with a release built from this checkout in it."""
    folder = tmp_path_factory.mktemp("var")
    build(ROOT, folder, lambda *_: None)
    return folder


@pytest.fixture(scope="session")
def release(var: Path) -> Release:
    """The release built from this checkout."""
    return Release((var / "current").resolve())


@pytest.fixture(scope="session")
def address(var: Path, release: Release) -> Iterator[str]:
    """A server over the release built from this checkout."""
    with running(var, traced=True) as server:
        yield server.url
