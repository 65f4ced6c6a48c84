"""A Bayesian fit beside the main one where studies are few.

With a handful of studies tau is hardly estimable; a prior made for the scale says what
values are plausible. It is offered beside the fit that the plan names and replaces nothing.

References
----------
[1] Röver C, Bender R, Dias S, et al. On weakly informative prior distributions for the
    heterogeneity parameter in Bayesian random-effects meta-analysis. Res Synth Methods
    2021;12:448-74. doi:10.1002/jrsm.1475
"""

from __future__ import annotations

from collections.abc import Sequence

from evidencekit.analysis.result import FewStudies
from evidencekit.models import offer_bayes
from evidencekit.models.results import PooledResult, natural, natural_interval
from evidencekit.quantities import Contrast

# The scales that a half-normal prior of scale 0.5 is made for: log odds and risk ratios, and
# differences in standard deviations. [1]
PRIOR_SCALE = 0.5
MADE_FOR = ("RR", "OR", "PETO", "SMD", "SMDH", "SMD1", "D")


def beside(
    contrasts: Sequence[Contrast], pooled: PooledResult
) -> tuple[FewStudies | None, tuple[str, ...]]:
    """Fit the studies of the main analysis by Bayes where they are few.

    Parameters
    ----------
    contrasts
        The studies that were pooled.
    pooled
        The main fit.

    Returns
    -------
    FewStudies or None, notes
        None with more than five studies, in a common-effect model (which has no tau), and
        where no prior of tau is made for the scale; the last is a note.
    """
    if pooled.model != "random_effects" or not offer_bayes(pooled.k):
        return None, ()
    if pooled.measure not in MADE_FOR:
        why = f"no prior of tau is made for {pooled.measure}"
        return None, (f"Few studies, but no Bayesian fit beside the main one: {why}.",)
    from evidencekit.models.bayes import bayes_pool
    from evidencekit.models.priors import HalfNormal

    posterior = bayes_pool(contrasts, tau_prior=HalfNormal(PRIOR_SCALE), level=pooled.level)
    found = FewStudies(
        posterior=posterior,
        prior_scale=PRIOR_SCALE,
        # Medians and central intervals: quantiles, which the way back to ratios leaves in place.
        estimate=natural(posterior.mu.median, pooled.scale),
        ci=natural_interval(posterior.mu.central, pooled.scale),
        prediction=natural_interval(posterior.new_study.central, pooled.scale),
    )
    return found, tuple(f"Bayesian fit: {note}" for note in posterior.notes)
