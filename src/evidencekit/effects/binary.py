"""Two arms of counts to a risk ratio, odds ratio (Wald and Peto), risk or arcsine difference.

Zero cells are handled by a policy that is data
(:class:`~evidencekit.effects.zero_cells.ZeroCells`), and every function reports which
rows it touched.

References
----------
[1] Deeks JJ, Higgins JPT, Altman DG (eds). Analysing data and undertaking
    meta-analyses. Cochrane Handbook for Systematic Reviews of Interventions,
    chapter 10. doi:10.1002/9781119536604.ch10
[2] Sweeting MJ, Sutton AJ, Lambert PC. What to add to nothing? Use and
    avoidance of continuity corrections in meta-analysis of sparse data.
    Stat Med 2004;23:1351-75. doi:10.1002/sim.1761
[3] Yusuf S, Peto R, Lewis J, Collins R, Sleight P. Beta blockade during and after
    myocardial infarction: an overview of the randomized trials. Prog Cardiovasc
    Dis 1985;27:335-71. doi:10.1016/s0033-0620(85)80003-7
[4] Ruecker G, Schwarzer G, Carpenter J, Olkin I. Why add anything to nothing? The
    arcsine difference as a measure of treatment effect in meta-analysis with zero
    cells. Stat Med 2009;28:721-38. doi:10.1002/sim.3511
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.effects.arrays import QUIET, Effects, FloatArray, make_effects
from evidencekit.effects.cells import (
    Cells,
    add_to_cells,
    difference_variance,
    log_odds_ratio,
    log_risk_ratio,
    read_cells,
)
from evidencekit.effects.zero_cells import ZeroCells
from evidencekit.errors import MethodError

Formula = Callable[[Cells], tuple[FloatArray, FloatArray]]


@QUIET
def risk_ratio(
    events_1: ArrayLike,
    total_1: ArrayLike,
    events_2: ArrayLike,
    total_2: ArrayLike,
    *,
    zero_cells: ZeroCells | None = None,
) -> Effects:
    """Log risk ratio of arm 1 against arm 2.

    log(a/n1) - log(c/n2),  variance = 1/a - 1/n1 + 1/c - 1/n2.  # [1]

    In R: ``escalc("RR", ai=, n1i=, ci=, n2i=, drop00 = TRUE)``. The R program meta
    adds only 0.5 to the totals by default.

    Parameters
    ----------
    events_1, total_1, events_2, total_2
        Events and arm sizes, any common shape, 0 <= events <= total, total > 0;
        need not be whole numbers (effective counts of cluster trials).
    zero_cells
        Policy; default half added to all four cells of studies with a zero cell
        (totals then grow by 1), studies without contrast left out.

    Returns
    -------
    Effects
        Logarithms, of that shape; NaN where not estimable, with what was corrected or left out.

    Raises
    ------
    MethodError
        For counts outside their range, naming the row.
    """
    return _ratio(read_cells(events_1, total_1, events_2, total_2), zero_cells, log_risk_ratio)


@QUIET
def odds_ratio(
    events_1: ArrayLike,
    total_1: ArrayLike,
    events_2: ArrayLike,
    total_2: ArrayLike,
    *,
    zero_cells: ZeroCells | None = None,
) -> Effects:
    """Log odds ratio of arm 1 against arm 2.

    log(ad / bc),  variance = 1/a + 1/b + 1/c + 1/d.  # [1]

    In R: ``escalc("OR", ai=, n1i=, ci=, n2i=, drop00 = TRUE)``.

    Parameters
    ----------
    events_1, total_1, events_2, total_2
        Events and arm sizes, any common shape, 0 <= events <= total, total > 0; need not be whole
        numbers.
    zero_cells
        Policy; as for :func:`risk_ratio`.

    Returns
    -------
    Effects
        Logarithms, of that shape; NaN where not estimable, with what was corrected or left out.

    Raises
    ------
    MethodError
        For counts outside their range, naming the row.
    """
    return _ratio(read_cells(events_1, total_1, events_2, total_2), zero_cells, log_odds_ratio)


@QUIET
def risk_difference(
    events_1: ArrayLike,
    total_1: ArrayLike,
    events_2: ArrayLike,
    total_2: ArrayLike,
    *,
    zero_cells: ZeroCells | None = None,
) -> Effects:
    """Risk difference of arm 1 against arm 2.

    a/n1 - c/n2,  variance = ab/n1^3 + cd/n2^3.  # [1]

    The estimate is never corrected. The variance is corrected, under the
    policy "only_zero", in rows where it would be 0 (each arm with no event or
    only events); under "all" in every row.

    In R: ``escalc("RD", ..., to = "none")`` where the variance is above 0. Its
    default adds to the cells of all studies with a zero and so also moves
    the estimate; that is not done here.

    Parameters
    ----------
    events_1, total_1, events_2, total_2
        Events and arm sizes, any common shape, 0 <= events <= total, total > 0; need not be whole
        numbers.
    zero_cells
        Policy; for the variance only.

    Returns
    -------
    Effects
        Differences, of that shape, with where the variance was corrected.

    Raises
    ------
    MethodError
        For counts outside their range, naming the row.
    """
    policy = zero_cells or ZeroCells()
    cells = read_cells(events_1, total_1, events_2, total_2)
    estimate = cells.a / (cells.a + cells.b) - cells.c / (cells.c + cells.d)
    variance = difference_variance(cells)
    touched = policy.chosen(variance == 0.0)
    added = difference_variance(add_to_cells(cells, policy, touched))
    return make_effects(estimate, added, variance_corrected=touched)


@QUIET
def peto_odds_ratio(
    events_1: ArrayLike,
    total_1: ArrayLike,
    events_2: ArrayLike,
    total_2: ArrayLike,
    *,
    zero_cells: ZeroCells | None = None,
) -> Effects:
    """Peto's one-step log odds ratio of arm 1 against arm 2.

    (a - E) / V with E = n1 m / N and V = n1 n2 m (N - m) / (N^2 (N - 1)), where m is
    the number of events of both arms and N of participants; variance 1/V.  # [3]

    Nothing is ever added to a cell, whatever ``zero_cells`` says; studies without
    events, or with only events, have V = 0 and are left out.

    In R: ``escalc("PETO", ai=, n1i=, ci=, n2i=, to = "none")``.

    Parameters
    ----------
    events_1, total_1, events_2, total_2
        Events and arm sizes, any common shape, 0 <= events <= total, total > 0; need not be whole
        numbers.
    zero_cells
        Without effect: no cell is ever changed.

    Returns
    -------
    Effects
        Logarithms, of that shape; NaN where V = 0.

    Raises
    ------
    MethodError
        For counts outside their range, naming the row.
    """
    a, b, c, d = read_cells(events_1, total_1, events_2, total_2)
    n1, n2, events = a + b, c + d, a + c
    total = n1 + n2
    v = (n1 / total) * (n2 / total) * events * ((b + d) / (total - 1.0))
    estimate = (a * (n2 / total) - c * (n1 / total)) / v
    return make_effects(estimate, 1.0 / v, dropped=(events == 0) | (b + d == 0))


@QUIET
def arcsine_difference(
    events_1: ArrayLike,
    total_1: ArrayLike,
    events_2: ArrayLike,
    total_2: ArrayLike,
    *,
    zero_cells: ZeroCells | None = None,
) -> Effects:
    """Difference of the arcsines of the square roots of two risks.

    asin(sqrt(a/n1)) - asin(sqrt(c/n2)),  variance = 1/(4 n1) + 1/(4 n2).  # [4]

    Defined for every table, so that nothing is ever added to a cell, whatever
    ``zero_cells`` says, and no study is left out. In radians; there is no natural
    scale to take a difference of arcsines back to.

    In R: ``escalc("AS", ai=, n1i=, ci=, n2i=)``.

    Parameters
    ----------
    events_1, total_1, events_2, total_2
        Events and arm sizes, any common shape, 0 <= events <= total, total > 0; need not be whole
        numbers.
    zero_cells
        Without effect: no cell is ever changed.

    Returns
    -------
    Effects
        Differences in radians, of that shape.

    Raises
    ------
    MethodError
        For counts outside their range, naming the row.
    """
    a, b, c, d = read_cells(events_1, total_1, events_2, total_2)
    n1, n2 = a + b, c + d
    estimate = np.arcsin(np.sqrt(a / n1)) - np.arcsin(np.sqrt(c / n2))
    return make_effects(estimate, 0.25 / n1 + 0.25 / n2)


def pooled_odds_ratio(
    events_1: ArrayLike, total_1: ArrayLike, events_2: ArrayLike, total_2: ArrayLike
) -> float:
    """Inverse-variance common-effect odds ratio of the studies without a zero cell.

    The ratio that the empirical increment of [2] needs:
    ``ZeroCells(increment="empirical", ratio=pooled_odds_ratio(...))``.

    exp(sum(y_i/v_i) / sum(1/v_i)) of the log odds ratios y_i with variances v_i.

    In R: ``exp(coef(metafor::rma(measure = "OR", ..., method = "FE")))``.

    Parameters
    ----------
    events_1, total_1, events_2, total_2
        Events and arm sizes of all studies, any common shape.

    Returns
    -------
    float
        A ratio, above 0.

    Raises
    ------
    MethodError
        When every study has a zero cell, or for counts outside their range.
    """
    cells = read_cells(events_1, total_1, events_2, total_2)
    full = np.logical_and.reduce([cell > 0 for cell in cells])
    if not full.any():
        raise MethodError("no study without a zero cell to take a ratio from")
    estimate, variance = log_odds_ratio(Cells(*(np.atleast_1d(x[full]) for x in cells)))
    return float(np.exp(np.sum(estimate / variance) / np.sum(1.0 / variance)))


def _ratio(cells: Cells, zero_cells: ZeroCells | None, formula: Formula) -> Effects:
    """Estimate, variance and bookkeeping shared by the ratio measures."""
    policy = zero_cells or ZeroCells()
    a, b, c, d = cells
    any_zero = (a == 0) | (b == 0) | (c == 0) | (d == 0)
    no_contrast = ((a == 0) & (c == 0)) | ((b == 0) & (d == 0))
    dropped = no_contrast & (policy.double_zero == "drop")
    corrected = policy.chosen(any_zero) & ~dropped
    estimate, variance = formula(add_to_cells(cells, policy, corrected))
    estimate = np.where(dropped, np.nan, estimate)
    return make_effects(estimate, variance, corrected=corrected, dropped=dropped)
