"""Mean and standard deviation of the distribution whose quantiles come closest.

References
----------
[1] McGrath S, Zhao X, Steele R, Thombs BD, Benedetti A. Estimating the sample mean and
    standard deviation from commonly reported quantiles in meta-analysis. Stat Methods
    Med Res 2020;29:2520-37. doi:10.1177/0962280219889080
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from evidencekit.effects.arrays import FloatArray
from evidencekit.effects.summary import MeanSd, NumberSummary
from evidencekit.errors import MethodError


class QuantileFit(NamedTuple):
    """A family, the mean and standard deviation of its best member, and its misfit.

    ``misfit`` is the sum of squared differences of the quantiles, in squared units.
    """

    family: str
    mean: float
    sd: float
    misfit: float


def match_quantiles(summary: NumberSummary) -> MeanSd:
    """Quantile estimation: the best fitting of several families.

    Each family's parameters minimise the sum over the reported numbers of
    (q - F^-1(p))^2, with p = 1/n, 1/4, 1/2, 3/4, 1 - 1/n for minimum, quartiles, median
    and maximum; the family with the smallest sum gives mean and sd.  # [1] section 2.1

    Normal, log-normal, gamma, Weibull and beta; all but the normal for positive numbers
    only, the beta for numbers between 0 and 1.

    In R: ``estmeansd::qe.mean.sd``, which searches from starting values.

    Parameters
    ----------
    summary
        Three or five numbers, in any unit.

    Returns
    -------
    MeanSd
        In that unit, with the name of the family.

    Raises
    ------
    MethodError
        When no family fits.

    Notes
    -----
    Given the shape, all but the beta are linear in their scale, so that the search is over
    one number and finds the minimum.
    """
    best = min(quantile_fits(summary), key=lambda fit: fit.misfit)
    return MeanSd(best.mean, best.sd, f", {best.family} distribution")


def quantile_fits(summary: NumberSummary) -> tuple[QuantileFit, ...]:
    """The best member of each family that the numbers allow, as for :func:`match_quantiles`."""
    q = np.array(summary.numbers)
    p = _levels(summary)
    fits = [_normal(q, p)]
    if q[0] > 0.0:
        fits += [_scale_family(family, q, p) for family in FAMILIES]
        fits += [_beta(fits[0], q, p)] if q[-1] < 1.0 else []
    usable = tuple(f for f in fits if math.isfinite(f.mean) and f.sd > 0.0 and math.isfinite(f.sd))
    if not usable:
        raise MethodError("no distribution fits these numbers")
    return usable


def _levels(summary: NumberSummary) -> FloatArray:
    """Which quantiles the numbers are."""
    n = summary.n
    outer = ((1.0 / n,), (1.0 - 1.0 / n,)) if summary.ends else ((), ())
    inner = ((0.25,), (0.75,)) if summary.quartiles else ((), ())
    return np.array([*outer[0], *inner[0], 0.5, *inner[1], *outer[1]])


def _normal(q: FloatArray, p: FloatArray) -> QuantileFit:
    """Least squares of q on the normal quantiles, in closed form."""
    from scipy.special import ndtri

    z = ndtri(p)
    mean = float(q.mean())
    sd = float(np.sum(z * (q - mean)) / np.sum(z * z))
    return QuantileFit("normal", mean, sd, float(np.sum((q - mean - sd * z) ** 2)))


def _scale_family(family: Family, q: FloatArray, p: FloatArray) -> QuantileFit:
    """Best scale in closed form, best shape by a grid and a bounded search around its best."""
    from scipy.optimize import minimize_scalar

    def scale_and_misfit(log_shape: float) -> tuple[float, float]:
        unit = family.quantile(math.exp(log_shape), p)
        scale = float(np.sum(q * unit) / np.sum(unit * unit))
        return scale, float(np.sum((q - scale * unit) ** 2))

    grid = np.linspace(*family.log_shapes, 121)
    values = [scale_and_misfit(x)[1] for x in grid]
    place = int(np.argmin(values))
    around = (grid[max(place - 1, 0)], grid[min(place + 1, grid.size - 1)])
    found = minimize_scalar(
        lambda x: scale_and_misfit(x)[1],
        bounds=around,
        method="bounded",
        options={"xatol": 1e-10, "maxiter": 500},
    )
    log_shape = float(found.x)
    scale, misfit = scale_and_misfit(log_shape)
    mean, sd = family.moments(math.exp(log_shape))
    return QuantileFit(family.name, scale * mean, scale * sd, misfit)


def _beta(start: QuantileFit, q: FloatArray, p: FloatArray) -> QuantileFit:
    """Least squares over both shapes, from the beta distribution with the normal's moments."""
    from scipy.optimize import least_squares
    from scipy.special import betaincinv

    def misfits(log_shapes: FloatArray) -> FloatArray:
        a, b = np.exp(log_shapes)
        return np.asarray(betaincinv(a, b, p) - q, dtype=np.float64)

    mean, spread = start.mean, start.sd**2
    size = mean * (1.0 - mean) / spread - 1.0 if spread > 0.0 else 1.0
    first = np.log([mean * size, (1.0 - mean) * size]) if size > 0.0 else np.zeros(2)
    found = least_squares(
        misfits, first, jac="3-point", xtol=1e-14, ftol=1e-14, gtol=1e-14, bounds=(-7.0, 14.0)
    )
    a, b = np.exp(found.x)
    variance = a * b / (a + b) ** 2 / (a + b + 1.0)
    misfit = float(np.sum(misfits(found.x) ** 2))
    return QuantileFit("beta", float(a / (a + b)), float(np.sqrt(variance)), misfit)


def _log_normal_quantile(shape: float, p: FloatArray) -> FloatArray:
    from scipy.special import ndtri

    return np.asarray(np.exp(shape * ndtri(p)), dtype=np.float64)


def _log_normal_moments(shape: float) -> tuple[float, float]:
    mean = math.exp(0.5 * shape**2)
    return mean, mean * math.sqrt(math.expm1(shape**2))


def _gamma_quantile(shape: float, p: FloatArray) -> FloatArray:
    from scipy.special import gammaincinv

    # Over its mean, so that the scale stays of the size of the data.
    return np.asarray(gammaincinv(shape, p) / shape, dtype=np.float64)


def _gamma_moments(shape: float) -> tuple[float, float]:
    return 1.0, 1.0 / math.sqrt(shape)


def _weibull_quantile(shape: float, p: FloatArray) -> FloatArray:
    return np.asarray((-np.log1p(-p)) ** (1.0 / shape), dtype=np.float64)


def _weibull_moments(shape: float) -> tuple[float, float]:
    mean = math.gamma(1.0 + 1.0 / shape)
    second = math.gamma(1.0 + 2.0 / shape)
    return mean, math.sqrt(max(0.0, second - mean**2))


@dataclass(frozen=True, slots=True)
class Family:
    """A row of ``FAMILIES``: quantiles and moments at scale 1, and the shapes to search."""

    name: str
    quantile: Callable[[float, FloatArray], FloatArray]
    moments: Callable[[float], tuple[float, float]]
    log_shapes: tuple[float, float]


FAMILIES = (
    Family("log-normal", _log_normal_quantile, _log_normal_moments, (-7.0, 1.5)),
    Family("gamma", _gamma_quantile, _gamma_moments, (-2.5, 12.0)),
    Family("Weibull", _weibull_quantile, _weibull_moments, (-1.5, 7.0)),
)
