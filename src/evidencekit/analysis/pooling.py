"""Pooling the rows of an analysis with the model that its plan names; two engines, one number."""

from __future__ import annotations

from collections.abc import Sequence

from evidencekit.analysis.result import Row
from evidencekit.errors import DataError
from evidencekit.models.batch import Settings
from evidencekit.models.pool import pool
from evidencekit.models.results import PooledResult
from evidencekit.quantities import Contrast
from evidencekit.workspace.plan import Model


def pool_rows(rows: Sequence[Row], model: Model, *, where: str) -> PooledResult:
    """Pool the rows whose status is "pooled" with the model a plan names; two engines."""
    contrasts = contrasts_of(rows)
    if not contrasts:
        raise DataError(
            f"{where}: no study can be pooled - look at the reasons in `select`, or add studies"
        )
    s = settings_of(model)
    return pool(
        contrasts,
        model=s.model,
        tau2=s.tau2,
        ci=s.ci,
        prediction=s.prediction,
        level=s.level,
        verify=True,
    )


def settings_of(model: Model) -> Settings:
    return Settings(
        model="random_effects" if model.effects == "random" else "common_effect",
        tau2=model.tau2,
        ci=model.ci,
        prediction=None if model.prediction == "none" else model.prediction,
        level=model.level,
    )


def contrasts_of(rows: Sequence[Row]) -> list[Contrast]:
    return [row.contrast for row in rows if row.status == "pooled" and row.contrast]
