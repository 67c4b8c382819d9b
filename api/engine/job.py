"""What a worker is asked to do."""

import re
from functools import lru_cache
from typing import NamedTuple

CHANGEABLE = ("now", "rand", "uuid", "bnode")
CALLED = re.compile(r"\b(?:now|rand|uuid|struuid|bnode)\s*\(")


class Job(NamedTuple):
    """A query, the graphs the protocol names for it, and the format for either kind of result.

    `solutions` is `json`, `xml`, `csv`, `tsv` or `table`; `graph` is `ttl`, `nt`, `rdf`, `jsonld`
    or `table`; None where the client would take no format of that kind. With `task`, that task of
    `tasks.py` with its `arguments`, instead of a query.
    """

    query: str
    solutions: str | None = "json"
    graph: str | None = "nt"
    default: tuple[str, ...] | None = None
    named: tuple[str, ...] | None = None
    task: str = ""
    arguments: tuple[str | int, ...] = ()

    @property
    def steady(self) -> bool:
        """Whether one release always gives the same answer, which is worth keeping."""
        return not self.task and _steady(self.query)


def document(iri: str, page: int, name: str) -> Job:
    """The job that tells, in the format of this name, a page of what is said of a thing."""
    return Job("", graph=name, task="document", arguments=(iri, page))


@lru_cache(maxsize=256)  # each job is asked several times
def _steady(query: str) -> bool:
    lower = query.lower()
    return not any(name in lower for name in CHANGEABLE) or not CALLED.search(lower)
