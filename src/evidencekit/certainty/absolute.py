"""Absolute effects: a relative effect applied to a risk in the comparator group.

References
----------
.. [1] Schünemann HJ et al. Chapter 15: Interpreting results and drawing conclusions.
   In: Cochrane Handbook for Systematic Reviews of Interventions, 2019.
   doi:10.1002/9781119536604.ch15
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evidencekit.errors import MethodError


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsoluteEffect:
    """Risks with and without the intervention, and their difference; all fractions.

    ``low`` and ``high`` follow from the limits of the relative effect with the
    baseline risk held fixed, and are ordered.
    """

    baseline: float
    risk: float
    risk_low: float
    risk_high: float
    difference: float
    low: float
    high: float


def risk_from_rr(baseline: float, ratio: float) -> float:
    """``min(1, p0 * RR)``: a risk cannot exceed one."""
    return min(1.0, baseline * ratio)


def risk_from_or(baseline: float, ratio: float) -> float:
    """``p0 * OR / (1 - p0 + p0 * OR)``."""
    return baseline * ratio / (1.0 - baseline + baseline * ratio)


def risk_from_hr(baseline: float, ratio: float) -> float:
    """``1 - (1 - p0)**HR``; *baseline* is the cumulative risk at the time of interest."""
    return float(1.0 - (1.0 - baseline) ** ratio)


def risk_from_rd(baseline: float, difference: float) -> float:
    """``p0 + RD``, kept within [0, 1]."""
    return min(1.0, max(0.0, baseline + difference))


def absolute_effect(
    measure: str, estimate: float, low: float, high: float, *, baseline: float
) -> AbsoluteEffect:
    """Risk with the intervention and risk difference at one baseline risk [1]_.

    Parameters
    ----------
    measure
        "RR", "OR", "HR" or "RD".
    estimate, low, high
        Pooled effect and its limits on the natural scale.
    baseline
        Risk in the comparator group, 0 < baseline < 1.

    Raises
    ------
    MethodError
        Unknown measure, or a baseline outside (0, 1).
    """
    if measure not in RISK_FROM:
        raise MethodError(
            f"no absolute effect follows from {measure}; possible: {', '.join(RISK_FROM)}"
        )
    if not 0.0 < baseline < 1.0:
        raise MethodError(f"a baseline risk lies between 0 and 1, not {baseline}")
    convert = RISK_FROM[measure]
    risk = convert(baseline, estimate)
    limits = sorted((convert(baseline, low), convert(baseline, high)))
    return AbsoluteEffect(
        baseline=baseline,
        risk=risk,
        risk_low=limits[0],
        risk_high=limits[1],
        difference=risk - baseline,
        low=limits[0] - baseline,
        high=limits[1] - baseline,
    )


RISK_FROM: dict[str, Callable[[float, float], float]] = {
    "RR": risk_from_rr,
    "OR": risk_from_or,
    "HR": risk_from_hr,
    "RD": risk_from_rd,
}
