"""Standard errors and degrees of freedom of a mean, one function per method.

Each takes a :class:`Fit` and returns ``(se, df)``; the tables are in
:mod:`evidencekit.models.intervals`.

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
[5] Kenward MG, Roger JH. Small sample inference for fixed effects from restricted
    maximum likelihood. Biometrics 1997;53:983-97. doi:10.2307/2533558
[6] Doi SAR, Barendregt JJ, Khan S, Thalib L, Williams GM. Advances in the
    meta-analysis of heterogeneous clinical trials I: the inverse variance
    heterogeneity model. Contemp Clin Trials 2015;45:130-8.
    doi:10.1016/j.cct.2015.05.009
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from evidencekit.models.bracket import TINY
from evidencekit.models.kernel import Block, FloatArray, IntArray, weighted
from evidencekit.models.quantiles import t_quantile
from evidencekit.models.tau2_moments import dersimonian_laird


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
    block
        The studies, for methods that need more than the above.
    level
        Coverage of the interval: one ad hoc rule compares two widths.
    """

    estimate: FloatArray
    se: FloatArray
    tau2: FloatArray
    dispersion: FloatArray
    k: FloatArray
    block: Block
    level: float

    def take(self, rows: IntArray) -> Fit:
        """Return only these meta-analyses."""
        return Fit(
            estimate=self.estimate[rows],
            se=self.se[rows],
            tau2=self.tau2[rows],
            dispersion=self.dispersion[rows],
            k=self.k[rows],
            block=self.block.take(rows),
            level=self.level,
        )


def fit_mean(block: Block, tau2: FloatArray, level: float) -> Fit:
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
        block=block,
        level=level,
    )


class SeDf(NamedTuple):
    """A standard error and degrees of freedom (``inf``: normal distribution), shape (n,)."""

    se: FloatArray
    df: FloatArray


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


def hartung_knapp_wider(fit: Fit) -> SeDf:
    """Hartung-Knapp, or Wald where that interval is wider at this level."""
    knapp, classic = hartung_knapp(fit), wald(fit)
    narrow = half_width(knapp, fit.level) < half_width(classic, fit.level)
    return SeDf(np.where(narrow, classic.se, knapp.se), np.where(narrow, classic.df, knapp.df))


def hartung_knapp_iqwig(fit: Fit) -> SeDf:
    """Hartung-Knapp, truncated only where narrower than the DerSimonian-Laird Wald interval."""
    knapp, truncated = hartung_knapp(fit), hartung_knapp_truncated(fit)
    first = fit_mean(fit.block, dersimonian_laird(fit.block).tau2, fit.level)
    narrow = half_width(knapp, fit.level) < half_width(wald(first), fit.level)
    return SeDf(np.where(narrow, truncated.se, knapp.se), knapp.df)


def kenward_roger(fit: Fit) -> SeDf:
    """Kenward-Roger: a standard error and degrees of freedom that allow for an estimated tau2.

    With p = w / sum w and W the inverse of the expected restricted information on tau2,

        1/W = 1/2 (sum w)^2 [ sum p^2 - 2 sum p^3 + (sum p^2)^2 ],
        se^2 = 1/sum w + 2 W [ sum p^3 - (sum p^2)^2 ] sum w,
        df = 2 / (W (se^2 sum w^2)^2).  # [5]

    The degrees of freedom use the adjusted variance, as the R package meta does; with
    1/sum w in its place they would be those of [5] itself.
    """
    sums = weighted(fit.block, np.broadcast_to(fit.tau2, (fit.block.n,))[None, :])
    w, sum_w = sums.w[:, 0, :], sums.sum_w[0]
    p = w / sum_w
    second = (p * p).sum(axis=0)
    # (1/2) sum over pairs, written without the cancellation of the sums above.
    pairs = (p * p * (1.0 - p) ** 2).sum(axis=0) + (p * p * (second - p * p)).sum(axis=0)
    information = np.maximum(0.5 * pairs, TINY) * sum_w * sum_w
    spread = (p * (p - second) ** 2).sum(axis=0)
    variance = 1.0 / sum_w + 2.0 * spread * sum_w / information
    df = 2.0 * information / (variance * second * sum_w * sum_w) ** 2
    return SeDf(np.sqrt(variance), np.where(fit.k > 1, df, np.nan))


def ivhet(fit: Fit) -> SeDf:
    """IVhet: the common-effect mean with a variance that allows for tau2 by DerSimonian-Laird.

    se^2 = sum w^2 (v + tau2) / (sum w)^2 with w = 1/v, normal distribution.  # [6] eq. (9)
    """
    w = 1.0 / fit.block.v
    tau2 = dersimonian_laird(fit.block).tau2
    sum_w = w.sum(axis=0)
    return SeDf(
        np.sqrt(1.0 / sum_w + tau2 * ((w / sum_w) ** 2).sum(axis=0)),
        np.full_like(sum_w, np.inf),
    )


# --- a new study ----------------------------------------------------------------------


def t_k_minus_2(fit: Fit) -> SeDf:
    """1/sqrt(sum w), t with k - 2 degrees of freedom.  # [2] eq. (12)"""
    return SeDf(fit.se, fit.k - 2.0)


def hartung_knapp_k_minus_2(fit: Fit) -> SeDf:
    """Hartung-Knapp standard error, t with k - 2 degrees of freedom.  # [3]"""
    return SeDf(fit.se * np.sqrt(fit.dispersion), fit.k - 2.0)


def kenward_roger_minus_1(fit: Fit) -> SeDf:
    """Kenward-Roger standard error, t with one degree of freedom less.  # [3]"""
    se, df = kenward_roger(fit)
    return SeDf(se, df - 1.0)


def hartung_knapp_truncated_k_minus_2(fit: Fit) -> SeDf:
    """Hartung-Knapp standard error not below the Wald one, t with k - 2 degrees of freedom."""
    return SeDf(hartung_knapp_truncated(fit).se, fit.k - 2.0)


def half_width(mean: SeDf, level: float) -> FloatArray:
    """Half the width of an interval."""
    return t_quantile(mean.df, level) * mean.se
