"""Pool the contrasts of one analysis: the front door of this room.

``pool`` is :func:`~evidencekit.models.batch.pool_batch` with one row, wrapped
in a result that keeps the studies and says in plain words whatever was
unusual.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.errors import MethodError
from evidencekit.models.batch import PooledBatch, pool_batch
from evidencekit.models.intervals import CI_METHODS
from evidencekit.models.kernel import FloatArray
from evidencekit.models.notes import analysis_notes
from evidencekit.models.result_intervals import (
    h_interval,
    i2_interval,
    i2_of_h,
    prediction_interval,
    tau2_interval,
)
from evidencekit.models.results import PooledResult, back_transform
from evidencekit.models.settings import Model, Settings, default_interval
from evidencekit.quantities import Contrast, Interval, Scale

__all__ = ["Data", "PooledResult", "Studies", "back_transform", "gather_studies", "is_pair", "pool"]

Data = Sequence[Contrast] | tuple[ArrayLike, ArrayLike]


class Studies(NamedTuple):
    """What will be pooled, and notes on what will not."""

    measure: str
    scale: Scale
    labels: tuple[str, ...]
    estimates: FloatArray
    ses: FloatArray
    notes: tuple[str, ...]


def pool(  # noqa: PLR0913 - every choice of an analysis is named
    data: Data,
    *,
    model: Model = "random_effects",
    tau2: str = "REML",
    ci: str | None = None,
    prediction: str | None = "HK",
    tau2_ci: str | None = "QP",
    level: float = 0.95,
    labels: Sequence[str] | None = None,
    verify: bool = False,
) -> PooledResult:
    """Pool study estimates into one.

    mu = sum w y / sum w with w = 1/(se^2 + tau2), and tau2 = 0 for a common effect.

    Parameters
    ----------
    data
        Contrasts of one measure, or a pair ``(estimates, ses)`` of arrays of
        shape (k,) on the analysis scale. Contrasts that are not estimable are
        left out and named in the notes.
    model
        "random_effects", weights 1/(se^2 + tau2), or "common_effect", weights 1/se^2.
    tau2
        Row of ``TAU2_ESTIMATORS``, such as "REML", "DL" or "PM".
    ci
        Row of ``CI_METHODS``, such as "HKSJ", "wald" or "KR". Default: "HKSJ"
        for random effects, "wald" for a common effect.
    prediction
        Row of ``PREDICTION_METHODS``, such as "HK", "HTS" or "KR"; None for none.
    tau2_ci
        Row of ``TAU2_INTERVALS``: "QP", "PL", "PL-ML", "J", "BJ"; None for none.
    level
        Coverage of all intervals, in (0, 1).
    labels
        Names of the studies when ``data`` is a pair.
    verify
        Also fit with statsmodels and raise when the two engines differ by more
        than 1e-10 standard errors.

    Returns
    -------
    PooledResult
        On the analysis scale; see :func:`~evidencekit.models.results.back_transform`.

    Raises
    ------
    MethodError
        No estimable study; different measures or scales; unknown method; a
        study without a finite estimate and a finite standard error above 0.
    EngineMismatch
        With ``verify``, when statsmodels disagrees.

    Notes
    -----
    In R: ``rma(yi, vi, method = "REML", test = "knha")`` and ``predict()``.

    References
    ----------
    Hartung J, Knapp G. Stat Med 2001;20:3875-89. doi:10.1002/sim.1009
    Viechtbauer W. J Educ Behav Stat 2005;30:261-93. doi:10.3102/10769986030003261
    """
    settings = Settings(
        model=model,
        tau2=tau2,
        ci=ci or default_interval(model),
        prediction=prediction,
        tau2_ci=tau2_ci,
        level=level,
    )
    studies = gather_studies(data, labels=labels)
    batch = pool_batch(
        studies.estimates[None, :],
        studies.ses[None, :],
        settings=settings,
        study_labels=studies.labels,
    )
    result = wrap(batch, 0, studies)
    if verify:
        from evidencekit.models.engine import verify_result

        verify_result(result)
    return result


def gather_studies(data: Data, *, labels: Sequence[str] | None = None) -> Studies:
    """Turn contrasts or a pair of arrays into checked arrays; see :func:`pool`."""
    if is_pair(data):
        return _from_arrays(cast("tuple[ArrayLike, ArrayLike]", data), labels)
    if labels is not None:
        raise MethodError("contrasts carry their own labels; leave out `labels`")
    return _from_contrasts(cast("Sequence[Contrast]", data))


def is_pair(data: Data) -> bool:
    """Whether data is a pair of arrays, not a sequence of contrasts."""
    return (
        isinstance(data, tuple)
        and len(data) == 2
        and not any(isinstance(item, Contrast) for item in data)
    )


def _from_arrays(data: tuple[ArrayLike, ArrayLike], labels: Sequence[str] | None) -> Studies:
    estimates = np.asarray(data[0], dtype=np.float64)
    ses = np.asarray(data[1], dtype=np.float64)
    if estimates.ndim != 1 or estimates.shape != ses.shape:
        raise MethodError(
            "one analysis needs two arrays of one length; "
            f"estimates have shape {estimates.shape}, standard errors {ses.shape}"
        )
    if not estimates.size:
        raise MethodError("no studies to pool")
    names = tuple(labels) if labels is not None else _numbered(estimates.size)
    if len(names) != estimates.size:
        raise MethodError(f"{len(names)} labels for {estimates.size} studies")
    return Studies("", "identity", names, estimates, ses, ())


def _numbered(k: int) -> tuple[str, ...]:
    return tuple(f"study {i + 1}" for i in range(k))


def _from_contrasts(contrasts: Sequence[Contrast]) -> Studies:
    kinds = sorted({(c.measure, c.scale) for c in contrasts})
    if len(kinds) > 1:
        found = ", ".join(f"{measure} ({scale} scale)" for measure, scale in kinds)
        raise MethodError(f"contrasts of different measures cannot be pooled: {found}")
    used = [c for c in contrasts if c.estimable]
    notes = tuple(
        f"{c.label} is left out: {c.not_estimable or 'no finite estimate with a standard error'}."
        for c in contrasts
        if not c.estimable
    )
    if not used:
        raise MethodError(" ".join(("no estimable study to pool.", *notes)).rstrip("."))
    measure, scale = kinds[0]
    return Studies(
        measure,
        scale,
        tuple(c.label for c in used),
        np.array([c.estimate for c in used]),
        np.array([c.se for c in used]),
        notes,
    )


def wrap(batch: PooledBatch, row: int, studies: Studies) -> PooledResult:
    """Turn one row of a batch and its studies into a result with notes."""
    settings = batch.settings
    random = settings.model == "random_effects"
    k = int(batch.k[row])
    tau2 = float(batch.tau2[row])
    prediction, reason = prediction_interval(batch, row)
    h_ci = h_interval(batch, row)
    ci_method = settings.ci if k >= CI_METHODS[settings.ci].smallest_k else "wald"
    return PooledResult(
        measure=studies.measure,
        scale=studies.scale,
        model=settings.model,
        k=k,
        labels=studies.labels,
        estimates=tuple(studies.estimates.tolist()),
        ses=tuple(studies.ses.tolist()),
        weights=weights(studies.ses, tau2),
        estimate=float(batch.estimate[row]),
        se=float(batch.se[row]),
        se_wald=float(batch.se_wald[row]),
        statistic=float(batch.statistic[row]),
        df=float(batch.df[row]),
        p_value=float(batch.p_value[row]),
        ci=Interval(
            low=float(batch.ci_low[row]),
            high=float(batch.ci_high[row]),
            level=settings.level,
            method=ci_method,
        ),
        prediction=prediction,
        prediction_method=settings.prediction,
        prediction_reason=reason,
        tau2=tau2,
        tau2_method=settings.tau2 if random else "none",
        tau2_ci=tau2_interval(batch, row),
        q=float(batch.q[row]),
        q_df=int(batch.q_df[row]),
        q_p=float(batch.q_p[row]),
        i2=float(batch.i2[row]),
        i2_q=float(batch.i2_q[row]),
        i2_ci=i2_interval(batch, row),
        h2=float(batch.h2[row]),
        level=settings.level,
        notes=studies.notes + analysis_notes(batch, row),
        i2_q_ci=None if h_ci is None else i2_of_h(h_ci),
        h=float(batch.h[row]),
        h_ci=h_ci,
        r_b=float(batch.r_b[row]),
        prediction_se=float(batch.prediction_se[row]),
        prediction_df=float(batch.prediction_df[row]),
    )


def weights(ses: FloatArray, tau2: float) -> tuple[float, ...]:
    """Weights as fractions that sum to 1; a tau2 that is not defined counts as 0."""
    used = 0.0 if math.isnan(tau2) else tau2
    variances = ses**2 + used
    # Relative to the largest weight, so that tiny variances cannot overflow.
    relative = variances.min() / variances
    return tuple((relative / relative.sum()).tolist())
