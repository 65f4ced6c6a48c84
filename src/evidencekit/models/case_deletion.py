"""Outlier and influence measures: what leaving out each study does to a model.

Every measure comes from the k models without one study, fitted together: tau2
by the kernels over all of them at once, coefficients by an orthogonal
decomposition of each weighted design, so that one giant study costs no digits.

References
----------
[1] Viechtbauer W, Cheung MW-L. Outlier and influence diagnostics for meta-analysis.
    Res Synth Methods 2010;1:112-25. doi:10.1002/jrsm.11
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from evidencekit.errors import MethodError
from evidencekit.models.design import CONSTANT
from evidencekit.models.influence_results import InfluenceResult
from evidencekit.models.kernel import BoolArray, FloatArray, IntArray
from evidencekit.models.pool import weights
from evidencekit.models.regression import Scaled, scaled_problem
from evidencekit.models.regression_results import RegressionResult
from evidencekit.models.residual import Problem
from evidencekit.models.residual_tau2 import RESIDUAL_TAU2
from evidencekit.models.results import PooledResult
from evidencekit.models.tau2 import estimate_tau2

# Elements of the designs decomposed at once: some 16 MB.
AT_ONCE = 2_000_000
# A study this close to leverage 1 alone informs a coefficient.
ALONE = 1e-10


class Fits(NamedTuple):
    """Weighted least squares of n models; shapes (n, p), (n, p, p), (n,)."""

    beta: FloatArray
    triangle: FloatArray  # R with R'R = X'WX
    rss: FloatArray


class Deleted(NamedTuple):
    """Tau2 without each of n studies, and whether it converged."""

    tau2: FloatArray
    converged: BoolArray


def influence(result: RegressionResult | PooledResult) -> InfluenceResult:
    """Refit a model without each study and measure what changes.

    Parameters
    ----------
    result
        A meta-regression or a pooled result of k studies; its estimator of tau2 is used again.

    Returns
    -------
    InfluenceResult
        NaN for a study that alone informs a coefficient, named in the notes.

    Raises
    ------
    MethodError
        Too few studies: a random-effects model of p coefficients needs p + 2, a common-effect
        model p + 1.

    Notes
    -----
    With b, V, W of the model, h the diagonal of X V X'W, and b(i), V(i), W(i), tau2(i)
    of the model without study i:

    - residual y - x'b(i), of variance v + tau2(i) + x'V(i)x; rstudent is their ratio;
    - DFFITS = x'(b - b(i)) / sqrt(h (v + tau2(i)));
    - Cook's distance = (b - b(i))' V^-1 (b - b(i));
    - covariance ratio = det V(i) / det V;
    - DFBETAS = (b - b(i)) / sqrt of the diagonal of (X'W(i)X)^-1, all studies in X.

    Covariances are those of the model, whatever interval the result has.
    In R: ``influence(rma(yi, vi, mods = ~ x))`` and ``rstudent()``; R multiplies
    them by the Knapp-Hartung factor when the model has ``test = "knha"``.

    References
    ----------
    Viechtbauer W, Cheung MW-L. Res Synth Methods 2010;1:112-25. doi:10.1002/jrsm.11
    """
    x, names = _design(result)
    k, p = x.shape
    random = result.model == "random_effects"
    needed = p + 2 if random else p + 1
    if k < needed:
        raise MethodError(
            f"influence measures of {p} coefficient{'s' if p > 1 else ''} need at least {needed} "
            f"studies; there {'is' if k == 1 else 'are'} {k}"
        )
    scaled = scaled_problem(np.array(result.estimates), np.array(result.ses) ** 2, x)
    basis = scaled.problem.x
    alone = (basis**2).sum(axis=1) > 1.0 - ALONE
    measures = {name: np.full(k, np.nan) for name in _MEASURES}
    dfbetas = np.full((k, p), np.nan)
    converged = True
    size = max(AT_ONCE // (k * p), 1)
    usable = np.flatnonzero(~alone)
    for which in (usable[i : i + size] for i in range(0, usable.size, size)):
        deleted = _deleted_tau2(result, scaled, which)
        converged &= bool(deleted.converged.all())
        dfbetas[which] = _measure(scaled, result.tau2, deleted.tau2, which, measures)
    hat = _leverages(scaled, result.tau2 / scaled.scale**2)
    return InfluenceResult(
        measure=result.measure,
        k=k,
        labels=result.labels,
        names=names,
        tau2=result.tau2,
        tau2_method=result.tau2_method,
        hat=tuple(hat.tolist()),
        weight=weights(np.array(result.ses), result.tau2),
        dfbetas=tuple(tuple(row) for row in dfbetas.tolist()),
        notes=_notes(result.labels, alone, converged),
        **{name: tuple(values.tolist()) for name, values in measures.items()},
    )


_MEASURES = (
    "residual",
    "residual_se",
    "rstudent",
    "dffits",
    "cook",
    "cov_ratio",
    "tau2_deleted",
    "qe_deleted",
)


def _design(result: RegressionResult | PooledResult) -> tuple[FloatArray, tuple[str, ...]]:
    if isinstance(result, RegressionResult):
        return result.design.matrix, result.design.names
    return np.ones((result.k, 1)), (CONSTANT,)


def _others(k: int, which: IntArray) -> IntArray:
    """Numbers of all studies but one, for each of n, shape (n, k - 1)."""
    columns = np.arange(k - 1)
    return np.asarray(columns + (columns >= which[:, None]))


def _deleted_tau2(
    result: RegressionResult | PooledResult, scaled: Scaled, which: IntArray
) -> Deleted:
    """Tau2 without each study, shape (n,), in scaled units."""
    if result.model != "random_effects":
        return Deleted(np.zeros(which.size), np.ones(which.size, dtype=bool))
    y, v, others = scaled.problem.y[:, 0], scaled.problem.v[:, 0], _others(result.k, which)
    if isinstance(result, PooledResult):
        pooled = estimate_tau2(y[others], v[others], method=result.tau2_method)
        return Deleted(pooled.tau2, pooled.converged)
    basis = np.linalg.qr(scaled.problem.x[others])[0]
    problem = Problem(y=y[others.T], v=v[others.T], x=np.moveaxis(basis, 0, 2))
    found = RESIDUAL_TAU2[result.tau2_method].function(problem)
    return Deleted(found.tau2, found.converged)


def _solve(scaled: Scaled, tau2: FloatArray, rows: IntArray) -> Fits:
    """Weighted least squares of the studies in each of n rows, tau2 of shape (n,)."""
    s = 1.0 / np.sqrt(scaled.problem.v[:, 0][rows] + tau2[:, None])
    q, triangle = np.linalg.qr(s[:, :, None] * scaled.problem.x[rows])
    target = s * scaled.problem.y[:, 0][rows]
    along = np.einsum("nkp,nk->np", q, target)
    left = target - np.einsum("nkp,np->nk", q, along)
    beta = np.linalg.solve(triangle, along[:, :, None])[:, :, 0]
    return Fits(beta, triangle, (left**2).sum(axis=1))


def _leverages(scaled: Scaled, tau2: float) -> FloatArray:
    s = 1.0 / np.sqrt(scaled.problem.v[:, 0] + tau2)
    q = np.linalg.qr(s[:, None] * scaled.problem.x)[0]
    return np.asarray((q**2).sum(axis=1))


def _measure(
    scaled: Scaled,
    tau2: float,
    deleted: FloatArray,
    which: IntArray,
    measures: dict[str, FloatArray],
) -> FloatArray:
    """Fill in the measures of n studies and return their DFBETAS, (n, p).  # [1]"""
    basis, v = scaled.problem.x, scaled.problem.v[which, 0]
    k, scale = len(basis), scaled.scale
    everyone = np.broadcast_to(np.arange(k), (which.size, k))
    full = _solve(scaled, np.array([tau2 / scale**2]), everyone[:1])
    same = _solve(scaled, deleted, everyone)
    without = _solve(scaled, deleted, _others(k, which))
    at_zero = _solve(scaled, np.zeros(which.size), _others(k, which))
    x = basis[which]
    moved = full.beta - without.beta
    residual = scaled.problem.y[which, 0] - (x * without.beta).sum(axis=1)
    lever = np.linalg.solve(without.triangle.transpose(0, 2, 1), x[:, :, None])[:, :, 0]
    se = np.sqrt(v + deleted + (lever**2).sum(axis=1))
    fitted_se = np.sqrt(_leverages(scaled, tau2 / scale**2)[which] * (v + deleted))
    # From coefficients of the basis to those of the design.
    turn = np.linalg.inv(basis.T @ scaled.x)
    spread = np.sqrt(((turn @ np.linalg.inv(same.triangle)) ** 2).sum(axis=2))
    found = {
        "residual": residual * scale,
        "residual_se": se * scale,
        "rstudent": residual / se,
        "dffits": (x * moved).sum(axis=1) / fitted_se,
        "cook": ((moved @ full.triangle[0].T) ** 2).sum(axis=1),
        "cov_ratio": _det(full.triangle) / _det(without.triangle),
        "tau2_deleted": deleted * scale**2,
        "qe_deleted": at_zero.rss,
    }
    for name, values in found.items():
        measures[name][which] = values
    return np.asarray(moved @ turn.T / spread)


def _det(triangle: FloatArray) -> FloatArray:
    return np.asarray(np.prod(np.diagonal(triangle, axis1=1, axis2=2), axis=1) ** 2)


def _notes(labels: tuple[str, ...], alone: BoolArray, converged: bool) -> tuple[str, ...]:
    notes = []
    if alone.any():
        listed = ", ".join(label for label, one in zip(labels, alone, strict=True) if one)
        notes.append(
            f"Without {listed} a coefficient cannot be estimated: no influence measures there."
        )
    if not converged:
        notes.append("tau2 without one of the studies did not converge; its measures are not safe.")
    return tuple(notes)
