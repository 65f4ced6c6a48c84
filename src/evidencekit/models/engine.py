"""statsmodels as the second engine: given tau2, WLS must say what the kernel says.

The only module of this room that imports statsmodels, inside its functions,
because that import costs about a second.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from evidencekit.errors import EngineMismatch
from evidencekit.models.results import PooledResult

TOLERANCE = 1e-10


def fit_wls(
    estimates: Sequence[float], ses: Sequence[float], *, tau2: float, scale: str = "fixed scale"
) -> Any:
    """Weighted least squares on a constant with weights 1/(se^2 + tau2).

    Parameters
    ----------
    estimates, ses
        Shape (k,), on the analysis scale.
    tau2
        Between-study variance; NaN (one study) counts as 0.
    scale
        statsmodels' ``cov_type``: "fixed scale" takes the variances as known
        (Wald), "nonrobust" estimates the scale (Hartung-Knapp).

    Returns
    -------
    statsmodels.regression.linear_model.RegressionResultsWrapper
    """
    from statsmodels.regression.linear_model import WLS

    used = 0.0 if math.isnan(tau2) else tau2
    y = np.asarray(estimates, dtype=np.float64)
    variances = np.asarray(ses, dtype=np.float64) ** 2 + used
    model = WLS(y, np.ones((y.size, 1)), weights=1.0 / variances)
    return model.fit(cov_type=scale)


def verify_result(result: PooledResult) -> None:
    """Refit with statsmodels and compare estimate and standard errors.

    Raises
    ------
    EngineMismatch
        When the estimate, the Wald or the Hartung-Knapp standard error differ
        by more than 1e-10 Wald standard errors.
    """
    fixed = fit_wls(result.estimates, result.ses, tau2=result.tau2)
    pairs = [
        ("estimate", result.estimate, float(fixed.params[0])),
        ("Wald standard error", result.se_wald, float(fixed.bse[0])),
    ]
    if result.ci.method == "HKSJ":
        scaled = fit_wls(result.estimates, result.ses, tau2=result.tau2, scale="nonrobust")
        pairs.append(("Hartung-Knapp standard error", result.se, float(scaled.bse[0])))
    wrong = [
        f"{name} {ours!r} against {theirs!r}"
        for name, ours, theirs in pairs
        # Negated, so that NaN fails.
        if not abs(ours - theirs) <= TOLERANCE * result.se_wald
    ]
    if wrong:
        raise EngineMismatch("evidencekit and statsmodels disagree: " + "; ".join(wrong))
