"""What is worked out at the desk once for a release, for all who ask while that is the current."""

import asyncio
import json
from typing import Any

from api.steward.desks import Desk


class Kept:
    """The replies to a few tasks that take nothing but words from us, as what their JSON says.

    Who asks while a reply is being worked out waits for that one; an error is not kept.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._release = ""
        self._replies: dict[tuple[str, str], asyncio.Task[Any]] = {}

    async def ask(self, release: str, task: str, topic: str = "") -> Any:
        """The reply of this release; raises what the desk raises."""
        if release != self._release:
            self._release, self._replies = release, {}
        key = (task, topic)
        if (reply := self._replies.get(key)) is None:
            asked = self._ask(task, {"release": release, "topic": topic})
            reply = self._replies[key] = asyncio.create_task(asked)
            reply.add_done_callback(lambda done: self._forget(key, done))
        return await asyncio.shield(reply)

    async def _ask(self, task: str, arguments: dict[str, str]) -> Any:
        _, body = await self._desk.ask(task, arguments)
        return json.loads(body)

    def _forget(self, key: tuple[str, str], done: asyncio.Task[Any]) -> None:
        failed = done.cancelled() or done.exception() is not None
        if failed and self._replies.get(key) is done:
            del self._replies[key]
