"""Integrals over a standard normal latent variable, many studies at a time.

The integrand is exp(h) with h = log f(z) - z^2/2 and log f concave, so h has one
mode and falls at least as fast as a normal density. The rule is the trapezium
between the two places where h has fallen far enough: for such smooth functions
its error decreases exponentially with the number of points, and unlike
Gauss-Hermite quadrature it follows one-sided integrands (studies without events).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from evidencekit.models.kernel import FloatArray

POINTS = 65
FALL = 38.0
"""Nodes end where the integrand is exp(-38), 3e-17, of its peak."""

LineFunction = Callable[[FloatArray], tuple[FloatArray, FloatArray, FloatArray]]
"""z of shape (k, q) to h and its first two derivatives in z, the last at most -1."""


class Rule(NamedTuple):
    """Nodes, shape (k, POINTS), and the log of the spacing, shape (k, 1)."""

    z: FloatArray
    log_step: FloatArray


def line_rule(function: LineFunction, k: int, *, points: int = POINTS, fall: float = FALL) -> Rule:
    """Nodes that integrate exp(h) for each of k studies."""
    mode, peak = find_mode(function, k)
    low = _end(function, mode, peak - fall, -1.0, fall)
    high = _end(function, mode, peak - fall, 1.0, fall)
    share = np.linspace(0.0, 1.0, points)
    return Rule(low + (high - low) * share, np.log((high - low) / (points - 1)))


def find_mode(function: LineFunction, k: int) -> tuple[FloatArray, FloatArray]:
    """Mode and height of h, shape (k, 1): Newton between 0 and h'(0), halving where it leaves.

    Since h'' <= -1 everywhere, the mode lies between 0 and h'(0).
    """
    zero = np.zeros((k, 1))
    value, first, second = function(zero)
    low, high = np.minimum(zero, first), np.maximum(zero, first)
    z = zero
    for _ in range(100):
        low, high = np.where(first > 0, z, low), np.where(first < 0, z, high)
        new = z - first / second
        inside = (new >= low) & (new <= high)
        new = np.where(inside, new, 0.5 * (low + high))
        moved = np.abs(new - z).max(initial=0.0)
        z = new
        value, first, second = function(z)
        if moved < 1e-9:
            break
    return z, value


def _end(
    function: LineFunction, mode: FloatArray, target: FloatArray, side: float, fall: float
) -> FloatArray:
    """Just beyond where h has fallen to the target, by halving.

    h'' <= -1 puts that place within sqrt(2 fall) of the mode. Newton's method would creep
    down an exponential slope (Poisson counts, large tau).
    """
    inner: FloatArray = mode
    outer: FloatArray = mode + side * np.sqrt(2.0 * fall)
    for _ in range(10):
        middle = 0.5 * (inner + outer)
        far = function(middle)[0] < target
        inner, outer = np.where(far, inner, middle), np.where(far, middle, outer)
    return outer


def two_latent_rule(
    joint: Callable[[FloatArray, FloatArray], tuple[FloatArray, ...]], k: int, *, points: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Nodes in two latent variables: first along the profile of z1, then z2 at each.

    Parameters
    ----------
    joint
        From z1 and z2 of shape (k, q) to h, h1, h2, h11, h12, h22.
    k
        Number of studies.
    points
        Nodes in each direction.

    Returns
    -------
    tuple
        z1, z2 and the log weights, each of shape (k, points^2).
    """

    def along(z1: FloatArray) -> LineFunction:
        shape = z1.shape

        def line(z2: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
            wide = np.broadcast_to(z1[..., None], (*shape, z2.shape[1])).reshape(k, -1)
            h, _, h2, _, _, h22 = joint(wide, z2.reshape(k, -1))
            return h.reshape(z2.shape), h2.reshape(z2.shape), h22.reshape(z2.shape)

        return line

    def profile(z1: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        best, _ = find_mode(along(z1), z1.size)
        h, h1, _, h11, h12, h22 = joint(z1, best.reshape(z1.shape))
        return h, h1, h11 - h12 * h12 / h22

    outer = line_rule(profile, k, points=points, fall=FALL + 4.0)
    inner = line_rule(along(outer.z), k * points, points=points)
    z1 = np.repeat(outer.z, points, axis=1)
    log_weight = np.repeat(outer.log_step + inner.log_step.reshape(k, points), points, axis=1)
    return z1, inner.z.reshape(k, -1), log_weight
