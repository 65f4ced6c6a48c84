"""Reading an answer that may be endless, slow, broken off or a decompression bomb."""

from __future__ import annotations

import zlib
from typing import Protocol

from evidencekit.sources.limits import Clock

LARGEST = 50_000_000
"""Bytes of one answer, after decompression."""

ENCODINGS = ("identity", "gzip", "deflate")
"""Content encodings that are understood, and asked for."""

_PIECE = 65_536


class TooLarge(Exception):
    """More bytes than any real answer has."""


class TooSlow(Exception):
    """The whole answer did not arrive in time."""


class BrokenOff(Exception):
    """The compressed stream is damaged or incomplete, or its encoding unknown."""


class Stream(Protocol):
    """What is read from: one piece at a time, as it comes in from the socket."""

    def read1(self, amt: int, decode_content: bool) -> bytes:
        """At most *amt* bytes, undecoded; empty at the end."""


def read_body(
    stream: Stream, *, encoding: str, clock: Clock, deadline: float, largest: int = LARGEST
) -> bytes:
    """Read and decompress an answer, giving up as soon as it is too large or too late.

    Parameters
    ----------
    stream
        The answer, headers read.
    encoding
        Its ``Content-Encoding``; empty when there is none.
    clock
        Time.
    deadline
        On ``clock.monotonic``; a server that drips bytes would else hold us for ever.
    largest
        Bytes allowed, as received and after decompression.

    Returns
    -------
    bytes
        The answer.

    Raises
    ------
    TooLarge, TooSlow, BrokenOff
        As their names say.
    """
    name = encoding.strip().lower() or "identity"
    if name not in ENCODINGS:
        raise BrokenOff(f"content encoding {name[:40]!r} was not asked for")
    received = 0
    pieces: list[bytes] = []
    expander = None if name == "identity" else _Expander(largest)
    while piece := stream.read1(_PIECE, decode_content=False):
        received += len(piece)
        if received > largest:
            raise TooLarge(f"more than {largest} bytes")
        if clock.monotonic() > deadline:
            raise TooSlow
        pieces.append(expander.expand(piece) if expander else piece)
    if expander:
        expander.finish()
    return b"".join(pieces)


class _Expander:
    """Decompresses gzip, zlib and the raw deflate some servers send under that name."""

    def __init__(self, largest: int) -> None:
        self._left = largest
        self._largest = largest
        self._inner = zlib.decompressobj(wbits=47)
        self._started = False

    def expand(self, piece: bytes) -> bytes:
        """Decompress one piece, never beyond the bytes allowed."""
        try:
            out = self._inner.decompress(piece, self._left + 1)
        except zlib.error as error:
            if self._started:
                raise BrokenOff("the compressed data are damaged") from error
            self._inner = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
            try:
                out = self._inner.decompress(piece, self._left + 1)
            except zlib.error:
                raise BrokenOff("the compressed data are damaged") from error
        self._started = True
        self._left -= len(out)
        if self._left < 0:
            raise TooLarge(f"more than {self._largest} bytes after decompression")
        return out

    def finish(self) -> None:
        """The stream must have come to its own end."""
        if self._started and not self._inner.eof:
            raise BrokenOff("the compressed data end too early")
