"""Two kinds of one-dimensional distribution: mixtures of normals, and a density on panels.

Both come out of deterministic integration over tau
(:mod:`~evidencekit.models.bayes`). They give density, cdf, quantiles, and
central and shortest intervals to about ten digits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.errors import MethodError
from evidencekit.models.kernel import FloatArray
from evidencekit.quantities import Interval

Function = Callable[[FloatArray], FloatArray]


class Distribution(Protocol):
    """What an interval is made from."""

    def density(self, x: ArrayLike) -> FloatArray:
        """Density at x, any shape."""

    def cdf(self, x: ArrayLike) -> FloatArray:
        """P(X <= x), any shape."""

    def quantile(self, p: ArrayLike) -> FloatArray:
        """Value below which a fraction p lies, p in (0, 1), any shape."""


@dataclass(frozen=True, slots=True, eq=False)
class NormalMixture:
    """A finite mixture of normal distributions.

    Parameters
    ----------
    mass, mean, sd
        Shape (n,); the masses sum to 1 and every sd is above 0.
    """

    mass: FloatArray
    mean: FloatArray
    sd: FloatArray

    def density(self, x: ArrayLike) -> FloatArray:
        """Density at x, any shape."""
        z = self._standardise(x)
        found: FloatArray = np.exp(-0.5 * z * z) @ (self.mass / self.sd) / np.sqrt(2.0 * np.pi)
        return found

    def cdf(self, x: ArrayLike) -> FloatArray:
        """P(X <= x), any shape."""
        from evidencekit.special import ndtr

        found: FloatArray = ndtr(self._standardise(x)) @ self.mass
        return found

    def sf(self, x: ArrayLike) -> FloatArray:
        """P(X > x), any shape, without cancellation in the upper tail."""
        from evidencekit.special import ndtr

        found: FloatArray = ndtr(-self._standardise(x)) @ self.mass
        return found

    def quantile(self, p: ArrayLike) -> FloatArray:
        """Value below which a fraction p lies, p in (0, 1), any shape."""
        target = check_probabilities(p)
        shape, target = target.shape, target.ravel()
        centre = float(self.mean[np.argmax(self.mass)])
        step = float(np.median(self.sd))
        low, high = np.full(target.shape, centre - step), np.full(target.shape, centre + step)
        while (short := self.cdf(low) > target).any():
            low = np.where(short, centre - 2.0 * (centre - low), low)
        while (short := self.cdf(high) < target).any():
            high = np.where(short, centre + 2.0 * (high - centre), high)
        return solve_increasing(self.cdf, self.density, target, low, high).reshape(shape)

    def moments(self) -> tuple[float, float]:
        """Mean and standard deviation; they are infinite sums cut off where n ends."""
        mean = float(self.mass @ self.mean)
        return mean, float(np.sqrt(self.mass @ (self.sd**2 + (self.mean - mean) ** 2)))

    def _standardise(self, x: ArrayLike) -> FloatArray:
        z: FloatArray = (np.asarray(x, dtype=np.float64)[..., None] - self.mean) / self.sd
        return z


@dataclass(frozen=True, slots=True, eq=False)
class PanelDensity:
    """A density of exp(u) times ``scale`` known on panels of u, exact to the panels' rule.

    Parameters
    ----------
    edges
        Shape (P + 1,), rising.
    cumulative
        Shape (P + 1,): mass below each edge, from 0 to 1.
    log_integrand
        Log density of u, normalised; any shape.
    scale
        The variable is scale times exp(u).
    rule
        Nodes and weights on (-1, 1) that integrate a panel.
    """

    edges: FloatArray
    cumulative: FloatArray
    log_integrand: Function
    scale: float
    rule: tuple[FloatArray, FloatArray]

    def density(self, x: ArrayLike) -> FloatArray:
        """Density at x > 0, any shape; 0 at and below 0 and beyond the panels."""
        value = np.asarray(x, dtype=np.float64)
        u = self._log(value)
        inside = (u > self.edges[0]) & (u < self.edges[-1])
        safe = np.where(inside, u, self.edges[0])
        return np.where(inside, np.exp(self.log_integrand(safe) - safe) / self.scale, 0.0)

    def cdf(self, x: ArrayLike) -> FloatArray:
        """P(X <= x), any shape."""
        value = np.asarray(x, dtype=np.float64)
        return self._cdf_log(self._log(value).ravel()).reshape(value.shape)

    def quantile(self, p: ArrayLike) -> FloatArray:
        """Value below which a fraction p lies, p in (0, 1), any shape."""
        target = check_probabilities(p)
        flat = target.ravel()
        place = np.clip(np.searchsorted(self.cumulative, flat) - 1, 0, self.edges.size - 2)
        u = solve_increasing(
            self._cdf_log,
            lambda u: np.exp(self.log_integrand(u)),
            flat,
            self.edges[place],
            self.edges[place + 1],
        )
        return (self.scale * np.exp(u)).reshape(target.shape)

    def _log(self, value: FloatArray) -> FloatArray:
        """U of a value, within the panels."""
        low, high = self.edges[0], self.edges[-1]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            u = np.log(np.maximum(value, 0.0) / self.scale)
        return np.clip(u, low, high)

    def _cdf_log(self, u: FloatArray) -> FloatArray:
        place = np.clip(np.searchsorted(self.edges, u, side="right") - 1, 0, self.edges.size - 2)
        start = self.edges[place]
        half = 0.5 * (u - start)
        nodes = start[:, None] + half[:, None] * (1.0 + self.rule[0])
        part = half * (np.exp(self.log_integrand(nodes)) @ self.rule[1])
        return np.minimum(self.cumulative[place] + part, 1.0)


def check_probabilities(p: ArrayLike) -> FloatArray:
    """Return p as an array strictly between 0 and 1, or raise MethodError."""
    target = np.asarray(p, dtype=np.float64)
    if not ((target > 0) & (target < 1)).all():
        raise MethodError("probabilities lie strictly between 0 and 1")
    return target


def solve_increasing(
    function: Function, slope: Function, target: FloatArray, low: FloatArray, high: FloatArray
) -> FloatArray:
    """Solve function(x) = target on brackets by Newton steps, halving where they leave.

    All arrays have one shape; function rises. Ends when every bracket or step
    is a few roundings wide.
    """
    low, high = low.copy(), high.copy()
    x = 0.5 * (low + high)
    for _ in range(200):
        gap = function(x) - target
        high, low = np.where(gap >= 0, x, high), np.where(gap <= 0, x, low)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            new = x - gap / slope(x)
        new = np.where((new > low) & (new < high), new, 0.5 * (low + high))
        done = np.abs(new - x) <= 4e-16 * (np.abs(x) + np.abs(high) + np.abs(low))
        x = new
        if (done | (gap == 0) | (high <= low)).all():
            break
    return x


def find_root(function: Callable[[float], float], low: float, high: float) -> float | None:
    """Where a function of one number changes sign in [low, high], to 1e-13; None if it does not.

    False position, halving the value of an end that stays (the Illinois rule), and halving the
    bracket at every third step. scipy.optimize would do; loading it takes longer than the fit.
    """
    at_low, at_high = function(low), function(high)
    if not at_low * at_high < 0.0:
        return None
    x = low
    for step in range(200):
        before = x
        # Every third step halves, so that the bracket shrinks whatever the function does.
        x = (
            0.5 * (low + high)
            if step % 3 == 2
            else high - at_high * (high - low) / (at_high - at_low)
        )
        value = function(x)
        if value == 0.0 or high - low <= 1e-15 + 1e-13 * abs(x):
            break
        if (value < 0.0) == (at_low < 0.0):
            low, at_low = x, value
            at_high *= 0.5
        else:
            high, at_high = x, value
            at_low *= 0.5
        if step % 3 != 2 and abs(x - before) <= 1e-15 + 1e-14 * abs(x):
            break
    return x


def central_interval(distribution: Distribution, level: float) -> Interval:
    """Interval with equal probability on both sides."""
    tail = 0.5 * (1.0 - level)
    low, high = distribution.quantile([tail, 1.0 - tail])
    return Interval(low=float(low), high=float(high), level=level, method="central")


def shortest_interval(
    distribution: Distribution, level: float, *, lower_end: float = -np.inf
) -> Interval:
    """Shortest interval of a given probability.

    Its limits have equal density, or it starts at ``lower_end``. For a density
    with several modes it is the shortest single interval, not the region of
    highest density.
    """

    def limits(tail: FloatArray) -> tuple[FloatArray, FloatArray]:
        return distribution.quantile(tail), distribution.quantile(tail + level)

    def imbalance(tail: float) -> float:
        low, high = limits(np.array([tail]))
        return float(distribution.density(low)[0] - distribution.density(high)[0])

    room = 1.0 - level
    grid = room * np.concatenate([[1e-6, 1e-3], np.linspace(0.02, 0.98, 25), [1 - 1e-3, 1 - 1e-6]])
    low, high = limits(grid)
    best = int(np.argmin(high - low))
    a, b = grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)]
    from_end = np.isfinite(lower_end)
    if from_end and best <= 1:
        top = float(distribution.quantile(level))
        if top - lower_end <= (high - low)[best]:
            return Interval(low=float(lower_end), high=top, level=level, method="shortest")
    tail = find_root(imbalance, float(a), float(b))
    if tail is None:
        tail = float(grid[best])
    ends = limits(np.array([tail]))
    return Interval(low=float(ends[0][0]), high=float(ends[1][0]), level=level, method="shortest")
