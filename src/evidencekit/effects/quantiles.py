"""Mean and standard deviation from a median with range or quartiles, and a test for skewness.

The formulas assume a normal distribution, the last two rows of ``SUMMARY_METHODS`` do not;
:func:`mean_and_sd` refuses the former, unless told otherwise, where the skewness test of
[4] says the numbers cannot come from one.

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
[5] McGrath S, Zhao X, Steele R, Thombs BD, Benedetti A. Estimating the sample mean and
    standard deviation from commonly reported quantiles in meta-analysis. Stat Methods
    Med Res 2020;29:2520-37. doi:10.1177/0962280219889080
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from evidencekit.effects.box_cox import match_box_cox
from evidencekit.effects.quantile_formulas import luo_mean, shi_sd, wan_mean, wan_sd
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

    In R: ``metafor::conv.fivenum(..., test = TRUE)`` (4.0 or later).

    Parameters
    ----------
    summary
        Three or five numbers of at least 5 people.

    Returns
    -------
    SkewnessTest
        Without a unit.
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

    mean = w_1 mid-range + w_2 mid-quartile range + (1 - w_1 - w_2) median and so on: the
    formulas are in the functions of ``SUMMARY_METHODS``.  # [1], [2], [3], [5]

    In R: ``metafor::conv.fivenum(...)`` (4.0 or later), ``estmeansd::qe.mean.sd``,
    ``estmeansd::bc.mean.sd``.

    Parameters
    ----------
    summary
        Median with range, quartiles or both, of at least 5 people.
    method
        A row of ``SUMMARY_METHODS``.
    if_skewed
        What to do when a method assumes a normal distribution and the skewness test
        rejects it: "refuse" raises, "note" says so in the steps.

    Returns
    -------
    Converted
        In the unit of the numbers, with what was done.

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


def luo_shi(summary: NumberSummary) -> MeanSd:
    """Mean by Luo and standard deviation by Shi.

    mean = :func:`luo_mean`, sd = :func:`shi_sd`.  # [2], [3]

    In R: ``metafor::conv.fivenum(..., method = "luo/wan/shi")``.

    Parameters
    ----------
    summary
        Three or five numbers, in any unit.

    Returns
    -------
    MeanSd
        In that unit.
    """
    return MeanSd(luo_mean(summary), shi_sd(summary), "")


def luo_wan(summary: NumberSummary) -> MeanSd:
    """Mean by Luo and standard deviation by Wan.

    mean = :func:`luo_mean`, sd = :func:`wan_sd`.  # [2], [1]

    In R: ``meta::metacont(..., method.mean = "Luo", method.sd = "Wan")``.

    Parameters
    ----------
    summary
        Three or five numbers, in any unit.

    Returns
    -------
    MeanSd
        In that unit.
    """
    return MeanSd(luo_mean(summary), wan_sd(summary), "")


def wan(summary: NumberSummary) -> MeanSd:
    """Both by Wan.

    mean = :func:`wan_mean`, sd = :func:`wan_sd`.  # [1]

    In R: ``meta::metacont(..., method.mean = "Wan", method.sd = "Wan")``.

    Parameters
    ----------
    summary
        Three or five numbers, in any unit.

    Returns
    -------
    MeanSd
        In that unit.
    """
    return MeanSd(wan_mean(summary), wan_sd(summary), "")


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
        SummaryMethod("Luo-Shi", "mean by Luo 2018, standard deviation by Shi 2020", luo_shi),
        SummaryMethod("Luo-Wan", "mean by Luo 2018, standard deviation by Wan 2014", luo_wan),
        SummaryMethod("Wan", "both by Wan 2014", wan),
        SummaryMethod(
            "QE", "quantile estimation by McGrath 2020", match_quantiles, assumes_normal=False
        ),
        SummaryMethod("BC", "Box-Cox method by McGrath 2020", match_box_cox, assumes_normal=False),
    )
}
