"""Formulas for mean and standard deviation that assume a normal distribution.

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
"""

from __future__ import annotations

from evidencekit.effects.summary import NumberSummary


def luo_mean(summary: NumberSummary) -> float:
    """Weighted mean of the median, mid-range and mid-quartile range.

    Range: w = 4/(4 + n^0.75); quartiles: w = 0.7 + 0.39/n; both: 2.2/(2.2 + n^0.75) and
    0.7 - 0.72/n^0.55.  # [2] eq. (7), (11), (15)

    In R: ``metafor::conv.fivenum(..., method = "luo/wan/shi")`` (4.0 or later).

    Parameters
    ----------
    summary
        Median with range, quartiles or both, of at least 5 people.

    Returns
    -------
    float
        In the unit of the numbers.
    """
    n = summary.n
    outer, inner = middle(summary.ends), middle(summary.quartiles)
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

    Scenarios C1, C3 and C2 of [1]; mean = one of these.

    In R: ``meta::metacont(..., method.mean = "Wan")``.

    Parameters
    ----------
    summary
        Median with range, quartiles or both, of at least 5 people.

    Returns
    -------
    float
        In the unit of the numbers.
    """
    outer, inner, m = middle(summary.ends), middle(summary.quartiles), summary.median
    if outer is not None and inner is not None:
        return (outer + 2.0 * inner + m) / 4.0
    return (outer + m) / 2.0 if outer is not None else (2.0 * (inner or 0.0) + m) / 3.0


def wan_sd(summary: NumberSummary) -> float:
    """Range over 2 xi, interquartile range over 2 eta, or the mean of the two.

    xi = Phi^-1((n - 0.375)/(n + 0.25)), eta = Phi^-1((0.75 n - 0.125)/(n + 0.25)).
    Scenarios C1, C3 and C2 of [1].

    In R: ``meta::metacont(..., method.sd = "Wan")``.

    Parameters
    ----------
    summary
        Median with range, quartiles or both, of at least 5 people.

    Returns
    -------
    float
        In the unit of the numbers.
    """
    by_range, by_quartiles = _spreads(summary)
    if by_range is not None and by_quartiles is not None:
        return 0.5 * (by_range + by_quartiles)
    return by_range if by_range is not None else by_quartiles or 0.0


def shi_sd(summary: NumberSummary) -> float:
    """As :func:`wan_sd`, the five numbers weighted by w = 1/(1 + 0.07 n^0.6).

    The approximation of [3] to the optimal weight.

    In R: ``metafor::conv.fivenum(..., method = "luo/wan/shi")`` (4.0 or later).

    Parameters
    ----------
    summary
        Median with range, quartiles or both, of at least 5 people.

    Returns
    -------
    float
        In the unit of the numbers.
    """
    by_range, by_quartiles = _spreads(summary)
    if by_range is None or by_quartiles is None:
        return wan_sd(summary)
    w: float = 1.0 / (1.0 + 0.07 * summary.n**0.6)
    return w * by_range + (1.0 - w) * by_quartiles


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


def middle(pair: tuple[float, float] | None) -> float | None:
    return None if pair is None else 0.5 * (pair[0] + pair[1])
