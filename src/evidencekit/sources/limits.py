"""How fast a service may be asked: pacing, concurrency, and what its headers say about both.

A bucket that may be emptied at once lets twice its rate through in one interval,
so requests are spaced evenly instead. The spacing is 5 % wider than the limit
asks, because requests bunch up a little on their way.
"""

from __future__ import annotations

import contextlib
import math
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

RESERVE = 1.05
"""Spacing kept, as a multiple of the spacing the limit allows."""

MAXIMUM_PAUSE = 120.0
"""Seconds; a service that asks for a longer pause is not waited for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """At most ``limit`` requests in ``interval`` seconds, ``concurrency`` of them at once."""

    limit: float
    interval: float = 1.0
    concurrency: int = 1

    @property
    def spacing(self) -> float:
        """Seconds between the starts of two requests."""
        return RESERVE * self.interval / self.limit


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """Time as the transport sees it; a test passes its own.

    Parameters
    ----------
    monotonic
        Seconds that never run backwards.
    wall
        Seconds since 1970, for dates.
    sleep
        Waits so many seconds.
    """

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


class Limiter:
    """Holds requests back until they may go; safe to share between threads.

    Parameters
    ----------
    rate
        What is kept to until the service's headers say otherwise.
    most_at_once
        The user's own ceiling on concurrency, never exceeded whatever a header allows.
    clock
        Time.
    """

    def __init__(self, rate: Rate, *, most_at_once: int, clock: Clock) -> None:
        self._clock = clock
        self._most_at_once = most_at_once
        self._rate = rate
        self._in_flight = 0
        self._last_start = -math.inf
        self._not_before = -math.inf
        self._changed = threading.Condition()

    @property
    def rate(self) -> Rate:
        """What is kept to now."""
        return self._rate

    def retune(self, rate: Rate) -> None:
        """Keep to another rate from the next request on."""
        with self._changed:
            self._rate = rate
            self._changed.notify_all()

    def pause(self, seconds: float) -> None:
        """Let no request start for so many seconds."""
        with self._changed:
            self._not_before = max(self._not_before, self._clock.monotonic() + seconds)

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a place and for the time; the body is the request."""
        with self._changed:
            while self._in_flight >= max(1, min(self._rate.concurrency, self._most_at_once)):
                self._changed.wait()
            self._in_flight += 1
        try:
            self._wait()
            yield
        finally:
            with self._changed:
                self._in_flight -= 1
                self._changed.notify_all()

    def _wait(self) -> None:
        # A pause may be set while this thread sleeps, so the time is looked at again after it.
        while True:
            with self._changed:
                now = self._clock.monotonic()
                start = max(self._last_start + self._rate.spacing, self._not_before)
                if start <= now:
                    self._last_start = now
                    return
            self._clock.sleep(start - now)


def crossref_rate(headers: Mapping[str, str], now: Rate) -> Rate:
    """The rate in Crossref's ``x-rate-limit-*`` and ``x-concurrency-limit``; else *now*."""
    limit = _number(headers.get("x-rate-limit-limit"), most=100)
    interval = _number((headers.get("x-rate-limit-interval") or "").removesuffix("s"), most=3600)
    at_once = _number(headers.get("x-concurrency-limit"), most=100)
    return Rate(
        limit=limit or now.limit,
        interval=interval or now.interval,
        concurrency=int(at_once) if at_once else now.concurrency,
    )


def ncbi_rate(headers: Mapping[str, str], now: Rate) -> Rate:
    """The rate in NCBI's ``x-ratelimit-limit``, which is per second; else *now*.

    A limit above the documented 10 a second is not followed.
    """
    limit = _number(headers.get("x-ratelimit-limit"), most=10)
    return Rate(limit=limit or now.limit, interval=1.0, concurrency=now.concurrency)


def same_rate(headers: Mapping[str, str], now: Rate) -> Rate:
    """The rate of a service that does not state one in its headers."""
    return now


def _number(text: str | None, *, most: float) -> float | None:
    """A plain positive number of a header; ``None`` when it is none or beyond reason."""
    if not text or not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text.strip()):
        return None
    number = float(text)
    return number if 0 < number <= most else None


def retry_after(value: str | None, *, now: float) -> float | None:
    """Seconds in a ``Retry-After`` header, which holds seconds or an HTTP date.

    Parameters
    ----------
    value
        The header; ``None`` when there is none.
    now
        Seconds since 1970, to count from when it is a date.

    Returns
    -------
    float or None
        At least 0; ``None`` when the header is missing or cannot be read.
    """
    from email.utils import parsedate_to_datetime

    text = (value or "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", text):
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None
