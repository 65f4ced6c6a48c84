"""What an analysis returns: ``PooledResult``, and ``NaturalResult`` on the scale people read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from evidencekit.effects.transforms import to_natural_scale
from evidencekit.errors import MethodError
from evidencekit.models.html import Shown
from evidencekit.models.quantiles import limits
from evidencekit.models.tau2_intervals import Tau2Status
from evidencekit.quantities import Interval, Scale

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Tau2Interval:
    """An interval for tau2 and how it turned out.

    Parameters
    ----------
    low, high
        Limits, in squared units of the analysis scale, 0 or above.
    level
        Coverage, in (0, 1).
    method
        A row of ``TAU2_INTERVALS``.
    status
        "ok"; "excludes_estimate" when it does not hold the point estimate; "empty" when no
        tau2 >= 0 is compatible with the data (limits NaN); "unbounded" when nothing is
        excluded (limits 0 and inf).
    """

    low: float
    high: float
    level: float
    method: str
    status: Tau2Status


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledResult(Shown):
    """A pooled estimate and everything needed to read, check and redo it.

    All of it is on the analysis scale (logarithmic for ratio measures).

    Parameters
    ----------
    measure
        A row of ``MEASURES``, or "" when plain numbers were pooled.
    scale
        "log" for ratios, "identity" for differences, or another row of ``TRANSFORMS``.
    model
        "random_effects" or "common_effect".
    k
        Number of studies pooled.
    labels, estimates, ses, weights
        One entry per study; weights are fractions that sum to 1.
    estimate, se, statistic, df, p_value, ci
        The pooled mean. ``se`` belongs to the interval method named in
        ``ci.method``; infinite ``df`` mean the normal distribution.
    se_wald
        1/sqrt(sum of weights), whatever the interval method.
    prediction, prediction_method, prediction_reason
        Interval for the true effect in a new study, or None with the reason.
    tau2, tau2_method, tau2_ci
        Between-study variance; NaN for one study, 0 by assumption (method
        "none") in the common-effect model.
    q, q_df, q_p
        Cochran's Q, its degrees of freedom and p-value (NaN for one study).
    i2, i2_q, i2_ci, h2, i2_q_ci, h, h_ci, r_b
        ``i2``, ``i2_ci``, ``h2`` and ``r_b`` follow from tau2 and its interval;
        ``i2_q``, ``h`` and their test-based intervals from Q. All but the H are
        fractions.
    prediction_se, prediction_df
        Scale and degrees of freedom of the distribution of a new study's true effect.
    level
        Coverage asked for.
    notes
        Every fallback and oddity, in plain words.
    """

    measure: str
    scale: Scale
    model: Literal["random_effects", "common_effect"]
    k: int
    labels: tuple[str, ...]
    estimates: tuple[float, ...]
    ses: tuple[float, ...]
    weights: tuple[float, ...]
    estimate: float
    se: float
    se_wald: float
    statistic: float
    df: float
    p_value: float
    ci: Interval
    prediction: Interval | None
    prediction_method: str | None
    prediction_reason: str
    tau2: float
    tau2_method: str
    tau2_ci: Tau2Interval | None
    q: float
    q_df: int
    q_p: float
    i2: float
    i2_q: float
    i2_ci: Interval | None
    h2: float
    level: float
    notes: tuple[str, ...] = ()
    i2_q_ci: Interval | None = None
    h: float = math.nan
    h_ci: Interval | None = None
    r_b: float = math.nan
    prediction_se: float = math.nan
    prediction_df: float = math.nan

    @property
    def wls(self) -> Any:
        """The same fit by statsmodels' WLS with weights 1/(se^2 + tau2); computed when asked."""
        from evidencekit.models.engine import fit_wls

        return fit_wls(self.estimates, self.ses, tau2=self.tau2)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; NaN and infinity become None (infinite df: normal)."""
        out: dict[str, Any] = plain(self)
        return out

    def to_frame(self, names: Literal["metafor"] | None = None) -> pd.DataFrame:
        """One row per study: label, estimate, se, Wald interval and weight.

        Parameters
        ----------
        names
            "metafor" names the columns slab, yi, vi, ci.lb, ci.ub and weight
            (in percent, vi instead of the standard error), as R users know them.
        """
        import pandas as pd

        estimate, se = np.asarray(self.estimates), np.asarray(self.ses)
        low, high = limits(estimate, se, np.full(se.shape, np.inf), self.level)
        label, weight = list(self.labels), np.asarray(self.weights)
        if names == "metafor":
            return pd.DataFrame(
                {
                    "slab": label,
                    "yi": estimate,
                    "vi": se**2,
                    "ci.lb": low,
                    "ci.ub": high,
                    "weight": 100.0 * weight,
                }
            )
        if names is not None:
            raise MethodError(f'unknown names {names!r}; choose None or "metafor"')
        return pd.DataFrame(
            {
                "label": label,
                "estimate": estimate,
                "se": se,
                "ci_low": low,
                "ci_high": high,
                "weight": weight,
            }
        )

    def summary(self) -> str:
        """The result as text, on the analysis scale."""
        from evidencekit.models.text import summary_text

        return summary_text(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class NaturalResult(Shown):
    """A pooled result on the natural scale: ratios as ratios. Holds no standard errors.

    Made by :func:`back_transform`.

    Parameters
    ----------
    measure, k, labels, weights
        As in ``analysis``.
    estimates, intervals
        One entry per study; the intervals are Wald intervals.
    estimate, ci, prediction
        The pooled mean, its interval, and the interval for a new study or None.
    null
        Where 0 on the analysis scale lies: no effect, for what compares two arms.
    analysis
        The result it was made from.
    """

    measure: str
    k: int
    labels: tuple[str, ...]
    estimates: tuple[float, ...]
    intervals: tuple[Interval, ...]
    weights: tuple[float, ...]
    estimate: float
    ci: Interval
    prediction: Interval | None
    null: float
    analysis: PooledResult

    def summary(self) -> str:
        """The result as text, on the natural scale."""
        from evidencekit.models.short_text import natural_text

        return natural_text(self)


def natural(value: float, scale: Scale) -> float:
    """The value on the natural scale, e.g. exp(value) for "log" (infinite beyond floats)."""
    return to_natural_scale(float(value), scale)


def natural_interval(interval: Interval, scale: Scale) -> Interval:
    """Both limits on the natural scale; level and method stay."""
    return Interval(
        low=natural(interval.low, scale),
        high=natural(interval.high, scale),
        level=interval.level,
        method=interval.method,
    )


def back_transform(result: PooledResult) -> NaturalResult:
    """Take a result from the analysis scale to the scale people read.

    Returns another type, so that the two scales cannot be mixed. Study
    intervals are Wald intervals at the level of the result.

    Parameters
    ----------
    result
        On the analysis scale.

    Returns
    -------
    NaturalResult
        On the natural scale: exp() of a logarithm, and so on by ``result.scale``.

    Notes
    -----
    In R: ``predict(fit, transf = exp)``.
    """
    scale = result.scale
    estimate, se = np.asarray(result.estimates), np.asarray(result.ses)
    low, high = limits(estimate, se, np.full(se.shape, np.inf), result.level)
    return NaturalResult(
        measure=result.measure,
        k=result.k,
        labels=result.labels,
        estimates=tuple(natural(value, scale) for value in result.estimates),
        intervals=tuple(
            natural_interval(
                Interval(low=float(a), high=float(b), level=result.level, method="wald"), scale
            )
            for a, b in zip(low, high, strict=True)
        ),
        weights=result.weights,
        estimate=natural(result.estimate, scale),
        ci=natural_interval(result.ci, scale),
        prediction=(
            None if result.prediction is None else natural_interval(result.prediction, scale)
        ),
        null=natural(0.0, scale),
        analysis=result,
    )


def plain(value: Any) -> Any:
    """Dataclasses to dicts, tuples to lists, numbers JSON cannot hold to None."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
