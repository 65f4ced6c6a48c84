"""Two arms of means and standard deviations to a difference, a ratio, or a ratio of variation.

References
----------
[1] Higgins JPT, Li T, Deeks JJ (eds). Choosing effect measures and computing
    estimates of effect. Cochrane Handbook for Systematic Reviews of
    Interventions, chapter 6. doi:10.1002/9781119536604.ch6
[2] Hedges LV, Gurevitch J, Curtis PS. The meta-analysis of response ratios in
    experimental ecology. Ecology 1999;80:1150-6.
    doi:10.1890/0012-9658(1999)080[1150:TMAORR]2.0.CO;2
[3] Lajeunesse MJ. Bias and correction for the log response ratio in ecological
    meta-analysis. Ecology 2015;96:2056-63. doi:10.1890/14-2402.1
[4] Nakagawa S, Poulin R, Mengersen K, et al. Meta-analysis of variation: ecological
    and evolutionary applications and beyond. Methods Ecol Evol 2015;6:143-52.
    doi:10.1111/2041-210X.12309
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


class Arms(NamedTuple):
    """Mean, standard deviation and size of both arms, of one shape and checked."""

    m1: FloatArray
    s1: FloatArray
    n1: FloatArray
    m2: FloatArray
    s2: FloatArray
    n2: FloatArray

    @property
    def pooled_variance(self) -> FloatArray:
        """The variance common to both arms, n1 + n2 - 2 degrees of freedom."""
        squares = (self.n1 - 1.0) * self.s1**2 + (self.n2 - 1.0) * self.s2**2
        return squares / (self.n1 + self.n2 - 2.0)


@QUIET
def mean_difference(
    mean_1: ArrayLike,
    sd_1: ArrayLike,
    total_1: ArrayLike,
    mean_2: ArrayLike,
    sd_2: ArrayLike,
    total_2: ArrayLike,
    *,
    variant: str = "LS",
) -> Effects:
    """Mean of arm 1 minus mean of arm 2.

    m1 - m2,  variance = sd1^2/n1 + sd2^2/n2.  # [1]

    In R: ``escalc("MD", m1i=, sd1i=, n1i=, m2i=, sd2i=, n2i=, vtype=)``.

    Parameters
    ----------
    mean_1, mean_2
        Means, any common shape, in the unit of the outcome.
    sd_1, sd_2
        Standard deviations (not standard errors), of that shape, 0 or more; not both 0.
    total_1, total_2
        Arm sizes, of that shape, above 1.
    variant
        Variance: "LS", each arm its own; "HO", one common standard deviation,
        s^2 (1/n1 + 1/n2).

    Returns
    -------
    Effects
        Differences, of that shape; NaN where both standard deviations are 0.

    Raises
    ------
    MethodError
        For values outside their range, naming the row, or an unknown variant.
    """
    arms = check_arms(mean_1, sd_1, total_1, mean_2, sd_2, total_2)
    m1, s1, n1, m2, s2, n2 = arms
    if check_variant(variant, ("LS", "HO")) == "HO":
        variance = arms.pooled_variance * (1.0 / n1 + 1.0 / n2)
    else:
        variance = s1**2 / n1 + s2**2 / n2
    return make_effects(m1 - m2, variance)


@QUIET
def ratio_of_means(
    mean_1: ArrayLike,
    sd_1: ArrayLike,
    total_1: ArrayLike,
    mean_2: ArrayLike,
    sd_2: ArrayLike,
    total_2: ArrayLike,
    *,
    variant: str = "LS",
) -> Effects:
    """Log ratio of the means of arm 1 and arm 2 (log response ratio).

    log(m1/m2),  variance = sd1^2/(n1 m1^2) + sd2^2/(n2 m2^2).  # [2] eq. (1)

    In R: ``escalc("ROM", ..., vtype=)``. From 5.0 on metafor corrects the estimate by
    default (``correct = TRUE``), as "second_order" does here.

    Parameters
    ----------
    mean_1, mean_2
        Means, any common shape, in the unit of the outcome.
    sd_1, sd_2
        Standard deviations (not standard errors), of that shape, 0 or more; not both 0.
    total_1, total_2
        Arm sizes, of that shape, above 1.
    variant
        "LS": as above, what metafor before 5.0 computes. "HO": with one common standard
        deviation. "second_order": estimate and variance corrected to the second order,
        adding (c1^2/n1 - c2^2/n2)/2 to the estimate and (c1^4/n1^2 + c2^4/n2^2)/2 to the
        variance, with c the coefficient of variation.  # [3] eq. (8), (9)

    Returns
    -------
    Effects
        Logarithms, of that shape; NaN unless the means have one sign.

    Raises
    ------
    MethodError
        For values outside their range, naming the row, or an unknown variant.
    """
    arms = check_arms(mean_1, sd_1, total_1, mean_2, sd_2, total_2)
    m1, s1, n1, m2, s2, n2 = arms
    estimate = np.log(m1 / m2)
    if check_variant(variant, ("LS", "HO", "second_order")) == "HO":
        s1 = s2 = np.sqrt(arms.pooled_variance)
    part_1, part_2 = s1**2 / (n1 * m1**2), s2**2 / (n2 * m2**2)
    variance = part_1 + part_2
    if variant == "second_order":
        estimate = estimate + 0.5 * (part_1 - part_2)
        variance = variance + 0.5 * (part_1**2 + part_2**2)
    return make_effects(estimate, variance)


@QUIET
def variability_ratio(
    mean_1: ArrayLike,
    sd_1: ArrayLike,
    total_1: ArrayLike,
    mean_2: ArrayLike,
    sd_2: ArrayLike,
    total_2: ArrayLike,
) -> Effects:
    """Log ratio of the standard deviations of arm 1 and arm 2 (lnVR).

    log(sd1/sd2) + 1/(2(n1 - 1)) - 1/(2(n2 - 1)),
    variance = 1/(2(n1 - 1)) + 1/(2(n2 - 1)).  # [4]

    In R: ``escalc("VR", sd1i=, n1i=, sd2i=, n2i=)``.

    Parameters
    ----------
    mean_1, mean_2
        Means, any common shape, in the unit of the outcome.
    sd_1, sd_2
        Standard deviations (not standard errors), of that shape, 0 or more; not both 0.
    total_1, total_2
        Arm sizes, of that shape, above 1.

    Returns
    -------
    Effects
        Logarithms, of that shape; NaN where a standard deviation is 0.

    Raises
    ------
    MethodError
        For values outside their range, naming the row.
    """
    _, s1, n1, _, s2, n2 = check_arms(mean_1, sd_1, total_1, mean_2, sd_2, total_2)
    half_1, half_2 = 0.5 / (n1 - 1.0), 0.5 / (n2 - 1.0)
    return make_effects(np.log(s1 / s2) + half_1 - half_2, half_1 + half_2)


@QUIET
def variation_ratio(
    mean_1: ArrayLike,
    sd_1: ArrayLike,
    total_1: ArrayLike,
    mean_2: ArrayLike,
    sd_2: ArrayLike,
    total_2: ArrayLike,
) -> Effects:
    """Log ratio of the coefficients of variation of arm 1 and arm 2 (lnCVR).

    log((sd1/m1)/(sd2/m2)) + 1/(2(n1 - 1)) - 1/(2(n2 - 1)), variance
    sd1^2/(n1 m1^2) + sd2^2/(n2 m2^2) + 1/(2(n1 - 1)) + 1/(2(n2 - 1)): that of
    [4] with mean and standard deviation taken as independent.

    In R: ``escalc("CVR", m1i=, sd1i=, n1i=, m2i=, sd2i=, n2i=)``, before
    metafor 5.0, which corrects further.

    Parameters
    ----------
    mean_1, mean_2
        Means, any common shape, in the unit of the outcome.
    sd_1, sd_2
        Standard deviations (not standard errors), of that shape, 0 or more; not both 0.
    total_1, total_2
        Arm sizes, of that shape, above 1.

    Returns
    -------
    Effects
        Logarithms, of that shape; NaN unless both coefficients are above 0.

    Raises
    ------
    MethodError
        For values outside their range, naming the row.
    """
    m1, s1, n1, m2, s2, n2 = check_arms(mean_1, sd_1, total_1, mean_2, sd_2, total_2)
    half_1, half_2 = 0.5 / (n1 - 1.0), 0.5 / (n2 - 1.0)
    estimate = np.log(s1 / m1) - np.log(s2 / m2) + half_1 - half_2
    variance = s1**2 / (n1 * m1**2) + s2**2 / (n2 * m2**2) + half_1 + half_2
    return make_effects(estimate, variance)


def check_arms(
    mean_1: ArrayLike,
    sd_1: ArrayLike,
    total_1: ArrayLike,
    mean_2: ArrayLike,
    sd_2: ArrayLike,
    total_2: ArrayLike,
) -> Arms:
    """Both arms as arrays of one shape; MethodError for values outside their range."""
    arms = Arms(*columns(mean_1, sd_1, total_1, mean_2, sd_2, total_2))
    check_mean(arms.m1, arms.s1, arms.n1, place="arm 1")
    check_mean(arms.m2, arms.s2, arms.n2, place="arm 2")
    return arms


def check_mean(mean: FloatArray, sd: FloatArray, total: FloatArray, *, place: str = "") -> None:
    """MethodError unless the mean is finite, the sd 0 or more and n above 1."""
    ok = np.isfinite(mean) & np.isfinite(sd) & (sd >= 0) & (total > 1) & np.isfinite(total)
    rule = "a finite mean, an sd of 0 or more and n above 1"
    require(ok, {"mean": mean, "sd": sd, "n": total}, rule, place=place)
