"""From the analysis scale of a measure to the scale people read."""

from __future__ import annotations

from evidencekit.effects.measures import find_measure
from evidencekit.effects.transforms import to_natural_scale
from evidencekit.quantities import Interval


def to_natural(measure: str, value: float) -> float:
    """Take a value from the analysis scale of a measure to its natural scale.

    Parameters
    ----------
    measure
        A row of ``MEASURES``.
    value
        On the analysis scale of the measure.

    Returns
    -------
    float
        Where people read it: a ratio for a log ratio; NaN for NaN.

    Raises
    ------
    MethodError
        For an unknown measure.
    """
    return to_natural_scale(value, find_measure(measure).scale)


def to_natural_interval(measure: str, interval: Interval) -> Interval:
    """Both limits on the natural scale; level and method stay.

    Parameters
    ----------
    measure
        A row of ``MEASURES``.
    interval
        On the analysis scale of the measure.

    Returns
    -------
    Interval
        On the natural scale.

    Raises
    ------
    MethodError
        For an unknown measure.
    """
    return Interval(
        low=to_natural(measure, interval.low),
        high=to_natural(measure, interval.high),
        level=interval.level,
        method=interval.method,
    )
