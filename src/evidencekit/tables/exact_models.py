"""Generalised linear mixed models for a table of counts, in the shape of a pooled result.

The counts keep their distribution: zero cells enter as they are, and no study has a weight.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from evidencekit.errors import MethodError
from evidencekit.models.glmm import (
    GLMM_LIKELIHOODS,
    GlmmResult,
    glmm_odds_ratio,
    glmm_proportion,
    glmm_rate,
    glmm_rate_ratio,
)
from evidencekit.models.results import PooledResult
from evidencekit.quantities import Counts, GroupCounts, GroupRate, Rates, StudyData
from evidencekit.tables.count_models import as_pooled, count_columns
from evidencekit.tables.request import GLMM_DEFAULTS
from evidencekit.tables.studies import StudyTable

LARGEST_COUNT = 1e12
"""Beyond this the logarithms of factorials lose the digits that a likelihood needs."""

FITS: dict[str, tuple[Callable[..., GlmmResult], type[StudyData], str]] = {
    "OR": (glmm_odds_ratio, Counts, "events and totals of two arms"),
    "IRR": (glmm_rate_ratio, Rates, "events and person-time of two arms"),
    "PLO": (glmm_proportion, GroupCounts, "events and totals of single groups"),
    "IRLN": (glmm_rate, GroupRate, "events and person-time of single groups"),
}
"""How each measure of ``GLMM_DEFAULTS`` is fitted, and from what."""


def pool_exact(studies: StudyTable, likelihood: str, *, level: float) -> PooledResult:
    """Pool counts by their exact likelihood, with normal study effects.

    Parameters
    ----------
    likelihood
        As for :func:`~evidencekit.models.glmm.glmm_odds_ratio`; "" the default of the measure.

    Raises
    ------
    MethodError
        A table of something else; an unknown likelihood; no finite estimate; a fit that did
        not converge.

    Notes
    -----
    In R: ``rma.glmm(measure =, model =, nAGQ = 50)``.
    """
    fit, kind, what = FITS[studies.measure]
    used, columns = count_columns(studies, kind, f"--model glmm needs {what} in every study")
    chosen = likelihood or GLMM_DEFAULTS[studies.measure]
    named = {"likelihood": chosen} if chosen else {}
    largest = max(float(column.max()) for column in columns)
    if largest > LARGEST_COUNT:
        raise MethodError(
            f"--model glmm: {largest:g} is too large a count for an exact likelihood; use --model "
            "random"
        )
    found = fit(*columns, level=level, labels=[c.label for c in used], **named)
    if not found.converged:
        raise MethodError(" ".join(found.notes) or "the likelihood has no maximum")
    result = as_pooled(
        found,
        [c for c in used if c.estimable],
        scale=studies.scale,
        model="random_effects",
        k=found.k_used,
        heterogeneity=(found.q_lrt, found.q_df, found.q_p),
        why_no_prediction="not offered with exact likelihoods",
    )
    note = _note(found, by_default=bool(chosen) and not likelihood)
    return replace(result, tau2=found.tau2, tau2_method="ML", notes=(note, *found.notes))


def _note(found: GlmmResult, *, by_default: bool) -> str:
    how = GLMM_LIKELIHOODS[found.likelihood].label
    chosen = "; the default, --likelihood names another" if by_default else ""
    return (
        f"Exact likelihood: {how}{chosen}. Nothing is added to zero cells; the estimates of "
        "single studies are shown for orientation and carry no weights. Q is the likelihood ratio "
        "test of one common effect."
    )
