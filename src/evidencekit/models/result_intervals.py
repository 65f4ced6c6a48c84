"""The intervals of one row of a batch, as the result of one analysis holds them."""

from __future__ import annotations

from typing import cast

import numpy as np

from evidencekit.models.batch import PooledBatch
from evidencekit.models.heterogeneity import i2_from_h, i2_from_tau2
from evidencekit.models.intervals import PREDICTION_METHODS
from evidencekit.models.results import Tau2Interval
from evidencekit.models.tau2_intervals import Tau2Status
from evidencekit.quantities import Interval


def prediction_interval(batch: PooledBatch, row: int) -> tuple[Interval | None, str]:
    """The prediction interval, or None and why there is none."""
    settings = batch.settings
    if settings.prediction is None:
        return None, "not asked for"
    if settings.model == "common_effect":
        return None, "the common-effect model assumes one effect for all studies"
    method = PREDICTION_METHODS[settings.prediction]
    k = int(batch.k[row])
    if k < method.smallest_k:
        have = "there is 1" if k == 1 else f"there are {k}"
        return None, f"{method.name} needs at least {method.smallest_k} studies; {have}"
    if np.isnan(batch.prediction_low[row]):
        return None, f"{method.name} has no degrees of freedom left here"
    interval = Interval(
        low=float(batch.prediction_low[row]),
        high=float(batch.prediction_high[row]),
        level=settings.level,
        method=method.name,
    )
    return interval, ""


def tau2_interval(batch: PooledBatch, row: int) -> Tau2Interval | None:
    """Return the interval of tau2, or None where none was asked for."""
    settings = batch.settings
    if settings.tau2_ci is None or settings.model == "common_effect":
        return None
    return Tau2Interval(
        low=float(batch.tau2_low[row]),
        high=float(batch.tau2_high[row]),
        level=settings.level,
        method=settings.tau2_ci,
        status=cast("Tau2Status", str(batch.tau2_status[row])),
    )


def i2_interval(batch: PooledBatch, row: int) -> Interval | None:
    """The tau2 interval carried over to I squared, which rises with tau2."""
    interval = tau2_interval(batch, row)
    if interval is None or interval.status in ("empty", "unbounded"):
        return None
    typical = batch.typical_variance[row : row + 1]
    low, high = (i2_from_tau2(np.array([x]), typical) for x in (interval.low, interval.high))
    return Interval(
        low=float(low[0]), high=float(high[0]), level=interval.level, method=interval.method
    )


def h_interval(batch: PooledBatch, row: int) -> Interval | None:
    """Return the test-based interval of H, or None for fewer than three studies."""
    if np.isnan(batch.h_low[row]):
        return None
    return Interval(
        low=float(batch.h_low[row]),
        high=float(batch.h_high[row]),
        level=batch.settings.level,
        method="test-based",
    )


def i2_of_h(interval: Interval) -> Interval:
    """Carry an interval of H over to I squared, which rises with it."""
    low, high = i2_from_h(np.array([interval.low, interval.high])).tolist()
    return Interval(low=low, high=high, level=interval.level, method=interval.method)
