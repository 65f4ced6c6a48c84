"""The value axis: its domain, its ticks, and values to points.

Ticks are numbers people read (0.1, 0.2, 0.5, 1, 2, 5), never powers or
logarithms. Pure arithmetic of places; no statistic is computed here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

MOST_TICKS = 7
FEWEST_TICKS = 3
# A log axis runs from a hundredth to a hundredfold of the null at most, unless
# the typical study itself lies further out.
LOG_LIMIT = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisScale:
    """A domain on the natural scale laid over ``left`` to ``right`` points."""

    low: float
    high: float
    log: bool
    left: float
    right: float

    def place(self, value: float) -> float:
        """The x of *value* in points, unclipped; 0 and infinities lie far outside."""
        if value == math.inf:
            return math.inf
        if value == -math.inf or (self.log and value <= 0):
            return -math.inf
        low, high, at = self.low, self.high, value
        if self.log:
            low, high, at = math.log(low), math.log(high), math.log(value)
        return self.left + (at - low) / (high - low) * (self.right - self.left)

    def value(self, x: float) -> float:
        """The natural value at *x* points: the inverse of :meth:`place`."""
        share = (x - self.left) / (self.right - self.left)
        if self.log:
            low, high = math.log(self.low), math.log(self.high)
            return math.exp(low + share * (high - low))
        return self.low + share * (self.high - self.low)

    def clip(self, value: float) -> float:
        """The x of *value*, held inside the axis."""
        return min(max(self.place(value), self.left), self.right)

    def covers(self, value: float) -> bool:
        """Whether *value* lies on the axis (a hair of rounding allowed)."""
        slack = 1e-9 * (self.right - self.left)
        return self.left - slack <= self.place(value) <= self.right + slack


def quantile(values: Sequence[float], share: float) -> float:
    """The *share* quantile of sorted-or-not *values*, linear between neighbours."""
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    below = math.floor(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (at - below) * (ordered[above] - ordered[below])


def choose_domain(
    points: Sequence[float],
    limits: Sequence[float],
    pooled: Sequence[float],
    *,
    null: float,
    log: bool,
) -> tuple[float, float]:
    """The limits of the axis, natural scale.

    Covers the null, all of *pooled* (capped on a log axis when extreme), and
    the studies from the 5th to the 95th percentile of their limits, or all of
    them when that widens the axis by less than a third. A few wide intervals
    then end in arrows rather than squeezing the rest.

    Parameters
    ----------
    points, limits
        Estimates and confidence limits of the rows.
    pooled
        Estimates and limits of summaries, prediction intervals and published rows.
    """
    centre = math.log(null) if log else null

    def offsets(values: Sequence[float]) -> list[float]:
        usable = (v for v in values if math.isfinite(v) and (not log or v > 0))
        return [(math.log(v) if log else v) - centre for v in usable]

    study = offsets([*points, *limits])
    whole = offsets(pooled)
    low, high = 0.0, 0.0
    if study:
        inner = (quantile(study, 0.05), quantile(study, 0.95))
        low, high = min(low, inner[0]), max(high, inner[1])
        span = high - low
        widest = (min(low, *study), max(high, *study))
        if widest[1] - widest[0] <= 1.35 * span:
            low, high = widest
    if log:
        middle = abs(quantile(offsets(points), 0.5)) if offsets(points) else 0.0
        cap = max(math.log(LOG_LIMIT), 1.25 * middle)
        low, high = max(low, -cap), min(high, cap)
        # A pooled interval may be absurd (two studies, one degree of freedom).
        reach = min(max(1.6 * max(-low, high), math.log(2.0)), cap) if study else cap
        whole = [min(max(v, -reach), reach) for v in whole]
    low, high = min([low, *whole]), max([high, *whole])
    low, high = _balance(low, high, log=log)
    if log:
        return null * math.exp(low), null * math.exp(high)
    return null + low, null + high


_ROUND_ENDS = (1.25, 1.5, 2.0, 2.5, 4.0, 5.0, 8.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)


def _balance(low: float, high: float, *, log: bool) -> tuple[float, float]:
    """Room on both sides of the null: equal on a log axis, a quarter at least on a linear one."""
    longest = max(-low, high)
    if longest <= 0:
        longest = math.log(2.0) if log else 1.0
        return -longest, longest
    longest *= 1.04
    if log:
        longest = _round_end(longest)
        return -longest, longest
    least = 0.25 * longest
    return min(1.04 * low, -least), max(1.04 * high, least)


def _round_end(offset: float) -> float:
    """The next round ratio to end the axis at (2, 5, 10, ...), when it is not far off."""
    for end in _ROUND_ENDS:
        if math.log(end) >= offset - 1e-12:
            return math.log(end) if math.log(end) <= 1.16 * offset else offset
    return offset


# -- ticks -----------------------------------------------------------------

_EXPONENTS = range(-8, 9)
_ROOT_TWO = (0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
_NARROW = (0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.4, 1.6)
# Each with the widest domain (high over low) it is meant for, finest first.
_LADDERS: tuple[tuple[tuple[float, ...], float], ...] = (
    (_NARROW, math.inf),
    (_ROOT_TWO, math.inf),
    (tuple(m * 10.0**e for e in _EXPONENTS for m in (1, 2, 5)), math.inf),
    ((0.25, 0.5, 1.0, 2.0, 4.0), math.inf),
    ((0.05, 0.2, 1.0, 5.0, 20.0), 2000.0),
    (tuple(10.0**e for e in _EXPONENTS), math.inf),
    (tuple(10.0**e for e in _EXPONENTS if e % 2 == 0), math.inf),
    (tuple(10.0**e for e in _EXPONENTS if e % 4 == 0), math.inf),
)


def choose_ticks(low: float, high: float, *, log: bool, most: int = MOST_TICKS) -> list[float]:
    """Between 3 and *most* tick values inside the domain, finest ladder first."""
    if not log:
        return linear_ticks(low, high, most=most)
    slack = 1e-9
    fitting = []
    for ladder, widest in _LADDERS:
        inside = [v for v in ladder if low * (1 - slack) <= v <= high * (1 + slack)]
        if FEWEST_TICKS <= len(inside) <= most and high / low <= widest:
            fitting.append(inside)
    reaching = (ticks for ticks in fitting if _reaches(ticks, low, high))
    best = next(reaching, fitting[0] if fitting else None)
    return linear_ticks(low, high, most=most) if best is None else best


def _reaches(ticks: list[float], low: float, high: float) -> bool:
    """Whether the ticks cover at least 55% of the axis; a cluster around 1 says little."""
    return math.log(ticks[-1] / ticks[0]) >= 0.55 * math.log(high / low)


def linear_ticks(low: float, high: float, *, most: int = MOST_TICKS) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten, the finest step with at most *most* ticks."""
    span = high - low
    exponent = math.floor(math.log10(span)) - 2
    for power in range(exponent, exponent + 5):
        for factor in (1, 2, 5):
            step = factor * 10.0**power
            first = math.ceil(low / step - 1e-9)
            last = math.floor(high / step + 1e-9)
            if last - first + 1 <= most:
                return [_tidy(n * step) for n in range(first, last + 1)]
    return [low, high]


def _tidy(value: float) -> float:
    """Remove the dust of binary multiplication (0.30000000000000004)."""
    return float(f"{value:.12g}")


def tick_decimals(value: float, ticks: Sequence[float], *, log: bool) -> int:
    """Decimals of a tick label: as few as it needs (log), or the same for all (linear)."""
    if log:
        return _decimals(value)
    return max((_decimals(tick) for tick in ticks), default=0)


def _decimals(value: float) -> int:
    text = f"{value:.10f}".rstrip("0")
    return len(text.partition(".")[2])
