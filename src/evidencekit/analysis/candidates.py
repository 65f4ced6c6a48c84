"""From a study to the comparisons it offers a plan: readings and arms chosen, arms merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from evidencekit.errors import DataError
from evidencekit.method_names import OUTCOME_TYPES
from evidencekit.workspace.fields import Reading
from evidencekit.workspace.plan import ContrastChoice, Plan, Readings
from evidencekit.workspace.study import Arm, ArmData, EstimateData, Result, Study
from evidencekit.workspace.where import compile_where

DataKind = Literal["counts", "means", "estimate", "incomplete"]
Direction = Literal["as printed", "reversed", "other arms"]
Sides = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One comparison that a study offers: a result, its two sides, and what was passed over.

    Parameters
    ----------
    sides
        Ids of the arms on the intervention's and on the comparator's side.
    kind
        What the arms hold; "estimate" when only a printed estimate can be used.
    direction
        Whether the printed estimate, if there is one, compares intervention with
        comparator, the reverse, or other arms.
    unused
        Other readings of the same quantity.
    why
        The plan's reason, when it names this reading.
    """

    study: Study
    result: Result
    intervention: Arm
    comparator: Arm
    sides: Sides
    kind: DataKind
    direction: Direction
    unused: tuple[Result, ...]
    why: str = ""

    @property
    def estimate(self) -> EstimateData | None:
        """The printed estimate, if it compares the arms that the plan compares."""
        return None if self.direction == "other arms" else self.result.estimate

    def record(self) -> dict[str, Any]:
        """What a ``where`` condition or a subgroup path can look at."""
        record: dict[str, Any] = {f.name: getattr(self.study, f.name) for f in fields(self.study)}
        record["study"] = self.study
        record["arms"] = {"intervention": self.intervention, "comparator": self.comparator}
        record["result"] = {
            "id": self.result.id,
            "data": self.kind,
            "basis": self.result.source.basis,
            "reading": self.result.reading.kind,
            "analysis_set": self.result.analysis_set,
            "timepoint": self.result.timepoint,
            "definition": self.result.definition,
        }
        return record


@dataclass(frozen=True, slots=True, kw_only=True)
class NoReading:
    """Readings of one quantity of which the plan prefers none."""

    study: Study
    unused: tuple[Result, ...]


def candidates(study: Study, plan: Plan) -> tuple[Candidate | NoReading, ...]:
    """Every comparison the study offers for the plan's outcome, one per group of readings."""
    found: list[Candidate | NoReading] = []
    for group in _groups(r for r in study.results if r.outcome == plan.question.outcome):
        result, why = _choose(study, group, plan.readings)
        if result is None:
            found.append(NoReading(study=study, unused=tuple(group)))
            continue
        unused = tuple(r for r in group if r is not result)
        found.append(_candidate(study, result, plan, unused, why))
    return tuple(found)


def data_kind(result: Result, sides: Sides, *, prefer: str = "counts") -> DataKind:
    """What the two sides hold: counts, means, only an estimate, or nothing that can be used.

    Parameters
    ----------
    prefer
        "counts" or "means": which to name when the arms hold both.
    """
    data = [result.arms.get(arm) for side in sides for arm in side]
    held: list[DataKind] = []
    if all(sides) and all(d is not None and d.events and d.total for d in data):
        held.append("counts")
    if all(sides) and all(d is not None and d.mean and d.total and (d.sd or d.se) for d in data):
        held.append("means")
    if held:
        return next((kind for kind in held if kind == prefer), held[0])
    return "estimate" if result.estimate else "incomplete"


def _groups(results: Iterable[Result]) -> list[list[Result]]:
    groups: dict[str, list[Result]] = {}
    for number, result in enumerate(results):
        groups.setdefault(result.group or f"#{number}", []).append(result)
    return list(groups.values())


