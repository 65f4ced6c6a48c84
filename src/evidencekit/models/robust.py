"""Cluster-robust inference for meta-regressions and three-level models.

The sandwich M [sum X'W A e e'A'W X] M with M = (X'WX)^-1, in which A corrects
the residuals of each cluster (``CORRECTIONS``); tests are by Satterthwaite's
approximation, joint ones by Hotelling's T squared. The working model's
covariance is diagonal plus rank one after turning (see
:mod:`~evidencekit.models.nested`), so only clusters are ever dense.

References
----------
[1] Pustejovsky JE, Tipton E. Small-sample methods for cluster-robust variance estimation
    and hypothesis testing in fixed effects models. J Bus Econ Stat 2018;36:672-83.
    doi:10.1080/07350015.2016.1247004
[2] Tipton E, Pustejovsky JE. Small-sample adjustments for tests of moderators and model fit
    using robust variance estimation in meta-regression. J Educ Behav Stat 2015;40:604-34.
    doi:10.3102/1076998615606099
[3] Tipton E. Small sample adjustments for robust variance estimation with meta-regression.
    Psychol Methods 2015;20:375-93. doi:10.1037/met0000011
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.errors import MethodError
from evidencekit.models.coefficients import (
    Coefficient,
    coefficient_frame,
    coefficient_table,
    contrast_weights,
    quadratic,
)
from evidencekit.models.design import Design
from evidencekit.models.html import Shown
from evidencekit.models.kernel import FloatArray
from evidencekit.models.multilevel_results import MultilevelResult
from evidencekit.models.nested import evaluate
from evidencekit.models.pool import Studies
from evidencekit.models.regression_results import RegressionResult
from evidencekit.models.results import plain
from evidencekit.models.robust_corrections import CORRECTIONS
from evidencekit.models.robust_scores import Scores, sandwich
from evidencekit.models.sampling import INDEPENDENT, find_clusters
from evidencekit.models.working_model import WorkingModel

if TYPE_CHECKING:
    import pandas as pd

CorrectionName = Literal["CR0", "CR1", "CR1S", "CR2"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RobustTest:
    """A joint cluster-robust test.

    Parameters
    ----------
    contrasts
        Each combination alone, with Satterthwaite degrees of freedom.
    kind
        "HTZ": approximate Hotelling's T squared; ``df2`` can be too small to give a p-value.
    statistic, df1, df2, p_value
        Against F(df1, df2).
    """

    contrasts: tuple[Coefficient, ...]
    kind: Literal["HTZ"]
    statistic: float
    df1: int
    df2: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RobustResult(Shown):
    """Coefficients with cluster-robust standard errors and Satterthwaite tests.

    Parameters
    ----------
    correction
        A row of ``CORRECTIONS``.
    n_clusters
        Number of clusters.
    coefficients
        As in the model, with robust standard errors; ``df`` differ by coefficient.
    vcov
        Robust covariance, shape (p, p).
    design, level
        As in the model.
    notes
        In plain words.
    scores
        What :meth:`test` needs to know of the clusters.
    """

    correction: CorrectionName
    n_clusters: int
    coefficients: tuple[Coefficient, ...]
    vcov: tuple[tuple[float, ...], ...]
    design: Design
    level: float
    notes: tuple[str, ...]
    scores: Scores

    def test(
        self, contrasts: ArrayLike | Sequence[str], names: Sequence[str] | None = None
    ) -> RobustTest:
        """Test linear combinations jointly (HTZ) and each alone (Satterthwaite).

        Parameters
        ----------
        contrasts
            Names of coefficients or terms that should be 0, or weights of shape
            (q, p), or (p,) for one combination.
        names
            Names of the q combinations.

        Returns
        -------
        RobustTest

        Raises
        ------
        MethodError
            For an unknown name, a wrong shape, or combinations that depend on each other.

        Notes
        -----
        With Q the Wald statistic and eta the degrees of freedom of a Wishart
        distribution that matches the variance of the covariance estimate,
        (eta - q + 1) / (eta q) Q is compared with F(q, eta - q + 1).  # [2]
        In R: ``clubSandwich::Wald_test(fit, constraints, vcov = "CR2", test = "HTZ")``.
        """
        from scipy.special import fdtrc

        weights, labels = contrast_weights(self.design, contrasts, names)
        beta = np.array([c.estimate for c in self.coefficients])
        vcov = np.array(self.vcov)
        q = len(weights)
        eta = self.scores.wishart_df(weights)
        value = quadratic(beta, vcov, weights)
        df2 = eta - q + 1.0
        statistic = value * df2 / (eta * q) if df2 > 0.0 else math.nan
        p = float(fdtrc(q, df2, statistic)) if math.isfinite(statistic) else math.nan
        se = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", weights, vcov, weights), 0.0))
        df = np.array([self.scores.wishart_df(row[None, :]) for row in weights])
        return RobustTest(
            contrasts=coefficient_table(
                weights @ beta, se, df, names=labels, level=self.level, method=self.correction
            ),
            kind="HTZ",
            statistic=statistic,
            df1=q,
            df2=df2,
            p_value=p,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; NaN becomes None."""
        skipped = ("design", "scores")
        return {f.name: plain(getattr(self, f.name)) for f in fields(self) if f.name not in skipped}

    def to_frame(self, names: Literal["metafor"] | None = None) -> pd.DataFrame:
        """One row per coefficient; "metafor" uses its names."""
        return coefficient_frame(self.coefficients, names)

    def summary(self) -> str:
        """The result as text."""
        from evidencekit.models.regression_text import coefficient_lines

        head = f"cluster-robust {self.correction}, {self.n_clusters} clusters, Satterthwaite tests"
        lines = [head, *coefficient_lines(self.coefficients, self.level)]
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])


