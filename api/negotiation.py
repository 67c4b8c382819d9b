"""Content negotiation: the best of what is on offer for what a client says it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Offer:
    """A format by our short name for it, its media type, and the Content-Type sent with it."""

    name: str
    media_type: str

    @property
    def content_type(self) -> str:
        """The media type, with the encoding where the type leaves that open."""
        textual = self.media_type.startswith("text/")
        return f"{self.media_type}; charset=utf-8" if textual else self.media_type


@lru_cache(maxsize=1024)
def choose(accept: str | None, offers: tuple[Offer, ...]) -> Offer | None:
    """The offer of highest quality, the earliest among equals; None where none is acceptable.

    An absent or empty `accept` takes anything. The most specific range that fits an offer decides
    its quality, as RFC 9110 has it.
    """
    ranges = list(_ranges(accept)) if accept and accept.strip() else [("*/*", 1.0)]
    best, best_quality = None, 0.0
    for offer in offers:
        quality = _quality(offer.media_type, ranges)
        if quality > best_quality:
            best, best_quality = offer, quality
    return best


def by_name(name: str, offers: Sequence[Offer]) -> Offer | None:
    """The first offer with this short name."""
    return next((offer for offer in offers if offer.name == name), None)


def _ranges(accept: str) -> list[tuple[str, float]]:
    ranges = []
    for part in accept.split(","):
        media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if media_range:
            ranges.append((media_range, _weight(parameters)))
    return ranges


def _weight(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def _quality(media_type: str, ranges: Sequence[tuple[str, float]]) -> float:
    whole_type = media_type.split("/")[0] + "/*"
    for wanted in (media_type, whole_type, "*/*"):
        found = [quality for media_range, quality in ranges if media_range == wanted]
        if found:
            return max(found)
    return 0.0
