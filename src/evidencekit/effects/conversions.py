"""Elementary conversions between printed statistics. Each is one named, pure function.

References
----------
[1] Higgins JPT, Li T, Deeks JJ (eds). Choosing effect measures and computing
    estimates of effect. Cochrane Handbook for Systematic Reviews of
    Interventions, chapter 6. doi:10.1002/9781119536604.ch6
"""

from __future__ import annotations

import math
from typing import NamedTuple

from evidencekit.errors import MethodError


def critical_value(level: float, *, df: float = math.inf) -> float:
    """Two-sided critical value of the normal distribution, or of t with df degrees of freedom.

    Parameters
    ----------
    level
        Coverage in (0, 1); 0.95 gives 1.96.
    df
        Degrees of freedom, at least 1; infinite for the normal distribution.

    Raises
    ------
    MethodError
        For a level outside (0, 1) or df below 1.
    """
    from evidencekit.special import ndtri, stdtrit

    if not 0.0 < level < 1.0:
        raise MethodError(f"level {level!r}: a fraction between 0 and 1, such as 0.95")
    if not df >= 1.0:
        raise MethodError(f"degrees of freedom {df!r}: at least 1")
    tail = 0.5 * (1.0 - level)
    return -float(ndtri(tail) if math.isinf(df) else stdtrit(df, tail))


def se_from_interval(
    low: float, high: float, *, level: float = 0.95, df: float = math.inf
) -> float:
    """Standard error from a symmetric interval: (high - low) / (2 z).  # [1] section 6.3

    Parameters
    ----------
    low, high
        Limits on the analysis scale (logarithms for ratios), low < high.
    level
        Coverage of the interval, in (0, 1).
    df
        Degrees of freedom when the interval is a t interval.

    Raises
    ------
    MethodError
        For limits that are not finite or not in order.

    Notes
    -----
    In R: ``metafor::conv.wald``.
    """
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise MethodError(f"interval {low:g} to {high:g}: two finite limits, the lower one first")
    return (high - low) / (2.0 * critical_value(level, df=df))


def se_from_p(estimate: float, p_value: float, *, df: float = math.inf) -> float:
    """Standard error from a two-sided p-value: abs(estimate) / z.  # [1] section 6.3

    Parameters
    ----------
    estimate
        On the analysis scale, not 0.
    p_value
        Exact two-sided p-value in (0, 1) of the test against no effect; a
        "p < 0.05" is not one.
    df
        Degrees of freedom when it is the p-value of a t test.

    Raises
    ------
    MethodError
        For a p-value outside (0, 1), or an estimate of 0, which says nothing
        about its standard error.
    """
    if not 0.0 < p_value < 1.0:
        raise MethodError(f"p-value {p_value!r}: an exact value between 0 and 1")
    if not (math.isfinite(estimate) and estimate != 0.0):
        raise MethodError(f"estimate {estimate:g}: a standard error needs one that is not 0")
    return abs(estimate) / critical_value(1.0 - p_value, df=df)


def se_from_statistic(estimate: float, statistic: float) -> float:
    """Standard error from a z or t statistic of the test against no effect: estimate / statistic.

    Raises
    ------
    MethodError
        When either is 0 or not finite, or they differ in sign.
    """
    usable = math.isfinite(estimate) and math.isfinite(statistic)
    if not usable or estimate * statistic <= 0.0:
        raise MethodError(
            f"estimate {estimate:g} with statistic {statistic:g}: "
            "both finite, not 0 and of one sign"
        )
    return estimate / statistic


def log_ratio(value: float) -> float:
    """Natural logarithm of a ratio; MethodError unless it is finite and above 0."""
    if not (math.isfinite(value) and value > 0.0):
        raise MethodError(f"ratio {value:g}: a finite value above 0")
    return math.log(value)


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
