"""The four cells of two arms of counts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.effects.arrays import BoolArray, FloatArray, columns
from evidencekit.effects.zero_cells import ZeroCells
from evidencekit.errors import MethodError


class Cells(NamedTuple):
    """Events and non-events of both arms."""

    a: FloatArray
    b: FloatArray
    c: FloatArray
    d: FloatArray


def read_cells(
    events_1: ArrayLike, total_1: ArrayLike, events_2: ArrayLike, total_2: ArrayLike
) -> Cells:
    """The four cells as arrays of one shape, checked."""
    a, n1, c, n2 = columns(events_1, total_1, events_2, total_2)
    for arm, events, total in ((1, a, n1), (2, c, n2)):
        # Negated, so that NaN counts as wrong.
        wrong = ~((events >= 0) & (events <= total) & (total > 0) & np.isfinite(total))
        if wrong.any():
            place = int(np.flatnonzero(wrong)[0])
            found = f"{events.flat[place]:g} events of {total.flat[place]:g}"
            where = f"row {place + 1}, " if events.size > 1 else ""
            raise MethodError(
                f"{where}arm {arm}: {found}; events lie between 0 and a total above 0"
            )
    return Cells(a, n1 - a, c, n2 - c)


def add_to_cells(cells: Cells, policy: ZeroCells, rows: BoolArray) -> Cells:
    """The policy's increments in the cells of these rows."""
    a, b, c, d = cells
    one, two = (np.where(rows, x, 0.0) for x in policy.increments(a + b, c + d))
    return Cells(a + one, b + one, c + two, d + two)


def log_risk_ratio(cells: Cells) -> tuple[FloatArray, FloatArray]:
    """Estimate and variance, see :func:`~evidencekit.effects.binary.risk_ratio`."""
    a, b, c, d = cells
    estimate = np.log(a / (a + b)) - np.log(c / (c + d))
    # 1/a - 1/n written as b / (a n): no cancellation when almost all have the event.
    return estimate, b / (a * (a + b)) + d / (c * (c + d))


def log_odds_ratio(cells: Cells) -> tuple[FloatArray, FloatArray]:
    """Estimate and variance, see :func:`~evidencekit.effects.binary.odds_ratio`."""
    a, b, c, d = cells
    return np.log(a / b) - np.log(c / d), 1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d


def difference_variance(cells: Cells) -> FloatArray:
    """Variance, see :func:`~evidencekit.effects.binary.risk_difference`."""
    a, b, c, d = cells
    return a * b / (a + b) ** 3 + c * d / (c + d) ** 3
