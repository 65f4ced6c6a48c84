"""One group: a proportion or a mean, each on several scales; rates are a module of their own.

References
----------
[1] Barendregt JJ, Doi SA, Lee YY, Norman RE, Vos T. Meta-analysis of prevalence. J
    Epidemiol Community Health 2013;67:974-8. doi:10.1136/jech-2013-203104
[2] Freeman MF, Tukey JW. Transformations related to the angular and the square root.
    Ann Math Stat 1950;21:607-11. doi:10.1214/aoms/1177729756
[3] Schwarzer G, Chemaitelly H, Abu-Raddad LJ, Ruecker G. Seriously misleading results
    using inverse of Freeman-Tukey double arcsine transformation in meta-analysis of
    single proportions. Res Synth Methods 2019;10:476-83. doi:10.1002/jrsm.1348
[4] Higgins JPT, Li T, Deeks JJ (eds). Choosing effect measures and computing
    estimates of effect. Cochrane Handbook for Systematic Reviews of
    Interventions, chapter 6. doi:10.1002/9781119536604.ch6
[5] Hedges LV, Gurevitch J, Curtis PS. The meta-analysis of response ratios in
    experimental ecology. Ecology 1999;80:1150-6.
    doi:10.1890/0012-9658(1999)080[1150:TMAORR]2.0.CO;2
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
from evidencekit.effects.zero_cells import ZeroCells, add_where, one_group_policy

# --- proportions ----------------------------------------------------------------------


@QUIET
def proportion(
    events: ArrayLike, total: ArrayLike, *, zero_cells: ZeroCells | None = None
) -> Effects:
    """Proportion as it is: x/n,  variance = x (n - x)/n^3.  # [1]

    In R: ``escalc("PR", xi=, ni=)``, which corrects the estimate as well.

    Parameters
    ----------
    events, total
        Any common shape, 0 <= events <= total, total > 0; need not be whole numbers.
    zero_cells
        Policy; default half added to events and non-events where one of them is 0. The
        estimate is never corrected here, the variance where it would be 0; under "all"
        in every row. ``double_zero`` has no meaning in one group; an increment other
        than "constant" is refused.

    Returns
    -------
    Effects
        Proportions, of that shape, with where the variance was corrected.

    Raises
    ------
    MethodError
        For counts outside their range, naming the row.
    """
    x, y = _counts(events, total)
    touched = one_group_policy(zero_cells).chosen((x == 0) | (y == 0))
    a, b = _add(x, y, zero_cells, touched)
    return make_effects(x / (x + y), a * b / (a + b) ** 3, variance_corrected=touched)


@QUIET
def log_proportion(
    events: ArrayLike, total: ArrayLike, *, zero_cells: ZeroCells | None = None
) -> Effects:
    """Log proportion: log(x/n),  variance = 1/x - 1/n.  # [1]

    In R: ``escalc("PLN", xi=, ni=)``.

    Parameters
    ----------
    events, total
        Any common shape, 0 <= events <= total, total > 0; need not be whole numbers.
    zero_cells
        Policy; default half added to events and non-events where one of them is 0, in
        estimate and variance. An increment other than "constant" is refused.

    Returns
    -------
    Effects
        Logarithms, of that shape, with what was corrected.

    Raises
    ------
    MethodError
        For counts outside their range, naming the row.
    """
    x, y = _counts(events, total)
    corrected = one_group_policy(zero_cells).chosen((x == 0) | (y == 0))
    x, y = _add(x, y, zero_cells, corrected)
    return make_effects(np.log(x / (x + y)), y / (x * (x + y)), corrected=corrected)


@QUIET
def logit_proportion(
    events: ArrayLike, total: ArrayLike, *, zero_cells: ZeroCells | None = None
) -> Effects:
    """Log odds: log(x/(n - x)),  variance = 1/x + 1/(n - x).  # [1]

    In R: ``escalc("PLO", xi=, ni=)``.

    Parameters
    ----------
    events, total
        Any common shape, 0 <= events <= total, total > 0; need not be whole numbers.
    zero_cells
        Policy; default half added to events and non-events where one of them is 0, in
        estimate and variance. An increment other than "constant" is refused.

    Returns
    -------
    Effects
        Log odds, of that shape, with what was corrected.

    Raises
    ------
    MethodError
        For counts outside their range, naming the row.
    """
    x, y = _counts(events, total)
    corrected = one_group_policy(zero_cells).chosen((x == 0) | (y == 0))
    x, y = _add(x, y, zero_cells, corrected)
    return make_effects(np.log(x / y), 1.0 / x + 1.0 / y, corrected=corrected)


@QUIET
def arcsine_proportion(
    events: ArrayLike, total: ArrayLike, *, zero_cells: ZeroCells | None = None
) -> Effects:
    """Arcsine of the root of a proportion: asin(sqrt(x/n)),  variance = 1/(4n).  # [1]

    In R: ``escalc("PAS", xi=, ni=)``.

    Parameters
    ----------
    events, total
        Any common shape, 0 <= events <= total, total > 0; need not be whole numbers.
    zero_cells
        Without effect: nothing is ever added.

    Returns
    -------
    Effects
        In radians, of that shape.

    Raises
    ------
    MethodError
        For counts outside their range, naming the row.
    """
    x, y = _counts(events, total)
    return make_effects(np.arcsin(np.sqrt(x / (x + y))), 0.25 / (x + y))


@QUIET
def double_arcsine_proportion(
    events: ArrayLike, total: ArrayLike, *, zero_cells: ZeroCells | None = None
) -> Effects:
    """Freeman and Tukey's double arcsine of a proportion.

    (asin(sqrt(x/(n + 1))) + asin(sqrt((x + 1)/(n + 1))))/2,  variance = 1/(4n + 2).  # [2]

    Its inverse needs a sample size, a pooled value has none, and any choice can mislead
    seriously [3]; :func:`logit_proportion` needs no such choice.

    In R: ``escalc("PFT", xi=, ni=)``.

    Parameters
    ----------
    events, total
        Any common shape, 0 <= events <= total, total > 0; need not be whole numbers.
    zero_cells
        Without effect: nothing is ever added.

    Returns
    -------
    Effects
        In radians, of that shape.

    Raises
    ------
    MethodError
        For counts outside their range, naming the row.
    """
    x, y = _counts(events, total)
    n = x + y
    lower, upper = np.sqrt(x / (n + 1.0)), np.sqrt((x + 1.0) / (n + 1.0))
    return make_effects(0.5 * (np.arcsin(lower) + np.arcsin(upper)), 1.0 / (4.0 * n + 2.0))


# --- means ----------------------------------------------------------------------------


@QUIET
def mean(mean: ArrayLike, sd: ArrayLike, total: ArrayLike) -> Effects:
    """Mean as it is: m,  variance = sd^2/n.  # [4]

    In R: ``escalc("MN", mi=, sdi=, ni=)``.

    Parameters
    ----------
    mean, sd, total
        Any common shape; sd 0 or more, n above 1.

    Returns
    -------
    Effects
        Means in the unit of the outcome, of that shape; NaN where the sd is 0.

    Raises
    ------
    MethodError
        For values outside their range, naming the row.
    """
    m, s, n = columns(mean, sd, total)
    check_mean(m, s, n)
    return make_effects(m, s**2 / n)


@QUIET
def log_mean(mean: ArrayLike, sd: ArrayLike, total: ArrayLike) -> Effects:
    """Log mean: log(m),  variance = sd^2/(n m^2), by the delta method.  # [5]

    In R: ``escalc("MNLN", mi=, sdi=, ni=)``.

    Parameters
    ----------
    mean, sd, total
        Any common shape; sd 0 or more, n above 1.

    Returns
    -------
    Effects
        Logarithms, of that shape; NaN unless the mean is above 0.

    Raises
    ------
    MethodError
        For values outside their range, naming the row.
    """
    m, s, n = columns(mean, sd, total)
    check_mean(m, s, n)
    return make_effects(np.log(m), s**2 / (n * m**2))


# --- shared ---------------------------------------------------------------------------


def _add(
    x: FloatArray, y: FloatArray, zero_cells: ZeroCells | None, rows: BoolArray
) -> tuple[FloatArray, FloatArray]:
    return add_where(x, zero_cells, rows), add_where(y, zero_cells, rows)


def _counts(events: ArrayLike, total: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Events and non-events."""
    x, n = columns(events, total)
    ok = (x >= 0) & (x <= n) & (n > 0) & np.isfinite(n)
    require(ok, {"events": x, "total": n}, "events lie between 0 and a total above 0")
    return x, n - x
