"""A queue that is fair between clients: each has a line of its own, and the lines take turns."""

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Turns(Generic[T]):
    """What waits, by client."""

    def __init__(self) -> None:
        self._lines: dict[str, deque[T]] = {}
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def add(self, client: str, item: T) -> None:
        """Put something at the end of a client's line."""
        self._lines.setdefault(client, deque()).append(item)
        self._length += 1

    def next(self) -> T:
        """Take the first of the line whose turn it is, and send that line to the back."""
        client = next(iter(self._lines))
        line = self._lines.pop(client)
        item = line.popleft()
        if line:
            self._lines[client] = line
        self._length -= 1
        return item

    def remove(self, client: str, item: T) -> bool:
        """Take something out of a client's line; False where it is not there."""
        line = self._lines.get(client)
        if line is None or item not in line:
            return False
        line.remove(item)
        if not line:
            del self._lines[client]
        self._length -= 1
        return True

    def give_way(self, client: str) -> T | None:
        """Take the last of the longest line, if the client's own would still be shorter after."""
        longest = max(self._lines, key=lambda name: len(self._lines[name]))
        if len(self._lines[longest]) <= len(self._lines.get(client, ())) + 1:
            return None
        item = self._lines[longest][-1]
        self.remove(longest, item)
        return item
