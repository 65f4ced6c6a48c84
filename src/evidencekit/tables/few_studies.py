"""A Bayesian fit beside the frequentist one where few studies say little about tau.

References
----------
[1] Röver C, Bender R, Dias S, et al. On weakly informative prior distributions for the
    heterogeneity parameter in Bayesian random-effects meta-analysis. Res Synth Methods
    2021;12:448-74. doi:10.1002/jrsm.1475
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evidencekit.method_names import FEW_STUDIES
from evidencekit.models.results import PooledResult
from evidencekit.tables.shapes import has_null, scale_of

if TYPE_CHECKING:
    from evidencekit.models.bayes_results import BayesResult

STANDARDISED = ("SMD", "SMDH", "D", "SMD1")
SCALE = 0.5
"""Of the half-normal prior of tau: made for log ratios and standardised differences.  # [1]"""


def has_prior(measure: str) -> bool:
    """Whether the prior of tau fits a measure: ratios of two arms, standardised differences."""
    if measure in STANDARDISED:
        return True
    return bool(measure) and has_null(measure) and scale_of(measure) == "log"


def bayes_beside(result: PooledResult) -> tuple[BayesResult | None, tuple[str, ...]]:
    """A Bayesian fit of the studies of a random-effects result, when they are few.

    Returns
    -------
    tuple
        The fit, with a half-normal prior of scale 0.5 for tau and a flat one for the mean, or
        None; and notes, which say when a measure has no prior.
    """
    if result.k > FEW_STUDIES:  # said here, so that most tables never load what follows
        return None, ()
    if not has_prior(result.measure):
        what = result.measure or "estimates of no named measure"
        return None, (
            f"Few studies (k = {result.k}) say little about tau2. There is no Bayesian fit beside "
            f"this one: a prior of tau depends on the unit, and none is established for {what}.",
        )
    from evidencekit.models.bayes import bayes_pool
    from evidencekit.models.priors import HalfNormal

    fit = bayes_pool(
        (result.estimates, result.ses),
        tau_prior=HalfNormal(SCALE),
        level=result.level,
        labels=result.labels,
    )
    return replace(fit, measure=result.measure, scale=result.scale), ()
