"""What the server has done, counted in plain integers and written for Prometheus when it asks."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from ocsea import __version__

BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""Upper bounds of the histogram of seconds."""

STATE = {
    "idle": ("workers_idle", "gauge", "Workers without a query"),
    "quick": ("queries_quick", "gauge", "Queries that began a moment ago"),
    "long": ("queries_long", "gauge", "Queries that have run for longer"),
    "halted": ("queries_halted", "gauge", "Long queries halted until others are done"),
    "waiting": ("queries_waiting", "gauge", "Queries that wait for a worker"),
    "killed": ("workers_killed", "counter", "Workers killed, since this release is served"),
    "restarts": ("engine_restarts", "counter", "Times all query processes were started anew"),
    "switches": ("release_switches", "counter", "Releases answered from, one after another"),
    "cache_bytes": ("cache_bytes", "gauge", "Bytes of answers kept"),
    "cache_hits": ("cache_hits", "counter", "Queries whose answer was kept"),
    "cache_misses": ("cache_misses", "counter", "Queries whose answer was not kept"),
}
"""What is shown of the engine's state, by its name there."""


class Metrics:
    """Counts of one process; `served_from_cache` is for answers that pass the application by.

    `rooms` are the first parts of paths that are counted each for itself.
    """

    def __init__(self) -> None:
        self.rooms: frozenset[str] = frozenset()
        self.requests: dict[tuple[str, int], int] = defaultdict(int)
        self.seconds: dict[str, list[int]] = defaultdict(lambda: [0] * (len(BUCKETS) + 1))
        self.total: dict[str, float] = defaultdict(float)
        self.problems: dict[str, int] = defaultdict(int)
        self.sent = self.cut_off = self.replayed = self.replayed_bytes = 0

    def answered(self, room: str, status: int, seconds: float, sent: int, *, whole: bool) -> None:
        """Count a request that the application has answered; `status` is 0 for no answer."""
        room = room if room in self.rooms else "other"
        self.requests[room, status] += 1
        self.seconds[room][bisect_left(BUCKETS, seconds)] += 1
        self.total[room] += seconds
        self.sent += sent
        self.cut_off += not whole

    def served_from_cache(self, sent: int) -> None:
        """Count an answer that was given again, byte for byte, without the application."""
        self.replayed += 1
        self.replayed_bytes += sent


METRICS = Metrics()
"""This process's counts."""


class Counted(Collector):
    """`Metrics`, and the engine's state at the moment, as Prometheus reads them."""

    def __init__(
        self,
        metrics: Metrics,
        state: Mapping[str, int],
        release: str | None,
        throttled: int,
    ) -> None:
        self._metrics, self._state = metrics, state
        self._release, self._throttled = release, throttled

    def collect(self) -> Iterable[Metric]:
        """All families."""
        yield from self._counters()
        yield self._histogram()
        for key, (name, kind, help_) in STATE.items():
            if key in self._state:
                family = GaugeMetricFamily if kind == "gauge" else CounterMetricFamily
                yield family(f"ocsea_{name}", help_, value=self._state[key])
        yield InfoMetricFamily("ocsea", "The server", value={"version": __version__})
        if self._release:
            about = {"version": self._release}
            yield InfoMetricFamily("ocsea_release", "What is being answered from", value=about)

    def _counters(self) -> Iterable[Metric]:
        metrics = self._metrics
        requests = CounterMetricFamily(
            "ocsea_requests",
            "Requests by the first part of their path; status 0 where none was sent",
            labels=["route", "status"],
        )
        for (room, status), count in metrics.requests.items():
            requests.add_metric([room, str(status)], count)
        yield requests
        problems = CounterMetricFamily("ocsea_problems", "Problems met, by kind", labels=["kind"])
        for kind, count in metrics.problems.items():
            problems.add_metric([kind], count)
        yield problems
        for name, help_, count in (
            ("sent_bytes", "Bytes of bodies sent, as sent", metrics.sent),
            ("cut_off", "Responses that ended before they were whole", metrics.cut_off),
            ("replayed", "Answers given again byte for byte; in no other count", metrics.replayed),
            ("replayed_bytes", "Bytes of those", metrics.replayed_bytes),
            ("throttled", "Requests refused because of what came before", self._throttled),
        ):
            yield CounterMetricFamily(f"ocsea_{name}", help_, value=count)

    def _histogram(self) -> Metric:
        family = HistogramMetricFamily(
            "ocsea_request_seconds", "Seconds until the answer was sent", labels=["route"]
        )
        for room, counts in self._metrics.seconds.items():
            running, buckets = 0, []
            for bound, count in zip((*BUCKETS, "+Inf"), counts, strict=True):
                running += count
                buckets.append((str(bound), running))
            family.add_metric([room], buckets, self._metrics.total[room])
        return family


def registry(counted: Counted) -> CollectorRegistry:
    """What `/metrics` shows: our counts and the process's memory, time and descriptors."""
    shown = CollectorRegistry()
    shown.register(counted)
    ProcessCollector(registry=shown)
    return shown
