"""Mantel-Haenszel and Peto for a table of counts, in the shape of a pooled result.

Both sum over studies before they divide: studies with a zero cell enter as they are, and
weights are the method's own. tau2 is 0 by assumption.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, replace
from typing import TYPE_CHECKING

import numpy as np

from evidencekit.errors import MethodError
from evidencekit.models.heterogeneity import h_from_q, i2_from_q
from evidencekit.models.kernel import FloatArray
from evidencekit.models.results import PooledResult
from evidencekit.models.settings import Model
from evidencekit.models.table_results import TableResult
from evidencekit.models.tables import pool_tables
from evidencekit.quantities import Contrast, Counts, Rates, Scale, StudyData
from evidencekit.tables.studies import StudyTable

if TYPE_CHECKING:
    from evidencekit.models.glmm_fit import GlmmResult

MANTEL_HAENSZEL = {
    "RR": "MH-RR",
    "OR": "MH-OR",
    "RD": "MH-RD",
    "IRR": "MH-IRR",
    "IRD": "MH-IRD",
}
PETO = {"PETO": "Peto", "OR": "Peto"}
WANTED: dict[str, tuple[type[StudyData], str]] = {
    "MH-IRR": (Rates, "events and person-time of two arms"),
    "MH-IRD": (Rates, "events and person-time of two arms"),
}
"""Data of the methods that are not computed from :class:`Counts`, with words for them."""


def pool_counts(
    studies: StudyTable, methods: dict[str, str], *, model: str, level: float
) -> PooledResult:
    """Pool the counts of a table.

    Parameters
    ----------
    methods
        Row of ``TABLE_METHODS`` by measure.
    model
        What the user calls it, for messages.

    Raises
    ------
    MethodError
        A table without counts, or counts that determine no estimate.
    """
    method = methods[studies.measure]
    kind, what = WANTED.get(method, (Counts, "events and totals of two arms"))
    used, columns = count_columns(studies, kind, f"--model {model} needs {what} in every study")
    found = pool_tables(
        *columns,
        method=method,
        level=level,
        labels=[c.label for c in used],
    )
    q, df = np.array([found.q]), np.array([float(found.q_df)])
    shown = [(c, w) for c, w in zip(used, found.weights, strict=True) if c.estimable]
    result = as_pooled(
        found,
        [c for c, _ in shown],
        scale=found.scale,
        model="common_effect",
        k=len(shown),
        heterogeneity=(found.q, found.q_df, found.q_p),
        why_no_prediction="the model assumes one effect for all studies",
    )
    return replace(
        result,
        measure=studies.measure,
        weights=tuple(w for _, w in shown),
        i2_q=float(i2_from_q(q, df)[0]),
        h=float(h_from_q(q, df)[0]),
    )


def count_columns(
    studies: StudyTable, kind: type[StudyData], otherwise: str
) -> tuple[list[Contrast], list[FloatArray]]:
    """The rows that hold data of a kind, and their numbers by column.

    Raises
    ------
    MethodError
        *otherwise*, when a row was computed from something else, or none has data.
    """
    used = [c for c in studies.contrasts if isinstance(c.data, kind)]
    if not used or len(used) != sum(c.estimable or c.data is not None for c in studies.contrasts):
        raise MethodError(otherwise)
    rows = np.array([astuple(c.data) for c in used if c.data is not None], dtype=np.float64)
    return used, list(rows.T)


def as_pooled(
    found: TableResult | GlmmResult,
    shown: Sequence[Contrast],
    *,
    scale: Scale,
    model: Model,
    k: int,
    heterogeneity: tuple[float, int, float],
    why_no_prediction: str,
) -> PooledResult:
    """An estimate from all counts together in the shape of a pooled result; tau2 is 0.

    Parameters
    ----------
    found
        The estimate, with a Wald interval.
    shown
        The rows that have an estimate of their own; they carry no weights here.
    scale, model, k
        As in :class:`~evidencekit.models.results.PooledResult`.
    heterogeneity
        Statistic, degrees of freedom and p-value.
    why_no_prediction
        The reason.
    """
    q, q_df, q_p = heterogeneity
    return PooledResult(
        measure=found.measure,
        scale=scale,
        model=model,
        k=k,
        labels=tuple(c.label for c in shown),
        estimates=tuple(c.estimate for c in shown),
        ses=tuple(c.se for c in shown),
        weights=tuple(math.nan for _ in shown),
        estimate=found.estimate,
        se=found.se,
        se_wald=found.se,
        statistic=found.statistic,
        df=math.inf,
        p_value=found.p_value,
        ci=found.ci,
        prediction=None,
        prediction_method=None,
        prediction_reason=why_no_prediction,
        tau2=0.0,
        tau2_method="none",
        tau2_ci=None,
        q=q,
        q_df=q_df,
        q_p=q_p,
        i2=math.nan,
        i2_q=math.nan,
        i2_ci=None,
        h2=math.nan,
        level=found.ci.level,
        notes=found.notes,
    )
