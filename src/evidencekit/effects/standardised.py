"""Two arms of means and standard deviations to a standardised mean difference.

References
----------
[1] Hedges LV. Distribution theory for Glass's estimator of effect size and related
    estimators. J Educ Stat 1981;6:107-28. doi:10.3102/10769986006002107
[2] Hedges LV. Estimation of effect size from a series of independent experiments.
    Psychol Bull 1982;92:490-9. doi:10.1037/0033-2909.92.2.490
[3] Hedges LV. A random effects model for effect sizes. Psychol Bull 1983;93:388-95.
    doi:10.1037/0033-2909.93.2.388
[4] Borenstein M, Hedges LV, Higgins JPT, Rothstein HR. Introduction to Meta-Analysis.
    Wiley, 2009. doi:10.1002/9780470743386
[5] Bonett DG. Meta-analytic interval estimation for standardized and unstandardized
    mean differences. Psychol Methods 2009;14:225-38. doi:10.1037/a0016619
[6] Deeks JJ, Higgins JPT. Statistical algorithms in Review Manager 5. Cochrane
    Statistical Methods Group, 2010.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.effects.arrays import QUIET, Effects, FloatArray, check_variant, make_effects
from evidencekit.effects.continuous import check_arms

SMD_VARIANTS = ("LS", "LS2", "UB", "AV", "RM")


def small_sample_factor(df: FloatArray) -> FloatArray:
    """Hedges' exact J(m) = Gamma(m/2) / (sqrt(m/2) Gamma((m - 1)/2)).  # [1] eq. (6e)

    Through logarithms of gamma functions, so that it does not overflow; NaN for m <= 1,
    where it does not exist. J < 1, and J -> 1 as m grows.
    """
    from scipy.special import gammaln

    m = np.where(df > 1.0, df, np.nan)
    half = 0.5 * m
    exact = np.exp(gammaln(half) - 0.5 * np.log(half) - gammaln(half - 0.5))
    # Beyond this the logarithms lose digits and five terms of the series are exact.
    x = 1.0 / m
    series = 1.0 - x * (3 / 4 + x * (7 / 32 + x * (9 / 128 - x * 59 / 2048)))
    return np.asarray(np.where(m < 300.0, exact, series), dtype=np.float64)


@QUIET
def standardised_mean_difference(
    mean_1: ArrayLike,
    sd_1: ArrayLike,
    total_1: ArrayLike,
    mean_2: ArrayLike,
    sd_2: ArrayLike,
    total_2: ArrayLike,
    *,
    variant: str = "LS",
) -> Effects:
    """Hedges' g: mean difference over the common standard deviation, corrected for bias.

    g = J(N - 2) d,  d = (m1 - m2)/s.  # [1]

    In R: ``metafor::escalc("SMD", ..., vtype = "LS")``. meta's default is "UB", and its
    ``exact.smd = FALSE`` is "RM".

    Parameters
    ----------
    mean_1, mean_2
        Means, any common shape, in the unit of the outcome.
    sd_1, sd_2
        Standard deviations, of that shape, 0 or more; not both 0.
    total_1, total_2
        Arm sizes, of that shape, above 1, together above 3.
    variant
        With u = 1/n1 + 1/n2, f = N - 2:

        - "LS": u + g^2/(2N), large-sample variance.  # [2] eq. (8)
        - "LS2": J^2 (u + d^2/(2N)).  # [4] eq. (4.24)
        - "UB": u + (1 - (f - 2)/(f J^2)) g^2, unbiased.  # [3] eq. (9)
        - "AV": as LS with the mean of g over all rows, weighted by N, in place of g; so
          it needs all studies at once.
        - "RM": J approximated by 1 - 3/(4N - 9), variance u + g^2/(2(N - 3.94)), as
          RevMan does; the estimate differs in the fifth digit.  # [6]

    Returns
    -------
    Effects
        In standard deviations, of that shape; NaN where both standard deviations are 0.

    Raises
    ------
    MethodError
        For values outside their range, naming the row, or an unknown variant.
    """
    arms = check_arms(mean_1, sd_1, total_1, mean_2, sd_2, total_2)
    total = arms.n1 + arms.n2
    u = 1.0 / arms.n1 + 1.0 / arms.n2
    df = total - 2.0
    j = small_sample_factor(df)
    d = (arms.m1 - arms.m2) / np.sqrt(arms.pooled_variance)
    if check_variant(variant, SMD_VARIANTS) == "RM":
        g = d * (1.0 - 3.0 / (4.0 * total - 9.0))
        return make_effects(g, u + 0.5 * g**2 / (total - 3.94))
    g = j * d
    if variant == "LS2":
        variance = j**2 * (u + 0.5 * d**2 / total)
    elif variant == "UB":
        variance = u + (1.0 - (df - 2.0) / (df * j**2)) * g**2
    else:
        plug_in = _mean(g, total) if variant == "AV" else g
        variance = u + 0.5 * plug_in**2 / total
    return make_effects(g, variance)


@QUIET
def cohens_d(
    mean_1: ArrayLike,
    sd_1: ArrayLike,
    total_1: ArrayLike,
    mean_2: ArrayLike,
    sd_2: ArrayLike,
    total_2: ArrayLike,
) -> Effects:
    """Mean difference over the common standard deviation, without correction for bias.

    d = (m1 - m2)/s,  variance = 1/n1 + 1/n2 + d^2/(2N).  # [4] eq. (4.18), (4.20)

    In R: ``escalc("SMD", ..., correct = FALSE)``.

    Parameters
    ----------
    mean_1, mean_2
        Means, any common shape, in the unit of the outcome.
    sd_1, sd_2
        Standard deviations, of that shape, 0 or more; not both 0.
    total_1, total_2
        Arm sizes, of that shape, above 1, together above 3.

    Returns
    -------
    Effects
        In standard deviations, of that shape; NaN where both standard deviations are 0.

    Raises
    ------
    MethodError
        For values outside their range, naming the row.
    """
    arms = check_arms(mean_1, sd_1, total_1, mean_2, sd_2, total_2)
    d = (arms.m1 - arms.m2) / np.sqrt(arms.pooled_variance)
    variance = 1.0 / arms.n1 + 1.0 / arms.n2 + 0.5 * d**2 / (arms.n1 + arms.n2)
    return make_effects(d, variance)


@QUIET
def heteroscedastic_smd(
    mean_1: ArrayLike,
    sd_1: ArrayLike,
    total_1: ArrayLike,
    mean_2: ArrayLike,
    sd_2: ArrayLike,
    total_2: ArrayLike,
) -> Effects:
    """Mean difference over the root of the mean variance, the arms' variances not assumed equal.

    g = J(N - 2) (m1 - m2)/s with s^2 = (sd1^2 + sd2^2)/2; variance
    g^2 (sd1^4/f1 + sd2^4/f2)/(8 s^4) + (sd1^2/f1 + sd2^2/f2)/s^2, f = n - 1.  # [5]

    In R: ``escalc("SMDH", ...)``; metafor before 4.6 multiplied this variance by J^2.

    Parameters
    ----------
    mean_1, mean_2
        Means, any common shape, in the unit of the outcome.
    sd_1, sd_2
        Standard deviations, of that shape, 0 or more; not both 0.
    total_1, total_2
        Arm sizes, of that shape, above 1, together above 3.

    Returns
    -------
    Effects
        In standard deviations, of that shape; NaN where both standard deviations are 0.

    Raises
    ------
    MethodError
        For values outside their range, naming the row.
    """
    m1, s1, n1, m2, s2, n2 = check_arms(mean_1, sd_1, total_1, mean_2, sd_2, total_2)
    square = 0.5 * (s1**2 + s2**2)
    f1, f2 = n1 - 1.0, n2 - 1.0
    g = small_sample_factor(f1 + f2) * (m1 - m2) / np.sqrt(square)
    share_1, share_2 = s1**2 / square, s2**2 / square
    variance = g**2 * (share_1**2 / f1 + share_2**2 / f2) / 8.0 + share_1 / f1 + share_2 / f2
    return make_effects(g, variance)


@QUIET
def glass_delta(
    mean_1: ArrayLike,
    sd_1: ArrayLike,
    total_1: ArrayLike,
    mean_2: ArrayLike,
    sd_2: ArrayLike,
    total_2: ArrayLike,
    *,
    variant: str = "LS",
) -> Effects:
    """Mean difference over the standard deviation of arm 2, the comparator, corrected for bias.

    g = J(n2 - 1) (m1 - m2)/sd2.  # [1]

    In R: ``escalc("SMD1", ...)`` and ``escalc("SMD1H", ...)``. Swapping the arms does not
    only change the sign, since the other arm's standard deviation is used then.

    Parameters
    ----------
    mean_1, mean_2
        Means, any common shape, in the unit of the outcome.
    sd_1, sd_2
        Standard deviations, of that shape, 0 or more; that of arm 2 above 0.
    total_1, total_2
        Arm sizes, of that shape, above 1, that of arm 2 above 2.
    variant
        "LS": 1/n1 + 1/n2 + g^2/(2 n2), equal variances assumed. "H": not assumed,
        (sd1/sd2)^2/n1 + 1/n2 + g^2/(2 n2).

    Returns
    -------
    Effects
        In standard deviations of arm 2, of that shape; NaN where that is 0.

    Raises
    ------
    MethodError
        For values outside their range, naming the row, or an unknown variant.
    """
    m1, s1, n1, m2, s2, n2 = check_arms(mean_1, sd_1, total_1, mean_2, sd_2, total_2)
    check_variant(variant, ("LS", "H"))
    g = small_sample_factor(n2 - 1.0) * (m1 - m2) / s2
    spread = (s1 / s2) ** 2 if variant == "H" else 1.0
    return make_effects(g, spread / n1 + 1.0 / n2 + 0.5 * g**2 / n2)


def _mean(g: FloatArray, total: FloatArray) -> np.float64:
    """Mean of g over all rows that have one, weighted by the studies' sizes."""
    weight = np.where(np.isfinite(g), total, 0.0)
    return np.float64(np.sum(weight * np.where(weight > 0, g, 0.0)) / np.sum(weight))
