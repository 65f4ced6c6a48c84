"""Studies of a table to a pooled result: one row of ``POOL_MODELS`` for each model."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidencekit.errors import MethodError, UsageError
from evidencekit.models.pool import pool
from evidencekit.models.results import NaturalResult, PooledResult, back_transform
from evidencekit.models.settings import Model, Settings, default_interval
from evidencekit.models.subgroups import SubgroupResult, subgroups
from evidencekit.quantities import Contrast
from evidencekit.tables.count_models import MANTEL_HAENSZEL, PETO, pool_counts
from evidencekit.tables.few_studies import bayes_beside
from evidencekit.tables.request import INVERSE_VARIANCE, PoolRequest, check_together
from evidencekit.tables.studies import StudyTable

if TYPE_CHECKING:
    from evidencekit.models.bayes_results import BayesResult
    from evidencekit.tables.dependent import Levels
    from evidencekit.tables.moderators import TableRegression

__all__ = ["POOL_MODELS", "PoolOutcome", "PoolRequest", "pool_studies"]


Pooled = tuple[PooledResult, "Levels | None"]
"""A result and, for dependent effects, its clusters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolOutcome:
    """A pooled result with everything it was made from.

    ``subgroups`` and ``natural_groups`` (one for each group) are there when groups were named,
    ``levels`` when clusters were, ``regression`` when moderators were, and ``bayes`` where few
    studies were pooled with random effects.
    """

    request: PoolRequest
    studies: StudyTable
    result: PooledResult
    natural: NaturalResult
    subgroups: SubgroupResult | None
    natural_groups: tuple[NaturalResult, ...]
    levels: Levels | None
    regression: TableRegression | None
    bayes: BayesResult | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolModel:
    """A row of ``POOL_MODELS``: its name, what it is, and how a table is pooled by it."""

    name: str
    label: str
    pool: Callable[[StudyTable, PoolRequest], Pooled]


def pool_studies(studies: StudyTable, request: PoolRequest) -> PoolOutcome:
    """Pool the studies of a table.

    Raises
    ------
    UsageError
        For choices that cannot go together, or a formula that cannot be used.
    MethodError
        When no study is estimable, or the groups cannot be compared.
    EngineMismatch
        When asked to verify, and statsmodels disagrees.
    """
    try:
        model = POOL_MODELS[request.model]
    except KeyError:
        known = ", ".join(POOL_MODELS)
        raise UsageError(f"unknown model {request.model!r}; choose one of {known}") from None
    check_together(
        request,
        measure=studies.measure,
        subgroup=bool(studies.groups),
        cluster=bool(studies.clusters),
    )
    if not studies.measure and request.model not in (*INVERSE_VARIANCE, "three-level"):
        raise UsageError(f"--model {request.model} needs --measure, computed from counts")
    result, levels = model.pool(studies, request)
    split = _split(studies, request) if studies.groups else None
    beside = request.model == "random" and not studies.clusters
    bayes, few = bayes_beside(result) if beside else (None, ())
    regression = _regression(studies, request)
    return PoolOutcome(
        request=request,
        studies=studies,
        result=result,
        natural=back_transform(result),
        subgroups=split,
        natural_groups=tuple(back_transform(g) for g in split.groups) if split else (),
        levels=levels,
        regression=regression,
        bayes=bayes,
        notes=(*_notes(studies, result, split), *few, *_notes_beside(bayes, regression)),
    )


def _regression(studies: StudyTable, request: PoolRequest) -> TableRegression | None:
    if not request.moderators:
        return None
    from evidencekit.tables.moderators import regress_table

    return regress_table(studies, request)


def _notes(
    studies: StudyTable, result: PooledResult, split: SubgroupResult | None
) -> tuple[str, ...]:
    notes = [*studies.notes, *_steps(studies.contrasts), *result.notes]
    if split is not None:
        notes += split.notes
        for name, group in zip(split.names, split.groups, strict=True):
            notes += (f"{name}: {note}" for note in group.notes)
    notes += (f"{w.place.file}: {w.title}: {w.detail}" for w in studies.warnings)
    return tuple(notes)


