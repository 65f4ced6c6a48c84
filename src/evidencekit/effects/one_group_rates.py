"""One group: an incidence rate, on several scales.

References
----------
[1] Freeman MF, Tukey JW. Transformations related to the angular and the square root.
    Ann Math Stat 1950;21:607-11. doi:10.1214/aoms/1177729756
[2] Rothman KJ, Greenland S, Lash TL. Modern Epidemiology, 3rd edition. Philadelphia:
    Lippincott Williams & Wilkins, 2008.
[3] Higgins JPT, Li T, Deeks JJ (eds). Choosing effect measures and computing
    estimates of effect. Cochrane Handbook for Systematic Reviews of
    Interventions, chapter 6. doi:10.1002/9781119536604.ch6
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.effects.arrays import QUIET, Effects, FloatArray, columns, make_effects
from evidencekit.effects.rates import check_rate
from evidencekit.effects.zero_cells import ZeroCells, add_where, one_group_policy


@QUIET
def rate(events: ArrayLike, time: ArrayLike, *, zero_cells: ZeroCells | None = None) -> Effects:
    """Incidence rate as it is: x/t,  variance = x/t^2.  # [2], [3]

    In R: ``escalc("IR", xi=, ti=)``, which corrects the estimate as well.

    Parameters
    ----------
    events, time
        Any common shape; events 0 or more, person-time above 0.
    zero_cells
        Policy; default half an event added where there is none. The estimate is never
        corrected here, only the variance.

    Returns
    -------
    Effects
        Rates per unit of person-time, of that shape, with where the variance was corrected.

    Raises
    ------
    MethodError
        For values outside their range, naming the row.
    """
    x, t = _rate(events, time)
    touched = one_group_policy(zero_cells).chosen(x == 0)
    return make_effects(x / t, add_where(x, zero_cells, touched) / t**2, variance_corrected=touched)


@QUIET
def log_rate(events: ArrayLike, time: ArrayLike, *, zero_cells: ZeroCells | None = None) -> Effects:
    """Log incidence rate: log(x/t),  variance = 1/x.  # [2], [3]

    In R: ``escalc("IRLN", xi=, ti=)``.

    Parameters
    ----------
    events, time
        Any common shape; events 0 or more, person-time above 0.
    zero_cells
        Policy; default half an event added where there is none, in estimate and variance.

    Returns
    -------
    Effects
        Logarithms, of that shape, with what was corrected.

    Raises
    ------
    MethodError
        For values outside their range, naming the row.
    """
    x, t = _rate(events, time)
    corrected = one_group_policy(zero_cells).chosen(x == 0)
    x = add_where(x, zero_cells, corrected)
    return make_effects(np.log(x / t), 1.0 / x, corrected=corrected)


@QUIET
def root_rate(
    events: ArrayLike, time: ArrayLike, *, zero_cells: ZeroCells | None = None
) -> Effects:
    """Root of an incidence rate: sqrt(x/t),  variance = 1/(4t).  # [1]

    In R: ``escalc("IRS", xi=, ti=)``.

    Parameters
    ----------
    events, time
        Any common shape; events 0 or more, person-time above 0.
    zero_cells
        Without effect: nothing is ever added.

    Returns
    -------
    Effects
        Roots, of that shape.

    Raises
    ------
    MethodError
        For values outside their range, naming the row.
    """
    x, t = _rate(events, time)
    return make_effects(np.sqrt(x / t), 0.25 / t)


@QUIET
def freeman_tukey_rate(
    events: ArrayLike, time: ArrayLike, *, zero_cells: ZeroCells | None = None
) -> Effects:
    """Freeman and Tukey's root of an incidence rate.

    (sqrt(x/t) + sqrt((x + 1)/t))/2,  variance = 1/(4t).  # [1]

    Its inverse needs a person-time, and a pooled value has none.

    In R: ``escalc("IRFT", xi=, ti=)``.

    Parameters
    ----------
    events, time
        Any common shape; events 0 or more, person-time above 0.
    zero_cells
        Without effect: nothing is ever added.

    Returns
    -------
    Effects
        Roots, of that shape.

    Raises
    ------
    MethodError
        For values outside their range, naming the row.
    """
    x, t = _rate(events, time)
    return make_effects(0.5 * (np.sqrt(x / t) + np.sqrt((x + 1.0) / t)), 0.25 / t)


def _rate(events: ArrayLike, time: ArrayLike) -> list[FloatArray]:
    x, t = columns(events, time)
    check_rate(x, t)
    return [x, t]
