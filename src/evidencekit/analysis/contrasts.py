"""From a candidate to a contrast on the plan's measure, or to the reason why there is none."""

from __future__ import annotations

from evidencekit.analysis.candidates import Candidate, arm_data
from evidencekit.analysis.result import Message
from evidencekit.effects.combine import combine_counts, combine_means
from evidencekit.effects.contrast import make_contrast
from evidencekit.effects.conversions import critical_value
from evidencekit.effects.generic import ReportedEstimate
from evidencekit.effects.measures import find_measure, to_natural
from evidencekit.effects.zero_cells import ZeroCells
from evidencekit.quantities import Contrast, Counts, Interval, Means
from evidencekit.workspace.fields import Printed
from evidencekit.workspace.plan import Plan
from evidencekit.workspace.study import ArmData, EstimateData

# Kind of arm data that each kind of measure is computed from.
_NEEDS = {"binary": "counts", "continuous": "means"}


def to_contrast(candidate: Candidate, plan: Plan) -> Contrast | None:
    """The study's contrast on the plan's measure; None when its data are on another scale.

    Arm data come first; a printed estimate is used when there are no usable arm data and
    it is on the plan's measure.
    """
    measure = find_measure(plan.measure)
    estimate = candidate.result.estimate
    data: Counts | Means | ReportedEstimate
    if candidate.kind == _NEEDS.get(measure.kind):
        data, steps = _arms(candidate)
    elif estimate and estimate.measure == plan.measure and _has_precision(estimate):
        data, steps = reported(estimate), ()
    else:
        return None
    policy = plan.zero_cells
    return make_contrast(
        plan.measure,
        data,
        study=candidate.study.id,
        label=candidate.study.label,
        zero_cells=ZeroCells(add=policy.add, to=policy.to, double_zero=policy.double_zero),
        result=candidate.result.id,
        steps=steps,
    )


def not_pooled_because(
    candidate: Candidate, plan: Plan, contrast: Contrast | None
) -> Message | None:
    """Why the row cannot be pooled; None when it can."""
    if contrast is not None:
        if contrast.estimable:
            return None
        return Message("report.reason.not_estimable", {"why": contrast.not_estimable})
    estimate = candidate.result.estimate
    if estimate and estimate.measure != plan.measure:
        return Message(
            "report.reason.other_measure", {"measure": estimate.measure, "wanted": plan.measure}
        )
    return Message("report.reason.incomplete", {})


def display(
    candidate: Candidate, plan: Plan, contrast: Contrast | None
) -> tuple[float | None, Interval | None, str]:
    """Estimate and interval for a reader, on the natural scale, and the measure they are on."""
    estimate = candidate.result.estimate
    if contrast is not None and contrast.data is None and estimate and _as_printed(estimate, plan):
        return estimate.value.value, printed_interval(estimate), plan.measure
    if contrast is not None and contrast.estimable:
        half = critical_value(plan.model.level) * contrast.se
        ci = Interval(
            low=to_natural(plan.measure, contrast.estimate - half),
            high=to_natural(plan.measure, contrast.estimate + half),
            level=plan.model.level,
            method="wald",
        )
        return to_natural(plan.measure, contrast.estimate), ci, plan.measure
    if contrast is None and estimate and estimate.scale == "natural":
        return estimate.value.value, printed_interval(estimate), estimate.measure
    return None, None, plan.measure


def _as_printed(estimate: EstimateData, plan: Plan) -> bool:
    """Whether the printed numbers can be shown as they are."""
    same_level = estimate.ci is not None and estimate.level == plan.model.level
    return estimate.scale == "natural" and same_level


def printed_interval(estimate: EstimateData) -> Interval | None:
    """The interval as printed (or as derived, and then it says so), or None."""
    if estimate.ci is None:
        return None
    low, high = (limit.value for limit in estimate.ci)
    method = f"derived: {estimate.ci_derived}" if estimate.ci_derived else "as printed"
    return Interval(low=low, high=high, level=estimate.level, method=method)


def reported(estimate: EstimateData) -> ReportedEstimate:
    """A printed estimate as the effects room takes it."""
    printed = [estimate.value, *(estimate.ci or ())]
    p = estimate.p
    return ReportedEstimate(
        value=estimate.value.value,
        low=estimate.ci[0].value if estimate.ci else None,
        high=estimate.ci[1].value if estimate.ci else None,
        level=estimate.level,
        se=estimate.se.value if estimate.se else None,
        p_value=p.number.value if p and p.relation == "=" else None,
        scale="natural" if estimate.scale == "natural" else "analysis",
        decimals=min(number.decimals for number in printed),
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
    from_se = any(d.sd is None for side in sides for d in side)
    if from_se:
        steps = ("Standard deviation from the standard error: SE x sqrt(n).", *steps)
    return Means(mean_1=m1, sd_1=s1, total_1=k1, mean_2=m2, sd_2=s2, total_2=k2), steps


def _count(data: ArmData) -> tuple[float, float]:
    return _value(data.events), _value(data.total)


def _mean(data: ArmData) -> tuple[float, float, float]:
    n = _value(data.total)
    sd = _value(data.sd) if data.sd else _value(data.se) * n**0.5
    return _value(data.mean), sd, n


def _value(printed: Printed | None) -> float:
    if printed is None:
        raise ValueError("a number that was checked to be there is missing")
    return printed.value
