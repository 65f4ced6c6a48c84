"""Estimators of the residual between-study variance of a meta-regression (``RESIDUAL_TAU2``).

Each is one function of a :class:`~evidencekit.models.residual.Problem`; with a
constant as the only column it is the estimator of the same name for a mean.

References
----------
[1] Viechtbauer W. J Educ Behav Stat 2005;30:261-93. doi:10.3102/10769986030003261
[2] Thompson SG, Sharp SJ. Explaining heterogeneity in meta-analysis: a comparison of
    methods. Stat Med 1999;18:2693-708.
[3] Sidik K, Jonkman JN. Simple heterogeneity variance estimation for meta-analysis.
    J R Stat Soc C 2005;54:367-84. doi:10.1111/j.1467-9876.2005.00489.x
[4] Paule RC, Mandel J. J Res Natl Bur Stand 1982;87:377-85. doi:10.6028/jres.087.022
[5] DerSimonian R, Laird N. Control Clin Trials 1986;7:177-88.
    doi:10.1016/0197-2456(86)90046-2
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from evidencekit.models.kernel import BoolArray, FloatArray
from evidencekit.models.residual import (
    Problem,
    find_modes,
    q_and_slope,
    residual_squares,
    solve_q,
    whiten,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidualTau2:
    """tau2 of n regressions, shape (n,), in scaled units; modes only when n is 1."""

    tau2: FloatArray
    converged: BoolArray
    modes: tuple[float, ...] = ()
    mode_loglik: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidualTau2Estimator:
    """A row of ``RESIDUAL_TAU2``."""

    name: str
    label: str
    function: Callable[[Problem], ResidualTau2]
    doi: str
    r_call: str


def restricted_maximum_likelihood(problem: Problem) -> ResidualTau2:
    """REML: the global maximum of the restricted likelihood over tau2 >= 0.

    l = -1/2 [sum log(v + tau2) + log |X'WX| + y'Py].  # [1]

    Parameters
    ----------
    problem
        n regressions in scaled units.

    Returns
    -------
    ResidualTau2
        tau2 of each, 0 or more, shape (n,).

    Notes
    -----
    In R: ``rma(yi, vi, mods = ~ x, method = "REML")``.
    """
    return _from_modes(problem, restricted=True)


def maximum_likelihood(problem: Problem) -> ResidualTau2:
    """ML: the global maximum of the profile likelihood over tau2 >= 0.

    l = -1/2 [sum log(v + tau2) + y'Py].  # [1]

    Parameters
    ----------
    problem
        n regressions in scaled units.

    Returns
    -------
    ResidualTau2
        tau2 of each, 0 or more, shape (n,).

    Notes
    -----
    In R: ``rma(yi, vi, mods = ~ x, method = "ML")``.
    """
    return _from_modes(problem, restricted=False)


def moments(problem: Problem) -> ResidualTau2:
    """DL: the method of moments with w = 1/v.

    tau2 = max(0, (QE - (k - p)) / tr P).  # [2], [5]

    Parameters
    ----------
    problem
        n regressions in scaled units.

    Returns
    -------
    ResidualTau2
        tau2 of each, 0 or more, shape (n,).

    Notes
    -----
    In R: ``rma(yi, vi, mods = ~ x, method = "DL")``.
    """
    zero = np.zeros(problem.n)
    q, _ = q_and_slope(problem, zero)
    return _closed((q - problem.freedom) / trace(problem, zero))


def paule_mandel(problem: Problem) -> ResidualTau2:
    """PM: equal to empirical Bayes.

    The tau2 at which y'Py = k - p, or 0.  # [4]

    Parameters
    ----------
    problem
        n regressions in scaled units.

    Returns
    -------
    ResidualTau2
        tau2 of each, 0 or more, shape (n,).

    Notes
    -----
    In R: ``rma(yi, vi, mods = ~ x, method = "PM")``.
    """
    tau2, converged = solve_q(problem, problem.freedom)
    return ResidualTau2(tau2=tau2, converged=converged)


def hedges(problem: Problem) -> ResidualTau2:
    """HE: unweighted residuals, h their leverages.

    tau2 = max(0, (RSS - sum (1 - h) v) / (k - p)).  # [1]

    Parameters
    ----------
    problem
        n regressions in scaled units.

    Returns
    -------
    ResidualTau2
        tau2 of each, 0 or more, shape (n,).

    Notes
    -----
    In R: ``rma(yi, vi, mods = ~ x, method = "HE")``.
    """
    leverages = np.add.reduce([column**2 for column in problem.columns])
    sampling = ((1.0 - leverages) * problem.v).sum(axis=0)
    return _closed((residual_squares(problem) - sampling) / problem.freedom)


def sidik_jonkman(problem: Problem) -> ResidualTau2:
    """SJ: never 0 unless all estimates are equal.

    tau2 = t0 y'P(t0)y / (k - p), t0 the mean square of the estimates around their mean.  # [3]

    Parameters
    ----------
    problem
        n regressions in scaled units.

    Returns
    -------
    ResidualTau2
        tau2 of each, 0 or more, shape (n,).

    Notes
    -----
    In R: ``rma(yi, vi, mods = ~ x, method = "SJ")``.
    """
    start = problem.y.var(axis=0)
    some = start > 0.0
    q, _ = q_and_slope(problem, np.where(some, start, 1.0))
    return _closed(np.where(some, start * q / problem.freedom, 0.0))


def trace(problem: Problem, tau2: FloatArray) -> FloatArray:
    """tr P = sum w (1 - h), shape (n,)."""
    fit = whiten(problem, tau2)
    return np.asarray((fit.w * (1.0 - fit.hat)).sum(axis=0))


def _closed(value: FloatArray) -> ResidualTau2:
    tau2 = np.maximum(value, 0.0)
    return ResidualTau2(tau2=tau2, converged=np.ones(tau2.shape, dtype=bool))


def _from_modes(problem: Problem, *, restricted: bool) -> ResidualTau2:
    found = find_modes(problem, restricted=restricted)
    single = problem.n == 1
    return ResidualTau2(
        tau2=found.best,
        converged=found.converged,
        modes=tuple(found.values[0].tolist()) if single else (),
        mode_loglik=tuple(found.loglik[0].tolist()) if single else (),
    )


RESIDUAL_TAU2: dict[str, ResidualTau2Estimator] = {
    row.name: row
    for row in (
        ResidualTau2Estimator(
            name="REML",
            label="restricted maximum likelihood",
            function=restricted_maximum_likelihood,
            doi="10.3102/10769986030003261",
            r_call='rma(yi, vi, mods = ~ x, method = "REML")',
        ),
        ResidualTau2Estimator(
            name="ML",
            label="maximum likelihood",
            function=maximum_likelihood,
            doi="10.3102/10769986030003261",
            r_call='rma(yi, vi, mods = ~ x, method = "ML")',
        ),
        ResidualTau2Estimator(
            name="DL",
            label="DerSimonian-Laird",
            function=moments,
            doi="10.1016/0197-2456(86)90046-2",
            r_call='rma(yi, vi, mods = ~ x, method = "DL")',
        ),
        ResidualTau2Estimator(
            name="PM",
            label="Paule-Mandel",
            function=paule_mandel,
            doi="10.6028/jres.087.022",
            r_call='rma(yi, vi, mods = ~ x, method = "PM")',
        ),
        ResidualTau2Estimator(
            name="EB",
            label="empirical Bayes",
            function=paule_mandel,
            doi="10.3102/10769986030003261",
            r_call='rma(yi, vi, mods = ~ x, method = "EB")',
        ),
        ResidualTau2Estimator(
            name="HE",
            label="Hedges",
            function=hedges,
            doi="10.3102/10769986030003261",
            r_call='rma(yi, vi, mods = ~ x, method = "HE")',
        ),
        ResidualTau2Estimator(
            name="SJ",
            label="Sidik-Jonkman",
            function=sidik_jonkman,
            doi="10.1111/j.1467-9876.2005.00489.x",
            r_call='rma(yi, vi, mods = ~ x, method = "SJ")',
        ),
    )
}
