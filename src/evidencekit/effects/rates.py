"""Events and person-time of two arms to a rate ratio or a rate difference.

References
----------
[1] Rothman KJ, Greenland S, Lash TL. Modern Epidemiology, 3rd edition. Philadelphia:
    Lippincott Williams & Wilkins, 2008. Chapter 14.
[2] Bagos PG, Nikolopoulos GK. Mixed-effects Poisson regression models for
    meta-analysis of follow-up studies with constant or varying durations. Int J
    Biostat 2009;5:21. doi:10.2202/1557-4679.1168
[3] Higgins JPT, Li T, Deeks JJ (eds). Choosing effect measures and computing
    estimates of effect. Cochrane Handbook for Systematic Reviews of
    Interventions, chapter 6. doi:10.1002/9781119536604.ch6
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.effects.arrays import QUIET, Effects, FloatArray, columns, make_effects, require
from evidencekit.effects.zero_cells import ZeroCells


@QUIET
def rate_ratio(
    events_1: ArrayLike,
    time_1: ArrayLike,
    events_2: ArrayLike,
    time_2: ArrayLike,
    *,
    zero_cells: ZeroCells | None = None,
) -> Effects:
    """Log incidence rate ratio of arm 1 against arm 2.

    log(x1/t1) - log(x2/t2),  variance = 1/x1 + 1/x2.  # [1], [3] section 6.7

    In R: ``escalc("IRR", x1i=, t1i=, x2i=, t2i=, drop00 = TRUE)``.

    Parameters
    ----------
    events_1, events_2
        Events (a person may have several), any common shape, 0 or more.
    time_1, time_2
        Person-time at risk, of that shape, above 0, in one unit for both arms.
    zero_cells
        Policy; default half an event added in both arms of studies with an arm
        without events, studies without any event left out. Person-time never changes;
        "treatment_arm" shares in proportion to it.

    Returns
    -------
    Effects
        Logarithms, of that shape; NaN where not estimable, with what was corrected or left out.

    Raises
    ------
    MethodError
        For events or person-time outside their range, naming the row.
    """
    x1, t1, x2, t2 = _rates(events_1, time_1, events_2, time_2)
    policy = zero_cells or ZeroCells()
    dropped = (x1 == 0) & (x2 == 0) & (policy.double_zero == "drop")
    corrected = policy.chosen((x1 == 0) | (x2 == 0)) & ~dropped
    add_1, add_2 = (np.where(corrected, x, 0.0) for x in policy.increments(t1, t2))
    x1, x2 = x1 + add_1, x2 + add_2
    estimate, variance = np.log(x1 / t1) - np.log(x2 / t2), 1.0 / x1 + 1.0 / x2
    estimate = np.where(dropped, np.nan, estimate)
    return make_effects(estimate, variance, corrected=corrected, dropped=dropped)


@QUIET
def rate_difference(
    events_1: ArrayLike,
    time_1: ArrayLike,
    events_2: ArrayLike,
    time_2: ArrayLike,
    *,
    zero_cells: ZeroCells | None = None,
) -> Effects:
    """Incidence rate difference of arm 1 against arm 2, per unit of person-time.

    x1/t1 - x2/t2,  variance = x1/t1^2 + x2/t2^2.  # [1], [3] section 6.7

    The estimate is never corrected; the variance is, under the policy "only_zero", where
    there is no event in either arm; under "all" in every row.

    In R: ``escalc("IRD", ..., to = "none")`` where the variance is above 0.

    Parameters
    ----------
    events_1, events_2
        Events (a person may have several), any common shape, 0 or more.
    time_1, time_2
        Person-time at risk, of that shape, above 0, in one unit for both arms.
    zero_cells
        Policy; for the variance only.

    Returns
    -------
    Effects
        Differences per unit of person-time, of that shape, with where the variance was
        corrected.

    Raises
    ------
    MethodError
        For events or person-time outside their range, naming the row.
    """
    x1, t1, x2, t2 = _rates(events_1, time_1, events_2, time_2)
    policy = zero_cells or ZeroCells()
    touched = policy.chosen((x1 == 0) & (x2 == 0))
    add_1, add_2 = (np.where(touched, x, 0.0) for x in policy.increments(t1, t2))
    variance = (x1 + add_1) / t1**2 + (x2 + add_2) / t2**2
    return make_effects(x1 / t1 - x2 / t2, variance, variance_corrected=touched)


@QUIET
def root_rate_difference(
    events_1: ArrayLike,
    time_1: ArrayLike,
    events_2: ArrayLike,
    time_2: ArrayLike,
    *,
    zero_cells: ZeroCells | None = None,
) -> Effects:
    """Difference of the square roots of two incidence rates.

    sqrt(x1/t1) - sqrt(x2/t2),  variance = 1/(4 t1) + 1/(4 t2).  # [2]

    Defined without events, so that nothing is ever added, whatever ``zero_cells`` says.

    In R: ``escalc("IRSD", x1i=, t1i=, x2i=, t2i=)``.

    Parameters
    ----------
    events_1, events_2
        Events (a person may have several), any common shape, 0 or more.
    time_1, time_2
        Person-time at risk, of that shape, above 0, in one unit for both arms.
    zero_cells
        Without effect: no event is ever added.

    Returns
    -------
    Effects
        Differences, of that shape.

    Raises
    ------
    MethodError
        For events or person-time outside their range, naming the row.
    """
    x1, t1, x2, t2 = _rates(events_1, time_1, events_2, time_2)
    return make_effects(np.sqrt(x1 / t1) - np.sqrt(x2 / t2), 0.25 / t1 + 0.25 / t2)


def _rates(
    events_1: ArrayLike, time_1: ArrayLike, events_2: ArrayLike, time_2: ArrayLike
) -> list[FloatArray]:
    x1, t1, x2, t2 = columns(events_1, time_1, events_2, time_2)
    for place, events, time in (("arm 1", x1, t1), ("arm 2", x2, t2)):
        check_rate(events, time, place=place)
    return [x1, t1, x2, t2]


def check_rate(events: FloatArray, time: FloatArray, *, place: str = "") -> None:
    """MethodError unless events are 0 or more and person-time is above 0, both finite."""
    ok = (events >= 0) & np.isfinite(events) & (time > 0) & np.isfinite(time)
    named = {"events": events, "person-time": time}
    require(ok, named, "events are 0 or more, person-time is above 0", place=place)
