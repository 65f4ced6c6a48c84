"""The root of a falling function of one variable, for many problems at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, Self, TypeVar

import numpy as np

from evidencekit.models.kernel import BoolArray, FloatArray

MAX_ITERATIONS = 100
RELATIVE_TOLERANCE = 1e-13
# Rounding noise of a root, whatever its size: variances are of order one here.
TINY = 4.0 * float(np.finfo(np.float64).eps)


class Selectable(Protocol):
    """Many problems of one kind, of which some can be taken."""

    def take(self, rows: BoolArray, /) -> Self:
        """Return only these problems."""


Part = TypeVar("Part", bound=Selectable)
ValueAndSlope = Callable[[Part, FloatArray], tuple[FloatArray, FloatArray]]


def bracketed_newton(
    part: Part, value_and_slope: ValueAndSlope[Part], low: FloatArray, high: FloatArray
) -> tuple[FloatArray, BoolArray]:
    """Root of a falling function in each bracket: Newton, halving when it leaves the bracket.

    Parameters
    ----------
    part
        What the function is of: n problems, of which ``take`` returns some.
    value_and_slope
        The function and its derivative at one value for each problem, all of shape (n,).
        Where the slope is not negative, NaN included, the bracket is halved.
    low, high
        Where the function is positive and where it is not, 0 or above, shape (n,).

    Returns
    -------
    root, converged
        Both of shape (n,).
    """
    root = 0.5 * (low + high)
    converged = np.zeros(root.shape, dtype=bool)
    active = np.arange(root.size)
    t = root.copy()
    for iteration in range(MAX_ITERATIONS):
        if not active.size:
            break
        value, slope = value_and_slope(part, t)
        rising = value > 0.0
        low, high = np.where(rising, t, low), np.where(rising, high, t)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = t - value / slope
        # After a dozen steps Newton is no longer quadratic here: halving ends it for sure.
        newton = (slope < 0.0) & (step >= low) & (step <= high) & (iteration < 12)
        new = np.where(newton, step, 0.5 * (low + high))
        done = np.abs(new - t) <= RELATIVE_TOLERANCE * new + TINY
        t = new
        root[active] = t
        converged[active[done]] = True
        if done.any():
            keep = ~done
            active, part = active[keep], part.take(keep)
            t, low, high = t[keep], low[keep], high[keep]
    return root, converged
