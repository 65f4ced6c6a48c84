"""Estimators of the between-study variance tau2, many meta-analyses at a time.

Each estimator is one function of a :class:`~evidencekit.models.kernel.Block`
and one row of ``TAU2_ESTIMATORS``. It sees centred and scaled numbers, returns
one tau2 for each row, never below 0, and works for subgroups that share one
tau2 as long as it adds up with ``block.total``.

The moment estimators are in :mod:`evidencekit.models.tau2_moments` and
:mod:`evidencekit.models.tau2_solved`.

References
----------
[1] Viechtbauer W. Bias and efficiency of meta-analytic variance estimators in
    the random-effects model. J Educ Behav Stat 2005;30:261-93.
    doi:10.3102/10769986030003261
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.errors import MethodError
from evidencekit.models import tau2_moments as moments
from evidencekit.models import tau2_solved as solved
from evidencekit.models.kernel import Block, check_studies, chunks
from evidencekit.models.solvers import find_modes
from evidencekit.models.tau2_result import Tau2, Tau2Estimator, rescale, scatter, single


def restricted_maximum_likelihood(block: Block) -> Tau2:
    """REML: the global maximum of the restricted likelihood over tau2 >= 0. [1]

    l(t) = -1/2 [ sum log(v + t) + log sum w + sum w (y - mu)^2 ]

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
    In R: ``rma(yi, vi, method = "REML")``, which climbs from one start.
    """
    return _from_modes(block, restricted=True)


def maximum_likelihood(block: Block) -> Tau2:
    """ML: the global maximum of the profile likelihood over tau2 >= 0. [1]

    l(t) = -1/2 [ sum log(v + t) + sum w (y - mu)^2 ]

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
    In R: ``rma(yi, vi, method = "ML")``, which climbs from one start.
    """
    return _from_modes(block, restricted=False)


def _from_modes(block: Block, *, restricted: bool) -> Tau2:
    found = find_modes(block, restricted=restricted)
    return Tau2(
        tau2=found.best,
        converged=found.converged,
        mode_count=found.count,
        modes=found.values,
        mode_loglik=found.loglik,
    )


def fit_block(block: Block, method: str) -> Tau2:
    """Estimate tau2 of a prepared block, in its scaled units; NaN without degrees of freedom."""
    try:
        row = TAU2_ESTIMATORS[method]
    except KeyError:
        known = ", ".join(TAU2_ESTIMATORS)
        raise MethodError(f"unknown tau2 estimator {method!r}; choose one of {known}") from None
    freedom = block.total(np.maximum(block.count - 1.0, 0.0))
    enough = freedom > 0
    if enough.all():
        return row.function(block)
    if not enough.any():
        return single(np.full(block.rows, np.nan))
    part = row.function(block.take(enough))
    return scatter(block.rows, [(np.flatnonzero(enough), part)])


def estimate_tau2(
    estimates: ArrayLike,
    variances: ArrayLike,
    *,
    method: str = "REML",
    mask: ArrayLike | None = None,
    labels: Sequence[str] | None = None,
) -> Tau2:
    """Estimate the between-study variance of one or many meta-analyses.

    y_i ~ N(mu, v_i + tau2), v known; each estimator of tau2 >= 0 has its own equation, see
    ``TAU2_ESTIMATORS``, and [1] compares them.

    Parameters
    ----------
    estimates
        Study estimates on the analysis scale, shape (m, k) or (k,).
    variances
        Their sampling variances (squared standard errors), same shape, above 0.
    method
        A row of ``TAU2_ESTIMATORS``, such as "REML" or "PM".
    mask
        True where there is a study, same shape; rows may be padded.
    labels
        Names of the k studies, for error messages.

    Returns
    -------
    Tau2
        Arrays of shape (m,), in squared units of the estimates. NaN for rows
        with fewer than two studies, where tau2 is not defined.

    Raises
    ------
    MethodError
        For an unknown method, arrays of different shapes, or a study without
        a finite estimate and a finite variance above 0.

    Notes
    -----
    Likelihood estimators search the whole half-line and report every local
    maximum; the R program metafor starts from one value and can return another one.
    In R: ``rma(yi, vi, method = "REML", control = list(threshold = 1e-14, tol = 1e-14))``.
    """
    y, v, here = check_studies(estimates, variances, mask, labels=labels)
    parts = [
        (rows, rescale(fit_block(block, method), block.scale)) for rows, block in chunks(y, v, here)
    ]
    return scatter(y.shape[0], parts)


TAU2_ESTIMATORS: dict[str, Tau2Estimator] = {
    row.name: row
    for row in (
        Tau2Estimator(
            name="REML",
            label="restricted maximum likelihood",
            function=restricted_maximum_likelihood,
            doi="10.3102/10769986030003261",
            r_call='rma(yi, vi, method = "REML")',
        ),
        Tau2Estimator(
            name="ML",
            label="maximum likelihood",
            function=maximum_likelihood,
            doi="10.3102/10769986030003261",
            r_call='rma(yi, vi, method = "ML")',
        ),
        Tau2Estimator(
            name="DL",
            label="DerSimonian-Laird",
            function=moments.dersimonian_laird,
            doi="10.1016/0197-2456(86)90046-2",
            r_call='rma(yi, vi, method = "DL")',
        ),
        Tau2Estimator(
            name="PM",
            label="Paule-Mandel",
            function=solved.paule_mandel,
            doi="10.6028/jres.087.022",
            r_call='rma(yi, vi, method = "PM")',
        ),
        Tau2Estimator(
            name="EB",
            label="empirical Bayes (equal to Paule-Mandel)",
            function=solved.paule_mandel,
            doi="10.3102/10769986030003261",
            r_call='rma(yi, vi, method = "EB")',
        ),
        Tau2Estimator(
            name="PMM",
            label="Paule-Mandel, median-unbiased",
            function=solved.paule_mandel_median,
            doi="10.1002/sim.2514",
            r_call='rma(yi, vi, method = "PMM")',
        ),
        Tau2Estimator(
            name="DL2",
            label="two-step DerSimonian-Laird",
            function=moments.two_step,
            doi="10.1016/j.cct.2006.04.004",
            r_call='rma(yi, vi, method = "GENQ", weights = 1 / (vi + t0))  # t0 by DL',
        ),
        Tau2Estimator(
            name="HE",
            label="Hedges",
            function=moments.hedges,
            doi="10.3102/10769986030003261",
            r_call='rma(yi, vi, method = "HE")',
        ),
        Tau2Estimator(
            name="HE2",
            label="two-step Hedges",
            function=moments.two_step_hedges,
            doi="10.1016/j.cct.2006.04.004",
            r_call='rma(yi, vi, method = "GENQ", weights = 1 / (vi + t0))  # t0 by HE',
        ),
        Tau2Estimator(
            name="HS",
            label="Hunter-Schmidt",
            function=moments.hunter_schmidt,
            doi="10.3102/10769986030003261",
            r_call='rma(yi, vi, method = "HS")',
        ),
        Tau2Estimator(
            name="HSk",
            label="Hunter-Schmidt, corrected for small samples",
            function=moments.hunter_schmidt_corrected,
            doi="10.3102/10769986030003261",
            r_call='rma(yi, vi, method = "HSk")',
        ),
        Tau2Estimator(
            name="SJ",
            label="Sidik-Jonkman",
            function=moments.sidik_jonkman,
            doi="10.1002/sim.2688",
            r_call='rma(yi, vi, method = "SJ")',
        ),
        Tau2Estimator(
            name="GENQ",
            label="generalised Q with weights 1/se",
            function=moments.generalised_q,
            doi="10.1002/jrsm.1081",
            r_call='rma(yi, vi, method = "GENQ", weights = 1 / sqrt(vi))',
        ),
        Tau2Estimator(
            name="GENQM",
            label="generalised Q with weights 1/se, median-unbiased",
            function=solved.generalised_q_median,
            doi="10.1002/jrsm.1081",
            r_call='rma(yi, vi, method = "GENQM", weights = 1 / sqrt(vi))',
        ),
    )
}
