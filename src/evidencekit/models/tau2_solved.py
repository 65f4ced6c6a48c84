"""Estimators of tau2 that solve an equation: Q at its expectation, or at its median.

References
----------
[1] Paule RC, Mandel J. Consensus values and weighting factors. J Res Natl Bur
    Stand 1982;87:377-85. doi:10.6028/jres.087.022
[2] Viechtbauer W. Confidence intervals for the amount of heterogeneity in
    meta-analysis. Stat Med 2007;26:37-52. doi:10.1002/sim.2514
[3] Jackson D. Confidence intervals for the between-study variance in random
    effects meta-analysis using generalised Cochran heterogeneity statistics.
    Res Synth Methods 2013;4:220-9. doi:10.1002/jrsm.1081
"""

from __future__ import annotations

import numpy as np

from evidencekit.models.kernel import Block
from evidencekit.models.quadratic_form import QuadraticForm, solve_form
from evidencekit.models.solvers import solve_q
from evidencekit.models.tau2_result import Tau2, single


def paule_mandel(block: Block) -> Tau2:
    """PM: the tau2 at which the generalised Q equals its expectation, or 0. [1]

    sum w (y - mu)^2 = k - 1 with w = 1/(v + tau2). Equal to the empirical Bayes estimator.

    Parameters
    ----------
    block
        Prepared meta-analyses.

    Returns
    -------
    Tau2
        Shape (rows,), scaled units, 0 or above.

    Notes
    -----
    In R: ``rma(yi, vi, method = "PM")``, and ``"EB"``.
    """
    # The floor keeps single studies (no degrees of freedom, Q = 0) out of the division.
    freedom = np.maximum(block.total(block.count - 1.0), 0.5)
    return single(*solve_q(block, freedom))


def paule_mandel_median(block: Block) -> Tau2:
    """PMM: the tau2 at which Q equals the median of chi squared with k - 1, or 0.

    sum w (y - mu)^2 = median, w = 1/(v + tau2). Equally often too large as too small: the
    Q-profile interval [2] with its level taken to 0.

    Parameters
    ----------
    block
        Prepared meta-analyses.

    Returns
    -------
    Tau2
        Shape (rows,), scaled units, 0 or above.

    Notes
    -----
    In R: ``rma(yi, vi, method = "PMM")``.
    """
    from evidencekit.special import gammainccinv

    freedom = np.maximum(block.total(block.count - 1.0), 0.5)
    return single(*solve_q(block, np.asarray(2.0 * gammainccinv(0.5 * freedom, 0.5))))


def generalised_q_median(block: Block) -> Tau2:
    """GENQM: the tau2 at which the observed Q(a) is the median of its distribution.

    P(Q(a) <= q) = 1/2 with a = 1/sqrt(v). Equally often too large as too small, up to
    truncation at 0: the interval of [3] with its level taken to 0.

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
    In R: ``rma(yi, vi, method = "GENQM", weights = 1 / sqrt(vi))``.
    """
    form = QuadraticForm.of(block, 1.0 / np.sqrt(block.v))
    return single(*solve_form(block, form, 0.5))
