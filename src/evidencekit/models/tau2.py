"""Estimators of the between-study variance tau2, many meta-analyses at a time.

Each estimator is one function of a :class:`~evidencekit.models.kernel.Block`
and one row of ``TAU2_ESTIMATORS``. It sees centred and scaled numbers, returns
one tau2 for each row, never below 0, and works for subgroups that share one
tau2 as long as it adds up with ``block.total``.

References
----------
[1] DerSimonian R, Laird N. Meta-analysis in clinical trials. Control Clin
    Trials 1986;7:177-88. doi:10.1016/0197-2456(86)90046-2
[2] Paule RC, Mandel J. Consensus values and weighting factors. J Res Natl Bur
    Stand 1982;87:377-85. doi:10.6028/jres.087.022
[3] Viechtbauer W. Bias and efficiency of meta-analytic variance estimators in
    the random-effects model. J Educ Behav Stat 2005;30:261-93.
    doi:10.3102/10769986030003261
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.errors import MethodError
from evidencekit.models.kernel import (
    Block,
    BoolArray,
    FloatArray,
    IntArray,
    check_studies,
    chunks,
    q_and_slope,
    weighted,
)
from evidencekit.models.solvers import find_modes, solve_q


@dataclass(frozen=True, slots=True, kw_only=True)
class Tau2:
    """Estimates of tau2 with what happened on the way.

    Parameters
    ----------
    tau2
        Shape (m,); NaN where there are fewer than two studies.
    converged
        Shape (m,). False is always passed on as a note.
    mode_count
        Number of local maxima of the likelihood, shape (m,); 1 for estimators
        that are not likelihood based.
    modes, mode_loglik
        All local maxima in rising order and their log-likelihoods (without the
        constant), shape (m, largest count), NaN padded; log-likelihoods only
        where there is more than one.
    """

    tau2: FloatArray
    converged: BoolArray
    mode_count: IntArray
    modes: FloatArray
    mode_loglik: FloatArray


Tau2Function = Callable[[Block], Tau2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tau2Estimator:
    """A row of ``TAU2_ESTIMATORS``."""

    name: str
    label: str
    function: Tau2Function
    doi: str
    r_call: str


def restricted_maximum_likelihood(block: Block) -> Tau2:
    """REML: the global maximum of the restricted likelihood over tau2 >= 0. [3]

    l(t) = -1/2 [ sum log(v + t) + log sum w + sum w (y - mu)^2 ]
    """
    return _from_modes(block, restricted=True)


def maximum_likelihood(block: Block) -> Tau2:
    """ML: the global maximum of the profile likelihood over tau2 >= 0. [3]

    l(t) = -1/2 [ sum log(v + t) + sum w (y - mu)^2 ]
    """
    return _from_modes(block, restricted=False)


def dersimonian_laird(block: Block) -> Tau2:
    """DL: the moment estimator, truncated at 0.

    tau2 = max(0, (Q - df) / (sum w - sum w^2 / sum w)) with w = 1/v.  # [1]
    """
    zero = np.zeros(block.rows)
    q, _ = q_and_slope(block, zero)
    sums = weighted(block, zero[None, :])
    spread = (sums.sum_w - np.add.reduce(sums.w**2, axis=0) / sums.sum_w)[0]
    excess = q - block.total(block.count - 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = np.maximum(excess / block.total(spread), 0.0)  # [1]
    return _single(estimate, np.ones(block.rows, dtype=bool))


def paule_mandel(block: Block) -> Tau2:
    """PM: the tau2 at which the generalised Q equals its expectation, or 0. [2]

    sum w (y - mu)^2 = k - 1 with w = 1/(v + tau2). Equal to the empirical Bayes estimator.
    """
    # The floor keeps single studies (no degrees of freedom, Q = 0) out of the division.
    freedom = np.maximum(block.total(block.count - 1.0), 0.5)
    return _single(*solve_q(block, freedom))


def _from_modes(block: Block, *, restricted: bool) -> Tau2:
    found = find_modes(block, restricted=restricted)
    return Tau2(
        tau2=found.best,
        converged=found.converged,
        mode_count=found.count,
        modes=found.values,
        mode_loglik=found.loglik,
    )


def _single(tau2: FloatArray, converged: BoolArray) -> Tau2:
    return Tau2(
        tau2=tau2,
        converged=converged,
        mode_count=np.ones(tau2.shape, dtype=np.intp),
        modes=tau2[:, None],
        mode_loglik=np.full((tau2.size, 1), np.nan),
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
        return _single(np.full(block.rows, np.nan), np.ones(block.rows, dtype=bool))
    part = row.function(block.take(enough))
    return scatter(block.rows, [(np.flatnonzero(enough), part)])


def scatter(m: int, parts: Sequence[tuple[IntArray, Tau2]]) -> Tau2:
    """Put results of parts back in the order of the rows; rows in no part are NaN."""
    width = max((part.modes.shape[1] for _, part in parts), default=1)
    tau2 = np.full(m, np.nan)
    converged = np.ones(m, dtype=bool)
    count = np.ones(m, dtype=np.intp)
    modes, loglik = np.full((m, width), np.nan), np.full((m, width), np.nan)
    for rows, part in parts:
        tau2[rows], converged[rows], count[rows] = part.tau2, part.converged, part.mode_count
        modes[rows, : part.modes.shape[1]] = part.modes
        loglik[rows, : part.modes.shape[1]] = part.mode_loglik
    return Tau2(tau2=tau2, converged=converged, mode_count=count, modes=modes, mode_loglik=loglik)


def rescale(result: Tau2, scale: FloatArray) -> Tau2:
    """Return to the units of the data: tau2 times scale squared."""
    square = scale * scale
    return Tau2(
        tau2=result.tau2 * square,
        converged=result.converged,
        mode_count=result.mode_count,
        modes=result.modes * square[:, None],
        mode_loglik=result.mode_loglik,
    )


def estimate_tau2(
    estimates: ArrayLike,
    variances: ArrayLike,
    *,
    method: str = "REML",
    mask: ArrayLike | None = None,
    labels: Sequence[str] | None = None,
) -> Tau2:
    """Estimate the between-study variance of one or many meta-analyses.

    Parameters
    ----------
    estimates
        Study estimates on the analysis scale, shape (m, k) or (k,).
    variances
        Their sampling variances (squared standard errors), same shape, above 0.
    method
        A row of ``TAU2_ESTIMATORS``: "REML", "ML", "DL", "PM".
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
            function=dersimonian_laird,
            doi="10.1016/0197-2456(86)90046-2",
            r_call='rma(yi, vi, method = "DL")',
        ),
        Tau2Estimator(
            name="PM",
            label="Paule-Mandel",
            function=paule_mandel,
            doi="10.6028/jres.087.022",
            r_call='rma(yi, vi, method = "PM")',
        ),
    )
}
