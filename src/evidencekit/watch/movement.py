"""How a result moves when a study that can no longer be relied on is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from evidencekit.analysis.result import AnalysisResult
from evidencekit.analysis.rows import build_rows
from evidencekit.analysis.run import analyse
from evidencekit.analysis.variations import vary
from evidencekit.errors import DataError, MethodError
from evidencekit.quantities import Interval
from evidencekit.workspace.plan import Plan, Sensitivity
from evidencekit.workspace.study import Study
from evidencekit.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a result says, and what a judgement of its certainty starts from.

    Parameters
    ----------
    k
        Rows pooled; ``trials`` counts each study once.
    estimate, ci, prediction
        On the natural scale of ``measure``.
    excludes_null
        Whether the interval leaves out no effect.
    differences
        Absolute difference in risk and its limits, by baseline risk.
    level
        The GRADE level as people judged it, or None; software moves no judgement.
    """

    measure: str
    k: int
    trials: int
    participants: float
    estimate: float
    ci: Interval
    prediction: Interval | None
    tau2: float
    i2: float
    excludes_null: bool
    differences: Mapping[str, tuple[float, float, float]]
    level: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One analysis with and without some studies.

    Parameters
    ----------
    without
        None when nothing can be pooled without them; then *reason* says why.
    """

    analysis: str
    studies: tuple[str, ...]
    whole: Facts
    without: Facts | None
    reason: str = ""


def pooled_studies(plan: Plan, studies: Mapping[str, Study]) -> tuple[str, ...]:
    """Studies that a plan pools, in order of its rows."""
    rows = build_rows(plan, studies)
    return tuple(dict.fromkeys(row.study.id for row in rows if row.status == "pooled"))


def movements(plan: Plan, workspace: Workspace, left_out: Sequence[str]) -> tuple[Movement, ...]:
    """A plan's result with and without each of some pooled studies, and without all of them.

    Parameters
    ----------
    left_out
        Ids of studies; those that the plan does not pool move nothing.
    """
    pooled = pooled_studies(plan, workspace.studies)
    gone = [study for study in left_out if study in pooled]
    if not gone:
        return ()
    bare = replace(plan, sensitivity=(), reproduces=(), subgroups=())
    whole = _facts(analyse(bare, workspace))
    groups: list[tuple[str, ...]] = [(study,) for study in gone]
    if len(gone) > 1:
        groups.append(tuple(gone))
    return tuple(_movement(bare, workspace, whole, group) for group in groups)


def _movement(plan: Plan, workspace: Workspace, whole: Facts, studies: tuple[str, ...]) -> Movement:
    change = Sensitivity(id="without", name=f"without {', '.join(studies)}", exclude=studies)
    without, reason = None, ""
    try:
        without = _facts(analyse(vary(plan, change), workspace))
    except (DataError, MethodError) as error:
        reason = str(error)
    return Movement(analysis=plan.id, studies=studies, whole=whole, without=without, reason=reason)


def _facts(result: AnalysisResult) -> Facts:
    shown = result.natural
    return Facts(
        measure=shown.measure,
        k=shown.k,
        trials=result.trials,
        participants=result.participants,
        estimate=shown.estimate,
        ci=shown.ci,
        prediction=shown.prediction,
        tau2=result.pooled.tau2,
        i2=result.pooled.i2,
        excludes_null=not shown.ci.low <= shown.null <= shown.ci.high,
        differences={
            item.baseline.id: (item.effect.difference, item.effect.low, item.effect.high)
            for item in result.absolute
        },
        level=result.rating.level,
    )