def cluster_robust(
    result: RegressionResult | MultilevelResult,
    clusters: Sequence[Hashable] | ArrayLike | None = None,
    *,
    correction: CorrectionName = "CR2",
) -> RobustResult:
    """Cluster-robust covariance and tests of the coefficients of a model.

    Parameters
    ----------
    result
        A meta-regression or three-level model; its weights are kept.
    clusters
        Cluster of each effect of ``result``, shape (k,), for a meta-regression; a three-level
        model has its own.
    correction
        Row of ``CORRECTIONS``: "CR0", "CR1", "CR1S", "CR2".

    Returns
    -------
    RobustResult

    Raises
    ------
    MethodError
        Fewer than two clusters; clusters given twice or not at all.

    Notes
    -----
    vcov = M (sum over clusters of X'W A e e'A'W X) M with M = (X'WX)^-1.
    Small numbers of clusters need CR2 with these degrees of freedom; below
    about 4 of them p-values cannot be trusted.  # [3]
    In R: ``clubSandwich::coef_test(fit, vcov = "CR2", cluster = study)``.

    References
    ----------
    Pustejovsky JE, Tipton E. J Bus Econ Stat 2018;36:672-83.
    doi:10.1080/07350015.2016.1247004
    """
    if correction not in CORRECTIONS:
        raise MethodError(
            f"unknown correction {correction!r}; choose one of {', '.join(CORRECTIONS)}"
        )
    model = _working_model(result, clusters)
    covariance, scores = sandwich(model, CORRECTIONS[correction].function)
    se = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    df = np.array([scores.wishart_df(row[None, :]) for row in np.eye(len(se))])
    return RobustResult(
        correction=correction,
        n_clusters=model.clusters.m,
        coefficients=coefficient_table(
            result.beta, se, df, names=result.design.names, level=result.level, method=correction
        ),
        vcov=tuple(tuple(row) for row in covariance.tolist()),
        design=result.design,
        level=result.level,
        notes=_notes(df, result.design.names),
        scores=scores,
    )


def _notes(df: FloatArray, names: Sequence[str]) -> tuple[str, ...]:
    few = [name for name, value in zip(names, df.tolist(), strict=True) if not value >= 4.0]
    if not few:
        return ()
    return (
        f"Fewer than 4 degrees of freedom for {', '.join(few)}: the p-value and interval "
        "cannot be trusted.",
    )


def _working_model(
    result: RegressionResult | MultilevelResult, clusters: Sequence[Hashable] | ArrayLike | None
) -> WorkingModel:
    from evidencekit.models.three_level import prepare_nested

    if isinstance(result, MultilevelResult):
        if clusters is not None:
            raise MethodError("a three-level model has its own clusters; leave out `clusters`")
        groups = find_clusters(list(result.clusters), result.k)
        theta, sampling = (result.sigma2_cluster, result.sigma2_effect), result.sampling
    else:
        if clusters is None:
            raise MethodError("give the cluster of each effect")
        groups = find_clusters(clusters, result.k)
        theta, sampling = (0.0, result.tau2), INDEPENDENT
    if groups.m < 2:
        raise MethodError(f"cluster-robust inference needs two clusters; there is {groups.m}")
    studies = Studies(
        "", "identity", result.labels, np.array(result.estimates), np.array(result.ses), ()
    )
    nested, back, _, scale = prepare_nested(studies, result.design.matrix, sampling, groups)
    state = evaluate(nested, np.array(theta) / scale**2, restricted=True)
    return WorkingModel(
        clusters=groups,
        residual=nested.y - nested.x @ state.beta,
        x=nested.x,
        diagonal=state.d,
        u=nested.u,
        between=theta[0] / scale**2,
        gx=state.gx,
        inverse=state.inverse,
        information=nested.x.T @ state.gx,
        back=back,
        scale=scale,
    )
