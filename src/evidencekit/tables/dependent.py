"""Effects that come several to a cluster: cluster-robust inference, and the three-level model.

With clusters, tests and intervals are always CR2 with Satterthwaite degrees of freedom, whatever
the working model: the random-effects or common-effect weights of the table, or a three-level
model. A wrong working model then costs precision, not coverage [1].

References
----------
[1] Pustejovsky JE, Tipton E. Meta-analysis with robust variance estimation: expanding the range
    of working models. Prev Sci 2022;23:425-38. doi:10.1007/s11121-021-01246-3
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from evidencekit.errors import MethodError
from evidencekit.models.coefficients import Coefficient
from evidencekit.models.kernel import FloatArray
from evidencekit.models.multilevel_results import MultilevelResult
from evidencekit.models.pool import pool
from evidencekit.models.regression import regress
from evidencekit.models.results import PooledResult
from evidencekit.models.robust import RobustResult, cluster_robust
from evidencekit.models.settings import Model
from evidencekit.models.three_level import multilevel
from evidencekit.tables.request import PoolRequest
from evidencekit.tables.studies import StudyTable

NO_PREDICTION = "not offered with cluster-robust inference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """Clusters of a pooled table; the variances are None without a three-level model."""

    n_clusters: int
    sigma2_cluster: float | None = None
    sigma2_effect: float | None = None


def pool_robust(
    studies: StudyTable, request: PoolRequest, model: Model
) -> tuple[PooledResult, Levels]:
    """Pool with inverse-variance weights; inference is cluster-robust.

    Raises
    ------
    MethodError
        Fewer than two clusters or studies.

    Notes
    -----
    In R: ``robust(rma(yi, vi), cluster = study, clubSandwich = TRUE)``.
    """
    random = model == "random_effects"
    plain = pool(
        studies.contrasts,
        model=model,
        tau2=request.tau2,
        ci="wald",
        prediction=None,
        tau2_ci=request.tau2_ci,
        level=request.level,
        verify=request.verify,
    )
    fit = regress(
        (plain.estimates, plain.ses),
        np.ones((plain.k, 1)),
        model=model,
        tau2=request.tau2 if random else "REML",
        ci="wald",
        level=request.level,
    )
    robust = cluster_robust(fit, used_clusters(studies))
    return _with_robust(plain, robust, ()), Levels(n_clusters=robust.n_clusters)


def pool_three_level(studies: StudyTable, request: PoolRequest) -> tuple[PooledResult, Levels]:
    """Pool with a three-level model, effects within clusters; inference is cluster-robust.

    ``tau2`` is the sum of both variances: that of a new effect in a new cluster.

    Raises
    ------
    MethodError
        Fewer than two clusters, or one effect in every cluster.

    Notes
    -----
    In R: ``rma.mv(yi, vi, random = ~ 1 | cluster/effect)`` and
    ``robust(fit, cluster = cluster, clubSandwich = TRUE)``.
    """
    members = used_clusters(studies)
    if len(set(members)) == len(members) > 1:
        raise MethodError(
            "--model three-level: every cluster holds one row, so the two levels cannot be told "
            "apart; leave out --model, or name another column with --cluster"
        )
    fit = multilevel(
        studies.contrasts,
        studies.clusters,
        method="ML" if request.tau2 == "ML" else "REML",
        level=request.level,
    )
    one = fit.coefficients[0]
    plain = PooledResult(
        measure=fit.measure,
        scale=fit.scale,
        model="random_effects",
        k=fit.k,
        labels=fit.labels,
        estimates=fit.estimates,
        ses=fit.ses,
        weights=tuple(nested_weights(fit).tolist()),
        estimate=one.estimate,
        se=one.se,
        se_wald=one.se,
        statistic=one.statistic,
        df=one.df,
        p_value=one.p_value,
        ci=one.ci,
        prediction=None,
        prediction_method=None,
        prediction_reason=NO_PREDICTION,
        tau2=fit.effect_variance,
        tau2_method=fit.method,
        tau2_ci=None,
        q=fit.qe,
        q_df=fit.qe_df,
        q_p=fit.qe_p,
        i2=fit.i2,
        i2_q=math.nan,
        i2_ci=None,
        h2=1.0 / (1.0 - fit.i2) if fit.i2 < 1.0 else math.inf,
        level=fit.level,
        notes=fit.notes,
    )
    levels = Levels(
        n_clusters=fit.n_clusters,
        sigma2_cluster=fit.sigma2_cluster,
        sigma2_effect=fit.sigma2_effect,
    )
    note = "tau2 is the sum of the variances between clusters and between effects of a cluster."
    return _with_robust(plain, fit.robust(), (note,)), levels


def used_clusters(studies: StudyTable) -> list[str]:
    """Clusters of the rows that are estimable."""
    pairs = zip(studies.contrasts, studies.clusters, strict=True)
    return [cluster for contrast, cluster in pairs if contrast.estimable]


def nested_weights(fit: MultilevelResult) -> FloatArray:
    """Weights of the effects in the mean of a three-level model, summing to 1.

    The row sums of the inverse of diag(se^2 + sigma2_effect) + sigma2_cluster 11' within each
    cluster: d / (1 + sigma2_cluster sum d), d = 1/(se^2 + sigma2_effect).
    """
    inverse = 1.0 / (np.array(fit.ses) ** 2 + fit.sigma2_effect)
    _, member = np.unique(np.array([str(c) for c in fit.clusters]), return_inverse=True)
    total = np.bincount(member, weights=inverse)[member]
    weights = inverse / (1.0 + fit.sigma2_cluster * total)
    return np.asarray(weights / weights.sum())


def _with_robust(
    result: PooledResult, robust: RobustResult, notes: tuple[str, ...]
) -> PooledResult:
    mean: Coefficient = robust.coefficients[0]
    how = (
        f"{robust.n_clusters} clusters: interval and test are cluster-robust "
        f"({robust.correction}, Satterthwaite degrees of freedom)."
    )
    # What is said of the model's own interval is not said of this one.
    return replace(
        result,
        se=mean.se,
        statistic=mean.statistic,
        df=mean.df,
        p_value=mean.p_value,
        ci=mean.ci,
        prediction=None,
        prediction_method=None,
        prediction_reason=NO_PREDICTION,
        notes=(*result.notes, how, *notes, *robust.notes),
    )
