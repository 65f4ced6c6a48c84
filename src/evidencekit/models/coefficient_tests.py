"""How the coefficients of a meta-regression are tested (``COEFFICIENT_TESTS``).

A row turns the dispersion sum w (y - fitted)^2 / (k - p) and the residual
degrees of freedom into a factor on the covariance and degrees of freedom.

References
----------
[1] Knapp G, Hartung J. Improved tests for a random effects meta-regression with a
    single covariate. Stat Med 2003;22:2693-710. doi:10.1002/sim.1482
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


class FactorDf(NamedTuple):
    """Factor on the covariance of the coefficients, and degrees of freedom (inf: normal)."""

    factor: float
    df: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CoefficientTest:
    """A row of ``COEFFICIENT_TESTS``."""

    name: str
    label: str
    function: Callable[[float, float], FactorDf]
    doi: str
    r_call: str


def wald(dispersion: float, freedom: float) -> FactorDf:
    """Wald: the covariance as it is, normal distribution.

    b / sqrt(diag (X'WX)^-1) ~ N(0, 1).

    Parameters
    ----------
    dispersion
        sum w (y - fitted)^2 / (k - p), 0 or more.
    freedom
        Residual degrees of freedom, k - p, 1 or more.

    Returns
    -------
    FactorDf
        Factor on (X'WX)^-1, and degrees of freedom.

    Notes
    -----
    In R: ``rma(yi, vi, mods = ~ x, test = "z")``.

    References
    ----------
    Viechtbauer W. J Educ Behav Stat 2005;30:261-93. doi:10.3102/10769986030003261
    """
    return FactorDf(1.0, math.inf)


def t_unmodified(dispersion: float, freedom: float) -> FactorDf:
    """The covariance as it is, t distribution.

    b / sqrt(diag (X'WX)^-1) ~ t(k - p).

    Parameters
    ----------
    dispersion
        sum w (y - fitted)^2 / (k - p), 0 or more.
    freedom
        Residual degrees of freedom, k - p, 1 or more.

    Returns
    -------
    FactorDf
        Factor on (X'WX)^-1, and degrees of freedom.

    Notes
    -----
    In R: ``rma(yi, vi, mods = ~ x, test = "t")``.

    References
    ----------
    Knapp G, Hartung J. Stat Med 2003;22:2693-710. doi:10.1002/sim.1482
    """
    return FactorDf(1.0, freedom)


def knapp_hartung(dispersion: float, freedom: float) -> FactorDf:
    """Knapp-Hartung: the covariance times the dispersion, t distribution.

    b / sqrt(dispersion * diag (X'WX)^-1) ~ t(k - p).

    Parameters
    ----------
    dispersion
        sum w (y - fitted)^2 / (k - p), 0 or more.
    freedom
        Residual degrees of freedom, k - p, 1 or more.

    Returns
    -------
    FactorDf
        Factor on (X'WX)^-1, and degrees of freedom.

    Notes
    -----
    In R: ``rma(yi, vi, mods = ~ x, test = "knha")``.

    References
    ----------
    Knapp G, Hartung J. Stat Med 2003;22:2693-710. doi:10.1002/sim.1482
    """
    return FactorDf(dispersion, freedom)


def knapp_hartung_truncated(dispersion: float, freedom: float) -> FactorDf:
    """Knapp-Hartung with a dispersion not below 1, t distribution.

    b / sqrt(max(dispersion, 1) * diag (X'WX)^-1) ~ t(k - p).

    Parameters
    ----------
    dispersion
        sum w (y - fitted)^2 / (k - p), 0 or more.
    freedom
        Residual degrees of freedom, k - p, 1 or more.

    Returns
    -------
    FactorDf
        Factor on (X'WX)^-1, and degrees of freedom.

    Notes
    -----
    In R: ``rma(yi, vi, mods = ~ x, test = "adhoc")``.

    References
    ----------
    Knapp G, Hartung J. Stat Med 2003;22:2693-710. doi:10.1002/sim.1482
    """
    return FactorDf(max(dispersion, 1.0), freedom)


COEFFICIENT_TESTS: dict[str, CoefficientTest] = {
    row.name: row
    for row in (
        CoefficientTest(
            name="HKSJ",
            label="Knapp-Hartung",
            function=knapp_hartung,
            doi="10.1002/sim.1482",
            r_call='rma(yi, vi, mods = ~ x, test = "knha")',
        ),
        CoefficientTest(
            name="wald",
            label="Wald (normal)",
            function=wald,
            doi="10.3102/10769986030003261",
            r_call='rma(yi, vi, mods = ~ x, test = "z")',
        ),
        CoefficientTest(
            name="t",
            label="t distribution, unmodified standard error",
            function=t_unmodified,
            doi="10.1002/sim.1482",
            r_call='rma(yi, vi, mods = ~ x, test = "t")',
        ),
        CoefficientTest(
            name="HKSJ-adhoc",
            label="Knapp-Hartung, standard error not below Wald",
            function=knapp_hartung_truncated,
            doi="10.1002/sim.1482",
            r_call='rma(yi, vi, mods = ~ x, test = "adhoc")',
        ),
    )
}
