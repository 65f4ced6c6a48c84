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

from evidencekit.models.inverse_root import inverse_root
from evidencekit.models.kernel import FloatArray, IntArray
from evidencekit.models.working_model import WorkingModel

# A cluster that leaves less than this of the information on a coefficient to the others.
ALONE = 1e-6
# A share of the information that is nothing but rounding.
ZERO = 1e-10


CorrectionFunction = Callable[[WorkingModel], FloatArray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A row of ``CORRECTIONS``; the function gives A'WX, shape (k, p), in the sorted order."""

    name: str
    label: str
    function: CorrectionFunction
    doi: str
    r_call: str


def cr0(model: WorkingModel) -> FloatArray:
    """CR0: no correction.

    A = 1.  # [2]

    Parameters
    ----------
    model
        Residuals, design and working covariance of k effects.

    Returns
    -------
    FloatArray
        A'WX, shape (k, p), in the order of the clusters.

    Notes
    -----
    In R: ``clubSandwich::vcovCR(fit, type = "CR0")``.
    """
    return model.gx


def cr1(model: WorkingModel) -> FloatArray:
    """CR1: for the number of clusters m.

    A = sqrt(m / (m - 1)).  # [1]

    Parameters
    ----------
    model
        Residuals, design and working covariance of k effects.

    Returns
    -------
    FloatArray
        A'WX, shape (k, p), in the order of the clusters.

    Notes
    -----
    In R: ``clubSandwich::vcovCR(fit, type = "CR1")``.
    """
    m = model.clusters.m
    return np.asarray(model.gx * math.sqrt(m / (m - 1.0)))


def cr1s(model: WorkingModel) -> FloatArray:
    """CR1S: for clusters and coefficients, as Stata does.

    A = sqrt(m (k - 1) / ((m - 1) (k - p))).  # [1]

    Parameters
    ----------
    model
        Residuals, design and working covariance of k effects.

    Returns
    -------
    FloatArray
        A'WX, shape (k, p), in the order of the clusters.

    Notes
    -----
    In R: ``clubSandwich::vcovCR(fit, type = "CR1S")``.
    """
    m, (k, p) = model.clusters.m, model.x.shape
    return np.asarray(model.gx * math.sqrt(m * (k - 1.0) / ((m - 1.0) * (k - p))))


def cr2(model: WorkingModel) -> FloatArray:
    """CR2: unbiased under the working model.

    A = D'(D (Phi - X M X') D')^(-1/2) D with D'D = Phi.  # [1]

    A does not depend on the root D, and A'WX = (Phi (Phi - X M X'))^(-1/2) X: an
    inverse square root of a matrix that is diagonal plus a few ranks, which
    :func:`~evidencekit.models.inverse_root.inverse_root` applies without making
    it. Clusters that almost alone inform a coefficient are decomposed; zero
    eigenvalues stay zero.

    Parameters
    ----------
    model
        Residuals, design and working covariance of k effects.

    Returns
    -------
    FloatArray
        A'WX, shape (k, p), in the order of the clusters.

    Notes
    -----
    In R: ``clubSandwich::vcovCR(fit, type = "CR2")``.
    """
    information = model.sums(model.x[:, :, None] * model.gx[:, None, :])
    half = np.linalg.cholesky(model.inverse)
    free = 1.0 - np.linalg.eigvalsh(half.T @ information @ half)[:, -1]
    out = inverse_root(model, np.maximum(free, ALONE))
    for which, place in model.clusters.by_size():
        alone = place[free[which] < ALONE]
        if alone.size:
            out[alone] = _decomposed(model, alone)
    return out


def _decomposed(model: WorkingModel, place: IntArray) -> FloatArray:
    """CR2 of c clusters of one size by their eigenvalues, shape (c, size, p)."""
    x, u = model.x[place], model.u[place]
    working = model.between * u[:, :, None] * u[:, None, :]
    size = np.arange(place.shape[1])
    working[:, size, size] += model.diagonal[place]
    lower = np.linalg.cholesky(working)
    d = lower.transpose(0, 2, 1)
    left = working - x @ model.inverse @ x.transpose(0, 2, 1)
    values, vectors = np.linalg.eigh(d @ left @ d.transpose(0, 2, 1))
    # How many are zero is told by the whitened matrix, whose eigenvalues lie between 0 and 1:
    # those of D (Phi - X M X') D' may differ by the square of Phi's condition and be real.
    white = np.linalg.solve(lower, x)
    shares = np.linalg.eigvalsh(
        np.eye(len(size)) - white @ model.inverse @ white.transpose(0, 2, 1)
    )
    keep = size >= (shares < ZERO).sum(axis=1)[:, None]
    root = np.where(keep, 1.0 / np.sqrt(np.where(keep, np.abs(values), 1.0)), 0.0)
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
