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

from evidencekit.errors import MethodError


def critical_value(level: float, *, df: float = math.inf) -> float:
    """Two-sided critical value of the normal distribution, or of t with df degrees of freedom.

    In R: ``qnorm(1 - (1 - level) / 2)``, ``qt(1 - (1 - level) / 2, df)``.

    Parameters
    ----------
    level
        Coverage in (0, 1); 0.95 gives 1.96.
    df
        Degrees of freedom, at least 1; infinite for the normal distribution.

    Returns
    -------
    float
        Above 0: 1.96 for 0.95.

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

    In R: ``metafor::conv.wald(out, ci.lb, ci.ub)`` (4.0 or later).

    Parameters
    ----------
    low, high
        Limits on the analysis scale (logarithms for ratios), low < high.
    level
        Coverage of the interval, in (0, 1).
    df
        Degrees of freedom when the interval is a t interval.

    Returns
    -------
    float
        Standard error, above 0, in the unit of the limits.

    Raises
    ------
    MethodError
        For limits that are not finite or not in order, or a level outside (0, 1).
    """
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise MethodError(f"interval {low:g} to {high:g}: two finite limits, the lower one first")
    return (high - low) / (2.0 * critical_value(level, df=df))


def se_from_p(estimate: float, p_value: float, *, df: float = math.inf) -> float:
    """Standard error from a two-sided p-value: abs(estimate) / z.  # [1] section 6.3

    In R: ``metafor::conv.wald(out, pval)`` (4.0 or later).

    Parameters
    ----------
    estimate
        On the analysis scale, not 0.
    p_value
        Exact two-sided p-value in (0, 1) of the test against no effect; a
        "p < 0.05" is not one.
    df
        Degrees of freedom when it is the p-value of a t test.

    Returns
    -------
    float
        Standard error, above 0, in the unit of the estimate.

    Raises
    ------
    MethodError
        For a p-value outside (0, 1), or an estimate of 0, which says nothing about its standard
        error.
    """
    if not 0.0 < p_value < 1.0:
        raise MethodError(f"p-value {p_value!r}: an exact value between 0 and 1")
    if not (math.isfinite(estimate) and estimate != 0.0):
        raise MethodError(f"estimate {estimate:g}: a standard error needs one that is not 0")
    return abs(estimate) / critical_value(1.0 - p_value, df=df)


def se_from_statistic(estimate: float, statistic: float) -> float:
    """Standard error from a z or t statistic of the test against no effect.

    estimate / statistic.  # [1] section 6.3

    In R: ``metafor::conv.wald(out, zval)`` (4.0 or later).

    Parameters
    ----------
    estimate
        On the analysis scale, not 0.
    statistic
        z or t, not 0, of the sign of the estimate.

    Returns
    -------
    float
        Standard error, above 0, in the unit of the estimate.

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

    In R: no function; ``abs(difference) / sqrt(f)``.

    Parameters
    ----------
    estimate
        The difference, not 0.
    f
        F statistic with 1 numerator degree of freedom, above 0.

    Returns
    -------
    float
        Standard error, above 0, in the unit of the difference.

    Raises
    ------
    MethodError
        When either is 0 or not finite, or F is below 0.
    """
    if not (math.isfinite(f) and f > 0.0):
        raise MethodError(f"F statistic {f:g}: a finite value above 0")
    return se_from_statistic(abs(estimate), math.sqrt(f))


def sd_from_se(se: float, n: float) -> float:
    """Standard deviation of a group from the standard error of its mean.

    sd = se sqrt(n).  # [1] section 6.5.2.2

    In R: no function; ``se * sqrt(n)``.

    Parameters
    ----------
    se
        Standard error of the mean, above 0, in the unit of the outcome.
    n
        People, above 1.

    Returns
    -------
    float
        Standard deviation, in the unit of the outcome.

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

    In R: no function; ``sqrt(n) * (high - low) / (2 * qt(0.975, n - 1))``.

    Parameters
    ----------
    low, high
        Limits of the interval, in the unit of the outcome, low < high.
    n
        People, 2 or more.
    level
        Coverage of the interval, in (0, 1).

    Returns
    -------
    float
        Standard deviation, in the unit of the outcome.

    Raises
    ------
    MethodError
        For limits that are not finite or not in order, n below 2, or a level outside (0, 1).
    """
    if not (math.isfinite(n) and n >= 2.0):
        raise MethodError(f"n {n:g}: a finite value of 2 or more")
    return sd_from_se(se_from_interval(low, high, level=level, df=n - 1.0), n)


def smd_to_log_odds_ratio(smd: float, se: float) -> tuple[float, float]:
    """Log odds ratio and its standard error from a standardised mean difference.

    log OR = smd pi / sqrt(3), and so its standard error: pi / sqrt(3) is the standard
    deviation of the logistic distribution.  # [2]

    In R: ``escalc("D2ORL", ...)``.

    Parameters
    ----------
    smd, se
        Standardised mean difference and its standard error, finite, se above 0.

    Returns
    -------
    tuple of float
        Log odds ratio and its standard error.

    Raises
    ------
    MethodError
        For values that are not finite, or se not above 0.

    Notes
    -----
    Assumes a logistic distribution with equal spread in both groups.
    """
    return _scaled(smd, se, math.pi / math.sqrt(3.0))


def log_odds_ratio_to_smd(log_or: float, se: float) -> tuple[float, float]:
    """Standardised mean difference and its standard error from a log odds ratio.

    smd = log OR sqrt(3) / pi, and so its standard error.  # [2]

    In R: ``escalc("OR2DL", ...)``.

    Parameters
    ----------
    log_or, se
        Log odds ratio and its standard error, finite, se above 0.

    Returns
    -------
    tuple of float
        Standardised mean difference and its standard error.

    Raises
    ------
    MethodError
        For values that are not finite, or se not above 0.

    Notes
    -----
    Assumptions as for :func:`smd_to_log_odds_ratio`.
    """
    return _scaled(log_or, se, math.sqrt(3.0) / math.pi)


def _scaled(value: float, se: float, factor: float) -> tuple[float, float]:
    if not (math.isfinite(value) and math.isfinite(se) and se > 0.0):
        raise MethodError(
            f"estimate {value:g} with standard error {se:g}: finite, the latter above 0"
        )
    return value * factor, se * factor
