"""The arithmetic of the three-level model, in time linear in the number of effects.

The covariance of the effects of cluster j is V_j + s2 I + s1 11'. With
V_j = R diag(lambda) R', turning the effects of each cluster by R' makes it
diag(lambda + s2) + s1 uu', u = R'1: its inverse and determinant are closed
forms (Sherman-Morrison), so no k by k matrix is ever made. Without sampling
correlations R is the identity.

References
----------
[1] Konstantopoulos S. Fixed effects and variance components estimation in three-level
    meta-analysis. Res Synth Methods 2011;2:61-76. doi:10.1002/jrsm.35
[2] Gilmour AR, Thompson R, Cullis BR. Average information REML: an efficient algorithm
    for variance parameter estimation in linear mixed models. Biometrics
    1995;51:1440-50. doi:10.2307/2533274
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from evidencekit.errors import MethodError
from evidencekit.models.kernel import FloatArray
from evidencekit.models.sampling import Clusters, Sampling

LEVELS = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
MAX_ITERATIONS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Nested:
    """Effects sorted by cluster and turned, in units of order one.

    Parameters
    ----------
    y, x
        Effects, shape (k,), and an orthonormal basis of the design, shape (k, p).
    sampling
        Eigenvalues of the sampling covariance, shape (k,).
    u
        The turned column of ones, shape (k,).
    clusters
        Which effects belong together.
    """

    y: FloatArray
    x: FloatArray
    sampling: FloatArray
    u: FloatArray
    clusters: Clusters

    def sums(self, values: FloatArray) -> FloatArray:
        """Sum within clusters, shape (m, ...)."""
        return np.asarray(np.add.reduceat(values, self.clusters.starts, axis=0))

    def spread(self, values: FloatArray) -> FloatArray:
        """Repeat values of clusters for their effects."""
        return np.repeat(values, self.clusters.sizes, axis=0)


def turn(
    columns: FloatArray, v: FloatArray, sampling: Sampling, clusters: Clusters
) -> tuple[FloatArray, FloatArray]:
    """Sort by cluster and turn columns (k, q) so that sampling errors are uncorrelated.

    Returns
    -------
    columns, eigenvalues
        Shapes (k, q) and (k,), in the order of the clusters.

    Raises
    ------
    MethodError
        When the sampling covariance of a cluster is not positive definite.
    """
    sorted_columns = columns[clusters.order]
    if sampling.kind == "independent":
        return sorted_columns, v[clusters.order]
    out, eigenvalues = np.empty_like(sorted_columns), np.empty(v.size)
    for which, place in clusters.by_size():
        blocks = sampling.blocks(v, clusters.order[place])
        values, vectors = np.linalg.eigh(blocks)
        low = values[:, 0] <= 1e-12 * values[:, -1]
        if low.any():
            name = clusters.names[int(which[np.argmax(low)])]
            raise MethodError(
                f"the sampling covariance of cluster {name!r} is not positive definite"
            )
        eigenvalues[place] = values
        out[place] = np.einsum("cij,ciq->cjq", vectors, sorted_columns[place])
    return out, eigenvalues


class State(NamedTuple):
    """The model at given variance components."""

    loglik: float
    beta: FloatArray
    inverse: FloatArray  # (x' G^-1 x)^-1
    gx: FloatArray  # G^-1 x
    py: FloatArray  # G^-1 (y - x beta)
    d: FloatArray
    shrink: FloatArray  # s1 / (1 + s1 u'u/d), per cluster


def solve(nested: Nested, d: FloatArray, shrink: FloatArray, z: FloatArray) -> FloatArray:
    """G^-1 z for z of shape (k, q): z/d - (u/d) shrink (u'z/d)."""
    over = nested.u / d
    inner = nested.sums(over[:, None] * z) * shrink[:, None]
    return np.asarray(z / d[:, None] - over[:, None] * nested.spread(inner))


def evaluate(nested: Nested, theta: FloatArray, *, restricted: bool) -> State:
    """Likelihood and coefficients at theta = (s1 between clusters, s2 within).

    l = -1/2 [ n log 2 pi + log|G| + log|x'G^-1 x| + y'Py ], without the third
    term for ML; n is k - p for REML and k for ML.  # [1]
    """
    between, within = theta
    d = nested.sampling + within
    size = nested.sums(nested.u * nested.u / d)
    shrink = between / (1.0 + between * size)
    k, p = nested.x.shape
    g = solve(nested, d, shrink, np.column_stack([nested.x, nested.y]))
    gx, gy = g[:, :p], g[:, p]
    information = nested.x.T @ gx
    inverse = np.asarray(np.linalg.inv(information), dtype=np.float64)
    beta = np.asarray(inverse @ (nested.x.T @ gy))
    py = gy - gx @ beta
    log_det = float(np.log(d).sum() + np.log1p(between * size).sum())
    n = k - p if restricted else k
    # y'Py from the residuals, which are small, and not from y, which need not be.
    fit = float((nested.y - nested.x @ beta) @ py)
    value = n * math.log(2.0 * math.pi) + log_det + fit
    if restricted:
        value += float(np.linalg.slogdet(information)[1])
    return State(-0.5 * value, beta, inverse, gx, py, d, shrink)


def traces(nested: Nested, state: State, *, restricted: bool) -> FloatArray:
    """tr(P dG/ds) for both components; tr(G^-1 dG/ds) for ML. Shape (2,)."""
    over = nested.u / state.d
    size = nested.sums(nested.u * over)
    value = np.array(
        [
            (size - state.shrink * size * size).sum(),
            (1.0 / state.d).sum() - (state.shrink * nested.sums(over * over)).sum(),
        ]
    )
    if restricted:
        ugx = nested.sums(nested.u[:, None] * state.gx)
        value[0] -= np.sum(state.inverse * (ugx.T @ ugx))
        value[1] -= np.sum(state.inverse * (state.gx.T @ state.gx))
    return value


def gradient(nested: Nested, state: State, *, restricted: bool) -> tuple[FloatArray, FloatArray]:
    """Derivative of the log-likelihood, (2,), and the average information, (2, 2).  # [2]"""
    upy = nested.sums(nested.u * state.py)
    squares = np.array([upy @ upy, state.py @ state.py])
    score = 0.5 * (squares - traces(nested, state, restricted=restricted))
    q = np.column_stack([nested.u * nested.spread(upy), state.py])
    pq = solve(nested, state.d, state.shrink, q)
    pq -= state.gx @ (state.inverse @ (nested.x.T @ pq))
    return score, 0.5 * (q.T @ pq)


class Optimum(NamedTuple):
    """A local maximum."""

    theta: FloatArray
    state: State
    converged: bool


def climb(
    nested: Nested, start: FloatArray, *, restricted: bool, free: tuple[bool, bool] = (True, True)
) -> Optimum:
    """Average-information ascent from a start, components kept at 0 or above.

    A step that does not raise the likelihood is halved.
    """
    theta = start.astype(np.float64)
    state = evaluate(nested, theta, restricted=restricted)
    unit = float(np.median(nested.sampling)) + theta.sum()
    for _ in range(MAX_ITERATIONS):
        score, information = gradient(nested, state, restricted=restricted)
        active = np.array(free) & ((theta > 0.0) | (score > 0.0))
        if not active.any() or np.abs(score[active]).max() * unit < 1e-11 * (1 + abs(state.loglik)):
            return Optimum(theta, state, True)
        step = _direction(score, information, active)
        for _ in range(60):
            new = np.maximum(theta + step, 0.0)
            ahead = evaluate(nested, new, restricted=restricted)
            if ahead.loglik >= state.loglik - 1e-13 * (1 + abs(state.loglik)):
                break
            step = 0.5 * step
        else:
            return Optimum(theta, state, False)
        moved = np.abs(new - theta).max()
        theta, state = new, ahead
        if moved <= 1e-13 * (theta.max() + unit):
            return Optimum(theta, state, True)
    return Optimum(theta, state, False)


def _direction(score: FloatArray, information: FloatArray, active: np.ndarray) -> FloatArray:
    """Newton step in the free components; along the gradient when they cannot be told apart."""
    step = np.zeros(2)
    rows = np.flatnonzero(active)
    block = information[np.ix_(rows, rows)]
    diagonal = np.diag(block)
    determinant = float(np.linalg.det(block))
    if determinant > 1e-10 * float(np.prod(diagonal)) > 0.0:
        step[rows] = np.linalg.solve(block, score[rows])
    else:
        step[rows] = score[rows] / np.maximum(diagonal, np.finfo(np.float64).tiny)
    return step


def maximise(nested: Nested, *, restricted: bool) -> list[Optimum]:
    """Local maxima over both components >= 0, the highest first.

    The likelihood is looked at on a grid in units of the variance of the
    residuals; every peak of the grid is a start.
    """
    rest = nested.y - nested.x @ (nested.x.T @ nested.y)
    k, p = nested.x.shape
    levels = float(rest @ rest) / (k - p) * np.array(LEVELS)
    heights = np.array(
        [
            [evaluate(nested, np.array([a, b]), restricted=restricted).loglik for b in levels]
            for a in levels
        ]
    )
    padded = np.pad(heights, 1, constant_values=-np.inf)
    n = len(levels)
    around = np.max(
        [padded[1 + i : n + 1 + i, 1 + j : n + 1 + j]
         for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)],
        axis=0,
    )  # fmt: skip
    found: list[Optimum] = []
    for i, j in np.argwhere(heights >= around):
        new = climb(nested, np.array([levels[i], levels[j]]), restricted=restricted)
        unit = levels[-2] + float(nested.sampling.min())
        if all(np.abs(new.theta - old.theta).max() > 1e-5 * unit for old in found):
            found.append(new)
    return sorted(found, key=lambda optimum: -optimum.state.loglik)
