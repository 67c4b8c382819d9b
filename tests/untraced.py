"""What need not be noted line by line: libraries, forks, and walks over what was seen already.

Noting the lines that run makes Python up to four times as slow, also where they are not ours.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import httpx
import openpyxl
import pyld
import pyshacl
import rdflib


@contextmanager
def untraced() -> Iterator[None]:
    """While in here, coverage is not measured."""
    tracing = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracing)


_NOT_OURS = (
    (pyshacl, ("validate",)),
    (rdflib.Graph, ("parse", "serialize", "query")),
    (pyld.jsonld, ("compact", "expand", "frame", "from_rdf", "to_rdf")),
    (openpyxl.Workbook, ("save",)),
    (httpx.Client, ("send",)),
)
"""What does not call us back, or only to read a file."""


def leave_out_what_is_not_ours() -> None:
    """From now on, measure neither this, nor forks, which keep nothing."""
    for owner, names in _NOT_OURS:
        for name in names:
            setattr(owner, name, untraced()(getattr(owner, name)))
    os.register_at_fork(after_in_child=partial(sys.settrace, None))
