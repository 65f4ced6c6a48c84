"""How much the studies differ: Q, H squared, and I squared by both definitions.

References
----------
[1] Higgins JPT, Thompson SG. Quantifying heterogeneity in a meta-analysis.
    Stat Med 2002;21:1539-58. doi:10.1002/sim.1186
[2] Crippa A, Khudyakov P, Wang M, Orsini N, Spiegelman D. A new measure of
    between-studies heterogeneity in meta-analysis. Stat Med 2016;35:3661-75.
    doi:10.1002/sim.6980
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evidencekit.models.kernel import Block, FloatArray, pair_products, weighted


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
    sum_w = sums.sum_w[0]
    return CommonEffect(
        estimate=sums.mean[0],
        se=1.0 / np.sqrt(sum_w),
        q=np.add.reduce(sums.w * sums.residual * sums.residual, axis=0)[0],
        df=block.count - 1.0,
        typical_variance=typical_variance(sum_w, pair_products(sums.w[:, 0, :]), block.count),
    )


def typical_variance(sum_w: FloatArray, pairs: FloatArray, k: FloatArray) -> FloatArray:
    """Typical within-study variance, with w = 1/v and *pairs* from :func:`pair_products`.

    v_t = (k - 1) sum w / ((sum w)^2 - sum w^2)  # [1] eq. (9)

    NaN for a single study.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (k - 1.0) * sum_w / pairs
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


def h_from_q(q: FloatArray, df: FloatArray) -> FloatArray:
    """H from Q: sqrt(Q / df), not below 1; NaN without degrees of freedom.  # [1]"""
    safe = np.where(df > 0, df, 1.0)
    return np.where(df > 0, np.sqrt(np.maximum(q / safe, 1.0)), np.nan)


def h_limits(q: FloatArray, df: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """Test-based interval of H, not below 1: exp(log H -/+ z SE(log H)).  # [1] section 3.2

    With k = df + 1, SE = (log Q - log df) / (2 (sqrt(2Q) - sqrt(2k - 3))) for Q > k, and
    sqrt((1 - 1/(3 (k - 2)^2)) / (2 (k - 2))) else. NaN for fewer than three studies.
    """
    from evidencekit.special import ndtri

    k = df + 1.0
    enough = k > 2
    spare = np.where(enough, k - 2.0, 1.0)
    large = enough & (q > k)
    value = np.where(large, q, 2.0 * spare + 9.0)
    freedom = np.where(enough, df, 1.0)
    root = np.sqrt(2.0 * value) - np.sqrt(2.0 * spare + 1.0)
    from_q = (np.log(value) - np.log(freedom)) / (2.0 * root)
    small = np.sqrt((1.0 - 1.0 / (3.0 * spare * spare)) / (2.0 * spare))
    half = -float(ndtri(0.5 * (1.0 - level))) * np.where(large, from_q, small)
    h = h_from_q(q, df)
    low, high = np.maximum(h * np.exp(-half), 1.0), h * np.exp(half)
    return np.where(enough, low, np.nan), np.where(enough, high, np.nan)


def i2_from_h(h: FloatArray) -> FloatArray:
    """I squared from H: 1 - 1/H^2.  # [1]"""
    return 1.0 - 1.0 / (h * h)


def r_b(tau2: FloatArray, se: FloatArray, k: FloatArray) -> FloatArray:
    """R_b = tau2 / (k se^2), the mean of tau2 / (tau2 + v).  # [2] eq. (6)

    The share of the variance of the pooled mean that is between studies; unlike
    I squared it needs no typical variance. ``se`` is 1/sqrt(sum w).
    """
    return np.where(tau2 == 0.0, 0.0, tau2 / (k * se * se))


def q_p_value(q: FloatArray, df: FloatArray) -> FloatArray:
    """Upper tail of chi squared with df degrees of freedom; NaN when df is 0."""
    from evidencekit.special import chdtrc

    return np.where(df > 0, chdtrc(np.maximum(df, 1.0), q), np.nan)
