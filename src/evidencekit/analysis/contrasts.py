"""From a candidate to a contrast on the plan's measure, or to the reason why there is none."""

from __future__ import annotations

import math

from evidencekit.analysis.candidates import Candidate, arm_data
from evidencekit.analysis.result import Message
from evidencekit.effects.combine import combine_counts, combine_means
from evidencekit.effects.contrast import make_contrast
from evidencekit.effects.conversions import critical_value, sd_from_se
from evidencekit.effects.generic import ReportedEstimate
from evidencekit.effects.measures import find_measure
from evidencekit.effects.natural import to_natural, to_natural_interval
from evidencekit.effects.zero_cells import ZeroCells
from evidencekit.errors import MethodError
from evidencekit.method_names import RATIOS
from evidencekit.quantities import Contrast, Counts, Interval, Means
from evidencekit.workspace.fields import Printed
from evidencekit.workspace.plan import Plan
from evidencekit.workspace.study import ArmData, EstimateData

# Kind of arm data that each kind of measure is computed from.
_NEEDS = {"binary": "counts", "continuous": "means"}
# Designs whose arm data do not carry the precision of a parallel trial of the same size.
_DEPENDENT = ("cluster", "crossover")


def to_contrast(candidate: Candidate, plan: Plan) -> Contrast | None:
    """The study's contrast on the plan's measure; None when its data are on another scale.

    Arm data come first; a printed estimate is used when there are no usable arm data and
    it compares the same arms on the plan's measure. Data that a method cannot take give a
    contrast that is not estimable, with the reason: the study keeps its row.
    """
    measure = find_measure(plan.measure)
    estimate = candidate.estimate
    policy = plan.zero_cells
    from_arms = candidate.kind == _NEEDS.get(measure.kind)
    usable = estimate and estimate.measure == plan.measure and _has_precision(estimate)
    if not from_arms and not usable:
        return None
    try:
        data, steps = _arms(candidate) if from_arms else _reported(candidate)
        return make_contrast(
            plan.measure,
            data,
            study=candidate.study.id,
            label=candidate.study.label,
            zero_cells=ZeroCells(add=policy.add, to=policy.to, double_zero=policy.double_zero),
            result=candidate.result.id,
            steps=steps,
        )
    except MethodError as error:
        return Contrast(
            study=candidate.study.id,
            label=candidate.study.label,
            measure=plan.measure,
            scale=measure.scale,
            estimate=math.nan,
            se=math.nan,
            not_estimable=str(error).removeprefix(f"{candidate.study.label}: "),
            result=candidate.result.id,
        )


def not_pooled_because(
    candidate: Candidate, plan: Plan, contrast: Contrast | None
) -> Message | None:
    """Why the row cannot be pooled; None when it can."""
    if contrast is not None:
        if not contrast.estimable:
            return Message("report.reason.not_estimable", {"why": contrast.not_estimable})
        if contrast.data is not None and _needs_adjusting(candidate):
            return Message(f"report.reason.design.{candidate.study.design}", {})
        return None
    estimate = candidate.result.estimate
    if estimate and candidate.direction == "other arms":
        return Message("report.reason.other_arms", {})
    if estimate and estimate.measure != plan.measure:
        return Message(
            "report.reason.other_measure", {"measure": estimate.measure, "wanted": plan.measure}
        )
    if estimate and candidate.kind == "estimate":
        return Message("report.reason.imprecise", {})
    return Message("report.reason.incomplete", {})


def _needs_adjusting(candidate: Candidate) -> bool:
    """Whether arm data would be pooled as if people had been randomised one by one."""
    return candidate.study.design in _DEPENDENT and not candidate.result.effective


def display(
    candidate: Candidate, plan: Plan, contrast: Contrast | None
) -> tuple[float | None, Interval | None, str]:
    """Estimate and interval for a reader, on the natural scale, and the measure they are on.

    A printed estimate that was used as it stands is shown as printed.
    """
    estimate = candidate.estimate
    if contrast is not None and contrast.estimable:
        if contrast.data is None and estimate and _shown_as_printed(candidate, plan):
            return estimate.value.value, printed_interval(estimate), plan.measure
        half = critical_value(plan.model.level) * contrast.se
        wald = Interval(
            low=contrast.estimate - half,
            high=contrast.estimate + half,
            level=plan.model.level,
            method="wald",
        )
        ci = to_natural_interval(plan.measure, wald)
        return to_natural(plan.measure, contrast.estimate), ci, plan.measure
    if contrast is None and candidate.result.estimate:
        printed = candidate.result.estimate
        value = _natural(printed, printed.value.value)
        return value, printed_interval(printed), printed.measure
    return None, None, plan.measure


