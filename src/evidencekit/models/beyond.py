"""How probable it is that a new study's true effect lies beyond a threshold."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.errors import MethodError
from evidencekit.models.batch import PooledBatch
from evidencekit.models.kernel import FloatArray
from evidencekit.models.quantiles import lower_tail_t
from evidencekit.models.results import PooledResult

Direction = Literal["above", "below"]


def probability_beyond(
    result: PooledResult | PooledBatch, threshold: ArrayLike, *, direction: Direction = "below"
) -> float | FloatArray:
    """Probability that the true effect of a new study lies above or below a threshold.

    P(theta_new < t) = F((t - mu) / sqrt(se^2 + tau2)), with the standard error and
    the degrees of freedom of the result's own prediction method, so that the
    limits of a 95% prediction interval leave 2.5% on either side.  # [1]

    Parameters
    ----------
    result
        A random-effects result with a prediction method, or a batch of m.
    threshold
        On the analysis scale (the logarithm of a ratio); a number, or for a
        batch an array of shape (m,).
    direction
        "below" or "above" the threshold.

    Returns
    -------
    float or array of shape (m,)
        In [0, 1]; NaN for rows of a batch without a prediction interval.

    Raises
    ------
    MethodError
        When the result has no prediction interval, with the reason, or the
        threshold is not a number.

    Notes
    -----
    In R: ``predict(rma(yi, vi), prob = t)`` (metafor 5.1), and meta's ``cidprop()``.
    Like the interval, this takes tau2 as known.

    References
    ----------
    [1] Higgins JPT, Thompson SG, Spiegelhalter DJ. A re-evaluation of random-effects
        meta-analysis. J R Stat Soc A 2009;172:137-59.
        doi:10.1111/j.1467-985X.2008.00552.x
    """
    if direction not in ("above", "below"):
        raise MethodError(f"unknown direction {direction!r}; choose above or below")
    limit = np.asarray(threshold, dtype=np.float64)
    if np.isnan(limit).any():
        raise MethodError("the threshold is not a number")
    if isinstance(result, PooledResult) and math.isnan(result.prediction_se):
        raise MethodError(f"no prediction interval: {result.prediction_reason}")
    spread = np.atleast_1d(np.asarray(result.prediction_se, dtype=np.float64))
    sign = 1.0 if direction == "below" else -1.0
    distance = sign * (limit - np.asarray(result.estimate)) / spread
    probability = lower_tail_t(distance, np.atleast_1d(np.asarray(result.prediction_df)))
    return float(probability[0]) if isinstance(result, PooledResult) else probability