def _choose(study: Study, group: list[Result], readings: Readings) -> tuple[Result | None, str]:
    """The reading to use, and why if a plan named it."""
    for choice in readings.choose:
        for result in group:
            if (choice.study, choice.result) == (study.id, result.id):
                return result, choice.why
    if len(group) == 1:
        return group[0], ""
    for wanted in readings.prefer:
        matching = [r for r in group if _same(r.reading, wanted)]
        if len(matching) == 1:
            return matching[0], ""
        if matching:
            names = ", ".join(r.id or r.source.locator for r in matching)
            raise DataError(
                f"{study.id}: {len(matching)} readings of one quantity ({names}) are equally "
                f"preferred ({wanted}) - name one under readings.choose of the plan"
            )
    return None, ""


def _same(reading: Reading, wanted: Reading) -> bool:
    return reading.kind == wanted.kind and wanted.report in ("", reading.report)


def _candidate(
    study: Study, result: Result, plan: Plan, unused: tuple[Result, ...], why: str
) -> Candidate:
    sides = _sides(study, result, plan.contrast)
    prefer = "means" if "continuous" in OUTCOME_TYPES[plan.measure] else "counts"
    return Candidate(
        study=study,
        result=result,
        intervention=merge_arms(study, sides[0]),
        comparator=merge_arms(study, sides[1]),
        sides=sides,
        kind=data_kind(result, sides, prefer=prefer),
        direction=_direction(study, result, plan.contrast),
        unused=unused,
        why=why,
    )


def _direction(study: Study, result: Result, choice: ContrastChoice) -> Direction:
    """Which way round the printed estimate compares what the plan compares."""
    if result.estimate is None:
        return "as printed"
    first, second = (study.arm(arm) for arm in result.estimate.arms)
    ours, theirs = compile_where(choice.intervention), compile_where(choice.comparator)
    if ours.matches(first) and theirs.matches(second):
        return "as printed"
    return "reversed" if ours.matches(second) and theirs.matches(first) else "other arms"


def _sides(study: Study, result: Result, choice: ContrastChoice) -> Sides:
    """Ids of the arms on either side among those the result has data for."""
    named = result.arms or (result.estimate.arms if result.estimate else ())
    arms = [arm for arm in study.arms if arm.id in named]
    sides = []
    for condition in (choice.intervention, choice.comparator):
        where = compile_where(condition)
        side = tuple(arm.id for arm in arms if where.matches(arm))
        if len(side) > 1 and choice.multi_arm == "refuse":
            raise DataError(
                f"{study.id}: {len(side)} arms ({', '.join(side)}) match {condition!r} - "
                "combine them (contrast.multi_arm) or narrow the condition"
            )
        sides.append(side)
    both = set(sides[0]) & set(sides[1])
    if both:
        raise DataError(
            f"{study.id}: arm {', '.join(sorted(both))} is on both sides - contrast.intervention "
            "and contrast.comparator must not match the same arm"
        )
    return sides[0], sides[1]


def merge_arms(study: Study, ids: tuple[str, ...]) -> Arm:
    """One arm that stands for several: texts joined, tags kept where they agree."""
    arms = [arm for arm in (study.arm(i) for i in ids) if arm is not None]
    if len(arms) == 1:
        return arms[0]
    if not arms:
        return Arm(id="none", role="other", text="")
    return Arm(
        id="+".join(arm.id for arm in arms),
        role=arms[0].role,
        text="; ".join(dict.fromkeys(arm.text for arm in arms)),
        dose="; ".join(dict.fromkeys(arm.dose for arm in arms if arm.dose)),
        duration="; ".join(dict.fromkeys(arm.duration for arm in arms if arm.duration)),
        tags=_shared_tags([arm.tags for arm in arms]),
    )


def _shared_tags(tags: list[Mapping[str, Any]]) -> dict[str, Any]:
    first, *rest = tags
    return {k: v for k, v in first.items() if all(other.get(k) == v for other in rest)}


def arm_data(result: Result, ids: tuple[str, ...]) -> list[ArmData]:
    """The data of these arms, in order."""
    return [result.arms[i] for i in ids]
