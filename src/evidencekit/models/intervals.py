"""Intervals for the mean (``CI_METHODS``) and for a new study (``PREDICTION_METHODS``).

An interval for the mean is a standard error and degrees of freedom; a
prediction interval is the same with tau2 added to the squared standard error.
So a row of either table is a function from a :class:`Fit` to
``(se, df)``, with infinite df for the normal distribution, and everything else
(limits, test, p-value) is computed once, here.

References
----------
[1] Hartung J, Knapp G. A refined method for the meta-analysis of controlled
    clinical trials with binary outcome. Stat Med 2001;20:3875-89. doi:10.1002/sim.1009
[2] Higgins JPT, Thompson SG, Spiegelhalter DJ. A re-evaluation of random-effects
    meta-analysis. J R Stat Soc A 2009;172:137-59. doi:10.1111/j.1467-985X.2008.00552.x
[3] Partlett C, Riley RD. Random effects meta-analysis: coverage performance of
    95% confidence and prediction intervals following REML estimation.
    Stat Med 2017;36:301-17. doi:10.1002/sim.7140
[4] IntHout J, et al. Plea for routinely presenting prediction intervals in
    meta-analysis. BMJ Open 2016;6:e010247. doi:10.1136/bmjopen-2015-010247
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from evidencekit.models.kernel import Block, FloatArray, weighted


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A fitted mean, for each row, in scaled units; all of shape (n,).

    Parameters
    ----------
    estimate, se
        Weighted mean with w = 1/(v + tau2), and 1/sqrt(sum w).
    tau2
        The tau2 used in the weights.
    dispersion
        sum w (y - mu)^2 / (k - 1); NaN for a single study.
    k
        Number of studies.
    """

    estimate: FloatArray
    se: FloatArray
    tau2: FloatArray
    dispersion: FloatArray
    k: FloatArray


def fit_mean(block: Block, tau2: FloatArray) -> Fit:
    """Weighted mean of each meta-analysis given tau2 of shape (rows,); NaN counts as 0."""
    used = np.broadcast_to(np.where(np.isnan(tau2), 0.0, tau2), (block.n,))
    sums = weighted(block, used[None, :])
    q = np.add.reduce(sums.w * sums.residual * sums.residual, axis=0)[0]
    freedom = np.where(block.count > 1, block.count - 1.0, np.nan)
    return Fit(
        estimate=sums.mean[0],
        se=1.0 / np.sqrt(sums.sum_w[0]),
        tau2=used,
        dispersion=q / freedom,
        k=block.count,
    )


class SeDf(NamedTuple):
    """A standard error and degrees of freedom (``inf``: normal distribution), shape (n,)."""

    se: FloatArray
    df: FloatArray


IntervalFunction = Callable[[Fit], SeDf]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalMethod:
    """A row of ``CI_METHODS`` or ``PREDICTION_METHODS``."""

    name: str
    label: str
    function: IntervalFunction
    smallest_k: int
    doi: str
    r_call: str


# --- the mean -------------------------------------------------------------------------


def wald(fit: Fit) -> SeDf:
    """1/sqrt(sum w), normal distribution."""
    return SeDf(fit.se, np.full_like(fit.se, np.inf))


def t_unmodified(fit: Fit) -> SeDf:
    """1/sqrt(sum w), t with k - 1 degrees of freedom."""
    return SeDf(fit.se, fit.k - 1.0)


def hartung_knapp(fit: Fit) -> SeDf:
    """sqrt(sum w (y - mu)^2 / ((k - 1) sum w)), t with k - 1 degrees of freedom.  # [1]"""
    return SeDf(fit.se * np.sqrt(fit.dispersion), fit.k - 1.0)


def hartung_knapp_truncated(fit: Fit) -> SeDf:
    """Hartung-Knapp with a standard error never below the Wald one, t with k - 1."""
    return SeDf(fit.se * np.sqrt(np.maximum(fit.dispersion, 1.0)), fit.k - 1.0)


# --- a new study ----------------------------------------------------------------------


def t_k_minus_2(fit: Fit) -> SeDf:
    """1/sqrt(sum w), t with k - 2 degrees of freedom.  # [2] eq. (12)"""
    return SeDf(fit.se, fit.k - 2.0)


