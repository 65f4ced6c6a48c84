"""The rows of an analysis: what each study contributes, or why it does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evidencekit.analysis.candidates import Candidate, NoReading, candidates
from evidencekit.analysis.contrasts import (
    display,
    not_pooled_because,
    same_axis,
    to_contrast,
)
from evidencekit.analysis.result import Message, Row, Status
from evidencekit.errors import DataError
from evidencekit.quantities import Contrast
from evidencekit.workspace.fields import TagValue, Text
from evidencekit.workspace.plan import Plan
from evidencekit.workspace.study import Study
from evidencekit.workspace.where import compile_where, resolve


def build_rows(
    plan: Plan, studies: Mapping[str, Study], *, pool: Sequence[str] = ()
) -> tuple[Row, ...]:
    """One row per comparison that a study offers for the plan's outcome, oldest first.

    Parameters
    ----------
    pool
        Ids of studies that are pooled although the plan excludes or only shows them.
    """
    rows: list[Row] = []
    for study in studies.values():
        for number, found in enumerate(candidates(study, plan)):
            key = f"{study.id}.{number}" if number else study.id
            if isinstance(found, NoReading):
                rows.append(_without_reading(found, plan, key))
            else:
                rows.append(_row(found, plan, key, pool=study.id in pool))
    rows.sort(key=lambda row: (row.study.year or 9999, row.label, row.study.id))
    _refuse_double_counting(rows)
    return tuple(rows)


def _without_reading(found: NoReading, plan: Plan, key: str) -> Row:
    """A study none of whose readings the plan prefers is left out, and says so."""
    return Row(
        key=key,
        study=found.study,
        label=found.study.label,
        status="excluded",
        measure=plan.measure,
        contrast=None,
        reason=Message("report.reason.no_reading", {}),
        unused=found.unused,
        groups=tuple("not_stated" for _ in plan.subgroups),
    )


def _refuse_double_counting(rows: Sequence[Row]) -> None:
    """The same people must not enter a pooled estimate twice.

    Raises
    ------
    DataError
        Two pooled results of one study share an arm.
    """
    seen: dict[tuple[str, str], Row] = {}
    for row in rows:
        if row.status != "pooled":
            continue
        for arm in row.arms:
            first = seen.setdefault((row.study.id, arm), row)
            if first is not row:
                raise DataError(
                    f"{row.study.id}: two results that share the arm {arm} would be pooled - give "
                    "them one group if they are readings of one quantity, exclude the study, or "
                    "show it only"
                )


def _row(candidate: Candidate, plan: Plan, key: str, *, pool: bool) -> Row:
    record = candidate.record()
    contrast = to_contrast(candidate, plan)
    status, reason = _use(candidate, record, plan, contrast, pool=pool)
    estimate, ci, measure = display(candidate, plan, contrast)
    return Row(
        key=key,
        study=candidate.study,
        label=_label(candidate, plan),
        status=status,
        measure=measure,
        contrast=contrast,
        estimate=estimate,
        ci=ci,
        on_axis=same_axis(measure, plan.measure),
        reason=reason,
        result=candidate.result,
        arms=_arms_used(candidate, contrast),
        unused=candidate.unused,
        chosen_because=candidate.why,
        groups=tuple(group_name(resolve(record, path)) for path in plan.subgroups),
    )


def _arms_used(candidate: Candidate, contrast: Contrast | None) -> tuple[str, ...]:
    as_printed = contrast is None or contrast.data is None
    if as_printed and candidate.estimate:
        return candidate.estimate.arms
    return tuple(arm for side in candidate.sides for arm in side)


def _use(
    candidate: Candidate,
    record: dict[str, object],
    plan: Plan,
    contrast: Contrast | None,
    *,
    pool: bool,
) -> tuple[Status, Text | str | Message]:
    """Whether the row is pooled, shown or left out, and why."""
    if not pool:
        if why := _exclusion(candidate, record, plan):
            return "excluded", why
        if shown := _shown_only(candidate, plan):
            return "shown", shown
    if cannot := not_pooled_because(candidate, plan, contrast):
        return "shown", cannot
    return "pooled", ""


def _exclusion(candidate: Candidate, record: dict[str, object], plan: Plan) -> Text | str | Message:
    for named in plan.select.exclude:
        if named.study == candidate.study.id:
            return named.why
    if plan.select.where and not compile_where(plan.select.where).matches(record):
        return plan.select.why or Message("report.not_selected", {"condition": plan.select.where})
    return ""


def _shown_only(candidate: Candidate, plan: Plan) -> Text | str:
    return next((n.why for n in plan.select.show_only if n.study == candidate.study.id), "")


def _label(candidate: Candidate, plan: Plan) -> str:
    """The study's label; with the arm when one study offers several comparisons."""
    offers = [
        r for r in candidate.study.results if r.outcome == plan.question.outcome and not r.group
    ]
    if len(offers) > 1 and candidate.result in offers:
        return f"{candidate.study.label} ({candidate.intervention.text})"
    return candidate.study.label


def group_name(value: TagValue | object) -> str:
    """A subgroup's name: the value as text; a missing value is a group of its own."""
    if value is None or value == "":
        return "not_stated"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    return str(value)
