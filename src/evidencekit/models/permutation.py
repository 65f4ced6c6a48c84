"""Permutation tests of the moderators of a meta-regression, refitted in one batch.

References
----------
[1] Higgins JPT, Thompson SG. Controlling the risk of spurious findings from
    meta-regression. Stat Med 2004;23:1663-82. doi:10.1002/sim.1752
[2] Phipson B, Smyth GK. Permutation p-values should never be zero. Stat Appl Genet
    Mol Biol 2010;9:39. doi:10.2202/1544-6115.1585
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import permutations as all_orders
from typing import TYPE_CHECKING, Any

import numpy as np

from evidencekit.errors import MethodError
from evidencekit.models.coefficient_tests import COEFFICIENT_TESTS
from evidencekit.models.html import Shown
from evidencekit.models.kernel import FloatArray, IntArray
from evidencekit.models.residual import Problem, whiten
from evidencekit.models.residual_tau2 import RESIDUAL_TAU2
from evidencekit.models.results import plain
from evidencekit.models.solvers import GRID_ELEMENTS

if TYPE_CHECKING:
    from evidencekit.models.regression_results import RegressionResult

# Statistics this close, relatively, are ties: rounding must not decide them.
TIE = 1e-8


@dataclass(frozen=True, slots=True, kw_only=True)
class PermutationResult(Shown):
    """p-values by permutation.

    Parameters
    ----------
    names, p_values
        One entry per coefficient; two-sided, by the size of its test statistic.
    qm_p
        For all moderators together.
    permutations
        Number of orders compared, the observed one included.
    exact
        Whether these are all orders there are.
    notes
        In plain words.
    """

    names: tuple[str, ...]
    p_values: tuple[float, ...]
    qm_p: float
    permutations: int
    exact: bool
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        out: dict[str, Any] = plain(self)
        return out

    def summary(self) -> str:
        """The result as text."""
        from evidencekit.models.short_text import moderator_permutation_text

        return moderator_permutation_text(self)


def permutation_test(
    result: RegressionResult, rng: np.random.Generator, *, permutations: int = 10_000
) -> PermutationResult:
    """Refit with the moderators in other orders, and see how often the statistics are as large.

    Parameters
    ----------
    result
        A meta-regression; its estimator of tau2 and its tests are used again.
    rng
        Source of the random orders; not used when all orders fit.
    permutations
        Number of random orders, at least 1. When there are no more than this
        many orders in all, all are used and the test is exact.

    Returns
    -------
    PermutationResult
        Random orders: (number at least as extreme + 1) / (permutations + 1).  # [2]

    Raises
    ------
    MethodError
        Without a moderator that varies, or with ``permutations`` below 1.

    Notes
    -----
    In R: ``permutest(rma(...), exact = TRUE)`` or ``iter = 10000``.

    References
    ----------
    Higgins JPT, Thompson SG. Stat Med 2004;23:1663-82. doi:10.1002/sim.1752
    """
    design = result.design.matrix
    if permutations < 1:
        raise MethodError(f"permutations {permutations}: at least 1")
    if not (np.ptp(design, axis=0) > 0.0).any():
        raise MethodError("a permutation test needs a moderator that varies between studies")
    k = result.k
    exact = k <= 20 and math.factorial(k) <= permutations
    orders = (
        np.array(list(all_orders(range(k))), dtype=np.intp)
        if exact
        else np.vstack(
            [np.arange(k), rng.permuted(np.tile(np.arange(k), (permutations, 1)), axis=1)]
        )
    )
    statistics, omnibus = _refit(result, orders)
    observed = np.abs(statistics[0]) * (1.0 - TIE)
    extreme = (np.abs(statistics) >= observed).mean(axis=0)
    return PermutationResult(
        names=result.design.names,
        p_values=tuple(extreme.tolist()),
        qm_p=float((omnibus >= omnibus[0] * (1.0 - TIE)).mean()),
        permutations=len(orders),
        exact=exact,
        notes=("All orders of the studies were compared.",) if exact else (),
    )


def _refit(result: RegressionResult, orders: IntArray) -> tuple[FloatArray, FloatArray]:
    """Test statistics of every coefficient, (n, p), and QM, (n,); row 0 is as observed.

    The estimates move over the design instead of the design over the estimates:
    the same pairs, with one design for the whole batch.
    """
    from evidencekit.models.regression import scaled_problem

    x = result.design.matrix
    scaled = scaled_problem(np.array(result.estimates), np.array(result.ses) ** 2, x)
    basis = scaled.problem.x
    turn: FloatArray = np.linalg.inv(basis.T @ x).astype(np.float64)
    y, v = scaled.problem.y[:, 0], scaled.problem.v[:, 0]
    shift = scaled.anchor / scaled.scale
    moderators = list(result.design.moderators)
    statistics, omnibus = [], []
    for start in range(0, len(orders), max(GRID_ELEMENTS // result.k, 1)):
        part = orders[start : start + max(GRID_ELEMENTS // result.k, 1)].T
        problem = Problem(y=y[part], v=v[part], x=basis)
        beta, covariance = _solve(result, problem, turn)
        beta = beta + shift
        statistics.append(beta / np.sqrt(np.diagonal(covariance, axis1=1, axis2=2)))
        chosen = beta[:, moderators]
        block = covariance[:, moderators][:, :, moderators]
        omnibus.append((chosen * np.linalg.solve(block, chosen[:, :, None])[:, :, 0]).sum(axis=1))
    return np.concatenate(statistics), np.concatenate(omnibus)


def _solve(
    result: RegressionResult, problem: Problem, turn: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Coefficients (n, p) and their covariances (n, p, p), in scaled units."""
    random = result.model == "random_effects"
    tau2 = (
        RESIDUAL_TAU2[result.tau2_method].function(problem).tau2 if random else np.zeros(problem.n)
    )
    fit = whiten(problem, tau2)
    basis, p = problem.x, problem.x.shape[1]
    outer = (basis[:, :, None] * basis[:, None, :]).reshape(problem.k, p * p)
    inverse = np.linalg.inv((outer.T @ fit.w).T.reshape(-1, p, p))
    beta = np.einsum("nij,nj->ni", inverse, (basis.T @ (fit.w * problem.y)).T)
    dispersion = (fit.residual**2).sum(axis=0) / problem.freedom
    rule = COEFFICIENT_TESTS[result.ci_method].function
    factor = np.array([rule(float(d), problem.freedom).factor for d in dispersion])
    covariance = turn @ inverse @ turn.T * factor[:, None, None]
    return beta @ turn.T, covariance
