"""What one client may take a minute: query seconds and errors.

Each client has two buckets, refilled all the time; a bucket may go into debt, since what a query
costs is known only when it has ended, and the client waits until the debt is paid.
"""

import math
import time
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from cachetools import LRUCache

from api.problems import Problem

MINUTE = 60.0
NEEDED = {"seconds": 0.0, "errors": 1.0}
"""What has to be left for the next request, of either kind."""

CLIENTS = 10_000
"""How many clients are remembered: those that took something most recently."""


class Bucket:
    """What is left of `limit` a minute."""

    __slots__ = ("_at", "_left", "limit")

    def __init__(self, limit: float, now: float) -> None:
        self.limit, self._left, self._at = limit, limit, now

    def take(self, amount: float, now: float) -> None:
        """Take some out."""
        refilled = self._left + (now - self._at) * self.limit / MINUTE
        self._left, self._at = min(refilled, self.limit) - amount, now

    def wait(self, need: float, now: float) -> float:
        """Seconds until there is so much in it; 0 where there is."""
        self.take(0, now)
        return max(0.0, need - self._left) * MINUTE / self.limit


class Throttle:
    """Limits of `seconds` and `errors` a client and minute; 0 for no limit."""

    def __init__(
        self, seconds: float, errors: float, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.refused = 0
        self._limits = {"seconds": seconds, "errors": errors}
        self._clock = clock
        self._buckets: LRUCache[tuple[str, str], Bucket] = LRUCache(2 * CLIENTS)

    def admit(self, client: str) -> None:
        """Let a request in; a `Problem` that says how long to wait where its client took more."""
        if not self._buckets:
            return
        now, key = self._clock(), _block(client)
        for kind, limit in self._limits.items():
            bucket = self._buckets.get((key, kind))
            if bucket and (wait := bucket.wait(NEEDED[kind], now)):
                self.refused += 1
                raise _too_many(kind, limit, wait)

    def admits(self, client: str) -> bool:
        """Whether `admit` would let a request in."""
        try:
            self.admit(client)
        except Problem:
            return False
        return True

    def charge(self, client: str, seconds: float) -> None:
        """Count seconds of a query."""
        self._take("seconds", client, seconds)

    def error(self, client: str) -> None:
        """Count a request that was the client's own mistake."""
        self._take("errors", client, 1)

    def _take(self, kind: str, client: str, amount: float) -> None:
        if not (limit := self._limits[kind]):
            return
        now, key = self._clock(), (_block(client), kind)
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(limit, now)
        bucket.take(amount, now)


def _too_many(kind: str, limit: float, wait: float) -> Problem:
    what = "query seconds" if kind == "seconds" else "requests that fail"
    seconds = str(math.ceil(wait))
    detail = f"There are {limit:g} {what} a minute for each client; wait {seconds} s."
    return Problem("too-many", detail, headers={"retry-after": seconds})


@lru_cache(maxsize=CLIENTS)
def _block(client: str) -> str:
    """An address as one client has it: of IPv6 the first half, of which a subscriber gets all."""
    if ":" not in client:
        return client
    try:
        address = ip_address(client)
    except ValueError:
        return client
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(int(address) >> 64)
