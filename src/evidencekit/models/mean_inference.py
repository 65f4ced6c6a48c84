"""From a mean to its interval and test: what ``CI_METHODS`` do beyond a standard error."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from evidencekit.models.kernel import FloatArray
from evidencekit.models.mean_fit import Fit, SeDf
from evidencekit.models.quantiles import limits, two_sided_p


class Inference(NamedTuple):
    """Limits of a mean and the test of a null value, in scaled units, shape (n,)."""

    low: FloatArray
    high: FloatArray
    statistic: FloatArray
    p_value: FloatArray


InferenceFunction = Callable[[Fit, FloatArray], Inference]


def student(fit: Fit, mean: SeDf, null: FloatArray) -> Inference:
    """The estimate -/+ a quantile times its standard error, and the test that inverts it.

    mu -/+ t(df) se; statistic = (mu - null) / se, normal where df are infinite.

    Parameters
    ----------
    fit
        The fitted means.
    mean
        Their standard errors, above 0 or 0, and degrees of freedom, shape (n,).
    null
        Value under the null hypothesis, in scaled units, shape (n,).

    Returns
    -------
    Inference
        Arrays of shape (n,).
    """
    low, high = limits(fit.estimate, mean.se, mean.df, fit.level)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = (fit.estimate - null) / mean.se
    return Inference(low, high, statistic, two_sided_p(statistic, mean.df))
