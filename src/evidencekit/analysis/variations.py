"""The pooled result when one thing is changed: the plan's variations, and each study left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

import numpy as np

from evidencekit.analysis.pooling import pool_rows
from evidencekit.analysis.result import Row, Variation
from evidencekit.analysis.rows import build_rows
from evidencekit.models.engine import verify_leave_one_out
from evidencekit.models.notes import analysis_notes
from evidencekit.models.results import PooledResult, back_transform, natural, natural_interval
from evidencekit.models.subgroups import leave_one_out
from evidencekit.quantities import Interval
from evidencekit.workspace.fields import Text
from evidencekit.workspace.plan import Model, ModelChange, Named, Plan, Sensitivity
from evidencekit.workspace.study import Study

FEWEST_FOR_LEAVING_OUT = 3
"""With two studies, leaving one out leaves a single trial."""


def plan_variations(plan: Plan, studies: Mapping[str, Study]) -> list[Variation]:
    """Every variation that the plan words itself."""
    found = []
    for item in plan.sensitivity:
        if isinstance(item, str):
            continue
        changed = vary(plan, item)
        rows = build_rows(changed, studies, pool=item.pool)
        pooled = pool_rows(rows, changed.model, where=f"{plan.id}, sensitivity {item.id}")
        found.append(variation_of(item.id, item.name, changed.model, pooled))
    return found


def variation_of(name_id: str, name: Text | str, method: Model, pooled: PooledResult) -> Variation:
    """A pooled result in the shape of a variation, on the natural scale."""
    shown = back_transform(pooled)
    return Variation(
        id=name_id,
        name=name,
        kind="plan",
        measure=pooled.measure,
        method=method,
        k=pooled.k,
        estimate=shown.estimate,
        ci=shown.ci,
        prediction=shown.prediction,
        tau2=pooled.tau2,
        i2=pooled.i2,
        i2_q=pooled.i2_q,
        notes=pooled.notes,
    )


def vary(plan: Plan, change: Sensitivity) -> Plan:
    """The plan with only what the variation names replaced."""
    select = plan.select
    if change.where is not None:
        select = replace(select, where=change.where, why="")
    if change.exclude:
        left_out = tuple(Named(study=study, why=change.name) for study in change.exclude)
        select = replace(select, exclude=(*select.exclude, *left_out))
    return replace(
        plan,
        select=select,
        readings=change.readings or plan.readings,
        model=_changed(plan.model, change.model),
        measure=change.measure or plan.measure,
    )


def _changed(model: Model, change: ModelChange | None) -> Model:
    """The model with what the change names; the rest stays."""
    if change is None:
        return model
    named = {f.name: getattr(change, f.name) for f in fields(change)}
    return replace(model, **{name: value for name, value in named.items() if value is not None})


def leaving_one_out(plan: Plan, rows: Sequence[Row], pooled: PooledResult) -> list[Variation]:
    """The main analysis without each study in turn; none for fewer than three studies."""
    members = [row for row in rows if row.status == "pooled"]
    if "leave-one-out" not in plan.sensitivity or len(members) < FEWEST_FOR_LEAVING_OUT:
        return []
    batch = leave_one_out(pooled)
    verify_leave_one_out(pooled, batch)

    def shown(low: float, high: float, method: str) -> Interval:
        limits = Interval(low=float(low), high=float(high), level=plan.model.level, method=method)
        return natural_interval(limits, pooled.scale)

    found = []
    for i, row in enumerate(members):
        method = plan.model.ci if batch.k[i] > 1 else "wald"
        ci = shown(batch.ci_low[i], batch.ci_high[i], method)
        prediction = None
        if np.isfinite(batch.prediction_low[i]):
            limits = (batch.prediction_low[i], batch.prediction_high[i])
            prediction = shown(*limits, plan.model.prediction)
        found.append(
            Variation(
                id=f"without-{row.key}",
                name=row.label,
                kind="leave-one-out",
                measure=pooled.measure,
                method=plan.model,
                k=int(batch.k[i]),
                estimate=natural(batch.estimate[i], pooled.scale),
                ci=ci,
                prediction=prediction,
                tau2=float(batch.tau2[i]),
                i2=float(batch.i2[i]),
                i2_q=float(batch.i2_q[i]),
                notes=analysis_notes(batch, i),
            )
        )
    return found
