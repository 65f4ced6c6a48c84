"""Run a plan: rows, pooled result, subgroups, variations, absolute effects, reproductions."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from evidencekit.analysis.result import (
    Absolute,
    AnalysisResult,
    Grouping,
    Reproduction,
    Row,
    Variation,
)
from evidencekit.analysis.rows import build_rows
from evidencekit.certainty.absolute import RISK_FROM, absolute_effect
from evidencekit.certainty.grade import rate
from evidencekit.errors import DataError, MethodError
from evidencekit.models.batch import Settings
from evidencekit.models.engine import verify_leave_one_out, verify_result
from evidencekit.models.pool import pool
from evidencekit.models.results import NaturalResult, PooledResult, back_transform, natural
from evidencekit.models.subgroups import leave_one_out, subgroups
from evidencekit.quantities import Contrast, Counts, Interval
from evidencekit.workspace.fields import Printed, Text
from evidencekit.workspace.plan import BaselineRisk, Model, Named, Plan, Reproduces, Sensitivity
from evidencekit.workspace.study import Study
from evidencekit.workspace.workspace import Workspace


def analyse(plan: Plan, workspace: Workspace) -> AnalysisResult:
    """Compute everything a plan asks for.

    Every fit that is reported (main, variations, leave-one-out, subgroups) is made by
    statsmodels too: two engines, one number.

    Raises
    ------
    DataError
        No study can be pooled, or a plan names a reading that is ambiguous.
    MethodError
        A method is not defined for these data.
    EngineMismatch
        The kernel and statsmodels disagree.
    """
    outcome = workspace.outcomes[plan.question.outcome]
    rows = build_rows(plan, workspace.studies)
    pooled = pool_rows(rows, plan.model, where=plan.id)
    rows = _with_weights(rows, pooled)
    shown = back_transform(pooled)
    variations = (*_plan_variations(plan, workspace.studies), *_leave_one_out(plan, rows, pooled))
    whole = _variation(plan.id, plan.id, plan.model, pooled)
    return AnalysisResult(
        plan=plan,
        outcome=outcome,
        rows=rows,
        pooled=pooled,
        natural=shown,
        groupings=_groupings(plan, rows),
        variations=variations,
        published=plan.compare_with,
        absolute=_absolute(plan, rows, shown),
        rating=rate(plan.certainty),
        reproductions=tuple(_reproduction(r, whole, variations) for r in plan.reproduces),
        notes=(*pooled.notes, *plan.notes),
    )


def pool_rows(rows: Sequence[Row], model: Model, *, where: str) -> PooledResult:
    """Pool the rows whose status is "pooled" with the model a plan names; two engines."""
    contrasts = _contrasts(rows)
    if not contrasts:
        raise DataError(
            f"{where}: no study can be pooled - look at the reasons in `select`, or add studies"
        )
    s = _settings(model)
    return pool(
        contrasts,
        model=s.model,
        tau2=s.tau2,
        ci=s.ci,
        prediction=s.prediction,
        level=s.level,
        verify=True,
    )


def _settings(model: Model) -> Settings:
    return Settings(
        model="random_effects" if model.effects == "random" else "common_effect",
        tau2=model.tau2,
        ci=model.ci,
        prediction=None if model.prediction == "none" else model.prediction,
        level=model.level,
    )


def _contrasts(rows: Sequence[Row]) -> list[Contrast]:
    return [row.contrast for row in rows if row.status == "pooled" and row.contrast]


def _with_weights(rows: Sequence[Row], pooled: PooledResult) -> tuple[Row, ...]:
    weights = iter(pooled.weights)
    return tuple(
        replace(row, weight=next(weights)) if row.status == "pooled" else row for row in rows
    )


def _plan_variations(plan: Plan, studies: Mapping[str, Study]) -> list[Variation]:
    found = []
    for item in plan.sensitivity:
        if isinstance(item, str):
            continue
        changed = vary(plan, item)
        rows = build_rows(changed, studies, pool=item.pool)
        pooled = pool_rows(rows, changed.model, where=f"{plan.id}, sensitivity {item.id}")
        found.append(_variation(item.id, item.name, changed.model, pooled))
    return found


def _variation(name_id: str, name: Text | str, method: Model, pooled: PooledResult) -> Variation:
    shown = back_transform(pooled)
    return Variation(
        id=name_id,
        name=name,
        kind="plan",
        method=method,
        k=pooled.k,
        estimate=shown.estimate,
        ci=shown.ci,
        prediction=shown.prediction,
        tau2=pooled.tau2,
        i2=pooled.i2,
        i2_q=pooled.i2_q,
    )


def vary(plan: Plan, change: Sensitivity) -> Plan:
    """The plan with only what the variation names replaced."""
    select = plan.select
    if change.where is not None:
        select = replace(select, where=change.where)
    if change.exclude:
        left_out = tuple(Named(study=study, why=change.name) for study in change.exclude)
        select = replace(select, exclude=(*select.exclude, *left_out))
    return replace(
        plan,
        select=select,
        readings=change.readings or plan.readings,
        model=change.model or plan.model,
        measure=change.measure or plan.measure,
    )


def _leave_one_out(plan: Plan, rows: Sequence[Row], pooled: PooledResult) -> list[Variation]:
    members = [row for row in rows if row.status == "pooled"]
    if "leave-one-out" not in plan.sensitivity or len(members) < 3:
        return []
    batch = leave_one_out(pooled)
    verify_leave_one_out(pooled, batch)

    def shown(value: float) -> float:
        return natural(value, pooled.scale)

    found = []
    for i, row in enumerate(members):
        ci = Interval(
            low=shown(batch.ci_low[i]),
            high=shown(batch.ci_high[i]),
            level=plan.model.level,
            method=plan.model.ci,
        )
        prediction = None
        if np.isfinite(batch.prediction_low[i]):
            prediction = Interval(
                low=shown(batch.prediction_low[i]),
                high=shown(batch.prediction_high[i]),
                level=plan.model.level,
                method=plan.model.prediction,
            )
        found.append(
            Variation(
                id=f"without-{row.study.id}",
                name=row.label,
                kind="leave-one-out",
                method=plan.model,
                k=int(batch.k[i]),
                estimate=shown(batch.estimate[i]),
                ci=ci,
                prediction=prediction,
                tau2=float(batch.tau2[i]),
                i2=float(batch.i2[i]),
                i2_q=float(batch.i2_q[i]),
            )
        )
    return found


def _groupings(plan: Plan, rows: Sequence[Row]) -> tuple[Grouping, ...]:
    members = [row for row in rows if row.status == "pooled"]
    found = []
    for number, path in enumerate(plan.subgroups):
        names = [row.groups[number] for row in members]
        if len(set(names)) < 2:
            continue
        result = subgroups(
            _contrasts(rows),
            names,
            settings=_settings(plan.model),
            tau2_across=plan.model.subgroup_tau2,
        )
        for part in result.groups:
            verify_result(part)
        parts = tuple(back_transform(part) for part in result.groups)
        found.append(Grouping(path=path, result=result, natural=parts))
    return tuple(found)


def comparator_risks(rows: Sequence[Row]) -> list[float]:
    """Risk in the comparator arm of every pooled row with counts."""
    data = [row.contrast.data for row in rows if row.status == "pooled" and row.contrast]
    return [d.events_2 / d.total_2 for d in data if isinstance(d, Counts)]


def _absolute(plan: Plan, rows: Sequence[Row], shown: NaturalResult) -> tuple[Absolute, ...]:
    if shown.measure not in RISK_FROM:
        return ()
    found = []
    for baseline in plan.certainty.baseline_risk:
        risk = _risk(baseline, rows)
        effect = absolute_effect(
            shown.measure, shown.estimate, shown.ci.low, shown.ci.high, baseline=risk
        )
        found.append(Absolute(baseline=baseline, effect=effect))
    return tuple(found)


def _risk(baseline: BaselineRisk, rows: Sequence[Row]) -> float:
    if baseline.value is not None:
        return baseline.value
    risks = comparator_risks(rows)
    if not risks:
        raise MethodError(
            f"baseline risk {baseline.id}: no pooled trial reports counts, so no median of "
            "comparator arms exists - give a value with its source"
        )
    return statistics.median(risks)


def _reproduction(
    published: Reproduces, whole: Variation, variations: Sequence[Variation]
) -> Reproduction:
    by_id = {variation.id: variation for variation in variations}
    found = by_id[published.with_sensitivity] if published.with_sensitivity else whole
    pairs = [
        (found.estimate, published.estimate),
        (found.ci.low, published.ci[0]),
        (found.ci.high, published.ci[1]),
    ]
    if published.i2 is not None:
        pairs.append((100 * found.i2_q, published.i2))
    return Reproduction(
        published=published,
        estimate=found.estimate,
        low=found.ci.low,
        high=found.ci.high,
        i2=found.i2_q,
        agrees=all(_agrees(value, printed, published.tolerance) for value, printed in pairs),
    )


def _agrees(value: float, printed: Printed, tolerance: float | None) -> bool:
    allowed = printed.half_unit if tolerance is None else tolerance
    # A value exactly half a unit away may round either way in print.
    return abs(value - printed.value) <= allowed * (1 + 1e-9)
