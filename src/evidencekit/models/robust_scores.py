"""The distribution of a cluster-robust covariance: degrees of freedom of its tests.

References
----------
[1] Tipton E, Pustejovsky JE. Small-sample adjustments for tests of moderators and model fit
    using robust variance estimation in meta-regression. J Educ Behav Stat 2015;40:604-34.
    doi:10.3102/1076998615606099
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from evidencekit.models.kernel import FloatArray
from evidencekit.models.robust_corrections import CorrectionFunction
from evidencekit.models.working_model import WorkingModel


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scores:
    """What the distribution of the robust covariance needs, per cluster.

    Row i of H_j = A'WXM turns the residuals of cluster j into the error of
    coefficient i; under the working model the covariance of such errors of
    clusters i and j is ``own`` where i = j, less ``cross_i' M cross_j``.

    Parameters
    ----------
    own
        H_j' Phi_j H_j, shape (m, p, p).
    cross
        M^(1/2)' X_j' H_j, shape (m, p, p).
    """

    own: FloatArray
    cross: FloatArray

    def wishart_df(self, weights: FloatArray) -> float:
        """Degrees of freedom of q combinations, shape (q, p); Satterthwaite's when q is 1.

        eta = q (q + 1) / sum over s, t of var(D_st), with D the covariance
        estimate of the combinations in units of its expectation.  # [1]
        """
        q = len(weights)
        own = np.einsum("ij,cjk,lk->cil", weights, self.own, weights)
        cross = np.einsum("cjk,ik->cji", self.cross, weights)
        expected = (own - np.einsum("cji,cjk->cik", cross, cross)).sum(axis=0)
        values, vectors = np.linalg.eigh(expected)
        if values[0] <= 0.0:
            return math.nan
        root = (vectors / np.sqrt(values)) @ vectors.T
        own = root @ own @ root
        cross = cross @ root
        inner = np.einsum("cji,cjk->cik", cross, cross)
        flat = cross.reshape(len(cross), -1)
        # Over all pairs of clusters: tr(T)^2 + tr(T T), with T = -cross_i' cross_j ...
        gram = (flat.T @ flat).reshape(2 * cross.shape[1:])
        total = float(np.sum(gram * gram))
        total += float(np.einsum("asbt,atbs->", gram, gram))
        # ... and on the diagonal, T = own - cross' cross instead.
        exact = own - inner
        total += float((_trace(exact) ** 2 - _trace(inner) ** 2).sum())
        total += float((exact**2).sum() - (inner**2).sum())
        return q * (q + 1) / total


def _trace(matrices: FloatArray) -> FloatArray:
    return np.asarray(np.einsum("cii->c", matrices))


def sandwich(model: WorkingModel, correct: CorrectionFunction) -> tuple[FloatArray, Scores]:
    """Covariance of the coefficients of the design, and its scores."""
    to_design = model.back * model.scale
    half = np.linalg.cholesky(model.inverse)
    h = correct(model) @ (model.inverse @ to_design.T)
    uh = model.sums(model.u[:, None] * h)
    own = model.sums(h[:, :, None] * (model.diagonal[:, None] * h)[:, None, :])
    own += model.between * uh[:, :, None] * uh[:, None, :]
    cross = half.T @ model.sums(model.x[:, :, None] * h[:, None, :])
    errors = model.sums(h * model.residual[:, None])
    return np.asarray(errors.T @ errors), Scores(own=own, cross=cross)
