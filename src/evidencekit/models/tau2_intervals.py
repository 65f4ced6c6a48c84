"""Intervals for tau2, many meta-analyses at a time (``TAU2_INTERVALS``).

References
----------
[1] Viechtbauer W. Confidence intervals for the amount of heterogeneity in
    meta-analysis. Stat Med 2007;26:37-52. doi:10.1002/sim.2514
[2] Hardy RJ, Thompson SG. A likelihood approach to meta-analysis with random
    effects. Stat Med 1996;15:619-29.
    doi:10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A
[3] Biggerstaff BJ, Jackson D. The exact distribution of Cochran's heterogeneity
    statistic in one-way random effects meta-analysis. Stat Med 2008;27:6093-110.
    doi:10.1002/sim.3428
[4] Jackson D. Confidence intervals for the between-study variance in random
    effects meta-analysis using generalised Cochran heterogeneity statistics.
    Res Synth Methods 2013;4:220-9. doi:10.1002/jrsm.1081
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from evidencekit.models.kernel import Block, BoolArray, FloatArray, q_and_slope
from evidencekit.models.likelihood_interval import likelihood_interval
from evidencekit.models.quadratic_form import QuadraticForm, lower_tail, solve_form
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

    Q(low) = upper quantile, Q(high) = lower quantile, Q(t) = sum (y - mu)^2 / (v + t).

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
        Shape (rows,), scaled units. Status "ok"; "excludes_estimate": the interval does not
        contain the estimate; "empty": even tau2 = 0 gives a Q in the lower tail (limits
        NaN); "unbounded": one study, nothing is excluded (limits 0, inf).

    Notes
    -----
    In R: ``confint(rma(yi, vi))``.
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
    return _with_status(tau2, low, high, known=known, empty=empty)


def profile_likelihood(block: Block, tau2: FloatArray, level: float) -> Tau2Limits:
    """All tau2 whose restricted likelihood is not too far below its maximum.  # [2]

    2 (l(max) - l(t)) <= chi squared quantile with 1 df. Where the likelihood has several
    maxima and the set is in pieces, the interval reaches from the first to the last.

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
        As for :func:`q_profile`, shape (rows,).

    Notes
    -----
    In R: ``confint(rma(yi, vi, method = "REML"), type = "pl")``, not in 3.8-1.
    """
    return _profile(block, tau2, level, restricted=True)


def profile_likelihood_ml(block: Block, tau2: FloatArray, level: float) -> Tau2Limits:
    """All tau2 whose likelihood, which ML maximises, is not too far below its maximum.  # [2]

    2 (l(max) - l(t)) <= chi squared quantile with 1 df.

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
        As for :func:`q_profile`, shape (rows,).

    Notes
    -----
    In R: ``confint(rma(yi, vi, method = "ML"), type = "pl")``, not in 3.8-1.
    """
    return _profile(block, tau2, level, restricted=False)


def _profile(block: Block, tau2: FloatArray, level: float, *, restricted: bool) -> Tau2Limits:
    known = block.total(np.maximum(block.count - 1.0, 0.0)) > 0
    low, high = np.zeros(block.rows), np.full(block.rows, np.inf)
    some = np.flatnonzero(known)
    if some.size:
        low[some], high[some] = likelihood_interval(block.take(some), level, restricted=restricted)
    return _with_status(tau2, low, high, known=known, empty=np.zeros(block.rows, dtype=bool))


def jackson(block: Block, tau2: FloatArray, level: float) -> Tau2Limits:
    """All tau2 that leave Q with weights a = 1/sqrt(v) in neither tail of its distribution.  # [4]

    P(Q(a) <= q) = 1 - tail at the lower limit, and tail at the upper one.

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
        As for :func:`q_profile`, shape (rows,).

    Notes
    -----
    In R: ``confint(rma(yi, vi, method = "GENQ", weights = 1 / sqrt(vi)))``.
    """
    return _generalised(block, tau2, level, 1.0 / np.sqrt(block.v))


def biggerstaff_jackson(block: Block, tau2: FloatArray, level: float) -> Tau2Limits:
    """All tau2 that leave Q with weights a = 1/v in neither tail of its distribution.  # [3]

    P(Q(a) <= q) = 1 - tail at the lower limit, and tail at the upper one.

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
        As for :func:`q_profile`, shape (rows,).

    Notes
    -----
    In R: ``confint(rma(yi, vi, method = "GENQ", weights = 1 / vi))``.
    """
    return _generalised(block, tau2, level, 1.0 / block.v)


def _generalised(block: Block, tau2: FloatArray, level: float, a: FloatArray) -> Tau2Limits:
    known = block.total(np.maximum(block.count - 1.0, 0.0)) > 0
    low, high = np.zeros(block.rows), np.full(block.rows, np.inf)
    empty = np.zeros(block.rows, dtype=bool)
    some = np.flatnonzero(known)
    if some.size:
        part = block.take(some)
        form = QuadraticForm.of(part, a if block.shared else a[:, some])
        tail = 0.5 * (1.0 - level)
        low[some], _ = solve_form(part, form, 1.0 - tail)
        high[some], _ = solve_form(part, form, tail)
        positive = np.where(form.q > 0, form.q, 1.0)
        at_zero, _ = lower_tail(part, replace(form, q=positive), np.zeros(part.rows))
        empty[some] = np.where(form.q > 0, at_zero, 0.0) < tail
    return _with_status(tau2, low, high, known=known, empty=empty)


def _with_status(
    tau2: FloatArray, low: FloatArray, high: FloatArray, *, known: BoolArray, empty: BoolArray
) -> Tau2Limits:
    """Name how each interval turned out; see :func:`q_profile`."""
    # A limit is a root, the estimate another: equal ones differ by rounding noise.
    noise = 1e-12 * np.where(known, np.abs(tau2), 0.0)
    with np.errstate(invalid="ignore"):
        outside = (tau2 < low - noise) | (tau2 > high + noise)
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
        Tau2IntervalMethod(
            name="PL",
            label="profile restricted likelihood",
            function=profile_likelihood,
            doi="10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A",
            r_call='confint(rma(yi, vi, method = "REML"), type = "pl")',
        ),
        Tau2IntervalMethod(
            name="PL-ML",
            label="profile likelihood",
            function=profile_likelihood_ml,
            doi="10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A",
            r_call='confint(rma(yi, vi, method = "ML"), type = "pl")',
        ),
        Tau2IntervalMethod(
            name="J",
            label="Jackson",
            function=jackson,
            doi="10.1002/jrsm.1081",
            r_call='confint(rma(yi, vi, method = "GENQ", weights = 1 / sqrt(vi)))',
        ),
        Tau2IntervalMethod(
            name="BJ",
            label="Biggerstaff-Jackson",
            function=biggerstaff_jackson,
            doi="10.1002/sim.3428",
            r_call='confint(rma(yi, vi, method = "GENQ", weights = 1 / vi))',
        ),
    )
}
