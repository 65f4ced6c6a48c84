"""What each arm contributes to contrasts that share a comparator: ``SHARED_MEASURES``.

References
----------
[1] Gleser LJ, Olkin I. Stochastically dependent effect sizes. In: Cooper H, Hedges LV,
    Valentine JC (eds). The Handbook of Research Synthesis and Meta-Analysis, 2nd
    edition. New York: Russell Sage Foundation, 2009, pages 357-76.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from evidencekit.effects import one_group, one_group_rates, standardised
from evidencekit.effects.arrays import Effects, FloatArray
from evidencekit.effects.continuous import check_mean
from evidencekit.effects.zero_cells import ZeroCells
from evidencekit.quantities import GroupCounts, GroupMean, GroupRate

Group = GroupCounts | GroupRate | GroupMean
Joint = tuple[FloatArray, FloatArray]
"""Estimates, shape (k,), and their variances or covariance, shape (k,) or (k, k)."""
Part = Callable[[FloatArray, ZeroCells | None], Joint]


def _differences(part: Part, table: FloatArray, zero_cells: ZeroCells | None) -> Joint:
    """Each arm's quantity minus that of the last arm, whose variance is in all of them."""
    value, variance = part(table, zero_cells)
    return value[:-1] - value[-1], np.diag(variance[:-1]) + variance[-1]


def _one_group(
    function: Callable[..., Effects], table: FloatArray, zero_cells: ZeroCells | None
) -> Joint:
    """A quantity of each arm that is also a measure of one group."""
    parts = function(*table, **({} if zero_cells is None else {"zero_cells": zero_cells}))
    return parts.estimate, np.square(parts.se)


def _risk(table: FloatArray, zero_cells: ZeroCells | None) -> Joint:
    """Risks; the variance of one of them may be 0, which one group does not allow."""
    corrected = one_group.proportion(*table, zero_cells=zero_cells)
    return np.divide(table[0], table[1]), np.nan_to_num(corrected.se**2)


def _rate(table: FloatArray, zero_cells: ZeroCells | None) -> Joint:
    """Rates; the variance of one of them may be 0, which one group does not allow."""
    corrected = one_group_rates.rate(*table, zero_cells=zero_cells)
    return np.divide(table[0], table[1]), np.nan_to_num(corrected.se**2)


def _mean(table: FloatArray, zero_cells: ZeroCells | None) -> Joint:
    """Means, of which one may have no variance."""
    mean, sd, total = table
    check_mean(mean, sd, total)
    return mean, sd**2 / total


def _log_mean(table: FloatArray, zero_cells: ZeroCells | None) -> Joint:
    """Log means, also when all of them are below 0."""
    mean, variance = _mean(table, zero_cells)
    return np.log(-mean if (mean < 0.0).all() else mean), variance / mean**2


def _log_sd(table: FloatArray, zero_cells: ZeroCells | None) -> Joint:
    """The part of one arm in the variability ratio."""
    mean, sd, total = table
    check_mean(mean, sd, total)
    half = 0.5 / (total - 1.0)
    return np.log(sd) + half, half


def _log_variation(table: FloatArray, zero_cells: ZeroCells | None) -> Joint:
    """The part of one arm in the ratio of coefficients of variation."""
    spread, centre = _log_sd(table, zero_cells), _log_mean(table, zero_cells)
    return spread[0] - centre[0], spread[1] + centre[1]


def _standardised(
    pairwise: Callable[..., Effects],
    covariance: Callable[[FloatArray, FloatArray], FloatArray],
    table: FloatArray,
    zero_cells: ZeroCells | None,
) -> Joint:
    """Pairwise estimates and variances, with these covariances beside the diagonal."""
    shared = (np.full(table.shape[1] - 1, value) for value in table[:, -1])
    effects = pairwise(*table[:, :-1], *shared)
    g = effects.estimate
    out = covariance(g, table)
    np.fill_diagonal(out, effects.se**2)
    return g, out


def _common_sd(g: FloatArray, table: FloatArray) -> FloatArray:
    """SMD and D: pooled variances share n0 of their N people.  # after [1]"""
    n0 = table[2, -1]
    share = g / (table[2, :-1] + n0)
    return np.asarray(1.0 / n0 + 0.5 * n0 * np.outer(share, share))


def _comparator_sd(g: FloatArray, table: FloatArray) -> FloatArray:
    """SMD1: one standard deviation for all.  # after [1]"""
    return np.asarray((1.0 + 0.5 * np.outer(g, g)) / table[2, -1])


def _mean_variance(g: FloatArray, table: FloatArray) -> FloatArray:
    """SMDH: each variance is the mean of two, one of them shared; by the delta method."""
    _, sd, n = table
    square = 0.5 * (sd[:-1] ** 2 + sd[-1] ** 2)
    size, freedom = np.sqrt(np.outer(square, square)), n[-1] - 1.0
    ratio = sd[-1] ** 2 / size
    return np.asarray(ratio / freedom + np.outer(g, g) * ratio**2 / (8.0 * freedom))


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedMeasure:
    """A row of ``SHARED_MEASURES``.

    Parameters
    ----------
    name
        A row of ``MEASURES``.
    data
        What it takes of every arm.
    function
        From the data of all arms, the comparator last, shape (fields, k + 1), and a policy
        to estimates and covariance.
    zero
        What a zero-cell policy corrects: "estimate", "variance" or "" for nothing.
    """

    name: str
    data: type[Group]
    function: Callable[[FloatArray, ZeroCells | None], Joint]
    zero: Literal["estimate", "variance", ""] = ""


def _row(
    name: str,
    data: type[Group],
    part: Part,
    zero: Literal["estimate", "variance", ""] = "",
) -> SharedMeasure:
    return SharedMeasure(name=name, data=data, function=partial(_differences, part), zero=zero)


def _smd_row(
    name: str,
    pairwise: Callable[..., Effects],
    covariance: Callable[[FloatArray, FloatArray], FloatArray],
) -> SharedMeasure:
    function = partial(_standardised, pairwise, covariance)
    return SharedMeasure(name=name, data=GroupMean, function=function)


SHARED_MEASURES: dict[str, SharedMeasure] = {
    row.name: row
    for row in (
        _row("RR", GroupCounts, partial(_one_group, one_group.log_proportion), "estimate"),
        _row("OR", GroupCounts, partial(_one_group, one_group.logit_proportion), "estimate"),
        _row("RD", GroupCounts, _risk, "variance"),
        _row("AS", GroupCounts, partial(_one_group, one_group.arcsine_proportion)),
        _row("IRR", GroupRate, partial(_one_group, one_group_rates.log_rate), "estimate"),
        _row("IRD", GroupRate, _rate, "variance"),
        _row("IRSD", GroupRate, partial(_one_group, one_group_rates.root_rate)),
        _row("MD", GroupMean, _mean),
        _row("ROM", GroupMean, _log_mean),
        _row("VR", GroupMean, _log_sd),
        _row("CVR", GroupMean, _log_variation),
        _smd_row("SMD", standardised.standardised_mean_difference, _common_sd),
        _smd_row("SMDH", standardised.heteroscedastic_smd, _mean_variance),
        _smd_row("D", standardised.cohens_d, _common_sd),
        _smd_row("SMD1", standardised.glass_delta, _comparator_sd),
    )
}
