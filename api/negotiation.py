"""Content negotiation: the best of what is on offer for what a client says it takes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

_PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*("[^"]*"|[^;"]*)')


@dataclass(frozen=True, slots=True)
class Offer:
    """A format by our short name for it, its media type, and the Content-Type sent with it.

    With a `profile` it is one form of what the media type stands for.
    """

    name: str
    media_type: str
    profile: str = ""

    @property
    def content_type(self) -> str:
        """The media type, with the encoding where the type leaves that open, and the profile."""
        textual = self.media_type.startswith("text/")
        more = "; charset=utf-8" if textual else f';profile="{self.profile}"' * bool(self.profile)
        return self.media_type + more


class Range(NamedTuple):
    """A media range of an Accept header, with the profiles that it names, and its quality."""

    media_range: str
    profiles: tuple[str, ...]
    quality: float


@lru_cache(maxsize=1024)
def choose(accept: str | None, offers: tuple[Offer, ...]) -> Offer | None:
    """The offer of highest quality, the earliest among equals; None where none is acceptable.

    An absent or empty `accept` takes anything. The most specific range that fits an offer decides
    its quality, as RFC 9110 has it; among equals, one whose profile the client names goes first.
    """
    ranges = list(_ranges(accept)) if accept and accept.strip() else [Range("*/*", (), 1.0)]
    best, best_rank = None, (0.0, True)
    for offer in offers:
        rank = _rank(offer, ranges)
        if rank > best_rank:
            best, best_rank = offer, rank
    return best


def by_name(name: str, offers: Sequence[Offer]) -> Offer | None:
    """The first offer with this short name."""
    return next((offer for offer in offers if offer.name == name), None)


def _ranges(accept: str) -> list[Range]:
    ranges = []
    for part in accept.split(","):
        media_range, semicolon, rest = part.partition(";")
        if media_range.strip():
            told = {n.lower(): v.strip(' "') for n, v in _PARAMETER.findall(semicolon + rest)}
            profiles = tuple(told.get("profile", "").split())
            ranges.append(Range(media_range.strip().lower(), profiles, _weight(told.get("q"))))
    return ranges


def _weight(text: str | None) -> float:
    try:
        return min(max(float(text), 0.0), 1.0) if text is not None else 1.0
    except ValueError:
        return 0.0


def _rank(offer: Offer, ranges: Sequence[Range]) -> tuple[float, bool]:
    """The quality of an offer, and whether its own profile is asked for."""
    exact = [one for one in ranges if one.media_range == offer.media_type]
    if asked := [one.quality for one in exact if offer.profile in one.profiles]:
        return max(asked), True
    if found := [one.quality for one in exact if not (offer.profile and one.profiles)]:
        return max(found), False
    for wanted in (offer.media_type.split("/")[0] + "/*", "*/*"):
        if found := [one.quality for one in ranges if one.media_range == wanted]:
            return max(found), False
    return 0.0, False
