"""Mean and standard deviation from a median with range or quartiles, and a test for skewness.

The estimators assume a normal distribution; :func:`mean_and_sd` refuses them, unless told
otherwise, where the skewness test of [4] says the numbers cannot come from one.

References
----------
[1] Wan X, Wang W, Liu J, Tong T. Estimating the sample mean and standard deviation from
    the sample size, median, range and/or interquartile range. BMC Med Res Methodol
    2014;14:135. doi:10.1186/1471-2288-14-135
[2] Luo D, Wan X, Liu J, Tong T. Optimally estimating the sample mean from the sample
    size, median, mid-range, and/or mid-quartile range. Stat Methods Med Res
    2018;27:1785-805. doi:10.1177/0962280216669183
[3] Shi J, Luo D, Weng H, et al. Optimally estimating the sample standard deviation from
    the five-number summary. Res Synth Methods 2020;11:641-54. doi:10.1002/jrsm.1429
[4] Shi J, Luo D, Wan X, et al. Detecting the skewness of data from the five-number
    summary and its application in meta-analysis. Stat Methods Med Res 2023;32:1338-60.
    doi:10.1177/09622802231172043
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from evidencekit.effects.quantile_matching import match_quantiles
from evidencekit.effects.summary import MeanSd, NumberSummary
from evidencekit.errors import MethodError


class SkewnessTest(NamedTuple):
    """Statistic, its critical value at the 5% level, and whether it is exceeded."""

    statistic: float
    critical: float
    skewed: bool


class Converted(NamedTuple):
    """Mean, standard deviation, and the steps that led there."""

    mean: float
    sd: float
    steps: tuple[str, ...]


def skewness_test(summary: NumberSummary) -> SkewnessTest:
    """Test whether the numbers can come from a symmetric, normal distribution.

    With T1 = abs(min + max - 2 median)/(max - min) and T2 the same for the quartiles:
    T1 against 1/log(n + 9) + 2.5/(n + 1); T2 against 2.65/sqrt(n) - 6/n^2; all five by
    max(2.65 log(0.6 n)/sqrt(n) T1, T2) against 3/sqrt(n) - 40/n^3.  # [4]

    Parameters
    ----------
    summary
        Three or five numbers of at least 5 people.

    Notes
    -----
    In R: ``metafor::conv.fivenum(..., test = TRUE)``. That not even a clear skewness need
    show in three numbers of few people should be kept in mind.
    """
    n, root = summary.n, math.sqrt(summary.n)
    outer, inner = _asymmetry(summary.ends, summary), _asymmetry(summary.quartiles, summary)
    if outer is not None and inner is not None:
        statistic = max(2.65 * math.log(0.6 * n) / root * outer, inner)
        critical = 3.0 / root - 40.0 / n**3
    elif outer is not None:
        statistic, critical = outer, 1.0 / math.log(n + 9.0) + 2.5 / (n + 1.0)
    else:
        statistic, critical = inner or 0.0, 2.65 / root - 6.0 / n**2
    return SkewnessTest(statistic, critical, statistic > critical)


def mean_and_sd(
    summary: NumberSummary,
    *,
    method: str = "Luo-Shi",
    if_skewed: Literal["refuse", "note"] = "refuse",
) -> Converted:
    """Estimate mean and standard deviation from three or five numbers.

    Parameters
    ----------
    summary
        Median with range, quartiles or both, of at least 5 people.
    method
        A row of ``SUMMARY_METHODS``.
    if_skewed
        What to do when a method assumes a normal distribution and the skewness test
        rejects it: "refuse" raises, "note" says so in the steps.

    Raises
    ------
    MethodError
        For an unknown method, skewed numbers, or numbers no distribution fits.
    """
    try:
        row = SUMMARY_METHODS[method]
    except KeyError:
        known = ", ".join(SUMMARY_METHODS)
        raise MethodError(f"unknown method {method!r}; choose one of {known}") from None
    test = skewness_test(summary)
    steps: tuple[str, ...] = ()
    if test.skewed and row.assumes_normal:
        said = (
            f"the median and its {summary.what} are skewed (statistic {test.statistic:.3g}, "
            f"critical value {test.critical:.3g})"
        )
        if if_skewed == "refuse":
            raise MethodError(f"{said}; {method} assumes a normal distribution")
        steps = (f"Although {said}, which {method} does not allow for:",)
    found = row.function(summary)
    how = f"Mean and standard deviation from the median and its {summary.what}: {row.label}"
    return Converted(found.mean, found.sd, (*steps, f"{how}{found.remark}."))


def luo_mean(summary: NumberSummary) -> float:
    """Weighted mean of the median, mid-range and mid-quartile range.

    Range: w = 4/(4 + n^0.75); quartiles: w = 0.7 + 0.39/n; both: 2.2/(2.2 + n^0.75) and
    0.7 - 0.72/n^0.55.  # [2] eq. (7), (11), (15)

    In R: ``metafor::conv.fivenum(..., method = "luo")``.
    """
    n = summary.n
    outer, inner = _middle(summary.ends), _middle(summary.quartiles)
    w_outer: float
    w_inner: float
    if outer is not None and inner is not None:
        w_outer, w_inner = 2.2 / (2.2 + n**0.75), 0.7 - 0.72 / n**0.55
    elif outer is not None:
        w_outer, w_inner = 4.0 / (4.0 + n**0.75), 0.0
    else:
        w_outer, w_inner = 0.0, 0.7 + 0.39 / n
    rest = (1.0 - w_outer - w_inner) * summary.median
    return w_outer * (outer or 0.0) + w_inner * (inner or 0.0) + rest


def wan_mean(summary: NumberSummary) -> float:
    """Unweighted: (a + 2m + b)/4, (q1 + m + q3)/3, (a + 2 q1 + 2m + 2 q3 + b)/8.

    Scenarios C1, C3 and C2 of [1].
    """
    outer, inner, m = _middle(summary.ends), _middle(summary.quartiles), summary.median
    if outer is not None and inner is not None:
        return (outer + 2.0 * inner + m) / 4.0
    return (outer + m) / 2.0 if outer is not None else (2.0 * (inner or 0.0) + m) / 3.0


def wan_sd(summary: NumberSummary) -> float:
    """Range over 2 xi, interquartile range over 2 eta, or the mean of the two.

    xi = Phi^-1((n - 0.375)/(n + 0.25)), eta = Phi^-1((0.75 n - 0.125)/(n + 0.25)).
    Scenarios C1, C3 and C2 of [1].
    """
    by_range, by_quartiles = _spreads(summary)
    if by_range is not None and by_quartiles is not None:
        return 0.5 * (by_range + by_quartiles)
    return by_range if by_range is not None else by_quartiles or 0.0


def shi_sd(summary: NumberSummary) -> float:
    """As :func:`wan_sd`, the five numbers weighted by w = 1/(1 + 0.07 n^0.6).

    The approximation of [3] to the optimal weight.

    In R: ``metafor::conv.fivenum(..., method = "shi")``.
    """
    by_range, by_quartiles = _spreads(summary)
    if by_range is None or by_quartiles is None:
        return wan_sd(summary)
    w: float = 1.0 / (1.0 + 0.07 * summary.n**0.6)
    return w * by_range + (1.0 - w) * by_quartiles


def _luo_shi(summary: NumberSummary) -> MeanSd:
    return MeanSd(luo_mean(summary), shi_sd(summary), "")


def _luo_wan(summary: NumberSummary) -> MeanSd:
    return MeanSd(luo_mean(summary), wan_sd(summary), "")


def _wan(summary: NumberSummary) -> MeanSd:
    return MeanSd(wan_mean(summary), wan_sd(summary), "")


def _spreads(summary: NumberSummary) -> tuple[float | None, float | None]:
    """Standard deviation by the range and by the quartiles."""
    from evidencekit.special import ndtri

    n = summary.n
    xi = 2.0 * float(ndtri((n - 0.375) / (n + 0.25)))
    eta = 2.0 * float(ndtri((0.75 * n - 0.125) / (n + 0.25)))
    ends, quartiles = summary.ends, summary.quartiles
    return (
        None if ends is None else (ends[1] - ends[0]) / xi,
        None if quartiles is None else (quartiles[1] - quartiles[0]) / eta,
    )


def _middle(pair: tuple[float, float] | None) -> float | None:
    return None if pair is None else 0.5 * (pair[0] + pair[1])


def _asymmetry(pair: tuple[float, float] | None, summary: NumberSummary) -> float | None:
    if pair is None:
        return None
    width = pair[1] - pair[0]
    return abs(pair[0] + pair[1] - 2.0 * summary.median) / width


@dataclass(frozen=True, slots=True)
class SummaryMethod:
    """A row of ``SUMMARY_METHODS``: name, what it is in words, function, assumption."""

    name: str
    label: str
    function: Callable[[NumberSummary], MeanSd]
    assumes_normal: bool = True


SUMMARY_METHODS: dict[str, SummaryMethod] = {
    row.name: row
    for row in (
        SummaryMethod("Luo-Shi", "mean by Luo 2018, standard deviation by Shi 2020", _luo_shi),
        SummaryMethod("Luo-Wan", "mean by Luo 2018, standard deviation by Wan 2014", _luo_wan),
        SummaryMethod("Wan", "both by Wan 2014", _wan),
        SummaryMethod(
            "QE", "quantile estimation by McGrath 2020", match_quantiles, assumes_normal=False
        ),
    )
}
