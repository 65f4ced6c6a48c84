"""Standard errors and degrees of freedom of a mean, one function per method.

Each takes a :class:`~evidencekit.models.mean_fit.Fit` and returns ``(se, df)``; the tables are in
:mod:`evidencekit.models.intervals`.

References
----------
[1] DerSimonian R, Laird N. Meta-analysis in clinical trials. Control Clin
    Trials 1986;7:177-88. doi:10.1016/0197-2456(86)90046-2
[2] Hartung J, Knapp G. A refined method for the meta-analysis of controlled
    clinical trials with binary outcome. Stat Med 2001;20:3875-89. doi:10.1002/sim.1009
[3] Knapp G, Hartung J. Improved tests for a random effects meta-regression with a
    single covariate. Stat Med 2003;22:2693-710. doi:10.1002/sim.1482
[4] Partlett C, Riley RD. Random effects meta-analysis: coverage performance of
    95% confidence and prediction intervals following REML estimation.
    Stat Med 2017;36:301-17. doi:10.1002/sim.7140
[5] Kenward MG, Roger JH. Small sample inference for fixed effects from restricted
    maximum likelihood. Biometrics 1997;53:983-97. doi:10.2307/2533558
[6] Doi SAR, Barendregt JJ, Khan S, Thalib L, Williams GM. Advances in the
    meta-analysis of heterogeneous clinical trials I: the inverse variance
    heterogeneity model. Contemp Clin Trials 2015;45:130-8.
    doi:10.1016/j.cct.2015.05.009
"""

from __future__ import annotations

import numpy as np

from evidencekit.models.bracket import TINY
from evidencekit.models.kernel import weighted
from evidencekit.models.mean_fit import Fit, SeDf, fit_mean, half_width
from evidencekit.models.tau2_moments import dersimonian_laird


def wald(fit: Fit) -> SeDf:
    """The standard error that takes tau2 as known, and the normal distribution.  # [1]

    se = 1 / sqrt(sum w), w = 1 / (v + tau2).

    Parameters
    ----------
    fit
        Fitted means.

    Returns
    -------
    SeDf
        Shape (n,), scaled units.

    Notes
    -----
    In R: ``rma(yi, vi, test = "z")``.
    """
    return SeDf(fit.se, np.full_like(fit.se, np.inf))


def t_unmodified(fit: Fit) -> SeDf:
    """The standard error that takes tau2 as known, and t with k - 1 degrees of freedom.  # [4]

    se = 1 / sqrt(sum w), df = k - 1.

    Parameters
    ----------
    fit
        Fitted means.

    Returns
    -------
    SeDf
        Shape (n,), scaled units.

    Notes
    -----
    In R: ``rma(yi, vi, test = "t")``.
    """
    return SeDf(fit.se, fit.k - 1.0)


def hartung_knapp(fit: Fit) -> SeDf:
    """Hartung and Knapp: the standard error of weighted least squares.  # [2]

    se^2 = sum w (y - mu)^2 / ((k - 1) sum w), df = k - 1.

    Parameters
    ----------
    fit
        Fitted means.

    Returns
    -------
    SeDf
        Shape (n,), scaled units; NaN for a single study.

    Notes
    -----
    In R: ``rma(yi, vi, test = "knha")``.
    """
    return SeDf(fit.se * np.sqrt(fit.dispersion), fit.k - 1.0)


def hartung_knapp_truncated(fit: Fit) -> SeDf:
    """Hartung and Knapp's standard error, never below the Wald one.  # [3]

    se^2 = max(1, sum w (y - mu)^2 / (k - 1)) / sum w, df = k - 1.

    Parameters
    ----------
    fit
        Fitted means.

    Returns
    -------
    SeDf
        Shape (n,), scaled units; NaN for a single study.

    Notes
    -----
    In R: ``rma(yi, vi, test = "adhoc")``.
    """
    return SeDf(fit.se * np.sqrt(np.maximum(fit.dispersion, 1.0)), fit.k - 1.0)


def hartung_knapp_wider(fit: Fit) -> SeDf:
    """Hartung and Knapp's interval [2], or Wald's where that one is wider at this level.

    (se, df) of Wald where z se(Wald) > t se(Hartung-Knapp); the choice depends on the level.

    Parameters
    ----------
    fit
        Fitted means.

    Returns
    -------
    SeDf
        Shape (n,), scaled units; NaN for a single study.

    Notes
    -----
    In R: ``metagen(TE, seTE, method.random.ci = "HK", adhoc.hakn.ci = "ci")``.
    """
    knapp, classic = hartung_knapp(fit), wald(fit)
    narrow = half_width(knapp, fit.level) < half_width(classic, fit.level)
    return SeDf(np.where(narrow, classic.se, knapp.se), np.where(narrow, classic.df, knapp.df))


def hartung_knapp_iqwig(fit: Fit) -> SeDf:
    """Hartung and Knapp [2], truncated only where narrower than DerSimonian and Laird's interval.

    The rule of IQWiG's methods: se >= se(Wald) where t se < z / sqrt(sum w), the w of the right
    side with tau2 by DerSimonian-Laird; df = k - 1.

    Parameters
    ----------
    fit
        Fitted means by random effects.

    Returns
    -------
    SeDf
        Shape (n,), scaled units; NaN for a single study.

    Notes
    -----
    In R: ``metagen(TE, seTE, method.random.ci = "HK", adhoc.hakn.ci = "IQWiG6")``.
    """
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

    Parameters
    ----------
    fit
        Fitted means, tau2 by REML.

    Returns
    -------
    SeDf
        Shape (n,), scaled units; NaN for a single study.

    Notes
    -----
    In R: ``metagen(TE, seTE, method.tau = "REML", method.random.ci = "KR")``.
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

    Parameters
    ----------
    fit
        Fitted means, common-effect.

    Returns
    -------
    SeDf
        Shape (n,), scaled units.

    Notes
    -----
    In R: ``metagen(TE, seTE, method.common.ci = "IVhet")``.
    """
    w = 1.0 / fit.block.v
    tau2 = dersimonian_laird(fit.block).tau2
    sum_w = w.sum(axis=0)
    return SeDf(
        np.sqrt(1.0 / sum_w + tau2 * ((w / sum_w) ** 2).sum(axis=0)),
        np.full_like(sum_w, np.inf),
    )
