"""An engine for the length of a test, without HTTP."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from api_server import CROSS_PRODUCT

from api.engine import Engine, Job, Pool
from api.settings import Settings

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
IN_GRAPHS = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"


def with_pool(var: Path, use: Callable[[Pool], Awaitable[Any]], **settings: Any) -> Any:
    async def go() -> Any:
        defaults = {"query_timeout": 10.0, "query_memory": 256, "workers": 1}
        engine = Engine(Settings(var=var, **(defaults | settings)))
        await engine.start()
        try:
            async with engine.pool() as pool:
                return await use(pool)
        finally:
            await engine.close()

    return asyncio.run(go())


async def count(pool: Pool, query: str = COUNT, **job: Any) -> int:
    async with pool.answer(Job(query, **job)) as answer:
        rows = json.loads(await answer.everything())["results"]["bindings"]
    return int(rows[0]["n"]["value"])


def counted(var: Path, query: str = COUNT, **job: Any) -> int:
    result: int = with_pool(var, lambda pool: count(pool, query, **job))
    return result


def endless(number: int) -> str:
    """A query that runs for hours, and is not the same as another."""
    return f"{CROSS_PRODUCT} # {number}"
