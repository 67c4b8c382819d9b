"""Content codings: which of ours a client takes, by RFC 9110, and each of them at work."""

import zlib
from functools import lru_cache
from typing import Protocol

import brotli
import zstandard


class Encoder(Protocol):
    """A coding at work on one body."""

    def piece(self, data: bytes) -> bytes:
        """The next piece, coded so that the receiver can decode all of it at once."""

    def end(self, data: bytes) -> bytes:
        """The last piece, and the mark that the body is whole."""


class Zstandard:
    """`zstd`, RFC 8878; at this level its window is within the 8 MB that RFC 9659 allows."""

    def __init__(self) -> None:
        self._coder = zstandard.ZstdCompressor(level=3).compressobj()

    def piece(self, data: bytes) -> bytes:
        """See `Encoder`."""
        return self._coder.compress(data) + self._coder.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)

    def end(self, data: bytes) -> bytes:
        """See `Encoder`."""
        return self._coder.compress(data) + self._coder.flush()


class Brotli:
    """`br`, RFC 7932."""

    def __init__(self) -> None:
        self._coder = brotli.Compressor(quality=4)

    def piece(self, data: bytes) -> bytes:
        """See `Encoder`."""
        return bytes(self._coder.process(data) + self._coder.flush())

    def end(self, data: bytes) -> bytes:
        """See `Encoder`."""
        return bytes(self._coder.process(data) + self._coder.finish())


class Gzip:
    """`gzip`, RFC 1952."""

    def __init__(self) -> None:
        self._coder = zlib.compressobj(5, zlib.DEFLATED, 31)

    def piece(self, data: bytes) -> bytes:
        """See `Encoder`."""
        return self._coder.compress(data) + self._coder.flush(zlib.Z_SYNC_FLUSH)

    def end(self, data: bytes) -> bytes:
        """See `Encoder`."""
        return self._coder.compress(data) + self._coder.flush()


CODINGS: dict[bytes, type[Encoder]] = {b"zstd": Zstandard, b"br": Brotli, b"gzip": Gzip}
"""By name, the one we like best first."""


class Accepted:
    """What an Accept-Encoding header takes.

    `codings` are those of ours that it takes; `best` is the one to use, None for none;
    `must` says that a body may not go without.
    """

    def __init__(self, accept: bytes) -> None:
        said = _qualities(accept.decode("latin-1").lower())
        other = said.get("*", 0.0)
        found = {name: said.get(name.decode(), other) for name in CODINGS}
        self.codings = frozenset(name for name, quality in found.items() if quality > 0)
        best = max(found, key=lambda name: found[name])
        uncoded = said.get("identity", other)
        self.best = best if found[best] > 0 and found[best] >= uncoded else None
        self.must = said.get("identity", said.get("*")) == 0


@lru_cache(maxsize=256)
def accepted(accept: bytes) -> Accepted:
    """What this Accept-Encoding header takes."""
    return Accepted(accept)


def _qualities(accept: str) -> dict[str, float]:
    qualities = {}
    for part in accept.split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        qualities["gzip" if name == "x-gzip" else name] = _weight(parameters)
    return qualities


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
