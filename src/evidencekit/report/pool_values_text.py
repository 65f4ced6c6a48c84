"""Numbers of a pooled table as text, on the scale people read."""

from __future__ import annotations

import math

from evidencekit.language.decimals import decimals_for_ratio
from evidencekit.models.intervals import CI_METHODS
from evidencekit.models.text import number_text
from evidencekit.quantities import Interval


def interval_label(method: str) -> str:
    """An interval method in words."""
    return CI_METHODS[method].label if method in CI_METHODS else f"{method}, cluster-robust"


def value_text(value: float, log: bool) -> str:
    """A value on the scale people read; ratios (*log*) by the house rule."""
    if not math.isfinite(value):
        return number_text(value)
    return f"{value:.{decimals_for_ratio(value)}f}" if log and value > 0 else number_text(value)


def limits_text(interval: Interval, log: bool) -> str:
    """Both limits, as :func:`value_text` writes them."""
    return f"{value_text(interval.low, log)} to {value_text(interval.high, log)}"


def percent_short(fraction: float) -> str:
    """A fraction as a percentage to one decimal at most."""
    return "not defined" if math.isnan(fraction) else f"{round(100 * fraction, 1):g}%"
