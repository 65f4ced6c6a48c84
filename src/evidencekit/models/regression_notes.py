"""Everything unusual about a meta-regression, in plain words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from evidencekit.models.residual_tau2 import ResidualTau2

if TYPE_CHECKING:
    from evidencekit.models.regression_results import RegressionResult

STUDIES_PER_MODERATOR = 10


def regression_notes(
    result: RegressionResult, found: ResidualTau2, scale: float
) -> tuple[str, ...]:
    """Notes on one regression, in the order in which they matter."""
    notes = [_few(result), _converged(result, found), _modes(result, found, scale)]
    if result.ci_method == "HKSJ":
        notes.append(_narrow(result))
    if result.model == "random_effects":
        notes += [_r2(result), _interval(result)]
    return tuple(note for note in notes if note)


def _few(result: RegressionResult) -> str:
    tested = sum(np.ptp(result.design.matrix[:, i]) != 0.0 for i in result.design.moderators)
    if not tested or result.k >= STUDIES_PER_MODERATOR * tested:
        return ""
    return (
        f"{result.k} studies for {tested} moderator column{'s' if tested > 1 else ''}: fewer than "
        "ten per column, so the coefficients and R2 are unstable."
    )


def _converged(result: RegressionResult, found: ResidualTau2) -> str:
    if found.converged[0]:
        return ""
    return (
        f"The {result.tau2_method} estimate of tau2 did not converge; the value given is the "
        "last iterate and should not be relied on."
    )


def _modes(result: RegressionResult, found: ResidualTau2, scale: float) -> str:
    if len(found.modes) < 2:
        return ""
    best = max(found.mode_loglik)
    listed = ", ".join(
        f"tau2 = {value * scale**2:.4g} (log-likelihood "
        + ("highest)" if height == best else f"{height - best:.4f} against the highest)")
        for value, height in zip(found.modes, found.mode_loglik, strict=True)
    )
    return (
        f"The {result.tau2_method} likelihood has {len(found.modes)} maxima: {listed}. "
        "The highest is used; programs that search from one start may report another."
    )


def _narrow(result: RegressionResult) -> str:
    if result.dispersion >= 1.0:
        return ""
    return (
        f"The Knapp-Hartung factor is below 1 ({result.dispersion:.4g}): standard errors are "
        "smaller than Wald ones. No ad hoc rule was applied."
    )


def _r2(result: RegressionResult) -> str:
    if result.r2 == 0.0:
        return (
            "R2 is 0: tau2 is not smaller with the moderators than without them "
            "(negative values are set to 0)."
        )
    if math.isnan(result.r2) and len(result.coefficients) > 1:
        return "R2 is not defined: there is no heterogeneity, or no constant, to compare with."
    return ""


def _interval(result: RegressionResult) -> str:
    interval = result.tau2_ci
    if interval is None or interval.status == "ok":
        return ""
    if interval.status == "empty":
        return (
            f"The {interval.method} interval of tau2 is empty: the residuals are smaller than any "
            "tau2 of 0 or above explains."
        )
    return (
        f"The {interval.method} interval of tau2 does not contain the {result.tau2_method} "
        "estimate; the two rest on different equations."
    )
