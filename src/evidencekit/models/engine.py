"""statsmodels as the second engine: given tau2, WLS must say what the kernel says.

The only module of this room that imports statsmodels, inside its functions,
because that import costs about a second.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.errors import EngineMismatch
from evidencekit.models.batch import PooledBatch
from evidencekit.models.results import PooledResult

if TYPE_CHECKING:
    from evidencekit.models.regression_results import RegressionResult

TOLERANCE = 1e-10


def fit_wls(
    estimates: Sequence[float],
    ses: Sequence[float],
    *,
    tau2: float,
    scale: str = "fixed scale",
    design: ArrayLike | None = None,
) -> Any:
    """Weighted least squares on a constant, or on a design, with weights 1/(se^2 + tau2).

    Parameters
    ----------
    estimates, ses
        Shape (k,), on the analysis scale.
    tau2
        Between-study variance; NaN (one study) counts as 0.
    scale
        statsmodels' ``cov_type``: "fixed scale" takes the variances as known
        (Wald), "nonrobust" estimates the scale (Hartung-Knapp).
    design
        Shape (k, p); default: a constant.

    Returns
    -------
    statsmodels.regression.linear_model.RegressionResultsWrapper
    """
    from statsmodels.regression.linear_model import WLS

    used = 0.0 if math.isnan(tau2) else tau2
    y = np.asarray(estimates, dtype=np.float64)
    variances = np.asarray(ses, dtype=np.float64) ** 2 + used
    x = np.ones((y.size, 1)) if design is None else np.asarray(design, dtype=np.float64)
    model = WLS(y, x, weights=1.0 / variances)
    return model.fit(cov_type=scale)


def verify_result(result: PooledResult) -> None:
    """Refit with statsmodels and compare estimate and standard errors.

    Raises
    ------
    EngineMismatch
        When the estimate, the Wald or the Hartung-Knapp standard error differ
        by more than 1e-10 Wald standard errors.
    """
    _verify(
        result.estimates,
        result.ses,
        Claim(result.tau2, result.estimate, result.se_wald, result.se, result.ci.method),
    )


def verify_leave_one_out(result: PooledResult, batch: PooledBatch) -> None:
    """Refit every row of :func:`~evidencekit.models.subgroups.leave_one_out` with statsmodels.

    Raises
    ------
    EngineMismatch
        As for :func:`verify_result`.
    """
    for i in range(result.k):
        _verify(
            result.estimates[:i] + result.estimates[i + 1 :],
            result.ses[:i] + result.ses[i + 1 :],
            Claim(
                float(batch.tau2[i]),
                float(batch.estimate[i]),
                float(batch.se_wald[i]),
                float(batch.se[i]),
                batch.settings.ci,
            ),
        )


def verify_regression(result: RegressionResult) -> None:
    """Refit a meta-regression with statsmodels; compare coefficients and standard errors.

    Raises
    ------
    EngineMismatch
        When a coefficient, its Wald or its Hartung-Knapp standard error differ
        by more than 1e-10 Wald standard errors.
    """
    # Columns of unit length: coefficients on them are as sharp as the data allow.
    size = np.linalg.norm(result.design.matrix, axis=0)
    fit = fit_wls(
        result.estimates, result.ses, tau2=result.tau2, design=result.design.matrix / size
    )
    wald = np.sqrt(np.diag(np.array(result.vcov_wald)))
    scaled = np.sqrt(result.dispersion)
    theirs = np.sqrt(float(np.sum(fit.wresid**2)) / fit.df_resid)
    wrong = [
        f"{what} of {c.name} {ours!r} against {other!r}"
        for i, c in enumerate(result.coefficients)
        for what, ours, other in (
            ("coefficient", c.estimate, float(fit.params[i] / size[i])),
            ("Wald standard error", float(wald[i]), float(fit.bse[i] / size[i])),
            (
                "Hartung-Knapp standard error",
                float(wald[i] * scaled),
                float(fit.bse[i] / size[i] * theirs),
            ),
        )
        if not abs(ours - other) <= TOLERANCE * wald[i]
    ]
    if wrong:
        raise EngineMismatch("evidencekit and statsmodels disagree: " + "; ".join(wrong))


class Claim(NamedTuple):
    """What the kernel says of one fit."""

    tau2: float
    estimate: float
    se_wald: float
    se: float
    ci_method: str


def _verify(estimates: Sequence[float], ses: Sequence[float], claim: Claim) -> None:
    fixed = fit_wls(estimates, ses, tau2=claim.tau2)
    pairs = [
        ("estimate", claim.estimate, float(fixed.params[0])),
        ("Wald standard error", claim.se_wald, float(fixed.bse[0])),
    ]
    if claim.ci_method == "HKSJ" and len(estimates) > 1:
        scaled = fit_wls(estimates, ses, tau2=claim.tau2, scale="nonrobust")
        pairs.append(("Hartung-Knapp standard error", claim.se, float(scaled.bse[0])))
    wrong = [
        f"{name} {ours!r} against {theirs!r}"
        for name, ours, theirs in pairs
        # Negated, so that NaN fails.
        if not abs(ours - theirs) <= TOLERANCE * claim.se_wald
    ]
    if wrong:
        raise EngineMismatch("evidencekit and statsmodels disagree: " + "; ".join(wrong))
