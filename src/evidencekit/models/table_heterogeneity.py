"""How much the studies of a table differ: Q of their own estimates around the pooled one."""

from __future__ import annotations

import numpy as np

from evidencekit.effects.binary import odds_ratio, risk_difference, risk_ratio
from evidencekit.effects.zero_cells import ZeroCells
from evidencekit.models.kernel import BoolArray, FloatArray, IntArray
from evidencekit.models.mantel_haenszel import Table, observed_minus_expected
from evidencekit.models.table_methods import TableMethod


def heterogeneity(
    table: Table, here: BoolArray, row: TableMethod, pooled: FloatArray
) -> tuple[FloatArray, IntArray]:
    """sum w (y - pooled)^2 over the studies with an estimate of their own, and df."""
    centre = pooled[:, None]
    if row.name == "Peto":
        difference, variance = observed_minus_expected(table)
        use = here & (variance > 0)
        y, v = difference / np.where(use, variance, 1.0), 1.0 / np.where(use, variance, 1.0)
    elif row.denominator == "person_time":
        y, v = _rates(table, row)
        use = here & np.isfinite(y) & np.isfinite(v) & (v > 0)
    else:
        function = {"OR": odds_ratio, "RR": risk_ratio, "RD": risk_difference}[row.measure]
        # Padding needs counts that are possible.
        one = [np.where(here, x, 1.0 + i % 2) for i, x in enumerate(table)]
        effects = function(*one, zero_cells=ZeroCells())
        y, v = effects.estimate, effects.se**2
        use = here & np.isfinite(y) & np.isfinite(v) & (v > 0)
    safe = np.where(use, v, 1.0)
    squares = np.where(use, (np.where(use, y, 0.0) - centre) ** 2 / safe, 0.0)
    return squares.sum(axis=-1), np.maximum(use.sum(axis=-1) - 1, 0)


def _rates(table: Table, row: TableMethod) -> tuple[FloatArray, FloatArray]:
    """Estimate and variance of each study's rate ratio or difference; 0.5 events for none."""
    a, t1, c, t2 = table
    add = np.where((a == 0) | (c == 0), 0.5, 0.0)
    idle = (a == 0) & (c == 0)
    a, c = a + add, c + add
    t1, t2 = np.where(t1 > 0, t1, 1.0), np.where(t2 > 0, t2, 1.0)
    if row.scale == "log":
        y, v = np.log(a / t1) - np.log(c / t2), 1.0 / a + 1.0 / c
    else:
        y, v = a / t1 - c / t2, a / t1**2 + c / t2**2
    return np.where(idle, np.nan, y), v
