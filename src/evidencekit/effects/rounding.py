"""What a printed number can have been before it was rounded.

References
----------
[1] Higgins JPT, Li T, Deeks JJ (eds). Choosing effect measures and computing
    estimates of effect. Cochrane Handbook for Systematic Reviews of
    Interventions, chapter 6. doi:10.1002/9781119536604.ch6
"""

from __future__ import annotations

import math
from typing import NamedTuple

from evidencekit.effects.conversions import critical_value
from evidencekit.effects.transforms import log_ratio
from evidencekit.errors import MethodError


class Span(NamedTuple):
    """Smallest and largest value that print the same."""

    low: float
    high: float


def rounding_span(value: float, decimals: int | None) -> Span:
    """All values that print as this one: half a unit in the last printed place either way.

    ``decimals`` is the number of digits after the point (negative for values
    rounded to tens); None means not rounded.
    """
    half = 0.0 if decimals is None else 0.5 * 10.0**-decimals
    return Span(value - half, value + half)


def se_range_from_interval(
    low: float,
    high: float,
    *,
    decimals: int,
    ratio: bool,
    level: float = 0.95,
    df: float = math.inf,
) -> Span:
    """Smallest and largest standard error of intervals that print as this one.

    With d = half a unit of the last printed digit: (high - low - 2 d)/(2 z) to
    (high - low + 2 d)/(2 z), in logarithms of the limits for a ratio.  # from [1] section 6.3

    In R: no equivalent.

    Parameters
    ----------
    low, high
        Limits as printed, on the natural scale.
    decimals
        Digits after the point of both limits.
    ratio
        Whether the standard error is that of the logarithm.
    level, df
        As for :func:`se_from_interval`.

    Returns
    -------
    Span
        The largest is infinite when a limit of a ratio may have been 0, the smallest 0
        when the limits may have been equal.

    Raises
    ------
    MethodError
        For limits that are not finite or not in order, or a ratio not above 0.
    """
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise MethodError(f"interval {low:g} to {high:g}: two finite limits, the lower one first")
    if ratio:
        log_ratio(low)
    lower, upper = rounding_span(low, decimals), rounding_span(high, decimals)
    twice = 2.0 * critical_value(level, df=df)
    if not ratio:
        return Span(max(0.0, upper.low - lower.high) / twice, (upper.high - lower.low) / twice)
    smallest = max(0.0, math.log(upper.low / lower.high)) if upper.low > 0.0 else 0.0
    largest = math.log(upper.high / lower.low) if lower.low > 0.0 else math.inf
    return Span(smallest / twice, largest / twice)
