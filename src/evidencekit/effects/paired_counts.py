"""Pairs of binary outcomes (matched or crossover) to ratios and differences.

Each pair has an outcome under condition 1 and under condition 2; the four cells are the
pairs with the event under both, under 1 only, under 2 only, and under neither.

References
----------
[1] Elbourne DR, Altman DG, Higgins JPT, Curtin F, Worthington HV, Vail A. Meta-analyses
    involving cross-over trials: methodological issues. Int J Epidemiol 2002;31:140-9.
    doi:10.1093/ije/31.1.140
[2] Becker MP, Balagtas CC. Marginal modeling of binary cross-over data. Biometrics
    1993;49:997-1009. doi:10.2307/2532242
[3] Zou GY. One relative risk versus two odds ratios: implications for meta-analyses
    involving paired and unpaired binary data. Clin Trials 2007;4:25-31.
    doi:10.1177/1740774506075667
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
from evidencekit.effects.zero_cells import ZeroCells

Table = tuple[FloatArray, FloatArray, FloatArray, FloatArray]


@QUIET
def paired_risk_ratio(
    both: ArrayLike,
    only_1: ArrayLike,
    only_2: ArrayLike,
    neither: ArrayLike,
    *,
    zero_cells: ZeroCells | None = None,
) -> Effects:
    """Log ratio of the risks under condition 1 and condition 2, pairs kept together.

    log((a + b)/(a + c)),  variance = (b + c)/((a + b)(a + c)).  # [3]

    In R: ``escalc("MPRR", ai=, bi=, ci=, di=)``.

    Parameters
    ----------
    both, only_1, only_2, neither
        Numbers of pairs a, b, c, d; any common shape, 0 or more, at least one pair.
    zero_cells
        Policy; default half a pair added to all four cells of studies with a zero
        cell; studies in which b = c = 0 say nothing about a ratio and are left out.
        The pairs are one group: "treatment_arm" has no meaning here and is refused.

    Returns
    -------
    Effects
        Logarithms, of that shape; NaN where not estimable, with what was corrected or left out.

    Raises
    ------
    MethodError
        For numbers outside their range, naming the row, or an increment other than "constant".
    """
    table, corrected, dropped = _prepare(both, only_1, only_2, neither, zero_cells)
    a, b, c, _ = table
    estimate = np.log((a + b) / (a + c))
    variance = (b + c) / (a + b) / (a + c)
    estimate = np.where(dropped, np.nan, estimate)
    return make_effects(estimate, variance, corrected=corrected, dropped=dropped)


@QUIET
def paired_odds_ratio(
    both: ArrayLike,
    only_1: ArrayLike,
    only_2: ArrayLike,
    neither: ArrayLike,
    *,
    zero_cells: ZeroCells | None = None,
) -> Effects:
    """Log marginal odds ratio of condition 1 against condition 2, pairs kept together.

    log((a + b)(b + d)/((c + d)(a + c))),  variance = 1/(a + b) + 1/(c + d) + 1/(a + c) +
    1/(b + d) - 2 n (ad - bc)/((a + b)(c + d)(a + c)(b + d)).  # [2]

    In R: ``escalc("MPOR", ai=, bi=, ci=, di=)``.

    Parameters
    ----------
    both, only_1, only_2, neither
        Numbers of pairs a, b, c, d; any common shape, 0 or more, at least one pair.
    zero_cells
        Policy; as for :func:`paired_risk_ratio`.

    Returns
    -------
    Effects
        Logarithms, of that shape; NaN where not estimable, with what was corrected or left out.

    Raises
    ------
    MethodError
        For numbers outside their range, naming the row, or an increment other than "constant".
    """
    table, corrected, dropped = _prepare(both, only_1, only_2, neither, zero_cells)
    a, b, c, d = table
    n = a + b + c + d
    estimate = np.log((a + b) / (c + d)) - np.log((a + c) / (b + d))
    covariance = n * (a * d - b * c) / (a + b) / (c + d) / (a + c) / (b + d)
    variance = n / (a + b) / (c + d) + n / (a + c) / (b + d) - 2.0 * covariance
    estimate = np.where(dropped, np.nan, estimate)
    return make_effects(estimate, variance, corrected=corrected, dropped=dropped)


@QUIET
def conditional_odds_ratio(
    both: ArrayLike,
    only_1: ArrayLike,
    only_2: ArrayLike,
    neither: ArrayLike,
    *,
    zero_cells: ZeroCells | None = None,
) -> Effects:
    """Log odds ratio within pairs: log(b/c),  variance = 1/b + 1/c.  # [1]

    In R: ``escalc("MPORC", ai=, bi=, ci=, di=)``, which corrects for a zero in any cell.

    Parameters
    ----------
    both, only_1, only_2, neither
        Numbers of pairs a, b, c, d; any common shape, 0 or more, at least one pair.
    zero_cells
        Policy; only b and c are corrected, where one of them is 0.

    Returns
    -------
    Effects
        Logarithms, of that shape; NaN where not estimable, with what was corrected or left out.

    Raises
    ------
    MethodError
        For numbers outside their range, naming the row, or an increment other than "constant".
    """
    policy = _policy(zero_cells)
    _, b, c, _ = _table(both, only_1, only_2, neither)
    dropped = (b == 0) & (c == 0) & (policy.double_zero == "drop")
    corrected = policy.chosen((b == 0) | (c == 0)) & ~dropped
    b, c = (x + np.where(corrected, policy.add, 0.0) for x in (b, c))
    estimate, variance = np.log(b / c), 1.0 / b + 1.0 / c
    estimate = np.where(dropped, np.nan, estimate)
    return make_effects(estimate, variance, corrected=corrected, dropped=dropped)


@QUIET
def paired_risk_difference(
    both: ArrayLike,
    only_1: ArrayLike,
    only_2: ArrayLike,
    neither: ArrayLike,
    *,
    zero_cells: ZeroCells | None = None,
) -> Effects:
    """Risk under condition 1 minus risk under condition 2, pairs kept together.

    (b - c)/n,  variance = (b + c - (b - c)^2/n)/n^2.  # [1]

    The estimate is never corrected; the variance is, under the policy "only_zero", where
    it would be 0; under "all" in every row.

    In R: ``escalc("MPRD", ..., to = "none")`` where the variance is above 0.

    Parameters
    ----------
    both, only_1, only_2, neither
        Numbers of pairs a, b, c, d; any common shape, 0 or more, at least one pair.
    zero_cells
        Policy; for the variance only.

    Returns
    -------
    Effects
        Differences, of that shape, with where the variance was corrected.

    Raises
    ------
    MethodError
        For numbers outside their range, naming the row, or an increment other than "constant".
    """
    policy = _policy(zero_cells)
    table = _table(both, only_1, only_2, neither)
    n, plain = sum(table), _difference_variance(table)
    touched = policy.chosen(plain == 0.0)
    variance = _difference_variance(_add(table, policy, touched))
    return make_effects((table[1] - table[2]) / n, variance, variance_corrected=touched)


def _difference_variance(table: Table) -> FloatArray:
    a, b, c, d = table
    n = a + b + c + d
    # b + c - (b - c)^2/n as a sum of positive terms.
    return ((b + c) * (a + d) + 4.0 * b * c) / n**3


def _prepare(
    both: ArrayLike,
    only_1: ArrayLike,
    only_2: ArrayLike,
    neither: ArrayLike,
    zero_cells: ZeroCells | None,
) -> tuple[Table, BoolArray, BoolArray]:
    """The corrected table, and where it was corrected or dropped."""
    policy = _policy(zero_cells)
    table = _table(both, only_1, only_2, neither)
    _, b, c, _ = table
    dropped = (b == 0) & (c == 0) & (policy.double_zero == "drop")
    zero = np.logical_or.reduce([cell == 0 for cell in table])
    corrected = policy.chosen(zero) & ~dropped
    return _add(table, policy, corrected), corrected, dropped


def _add(table: Table, policy: ZeroCells, rows: BoolArray) -> Table:
    a, b, c, d = (cell + np.where(rows, policy.add, 0.0) for cell in table)
    return a, b, c, d


def _policy(zero_cells: ZeroCells | None) -> ZeroCells:
    policy = zero_cells or ZeroCells()
    policy.require_constant("pairs are one group")
    return policy


def _table(both: ArrayLike, only_1: ArrayLike, only_2: ArrayLike, neither: ArrayLike) -> Table:
    a, b, c, d = columns(both, only_1, only_2, neither)
    total = a + b + c + d
    ok = (a >= 0) & (b >= 0) & (c >= 0) & (d >= 0) & (total > 0) & np.isfinite(total)
    named = {"both": a, "only 1": b, "only 2": c, "neither": d}
    require(ok, named, "numbers of pairs of 0 or more, at least one pair")
    return a, b, c, d
