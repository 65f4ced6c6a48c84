"""Meta-regression: study effects on moderators, given or by formula.

tau2 is estimated by :mod:`~evidencekit.models.residual_tau2`; given tau2, the
coefficients are weighted least squares, which statsmodels' WLS confirms.

References
----------
[1] Knapp G, Hartung J. Improved tests for a random effects meta-regression with a
    single covariate. Stat Med 2003;22:2693-710. doi:10.1002/sim.1482
[2] Higgins JPT, Thompson SG. Quantifying heterogeneity in a meta-analysis.
    Stat Med 2002;21:1539-58. doi:10.1002/sim.1186
[3] Viechtbauer W. Confidence intervals for the amount of heterogeneity in
    meta-analysis. Stat Med 2007;26:37-52. doi:10.1002/sim.2514
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.errors import MethodError
from evidencekit.models.coefficient_tests import COEFFICIENT_TESTS
from evidencekit.models.design import Design, check_rank
from evidencekit.models.heterogeneity import i2_from_q
from evidencekit.models.kernel import FloatArray
from evidencekit.models.linear_result import Fitted, linear_fields
from evidencekit.models.pool import Data, Studies, weights
from evidencekit.models.regression_data import gather_regression
from evidencekit.models.regression_notes import regression_notes
from evidencekit.models.regression_results import RegressionResult
from evidencekit.models.residual import Problem, q_and_slope, solve_q, whiten
from evidencekit.models.residual_tau2 import RESIDUAL_TAU2, ResidualTau2, trace
from evidencekit.models.results import Tau2Interval
from evidencekit.models.settings import MODELS, Model, choose, default_interval

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RegressionResult", "regress"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaled:
    """A regression in units of order one, and the way back."""

    problem: Problem
    x: FloatArray  # the design as given, shape (k, p)
    anchor: FloatArray  # coefficients of what was subtracted from the estimates
    scale: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Weighted least squares at one tau2, in the units of the data."""

    beta: FloatArray
    vcov: FloatArray
    dispersion: float
    loglik: float


def regress(  # noqa: PLR0913 - every choice of an analysis is named
    data: Data,
    moderators: str | Design | ArrayLike | pd.DataFrame,
    *,
    table: pd.DataFrame | None = None,
    model: Model = "random_effects",
    tau2: str = "REML",
    ci: str | None = None,
    level: float = 0.95,
    labels: Sequence[str] | None = None,
    verify: bool = False,
) -> RegressionResult:
    """Regress study effects on moderators.

    Parameters
    ----------
    data
        As for :func:`~evidencekit.models.pool.pool`: contrasts, or a pair
        ``(estimates, ses)`` of shape (k,), on the analysis scale.
    moderators
        A formula over ``table`` such as ``"~ year + alloc"``; or a design
        matrix of shape (k, p) or DataFrame, its constant included.
    table
        One row per entry of ``data``. Studies that lack a moderator are left
        out and named in the notes.
    model
        "random_effects" (a residual tau2) or "common_effect" (none).
    tau2
        Row of ``RESIDUAL_TAU2``: "REML", "ML", "DL", "PM", "EB", "HE", "SJ".
    ci
        Row of ``COEFFICIENT_TESTS``: "HKSJ", "wald", "t", "HKSJ-adhoc". Default:
        "HKSJ" for random effects, "wald" for a common effect.
    level
        Coverage of all intervals, in (0, 1).
    labels
        Names of the studies when ``data`` is a pair.
    verify
        Also fit with statsmodels and raise when the engines differ by more than
        1e-10 standard errors.

    Returns
    -------
    RegressionResult

    Raises
    ------
    MethodError
        A design that is rank deficient or has no fewer columns than there are
        studies (names the columns); a formula that cannot be read; an unknown method.
    EngineMismatch
        With ``verify``, when statsmodels disagrees.

    Notes
    -----
    y = X b + u + e with var(u) = tau2 and var(e) = v known; b minimises
    sum w (y - X b)^2, w = 1/(v + tau2).
    In R: ``rma(yi, vi, mods = ~ year + alloc, test = "knha")``.

    References
    ----------
    Knapp G, Hartung J. Stat Med 2003;22:2693-710. doi:10.1002/sim.1482
    Viechtbauer W. J Educ Behav Stat 2005;30:261-93. doi:10.3102/10769986030003261
    """
    if model not in MODELS:
        raise MethodError(f"unknown model {model!r}; choose one of {', '.join(MODELS)}")
    if not 0.0 < level < 1.0:
        raise MethodError(f"level {level!r}: a fraction between 0 and 1, such as 0.95")
    ci_method = ci or default_interval(model)
    choose(COEFFICIENT_TESTS, ci_method, "confidence interval")
    choose(RESIDUAL_TAU2, tau2, "tau2 estimator")
    studies, design = gather_regression(data, moderators, table, labels)
    check_rank(design, len(studies.labels))
    result = _fit(studies, design, model, tau2, ci_method, level)
    if verify:
        from evidencekit.models.engine import verify_regression

        verify_regression(result)
    return result


