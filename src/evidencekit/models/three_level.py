"""Three-level meta-analysis: effects within clusters, with moderators and sampling correlation.

With independent sampling errors this is the three-level model; with one
assumed sampling correlation it is the correlated-and-hierarchical-effects
working model; with a given covariance it is the multivariate model whose
true effects have compound symmetry.

References
----------
[1] Konstantopoulos S. Fixed effects and variance components estimation in three-level
    meta-analysis. Res Synth Methods 2011;2:61-76. doi:10.1002/jrsm.35
[2] Pustejovsky JE, Tipton E. Meta-analysis with robust variance estimation: expanding the
    range of working models. Prev Sci 2022;23:425-38. doi:10.1007/s11121-021-01246-3
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.errors import MethodError
from evidencekit.models.design import Design, check_rank
from evidencekit.models.kernel import FloatArray, IntArray
from evidencekit.models.linear_result import Fitted, linear_fields
from evidencekit.models.multilevel_results import MultilevelResult
from evidencekit.models.nested import Nested, Optimum, State, evaluate, maximise, traces, turn
from evidencekit.models.pool import Data, Studies
from evidencekit.models.regression_data import check_length, gather_regression, which_estimable
from evidencekit.models.sampling import (
    Clusters,
    Sampling,
    constant_correlation,
    find_clusters,
    given_covariance,
)

if TYPE_CHECKING:
    import pandas as pd

Method = Literal["REML", "ML"]


def multilevel(  # noqa: PLR0913 - every choice of an analysis is named
    data: Data,
    clusters: Sequence[Hashable] | ArrayLike,
    moderators: str | Design | ArrayLike | pd.DataFrame | None = None,
    *,
    table: pd.DataFrame | None = None,
    method: Method = "REML",
    rho: float | None = None,
    covariance: ArrayLike | None = None,
    ci: Literal["t", "wald"] = "t",
    level: float = 0.95,
    labels: Sequence[str] | None = None,
) -> MultilevelResult:
    """Pool or regress effects that come several to a cluster.

    Parameters
    ----------
    data
        As for :func:`~evidencekit.models.pool.pool`, one entry per effect.
    clusters
        The cluster (study, laboratory, district) of each entry of ``data``, shape (k,).
    moderators
        Formula over ``table``, or design of shape (k, p); default: a mean.
    table
        One row per entry of ``data``.
    method
        "REML" or "ML".
    rho
        Assumed correlation of sampling errors within clusters, in [0, 1);
        default 0, independent errors.
    covariance
        Sampling covariance of all entries, shape (k, k), instead of ``rho``.
    ci
        "t" with k - p degrees of freedom, or "wald". Few clusters: use ``result.robust()``.
    level
        Coverage of all intervals, in (0, 1).
    labels
        Names of the effects when ``data`` is a pair.

    Returns
    -------
    MultilevelResult

    Raises
    ------
    MethodError
        Fewer than two clusters, or one effect in every cluster (the two levels
        cannot be told apart); a rank-deficient design; a covariance that is not one.

    Notes
    -----
    y = X b + u + w + e; var(u) = sigma2_cluster shared by a cluster, var(w) =
    sigma2_effect, cov(e) given.
    In R: ``rma.mv(yi, V, mods = ~ x, random = ~ 1 | cluster/effect)``, with
    ``V = vcalc(vi, cluster, obs, rho = 0.6)`` for ``rho = 0.6``.

    References
    ----------
    Konstantopoulos S. Res Synth Methods 2011;2:61-76. doi:10.1002/jrsm.35
    Pustejovsky JE, Tipton E. Prev Sci 2022;23:425-38. doi:10.1007/s11121-021-01246-3
    """
    check_choices(method, ci, level, rho, covariance)
    estimable = which_estimable(data)
    chosen = np.ones((int(estimable.sum()), 1)) if moderators is None else moderators
    studies, design = gather_regression(data, chosen, table, labels)
    named = np.asarray(clusters, dtype=object).ravel()
    check_length(named.size, estimable.size, "list of clusters has", "entries")
    kept = np.flatnonzero(estimable)[design.used]
    member = named[kept].tolist()
    groups = find_clusters(member, len(member))
    _check_clusters(groups)
    check_rank(design, len(member))
    sampling = choose_sampling(rho, covariance, kept, estimable.size, groups, studies.ses)
    fit = fit_nested(studies, design.matrix, sampling, groups, method)
    result = _result(fit, studies, design, method, ci, level)
    return replace(
        result,
        clusters=tuple(member),
        sampling=sampling,
        notes=(*studies.notes, *_notes(result, fit.optima)),
    )


def choose_sampling(
    rho: float | None,
    covariance: ArrayLike | None,
    kept: IntArray,
    n: int,
    clusters: Clusters,
    ses: FloatArray,
) -> Sampling:
    """Sampling covariance of the effects ``kept``, from one correlation or that of all n entries.

    Raises
    ------
    MethodError
        For a correlation outside [0, 1), a wrong shape, or a covariance that is not one.
    """
    if covariance is None:
        return constant_correlation(rho or 0.0)
    whole = np.asarray(covariance, dtype=np.float64)
    if whole.shape != (n, n):
        check_length(len(whole), n, "sampling covariance has", "rows")
    return given_covariance(whole[np.ix_(kept, kept)], clusters, ses)


class NestedFit(NamedTuple):
    """A model in units of order one, its maxima, and the way back."""

    nested: Nested
    optima: list[Optimum]
    back: FloatArray  # from coefficients of the orthonormal basis to those of the design
    anchor: FloatArray
    scale: float


def prepare_nested(
    studies: Studies, x: FloatArray, sampling: Sampling, clusters: Clusters
) -> tuple[Nested, FloatArray, FloatArray, float]:
    """Centre, scale, sort and turn; returns what :class:`NestedFit` needs."""
    from evidencekit.models.regression import scaled_problem

    scaled = scaled_problem(studies.estimates, studies.ses**2, x)
    basis, scale = scaled.problem.x, scaled.scale
    used = sampling
    if sampling.matrix is not None:
        used = replace(sampling, matrix=sampling.matrix / scale / scale)
    columns = np.column_stack([basis, scaled.problem.y[:, 0], np.ones(len(x))])
    turned, eigenvalues = turn(columns, scaled.problem.v[:, 0], used, clusters)
    nested = Nested(
        y=turned[:, -2],
        x=np.ascontiguousarray(turned[:, :-2]),
        u=turned[:, -1],
        sampling=eigenvalues,
        clusters=clusters,
    )
    size = np.linalg.norm(x, axis=0)
    back = np.linalg.inv(basis.T @ (x / size)) / size[:, None]
    return nested, back, scaled.anchor, scale


def fit_nested(
    studies: Studies, x: FloatArray, sampling: Sampling, clusters: Clusters, method: Method
) -> NestedFit:
    """All maxima of the likelihood of the model."""
    nested, back, anchor, scale = prepare_nested(studies, x, sampling, clusters)
    return NestedFit(nested, maximise(nested, restricted=method == "REML"), back, anchor, scale)


def check_choices(
    method: str, ci: str, level: float, rho: float | None, covariance: ArrayLike | None
) -> None:
    """Raise for a choice that models of dependent effects do not have.

    Raises
    ------
    MethodError
        An unknown method or interval, a level outside (0, 1), or both ``rho`` and ``covariance``.
    """
    if method not in ("REML", "ML"):
        raise MethodError(f"unknown method {method!r}; choose one of REML, ML")
    if ci not in ("t", "wald"):
        raise MethodError(f"unknown confidence interval {ci!r}; choose one of t, wald")
    if not 0.0 < level < 1.0:
        raise MethodError(f"level {level!r}: a fraction between 0 and 1, such as 0.95")
    if rho is not None and covariance is not None:
        raise MethodError("give rho or covariance, not both")


def _check_clusters(clusters: Clusters) -> None:
    if clusters.m < 2:
        raise MethodError(f"a three-level model needs at least two clusters; there is {clusters.m}")
    if clusters.sizes.max() < 2:
        raise MethodError(
            "every cluster holds one effect, so the two levels cannot be told apart; "
            "use pool or regress"
        )


def _result(
    fit: NestedFit, studies: Studies, design: Design, method: Method, ci: str, level: float
) -> MultilevelResult:
    nested, best, square = fit.nested, fit.optima[0], fit.scale**2
    k, p = design.matrix.shape
    beta = fit.back @ best.state.beta * fit.scale + fit.anchor
    vcov = fit.back @ best.state.inverse @ fit.back.T * square
    df = float(k - p) if ci == "t" else math.inf
    common = evaluate(nested, np.zeros(2), restricted=True)
    q = float((nested.y - nested.x @ common.beta) @ common.py)
    typical = (k - p) / _projected_trace(nested, common)
    between, within = (float(value) for value in best.theta)
    total = between + within
    # The scaled density differs from that of the data by the scale to the number of observations.
    shift = (k - p if method == "REML" else k) * math.log(fit.scale)
    return MultilevelResult(
        **linear_fields(studies, design, Fitted(beta, vcov, df, q), level=level, method=ci),
        method=method,
        ci_method=ci,
        clusters=(),
        n_clusters=nested.clusters.m,
        sigma2_cluster=between * square,
        sigma2_effect=within * square,
        loglik=best.state.loglik - shift,
        i2=total / (total + typical),
        i2_cluster=between / (total + typical),
        i2_effect=within / (total + typical),
        icc=between / total if total > 0.0 else math.nan,
        sampling=Sampling(kind="independent"),
        maxima=tuple(
            (float(o.theta[0]) * square, float(o.theta[1]) * square, o.state.loglik - shift)
            for o in fit.optima
        ),
    )


def _projected_trace(nested: Nested, state: State) -> float:
    """tr P at no heterogeneity: the derivative of the log determinant in the second component."""
    return float(traces(nested, state, restricted=True)[1])


def _notes(result: MultilevelResult, optima: list[Optimum]) -> tuple[str, ...]:
    notes = []
    if not optima[0].converged:
        notes.append(
            "The variance components did not converge; the values given are the last iterate "
            "and should not be relied on."
        )
    if len(result.maxima) > 1:
        listed = ", ".join(f"({a:.4g}, {b:.4g}) at {c:.4f}" for a, b, c in result.maxima)
        notes.append(
            f"The {result.method} likelihood has {len(result.maxima)} maxima over the variances "
            f"between clusters and within: {listed}. The highest is used."
        )
    zero = [
        name
        for name, value in (
            ("between clusters", result.sigma2_cluster),
            ("within clusters", result.sigma2_effect),
        )
        if value == 0.0
    ]
    if zero:
        notes.append(f"The variance {' and '.join(zero)} is estimated as 0, the boundary.")
    if result.n_clusters < 10:
        notes.append(
            f"{result.n_clusters} clusters: tests that count effects are too sure; "
            "prefer cluster-robust ones with few-sample corrections."
        )
    return tuple(notes)
