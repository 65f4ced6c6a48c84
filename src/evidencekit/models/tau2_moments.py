"""Moment estimators of tau2 in closed form: solutions of Q = E(Q) for given weights.

All but Sidik-Jonkman's are special cases of the generalised Q statistic

    Q(a) = sum a (y - y_a)^2,   y_a = sum a y / sum a,
    E Q(a) = sum a (1 - a / sum a) (v + tau2),

which is linear in tau2. [2] With groups that share one tau2 (``block.shared``)
both sides are added up over the groups.

References
----------
[1] DerSimonian R, Laird N. Meta-analysis in clinical trials. Control Clin
    Trials 1986;7:177-88. doi:10.1016/0197-2456(86)90046-2
[2] DerSimonian R, Kacker R. Random-effects model for meta-analysis of clinical
    trials: an update. Contemp Clin Trials 2007;28:105-14. doi:10.1016/j.cct.2006.04.004
[3] Viechtbauer W. Bias and efficiency of meta-analytic variance estimators in
    the random-effects model. J Educ Behav Stat 2005;30:261-93.
    doi:10.3102/10769986030003261
[4] Sidik K, Jonkman JN. A comparison of heterogeneity variance estimators in
    combining results of studies. Stat Med 2007;26:1964-81. doi:10.1002/sim.2688
[5] Jackson D. Confidence intervals for the between-study variance in random
    effects meta-analysis using generalised Cochran heterogeneity statistics.
    Res Synth Methods 2013;4:220-9. doi:10.1002/jrsm.1081
"""

from __future__ import annotations

import numpy as np

from evidencekit.models.kernel import Block, FloatArray, pair_products, q_and_slope, weighted
from evidencekit.models.quadratic_form import QuadraticForm
from evidencekit.models.tau2_result import Tau2, single


def dersimonian_laird(block: Block) -> Tau2:
    """DL: the moment estimator with w = 1/v, truncated at 0.

    tau2 = max(0, (Q - df) / (sum w - sum w^2 / sum w)).  # [1]

    Parameters
    ----------
    block
        Prepared meta-analyses of two studies or more.

    Returns
    -------
    Tau2
        Shape (rows,), scaled units, 0 or above.

    Notes
    -----
    In R: ``rma(yi, vi, method = "DL")``.
    """
    return single(_dersimonian_laird(block))


