"""Elementary conversions between printed statistics. Each is one named, pure function.

References
----------
[1] Higgins JPT, Li T, Deeks JJ (eds). Choosing effect measures and computing
    estimates of effect. Cochrane Handbook for Systematic Reviews of
    Interventions, chapter 6. doi:10.1002/9781119536604.ch6
[2] Chinn S. A simple method for converting an odds ratio to effect size for use in
    meta-analysis. Stat Med 2000;19:3127-31.
    doi:10.1002/1097-0258(20001130)19:22<3127::AID-SIM784>3.0.CO;2-M
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


def se_from_f(estimate: float, f: float) -> float:
    """Standard error of a difference of two groups from an F statistic with 1 degree of freedom.

    abs(estimate) / sqrt(F), since F = t^2 for two groups.  # [1] section 6.3

    Parameters
    ----------
    estimate
        The difference, not 0.
    f
        F statistic with 1 numerator degree of freedom, above 0.

    Raises
    ------
    MethodError
        When either is 0 or not finite, or F is below 0.
    """
    if not (math.isfinite(f) and f > 0.0):
        raise MethodError(f"F statistic {f:g}: a finite value above 0")
    return se_from_statistic(abs(estimate), math.sqrt(f))


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


def sd_from_se(se: float, n: float) -> float:
    """Standard deviation of a group from the standard error of its mean: se sqrt(n).

    # [1] section 6.5.2.2

    Raises
    ------
    MethodError
        For an se that is not above 0, or n not above 1.
    """
    if not (math.isfinite(se) and se > 0.0):
        raise MethodError(f"standard error {se:g}: a finite value above 0")
    if not (math.isfinite(n) and n > 1.0):
        raise MethodError(f"n {n:g}: a finite value above 1")
    return se * math.sqrt(n)


def sd_from_interval(low: float, high: float, n: float, *, level: float = 0.95) -> float:
    """Standard deviation of a group from the t interval of its mean.

    sqrt(n) (high - low) / (2 t), t with n - 1 degrees of freedom.  # [1] section 6.5.2.2

    Parameters and errors as for :func:`se_from_interval` and :func:`sd_from_se`.
    """
    if not (math.isfinite(n) and n >= 2.0):
        raise MethodError(f"n {n:g}: a finite value of 2 or more")
    return sd_from_se(se_from_interval(low, high, level=level, df=n - 1.0), n)


def smd_to_log_odds_ratio(smd: float, se: float) -> tuple[float, float]:
    """Log odds ratio and its standard error from a standardised mean difference.

    Both times pi / sqrt(3), the standard deviation of the logistic distribution.  # [2]

    Parameters
    ----------
    smd, se
        Standardised mean difference and its standard error, finite, se above 0.

    Notes
    -----
    Assumes a logistic distribution with equal spread in both groups.
    In R: ``escalc("D2ORL", ...)``.
    """
    return _scaled(smd, se, math.pi / math.sqrt(3.0))


def log_odds_ratio_to_smd(log_or: float, se: float) -> tuple[float, float]:
    """Standardised mean difference and its standard error from a log odds ratio.

    Both times sqrt(3) / pi.  # [2]

    In R: ``escalc("OR2DL", ...)``. Assumptions as for :func:`smd_to_log_odds_ratio`.
    """
    return _scaled(log_or, se, math.sqrt(3.0) / math.pi)


def _scaled(value: float, se: float, factor: float) -> tuple[float, float]:
    if not (math.isfinite(value) and math.isfinite(se) and se > 0.0):
        raise MethodError(
            f"estimate {value:g} with standard error {se:g}: finite, the latter above 0"
        )
    return value * factor, se * factor


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
