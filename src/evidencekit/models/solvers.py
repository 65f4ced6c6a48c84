"""Two scale-free solvers: all modes of a (restricted) likelihood, and the root of Q(t) = c.

Both work on a :class:`~evidencekit.models.kernel.Block`, whose numbers are of
order one, so no tolerance here is absolute in the user's units.

References
----------
[1] Viechtbauer W. Bias and efficiency of meta-analytic variance estimators in
    the random-effects model. J Educ Behav Stat 2005;30:261-93.
    doi:10.3102/10769986030003261
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from evidencekit.models.bracket import (
    MAX_ITERATIONS,
    RELATIVE_TOLERANCE,
    TINY,
    bracketed_newton,
)
from evidencekit.models.kernel import Block, BoolArray, FloatArray, IntArray, q_and_slope, weighted

# Step of the search grid on u = log(t + smallest variance). On that scale every
# weight 1/(v + t) is analytic in a strip of half-width pi around the real line,
# so the score cannot bend much within a step this short.
GRID_STEP = 0.35
GRID_ELEMENTS = 32_768
# Studies at a time where one meta-analysis has very many.
LONG_PIECE = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Modes:
    """Local maxima found, for each row.

    Parameters
    ----------
    best
        The global maximum, shape (rows,).
    converged
        Whether every maximum was pinned down, shape (rows,).
    count
        Number of local maxima, the boundary 0 included, shape (rows,).
    values, loglik
        All maxima in rising order and their log-likelihoods, shape
        (rows, largest count), padded with NaN; ``loglik`` is computed only for
        rows with more than one.
    """

    best: FloatArray
    converged: BoolArray
    count: IntArray
    values: FloatArray
    loglik: FloatArray


def score(block: Block, tau2: FloatArray, *, restricted: bool) -> FloatArray:
    """Twice the derivative of the (restricted) profile log-likelihood, shape of tau2 (g, rows).

    ML:   sum w^2 e^2 - sum w,  REML: the same + sum w^2 / sum w,
    with e = y - mu(t).
    """
    sums = weighted(block, tau2)
    weighted_residual = sums.w * sums.residual
    value = np.add.reduce(weighted_residual * weighted_residual, axis=0) - sums.sum_w
    if restricted:
        value += np.add.reduce(sums.w * sums.w, axis=0) / sums.sum_w
    return block.total(value)


def score_and_slope(
    block: Block, tau2: FloatArray, *, restricted: bool
) -> tuple[FloatArray, FloatArray]:
    """:func:`score` at tau2 (rows,) and its derivative.

    d/dt sum w^2 e^2 = -2 sum w^3 e^2 + 2 (sum w^2 e)^2 / sum w, because
    dmu/dt = -sum w^2 e / sum w.
    """
    sums = weighted(block, tau2[None, :])
    w, residual, s1 = sums.w, sums.residual, sums.sum_w[0]
    w2 = w * w
    w2e = w2 * residual
    w2e2 = w2e * residual
    s2 = np.add.reduce(w2, axis=0)[0]
    value = np.add.reduce(w2e2, axis=0)[0] - s1
    cross = np.add.reduce(w2e, axis=0)[0]
    slope = s2 - 2.0 * np.add.reduce(w * w2e2, axis=0)[0] + 2.0 * cross * cross / s1
    if restricted:
        ratio = s2 / s1
        value = value + ratio
        slope += ratio * ratio - 2.0 * np.add.reduce(w * w2, axis=0)[0] / s1
    return block.total(value), block.total(slope)


def score_of_many_studies(block: Block, tau2: FloatArray, *, restricted: bool) -> FloatArray:
    """:func:`score` of one meta-analysis at many tau2 (g,), a few thousand studies at a time.

    Everything is a weighted sum of 1, y and y^2, so each piece is two matrix products. The
    squares are expanded, which costs digits where the mean is far from 0 in standard
    deviations; y is centred, and only the sign is used to enclose a maximum.
    """
    first, second = np.zeros((tau2.size, 2)), np.zeros((tau2.size, 3))
    for start in range(0, block.y.shape[0], LONG_PIECE):
        y, v = block.y[start : start + LONG_PIECE, 0], block.v[start : start + LONG_PIECE, 0]
        powers = np.stack([np.ones_like(y), y, y * y], axis=1)
        w = 1.0 / (tau2[:, None] + v)
        first += w @ powers[:, :2]
        w *= w
        second += w @ powers
    sum_w, mean = first[:, 0], first[:, 1] / first[:, 0]
    value = second[:, 2] - 2.0 * mean * second[:, 1] + mean * mean * second[:, 0] - sum_w
    return np.asarray(value + second[:, 0] / sum_w if restricted else value)


def log_likelihood(block: Block, tau2: FloatArray, *, restricted: bool) -> FloatArray:
    """(Restricted) profile log-likelihood at tau2 (rows,), without its constant. [1]"""
    sums = weighted(block, tau2[None, :])
    log_w = np.log(sums.w, out=np.zeros_like(sums.w), where=sums.w > 0)
    value = log_w.sum(axis=0) - (sums.w * sums.residual**2).sum(axis=0)
    if restricted:
        value -= np.log(sums.sum_w)
    return block.total(0.5 * value[0])


def stationary_bound(block: Block) -> FloatArray:
    """A tau2 above which the score is negative: every maximum lies below it.

    With p = w / sum w the score vanishes where t <= k sum p^2 e^2 / (1 - sum p^2).
    For t above the largest v no p exceeds 2/(k + 1), and sum p e^2 <= (range y)^2 / 4;
    both together give t <= (range y)^2, for ML and for REML.
    """
    high = np.where(block.mask, block.y, -np.inf).max(axis=0, initial=-np.inf)
    low = np.where(block.mask, block.y, np.inf).min(axis=0, initial=np.inf)
    spread = np.where(block.count > 0, high - low, 0.0) ** 2
    if block.shared:
        spread = spread.max(keepdims=True)
    return np.asarray(np.maximum(spread, block.largest_variance()) * (1.0 + 1e-9))


def find_modes(block: Block, *, restricted: bool) -> Modes:
    """Find every local maximum of the (restricted) likelihood over tau2 >= 0, and the highest.

    The sign of the score is taken on a grid that is even in log(t + smallest v)
    and reaches beyond the last possible maximum; a change from plus to minus
    encloses a maximum, which safeguarded Newton steps then pin down. The
    boundary 0 is a maximum when the score there is not positive.
    """
    grid, positive = _scan(block, restricted=restricted)
    row, cell = np.nonzero((positive[:-1] & ~positive[1:]).T)
    inner, inner_converged = bracketed_newton(
        block.take(row),
        partial(score_and_slope, restricted=restricted),
        grid[cell, row],
        grid[cell + 1, row],
    )
    edge = np.flatnonzero(~positive[0])
    owner = np.concatenate([edge, row])
    value = np.concatenate([np.zeros(edge.size), inner])
    pinned = np.concatenate([np.ones(edge.size, dtype=bool), inner_converged])
    return _collect(block, owner, value, pinned, restricted=restricted)


def search_grid(smallest: FloatArray, top: FloatArray) -> FloatArray:
    """Grid of tau2 from 0 to ``top``, even in log(t + smallest variance), shape (g, rows)."""
    steps = int(np.ceil(np.log1p((top / smallest).max(initial=0.0)) / GRID_STEP)) + 1
    growth = np.expm1(GRID_STEP * np.arange(steps + 1))
    return np.asarray(np.minimum(smallest * growth[:, None], top))


def _scan(block: Block, *, restricted: bool) -> tuple[FloatArray, BoolArray]:
    """Grid of tau2, shape (g, rows), and whether the score is positive there."""
    smallest, top = block.smallest_variance(), stationary_bound(block)
    grid = search_grid(smallest, top)
    if block.n == 1 and block.y.shape[0] > GRID_ELEMENTS:
        return grid, score_of_many_studies(block, grid[:, 0], restricted=restricted)[:, None] > 0.0
    positive = np.empty(grid.shape, dtype=bool)
    at_once = max(GRID_ELEMENTS // max(block.y.size, 1), 1)
    for start in range(0, grid.shape[0], at_once):
        part = slice(start, start + at_once)
        positive[part] = score(block, grid[part], restricted=restricted) > 0.0
    return grid, positive


def _collect(
    block: Block, owner: IntArray, value: FloatArray, pinned: BoolArray, *, restricted: bool
) -> Modes:
    """Sort the maxima by row, and choose the highest where a row has several."""
    rows = block.rows
    order = np.lexsort((value, owner))
    owner, value, pinned = owner[order], value[order], pinned[order]
    count = np.bincount(owner, minlength=rows)
    first = np.cumsum(count) - count
    place = np.arange(owner.size) - first[owner]
    values = np.full((rows, int(count.max(initial=1))), np.nan)
    values[owner, place] = value
    loglik = np.full(values.shape, np.nan)
    best = values[:, 0].copy()
    several = np.flatnonzero(count[owner] > 1)
    if several.size:
        at = owner[several]
        loglik[at, place[several]] = log_likelihood(
            block.take(at), value[several], restricted=restricted
        )
        many = np.flatnonzero(count > 1)
        best[many] = values[many, np.nanargmax(loglik[many], axis=1)]
    converged = np.ones(rows, dtype=bool)
    converged[owner[~pinned]] = False
    return Modes(best=best, converged=converged, count=count, values=values, loglik=loglik)


def solve_q(block: Block, target: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Solve Q(t) = target for t >= 0; 0 where Q(0) does not exceed the target.

    Q(t) is a sum of terms z^2 / (lambda + t), so 1/Q is a harmonic mean of
    rising straight lines: concave and increasing. Newton's method on
    1/Q(t) - 1/target therefore cannot overshoot from the left and needs no
    bracket; one step from an upper bound gives the start.

    Parameters
    ----------
    block
        Prepared meta-analyses.
    target
        Positive, shape (rows,).

    Returns
    -------
    root, converged
        Both of shape (rows,).
    """
    q_zero, _ = q_and_slope(block, np.zeros(block.rows))
    root = np.zeros(block.rows)
    converged = np.ones(block.rows, dtype=bool)
    active = np.flatnonzero(q_zero > target)
    part, goal = block.take(active), target[active]
    t = _start(part, goal) if active.size else goal
    for _ in range(MAX_ITERATIONS):
        if not active.size:
            break
        new = _reciprocal_newton(part, t, goal)
        done = np.abs(new - t) <= RELATIVE_TOLERANCE * new + TINY
        t = new
        root[active] = t
        keep = ~done
        active, part, t, goal = active[keep], part.take(keep), t[keep], goal[keep]
    converged[active] = False
    return root, converged


def _start(block: Block, target: FloatArray) -> FloatArray:
    """Lower bound of the root: SS/target - max v, or one Newton step from SS/target - min v."""
    mean = block.y.sum(axis=0) / block.count
    squares = np.where(block.mask, block.y - mean, 0.0) ** 2
    scaled = block.total(squares.sum(axis=0)) / target
    above = np.maximum(scaled - block.smallest_variance(), 0.0)
    below = np.maximum(scaled - block.largest_variance(), 0.0)
    return np.maximum(_reciprocal_newton(block, above, target), below)


def _reciprocal_newton(block: Block, t: FloatArray, target: FloatArray) -> FloatArray:
    """One Newton step for 1/Q(t) = 1/target."""
    q, slope = q_and_slope(block, t)
    return np.maximum(t + (q / target - 1.0) * q / slope, 0.0)