def _dersimonian_laird(block: Block) -> FloatArray:
    zero = np.zeros(block.rows)
    q, _ = q_and_slope(block, zero)
    sums = weighted(block, zero[None, :])
    spread = pair_products(sums.w[:, 0, :]) / sums.sum_w[0]
    excess = q - block.total(block.count - 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.maximum(excess / block.total(spread), 0.0)  # [1]


def _generalised_q(block: Block, a: FloatArray) -> FloatArray:
    """The tau2 at which Q(a) equals its expectation, or 0; a of shape (k, n), 0 where padded.

    tau2 = (Q(a) - sum a (1 - a / sum a) v) / (sum a - sum a^2 / sum a)  # [2] eq. (6)
    """
    form = QuadraticForm.of(block, a)
    return np.maximum((form.q - form.constant) / form.slope, 0.0)


def hedges(block: Block) -> Tau2:
    """HE: equal weights, truncated at 0. [3]

    tau2 = max(0, var(y) - mean(v)).

    Parameters
    ----------
    block
        Prepared meta-analyses of two studies or more.

    Returns
    -------
    Tau2
        Shape (rows,), scaled units, 0 or above.

    Notes
    -----
    In R: ``rma(yi, vi, method = "HE")``.
    """
    return single(_generalised_q(block, block.mask.astype(np.float64)))


def two_step(block: Block) -> Tau2:
    """DL2: weights 1/(v + tau2) with the DL estimate as the first step. [2]

    tau2 = max(0, (Q(a) - sum a (1 - a / sum a) v) / (sum a - sum a^2 / sum a)).

    Parameters
    ----------
    block
        Prepared meta-analyses of two studies or more.

    Returns
    -------
    Tau2
        Shape (rows,), scaled units, 0 or above.

    Notes
    -----
    In R: ``rma(yi, vi, method = "GENQ", weights = 1 / (vi + t0))`` with t0 by DL.
    """
    return single(_generalised_q(block, 1.0 / (block.v + _dersimonian_laird(block))))


def two_step_hedges(block: Block) -> Tau2:
    """HE2: weights 1/(v + tau2) with the HE estimate as the first step. [2]

    tau2 = max(0, (Q(a) - sum a (1 - a / sum a) v) / (sum a - sum a^2 / sum a)).

    Parameters
    ----------
    block
        Prepared meta-analyses of two studies or more.

    Returns
    -------
    Tau2
        Shape (rows,), scaled units, 0 or above.

    Notes
    -----
    In R: ``rma(yi, vi, method = "GENQ", weights = 1 / (vi + t0))`` with t0 by HE.
    """
    first = _generalised_q(block, block.mask.astype(np.float64))
    return single(_generalised_q(block, 1.0 / (block.v + first)))


def generalised_q(block: Block) -> Tau2:
    """GENQ: weights a = 1/sqrt(v), a compromise between HE and DL. [5]

    tau2 = max(0, (Q(a) - sum a (1 - a / sum a) v) / (sum a - sum a^2 / sum a)).

    Parameters
    ----------
    block
        Prepared meta-analyses of two studies or more.

    Returns
    -------
    Tau2
        Shape (rows,), scaled units, 0 or above.

    Notes
    -----
    In R: ``rma(yi, vi, method = "GENQ", weights = 1 / sqrt(vi))``.
    """
    return single(_generalised_q(block, 1.0 / np.sqrt(block.v)))


def hunter_schmidt(block: Block) -> Tau2:
    """HS: biased downwards. [3]

    tau2 = max(0, (Q - k) / sum w), w = 1/v.

    Parameters
    ----------
    block
        Prepared meta-analyses of two studies or more.

    Returns
    -------
    Tau2
        Shape (rows,), scaled units, 0 or above.

    Notes
    -----
    In R: ``rma(yi, vi, method = "HS")``.
    """
    return single(_hunter_schmidt(block, correct=False))


def hunter_schmidt_corrected(block: Block) -> Tau2:
    """HSk: Hunter-Schmidt, corrected for small samples. [3]

    tau2 = max(0, (Q k / (k - 1) - k) / sum w), w = 1/v.

    Parameters
    ----------
    block
        Prepared meta-analyses of two studies or more.

    Returns
    -------
    Tau2
        Shape (rows,), scaled units, 0 or above.

    Notes
    -----
    In R: ``rma(yi, vi, method = "HSk")``.
    """
    return single(_hunter_schmidt(block, correct=True))


def _hunter_schmidt(block: Block, *, correct: bool) -> FloatArray:
    sums = weighted(block, np.zeros((1, block.rows)))
    q = block.total(np.add.reduce(sums.w * sums.residual * sums.residual, axis=0)[0])
    k = block.total(block.count)
    if correct:
        q = q * k / block.total(block.count - 1.0)
    return np.maximum((q - k) / block.total(sums.sum_w[0]), 0.0)


def sidik_jonkman(block: Block) -> Tau2:
    """SJ: never 0 unless all estimates are equal. [4]

    tau2 = t0 / (k - 1) sum (y - mu)^2 / (v + t0), t0 = sum (y - mean y)^2 / k. For groups
    that share one tau2, t0 is that of all studies about their overall mean.

    Parameters
    ----------
    block
        Prepared meta-analyses of two studies or more.

    Returns
    -------
    Tau2
        Shape (rows,), scaled units, 0 or above.

    Notes
    -----
    In R: ``rma(yi, vi, method = "SJ")``.
    """
    crude = _crude_variance(block)
    safe = np.where(crude > 0, crude, 1.0)
    q, _ = q_and_slope(block, safe)
    return single(np.where(crude > 0, safe * q / block.total(block.count - 1.0), 0.0))


def _crude_variance(block: Block) -> FloatArray:
    """sum (y - mean y)^2 / k over all studies that share one tau2."""
    y = block.y
    if block.shared:  # the groups were centred one by one; the scale is common
        y = np.where(block.mask, y + (block.shift - block.shift[0]) / block.scale, 0.0)
    count = block.total(block.count)
    mean = block.total(y.sum(axis=0)) / count
    squares = np.where(block.mask, y - mean, 0.0) ** 2
    return np.asarray(block.total(squares.sum(axis=0)) / count)
