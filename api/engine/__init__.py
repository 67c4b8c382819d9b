"""Queries run here, in processes of their own that can be stopped at any time.

A release is loaded once, by a single-threaded zygote process (`zygote.py`), which forks a worker
(`worker.py`) in under a millisecond; the workers share the store's memory. The server hands a
query to an idle worker (`pool.py`), reads framed answers (`frames.py`), and kills the worker when
the deadline passes or the client leaves. `follow.py` starts a new zygote when the release switches.
"""

from api.engine.errors import (
    Busy,
    EngineError,
    QueryCrashed,
    QueryRefused,
    QueryTimedOut,
    QueryTooBig,
    Unavailable,
)
from api.engine.follow import Engine
from api.engine.pool import Pool, Row
from api.engine.remote import Answer, Job

__all__ = [
    "Answer",
    "Busy",
    "Engine",
    "EngineError",
    "Job",
    "Pool",
    "QueryCrashed",
    "QueryRefused",
    "QueryTimedOut",
    "QueryTooBig",
    "Row",
    "Unavailable",
]