def _notes_beside(bayes: BayesResult | None, regression: TableRegression | None) -> list[str]:
    """What the fits beside the pooled result say of themselves."""
    notes = [f"Bayesian fit: {note}" for note in bayes.notes] if bayes else []
    if regression is not None:
        notes.append(
            f"The pooled result is without moderators; the coefficients are those of "
            f"{regression.formula}."
        )
        notes += [f"Regression: {note}" for note in regression.notes]
    return notes


def _steps(contrasts: Iterable[Contrast]) -> list[str]:
    """What was done to the data before pooling, each step once with its studies."""
    used = [c for c in contrasts if c.estimable]
    by_step: dict[str, list[str]] = {}
    for contrast in used:
        for step in contrast.steps:
            by_step.setdefault(step.rstrip("."), []).append(contrast.label)
    return [
        f"{step} ({'every study' if len(names) == len(used) > 1 else ', '.join(names)})."
        for step, names in by_step.items()
    ]


# --- the models --------------------------------------------------------------------------


def pool_random(studies: StudyTable, request: PoolRequest) -> Pooled:
    """Random effects, inverse variance with weights 1/(se^2 + tau2)."""
    return _inverse_variance(studies, request, "random_effects")


def pool_common(studies: StudyTable, request: PoolRequest) -> Pooled:
    """Common effect, inverse variance with weights 1/se^2."""
    return _inverse_variance(studies, request, "common_effect")


def pool_mantel_haenszel(studies: StudyTable, request: PoolRequest) -> Pooled:
    """Mantel-Haenszel pooling of counts, without a continuity correction."""
    return pool_counts(studies, MANTEL_HAENSZEL, model="mh", level=request.level), None


def pool_peto(studies: StudyTable, request: PoolRequest) -> Pooled:
    """Peto's one-step odds ratio from counts."""
    return pool_counts(studies, PETO, model="peto", level=request.level), None


def pool_glmm(studies: StudyTable, request: PoolRequest) -> Pooled:
    """A generalised linear mixed model of counts."""
    from evidencekit.tables.exact_models import pool_exact

    return pool_exact(studies, request.likelihood, level=request.level), None


def pool_nested(studies: StudyTable, request: PoolRequest) -> Pooled:
    """A three-level model: effects within clusters."""
    from evidencekit.tables.dependent import pool_three_level

    return pool_three_level(studies, request)


def _settings(request: PoolRequest, model: Model) -> Settings:
    return Settings(
        model=model,
        tau2=request.tau2,
        ci=request.ci or default_interval(model),
        prediction=request.prediction,
        tau2_ci=request.tau2_ci,
        level=request.level,
    )


def _inverse_variance(studies: StudyTable, request: PoolRequest, model: Model) -> Pooled:
    if studies.clusters:
        from evidencekit.tables.dependent import pool_robust

        return pool_robust(studies, request, model)
    settings = _settings(request, model)
    result = pool(
        studies.contrasts,
        model=model,
        tau2=settings.tau2,
        ci=settings.ci,
        prediction=settings.prediction,
        tau2_ci=settings.tau2_ci,
        level=settings.level,
        verify=request.verify,
    )
    return result, None


def _split(studies: StudyTable, request: PoolRequest) -> SubgroupResult:
    model: Model = "random_effects" if request.model == "random" else "common_effect"
    try:
        found = subgroups(
            studies.contrasts,
            studies.groups,
            settings=_settings(request, model),
            tau2_across=request.tau2_across,
        )
    except MethodError as error:
        raise MethodError(f"--subgroup: {error}") from error
    if request.verify:
        from evidencekit.models.engine import verify_result

        for group in found.groups:
            verify_result(group)
    return found


POOL_MODELS: dict[str, PoolModel] = {
    row.name: row
    for row in (
        PoolModel(name="random", label="random effects", pool=pool_random),
        PoolModel(name="common", label="common effect", pool=pool_common),
        PoolModel(name="mh", label="Mantel-Haenszel", pool=pool_mantel_haenszel),
        PoolModel(name="peto", label="Peto", pool=pool_peto),
        PoolModel(name="glmm", label="generalised linear mixed model", pool=pool_glmm),
        PoolModel(name="three-level", label="three-level model", pool=pool_nested),
    )
}
