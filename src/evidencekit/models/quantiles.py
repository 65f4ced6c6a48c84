"""Quantiles, tail probabilities and limits of t and normal distributions, vectorised."""

from __future__ import annotations

import numpy as np

from evidencekit.models.kernel import FloatArray


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
