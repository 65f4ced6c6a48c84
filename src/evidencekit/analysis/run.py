"""Run a plan: rows, pooled result, subgroups, variations, absolute effects, reproductions."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import replace

from evidencekit.analysis.few_studies import beside
from evidencekit.analysis.pooling import contrasts_of, pool_rows, settings_of
from evidencekit.analysis.result import (
    Absolute,
    AnalysisResult,
    Grouping,
    Reproduction,
    Row,
    Variation,
)
from evidencekit.analysis.rows import build_rows
from evidencekit.analysis.variations import (
    FEWEST_FOR_LEAVING_OUT,
    leaving_one_out,
    plan_variations,
    variation_of,
)
from evidencekit.certainty.absolute import RISK_FROM, absolute_effect
from evidencekit.certainty.grade import rate
from evidencekit.errors import MethodError
from evidencekit.models.engine import verify_result
from evidencekit.models.results import NaturalResult, PooledResult, back_transform
from evidencekit.models.subgroups import subgroups
from evidencekit.quantities import Counts
from evidencekit.workspace.fields import Printed
from evidencekit.workspace.plan import (
    BaselineRisk,
    Plan,
    Reproduces,
)
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
    bayes, bayes_notes = beside(contrasts_of(rows), pooled)
    variations = (*plan_variations(plan, workspace.studies), *leaving_one_out(plan, rows, pooled))
    groupings = _groupings(plan, rows)
    whole = variation_of(plan.id, plan.id, plan.model, pooled)
    return AnalysisResult(
        plan=plan,
        outcome=outcome,
        rows=rows,
        pooled=pooled,
        natural=shown,
        bayes=bayes,
        groupings=groupings,
        variations=variations,
        published=plan.compare_with,
        absolute=_absolute(plan, rows, shown),
        rating=rate(plan.certainty),
        reproductions=tuple(_reproduction(r, whole, variations) for r in plan.reproduces),
        notes=(*pooled.notes, *bayes_notes, *_further_notes(plan, rows, variations, groupings)),
    )


def _with_weights(rows: Sequence[Row], pooled: PooledResult) -> tuple[Row, ...]:
    weights = iter(pooled.weights)
    return tuple(
        replace(row, weight=next(weights)) if row.status == "pooled" else row for row in rows
    )


def _groupings(plan: Plan, rows: Sequence[Row]) -> tuple[Grouping, ...]:
    members = [row for row in rows if row.status == "pooled"]
    found = []
    for number, path in enumerate(plan.subgroups):
        names = [row.groups[number] for row in members]
        if len(set(names)) < 2:
            continue
        result = subgroups(
            contrasts_of(rows),
            names,
            settings=settings_of(plan.model),
            tau2_across=plan.model.subgroup_tau2,
        )
        for part in result.groups:
            verify_result(part)
        parts = tuple(back_transform(part) for part in result.groups)
        found.append(Grouping(path=path, result=result, natural=parts))
    return tuple(found)


def _further_notes(
    plan: Plan,
    rows: Sequence[Row],
    variations: Sequence[Variation],
    groupings: Sequence[Grouping],
) -> list[str]:
    """What was unusual in variations and subgroups, and what was asked for but not possible."""
    notes = [f"{variation.id}: {note}" for variation in variations for note in variation.notes]
    for grouping in groupings:
        notes += [f"{grouping.path}: {note}" for note in grouping.result.notes]
        for name, part in zip(grouping.result.names, grouping.result.groups, strict=True):
            notes += [f"{grouping.path} {name}: {note}" for note in part.notes]
    done = {grouping.path for grouping in groupings}
    notes += [
        f"{path}: one subgroup only, so nothing to compare."
        for path in plan.subgroups
        if path not in done
    ]
    members = sum(row.status == "pooled" for row in rows)
    if "leave-one-out" in plan.sensitivity and members < FEWEST_FOR_LEAVING_OUT:
        notes.append(f"Leaving studies out in turn needs three studies; there are {members}.")
    return notes


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
        if not 0.0 < risk < 1.0:
            # A median of comparator arms may be 0; no relative effect changes that risk.
            continue
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
