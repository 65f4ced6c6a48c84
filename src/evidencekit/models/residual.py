"""The arithmetic of meta-regression: n regressions of k studies at a time.

As in :mod:`~evidencekit.models.kernel`, studies run along axis 0 and numbers
are of order one. Every quantity comes from an orthonormal basis of the weighted
design, made by Gram-Schmidt in place, so nothing is squared or inverted: with
w = 1/(v + t), s = sqrt(w) and Q that basis, the projection
P = W - WX (X'WX)^-1 X'W is s (I - QQ') s.

References
----------
[1] Viechtbauer W. Bias and efficiency of meta-analytic variance estimators in
    the random-effects model. J Educ Behav Stat 2005;30:261-93.
    doi:10.3102/10769986030003261
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from evidencekit.models.bracket import (
    MAX_ITERATIONS,
    RELATIVE_TOLERANCE,
    TINY,
    bracketed_newton,
)
from evidencekit.models.kernel import BoolArray, FloatArray, IntArray
from evidencekit.models.solvers import GRID_ELEMENTS, search_grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """n regressions, on one design or each on its own, in scaled units.

    Parameters
    ----------
    y, v
        Estimates and sampling variances, shape (k, n).
    x
        Orthonormal basis of the columns of the design, shape (k, p); or one basis
        for each regression, shape (k, p, n).
    """

    y: FloatArray
    v: FloatArray
    x: FloatArray

    @property
    def k(self) -> int:
        """Number of studies."""
        return int(self.y.shape[0])

    @property
    def n(self) -> int:
        """Number of regressions."""
        return int(self.y.shape[1])

    @property
    def columns(self) -> list[FloatArray]:
        """Columns of the basis, each of shape (k, 1) or (k, n)."""
        shared = self.x.ndim == 2
        return [self.x[:, i, None] if shared else self.x[:, i] for i in range(self.x.shape[1])]

    @property
    def freedom(self) -> float:
        """Residual degrees of freedom, k - p."""
        return float(self.k - self.x.shape[1])

    def take(self, rows: IntArray | BoolArray) -> Problem:
        """Return only these regressions."""
        x = self.x if self.x.ndim == 2 else self.x[:, :, rows]
        return Problem(y=self.y[:, rows], v=self.v[:, rows], x=x)


class Whitened(NamedTuple):
    """What is left of the weighted estimates, and the basis; shapes (k, n) and p of (k, n)."""

    w: FloatArray
    residual: FloatArray  # sqrt(w) * (y - fitted)
    basis: list[FloatArray]
    hat: FloatArray  # leverages, the diagonal of QQ'
    log_det: FloatArray  # log |X'WX|, shape (n,), for the orthonormal X


def whiten(problem: Problem, tau2: FloatArray, *, passes: int = 2) -> Whitened:
    """Weighted least squares of every regression at its tau2, shape (n,).

    Two passes make the basis orthogonal to rounding however unequal the weights
    are; one is enough to tell the sign of a score.
    """
    w = 1.0 / (problem.v + tau2)
    s = np.sqrt(w)
    basis: list[FloatArray] = []
    hat = np.zeros_like(w)
    residual = s * problem.y
    log_det = np.zeros(problem.n)
    for column in problem.columns:
        q = s * column
        for _ in range(passes if basis else 0):
            for other in basis:
                q -= other * np.add.reduce(other * q, axis=0)
        size = np.sqrt(np.add.reduce(q * q, axis=0))
        q /= size
        log_det += 2.0 * np.log(size)
        residual -= q * np.add.reduce(q * residual, axis=0)
        hat += q * q
        basis.append(q)
    return Whitened(w, residual, basis, hat, log_det)


def weighted_score(problem: Problem, tau2: FloatArray, *, restricted: bool) -> FloatArray:
    """Twice the derivative of the (restricted) log-likelihood at tau2, shape (n,).

    REML: y'PPy - tr P,  ML: y'PPy - sum w.  # [1]
    """
    fit = whiten(problem, tau2, passes=1)
    value = np.add.reduce(fit.w * fit.residual * fit.residual, axis=0)
    trace = fit.w * (1.0 - fit.hat) if restricted else fit.w
    return np.asarray(value - np.add.reduce(trace, axis=0))


def score_and_slope(
    problem: Problem, tau2: FloatArray, *, restricted: bool
) -> tuple[FloatArray, FloatArray]:
    """:func:`weighted_score` and its derivative, both of shape (n,).

    dP/dt = -PP, so d(y'PPy)/dt = -2 y'PPPy and d(tr P)/dt = -tr(PP).
    """
    fit = whiten(problem, tau2)
    again = fit.w * fit.residual
    value = np.add.reduce(again * fit.residual, axis=0)
    for q in fit.basis:
        again -= q * np.add.reduce(q * again, axis=0)
    slope = -2.0 * np.add.reduce(again * again, axis=0)
    w2 = fit.w * fit.w
    if not restricted:
        return value - np.add.reduce(fit.w, axis=0), slope + np.add.reduce(w2, axis=0)
    value -= np.add.reduce(fit.w * (1.0 - fit.hat), axis=0)
    slope += np.add.reduce(w2 * (1.0 - 2.0 * fit.hat), axis=0)
    for i, q in enumerate(fit.basis):
        weighted = fit.w * q
        for j, other in enumerate(fit.basis[: i + 1]):
            product = np.add.reduce(weighted * other, axis=0)
            slope += (1.0 if i == j else 2.0) * product * product
    return value, slope


def log_likelihood(problem: Problem, tau2: FloatArray, *, restricted: bool) -> FloatArray:
    """(Restricted) log-likelihood at tau2, without its constant, shape (n,). [1]"""
    fit = whiten(problem, tau2)
    value = np.log(fit.w).sum(axis=0) - (fit.residual**2).sum(axis=0)
    if restricted:
        value = value - fit.log_det
    return np.asarray(0.5 * value)


def q_and_slope(problem: Problem, tau2: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Generalised Q, y'Py, and minus its derivative, y'PPy; shape (n,)."""
    fit = whiten(problem, tau2)
    square = fit.residual * fit.residual
    return np.add.reduce(square, axis=0), np.add.reduce(fit.w * square, axis=0)


def residual_squares(problem: Problem) -> FloatArray:
    """Unweighted residual sum of squares, shape (n,)."""
    left = problem.y.copy()
    for _ in range(2):  # twice is enough to be orthogonal to rounding
        for column in problem.columns:
            left -= column * np.add.reduce(column * left, axis=0)
    return np.asarray(np.add.reduce(left * left, axis=0))


def stationary_bound(problem: Problem) -> FloatArray:
    """A tau2 above which the score is negative, shape (n,).

    With RSS the unweighted residual sum of squares, y'PPy <= RSS / (min v + t)^2 and
    tr P >= (k - p) / (max v + t); the score is negative where
    (k - p) (min v + t)^2 > RSS (max v + t).
    """
    low, high = problem.v.min(axis=0), problem.v.max(axis=0)
    half = 0.5 * residual_squares(problem) / problem.freedom
    root = half + np.sqrt(half * half + 2.0 * half * (high - low))
    return np.asarray(np.maximum(root, low))


class ResidualModes(NamedTuple):
    """Maxima of each regression's likelihood: the global one, and all with their heights."""

    best: FloatArray
    converged: BoolArray
    values: list[FloatArray]
    loglik: list[FloatArray]


def find_modes(problem: Problem, *, restricted: bool) -> ResidualModes:
    """Find every local maximum over tau2 >= 0, as :func:`evidencekit.models.solvers.find_modes`."""
    grid, positive = _scan(problem, restricted=restricted)
    row, cell = np.nonzero((positive[:-1] & ~positive[1:]).T)
    inner, done = bracketed_newton(
        problem.take(row),
        partial(score_and_slope, restricted=restricted),
        grid[cell, row],
        grid[cell + 1, row],
    )
    edge = np.flatnonzero(~positive[0])
    owner = np.concatenate([edge, row])
    value = np.concatenate([np.zeros(edge.size), inner])
    count = np.bincount(owner, minlength=problem.n)
    best = np.zeros(problem.n)
    best[owner] = value
    converged = np.ones(problem.n, dtype=bool)
    converged[row[~done]] = False
    values = [best[i : i + 1] for i in range(problem.n)] if problem.n == 1 else []
    heights = [np.full(1, np.nan)] if problem.n == 1 else []
    for i in np.flatnonzero(count > 1):
        mine = np.sort(value[owner == i])
        height = log_likelihood(problem.take(np.full(mine.size, i)), mine, restricted=restricted)
        best[i] = mine[int(np.argmax(height))]
        if problem.n == 1:
            values, heights = [mine], [height]
    return ResidualModes(best, converged, values, heights)


def _scan(problem: Problem, *, restricted: bool) -> tuple[FloatArray, BoolArray]:
    """Grid of tau2, even in log(t + smallest v), shape (g, n), and where the score is positive."""
    smallest, top = problem.v.min(axis=0), stationary_bound(problem) * (1.0 + 1e-9)
    grid = search_grid(smallest, top)
    positive = np.empty(grid.shape, dtype=bool)
    at_once = max(GRID_ELEMENTS // problem.y.size, 1) if problem.y.size else len(grid)
    for start in range(0, len(grid), at_once):
        part = grid[start : start + at_once]
        many = problem.take(np.tile(np.arange(problem.n), len(part))) if len(part) > 1 else problem
        found = weighted_score(many, part.ravel(), restricted=restricted) > 0.0
        positive[start : start + at_once] = found.reshape(part.shape)
    return grid, positive


def solve_q(problem: Problem, target: float) -> tuple[FloatArray, BoolArray]:
    """Solve y'P(t)y = target for t >= 0, or 0 where Q(0) does not exceed it; shape (n,).

    1/Q is concave and increasing, as for a mean (see
    :func:`evidencekit.models.solvers.solve_q`), so Newton's method from the left cannot overshoot.
    """
    root = np.zeros(problem.n)
    converged = np.ones(problem.n, dtype=bool)
    active = np.flatnonzero(q_and_slope(problem, root)[0] > target)
    part = problem.take(active)
    scaled = residual_squares(part) / target
    t = np.maximum(scaled - part.v.min(axis=0, initial=np.inf), 0.0)
    lowest = np.maximum(scaled - part.v.max(axis=0, initial=0.0), 0.0)
    for iteration in range(MAX_ITERATIONS):
        if not active.size:
            break
        q, slope = q_and_slope(part, t)
        new = np.maximum(t + (q / target - 1.0) * q / slope, lowest if iteration == 0 else 0.0)
        done = (np.abs(new - t) <= RELATIVE_TOLERANCE * new + TINY) & (iteration > 0)
        t = new
        root[active] = t
        keep = ~done
        active, part, t, lowest = active[keep], part.take(keep), t[keep], lowest[keep]
    converged[active] = False
    return root, converged
