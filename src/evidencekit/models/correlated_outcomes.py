"""Several outcomes per study: multivariate meta-analysis with a given sampling covariance.

References
----------
[1] Jackson D, Riley R, White IR. Multivariate meta-analysis: potential and promise.
    Stat Med 2011;30:2481-98. doi:10.1002/sim.4172
[2] Berkey CS, Hoaglin DC, Antczak-Bouckoms A, Mosteller F, Colditz GA. Meta-analysis of
    multiple outcomes by regression with random effects. Stat Med 1998;17:2537-50.
    doi:10.1002/(SICI)1097-0258(19981130)17:22<2537::AID-SIM953>3.0.CO;2-C
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.errors import MethodError
from evidencekit.models.design import Design, check_rank, given_design
from evidencekit.models.kernel import BoolArray
from evidencekit.models.linear_result import Fitted, linear_fields
from evidencekit.models.multivariate_fit import Optimum, evaluate, make_blocks, maxima
from evidencekit.models.multivariate_notes import multivariate_notes
from evidencekit.models.multivariate_results import MultivariateMaximum, MultivariateResult
from evidencekit.models.pool import Data, Studies
from evidencekit.models.regression import scaled_problem
from evidencekit.models.regression_data import check_length, gather_regression, which_estimable
from evidencekit.models.sampling import Clusters, Sampling, find_clusters
from evidencekit.models.settings import choose
from evidencekit.models.structures import STRUCTURES
from evidencekit.models.three_level import check_choices, choose_sampling

if TYPE_CHECKING:
    import pandas as pd

# Relative to the residuals: a variance below this is the boundary, reached quadratically.
NOTHING = 1e-11

Method = Literal["REML", "ML"]


def multivariate(  # noqa: PLR0913 - every choice of an analysis is named
    data: Data,
    clusters: Sequence[Hashable] | ArrayLike,
    outcomes: Sequence[Hashable] | ArrayLike,
    moderators: str | Design | ArrayLike | pd.DataFrame | None = None,
    *,
    table: pd.DataFrame | None = None,
    structure: str = "UN",
    method: Method = "REML",
    rho: float | None = None,
    covariance: ArrayLike | None = None,
    ci: Literal["t", "wald"] = "t",
    level: float = 0.95,
    labels: Sequence[str] | None = None,
) -> MultivariateResult:
    """Pool effects on several outcomes together, their true effects correlated within studies.

    Parameters
    ----------
    data
        As for :func:`~evidencekit.models.pool.pool`, one entry per effect.
    clusters
        The study of each entry of ``data``, shape (k,).
    outcomes
        The outcome of each entry of ``data``, shape (k,); a study may lack some.
    moderators
        Formula over ``table``, or design of shape (k, p); default: a mean for each outcome.
    table
        One row per entry of ``data``.
    structure
        Row of ``STRUCTURES``: "UN", "HCS", "CS", "DIAG" or "ID".
    method
        "REML" or "ML".
    rho
        Assumed correlation of sampling errors within studies, in [0, 1); default 0.
    covariance
        Sampling covariance of all entries, shape (k, k), instead of ``rho``.
    ci
        "t" with k - p degrees of freedom, or "wald".
    level
        Coverage of all intervals, in (0, 1).
    labels
        Names of the effects when ``data`` is a pair.

    Returns
    -------
    MultivariateResult

    Raises
    ------
    MethodError
        Fewer than two studies; an outcome of one study when every outcome has its own variance;
        a rank-deficient design; a covariance that is not one; an unknown structure.

    Notes
    -----
    y = X b + Z u + e with var(u) = G, shape (q, q), the same in every study, and cov(e)
    given. Effects of a study on the same outcome share its u.
    In R: ``rma.mv(yi, V, mods = ~ outcome - 1, random = ~ outcome | study, struct = "UN")``,
    with ``V = vcalc(vi, cluster, obs, rho = 0.6)`` for ``rho = 0.6``.

    References
    ----------
    Jackson D, Riley R, White IR. Stat Med 2011;30:2481-98. doi:10.1002/sim.4172
    """
    check_choices(method, ci, level, rho, covariance)
    choose(STRUCTURES, structure, "structure")
    estimable = which_estimable(data)
    named = _listed(outcomes, estimable, "list of outcomes has")
    member = _listed(clusters, estimable, "list of clusters has")
    if moderators is None:
        moderators = _means([name for name, e in zip(named, estimable, strict=True) if e])
    studies, design = gather_regression(data, moderators, table, labels)
    kept = np.flatnonzero(estimable)[design.used]
    groups = find_clusters([member[i] for i in kept], len(kept))
    kinds = find_clusters([named[i] for i in kept], len(kept))
    check_rank(design, len(kept))
    _check(groups, kinds, structure)
    sampling = choose_sampling(rho, covariance, kept, estimable.size, groups, studies.ses)
    result = _fit(_Asked(studies, design, groups, kinds, sampling), structure, method, ci, level)
    return replace(result, notes=(*studies.notes, *result.notes))


class _Asked(NamedTuple):
    """What a model is fitted to."""

    studies: Studies
    design: Design
    groups: Clusters
    kinds: Clusters
    sampling: Sampling


def _listed(
    values: Sequence[Hashable] | ArrayLike, estimable: BoolArray, what: str
) -> list[Hashable]:
    listed = np.asarray(values, dtype=object).ravel().tolist()
    check_length(len(listed), estimable.size, what, "entries")
    return list(listed)


def _means(outcomes: list[Hashable]) -> Design:
    """One column per outcome."""
    kinds = find_clusters(outcomes, len(outcomes))
    return given_design(np.eye(kinds.m)[kinds.code], [str(name) for name in kinds.names])


def together(groups: Clusters, kinds: Clusters) -> BoolArray:
    """Which outcomes some study reports together, shape (q, q)."""
    has = np.zeros((groups.m, kinds.m))
    has[groups.code, kinds.code] = 1.0
    return np.asarray(has.T @ has > 0.0)


def _check(groups: Clusters, kinds: Clusters, structure: str) -> None:
    if groups.m < 2:
        raise MethodError(f"a multivariate model needs at least two studies; there is {groups.m}")
    if not STRUCTURES[structure].own_variances:
        return
    for i, name in enumerate(kinds.names):
        if len(np.unique(groups.code[kinds.code == i])) < 2:
            raise MethodError(
                f"outcome {name!r} is reported by one study, which says nothing about its "
                "variance between studies; leave it out or choose structure CS or ID"
            )


def _fit(
    asked: _Asked, structure: str, method: Method, ci: str, level: float
) -> MultivariateResult:
    studies, design, groups, kinds, sampling = asked
    k, p = design.matrix.shape
    restricted = method == "REML"
    scaled = scaled_problem(studies.estimates, studies.ses**2, design.matrix)
    scale, basis = scaled.scale, scaled.problem.x
    used = sampling
    if sampling.matrix is not None:
        used = replace(sampling, matrix=sampling.matrix / scale / scale)
    blocks = make_blocks(
        scaled.problem.y[:, 0], basis, kinds.code, scaled.problem.v[:, 0], used, groups
    )
    optima = maxima(blocks, STRUCTURES[structure], restricted=restricted)
    best = evaluate(blocks, optima[0].covariance)
    back = np.linalg.inv(basis.T @ design.matrix)
    beta = back @ best.beta * scale + scaled.anchor
    vcov = back @ np.linalg.inv(best.information) @ back.T * scale**2
    df = float(k - p) if ci == "t" else math.inf
    q = evaluate(blocks, np.zeros((kinds.m, kinds.m))).rss
    shift = (k - p if restricted else k) * math.log(scale)
    known = together(groups, kinds)
    described = tuple(_described(optimum, known, scale, shift) for optimum in optima)
    result = MultivariateResult(
        **linear_fields(studies, design, Fitted(beta, vcov, df, q), level=level, method=ci),
        method=method,
        ci_method=ci,
        structure=structure,
        outcomes=kinds.names,
        tau2=described[0].tau2,
        correlation=described[0].correlation,
        loglik=described[0].loglik,
        maxima=described,
        clusters=tuple(groups.names[i] for i in groups.code),
        n_clusters=groups.m,
        effect_outcomes=tuple(kinds.names[i] for i in kinds.code),
        sampling=sampling,
    )
    return replace(result, notes=multivariate_notes(result, known, converged=optima[0].converged))


def _described(
    optimum: Optimum, known: BoolArray, scale: float, shift: float
) -> MultivariateMaximum:
    """Variances and correlations in the units of the data, the boundary exactly 0."""
    covariance = optimum.covariance
    tau2 = np.diag(covariance).copy()
    tau2[tau2 < NOTHING] = 0.0
    sd = np.sqrt(tau2)
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = np.clip(covariance / np.outer(sd, sd), -1.0, 1.0)
    correlation[~known | (np.outer(sd, sd) == 0.0)] = np.nan
    np.fill_diagonal(correlation, 1.0)
    return MultivariateMaximum(
        tau2=tuple((tau2 * scale**2).tolist()),
        correlation=tuple(tuple(row) for row in correlation.tolist()),
        loglik=optimum.loglik - shift,
    )
