"""Intervals for tau2, many meta-analyses at a time (``TAU2_INTERVALS``).

References
----------
[1] Viechtbauer W. Confidence intervals for the amount of heterogeneity in
    meta-analysis. Stat Med 2007;26:37-52. doi:10.1002/sim.2514
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from evidencekit.models.kernel import Block, FloatArray, q_and_slope
from evidencekit.models.solvers import solve_q

Tau2Status = Literal["ok", "excludes_estimate", "empty", "unbounded"]


class Tau2Limits(NamedTuple):
    """Limits of tau2 in scaled units and a status for each row, shape (rows,)."""

    low: FloatArray
    high: FloatArray
    status: NDArray[np.str_]


Tau2IntervalFunction = Callable[[Block, FloatArray, float], Tau2Limits]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tau2IntervalMethod:
    """A row of ``TAU2_INTERVALS``."""

    name: str
    label: str
    function: Tau2IntervalFunction
    doi: str
    r_call: str


def q_profile(block: Block, tau2: FloatArray, level: float) -> Tau2Limits:
    """All tau2 whose generalised Q is not in a tail of chi squared with k - 1.  # [1]

    Parameters
    ----------
    block
        Prepared meta-analyses.
    tau2
        The point estimates, shape (rows,), which decide ``excludes_estimate``.
    level
        Coverage, in (0, 1).

    Returns
    -------
    Tau2Limits
        Status "ok"; "excludes_estimate": the interval does not contain the
        estimate; "empty": even tau2 = 0 gives a Q in the lower tail (limits
        NaN); "unbounded": one study, nothing is excluded (limits 0, inf).
    """
    from evidencekit.special import gammainccinv

    freedom = block.total(block.count - 1.0)
    known = freedom > 0
    half = 0.5 * np.where(known, freedom, 1.0)
    tail = 0.5 * (1.0 - level)
    upper = np.asarray(2.0 * gammainccinv(half, tail), dtype=np.float64)
    lower = np.asarray(2.0 * gammainccinv(half, 1.0 - tail), dtype=np.float64)
    low, _ = solve_q(block, upper)
    high, _ = solve_q(block, lower)
    q_zero, _ = q_and_slope(block, np.zeros(block.rows))
    empty = known & (q_zero < lower)
    with np.errstate(invalid="ignore"):
        outside = (tau2 < low) | (tau2 > high)
    status = np.select(
        [~known, empty, outside], ["unbounded", "empty", "excludes_estimate"], default="ok"
    )
    low = np.where(empty, np.nan, np.where(known, low, 0.0))
    high = np.where(empty, np.nan, np.where(known, high, np.inf))
    return Tau2Limits(low, high, status)


TAU2_INTERVALS: dict[str, Tau2IntervalMethod] = {
    row.name: row
    for row in (
        Tau2IntervalMethod(
            name="QP",
            label="Q-profile",
            function=q_profile,
            doi="10.1002/sim.2514",
            r_call="confint(rma(yi, vi))",
        ),
    )
}
