"""The scales on which effects are analysed, and the way back to the scale people read.

``TRANSFORMS`` is the one table of them; pooled results and contrasts both use it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from evidencekit.errors import MethodError
from evidencekit.quantities import Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Transform:
    """A row of ``TRANSFORMS``.

    Parameters
    ----------
    name
        The scale.
    step
        What was done to printed values, in words, for ``steps``; "" for nothing.
    forward
        From the natural to the analysis scale; MethodError outside its domain.
    inverse
        From the analysis to the natural scale, defined everywhere, increasing; values
        beyond the range of the transform give the nearest natural value; NaN stays.
    """

    name: Scale
    step: str
    forward: Callable[[float], float]
    inverse: Callable[[float], float]


def to_analysis(value: float, scale: Scale) -> float:
    """Take a natural value to the scale of analysis.

    Raises
    ------
    MethodError
        For a value outside the domain of the scale, such as a ratio of 0.
    """
    return TRANSFORMS[scale].forward(value)


def to_natural_scale(value: float, scale: Scale) -> float:
    """Take a value from the scale of analysis to the natural scale."""
    return value if math.isnan(value) else TRANSFORMS[scale].inverse(value)


def _same(value: float) -> float:
    """The value itself.

    Parameters
    ----------
    value
        Any number.

    Returns
    -------
    float
        The same.
    """
    return value


def _exp(value: float) -> float:
    """Exponential function.

    Parameters
    ----------
    value
        Any number.

    Returns
    -------
    float
        0 or more; infinite beyond the range of floats.
    """
    return math.exp(value) if value < 709.0 else math.inf


def log_ratio(value: float) -> float:
    """Natural logarithm of a ratio.

    Parameters
    ----------
    value
        A ratio.

    Returns
    -------
    float
        Any number.

    Raises
    ------
    MethodError
        Unless it is finite and above 0.
    """
    if not (math.isfinite(value) and value > 0.0):
        raise MethodError(f"ratio {value:g}: a finite value above 0")
    return math.log(value)


def _logit(value: float) -> float:
    """Log odds: log(p) - log(1 - p).

    Parameters
    ----------
    value
        Proportion.

    Returns
    -------
    float
        Any number.

    Raises
    ------
    MethodError
        Unless it is above 0 and below 1.
    """
    if not 0.0 < value < 1.0:
        raise MethodError(f"proportion {value:g}: a value above 0 and below 1")
    return math.log(value) - math.log1p(-value)


def _expit(value: float) -> float:
    """Proportion of log odds: 1 / (1 + exp(-y)).

    Parameters
    ----------
    value
        Any number.

    Returns
    -------
    float
        From 0 to 1.
    """
    small = math.exp(-abs(value))
    return (1.0 if value >= 0.0 else small) / (1.0 + small)


def _arcsine(value: float) -> float:
    """Arcsine of the root of a proportion.

    Parameters
    ----------
    value
        Proportion.

    Returns
    -------
    float
        In radians, from 0 to pi/2.

    Raises
    ------
    MethodError
        Unless it is from 0 to 1.
    """
    if not 0.0 <= value <= 1.0:
        raise MethodError(f"proportion {value:g}: a value from 0 to 1")
    return math.asin(math.sqrt(value))


def _sine_squared(value: float) -> float:
    """Proportion of an arcsine: sin(y)^2.

    Parameters
    ----------
    value
        Any number; taken to 0 to pi/2.

    Returns
    -------
    float
        From 0 to 1.
    """
    return math.sin(min(max(value, 0.0), 0.5 * math.pi)) ** 2


def _root(value: float) -> float:
    """Square root of a rate.

    Parameters
    ----------
    value
        Rate.

    Returns
    -------
    float
        0 or more.

    Raises
    ------
    MethodError
        Unless it is finite and 0 or more.
    """
    if not (math.isfinite(value) and value >= 0.0):
        raise MethodError(f"rate {value:g}: a finite value of 0 or more")
    return math.sqrt(value)


def _square(value: float) -> float:
    """Rate of a square root.

    Parameters
    ----------
    value
        Any number; below 0 taken as 0.

    Returns
    -------
    float
        0 or more.
    """
    return max(value, 0.0) ** 2


def _atanh(value: float) -> float:
    """Fisher's z of a correlation.

    Parameters
    ----------
    value
        Correlation.

    Returns
    -------
    float
        Any number.

    Raises
    ------
    MethodError
        Unless it is between -1 and 1.
    """
    if not -1.0 < value < 1.0:
        raise MethodError(f"correlation {value:g}: a value between -1 and 1")
    return math.atanh(value)


TRANSFORMS: dict[Scale, Transform] = {
    row.name: row
    for row in (
        Transform(name="identity", step="", forward=_same, inverse=_same),
        Transform(
            name="log",
            step="Took natural logarithms of the printed values.",
            forward=log_ratio,
            inverse=_exp,
        ),
        Transform(
            name="logit",
            step="Took log odds of the printed values.",
            forward=_logit,
            inverse=_expit,
        ),
        Transform(
            name="arcsine",
            step="Took arcsines of the roots of the printed values.",
            forward=_arcsine,
            inverse=_sine_squared,
        ),
        Transform(
            name="sqrt",
            step="Took square roots of the printed values.",
            forward=_root,
            inverse=_square,
        ),
        Transform(
            name="fisher_z",
            step="Took Fisher's z of the printed values.",
            forward=_atanh,
            inverse=math.tanh,
        ),
    )
}
