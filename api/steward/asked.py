"""The parameters of an address, each with one of so many values."""

from collections.abc import Mapping, Sequence

from api.collections.request import SHOWN, Pairs
from api.problems import Problem


def chosen(given: Pairs, among: Mapping[str, Sequence[str]], where: str) -> dict[str, str]:
    """What each parameter was given, "" for nothing; a `Problem` that says what it may be."""
    found = dict.fromkeys(among, "")
    for name, value in given:
        if name not in among:
            known = ", ".join(among)
            raise _wrong(f"There is no parameter `{name[:SHOWN]}` of {where}; there are {known}.")
        if value not in among[name]:
            allowed = ", ".join(f"`{one}`" for one in among[name])
            raise _wrong(f"`{name}` is one of {allowed}, not `{value[:SHOWN]}`.")
        if found[name]:
            raise _wrong(f"`{name}` is given once.")
        found[name] = value
    return found


def _wrong(detail: str) -> Problem:
    return Problem("request-malformed", detail)
