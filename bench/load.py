"""Load: N connections in a closed loop, by wrk where it is installed, else by our own generator."""

import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path

WRK = shutil.which("wrk")
PATIENCE = 60
"""Seconds that a server may take to answer one request."""

SCRIPT = """
local parts, first, once, turn = %(parts)s, %(first)s, %(once)s, 0
request = function()
  turn = turn + 1
  if once and turn >= #parts then wrk.thread:stop() end
  local part = parts[(turn - 1) %% #parts + 1]
  if first then return part[1] .. string.format("%%d", first + turn) .. part[2] end
  return part[1] .. part[2]
end
done = function(all, latency)
  local errors = all.errors
  local seconds = all.duration / 1e6
  -- Where the requests run out, wrk waits for its time to be over: a connection's own time counts.
  if once then seconds = all.requests * latency.mean / 1e6 / %(connections)d end
  io.write(string.format('\\n{"answers": %%d, "seconds": %%.6f, "bytes": %%d, "median": %%.6f, ' ..
    '"worst": %%.6f, "failed": %%d, "broken": %%d}\\n', all.requests, seconds, all.bytes,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
"""


class LoadError(Exception):
    """A server refused, broke off, or did not answer."""


class NoAnswer(LoadError):
    """Not one request was answered within the time."""


@dataclass(frozen=True)
class Plan:
    """What to ask, of whom, on how many connections, for how many seconds.

    `requests` holds each request in two parts. Where `first` is a number, consecutive numbers
    from there on go between the parts, so that no request is ever sent twice. Where `once` is
    true, the measurement ends with the last request instead of beginning anew.
    """

    port: int
    connections: int
    seconds: float
    requests: list[tuple[str, str]]
    first: int | None = None
    once: bool = False


@dataclass(frozen=True)
class Measured:
    """Answers and megabytes a second; median and 99th percentile of the latency in ms."""

    rate: float
    median: float
    worst: float
    answers: int
    megabytes: float


def measure(plan: Plan) -> Measured:
    """Put the load of the plan on a server. Raises LoadError where an answer fails."""
    return _by_wrk(plan) if WRK else _by_our_own(plan)


def renumbered(plan: Plan, seconds: float) -> Plan:
    """The same plan for some other time, with numbers that no run of it comes to."""
    return replace(plan, seconds=seconds, first=plan.first and plan.first + 1_000_000)


def tool() -> str:
    """What puts the load."""
    return "wrk, one thread" if WRK else "`bench/generator.py`"


def _by_our_own(plan: Plan) -> Measured:
    command = [sys.executable, "-m", "bench.generator"]
    ran = subprocess.run(command, input=json.dumps(asdict(plan)), capture_output=True, text=True)
    if ran.returncode:
        raise LoadError(ran.stderr.strip().splitlines()[-1])
    return Measured(**json.loads(ran.stdout))


def _by_wrk(plan: Plan) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "plan.lua"
        script.write_text(_script(plan), encoding="ascii")
        command = [str(WRK), "--threads", "1", "--connections", str(plan.connections)]
        command += ["--duration", f"{plan.seconds:.0f}", "--timeout", str(PATIENCE)]
        command += ["--script", str(script), f"http://127.0.0.1:{plan.port}/"]
        ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode or ran.stderr:
        raise LoadError(f"wrk: {ran.stderr.strip() or ran.returncode}")
    return _read(json.loads(ran.stdout.strip().splitlines()[-1]))


def _script(plan: Plan) -> str:
    # JSON strings of ASCII text are Lua strings as well.
    pairs = ",\n".join("{" + ",".join(map(json.dumps, pair)) + "}" for pair in plan.requests)
    first = "false" if plan.first is None else str(plan.first)
    values = {
        "parts": "{" + pairs + "}",
        "first": first,
        "once": str(plan.once).lower(),
        "connections": plan.connections,
    }
    return SCRIPT % values


def _read(said: dict[str, float]) -> Measured:
    if said["failed"] or said["broken"]:
        raise LoadError(f"{said['failed']:.0f} failed, {said['broken']:.0f} broke off")
    if not said["answers"]:
        raise NoAnswer("no answer within the time")
    return Measured(
        rate=said["answers"] / said["seconds"],
        median=said["median"],
        worst=said["worst"],
        answers=int(said["answers"]),
        megabytes=said["bytes"] / said["seconds"] / 1e6,
    )
