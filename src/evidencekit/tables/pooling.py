"""Studies of a table to a pooled result: one row of ``POOL_MODELS`` for each model."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from evidencekit.errors import MethodError, UsageError
from evidencekit.models.pool import pool
from evidencekit.models.results import NaturalResult, PooledResult, back_transform
from evidencekit.models.settings import Model, Settings
from evidencekit.models.subgroups import SubgroupResult, Tau2Across, subgroups
from evidencekit.quantities import Contrast
from evidencekit.tables.count_models import MANTEL_HAENSZEL, PETO, pool_counts
from evidencekit.tables.studies import StudyTable


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolRequest:
    """The named choices of one pooling.

    Parameters
    ----------
    model
        A row of ``POOL_MODELS``.
    tau2, ci, prediction, tau2_ci
        Rows of the tables of ``models``; None: the default of ``ci`` for the model, no
        prediction interval, no interval of tau2.
    level
        Coverage of all intervals, in (0, 1).
    tau2_across
        Whether subgroups have their own tau2: "separate" or "common".
    verify
        Also fit with statsmodels, and stop when the two differ.
    """

    model: str = "random"
    tau2: str = "REML"
    ci: str | None = None
    prediction: str | None = "HK"
    tau2_ci: str | None = "QP"
    level: float = 0.95
    tau2_across: Tau2Across = "separate"
    verify: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolOutcome:
    """A pooled result with everything it was made from.

    ``subgroups`` and ``natural_groups`` (one for each group) are there when groups were named.
    """

    request: PoolRequest
    studies: StudyTable
    result: PooledResult
    natural: NaturalResult
    subgroups: SubgroupResult | None
    natural_groups: tuple[NaturalResult, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolModel:
    """A row of ``POOL_MODELS``: its name, what it is, how a table is pooled and split by it."""

    name: str
    label: str
    pool: Callable[[StudyTable, PoolRequest], PooledResult]
    split: Callable[[StudyTable, PoolRequest], SubgroupResult]


def pool_studies(studies: StudyTable, request: PoolRequest) -> PoolOutcome:
    """Pool the studies of a table.

    Raises
    ------
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
    result = model.pool(studies, request)
    split = model.split(studies, request) if studies.groups else None
    return PoolOutcome(
        request=request,
        studies=studies,
        result=result,
        natural=back_transform(result),
        subgroups=split,
        natural_groups=tuple(back_transform(g) for g in split.groups) if split else (),
        notes=_notes(studies, result, split),
    )


def _notes(
    studies: StudyTable, result: PooledResult, split: SubgroupResult | None
) -> tuple[str, ...]:
    notes = [*_steps(studies.contrasts), *result.notes]
    if split is not None:
        notes += split.notes
        for name, group in zip(split.names, split.groups, strict=True):
            notes += (f"{name}: {note}" for note in group.notes)
    notes += (f"{w.place.file}: {w.title}: {w.detail}" for w in studies.warnings)
    return tuple(notes)


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


def pool_random(studies: StudyTable, request: PoolRequest) -> PooledResult:
    """Random effects, inverse variance with weights 1/(se^2 + tau2)."""
    return _inverse_variance(studies, request, "random_effects")


def pool_common(studies: StudyTable, request: PoolRequest) -> PooledResult:
    """Common effect, inverse variance with weights 1/se^2."""
    return _inverse_variance(studies, request, "common_effect")


def pool_mantel_haenszel(studies: StudyTable, request: PoolRequest) -> PooledResult:
    """Mantel-Haenszel pooling of counts, without a continuity correction."""
    return pool_counts(studies, MANTEL_HAENSZEL, model="mh", level=request.level)


def pool_peto(studies: StudyTable, request: PoolRequest) -> PooledResult:
    """Peto's one-step odds ratio from counts."""
    return pool_counts(studies, PETO, model="peto", level=request.level)


def no_split(studies: StudyTable, request: PoolRequest) -> SubgroupResult:
    """Models of counts have no subgroup test here."""
    raise UsageError(f"--subgroup is for the models random and common, not {request.model}")


def split_random(studies: StudyTable, request: PoolRequest) -> SubgroupResult:
    """Random effects within subgroups."""
    return _split(studies, request, "random_effects")


def split_common(studies: StudyTable, request: PoolRequest) -> SubgroupResult:
    """A common effect within subgroups."""
    return _split(studies, request, "common_effect")


def _settings(request: PoolRequest, model: Model) -> Settings:
    return Settings(
        model=model,
        tau2=request.tau2,
        ci=request.ci or ("HKSJ" if model == "random_effects" else "wald"),
        prediction=request.prediction,
        tau2_ci=request.tau2_ci,
        level=request.level,
    )


def _inverse_variance(studies: StudyTable, request: PoolRequest, model: Model) -> PooledResult:
    settings = _settings(request, model)
    return pool(
        studies.contrasts,
        model=model,
        tau2=settings.tau2,
        ci=settings.ci,
        prediction=settings.prediction,
        tau2_ci=settings.tau2_ci,
        level=settings.level,
        verify=request.verify,
    )


def _split(studies: StudyTable, request: PoolRequest, model: Model) -> SubgroupResult:
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
        PoolModel(name="random", label="random effects", pool=pool_random, split=split_random),
        PoolModel(name="common", label="common effect", pool=pool_common, split=split_common),
        PoolModel(name="mh", label="Mantel-Haenszel", pool=pool_mantel_haenszel, split=no_split),
        PoolModel(name="peto", label="Peto", pool=pool_peto, split=no_split),
    )
}
