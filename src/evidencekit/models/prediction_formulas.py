"""Standard errors and degrees of freedom for the true effect in a new study, without its tau2.

Each takes a :class:`~evidencekit.models.mean_fit.Fit` and returns ``(se, df)``; the
prediction interval is mu -/+ t(df) sqrt(se^2 + tau2). The formulas of
:mod:`~evidencekit.models.mean_formulas` serve as well; those here have fewer degrees of
freedom. The table is in :mod:`evidencekit.models.intervals`.

References
----------
[1] Higgins JPT, Thompson SG, Spiegelhalter DJ. A re-evaluation of random-effects
    meta-analysis. J R Stat Soc A 2009;172:137-59. doi:10.1111/j.1467-985X.2008.00552.x
[2] Partlett C, Riley RD. Random effects meta-analysis: coverage performance of
    95% confidence and prediction intervals following REML estimation.
    Stat Med 2017;36:301-17. doi:10.1002/sim.7140
"""

from __future__ import annotations

import numpy as np

from evidencekit.models.mean_fit import Fit, SeDf
from evidencekit.models.mean_formulas import hartung_knapp_truncated, kenward_roger


def t_k_minus_2(fit: Fit) -> SeDf:
    """1/sqrt(sum w), t with k - 2 degrees of freedom.  # [1] eq. (12)

    mu -/+ t sqrt(1 / sum w + tau2), df = k - 2.

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
    In R: ``predict(rma(yi, vi), pi.type = "riley")``.
    """
    return SeDf(fit.se, fit.k - 2.0)


def hartung_knapp_k_minus_2(fit: Fit) -> SeDf:
    """Hartung and Knapp's standard error, t with k - 2 degrees of freedom.  # [2]

    mu -/+ t sqrt(se^2 + tau2), se^2 = sum w (y - mu)^2 / ((k - 1) sum w), df = k - 2.

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
    In R: ``predict(rma(yi, vi, test = "knha"), pi.type = "riley")``.
    """
    return SeDf(fit.se * np.sqrt(fit.dispersion), fit.k - 2.0)


def kenward_roger_minus_1(fit: Fit) -> SeDf:
    """Kenward and Roger's standard error, t with one degree of freedom less.  # [2]

    mu -/+ t sqrt(se^2 + tau2), df one below that of the mean.

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
    In R: ``metagen(TE, seTE, method.predict = "KR-PR")``.
    """
    se, df = kenward_roger(fit)
    return SeDf(se, df - 1.0)


def hartung_knapp_truncated_k_minus_2(fit: Fit) -> SeDf:
    """Hartung and Knapp's standard error not below the Wald one, t with k - 2.  # [2]

    mu -/+ t sqrt(se^2 + tau2), se^2 = max(1, sum w (y - mu)^2 / (k - 1)) / sum w, df = k - 2.

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
    In R: ``predict(rma(yi, vi, test = "adhoc"), pi.type = "riley")``.
    """
    return SeDf(hartung_knapp_truncated(fit).se, fit.k - 2.0)
