"""What the evidence of a claim says: as printed, or as computed from this workspace."""

from __future__ import annotations

from dataclasses import dataclass

from evidencekit.audit.claims.rounding import Range
from evidencekit.method_names import RATIOS
from evidencekit.workspace.claim import Evidence
from evidencekit.workspace.plan import Plan, Question
from evidencekit.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The numbers of one piece of evidence.

    Parameters
    ----------
    source
        The piece of evidence.
    label
        Its name for people.
    value
        Every value its print can stand for, on the natural scale; None without a number.
    estimate, low, high
        Estimate and interval, natural scale.
    shown
        The numbers as a reader would write them.
    missing
        Why there is no number, where one was to be computed.
    """

    source: Evidence
    label: str
    measure: str = ""
    value: Range | None = None
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    k: int | None = None
    participants: int | None = None
    certainty: str | None = None
    shown: str = ""
    missing: str = ""

    @property
    def null(self) -> float:
        """The value of no effect."""
        return 1.0 if self.measure in RATIOS else 0.0

    @property
    def decides(self) -> bool:
        """Whether a verdict may rest on it; what is recalled is shown and no more."""
        return self.source.status != "recalled"


def found(evidence: Evidence, workspace: Workspace) -> Found:
    """Look up or compute what a piece of evidence says.

    Raises
    ------
    DataError, MethodError
        As `evidencekit.analysis.run.analyse`, for an analysis of the workspace.
    """
    if evidence.analysis:
        return _analysis(evidence, workspace)
    if evidence.study:
        return _study(evidence, workspace)
    return _published(evidence)


def _published(evidence: Evidence) -> Found:
    label = evidence.label or evidence.doi or evidence.pmid or evidence.citation
    printed, ci = evidence.estimate, evidence.ci
    value = None
    parts = []
    if printed is not None:
        value = Range(printed.value - printed.half_unit, printed.value + printed.half_unit)
        name = "" if evidence.measure in ("value", None) else f"{evidence.measure} "
        parts.append(f"{name}{printed.text}")
        if ci is not None:
            parts.append(f"({ci[0].text} to {ci[1].text})")
    elif evidence.range is not None:
        value = Range(evidence.range[0].value, evidence.range[1].value)
        parts.append(f"{evidence.range[0].text} to {evidence.range[1].text}")
    if value is not None and evidence.unit:
        parts.append(evidence.unit)
    return Found(
        source=evidence,
        label=label,
        measure=evidence.measure or "",
        value=value,
        estimate=printed.value if printed else None,
        low=ci[0].value if ci else None,
        high=ci[1].value if ci else None,
        k=evidence.k,
        participants=evidence.participants,
        certainty=evidence.certainty,
        shown=" ".join(parts) or evidence.finding,
    )


def _analysis(evidence: Evidence, workspace: Workspace) -> Found:
    """An analysis of this workspace, computed now rather than copied."""
    from evidencekit.analysis.run import analyse

    result = analyse(workspace.plans[evidence.analysis], workspace)
    natural = result.natural
    ci = natural.ci
    return Found(
        source=evidence,
        label=f"analysis {evidence.analysis}",
        measure=natural.measure,
        value=Range(natural.estimate, natural.estimate),
        estimate=natural.estimate,
        low=ci.low,
        high=ci.high,
        k=result.trials,
        participants=round(result.participants),
        certainty=result.rating.level,
        shown=f"{natural.measure} {natural.estimate:.3g} ({ci.low:.3g} to {ci.high:.3g})",
    )


def _study(evidence: Evidence, workspace: Workspace) -> Found:
    """A study of this workspace: the row it would be in an analysis of its own."""
    from evidencekit.analysis.rows import build_rows

    study = workspace.studies[evidence.study]
    plan = Plan(
        id="claim",
        question=Question(population={}, intervention={}, comparator={}, outcome=evidence.outcome),
        measure=evidence.measure or "",
        labels={},
    )
    rows = [r for r in build_rows(plan, {study.id: study}) if r.estimate is not None]
    if len(rows) != 1 or rows[0].ci is None or rows[0].estimate is None:
        why = f"{len(rows)} results of {evidence.outcome} with an interval; one is needed"
        return Found(source=evidence, label=study.label, missing=why)
    row, ci = rows[0], rows[0].ci
    return Found(
        source=evidence,
        label=study.label,
        measure=row.measure,
        value=Range(rows[0].estimate, rows[0].estimate),
        estimate=row.estimate,
        low=ci.low,
        high=ci.high,
        k=1,
        shown=f"{row.measure} {row.estimate:.3g} ({ci.low:.3g} to {ci.high:.3g})",
    )
