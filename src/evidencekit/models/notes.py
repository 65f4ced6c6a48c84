"""Everything unusual about a fit, in plain words. Notes are printed in every report."""

from __future__ import annotations

import numpy as np

from evidencekit.models.batch import PooledBatch
from evidencekit.models.intervals import CI_METHODS

# Degrees of freedom that differ from a whole number by less are that number.
ROUNDING = 1e-9


def analysis_notes(batch: PooledBatch, row: int) -> tuple[str, ...]:
    """Notes for one row of a batch, in the order in which they matter."""
    if batch.settings.model == "common_effect":
        found = [_few_studies(batch, row), _dispersed_common_effect(batch, row)]
    else:
        found = [
            _few_studies(batch, row),
            _not_converged(batch, row),
            _modes(batch, row),
            _narrower_than_wald(batch, row),
            _few_degrees_of_freedom(batch, row),
            _tau2_interval(batch, row),
        ]
    return tuple(note for note in found if note)


def _few_studies(batch: PooledBatch, row: int) -> str:
    k, settings = int(batch.k[row]), batch.settings
    if k == 1 and settings.model == "random_effects":
        return (
            "One study: the between-study variance is not defined, and the result is that "
            "study's own estimate with a Wald interval."
        )
    if k == 1 and CI_METHODS[settings.ci].smallest_k > 1:
        return f"One study: {settings.ci} needs two, so the interval is a Wald interval."
    if k == 2 and abs(float(batch.df[row]) - 1.0) < ROUNDING:
        return (
            "Two studies: the interval rests on a t distribution with 1 degree of freedom "
            "and is very wide; tau2 is estimated from one difference."
        )
    return ""


def _not_converged(batch: PooledBatch, row: int) -> str:
    if batch.tau2_converged[row]:
        return ""
    return (
        f"The {batch.settings.tau2} estimate of tau2 did not converge; the value given is the "
        "last iterate and should not be relied on."
    )


def _modes(batch: PooledBatch, row: int) -> str:
    count = int(batch.tau2_modes[row])
    if count < 2:
        return ""
    values = batch.mode_values[row, :count]
    loglik = batch.mode_loglik[row, :count]
    gap = loglik - np.max(loglik)
    listed = ", ".join(
        f"tau2 = {value:.4g} (log-likelihood {_signed(loss)})"
        for value, loss in zip(values, gap, strict=True)
    )
    return (
        f"The {batch.settings.tau2} likelihood has {count} maxima: {listed}. "
        "The highest is used; programs that search from one start may report another."
    )


def _signed(gap: float) -> str:
    return "highest" if gap == 0.0 else f"{gap:.4f} against the highest"


def _narrower_than_wald(batch: PooledBatch, row: int) -> str:
    """Hartung-Knapp promises a wider interval; say so where it does not deliver."""
    from evidencekit.special import ndtri

    if batch.settings.ci != "HKSJ" or int(batch.k[row]) < 2:
        return ""
    wald_half = -float(ndtri(0.5 * (1.0 - batch.settings.level))) * float(batch.se_wald[row])
    half = 0.5 * float(batch.ci_high[row] - batch.ci_low[row])
    if half >= wald_half:
        return ""
    return (
        f"The Hartung-Knapp interval is narrower than the Wald interval (half-width {half:.4g} "
        f"against {wald_half:.4g}): the estimates agree more closely than their standard errors "
        "suggest. No ad hoc rule was applied."
    )


def _few_degrees_of_freedom(batch: PooledBatch, row: int) -> str:
    df = float(batch.df[row])
    if batch.settings.ci != "KR" or not df < 1.0:
        return ""
    return (
        f"Kenward-Roger leaves {df:.2g} degrees of freedom, fewer than one: the interval is so "
        "wide that it says nothing."
    )


def _tau2_interval(batch: PooledBatch, row: int) -> str:
    status = str(batch.tau2_status[row])
    method = batch.settings.tau2_ci
    if status == "excludes_estimate":
        return (
            f"The {method} interval of tau2 does not contain the {batch.settings.tau2} estimate; "
            "the two rest on different equations."
        )
    if status == "empty":
        return (
            f"The {method} interval of tau2 is empty: the estimates agree more closely than "
            "any tau2 of 0 or above explains."
        )
    return ""


def _dispersed_common_effect(batch: PooledBatch, row: int) -> str:
    if not batch.settings.ci.startswith("HKSJ") or int(batch.k[row]) < 2:
        return ""
    return (
        "A Hartung-Knapp interval around a common-effect estimate scales its standard error "
        "by the observed dispersion; it does not make it a random-effects estimate."
    )
