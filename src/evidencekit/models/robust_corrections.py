"""How residuals of a cluster are corrected before they enter a sandwich (``CORRECTIONS``).

References
----------
[1] Pustejovsky JE, Tipton E. Small-sample methods for cluster-robust variance estimation
    and hypothesis testing in fixed effects models. J Bus Econ Stat 2018;36:672-83.
    doi:10.1080/07350015.2016.1247004
[2] Liang KY, Zeger SL. Longitudinal data analysis using generalized linear models.
    Biometrika 1986;73:13-22. doi:10.1093/biomet/73.1.13
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from evidencekit.models.kernel import FloatArray, IntArray
from evidencekit.models.sampling import Clusters


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingModel:
    """Residuals, design and covariance, sorted by cluster and turned, in units of order one."""

    clusters: Clusters
    residual: FloatArray  # (k,)
    x: FloatArray  # orthonormal basis, (k, p)
    diagonal: FloatArray  # (k,)
    u: FloatArray  # (k,)
    between: float
    gx: FloatArray  # G^-1 x, (k, p)
    inverse: FloatArray  # (x' G^-1 x)^-1
    back: FloatArray  # to the coefficients of the design
    scale: float


CorrectionFunction = Callable[[WorkingModel, FloatArray, IntArray], FloatArray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A row of ``CORRECTIONS``; the function gives A'WX of clusters of one size, (c, size, p)."""

    name: str
    label: str
    function: CorrectionFunction
    doi: str
    r_call: str


def cr0(model: WorkingModel, working: FloatArray, place: IntArray) -> FloatArray:
    """A = 1: no correction."""
    return model.gx[place]


def cr1(model: WorkingModel, working: FloatArray, place: IntArray) -> FloatArray:
    """A = sqrt(m / (m - 1)), m clusters."""
    m = model.clusters.m
    return model.gx[place] * math.sqrt(m / (m - 1.0))


def cr1s(model: WorkingModel, working: FloatArray, place: IntArray) -> FloatArray:
    """A = sqrt(m (k - 1) / ((m - 1) (k - p))), as Stata does."""
    m, (k, p) = model.clusters.m, model.x.shape
    return model.gx[place] * math.sqrt(m * (k - 1.0) / ((m - 1.0) * (k - p)))


def cr2(model: WorkingModel, working: FloatArray, place: IntArray) -> FloatArray:
    """A = D'(D (Phi - X M X') D')^(-1/2) D with D'D = Phi: unbiased under the working model.

    # [1]; zero eigenvalues (a coefficient that one cluster alone informs) stay zero.
    """
    x = model.x[place]
    d = np.linalg.cholesky(working).transpose(0, 2, 1)
    left = working - x @ model.inverse @ x.transpose(0, 2, 1)
    values, vectors = np.linalg.eigh(d @ left @ d.transpose(0, 2, 1))
    keep = values > 1e-10 * values[:, -1:]
    root = np.where(keep, 1.0 / np.sqrt(np.where(keep, values, 1.0)), 0.0)
    # A is symmetric, so A'WX = D'V root V'D (WX).
    inner = vectors.transpose(0, 2, 1) @ (d @ model.gx[place])
    return np.asarray(d.transpose(0, 2, 1) @ (vectors @ (root[:, :, None] * inner)))


CORRECTIONS: dict[str, Correction] = {
    row.name: row
    for row in (
        Correction(
            name="CR0",
            label="no correction",
            function=cr0,
            doi="10.1093/biomet/73.1.13",
            r_call='clubSandwich::vcovCR(fit, type = "CR0")',
        ),
        Correction(
            name="CR1",
            label="m / (m - 1)",
            function=cr1,
            doi="10.1080/07350015.2016.1247004",
            r_call='clubSandwich::vcovCR(fit, type = "CR1")',
        ),
        Correction(
            name="CR1S",
            label="m (k - 1) / ((m - 1) (k - p))",
            function=cr1s,
            doi="10.1080/07350015.2016.1247004",
            r_call='clubSandwich::vcovCR(fit, type = "CR1S")',
        ),
        Correction(
            name="CR2",
            label="unbiased under the working model",
            function=cr2,
            doi="10.1080/07350015.2016.1247004",
            r_call='clubSandwich::vcovCR(fit, type = "CR2")',
        ),
    )
}
