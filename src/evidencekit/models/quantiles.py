"""Quantiles, tail probabilities and limits of t and normal distributions, vectorised."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from evidencekit.models.kernel import FloatArray
from evidencekit.quantities import Interval


def t_quantile(df: FloatArray, level: float) -> FloatArray:
    """Two-sided critical value: t with df > 0, normal where df is infinite, NaN elsewhere."""
    from evidencekit.special import ndtri, stdtrit

    # Few values of df occur in many rows; each is solved once.
    values, position = np.unique(df, return_inverse=True)
    tail = 0.5 * (1.0 - level)
    finite = np.isfinite(values) & (values > 0)
    critical = np.where(np.isposinf(values), -ndtri(tail), np.nan)
    critical[finite] = -stdtrit(values[finite], tail)
    return np.asarray(critical[position.reshape(df.shape)])


def limits(
    estimate: FloatArray, se: FloatArray, df: FloatArray, level: float
) -> tuple[FloatArray, FloatArray]:
    """estimate -/+ quantile * se."""
    half = t_quantile(df, level) * se
    return estimate - half, estimate + half


def lower_tail_t(statistic: FloatArray, df: FloatArray) -> FloatArray:
    """P(T <= statistic): t with df > 0, normal where df is infinite, NaN elsewhere."""
    from evidencekit.special import ndtr, stdtr

    finite = np.isfinite(df) & (df > 0)
    p = np.where(np.isposinf(df), ndtr(statistic), np.nan)
    p[finite] = stdtr(df[finite], statistic[finite])
    return p


def two_sided_p(statistic: FloatArray, df: FloatArray) -> FloatArray:
    """Two-sided p-value of a t (or, with infinite df, normal) statistic."""
    return 2.0 * lower_tail_t(-np.abs(statistic), df)


class WaldTest(NamedTuple):
    """z = estimate / se, its two-sided p-value, and estimate -/+ quantile * se."""

    statistic: float
    p_value: float
    ci: Interval


def wald_test(estimate: float, se: float, level: float) -> WaldTest:
    """Test and interval of one estimate by the normal distribution."""
    normal = np.array([np.inf])
    low, high = limits(np.array([estimate]), np.array([se]), normal, level)
    statistic = estimate / se
    return WaldTest(
        statistic,
        float(two_sided_p(np.array([statistic]), normal)[0]),
        Interval(low=float(low[0]), high=float(high[0]), level=level, method="wald"),
    )


def chi2_p(statistic: float, df: int) -> float:
    """Upper tail of chi squared; NaN for a statistic that is NaN."""
    from evidencekit.special import chdtrc

    return float(chdtrc(df, statistic))


def boundary_p(ratio: float) -> float:
    """p-value of a likelihood ratio for a variance of 0: half of chi squared with 1 df, or 1.

    0 is on the boundary of what a variance can be: half the time its estimate is 0, and so is
    the ratio.
    """
    return 0.5 * chi2_p(ratio, 1) if ratio > 0 else 1.0
