"""Mantel-Haenszel and Peto for a table of counts, in the shape of a pooled result.

Both sum over studies before they divide: studies with a zero cell enter as they are, and
weights are the method's own. tau2 is 0 by assumption.
"""

from __future__ import annotations

import math

import numpy as np

from evidencekit.errors import MethodError
from evidencekit.models.heterogeneity import h_from_q, i2_from_q
from evidencekit.models.results import PooledResult
from evidencekit.models.table_results import TableResult
from evidencekit.models.tables import pool_tables
from evidencekit.quantities import Counts
from evidencekit.tables.studies import StudyTable

MANTEL_HAENSZEL = {"RR": "MH-RR", "OR": "MH-OR", "RD": "MH-RD"}
PETO = {"PETO": "Peto", "OR": "Peto"}


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
        Another measure, a table without counts, or counts that determine no estimate.
    """
    measure = studies.contrasts[0].measure if studies.contrasts else ""
    if measure not in methods:
        known = ", ".join(methods)
        raise MethodError(f"--model {model} is for {known}, computed from counts; not {measure}")
    used = [c for c in studies.contrasts if isinstance(c.data, Counts)]
    if not used or len(used) != sum(c.estimable or c.data is not None for c in studies.contrasts):
        raise MethodError(f"--model {model} needs events and totals of two arms in every study")
    data = [c.data for c in used if isinstance(c.data, Counts)]
    found = pool_tables(
        np.array([d.events_1 for d in data]),
        np.array([d.total_1 for d in data]),
        np.array([d.events_2 for d in data]),
        np.array([d.total_2 for d in data]),
        method=methods[measure],
        level=level,
        labels=[c.label for c in used],
    )
    shown = [(c, w) for c, w in zip(used, found.weights, strict=True) if c.estimable]
    return _as_pooled(
        found,
        measure=measure,
        labels=tuple(c.label for c, _ in shown),
        estimates=tuple(c.estimate for c, _ in shown),
        ses=tuple(c.se for c, _ in shown),
        weights=tuple(w for _, w in shown),
    )


def _as_pooled(
    found: TableResult,
    *,
    measure: str,
    labels: tuple[str, ...],
    estimates: tuple[float, ...],
    ses: tuple[float, ...],
    weights: tuple[float, ...],
) -> PooledResult:
    q, df = np.array([found.q]), np.array([float(found.q_df)])
    return PooledResult(
        measure=measure,
        scale=found.scale,
        model="common_effect",
        k=len(labels),
        labels=labels,
        estimates=estimates,
        ses=ses,
        weights=weights,
        estimate=found.estimate,
        se=found.se,
        se_wald=found.se,
        statistic=found.statistic,
        df=math.inf,
        p_value=found.p_value,
        ci=found.ci,
        prediction=None,
        prediction_method=None,
        prediction_reason="the model assumes one effect for all studies",
        tau2=0.0,
        tau2_method="none",
        tau2_ci=None,
        q=found.q,
        q_df=found.q_df,
        q_p=found.q_p,
        i2=math.nan,
        i2_q=float(i2_from_q(q, df)[0]),
        i2_ci=None,
        h2=math.nan,
        h=float(h_from_q(q, df)[0]),
        level=found.ci.level,
        notes=found.notes,
    )
