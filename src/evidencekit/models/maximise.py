"""Newton's method for small smooth problems with exact second derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from evidencekit.models.glmm_models import LogLik
from evidencekit.models.kernel import FloatArray


class Maximum(NamedTuple):
    """Where the search ended, the function there, and whether it is a maximum."""

    at: FloatArray
    loglik: LogLik
    converged: bool


def maximise(
    function: Callable[[FloatArray], LogLik], start: FloatArray, *, bound: float = 40.0
) -> Maximum:
    """Climb from a start; curvature of the wrong sign is turned round, so saddles repel.

    Ends when a full Newton step would gain less than 1e-13, and stops as not
    converged when a parameter passes ``bound`` in size.
    """
    x, here = start, function(start)
    for _ in range(80):
        sizes, axes = np.linalg.eigh(-here.hessian)
        floor = 1e-10 * max(float(np.abs(sizes).max()), 1e-10)
        along = axes.T @ here.gradient
        step = axes @ (along / np.maximum(np.abs(sizes), floor))
        gain = 0.5 * float(here.gradient @ step)
        if gain < 1e-13 * (1.0 + abs(here.value)) ** 0.5:
            # One last step where it is safe: quadratic convergence gives the remaining digits.
            final = function(x + step)
            if final.value >= here.value:
                x, here = x + step, final
            return Maximum(x, here, bool(sizes.min() > -1e-6 * np.abs(sizes).max()))
        step /= max(1.0, float(np.abs(step).max()))
        for _ in range(40):
            there = function(x + step)
            if there.value > here.value:
                break
            step = 0.5 * step
        else:
            return Maximum(x, here, gain < 1e-9)
        x, here = x + step, there
        if np.abs(x).max() > bound:
            break
    return Maximum(x, here, False)
