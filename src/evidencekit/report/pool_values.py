"""What the text and the JSON of a pooled table ask of a result, and numbers as text."""

from __future__ import annotations

import math

from evidencekit.language.decimals import decimals_for_ratio
from evidencekit.models.intervals import CI_METHODS
from evidencekit.models.results import PooledResult, Tau2Interval
from evidencekit.models.text import number_text
from evidencekit.quantities import Interval


def i2_of(result: PooledResult) -> float:
    """I2 from tau2, or from Q where the model has no tau2."""
    return result.i2 if result.model == "random_effects" else result.i2_q


def h2_of(result: PooledResult) -> float:
    """H2 from tau2; without tau2, Q over its degrees of freedom."""
    if result.model == "random_effects":
        return result.h2
    return result.q / result.q_df if result.q_df else math.nan


def tau2_limits(interval: Tau2Interval | None) -> tuple[float, float] | None:
    """The limits of an interval of tau2 that has some."""
    if interval is None or interval.status not in ("ok", "excludes_estimate"):
        return None
    return interval.low, interval.high


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