def _shown_as_printed(candidate: Candidate, plan: Plan) -> bool:
    estimate = candidate.estimate
    return (
        candidate.direction == "as printed"
        and estimate is not None
        and estimate.scale == "natural"
        and estimate.ci is not None
        and estimate.level == plan.model.level
    )


def same_axis(measure: str, plan_measure: str) -> bool:
    """Whether values of two measures can stand on one axis: ratios with ratios, or the same."""
    return measure == plan_measure or (measure in RATIOS and plan_measure in RATIOS)


def printed_interval(estimate: EstimateData) -> Interval | None:
    """The interval as printed (or as derived, and then it says so), natural scale, or None."""
    if estimate.ci is None:
        return None
    low, high = (_natural(estimate, limit.value) for limit in estimate.ci)
    method = f"derived: {estimate.ci_derived}" if estimate.ci_derived else "as printed"
    return Interval(low=low, high=high, level=estimate.level, method=method)


def _natural(estimate: EstimateData, value: float) -> float:
    """A value as people read it: ratios printed as logarithms are taken back."""
    logged = estimate.scale == "log" and estimate.measure in RATIOS
    if not logged:
        return value
    return to_natural(estimate.measure, value)


def _reported(candidate: Candidate) -> tuple[ReportedEstimate, tuple[str, ...]]:
    """A printed estimate as the effects room takes it, turned round when printed the other way."""
    estimate = candidate.estimate
    if estimate is None:
        raise ValueError("an estimate that was checked to be there is missing")
    printed = [estimate.value, *(estimate.ci or ())]
    p = estimate.p
    as_printed = ReportedEstimate(
        value=estimate.value.value,
        low=estimate.ci[0].value if estimate.ci else None,
        high=estimate.ci[1].value if estimate.ci else None,
        level=estimate.level,
        se=estimate.se.value if estimate.se else None,
        p_value=p.number.value if p and p.relation == "=" else None,
        scale="natural" if estimate.scale == "natural" else "analysis",
        decimals=min(number.decimals for number in printed),
    )
    if candidate.direction == "as printed":
        return as_printed, ()
    first, second = estimate.arms
    step = f"Turned round: printed as {first} against {second}."
    return _turned(as_printed, ratio=estimate.measure in RATIOS), (step,)


def _turned(reported: ReportedEstimate, *, ratio: bool) -> ReportedEstimate:
    """The same estimate of arm 2 against arm 1; its digits are no longer those in print."""
    inverse = ratio and reported.scale == "natural"

    def turn(value: float) -> float:
        if not inverse:
            return -value
        return 1.0 / value if value else math.inf

    return ReportedEstimate(
        value=turn(reported.value),
        low=None if reported.high is None else turn(reported.high),
        high=None if reported.low is None else turn(reported.low),
        level=reported.level,
        se=reported.se,
        p_value=reported.p_value,
        scale=reported.scale,
    )


def _has_precision(estimate: EstimateData) -> bool:
    exact_p = estimate.p is not None and estimate.p.relation == "="
    return bool(estimate.ci or estimate.se or exact_p)


def _arms(candidate: Candidate) -> tuple[Counts | Means, tuple[str, ...]]:
    """Arm data of both sides, several arms of a side combined, and what was done."""
    sides = [arm_data(candidate.result, ids) for ids in candidate.sides]
    steps = tuple(
        f"Combined arms {' and '.join(ids)} into one group."
        for ids in candidate.sides
        if len(ids) > 1
    )
    if candidate.kind == "counts":
        (e1, n1), (e2, n2) = (combine_counts([_count(d) for d in side]) for side in sides)
        return Counts(events_1=e1, total_1=n1, events_2=e2, total_2=n2), steps
    (m1, s1, k1), (m2, s2, k2) = (combine_means([_mean(d) for d in side]) for side in sides)
    if any(d.sd is None for side in sides for d in side):
        steps = ("Standard deviation from the standard error: SE x sqrt(n).", *steps)
    return Means(mean_1=m1, sd_1=s1, total_1=k1, mean_2=m2, sd_2=s2, total_2=k2), steps


def _count(data: ArmData) -> tuple[float, float]:
    return _value(data.events), _value(data.total)


def _mean(data: ArmData) -> tuple[float, float, float]:
    n = _value(data.total)
    sd = _value(data.sd) if data.sd else sd_from_se(_value(data.se), n)
    return _value(data.mean), sd, n


def _value(printed: Printed | None) -> float:
    if printed is None:
        raise ValueError("a number that was checked to be there is missing")
    return printed.value
