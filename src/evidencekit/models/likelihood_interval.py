"""All tau2 whose (restricted) likelihood is close enough to its maximum."""

from __future__ import annotations

import numpy as np

from evidencekit.models.bracket import MAX_ITERATIONS, RELATIVE_TOLERANCE, TINY
from evidencekit.models.kernel import Block, BoolArray, FloatArray
from evidencekit.models.solvers import (
    find_modes,
    log_likelihood,
    score,
    search_grid,
    stationary_bound,
)


def likelihood_interval(
    block: Block, level: float, *, restricted: bool
) -> tuple[FloatArray, FloatArray]:
    """Limits of {t >= 0: 2 (l(max) - l(t)) <= chi squared quantile with 1 df}.

    Parameters
    ----------
    block
        Prepared meta-analyses with degrees of freedom.
    level
        Coverage, in (0, 1).
    restricted
        REML, or ML.

    Returns
    -------
    low, high
        Shape (rows,), scaled units; the first and the last such t.
    """
    from evidencekit.special import ndtri

    best = find_modes(block, restricted=restricted).best
    drop = 0.5 * float(ndtri(0.5 * (1.0 - level))) ** 2
    floor = log_likelihood(block, best, restricted=restricted) - drop
    grid = _grid(block, floor, restricted=restricted)
    above = np.array([log_likelihood(block, t, restricted=restricted) >= floor for t in grid])
    # The maximum lies above the floor, though perhaps no point of the grid does.
    at = np.arange(block.rows)
    some = above.any(axis=0)
    first = np.where(some, above.argmax(axis=0), 0)
    last = np.where(some, grid.shape[0] - 1 - above[::-1].argmax(axis=0), 0)
    left, right = grid[first, at], grid[last, at]
    inner_low = np.where(some, np.minimum(left, best), best)
    inner_high = np.where(some, np.maximum(right, best), best)
    outer_low = np.max(np.where(grid < inner_low, grid, 0.0), axis=0)
    outer_high = np.min(np.where(grid > inner_high, grid, np.inf), axis=0)
    low = _cross(block, floor, outer_low, inner_low, restricted=restricted)
    low = np.where(above[0], 0.0, low)
    return low, _cross(block, floor, outer_high, inner_high, restricted=restricted)


def _grid(block: Block, floor: FloatArray, *, restricted: bool) -> FloatArray:
    """Grid of tau2, even in log(t + smallest v), up to where every row is below its floor."""
    smallest, top = block.smallest_variance(), stationary_bound(block)
    # Beyond the last stationary point the likelihood falls for good.
    while True:
        inside = log_likelihood(block, top, restricted=restricted) >= floor
        if not inside.any():
            break
        top = np.where(inside, 4.0 * top, top)
    return search_grid(smallest, top)


def _cross(
    block: Block, floor: FloatArray, outside: FloatArray, inside: FloatArray, *, restricted: bool
) -> FloatArray:
    """Where the likelihood crosses the floor: Newton, halving when it leaves the bracket."""
    t = 0.5 * (outside + inside)
    for iteration in range(MAX_ITERATIONS):
        gap = log_likelihood(block, t, restricted=restricted) - floor
        slope = 0.5 * score(block, t[None, :], restricted=restricted)[0]
        within: BoolArray = gap >= 0.0
        inside, outside = np.where(within, t, inside), np.where(within, outside, t)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = t - gap / slope
        low, high = np.minimum(inside, outside), np.maximum(inside, outside)
        newton = (step >= low) & (step <= high) & (iteration < 15)
        new = np.where(newton, step, 0.5 * (inside + outside))
        # A gap of rounding noise cannot be narrowed further.
        noise = 8.0 * TINY * np.abs(floor)
        done = (np.abs(new - t) <= RELATIVE_TOLERANCE * new + TINY) | (np.abs(gap) <= noise)
        t = np.where(done, t, new)
        if done.all():
            break
    return t
