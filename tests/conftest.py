"""What tests share: the checkout, and the graph built from it once a session."""

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from api_server import descendants, linked, running, small_release
from proposing import Desk
from pyoxigraph import Store
from untraced import leave_out_what_is_not_ours

from ocsea.build import build
from ocsea.release import Release
from ocsea.resources import ROOT
from ocsea.steward.submissions.ledger import Ledger

leave_out_what_is_not_ours()


@pytest.fixture(autouse=True, scope="module")
def _no_garbage_for_others() -> Iterator[None]:
    """Free what a module leaves in cycles: results of the store may not end in another's thread."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder of the tests' own, with a release built from this checkout in it.

    Processes that test side by side build it once: the others wait, and find that it is there.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    built = build(ROOT, shared / "built", lambda *_: None).release
    return linked(built, tmp_path_factory.mktemp("var"))


@pytest.fixture(scope="session")
def release(var: Path) -> Release:
    """The release built from this checkout."""
    return Release((var / "current").resolve())


@pytest.fixture(scope="session")
def address(var: Path, release: Release) -> Iterator[str]:
    """A server over the release built from this checkout."""
    with running(var, traced=True) as server:
        yield server.url


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A state folder with a small release in it."""
    small_release(tmp_path, things=30)
    return tmp_path


@pytest.fixture
def today(release: Release, tmp_path: Path) -> Path:
    """A state folder of a test's own with that release, whose files are shared."""
    return linked(release, tmp_path)


@pytest.fixture
def ledger(small: Path) -> Ledger:
    """The submissions in the folder `small`."""
    return Ledger(small)


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with a small release in it, for tests that leave it as it is."""
    var = tmp_path_factory.mktemp("ring")
    small_release(var)
    return var


@pytest.fixture
def ours() -> Callable[[], list[int]]:
    """The processes that the test has brought about, parents before their children."""
    others = set(descendants(os.getpid()))
    return lambda: [pid for pid in descendants(os.getpid()) if pid not in others]


@pytest.fixture(scope="module")
def store(release: Release) -> Store:
    """The store of the release built from this checkout."""
    return Store.read_only(str(release.store))


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    """A client of the server over that release."""
    with httpx.Client(base_url=address, timeout=60) as client:
        yield client


@pytest.fixture
def desk(release: Release) -> Desk:
    """Where changes to that release are made up."""
    return Desk(release)
