"""Mean and standard deviation of numbers that a power makes symmetric: the Box-Cox method.

References
----------
[1] McGrath S, Zhao X, Steele R, Thombs BD, Benedetti A. Estimating the sample mean and
    standard deviation from commonly reported quantiles in meta-analysis. Stat Methods
    Med Res 2020;29:2520-37. doi:10.1177/0962280219889080
[2] Box GEP, Cox DR. An analysis of transformations. J R Stat Soc Series B Stat Methodol
    1964;26:211-43. doi:10.1111/j.2517-6161.1964.tb00553.x
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from evidencekit.effects.arrays import FloatArray
from evidencekit.effects.quantile_formulas import luo_mean, wan_sd
from evidencekit.effects.summary import MeanSd, NumberSummary
from evidencekit.errors import MethodError

NO_POWER = 1e-9
"""Powers closer to 0 than this are taken as 0, the logarithm."""
LARGEST = 300.0
"""Logarithms beyond this are not taken back: their squares leave the range of floats."""
TAIL = 1e-4
"""Largest density, relative to its peak, that may be left where a heavy tail is cut."""


class Symmetric(NamedTuple):
    """The power, and mean and standard deviation on the transformed scale.

    The transformed scale is that of [2] for numbers divided by the median.
    """

    power: float
    mean: float
    sd: float


def match_box_cox(summary: NumberSummary) -> MeanSd:
    """Transform to symmetry, take mean and standard deviation there, and take them back.

    With f(x) = (x^power - 1)/power, log x at power 0 [2]: the power makes the distances of
    the transformed numbers from their median equal on both sides; Luo's mean and Wan's
    standard deviation of the transformed numbers are those of a normal distribution, and
    the results are the moments of f^-1 of it.  # [1]

    In R: ``estmeansd::bc.mean.sd``, which draws random numbers for the last step.

    Parameters
    ----------
    summary
        Three or five numbers above 0, in any unit; none of them equal to the median.

    Returns
    -------
    MeanSd
        In the unit of the numbers.

    Raises
    ------
    MethodError
        For numbers that are not above 0, a median at one of the other numbers, or a power
        below 0 with a spread so large that there is no standard deviation on the original
        scale.

    Notes
    -----
    A normal distribution of the transformed values passes the limit of the transformation,
    -1/power. As in R, what lies beyond is left out, and as much on the other side, so that
    the rest is symmetric. For a power below 0, values next to that limit are infinitely
    large, and no moment exists in theory; the integral then stops where the density of the
    second moment is least, if it is negligible there.
    """
    found = make_symmetric(summary)
    z, weights = _standard_normal(found)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        x = _inverse(found, z)
        mean = float(weights @ x)
        sd = math.sqrt(float(weights @ (x - mean) ** 2))
    if not (math.isfinite(mean) and 0.0 < sd < math.inf):
        raise MethodError("no distribution fits these numbers")
    return MeanSd(summary.median * mean, summary.median * sd, f", power {found.power:.3g}")


def make_symmetric(summary: NumberSummary) -> Symmetric:
    """The power of [1], and the normal distribution of the transformed numbers.

    One pair: (f(high) - f(median))/(f(median) - f(low)) = 1, which has one solution. Two
    pairs: the sum over both of (that ratio - 1)^2 is least, between their solutions.

    In R: ``estmeansd::bc.mean.sd``, elements ``shape``, ``location`` and ``scale``, there
    without the division by the median.

    Parameters
    ----------
    summary
        As for :func:`match_box_cox`.

    Returns
    -------
    Symmetric
        Unchanged by a change of unit.

    Raises
    ------
    MethodError
        For numbers that are not above 0, or a median at one of the other numbers.
    """
    if summary.numbers[0] <= 0.0:
        raise MethodError(
            f"the smallest number is {summary.numbers[0]:g}; the Box-Cox method needs numbers "
            "above 0"
        )
    distances = []
    for pair in (summary.ends, summary.quartiles):
        if pair is not None:
            below, above = (abs(math.log(x / summary.median)) for x in pair)
            if below == 0.0 or above == 0.0:
                raise MethodError(
                    f"the median {summary.median:g} is also another of the numbers; no power "
                    "makes them symmetric"
                )
            distances.append((below, above))
    powers = [_power_of_one(below, above) for below, above in distances]
    power = powers[0] if len(powers) == 1 else _power_of_two(distances, min(powers), max(powers))
    transformed = _transformed(summary, power)
    return Symmetric(power, luo_mean(transformed), wan_sd(transformed))


def _power_of_one(below: float, above: float) -> float:
    """Power at which exp(p above) - 1 = 1 - exp(-p below); at most log(2)/above."""
    from scipy.optimize import brentq

    if below < above:
        return -_power_of_one(above, below)
    # Towards 0 the log ratio tends to log(above/below), which is below 0 here.
    if math.log(below / above) < NO_POWER:
        return 0.0

    def log_ratio(power: float) -> float:
        return math.log(math.expm1(power * above) / -math.expm1(-power * below))

    least = 1e-12 / below
    return float(brentq(log_ratio, least, math.log(2.0) / above, xtol=1e-300, rtol=1e-15))


def _power_of_two(distances: list[tuple[float, float]], low: float, high: float) -> float:
    """The least sum of squares on a grid between both solutions, refined."""
    from scipy.optimize import minimize_scalar

    def misfit(power: float) -> float:
        return math.fsum((_ratio(power, *pair) - 1.0) ** 2 for pair in distances)

    grid = np.linspace(low, high, 201)
    place = int(np.argmin([misfit(power) for power in grid]))
    around = (grid[max(place - 1, 0)], grid[min(place + 1, grid.size - 1)])
    if around[1] - around[0] <= 1e-12 * max(abs(low), abs(high)):
        return float(grid[place])
    found = minimize_scalar(
        misfit, bounds=around, method="bounded", options={"xatol": 1e-12, "maxiter": 500}
    )
    return float(found.x)


def _ratio(power: float, below: float, above: float) -> float:
    """Transformed distance above the median over that below it; infinite where it overflows."""
    if abs(power) < NO_POWER:
        return above / below
    if abs(power) * max(above, below) > LARGEST:
        return math.inf if power > 0.0 else 0.0
    return math.expm1(power * above) / -math.expm1(-power * below)


def _transformed(summary: NumberSummary, power: float) -> NumberSummary:
    def transform(x: float | None) -> float | None:
        if x is None:
            return None
        log = math.log(x / summary.median)
        if power * log > LARGEST:
            raise MethodError("no distribution fits these numbers")
        return log if abs(power) < NO_POWER else math.expm1(power * log) / power

    return replace(
        summary,
        median=0.0,
        minimum=transform(summary.minimum),
        q1=transform(summary.q1),
        q3=transform(summary.q3),
        maximum=transform(summary.maximum),
    )


def _inverse(found: Symmetric, z: FloatArray) -> FloatArray:
    y = found.mean + found.sd * z
    if abs(found.power) < NO_POWER:
        return np.asarray(np.exp(y))
    # Rounding may pass the limit of the transformation by a hair.
    return np.asarray(np.exp(np.log1p(np.maximum(found.power * y, -1.0)) / found.power))


def _standard_normal(found: Symmetric) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights of a normal distribution cut on both sides; the weights sum to 1.

    Trapezoids in t with z = end tanh(pi/2 sinh t), for which singular ends do no harm.
    """
    end = _end(found)
    t = np.arange(-3.2, 3.2, 1.0 / 128.0)
    u = 0.5 * math.pi * np.sinh(t)
    z = end * np.tanh(u)
    weights = np.exp(-0.5 * z**2) * np.cosh(t) / np.cosh(u) ** 2
    return z, weights / weights.sum()


