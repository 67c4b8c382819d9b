"""What need not be noted line by line: libraries, forks, and walks over what was seen already.

Noting the lines that run makes Python up to four times as slow, also where they are not ours.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

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


def leave_out_what_is_not_ours() -> None:
    """From now on, measure neither what does not call us back, nor forks, which keep nothing."""
    pyshacl.validate = untraced()(pyshacl.validate)
    for name in ("parse", "serialize"):
        setattr(rdflib.Graph, name, untraced()(getattr(rdflib.Graph, name)))
    os.register_at_fork(after_in_child=partial(sys.settrace, None))
