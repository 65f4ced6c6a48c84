"""Meta-regression on columns of a table."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evidencekit.errors import MethodError, UsageError
from evidencekit.models.coefficients import Coefficient, WaldTest
from evidencekit.models.multilevel_results import MultilevelResult
from evidencekit.models.regression import regress
from evidencekit.models.regression_results import RegressionResult
from evidencekit.models.results import Tau2Interval
from evidencekit.models.robust import RobustResult, RobustTest, cluster_robust
from evidencekit.models.three_level import multilevel
from evidencekit.tables.cells import Wrong, is_missing, read_number
from evidencekit.tables.request import PoolRequest
from evidencekit.tables.studies import StudyTable
from evidencekit.tables.table import Cell, Table

if TYPE_CHECKING:
    import pandas as pd


LARGEST_MODERATOR = 1e100


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRegression:
    """A meta-regression of a table, on the analysis scale.

    Parameters
    ----------
    formula, k
        What was asked for, and the studies that have every moderator.
    coefficients
        With clusters, their tests are cluster-robust.
    omnibus
        All moderators together: chi squared or F, HTZ with clusters; None without moderators.
    tau2, tau2_ci, i2, r2
        Residual heterogeneity, and the share that the moderators account for; NaN where not
        defined, as ``r2`` in a three-level model.
    qe, qe_df, qe_p
        Test of residual heterogeneity.
    """

    formula: str
    k: int
    coefficients: tuple[Coefficient, ...]
    omnibus: WaldTest | RobustTest | None
    tau2: float
    tau2_ci: Tau2Interval | None
    i2: float
    r2: float
    qe: float
    qe_df: int
    qe_p: float
    notes: tuple[str, ...]


def regress_table(studies: StudyTable, request: PoolRequest) -> TableRegression:
    """Regress the effects of a table on its columns.

    Raises
    ------
    UsageError
        A formula that cannot be read, names no column, or has more coefficients than the
        studies can tell apart; the message names the option and the columns.
    EngineMismatch
        When asked to verify, and statsmodels disagrees.
    """
    frame = moderator_frame(studies.source)
    _check_size(frame, studies.source.file)
    try:
        if request.model == "three-level":
            return _three_level(studies, request, frame)
        return _regression(studies, request, frame)
    except MethodError as error:
        there = ", ".join(str(name) for name in frame.columns)
        raise UsageError(
            f"{studies.source.file}: --moderators: {error}; the columns are {there}"
        ) from error


def moderator_frame(table: Table) -> pd.DataFrame:
    """The columns of a table: numbers where every cell is one or missing, else text."""
    import pandas as pd

    named = [(i, name) for i, name in enumerate(table.header) if name]
    # Of two columns of one name the first is meant; that of a quantity is reported before.
    first = {name: i for i, name in reversed(named)}
    return pd.DataFrame({name: _column(table.column(first[name])) for name in first})[
        list(dict.fromkeys(name for _, name in named))
    ]


def _check_size(frame: pd.DataFrame, file: str) -> None:
    """Refuse numbers whose squares are not numbers any more."""
    for name in frame.columns:
        values = [v for v in frame[name] if isinstance(v, float) and abs(v) > LARGEST_MODERATOR]
        if values:
            raise UsageError(
                f"{file}: --moderators: column {name} holds {values[0]:g}, too large to compute "
                "with; change its unit"
            )


def _column(cells: list[Cell]) -> list[Any]:
    numbers = [read_number(cell) for cell in cells]
    values = [n.value for n in numbers if not isinstance(n, Wrong)]
    if len(values) == len(numbers):
        return values
    return [None if is_missing(cell) else str(cell).strip() for cell in cells]


def _regression(studies: StudyTable, request: PoolRequest, frame: pd.DataFrame) -> TableRegression:
    random = request.model == "random"
    fit = regress(
        studies.contrasts,
        request.moderators,
        table=frame,
        model="random_effects" if random else "common_effect",
        tau2=request.tau2,
        # Replaced by cluster-robust tests where there are clusters.
        ci="wald" if studies.clusters else request.ci,
        level=request.level,
        verify=request.verify,
    )
    robust = cluster_robust(fit, _clusters_of(studies, fit)) if studies.clusters else None
    return _summary(
        fit, request, robust, tau2=(fit.tau2, fit.tau2_ci), i2=fit.i2 if random else fit.i2_q
    )


def _three_level(studies: StudyTable, request: PoolRequest, frame: pd.DataFrame) -> TableRegression:
    fit = multilevel(
        studies.contrasts,
        studies.clusters,
        request.moderators,
        table=frame,
        method="ML" if request.tau2 == "ML" else "REML",
        level=request.level,
    )
    return _summary(fit, request, fit.robust(), tau2=(fit.effect_variance, None), i2=fit.i2)


def _summary(
    fit: RegressionResult | MultilevelResult,
    request: PoolRequest,
    robust: RobustResult | None,
    *,
    tau2: tuple[float, Tau2Interval | None],
    i2: float,
) -> TableRegression:
    # Without terms the model's own joint test is of the constant, which nobody asked for.
    names = [fit.design.names[i] for i in fit.design.moderators] if fit.design.terms else []
    omnibus: WaldTest | RobustTest | None = None
    if names:
        omnibus = fit.qm if robust is None else robust.test(names)
    return TableRegression(
        formula=request.moderators,
        k=fit.k,
        coefficients=fit.coefficients if robust is None else robust.coefficients,
        omnibus=omnibus,
        tau2=tau2[0],
        tau2_ci=tau2[1],
        i2=i2,
        r2=fit.r2 if isinstance(fit, RegressionResult) else math.nan,
        qe=fit.qe,
        qe_df=fit.qe_df,
        qe_p=fit.qe_p,
        notes=(*fit.notes, *(() if robust is None else robust.notes)),
    )


def _clusters_of(studies: StudyTable, fit: RegressionResult) -> list[str]:
    """Clusters of the rows that are estimable and have every moderator."""
    pairs = zip(studies.contrasts, studies.clusters, strict=True)
    estimable = [cluster for contrast, cluster in pairs if contrast.estimable]
    return [c for c, used in zip(estimable, fit.design.used, strict=True) if used]
