"""Profile-likelihood intervals of the variance components of a three-level model.

References
----------
[1] Hardy RJ, Thompson SG. A likelihood approach to meta-analysis with random effects.
    Stat Med 1996;15:619-29. doi:10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from evidencekit.models.nested import Nested, climb, maximise
from evidencekit.models.pool import Studies
from evidencekit.models.results import Tau2Interval
from evidencekit.models.sampling import find_clusters

if TYPE_CHECKING:
    from evidencekit.models.multilevel_results import MultilevelResult

HALVINGS = 100


def profile_intervals(result: MultilevelResult) -> tuple[Tau2Interval, Tau2Interval]:
    """Values of each variance that a likelihood ratio test does not reject.

    2 (l(best) - max over the other component of l) <= chi squared, 1 df, at
    the level of the result.  # [1]

    Parameters
    ----------
    result
        A three-level model; the model is fitted again at each variance tried.

    Returns
    -------
    tuple of Tau2Interval
        Between clusters, and between effects within clusters. The lower limit is 0 when 0 is
        not rejected.

    Notes
    -----
    In R: ``confint(rma.mv(yi, V, random = ~ 1 | cluster/effect))``.

    References
    ----------
    Hardy RJ, Thompson SG. Stat Med 1996;15:619-29.
    doi:10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A
    """
    from evidencekit.models.three_level import prepare_nested

    clusters = find_clusters(list(result.clusters), result.k)
    studies = Studies(
        result.measure,
        result.scale,
        result.labels,
        np.array(result.estimates),
        np.array(result.ses),
        (),
    )
    nested, _, _, scale = prepare_nested(studies, result.design.matrix, result.sampling, clusters)
    restricted = result.method == "REML"
    best = maximise(nested, restricted=restricted)[0]
    theta, top = best.theta, best.state.loglik

    def one(component: int) -> Tau2Interval:
        low, high = _limits(
            nested, theta, top, component, level=result.level, restricted=restricted
        )
        return Tau2Interval(
            low=low * scale**2, high=high * scale**2, level=result.level, method="PL", status="ok"
        )

    return one(0), one(1)


def _limits(
    nested: Nested,
    theta: np.ndarray,
    top: float,
    component: int,
    *,
    level: float,
    restricted: bool,
) -> tuple[float, float]:
    from evidencekit.special import ndtri

    drop = 0.5 * float(ndtri(0.5 * (1.0 + level))) ** 2
    free = (component == 1, component == 0)

    @cache  # the search for a limit begins where the search for a bracket ended
    def below(value: float) -> float:
        """How far the profile at this value lies below the limit; positive outside."""
        start = theta.copy()
        start[component] = value
        found = climb(nested, start, restricted=restricted, free=free)
        return top - drop - found.state.loglik

    at = float(theta[component])
    low = 0.0 if below(0.0) <= 0.0 else _root(below, at, 0.0)
    # Twice the estimate, or the typical sampling variance where that is 0.
    step = at + float(np.median(nested.sampling)) + float(theta.sum())
    outside = at + step
    while below(outside) <= 0.0:
        outside *= 2.0
    return low, _root(below, at, outside)


def _root(function: Callable[[float], float], inside: float, outside: float) -> float:
    """Where the function changes sign, by regula falsi with the Illinois rule."""
    a, b = inside, outside
    fa, fb = function(a), function(b)
    for _ in range(HALVINGS):
        c = b - fb * (b - a) / (fb - fa)
        fc = function(c)
        if fc == 0.0 or abs(b - a) <= 1e-12 * max(abs(a), abs(b)):
            return float(c)
        if (fc > 0.0) != (fb > 0.0):
            a, fa = b, fb
        else:
            fa *= 0.5
        b, fb = c, fc
        if abs(fc) < 1e-11:
            return float(c)
    return float(b)
