"""Any number of meta-analyses in one call: ``pool_batch``, and what it returns.

A single analysis (:func:`evidencekit.models.pool.pool`), leave-one-out,
subgroups and a hundred thousand subsets are all rows of this one call, so each
formula exists once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evidencekit.errors import MethodError
from evidencekit.models.columns import gather, pool_block
from evidencekit.models.intervals import CI_METHODS
from evidencekit.models.kernel import BoolArray, FloatArray, IntArray, check_studies, chunks
from evidencekit.models.settings import Model, Settings

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Model", "PooledBatch", "Settings", "pool_batch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledBatch:
    """Pooled results of m meta-analyses, one array of shape (m,) per quantity.

    Everything is on the analysis scale. NaN where a quantity is not defined:
    every column but ``k`` for a row without studies, tau2 and I squared for a
    single study, a prediction interval for too few studies.

    Parameters
    ----------
    settings
        What was asked for.
    labels
        Names of the rows, or empty.
    k, estimate, se, statistic, df, p_value, ci_low, ci_high
        The pooled mean; ``se`` belongs to the interval method, and infinite
        ``df`` mean the normal distribution. Single studies get a Wald interval.
    se_wald
        1/sqrt(sum w), whatever the interval method.
    prediction_low, prediction_high, prediction_se, prediction_df
        Prediction interval, and the scale and degrees of freedom of the
        distribution it is cut from.
    tau2, tau2_converged, tau2_modes
        Between-study variance, whether it converged, number of local maxima.
    tau2_low, tau2_high, tau2_status
        Interval of tau2; status "ok", "excludes_estimate", "empty",
        "unbounded", or "" when not asked for.
    mode_values, mode_loglik
        All modes, shape (m, most modes), NaN padded.
    q, q_df, q_p, i2, i2_q, h2, r_b, typical_variance
        Heterogeneity; i2 from tau2, i2_q from Q, both fractions; h2 from tau2.
    h, h_low, h_high
        H from Q with its test-based interval.
    """

    settings: Settings
    labels: tuple[str, ...]
    k: IntArray
    estimate: FloatArray
    se: FloatArray
    se_wald: FloatArray
    statistic: FloatArray
    df: FloatArray
    p_value: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    prediction_low: FloatArray
    prediction_high: FloatArray
    prediction_se: FloatArray
    prediction_df: FloatArray
    tau2: FloatArray
    tau2_converged: BoolArray
    tau2_modes: IntArray
    tau2_low: FloatArray
    tau2_high: FloatArray
    tau2_status: NDArray[np.str_]
    mode_values: FloatArray
    mode_loglik: FloatArray
    q: FloatArray
    q_df: FloatArray
    q_p: FloatArray
    i2: FloatArray
    i2_q: FloatArray
    h2: FloatArray
    h: FloatArray
    h_low: FloatArray
    h_high: FloatArray
    r_b: FloatArray
    typical_variance: FloatArray

    @property
    def m(self) -> int:
        """Number of meta-analyses."""
        return int(self.k.size)

    def to_frame(self) -> pd.DataFrame:
        """One row per meta-analysis."""
        import pandas as pd

        columns = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name not in ("settings", "labels", "mode_values", "mode_loglik")
        }
        return pd.DataFrame(columns, index=list(self.labels) if self.labels else None)


def pool_batch(
    estimates: ArrayLike,
    ses: ArrayLike,
    *,
    mask: ArrayLike | None = None,
    settings: Settings | None = None,
    labels: Sequence[str] = (),
    study_labels: Sequence[str] | None = None,
    given_tau2: FloatArray | None = None,
) -> PooledBatch:
    """Pool m meta-analyses of up to k studies.

    mu = sum w y / sum w with w = 1/(se^2 + tau2), and tau2 = 0 for a common effect, in each row.

    Parameters
    ----------
    estimates, ses
        Study estimates and standard errors on the analysis scale, shape (m, k).
    mask
        True where there is a study, shape (m, k). Default: everywhere.
    settings
        Model and methods; default :class:`Settings`, that is REML with a
        Hartung-Knapp interval.
    labels
        Names of the m rows.
    study_labels
        Names of the k studies, for error messages.
    given_tau2
        tau2 of each row, shape (m,), used instead of an estimate; shows no
        interval and no modes.

    Returns
    -------
    PooledBatch

    Raises
    ------
    MethodError
        For unknown methods, an interval that cannot be given a tau2, or a study
        without a finite estimate and a finite standard error above 0.

    Notes
    -----
    In R: ``rma(yi, vi, method = "REML", test = "knha")`` for each row.

    References
    ----------
    Hartung J, Knapp G. Stat Med 2001;20:3875-89. doi:10.1002/sim.1009
    Viechtbauer W. J Educ Behav Stat 2005;30:261-93. doi:10.3102/10769986030003261
    """
    chosen = settings or Settings()
    profiled = chosen.model == "random_effects" and CI_METHODS[chosen.ci].inference is not None
    if given_tau2 is not None and profiled:
        raise MethodError(
            f"{chosen.ci} lets tau2 vary, so it cannot be given one; choose another interval, "
            "or a separate tau2 for each group"
        )
    y, se, here = check_studies(estimates, ses, mask, labels=study_labels, spread="standard error")
    if labels and len(labels) != y.shape[0]:
        raise MethodError(f"{len(labels)} labels for {y.shape[0]} meta-analyses")
    with np.errstate(over="ignore", under="ignore"):
        v = se * se
    check_studies(y, v, here, labels=study_labels)
    parts = [
        (rows, pool_block(block, chosen, None if given_tau2 is None else given_tau2[rows]))
        for rows, block in chunks(y, v, here)
    ]
    columns = gather(y.shape[0], parts, chosen)
    return PooledBatch(
        settings=chosen,
        labels=tuple(labels),
        k=here.sum(axis=1),
        **columns,  # type: ignore[arg-type]  # one array per remaining field, by name
    )