def scaled_problem(y: FloatArray, v: FloatArray, x: FloatArray) -> Scaled:
    """Centre and scale: by an estimate when the design holds a constant, by a power of two."""
    scale = float(np.exp2(np.round(0.5 * np.log2(v.min()))))
    size = np.linalg.norm(x, axis=0)
    basis = np.linalg.qr(x / size)[0]
    basis = np.linalg.qr(basis)[0]
    constant = np.linalg.lstsq(x / size, np.ones(y.size), rcond=None)[0] / size
    anchor = np.zeros(x.shape[1])
    if np.abs(x @ constant - 1.0).max() < 1e-10:
        # An exact constant column takes the anchor exactly.
        ones = np.flatnonzero((x == 1.0).all(axis=0))
        if ones.size:
            constant = np.eye(x.shape[1])[ones[0]]
            anchor = y[0] * constant
    centred = (y - (y[0] if anchor.any() else 0.0)) / scale
    problem = Problem(y=centred[:, None], v=(v / scale / scale)[:, None], x=basis)
    return Scaled(problem=problem, x=x, anchor=anchor, scale=scale)


def given_tau2(scaled: Scaled, tau2: float, *, restricted: bool) -> Given:
    """Coefficients at one tau2 (scaled units) by an orthogonal decomposition."""
    problem, x = scaled.problem, scaled.x
    k, p = x.shape
    s = 1.0 / np.sqrt(problem.v[:, 0] + tau2)
    size = np.linalg.norm(x, axis=0)
    q, r = np.linalg.qr(s[:, None] * (x / size))
    target = s * problem.y[:, 0]
    beta = np.linalg.solve(r, q.T @ target) / size
    root = np.linalg.inv(r) / size[:, None]
    fit = whiten(problem, np.array([tau2]))
    rss = float((fit.residual**2).sum())
    n = k - p if restricted else k
    loglik = float(np.log(s).sum()) - 0.5 * rss - 0.5 * n * math.log(2.0 * math.pi)
    if restricted:
        # The basis is orthonormal, so log |X'X| - log |X'WX| is minus its log determinant.
        loglik -= 0.5 * float(fit.log_det[0])
    return Given(
        beta=beta * scaled.scale + scaled.anchor,
        vcov=root @ root.T * scaled.scale**2,
        dispersion=rss / (k - p),
        loglik=loglik - n * math.log(scaled.scale),
    )


def _fit(
    studies: Studies, design: Design, model: Model, method: str, ci: str, level: float
) -> RegressionResult:
    y, v, x = studies.estimates, studies.ses**2, design.matrix
    k, p = x.shape
    scaled = scaled_problem(y, v, x)
    random = model == "random_effects"
    none = ResidualTau2(tau2=np.zeros(1), converged=np.ones(1, dtype=bool))
    found = RESIDUAL_TAU2[method].function(scaled.problem) if random else none
    tau2 = float(found.tau2[0])
    given = given_tau2(scaled, tau2, restricted=random and method == "REML")
    factor, df = COEFFICIENT_TESTS[ci].function(given.dispersion, float(k - p))
    vcov = given.vcov * factor
    q = float(q_and_slope(scaled.problem, np.zeros(1))[0][0])
    typical = (k - p) / float(trace(scaled.problem, np.zeros(1))[0])
    square = scaled.scale**2
    result = RegressionResult(
        **linear_fields(studies, design, Fitted(given.beta, vcov, df, q), level=level, method=ci),
        model=model,
        vcov_wald=tuple(tuple(row) for row in given.vcov.tolist()),
        ci_method=ci,
        dispersion=given.dispersion,
        tau2=tau2 * square,
        tau2_method=method if random else "none",
        tau2_ci=_tau2_interval(scaled, tau2, level) if random else None,
        i2=tau2 / (tau2 + typical) if random else math.nan,
        i2_q=float(i2_from_q(np.array([q]), np.array([float(k - p)]))[0]),
        h2=1.0 + tau2 / typical if random else math.nan,
        r2=_r2(scaled, tau2, method) if random else math.nan,
        loglik=given.loglik,
        weights=weights(studies.ses, tau2 * square),
    )
    return replace(result, notes=(*studies.notes, *regression_notes(result, found, scaled.scale)))


def _r2(scaled: Scaled, tau2: float, method: str) -> float:
    """1 - tau2 / tau2 of the constant alone, not below 0; NaN where that has no meaning."""
    k, p = scaled.x.shape
    if not scaled.anchor.size or not (scaled.x == 1.0).all(axis=0).any() or p < 2:
        return math.nan
    constant = np.full((k, 1), 1.0 / math.sqrt(k))
    alone = Problem(y=scaled.problem.y, v=scaled.problem.v, x=constant)
    total = float(RESIDUAL_TAU2[method].function(alone).tau2[0])
    return max(0.0, 1.0 - tau2 / total) if total > 0.0 else math.nan


def _tau2_interval(scaled: Scaled, tau2: float, level: float) -> Tau2Interval:
    """Q-profile: all tau2 whose generalised QE is in no tail of chi squared, k - p.  # [3]"""
    from scipy.special import gammainccinv

    problem, tail = scaled.problem, 0.5 * (1.0 - level)
    upper = float(2.0 * gammainccinv(0.5 * problem.freedom, tail))
    lower = float(2.0 * gammainccinv(0.5 * problem.freedom, 1.0 - tail))
    square = scaled.scale**2
    status: Any = "ok"
    low = float(solve_q(problem, upper)[0][0])
    high = float(solve_q(problem, lower)[0][0])
    if float(q_and_slope(problem, np.zeros(1))[0][0]) < lower:
        status, low, high = "empty", math.nan, math.nan
    elif not low <= tau2 <= high:
        status = "excludes_estimate"
    return Tau2Interval(
        low=low * square, high=high * square, level=level, method="QP", status=status
    )
