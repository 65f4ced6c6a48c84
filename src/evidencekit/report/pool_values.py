"""What the text and the JSON of a pooled table both ask of a result."""

from __future__ import annotations

import math

from evidencekit.models.results import PooledResult, Tau2Interval


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
