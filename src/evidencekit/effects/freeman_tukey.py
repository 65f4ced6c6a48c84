"""Freeman and Tukey's transformations of a proportion and of a rate, taken back.

References
----------
[1] Miller JJ. The inverse of the Freeman-Tukey double arcsine transformation. Am Stat
    1978;32:138. doi:10.1080/00031305.1978.10479283
[2] Freeman MF, Tukey JW. Transformations related to the angular and the square root.
    Ann Math Stat 1950;21:607-11. doi:10.1214/aoms/1177729756
"""

from __future__ import annotations

import math

from evidencekit.errors import MethodError


def double_arcsine_inverse(value: float, total: float) -> float:
    """Invert Freeman and Tukey's double arcsine for a given sample size.

    p = (1 - sign(cos 2y) sqrt(1 - (sin 2y + (sin 2y - 1/sin 2y)/n)^2))/2.  # [1]

    Exact for one study with its own size. For a pooled value any size is a choice (the
    harmonic mean is common), and the result can mislead seriously; see
    :func:`~evidencekit.effects.one_group.double_arcsine_proportion`.

    In R: ``transf.ipft(xi, ni)``.

    Parameters
    ----------
    value
        On the transformed scale; values beyond those of 0 and n events give 0 and 1.
    total
        Sample size, above 0.

    Returns
    -------
    float
        Proportion, from 0 to 1; NaN for NaN.

    Raises
    ------
    MethodError
        For a size that is not finite or not above 0.
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

    With y = (sqrt(r) + sqrt(r + 1/t))/2: r = (y - 1/(4 t y))^2.  # from [2]

    In R: ``transf.iirft(xi, ti)``.

    Parameters
    ----------
    value
        On the transformed scale; values below that of no events give 0.
    time
        Person-time, above 0.

    Returns
    -------
    float
        Rate per unit of person-time, 0 or more; NaN for NaN.

    Raises
    ------
    MethodError
        For a size that is not finite or not above 0.
    """
    if not (math.isfinite(time) and time > 0.0):
        raise MethodError(f"person-time {time:g}: a finite value above 0")
    if math.isnan(value):
        return value
    return 0.0 if value <= 0.5 / math.sqrt(time) else (value - 0.25 / (time * value)) ** 2
