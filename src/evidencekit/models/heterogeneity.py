"""How much the studies differ: Q, H squared, and I squared by both definitions.

References
----------
[1] Higgins JPT, Thompson SG. Quantifying heterogeneity in a meta-analysis.
    Stat Med 2002;21:1539-58. doi:10.1002/sim.1186
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evidencekit.models.kernel import Block, FloatArray, weighted


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonEffect:
    """Common-effect quantities of each meta-analysis of a block, in scaled units, shape (n,)."""

    estimate: FloatArray
    se: FloatArray
    q: FloatArray
    df: FloatArray
    typical_variance: FloatArray


def common_effect(block: Block) -> CommonEffect:
    """Inverse-variance mean, its standard error, Q around it and the typical variance.

    Q = sum w (y - mu)^2 with w = 1/v, summed after centring, so that a large
    common offset cancels nothing.
    """
    sums = weighted(block, np.zeros((1, block.n)))
    squares = np.add.reduce(sums.w * sums.w, axis=0)[0]
    sum_w = sums.sum_w[0]
    return CommonEffect(
        estimate=sums.mean[0],
        se=1.0 / np.sqrt(sum_w),
        q=np.add.reduce(sums.w * sums.residual * sums.residual, axis=0)[0],
        df=block.count - 1.0,
        typical_variance=typical_variance(sum_w, squares, block.count),
    )


def typical_variance(sum_w: FloatArray, sum_w_squared: FloatArray, k: FloatArray) -> FloatArray:
    """Typical within-study variance, with w = 1/v.

    v_t = (k - 1) sum w / ((sum w)^2 - sum w^2)  # [1] eq. (9)

    NaN for a single study.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (k - 1.0) * sum_w / (sum_w * sum_w - sum_w_squared)
    return np.where(k > 1, value, np.nan)


def i2_from_tau2(tau2: FloatArray, typical: FloatArray) -> FloatArray:
    """I squared as a fraction: tau2 / (tau2 + v_t).  # [1]"""
    with np.errstate(invalid="ignore"):
        # Written so that an infinite limit of tau2 gives 1.
        value = 1.0 - typical / (tau2 + typical)
    return np.where(tau2 == 0.0, 0.0, value)


def h2_from_tau2(tau2: FloatArray, typical: FloatArray) -> FloatArray:
    """H squared: (tau2 + v_t) / v_t."""
    return (tau2 + typical) / typical


def i2_from_q(q: FloatArray, df: FloatArray) -> FloatArray:
    """I squared from Q: max(0, (Q - df)/Q); 0 when Q is 0, NaN without degrees of freedom."""
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(q > 0, np.maximum(0.0, (q - df) / q), 0.0)  # [1]
    return np.where(df > 0, value, np.nan)


def q_p_value(q: FloatArray, df: FloatArray) -> FloatArray:
    """Upper tail of chi squared with df degrees of freedom; NaN when df is 0."""
    from evidencekit.special import chdtrc

    return np.where(df > 0, chdtrc(np.maximum(df, 1.0), q), np.nan)
