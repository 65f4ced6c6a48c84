"""One group: a proportion, an incidence rate or a mean, each on several scales.

References
----------
[1] Barendregt JJ, Doi SA, Lee YY, Norman RE, Vos T. Meta-analysis of prevalence. J
    Epidemiol Community Health 2013;67:974-8. doi:10.1136/jech-2013-203104
[2] Freeman MF, Tukey JW. Transformations related to the angular and the square root.
    Ann Math Stat 1950;21:607-11. doi:10.1214/aoms/1177729756
[3] Schwarzer G, Chemaitelly H, Abu-Raddad LJ, Ruecker G. Seriously misleading results
    using inverse of Freeman-Tukey double arcsine transformation in meta-analysis of
    single proportions. Res Synth Methods 2019;10:476-83. doi:10.1002/jrsm.1348
[4] Rothman KJ, Greenland S, Lash TL. Modern Epidemiology, 3rd edition. Philadelphia:
    Lippincott Williams & Wilkins, 2008.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.effects.arrays import (
    QUIET,
    BoolArray,
    Effects,
    FloatArray,
    columns,
    make_effects,
    require,
)
from evidencekit.effects.continuous import check_mean
from evidencekit.effects.rates import check_rate
from evidencekit.effects.zero_cells import ZeroCells

# --- proportions ----------------------------------------------------------------------


@QUIET
def proportion(
    events: ArrayLike, total: ArrayLike, *, zero_cells: ZeroCells | None = None
) -> Effects:
    """Proportion as it is: x/n,  variance x (n - x)/n^3.  # [1]

    Parameters
    ----------
    events, total
        Any common shape, 0 <= events <= total, total > 0; need not be whole numbers.
    zero_cells
        Policy; default half added to events and non-events where one of them is 0. The
        estimate is never corrected here, the variance where it would be 0; under "all"
        in every row. ``double_zero`` has no meaning in one group; an increment other
        than "constant" is refused.

    Raises
    ------
    MethodError
        For counts outside their range, naming the row.

    Notes
    -----
    In R: ``escalc("PR", xi=, ni=)``, which corrects the estimate as well.
    """
    x, y = _counts(events, total)
    touched = _policy(zero_cells).chosen((x == 0) | (y == 0))
    a, b = _add(x, y, zero_cells, touched)
    return make_effects(x / (x + y), a * b / (a + b) ** 3, variance_corrected=touched)


@QUIET
def log_proportion(
    events: ArrayLike, total: ArrayLike, *, zero_cells: ZeroCells | None = None
) -> Effects:
    """Log proportion: log(x/n),  variance 1/x - 1/n.  # [1]

    Parameters and errors as for :func:`proportion`; estimate and variance are corrected.
    In R: ``escalc("PLN", xi=, ni=)``.
    """
    x, y = _counts(events, total)
    corrected = _policy(zero_cells).chosen((x == 0) | (y == 0))
    x, y = _add(x, y, zero_cells, corrected)
    return make_effects(np.log(x / (x + y)), y / (x * (x + y)), corrected=corrected)


@QUIET
def logit_proportion(
    events: ArrayLike, total: ArrayLike, *, zero_cells: ZeroCells | None = None
) -> Effects:
    """Log odds: log(x/(n - x)),  variance 1/x + 1/(n - x).  # [1]

    Parameters and errors as for :func:`proportion`; estimate and variance are corrected.
    In R: ``escalc("PLO", xi=, ni=)``.
    """
    x, y = _counts(events, total)
    corrected = _policy(zero_cells).chosen((x == 0) | (y == 0))
    x, y = _add(x, y, zero_cells, corrected)
    return make_effects(np.log(x / y), 1.0 / x + 1.0 / y, corrected=corrected)


@QUIET
def arcsine_proportion(
    events: ArrayLike, total: ArrayLike, *, zero_cells: ZeroCells | None = None
) -> Effects:
    """Arcsine of the root of a proportion: asin(sqrt(x/n)),  variance 1/(4n).  # [1]

    Parameters and errors as for :func:`proportion`; nothing is ever added.
    In R: ``escalc("PAS", xi=, ni=)``.
    """
    x, y = _counts(events, total)
    return make_effects(np.arcsin(np.sqrt(x / (x + y))), 0.25 / (x + y))


@QUIET
def double_arcsine_proportion(
    events: ArrayLike, total: ArrayLike, *, zero_cells: ZeroCells | None = None
) -> Effects:
    """Freeman and Tukey's double arcsine of a proportion.

    (asin(sqrt(x/(n + 1))) + asin(sqrt((x + 1)/(n + 1))))/2,  variance 1/(4n + 2).  # [2]

    Its inverse needs a sample size, a pooled value has none, and any choice can mislead
    seriously [3]; :func:`logit_proportion` needs no such choice.

    Parameters and errors as for :func:`proportion`; nothing is ever added.
    In R: ``escalc("PFT", xi=, ni=)``.
    """
    x, y = _counts(events, total)
    n = x + y
    lower, upper = np.sqrt(x / (n + 1.0)), np.sqrt((x + 1.0) / (n + 1.0))
    return make_effects(0.5 * (np.arcsin(lower) + np.arcsin(upper)), 1.0 / (4.0 * n + 2.0))


# --- incidence rates ------------------------------------------------------------------


@QUIET
def rate(events: ArrayLike, time: ArrayLike, *, zero_cells: ZeroCells | None = None) -> Effects:
    """Incidence rate as it is: x/t,  variance x/t^2.  # [4]

    Parameters
    ----------
    events, time
        Any common shape; events 0 or more, person-time above 0.
    zero_cells
        Policy; default half an event added where there is none. The estimate is never
        corrected here, only the variance.

    Raises
    ------
    MethodError
        For values outside their range, naming the row.

    Notes
    -----
    In R: ``escalc("IR", xi=, ti=)``, which corrects the estimate as well.
    """
    x, t = _rate(events, time)
    touched = _policy(zero_cells).chosen(x == 0)
    return make_effects(x / t, _more(x, zero_cells, touched) / t**2, variance_corrected=touched)


@QUIET
def log_rate(events: ArrayLike, time: ArrayLike, *, zero_cells: ZeroCells | None = None) -> Effects:
    """Log incidence rate: log(x/t),  variance 1/x.  # [4]

    Parameters and errors as for :func:`rate`; estimate and variance are corrected.
    In R: ``escalc("IRLN", xi=, ti=)``.
    """
    x, t = _rate(events, time)
    corrected = _policy(zero_cells).chosen(x == 0)
    x = _more(x, zero_cells, corrected)
    return make_effects(np.log(x / t), 1.0 / x, corrected=corrected)


@QUIET
def root_rate(
    events: ArrayLike, time: ArrayLike, *, zero_cells: ZeroCells | None = None
) -> Effects:
    """Root of an incidence rate: sqrt(x/t),  variance 1/(4t).  # [2]

    Parameters and errors as for :func:`rate`; nothing is ever added.
    In R: ``escalc("IRS", xi=, ti=)``.
    """
    x, t = _rate(events, time)
    return make_effects(np.sqrt(x / t), 0.25 / t)


@QUIET
def freeman_tukey_rate(
    events: ArrayLike, time: ArrayLike, *, zero_cells: ZeroCells | None = None
) -> Effects:
    """Freeman and Tukey's root of an incidence rate.

    (sqrt(x/t) + sqrt((x + 1)/t))/2,  variance 1/(4t).  # [2]

    Its inverse needs a person-time, and a pooled value has none.

    Parameters and errors as for :func:`rate`; nothing is ever added.
    In R: ``escalc("IRFT", xi=, ti=)``.
    """
    x, t = _rate(events, time)
    return make_effects(0.5 * (np.sqrt(x / t) + np.sqrt((x + 1.0) / t)), 0.25 / t)


# --- means ----------------------------------------------------------------------------


@QUIET
def mean(mean: ArrayLike, sd: ArrayLike, total: ArrayLike) -> Effects:
    """Mean as it is: variance sd^2/n.

    Parameters
    ----------
    mean, sd, total
        Any common shape; sd 0 or more, n above 1. NaN where the sd is 0.

    Raises
    ------
    MethodError
        For values outside their range, naming the row.

    Notes
    -----
    In R: ``escalc("MN", mi=, sdi=, ni=)``.
    """
    m, s, n = columns(mean, sd, total)
    check_mean(m, s, n)
    return make_effects(m, s**2 / n)


@QUIET
def log_mean(mean: ArrayLike, sd: ArrayLike, total: ArrayLike) -> Effects:
    """Log mean: log(m),  variance sd^2/(n m^2), by the delta method.

    Parameters and errors as for :func:`mean`; NaN unless the mean is above 0.
    In R: ``escalc("MNLN", mi=, sdi=, ni=)``.
    """
    m, s, n = columns(mean, sd, total)
    check_mean(m, s, n)
    return make_effects(np.log(m), s**2 / (n * m**2))


# --- shared ---------------------------------------------------------------------------


def _policy(zero_cells: ZeroCells | None) -> ZeroCells:
    policy = zero_cells or ZeroCells()
    policy.require_constant("this is one group")
    return policy


def _more(x: FloatArray, zero_cells: ZeroCells | None, rows: BoolArray) -> FloatArray:
    return x + np.where(rows, _policy(zero_cells).add, 0.0)


def _add(
    x: FloatArray, y: FloatArray, zero_cells: ZeroCells | None, rows: BoolArray
) -> tuple[FloatArray, FloatArray]:
    return _more(x, zero_cells, rows), _more(y, zero_cells, rows)


def _counts(events: ArrayLike, total: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Events and non-events."""
    x, n = columns(events, total)
    ok = (x >= 0) & (x <= n) & (n > 0) & np.isfinite(n)
    require(ok, {"events": x, "total": n}, "events lie between 0 and a total above 0")
    return x, n - x


def _rate(events: ArrayLike, time: ArrayLike) -> list[FloatArray]:
    x, t = columns(events, time)
    check_rate(x, t)
    return [x, t]