def hartung_knapp_k_minus_2(fit: Fit) -> SeDf:
    """Hartung-Knapp standard error, t with k - 2 degrees of freedom.  # [3]"""
    return SeDf(fit.se * np.sqrt(fit.dispersion), fit.k - 2.0)


# --- limits and tests -----------------------------------------------------------------


def t_quantile(df: FloatArray, level: float) -> FloatArray:
    """Two-sided critical value: t with df, or normal where df is infinite; NaN where df < 1."""
    from evidencekit.special import ndtri, stdtrit

    # Few values of df occur in many rows; each is solved once.
    values, position = np.unique(df, return_inverse=True)
    tail = 0.5 * (1.0 - level)
    finite = np.isfinite(values) & (values >= 1)
    critical = np.where(np.isposinf(values), -ndtri(tail), np.nan)
    critical[finite] = -stdtrit(values[finite], tail)
    return np.asarray(critical[position.reshape(df.shape)])


def limits(
    estimate: FloatArray, se: FloatArray, df: FloatArray, level: float
) -> tuple[FloatArray, FloatArray]:
    """estimate -/+ quantile * se."""
    half = t_quantile(df, level) * se
    return estimate - half, estimate + half


def two_sided_p(statistic: FloatArray, df: FloatArray) -> FloatArray:
    """Two-sided p-value of a t (or, with infinite df, normal) statistic."""
    from evidencekit.special import ndtr, stdtr

    size = -np.abs(statistic)
    finite = np.isfinite(df) & (df >= 1)
    p = np.where(np.isposinf(df), 2.0 * ndtr(size), np.nan)
    p[finite] = 2.0 * stdtr(df[finite], size[finite])
    return p


CI_METHODS: dict[str, IntervalMethod] = {
    row.name: row
    for row in (
        IntervalMethod(
            name="HKSJ",
            label="Hartung-Knapp-Sidik-Jonkman",
            function=hartung_knapp,
            smallest_k=2,
            doi="10.1002/sim.1009",
            r_call='rma(yi, vi, test = "knha")',
        ),
        IntervalMethod(
            name="wald",
            label="Wald (normal)",
            function=wald,
            smallest_k=1,
            doi="10.1016/0197-2456(86)90046-2",
            r_call='rma(yi, vi, test = "z")',
        ),
        IntervalMethod(
            name="t",
            label="t distribution, unmodified standard error",
            function=t_unmodified,
            smallest_k=2,
            doi="10.1002/sim.7140",
            r_call='rma(yi, vi, test = "t")',
        ),
        IntervalMethod(
            name="HKSJ-adhoc",
            label="Hartung-Knapp-Sidik-Jonkman, standard error not below Wald",
            function=hartung_knapp_truncated,
            smallest_k=2,
            doi="10.1002/sim.1009",
            r_call='rma(yi, vi, test = "adhoc")',
        ),
    )
}

PREDICTION_METHODS: dict[str, IntervalMethod] = {
    row.name: row
    for row in (
        IntervalMethod(
            name="HK",
            label="Hartung-Knapp standard error, t with k - 1",
            function=hartung_knapp,
            smallest_k=2,
            doi="10.1002/sim.7140",
            r_call='predict(rma(yi, vi, test = "knha"))',
        ),
        IntervalMethod(
            name="V",
            label="unmodified standard error, t with k - 1",
            function=t_unmodified,
            smallest_k=2,
            doi="10.1136/bmjopen-2015-010247",
            r_call='predict(rma(yi, vi, test = "t"))',
        ),
        IntervalMethod(
            name="HTS",
            label="unmodified standard error, t with k - 2",
            function=t_k_minus_2,
            smallest_k=3,
            doi="10.1111/j.1467-985X.2008.00552.x",
            r_call='predict(rma(yi, vi), pi.type = "Riley")',
        ),
        IntervalMethod(
            name="HK-PR",
            label="Hartung-Knapp standard error, t with k - 2",
            function=hartung_knapp_k_minus_2,
            smallest_k=3,
            doi="10.1002/sim.7140",
            r_call='metagen(TE, seTE, method.predict = "HK-PR")',
        ),
        IntervalMethod(
            name="S",
            label="unmodified standard error, normal",
            function=wald,
            smallest_k=2,
            doi="10.1111/j.1467-985X.2008.00552.x",
            r_call="predict(rma(yi, vi))",
        ),
    )
}
