"""Covariances of the true effects of several outcomes, as functions of free parameters.

Each maps parameters that may take any value to a covariance that is never
indefinite, with exact derivatives. Zero variances and correlations at the end
of their range belong to finite parameters, where the derivative is zero, so a
maximum at the boundary is found like any other.

References
----------
[1] Pinheiro JC, Bates DM. Unconstrained parametrizations for variance-covariance matrices.
    Stat Comput 1996;6:289-96. doi:10.1007/BF00140873
[2] Jackson D, Riley R, White IR. Multivariate meta-analysis: potential and promise.
    Stat Med 2011;30:2481-98. doi:10.1002/sim.4172
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from evidencekit.models.kernel import FloatArray


class Jet(NamedTuple):
    """A covariance of q outcomes and its derivatives in r parameters.

    Shapes (q, q), (r, q, q) and (r, r, q, q).
    """

    value: FloatArray
    first: FloatArray
    second: FloatArray


def lowest_correlation(q: int) -> float:
    """The lowest correlation that q outcomes can have in common: -1 / (q - 1)."""
    return -1.0 / (q - 1.0)


def _chain(jet: Jet, slope: FloatArray, bend: FloatArray) -> Jet:
    """Chain rule for parameters that are each a function of one other."""
    first = jet.first * slope[:, None, None]
    second = jet.second * (slope[:, None] * slope[None, :])[:, :, None, None]
    r = np.arange(len(slope))
    second[r, r] += jet.first * bend[:, None, None]
    return Jet(jet.value, first, second)


def _correlation(angle: float, q: int) -> tuple[float, float, float]:
    """The correlation at an angle, and its derivatives: half a sine over its range."""
    low = lowest_correlation(q)
    half = 0.5 * (1.0 - low)
    return (
        low + half * (1.0 + math.sin(angle)),
        half * math.cos(angle),
        -half * math.sin(angle),
    )


def unstructured(theta: FloatArray, q: int) -> Jet:
    """UN: any covariance.

    G = L L', L lower triangular.

    Parameters
    ----------
    theta
        The lower triangle of L row by row, any numbers, shape (q (q + 1) / 2,).
    q
        Number of outcomes, 1 or more.

    Returns
    -------
    Jet
        The covariance, shape (q, q), and its derivatives.

    Notes
    -----
    In R: ``rma.mv(yi, V, random = ~ outcome | study, struct = "UN")``.

    References
    ----------
    Pinheiro JC, Bates DM. Stat Comput 1996;6:289-96. doi:10.1007/BF00140873
    Jackson D, Riley R, White IR. Stat Med 2011;30:2481-98. doi:10.1002/sim.4172
    """
    rows, columns = np.tril_indices(q)
    lower = np.zeros((q, q))
    lower[rows, columns] = theta
    r = np.arange(theta.size)
    turned = np.zeros((theta.size, q, q))
    turned[r, rows] = lower[:, columns].T
    pairs = np.zeros((theta.size, theta.size, q, q))
    pairs[r[:, None], r[None, :], rows[:, None], rows[None, :]] = np.equal.outer(columns, columns)
    return Jet(
        lower @ lower.T, turned + turned.transpose(0, 2, 1), pairs + pairs.transpose(0, 1, 3, 2)
    )


def heterogeneous(theta: FloatArray, q: int) -> Jet:
    """HCS: a variance for each outcome, one correlation.

    G_ij = rho s_i s_j, G_ii = s_i^2, with s the squares of q parameters and rho half a sine
    over its range. Squares keep the s from turning negative, which would give some pairs -rho.

    Parameters
    ----------
    theta
        Square roots of the standard deviations, then the angle, any numbers, shape (q + 1,).
    q
        Number of outcomes, 1 or more.

    Returns
    -------
    Jet
        The covariance, shape (q, q), and its derivatives.

    Notes
    -----
    In R: ``rma.mv(yi, V, random = ~ outcome | study, struct = "HCS")``.

    References
    ----------
    Pinheiro JC, Bates DM. Stat Comput 1996;6:289-96. doi:10.1007/BF00140873
    """
    if q == 1:
        return independent(theta, q)
    t = theta[:q] ** 2
    rho, slope, bend = _correlation(float(theta[q]), q)
    pattern = np.full((q, q), rho)
    np.fill_diagonal(pattern, 1.0)
    off = 1.0 - np.eye(q)
    first, second = np.zeros((q + 1, q, q)), np.zeros((q + 1, q + 1, q, q))
    for a in range(q):
        unit = np.eye(q)[a]
        cross = np.outer(unit, t) + np.outer(t, unit)
        first[a] = pattern * cross
        second[a, q] = second[q, a] = off * cross
        for b in range(q):
            both = np.outer(unit, np.eye(q)[b])
            second[a, b] = pattern * (both + both.T)
    first[q] = off * np.outer(t, t)
    return _chain(
        Jet(pattern * np.outer(t, t), first, second),
        np.append(2.0 * theta[:q], slope),
        np.append(np.full(q, 2.0), bend),
    )


def compound(theta: FloatArray, q: int) -> Jet:
    """CS: one variance, one correlation.

    G_ii = s^2, G_ij = rho s^2, with rho half a sine over its range.

    Parameters
    ----------
    theta
        Standard deviation and angle, any numbers, shape (2,).
    q
        Number of outcomes, 1 or more.

    Returns
    -------
    Jet
        The covariance, shape (q, q), and its derivatives.

    Notes
    -----
    In R: ``rma.mv(yi, V, random = ~ outcome | study, struct = "CS")``.

    References
    ----------
    Pinheiro JC, Bates DM. Stat Comput 1996;6:289-96. doi:10.1007/BF00140873
    """
    if q == 1:
        return identical(theta, q)
    variance = float(theta[0]) ** 2
    rho, slope, bend = _correlation(float(theta[1]), q)
    off = 1.0 - np.eye(q)
    pattern = np.eye(q) + rho * off
    second = np.zeros((2, 2, q, q))
    second[0, 1] = second[1, 0] = off
    return _chain(
        Jet(variance * pattern, np.stack([pattern, variance * off]), second),
        np.array([2.0 * theta[0], slope]),
        np.array([2.0, bend]),
    )


def independent(theta: FloatArray, q: int) -> Jet:
    """DIAG: a variance for each outcome, no correlation.

    G_ii = s_i^2, G_ij = 0.

    Parameters
    ----------
    theta
        Standard deviations, any numbers, shape (q,).
    q
        Number of outcomes, 1 or more.

    Returns
    -------
    Jet
        The covariance, shape (q, q), and its derivatives.

    Notes
    -----
    In R: ``rma.mv(yi, V, random = ~ outcome | study, struct = "DIAG")``.

    References
    ----------
    Pinheiro JC, Bates DM. Stat Comput 1996;6:289-96. doi:10.1007/BF00140873
    """
    a = np.arange(q)
    first, second = np.zeros((q, q, q)), np.zeros((q, q, q, q))
    first[a, a, a] = 2.0 * theta
    second[a, a, a, a] = 2.0
    return Jet(np.diag(theta**2), first, second)


def identical(theta: FloatArray, q: int) -> Jet:
    """ID: one variance, no correlation.

    G_ii = s^2, G_ij = 0.

    Parameters
    ----------
    theta
        The standard deviation, any number, shape (1,).
    q
        Number of outcomes, 1 or more.

    Returns
    -------
    Jet
        The covariance, shape (q, q), and its derivatives.

    Notes
    -----
    In R: ``rma.mv(yi, V, random = ~ outcome | study, struct = "ID")``.

    References
    ----------
    Pinheiro JC, Bates DM. Stat Comput 1996;6:289-96. doi:10.1007/BF00140873
    """
    eye = np.eye(q)
    return Jet(theta[0] ** 2 * eye, 2.0 * theta[0] * eye[None], 2.0 * eye[None, None])
