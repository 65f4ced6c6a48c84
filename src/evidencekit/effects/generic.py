"""An estimate as printed, with its interval, standard error or p-value, to a contrast's numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

from evidencekit.effects.conversions import (
    Span,
    critical_value,
    log_ratio,
    rounding_span,
    se_from_interval,
    se_from_p,
)
from evidencekit.errors import MethodError
from evidencekit.quantities import Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedEstimate:
    """An estimate as a paper prints it. One of interval, ``se`` or ``p_value`` is needed.

    Parameters
    ----------
    value
        The estimate, on ``scale``.
    low, high
        Limits of its interval, on ``scale``.
    level
        Coverage of the interval, in (0, 1).
    se
        Standard error on the analysis scale: of the logarithm for a ratio.
    p_value
        Exact two-sided p-value of the test against no effect.
    scale
        "natural": as people read it (a ratio of 0.80); "analysis": the
        logarithm of a ratio. The same for differences.
    decimals
        Digits after the point of the estimate and limits as printed; None when
        they are not rounded. Used to decide whether an interval is symmetric.
    df
        Degrees of freedom, when the interval or p-value is from a t distribution.
    """

    value: float
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    se: float | None = None
    p_value: float | None = None
    scale: Literal["natural", "analysis"] = "natural"
    decimals: int | None = None
    df: float = math.inf


class Reading(NamedTuple):
    """Estimate and standard error on the analysis scale, and the steps that led there."""

    estimate: float
    se: float
    steps: tuple[str, ...]


def read_estimate(reported: ReportedEstimate, *, scale: Scale) -> Reading:
    """Bring a printed estimate to the analysis scale and give it a standard error.

    The standard error is the printed one if there is one, else from the
    interval, else from the p-value. An interval that is not symmetric on the
    analysis scale, beyond what rounding of the printed digits explains, is
    used all the same and said to be so in ``steps``.

    Parameters
    ----------
    reported
        What the paper prints.
    scale
        Analysis scale of the measure.

    Raises
    ------
    MethodError
        For a ratio that is not above 0, limits out of order, an estimate outside
        its interval, or nothing to take a standard error from.

    Notes
    -----
    In R: ``metafor::conv.wald(out=, ci.lb=, ci.ub=, transf = log)``.
    """
    steps: list[str] = []
    take_log = scale == "log" and reported.scale == "natural"
    if take_log:
        steps.append("Took natural logarithms of the printed values.")
    estimate = _transform(reported.value, take_log)
    if not math.isfinite(estimate):
        raise MethodError(f"estimate {reported.value:g}: a finite value")
    if reported.se is not None:
        return Reading(estimate, _positive(reported.se), (*steps, "Standard error as printed."))
    if reported.low is not None and reported.high is not None:
        low, high = _transform(reported.low, take_log), _transform(reported.high, take_log)
        se = se_from_interval(low, high, level=reported.level, df=reported.df)
        steps.append(
            f"Standard error from the {100 * reported.level:g}% interval: width / "
            f"{2 * critical_value(reported.level, df=reported.df):.4g}."
        )
        steps.extend(_asymmetry(reported, take_log))
        return Reading(estimate, se, tuple(steps))
    if reported.p_value is not None:
        se = se_from_p(estimate, reported.p_value, df=reported.df)
        return Reading(
            estimate, se, (*steps, f"Standard error from the p-value {reported.p_value:g}.")
        )
    raise MethodError("estimate without an interval, a standard error or an exact p-value")


def _transform(value: float, take_log: bool) -> float:
    return log_ratio(value) if take_log else value


def _positive(se: float) -> float:
    if not (math.isfinite(se) and se > 0.0):
        raise MethodError(f"standard error {se:g}: a finite value above 0")
    return se


def _asymmetry(reported: ReportedEstimate, take_log: bool) -> tuple[str, ...]:
    """Say so when no values that print like these make a symmetric interval.

    The middle of the limits, for all limits that print the same, is compared
    with all estimates that print the same.
    """
    if reported.low is None or reported.high is None:
        return ()
    # Rounding may push an estimate that lies on a limit just outside the interval.
    slack = 0.0 if reported.decimals is None else 10.0**-reported.decimals
    if not reported.low - slack <= reported.value <= reported.high + slack:
        raise MethodError(
            f"estimate {reported.value:g} lies outside its interval "
            f"{reported.low:g} to {reported.high:g}"
        )
    low, high, value = (
        _span(x, reported.decimals, take_log) for x in (reported.low, reported.high, reported.value)
    )
    middle = Span(0.5 * (low.low + high.low), 0.5 * (low.high + high.high))
    # Exact values are symmetric up to rounding error of the arithmetic.
    rounding = 1e-9 * (high.high - low.low)
    if middle.low <= value.high + rounding and value.low <= middle.high + rounding:
        return ()
    centre = 0.5 * (middle.low + middle.high)
    shown = math.exp(centre) if take_log else centre
    where = " on the log scale" if take_log or reported.scale == "analysis" else ""
    return (
        f"The printed interval is not symmetric{where}, even allowing for rounding: "
        f"its middle is {shown:.4g}, the estimate {reported.value:g}.",
    )


def _span(value: float, decimals: int | None, take_log: bool) -> Span:
    span = rounding_span(value, decimals)
    if not take_log:
        return span
    # A ratio printed as 0.0 may be anything above 0.
    return Span(math.log(span.low) if span.low > 0 else -math.inf, math.log(span.high))
