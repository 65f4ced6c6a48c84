"""An estimate as printed, or a log-rank statistic, to a contrast's numbers.

References
----------
[1] Yusuf S, Peto R, Lewis J, Collins R, Sleight P. Beta blockade during and after
    myocardial infarction: an overview of the randomized trials. Prog Cardiovasc
    Dis 1985;27:335-71. doi:10.1016/s0033-0620(85)80003-7
[2] Tierney JF, Stewart LA, Ghersi D, Burdett S, Sydes MR. Practical methods for
    incorporating summary time-to-event data into meta-analysis. Trials 2007;8:16.
    doi:10.1186/1745-6215-8-16
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.effects.arrays import QUIET, Effects, columns, make_effects, require
from evidencekit.effects.conversions import (
    critical_value,
    se_from_interval,
    se_from_p,
    se_from_statistic,
)
from evidencekit.effects.rounding import Span, rounding_span
from evidencekit.effects.transforms import TRANSFORMS, to_analysis, to_natural_scale
from evidencekit.errors import MethodError
from evidencekit.quantities import Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedEstimate:
    """An estimate as a paper prints it.

    One of interval, ``se``, ``statistic`` or ``p_value`` is needed.

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
    statistic
        z or t of the test against no effect: the estimate on the analysis scale over its
        standard error.
    p_value
        Exact two-sided p-value of the test against no effect.
    scale
        "natural": as people read it (a ratio of 0.80, a proportion of 0.3);
        "analysis": the logarithm of the ratio, the log odds of the proportion. The
        same for differences.
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
    statistic: float | None = None
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

    The standard error is the printed one if there is one, else from the interval, else
    from the z or t statistic, else from the p-value. An interval that is not symmetric
    on the analysis scale, beyond what rounding of the printed digits explains, is used
    all the same and said to be so in ``steps``.

    Parameters
    ----------
    reported
        What the paper prints.
    scale
        Analysis scale of the measure.

    Raises
    ------
    MethodError
        For a value outside the domain of the scale (a ratio that is not above 0), limits
        out of order, an estimate outside its interval, or nothing to take a standard
        error from.

    Notes
    -----
    In R: ``metafor::conv.wald(out=, ci.lb=, ci.ub=, transf = log)``.
    """
    printed_on: Scale = scale if reported.scale == "natural" else "identity"
    steps = [TRANSFORMS[printed_on].step] if printed_on != "identity" else []
    estimate = to_analysis(reported.value, printed_on)
    if not math.isfinite(estimate):
        raise MethodError(f"estimate {reported.value:g}: a finite value")
    se, how = _standard_error(reported, estimate, printed_on)
    return Reading(estimate, se, (*steps, how, *_asymmetry(reported, printed_on)))


@QUIET
def log_hazard_ratio(observed_minus_expected: ArrayLike, variance: ArrayLike) -> Effects:
    """Log hazard ratio of arm 1 against arm 2 from a log-rank test.

    (O - E)/V,  variance = 1/V.  # [1], [2]

    In R: ``meta::metagen(TE = (O - E)/V, seTE = 1/sqrt(V))``.

    Parameters
    ----------
    observed_minus_expected
        Observed minus expected events in arm 1, any shape.
    variance
        Log-rank (hypergeometric) variance of it, of that shape, above 0.

    Returns
    -------
    Effects
        Logarithms, of that shape.

    Raises
    ------
    MethodError
        For values outside their range, naming the row.

    Notes
    -----
    A one-step estimate: close to the Cox model's for ratios near 1, towards 1 otherwise.
    """
    difference, v = columns(observed_minus_expected, variance)
    ok = np.isfinite(difference) & np.isfinite(v) & (v > 0)
    require(ok, {"O - E": difference, "V": v}, "a finite difference and a variance above 0")
    return make_effects(difference / v, 1.0 / v)


def _standard_error(
    reported: ReportedEstimate, estimate: float, printed_on: Scale
) -> tuple[float, str]:
    """The standard error and where it is from."""
    df = "" if math.isinf(reported.df) else f" with {reported.df:g} degrees of freedom"
    if reported.se is not None:
        return _positive(reported.se), "Standard error as printed."
    if reported.low is not None and reported.high is not None:
        low, high = (to_analysis(x, printed_on) for x in (reported.low, reported.high))
        se = se_from_interval(low, high, level=reported.level, df=reported.df)
        width = 2 * critical_value(reported.level, df=reported.df)
        how = f"Standard error from the {100 * reported.level:g}% interval: width / {width:.4g}."
        return se, how
    if reported.statistic is not None:
        se = se_from_statistic(estimate, reported.statistic)
        return se, f"Standard error from the test statistic {reported.statistic:g}."
    if reported.p_value is not None:
        se = se_from_p(estimate, reported.p_value, df=reported.df)
        return se, f"Standard error from the p-value {reported.p_value:g}{df}."
    raise MethodError(
        "estimate without an interval, a standard error, a test statistic or an exact p-value"
    )


def _positive(se: float) -> float:
    if not (math.isfinite(se) and se > 0.0):
        raise MethodError(f"standard error {se:g}: a finite value above 0")
    return se


def _asymmetry(reported: ReportedEstimate, printed_on: Scale) -> tuple[str, ...]:
    """Say so when no values that print like these make a symmetric interval.

    The middle of the limits, for all limits that print the same, is compared
    with all estimates that print the same. Nothing to say when the interval was not
    used.
    """
    if reported.se is not None or reported.low is None or reported.high is None:
        return ()
    # Rounding may push an estimate that lies on a limit just outside the interval.
    slack = 0.0 if reported.decimals is None else 10.0**-reported.decimals
    if not reported.low - slack <= reported.value <= reported.high + slack:
        raise MethodError(
            f"estimate {reported.value:g} lies outside its interval "
            f"{reported.low:g} to {reported.high:g}"
        )
    low, high, value = (
        _span(x, reported.decimals, printed_on)
        for x in (reported.low, reported.high, reported.value)
    )
    middle = Span(0.5 * (low.low + high.low), 0.5 * (low.high + high.high))
    # Exact values are symmetric up to rounding error of the arithmetic.
    rounding = 1e-9 * (high.high - low.low)
    if middle.low <= value.high + rounding and value.low <= middle.high + rounding:
        return ()
    shown = to_natural_scale(0.5 * (middle.low + middle.high), printed_on)
    where = {"log": " on the log scale", "identity": ""}.get(printed_on, " on the analysis scale")
    if reported.scale == "analysis":
        where = " on the analysis scale"
    return (
        f"The printed interval is not symmetric{where}, even allowing for rounding: "
        f"its middle is {shown:.4g}, the estimate {reported.value:g}.",
    )


def _span(value: float, decimals: int | None, printed_on: Scale) -> Span:
    """What prints like this, on the analysis scale; infinite where that leaves the domain."""
    span = rounding_span(value, decimals)
    inside = to_analysis(value, printed_on)
    return Span(
        _or_infinite(span.low, printed_on, -math.inf) if span.low < value else inside,
        _or_infinite(span.high, printed_on, math.inf) if span.high > value else inside,
    )


def _or_infinite(value: float, printed_on: Scale, otherwise: float) -> float:
    # A ratio printed as 0.0 may be anything above 0, a proportion of 1.0 anything below 1.
    try:
        return to_analysis(value, printed_on)
    except MethodError:
        return otherwise
