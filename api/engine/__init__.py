"""Queries run here, in processes of their own that can be stopped at any time.

A release is loaded once, by a single-threaded zygote process (`zygote.py`), which forks a worker
(`worker.py`) in under a millisecond; the workers share the store's memory. The server hands a
query to an idle worker (`crew.py`), reads framed answers (`frames.py`), keeps them (`cache.py`),
and kills the worker when the deadline passes or the client leaves. When the release switches,
`follow.py` has a fork of the zygote take in what changed, or starts a new one; `earlier.py` does
the same for a release before the current one.
"""

from api.engine.answer import Answer
from api.engine.errors import (
    Busy,
    EngineError,
    QueryCrashed,
    QueryRefused,
    QueryTimedOut,
    QueryTooBig,
    ResultTooLarge,
    ServiceFailed,
    Unavailable,
)
from api.engine.follow import Engine
from api.engine.job import Job, document
from api.engine.pool import Made, Pool, Row

__all__ = [
    "Answer",
    "Busy",
    "Engine",
    "EngineError",
    "Job",
    "Made",
    "Pool",
    "QueryCrashed",
    "QueryRefused",
    "QueryTimedOut",
    "QueryTooBig",
    "ResultTooLarge",
    "Row",
    "ServiceFailed",
    "Unavailable",
    "document",
]
