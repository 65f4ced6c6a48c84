"""Profile-likelihood interval of the mean, many meta-analyses at a time.

Given tau2 the log-likelihood is a parabola in the mean,

    l(mu, t) = l(t) - 1/2 sum w (mu - mu(t))^2,    w = 1/(v + t),

with l(t) its maximum, at the weighted mean mu(t). So the means that some tau2 supports
within a drop d of the overall maximum reach, at each t, as far as

    mu(t) -/+ sqrt(D(t)),    D(t) = 2 (l(t) - l(max) + d) / sum w,

and the ends of the profile-likelihood interval are the extremes of these two curves over
all t where D is positive: an interval whose ends a likelihood interval of tau2 gives. Each
is found by one search in one variable that sees every local extreme; the mean itself need
not be searched, and no maximum for a given mean is missed. With the restricted likelihood
the same holds, since what it adds, -1/2 log sum w, depends on tau2 only.

References
----------
[1] Hardy RJ, Thompson SG. A likelihood approach to meta-analysis with random effects.
    Stat Med 1996;15:619-29.
    doi:10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A
[2] Welham SJ, Thompson R. Likelihood ratio tests for fixed model terms using residual
    maximum likelihood. J R Stat Soc B 1997;59:701-14. doi:10.1111/1467-9868.00092
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from evidencekit.models.bracket import bracketed_newton
from evidencekit.models.kernel import Block, BoolArray, FloatArray, IntArray, weighted
from evidencekit.models.likelihood_interval import likelihood_interval
from evidencekit.models.mean_fit import Fit
from evidencekit.models.mean_inference import Inference
from evidencekit.models.quantiles import two_sided_p
from evidencekit.models.solvers import GRID_STEP, log_likelihood, score_and_slope, search_grid

# At least this many steps over the tau2 that the data support; the curves have one or two bends.
STEPS = 32


def restricted_profile(fit: Fit, null: FloatArray) -> Inference:
    """All means whose restricted likelihood is not too far below its maximum.  # [2]

    2 (l(max) - max over t of l(mu, t)) <= chi squared quantile with 1 df, where
    l(mu, t) = -1/2 [ sum log(v + t) + log sum w + sum w (y - mu)^2 ]. The term log sum w
    belongs to the model with a mean and stays when the mean is given, so that likelihoods
    of different means compare.

    Parameters
    ----------
    fit
        Means fitted with tau2 by REML, of two studies or more.
    null
        Mean under the null hypothesis, in scaled units, shape (n,).

    Returns
    -------
    Inference
        Limits, the signed root of the likelihood ratio and its two-sided p-value by the
        normal distribution, shape (n,). Where the set is in pieces, the interval reaches
        from its lowest to its highest mean.

    Notes
    -----
    In R: no equivalent.
    """
    return _profile(fit, null, restricted=True)


def profile(fit: Fit, null: FloatArray) -> Inference:
    """All means whose likelihood, highest over tau2, is not too far below its maximum.  # [1]

    2 (l(max) - max over t of l(mu, t)) <= chi squared quantile with 1 df, where
    l(mu, t) = -1/2 [ sum log(v + t) + sum w (y - mu)^2 ].

    Parameters
    ----------
    fit
        Means fitted with tau2 by ML, of two studies or more.
    null
        Mean under the null hypothesis, in scaled units, shape (n,).

    Returns
    -------
    Inference
        As for :func:`restricted_profile`, shape (n,).

    Notes
    -----
    In R: ``pimeta::cima(y, se, method = "PL")``.
    """
    return _profile(fit, null, restricted=False)


def _profile(fit: Fit, null: FloatArray, *, restricted: bool) -> Inference:
    from evidencekit.special import ndtri

    block = fit.block
    drop = 0.5 * float(ndtri(0.5 * (1.0 - fit.level))) ** 2
    best = log_likelihood(block, fit.tau2, restricted=restricted)
    grid = _supported(block, fit.level, restricted=restricted)
    low, high = (
        _farthest(
            Reach(
                block=block,
                floor=best - drop,
                sign=np.full(block.n, sign),
                inside=fit.tau2,
                restricted=restricted,
            ),
            grid,
        )
        for sign in (-1.0, 1.0)
    )
    at_null = _highest(GivenMean(block=block, mean=null, restricted=restricted))
    statistic = np.sign(fit.estimate - null) * np.sqrt(np.maximum(2.0 * (best - at_null), 0.0))
    p_value = two_sided_p(statistic, np.full(block.n, np.inf))
    return Inference(-low, high, statistic, p_value)


def _supported(block: Block, level: float, *, restricted: bool) -> FloatArray:
    """Grid over the tau2 that the data support, even in log(t + smallest v), shape (g, n)."""
    low, high = likelihood_interval(block, level, restricted=restricted)
    smallest = block.smallest_variance()
    length = np.log((high + smallest) / (low + smallest))
    steps = max(STEPS, int(np.ceil(length.max(initial=0.0) / GRID_STEP)))
    share = np.linspace(0.0, 1.0, steps + 1)[:, None]
    grid = low + (low + smallest) * np.expm1(share * length)
    return np.asarray(np.clip(grid, low, high))


# --- how far the mean can reach ----------------------------------------------------------


class Point(NamedTuple):
    """The curve sign * mu(t) + sqrt(D(t)) at some t: its value, -inf where D is not positive;
    its derivative times sqrt(D); and the derivative of that. Shape (n,)."""

    value: FloatArray
    rise: FloatArray
    bend: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far the mean can be from 0 in one direction, at each tau2.

    Parameters
    ----------
    block
        Prepared meta-analyses.
    floor
        The log-likelihood that must be reached, shape (n,).
    sign
        1 upwards, -1 downwards, shape (n,).
    inside
        A tau2 at which D is positive, shape (n,).
    restricted
        REML, or ML.
    """

    block: Block
    floor: FloatArray
    sign: FloatArray
    inside: FloatArray
    restricted: bool

    def take(self, rows: IntArray | BoolArray) -> Reach:
        """Return only these meta-analyses."""
        return Reach(
            block=self.block.take(rows),
            floor=self.floor[rows],
            sign=self.sign[rows],
            inside=self.inside[rows],
            restricted=self.restricted,
        )

    def at(self, t: FloatArray) -> Point:
        """The curve at t, shape (n,).

        mu' = -sum w^2 e / sum w;  D' = (score + D sum w^2) / sum w, with e = y - mu(t).
        """
        sums = weighted(self.block, t[None, :])
        w, residual, s1 = sums.w[:, 0], sums.residual[:, 0], sums.sum_w[0]
        w2 = w * w
        s2, s3 = w2.sum(axis=0), (w2 * w).sum(axis=0)
        height = log_likelihood(self.block, t, restricted=self.restricted)
        score, score_slope = score_and_slope(self.block, t, restricted=self.restricted)
        d = 2.0 * (height - self.floor) / s1
        ratio = s2 / s1
        d1 = score / s1 + d * ratio
        d2 = score_slope / s1 + score * s2 / s1**2 + d1 * ratio + d * (ratio**2 - 2.0 * s3 / s1)
        mean1 = -(w2 * residual).sum(axis=0) / s1
        mean2 = 2.0 * ((w2 * w * residual).sum(axis=0) / s1 + mean1 * ratio)
        root = np.sqrt(np.maximum(d, 0.0))
        with np.errstate(divide="ignore", invalid="ignore"):
            bend = self.sign * (mean2 * root + 0.5 * mean1 * d1 / root) + 0.5 * d2
        return Point(
            value=np.where(d > 0, self.sign * sums.mean[0] + root, -np.inf),
            rise=self.sign * mean1 * root + 0.5 * d1,
            bend=bend,
        )

    def rise_and_bend(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What vanishes where the mean reaches farthest, and its derivative, shape (n,)."""
        point = self.at(t)
        outside = np.isneginf(point.value)
        inwards = np.where(t < self.inside, 1.0, -1.0)
        return np.where(outside, inwards, point.rise), np.where(outside, np.nan, point.bend)


def _farthest(reach: Reach, grid: FloatArray) -> FloatArray:
    """The highest value of the curve over all tau2, shape (n,)."""
    points = [reach.at(t) for t in grid]
    value = np.array([point.value for point in points])
    rise = np.array([point.rise for point in points])
    inside = ~np.isneginf(value)
    # The curve begins and ends vertically where D reaches 0.
    rises = np.where(inside[:-1], rise[:-1] > 0.0, inside[1:])
    falls = np.where(inside[1:], rise[1:] <= 0.0, inside[:-1])
    row, cell = np.nonzero((rises & falls).T)
    known = np.where(inside[cell, row], grid[cell, row], grid[cell + 1, row])
    part = replace(reach.take(row), inside=known)
    root, _ = bracketed_newton(part, Reach.rise_and_bend, grid[cell, row], grid[cell + 1, row])
    best = np.maximum(value.max(axis=0), reach.at(reach.inside).value)
    np.maximum.at(best, row, part.at(root).value)
    return np.asarray(best)


# --- the likelihood of a given mean ------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenMean:
    """Meta-analyses whose mean is given, shape (n,); the likelihood is one of tau2 only."""

    block: Block
    mean: FloatArray
    restricted: bool

    def take(self, rows: IntArray | BoolArray) -> GivenMean:
        """Return only these meta-analyses."""
        return GivenMean(
            block=self.block.take(rows), mean=self.mean[rows], restricted=self.restricted
        )

    def height(self, t: FloatArray) -> FloatArray:
        """Log-likelihood at t, on the scale of :func:`~.solvers.log_likelihood`, shape (n,)."""
        sums = weighted(self.block, t[None, :])
        off = self.mean - sums.mean[0]
        height = log_likelihood(self.block, t, restricted=self.restricted)
        return np.asarray(height - 0.5 * sums.sum_w[0] * off * off)

    def score_and_slope(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Twice the derivative of the height, sum w^2 d^2 - sum w with d = y - mean, and its own.

        REML adds sum w^2 / sum w.
        """
        w = 1.0 / (self.block.v + t)
        w2 = w * w
        wd2 = w2 * (self.block.y - self.mean) ** 2
        s1, s2 = w.sum(axis=0), w2.sum(axis=0)
        value = wd2.sum(axis=0) - s1
        slope = s2 - 2.0 * (w * wd2).sum(axis=0)
        if self.restricted:
            value += s2 / s1
            slope += (s2 / s1) ** 2 - 2.0 * (w * w2).sum(axis=0) / s1
        return value, slope

    def bound(self) -> FloatArray:
        """A tau2 above which the score is negative, shape (n,).

        sum w (w d^2 - 1 + w / sum w) is negative where every term is. Above the largest v no
        w / sum w exceeds 2/(k + 1), which leaves at least 1/3 of the 1.
        """
        off = np.where(self.block.mask, self.block.y - self.mean, 0.0)
        return np.asarray(np.maximum(3.0 * (off * off).max(axis=0), self.block.largest_variance()))


def _highest(given: GivenMean) -> FloatArray:
    """The highest log-likelihood over tau2 >= 0, shape (n,)."""
    grid = search_grid(given.block.smallest_variance(), given.bound())
    rises = np.array([given.score_and_slope(t)[0] > 0.0 for t in grid])
    row, cell = np.nonzero((rises[:-1] & ~rises[1:]).T)
    part = given.take(row)
    root, _ = bracketed_newton(
        part, GivenMean.score_and_slope, grid[cell, row], grid[cell + 1, row]
    )
    best = given.height(np.zeros(given.block.n))
    np.maximum.at(best, row, part.height(root))
    return best
