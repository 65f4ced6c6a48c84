"""The list of exact likelihoods for counts, and the model each of them is.

``GLMM_LIKELIHOODS`` is read by :mod:`~evidencekit.models.glmm`, which holds the references.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from evidencekit.models import glmm_likelihoods as likelihoods
from evidencekit.models.count_data import Arms
from evidencekit.models.glmm_models import Model
from evidencekit.models.kernel import FloatArray

Measure = Literal["OR", "IRR", "PLO", "IRLN"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GlmmLikelihood:
    """A row of ``GLMM_LIKELIHOODS``.

    Parameters
    ----------
    name
        Measure and likelihood, "OR UM.FS".
    measure
        "OR" or "IRR" (two arms), "PLO" (logit of one proportion), "IRLN" (log of one rate).
    label
        In words.
    function
        From checked counts to the model.
    keeps_empty
        Whether studies without an event in either arm enter the likelihood.
    unbounded
        Whether the estimate of theta is infinite for these counts.
    doi, r_call
        Source and the equivalent call in R.
    """

    name: str
    measure: Measure
    label: str
    function: Callable[[Arms], Model]
    keeps_empty: bool
    unbounded: Callable[[Arms], bool]
    doi: str
    r_call: str


def _at_end_of_table(arms: Arms) -> bool:
    """Every study at the same end of what its margins allow."""
    x2, n2 = arms.second()
    m = arms.x1 + x2
    return _same_end(arms.x1, np.maximum(0.0, m - n2), np.minimum(m, arms.size1))


def _all_events_in_one_arm(arms: Arms) -> bool:
    x2, _ = arms.second()
    return _same_end(arms.x1, np.zeros(arms.k), arms.x1 + x2)


def _same_end(x: FloatArray, low: FloatArray, high: FloatArray) -> bool:
    return bool((x == low).all() or (x == high).all())


def _arm_at_end(arms: Arms) -> bool:
    x2, n2 = arms.second()
    return _one_at_end(arms) or bool(x2.sum() in (0.0, n2.sum()))


def _one_at_end(arms: Arms) -> bool:
    return bool(arms.x1.sum() in (0.0, arms.size1.sum()))


def _arm_without_events(arms: Arms) -> bool:
    x2, _ = arms.second()
    return bool(arms.x1.sum() == 0.0 or x2.sum() == 0.0)


def _no_events(arms: Arms) -> bool:
    return bool(arms.x1.sum() == 0.0)


def _likelihood(
    name: str,
    label: str,
    function: Callable[[Arms], Model],
    unbounded: Callable[[Arms], bool],
    *,
    keeps_empty: bool,
    doi: str,
) -> GlmmLikelihood:
    measure, _, model = name.partition(" ")
    choice = f', model = "{model}"' if model else ""
    return GlmmLikelihood(
        name=name,
        measure=measure,  # type: ignore[arg-type]
        label=label,
        function=function,
        keeps_empty=keeps_empty,
        unbounded=unbounded,
        doi=doi,
        r_call=f'rma.glmm(measure = "{measure}"{choice}, nAGQ = 50)',
    )


STIJNEN, JACKSON = "10.1002/sim.4040", "10.1002/sim.7588"

GLMM_LIKELIHOODS: dict[str, GlmmLikelihood] = {
    row.name: row
    for row in (
        _likelihood(
            "OR UM.FS",
            "binomial, fixed study intercepts",
            likelihoods.odds_fixed,
            _at_end_of_table,
            keeps_empty=False,
            doi=JACKSON,
        ),
        _likelihood(
            "OR UM.RS",
            "binomial, random study intercepts",
            likelihoods.odds_random,
            _arm_at_end,
            keeps_empty=True,
            doi=JACKSON,
        ),
        _likelihood(
            "OR CM.EL",
            "conditional, non-central hypergeometric",
            likelihoods.odds_exact,
            _at_end_of_table,
            keeps_empty=False,
            doi=STIJNEN,
        ),
        _likelihood(
            "OR CM.AL",
            "conditional, binomial approximation",
            likelihoods.given_all_events,
            _all_events_in_one_arm,
            keeps_empty=False,
            doi=STIJNEN,
        ),
        _likelihood(
            "IRR UM.FS",
            "Poisson, fixed study intercepts",
            likelihoods.rates_fixed,
            _all_events_in_one_arm,
            keeps_empty=False,
            doi=STIJNEN,
        ),
        _likelihood(
            "IRR UM.RS",
            "Poisson, random study intercepts",
            likelihoods.rates_random,
            _arm_without_events,
            keeps_empty=True,
            doi=STIJNEN,
        ),
        _likelihood(
            "IRR CM.EL",
            "conditional, binomial",
            likelihoods.given_all_events,
            _all_events_in_one_arm,
            keeps_empty=False,
            doi=STIJNEN,
        ),
        _likelihood(
            "PLO",
            "binomial-normal, logit of one proportion",
            likelihoods.one_proportion,
            _one_at_end,
            keeps_empty=True,
            doi=STIJNEN,
        ),
        _likelihood(
            "IRLN",
            "Poisson-normal, log of one rate",
            likelihoods.one_rate,
            _no_events,
            keeps_empty=True,
            doi=STIJNEN,
        ),
    )
}