def _end(found: Symmetric) -> float:
    """Where the standard normal distribution is cut.

    The density of the second moment, x^2 exp(-z^2/2), is stationary where
    z (limit + z) = 2/power for a power above 0, z (limit - z) = -2/power below 0.
    """
    power, _, sd = found
    if abs(power) < NO_POWER:
        return 2.0 * sd + 12.0
    limit = (1.0 + power * found.mean) / (abs(power) * sd)
    inside = limit**2 + 8.0 / power
    if limit <= 0.0 or inside <= 0.0:
        raise MethodError(_NO_SPREAD.format(power=power))
    root = math.sqrt(inside)
    peak = 4.0 / abs(power) / (limit + root)
    if power > 0.0:
        return min(limit, peak + 12.0)
    valley = 0.5 * (limit + root)
    drop = _log_density(valley, limit, power) - _log_density(peak, limit, power)
    if drop > math.log(TAIL):
        raise MethodError(_NO_SPREAD.format(power=power))
    return min(valley, peak + 12.0)


def _log_density(z: float, limit: float, power: float) -> float:
    return 2.0 / power * math.log1p(-z / limit) - 0.5 * z * z


_NO_SPREAD = (
    "the Box-Cox power {power:.3g} leaves no finite standard deviation on the original scale; "
    "take quantile estimation (QE)"
)
