"""A correlation coefficient as it is, without its bias, or as Fisher's z.

References
----------
[1] Hedges LV, Olkin I. Statistical Methods for Meta-Analysis. San Diego: Academic
    Press, 1985. doi:10.1016/C2009-0-03396-0
[2] Fisher RA. On the "probable error" of a coefficient of correlation deduced from a
    small sample. Metron 1921;1:1-32.
[3] Olkin I, Pratt JW. Unbiased estimation of certain correlation coefficients. Ann Math
    Stat 1958;29:201-11. doi:10.1214/aoms/1177706717
"""

from __future__ import annotations

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


@QUIET
def raw_correlation(r: ArrayLike, n: ArrayLike) -> Effects:
    """Pearson's r as it is: variance = (1 - r^2)^2/(n - 1).  # [1] chapter 11

    In R: ``escalc("COR", ri=, ni=)``.

    Parameters
    ----------
    r
        Correlation, any shape, from -1 to 1.
    n
        Number of people, of that shape, above 3.

    Returns
    -------
    Effects
        Of that shape; NaN where r is -1 or 1.

    Raises
    ------
    MethodError
        For values outside their range, naming the row.
    """
    r, n = _check(r, n)
    return make_effects(r, (1.0 - r**2) ** 2 / (n - 1.0))


@QUIET
def fisher_z(r: ArrayLike, n: ArrayLike) -> Effects:
    """Fisher's z: atanh(r),  variance = 1/(n - 3).  # [2]; [1] chapter 11

    In R: ``escalc("ZCOR", ri=, ni=)``.

    Parameters
    ----------
    r
        Correlation, any shape, from -1 to 1.
    n
        Number of people, of that shape, above 3.

    Returns
    -------
    Effects
        Fisher's z, of that shape; NaN where r is -1 or 1.

    Raises
    ------
    MethodError
        For values outside their range, naming the row.
    """
    r, n = _check(r, n)
    return make_effects(np.arctanh(r), 1.0 / (n - 3.0))


@QUIET
def unbiased_correlation(r: ArrayLike, n: ArrayLike, *, variant: str = "LS") -> Effects:
    """Olkin and Pratt's unbiased estimate of a correlation.

    G = r 2F1(1/2, 1/2; (n - 2)/2; 1 - r^2).  # [3] eq. (2.3)

    In R: ``escalc("UCOR", ri=, ni=, vtype=)``.

    Parameters
    ----------
    r
        Correlation, any shape, from -1 to 1.
    n
        Number of people, of that shape, above 3, above 4 for "UB".
    variant
        "LS": (1 - G^2)^2/(n - 1). "UB", unbiased:
        G^2 - 1 + (n - 3)/(n - 2) (1 - r^2) 2F1(1, 1; n/2; 1 - r^2); NaN where it is not
        above 0, which can happen in small samples.

    Returns
    -------
    Effects
        Of that shape; NaN where r is -1 or 1, or the variance is not above 0.

    Raises
    ------
    MethodError
        For values outside their range, naming the row, or an unknown variant.
    """
    r, n = _check(r, n)
    check_variant(variant, ("LS", "UB"))
    rest = 1.0 - r**2
    # At r = 0 the function may be infinite, and the estimate is 0.
    g = np.where(r == 0.0, 0.0, r * _hypergeometric(0.5, 0.5 * (n - 2.0), rest))
    if variant == "UB":
        square = (n - 3.0) / (n - 2.0) * rest * _hypergeometric(1.0, 0.5 * n, rest)
        variance = g**2 - 1.0 + square
    else:
        variance = (1.0 - g**2) ** 2 / (n - 1.0)
    return make_effects(g, np.where(rest > 0.0, variance, 0.0))


def _hypergeometric(a: float, c: FloatArray, z: FloatArray) -> FloatArray:
    """2F1(a, a; c; z) for z in [0, 1], a of 1/2 or 1.

    scipy's function overflows from c of about 100 on; there 60 terms of the series, which
    fall faster than k! Gamma(c)/Gamma(c + k), leave less than a rounding.
    """
    from scipy.special import hyp2f1

    large = c > 20.0
    term = np.ones(c.shape)
    series = np.ones(c.shape)
    for k in range(60):
        term = term * (a + k) ** 2 / ((c + k) * (k + 1.0)) * z
        series = series + term
    small = hyp2f1(a, a, np.where(large, 20.0, c), z)
    return np.asarray(np.where(large, series, small), dtype=np.float64)


def _check(r: ArrayLike, n: ArrayLike) -> list[FloatArray]:
    correlation, size = columns(r, n)
    ok = (np.abs(correlation) <= 1.0) & (size > 3) & np.isfinite(size)
    rule = "a correlation from -1 to 1 and n above 3"
    require(ok, {"r": correlation, "n": size}, rule)
    return [correlation, size]
