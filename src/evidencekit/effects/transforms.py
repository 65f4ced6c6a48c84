"""The scales on which effects are analysed, and the way back to the scale people read.

``TRANSFORMS`` is the one table of them; pooled results and contrasts both use it.

References
----------
[1] Miller JJ. The inverse of the Freeman-Tukey double arcsine transformation. Am Stat
    1978;32:138. doi:10.1080/00031305.1978.10479283
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from evidencekit.effects.conversions import log_ratio
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


def double_arcsine_inverse(value: float, total: float) -> float:
    """Invert Freeman and Tukey's double arcsine for a given sample size.

    p = (1 - sign(cos 2y) sqrt(1 - (sin 2y + (sin 2y - 1/sin 2y)/n)^2))/2.  # [1]

    Exact for one study with its own size. For a pooled value any size is a choice (the
    harmonic mean is common), and the result can mislead seriously; see
    :func:`~evidencekit.effects.one_group.double_arcsine_proportion`.

    Parameters
    ----------
    value
        On the transformed scale; values beyond those of 0 and n events give 0 and 1.
    total
        Sample size, above 0.

    Notes
    -----
    In R: ``transf.ipft(xi, ni)``.
    """
    if not (math.isfinite(total) and total > 0.0):
        raise MethodError(f"sample size {total:g}: a finite value above 0")
    if math.isnan(value):
        return value
    smallest = 0.5 * math.asin(math.sqrt(1.0 / (total + 1.0)))
    if value <= smallest or value >= 0.5 * math.pi - smallest:
        return 0.0 if value <= smallest else 1.0
    # [1] is written for the sum of the two arcsines, which is 2y here.
    sine = math.sin(2.0 * value)
    inner = sine + (sine - 1.0 / sine) / total
    root = math.sqrt(max(0.0, 1.0 - inner * inner))
    return 0.5 * (1.0 - math.copysign(root, math.cos(2.0 * value)))


def freeman_tukey_rate_inverse(value: float, time: float) -> float:
    """Invert Freeman and Tukey's root of a rate for a given person-time.

    With y = (sqrt(r) + sqrt(r + 1/t))/2: r = (y - 1/(4 t y))^2.

    Parameters
    ----------
    value
        On the transformed scale; values below that of no events give 0.
    time
        Person-time, above 0.

    Notes
    -----
    In R: ``transf.iirft(xi, ti)``.
    """
    if not (math.isfinite(time) and time > 0.0):
        raise MethodError(f"person-time {time:g}: a finite value above 0")
    if math.isnan(value):
        return value
    return 0.0 if value <= 0.5 / math.sqrt(time) else (value - 0.25 / (time * value)) ** 2


def _same(value: float) -> float:
    return value


def _exp(value: float) -> float:
    return math.exp(value) if value < 709.0 else math.inf


def _logit(value: float) -> float:
    if not 0.0 < value < 1.0:
        raise MethodError(f"proportion {value:g}: a value above 0 and below 1")
    return math.log(value) - math.log1p(-value)


def _expit(value: float) -> float:
    small = math.exp(-abs(value))
    return (1.0 if value >= 0.0 else small) / (1.0 + small)


def _arcsine(value: float) -> float:
    if not 0.0 <= value <= 1.0:
        raise MethodError(f"proportion {value:g}: a value from 0 to 1")
    return math.asin(math.sqrt(value))


def _sine_squared(value: float) -> float:
    return math.sin(min(max(value, 0.0), 0.5 * math.pi)) ** 2


def _root(value: float) -> float:
    if not (math.isfinite(value) and value >= 0.0):
        raise MethodError(f"rate {value:g}: a finite value of 0 or more")
    return math.sqrt(value)


def _square(value: float) -> float:
    return max(value, 0.0) ** 2


def _atanh(value: float) -> float:
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
