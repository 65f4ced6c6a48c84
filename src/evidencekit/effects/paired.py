"""Means of the same people twice (before and after, or crossover) to a mean change.

Occasion 1 is compared with occasion 2: after with before, or intervention with comparator.

References
----------
[1] Gleser LJ, Olkin I. Stochastically dependent effect sizes. In: Cooper H, Hedges LV,
    Valentine JC (eds). The Handbook of Research Synthesis and Meta-Analysis, 2nd
    edition. New York: Russell Sage Foundation, 2009, pages 357-76.
[2] Becker BJ. Synthesizing standardized mean-change measures. Br J Math Stat Psychol
    1988;41:257-78. doi:10.1111/j.2044-8317.1988.tb00901.x
[3] Bonett DG. Confidence intervals for standardized linear contrasts of means. Psychol
    Methods 2008;13:99-109. doi:10.1037/1082-989X.13.2.99
[4] Lajeunesse MJ. On the meta-analysis of response ratios for studies with correlated
    and multi-group designs. Ecology 2011;92:2049-55. doi:10.1890/11-0423.1
[5] Elbourne DR, Altman DG, Higgins JPT, Curtin F, Worthington HV, Vail A. Meta-analyses
    involving cross-over trials: methodological issues. Int J Epidemiol 2002;31:140-9.
    doi:10.1093/ije/31.1.140
[6] Gibbons RD, Hedeker DR, Davis JM. Estimation of effect size from a series of
    experiments involving paired comparisons. J Educ Stat 1993;18:271-9.
    doi:10.3102/10769986018003271
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.effects.arrays import (
    QUIET,
    Effects,
    FloatArray,
    check_variant,
    columns,
    make_effects,
    require,
)
from evidencekit.effects.continuous import check_mean
from evidencekit.effects.standardised import small_sample_factor


class Occasions(NamedTuple):
    """Means and standard deviations of both occasions, number of people, correlation."""

    m1: FloatArray
    s1: FloatArray
    m2: FloatArray
    s2: FloatArray
    n: FloatArray
    r: FloatArray

    @property
    def change_variance(self) -> FloatArray:
        """Variance of the differences, sd1^2 + sd2^2 - 2 r sd1 sd2, without cancellation."""
        _, s1, _, s2, _, r = self
        return (s1 - s2) ** 2 + 2.0 * (1.0 - r) * s1 * s2


@QUIET
def mean_change(
    mean_1: ArrayLike,
    sd_1: ArrayLike,
    mean_2: ArrayLike,
    sd_2: ArrayLike,
    total: ArrayLike,
    correlation: ArrayLike,
) -> Effects:
    """Mean of occasion 1 minus mean of occasion 2 in the same people.

    m1 - m2,  variance = (sd1^2 + sd2^2 - 2 r sd1 sd2)/n.  # [5]

    In R: ``escalc("MC", m1i=, m2i=, sd1i=, sd2i=, ni=, ri=)``.

    Parameters
    ----------
    mean_1, mean_2
        Means, any common shape, in the unit of the outcome.
    sd_1, sd_2
        Standard deviations of the values (not of the changes), of that shape, 0 or more.
    total
        Number of people measured twice, of that shape, above 1.
    correlation
        Correlation of the two values within people, of that shape, from -1 to 1.

    Returns
    -------
    Effects
        Changes, of that shape; NaN where the changes do not vary.

    Raises
    ------
    MethodError
        For values outside their range, naming the row.
    """
    pair = _check(mean_1, sd_1, mean_2, sd_2, total, correlation)
    return make_effects(pair.m1 - pair.m2, pair.change_variance / pair.n)


@QUIET
def standardised_change(
    mean_1: ArrayLike,
    sd_1: ArrayLike,
    mean_2: ArrayLike,
    sd_2: ArrayLike,
    total: ArrayLike,
    correlation: ArrayLike,
) -> Effects:
    """Mean change over the standard deviation of the changes, corrected for bias.

    g = J(n - 1) (m1 - m2)/sd_change,  variance = 1/n + g^2/(2n).  # [1], [6]

    In R: ``escalc("SMCC", m1i=, m2i=, sd1i=, sd2i=, ni=, ri=)``.

    Parameters
    ----------
    mean_1, mean_2
        Means, any common shape, in the unit of the outcome.
    sd_1, sd_2
        Standard deviations of the values (not of the changes), of that shape, 0 or more.
    total
        Number of people measured twice, of that shape, above 1.
    correlation
        Correlation of the two values within people, of that shape, from -1 to 1.

    Returns
    -------
    Effects
        In standard deviations of the changes, of that shape; NaN for 2 people or less.

    Raises
    ------
    MethodError
        For values outside their range, naming the row.
    """
    pair = _check(mean_1, sd_1, mean_2, sd_2, total, correlation)
    change = (pair.m1 - pair.m2) / np.sqrt(pair.change_variance)
    g = small_sample_factor(pair.n - 1.0) * change
    return make_effects(g, (1.0 + 0.5 * g**2) / pair.n)


@QUIET
def raw_score_change(
    mean_1: ArrayLike,
    sd_1: ArrayLike,
    mean_2: ArrayLike,
    sd_2: ArrayLike,
    total: ArrayLike,
    correlation: ArrayLike,
    *,
    variant: str = "LS",
) -> Effects:
    """Mean change over the standard deviation of occasion 2, the first in time or comparator.

    g = J(n - 1) (m1 - m2)/sd2.  # [2]

    In R: ``escalc("SMCR", m1i = after, m2i = before, sd1i = sd of before, ni=, ri=)`` and
    "SMCRH"; there the standard deviation of the standardising occasion is ``sd1i``.
    metafor before 4.6 multiplied the variance "H" by J^2.

    Parameters
    ----------
    mean_1, mean_2
        Means, any common shape, in the unit of the outcome.
    sd_1, sd_2
        Standard deviations of the values (not of the changes), of that shape, 0 or more.
    total
        Number of people measured twice, of that shape, above 1.
    correlation
        Correlation of the two values within people, of that shape, from -1 to 1.
    variant
        "LS": 2 (1 - r)/n + g^2/(2n), equal variances assumed.  # [2]
        "H": not assumed, sd_change^2/(sd2^2 (n - 1)) + g^2/(2 (n - 1)).  # [3]

    Returns
    -------
    Effects
        In standard deviations of occasion 2, of that shape; NaN for 2 people or less.

    Raises
    ------
    MethodError
        For values outside their range, naming the row, or an unknown variant.
    """
    pair = _check(mean_1, sd_1, mean_2, sd_2, total, correlation)
    m1, _, m2, s2, n, r = pair
    check_variant(variant, ("LS", "H"))
    g = small_sample_factor(n - 1.0) * (m1 - m2) / s2
    if variant == "H":
        variance = (pair.change_variance / s2**2 + 0.5 * g**2) / (n - 1.0)
    else:
        variance = (2.0 * (1.0 - r) + 0.5 * g**2) / n
    return make_effects(g, variance)


@QUIET
def ratio_of_paired_means(
    mean_1: ArrayLike,
    sd_1: ArrayLike,
    mean_2: ArrayLike,
    sd_2: ArrayLike,
    total: ArrayLike,
    correlation: ArrayLike,
) -> Effects:
    """Log ratio of the means of two occasions in the same people.

    log(m1/m2),  variance = (c1^2 + c2^2 - 2 r c1 c2)/n with c = sd/m.  # [4] eq. (6)

    In R: ``escalc("ROMC", ...)``, before metafor 5.0, which corrects for bias.

    Parameters
    ----------
    mean_1, mean_2
        Means, any common shape, in the unit of the outcome.
    sd_1, sd_2
        Standard deviations of the values (not of the changes), of that shape, 0 or more.
    total
        Number of people measured twice, of that shape, above 1.
    correlation
        Correlation of the two values within people, of that shape, from -1 to 1.

    Returns
    -------
    Effects
        Logarithms, of that shape; NaN unless the means have one sign.

    Raises
    ------
    MethodError
        For values outside their range, naming the row.
    """
    m1, s1, m2, s2, n, r = _check(mean_1, sd_1, mean_2, sd_2, total, correlation)
    c1, c2 = s1 / m1, s2 / m2
    variance = ((c1 - c2) ** 2 + 2.0 * (1.0 - r) * c1 * c2) / n
    return make_effects(np.log(m1 / m2), variance)


def _check(
    mean_1: ArrayLike,
    sd_1: ArrayLike,
    mean_2: ArrayLike,
    sd_2: ArrayLike,
    total: ArrayLike,
    correlation: ArrayLike,
) -> Occasions:
    pair = Occasions(*columns(mean_1, sd_1, mean_2, sd_2, total, correlation))
    check_mean(pair.m1, pair.s1, pair.n, place="occasion 1")
    check_mean(pair.m2, pair.s2, pair.n, place="occasion 2")
    require(np.abs(pair.r) <= 1.0, {"correlation": pair.r}, "from -1 to 1")
    return pair
