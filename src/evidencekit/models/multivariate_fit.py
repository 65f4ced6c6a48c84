"""The likelihood of effects on several outcomes per study, with exact derivatives.

The covariance of the effects of study c is V_c + Z_c G Z_c', with G the covariance
of the true effects of q outcomes and Z_c saying which effect is of which outcome.
With W its inverse, everything but the determinant needs only Z'WZ, Z'WX and Z'W e
of each study, which are small however many effects it has.

References
----------
[1] Jackson D, Riley R, White IR. Multivariate meta-analysis: potential and promise.
    Stat Med 2011;30:2481-98. doi:10.1002/sim.4172
[2] Gilmour AR, Thompson R, Cullis BR. Average information REML: an efficient algorithm
    for variance parameter estimation in linear mixed models. Biometrics
    1995;51:1440-50. doi:10.2307/2533274
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from evidencekit.errors import MethodError
from evidencekit.models.covariances import Jet, lowest_correlation
from evidencekit.models.glmm_models import LogLik
from evidencekit.models.kernel import FloatArray, IntArray
from evidencekit.models.maximise import Maximum, maximise
from evidencekit.models.sampling import Clusters, Sampling
from evidencekit.models.structures import Structure

# Starts, in standard deviations of the residuals of each outcome.
SPREADS = (0.1, 0.5, 1.0)
CORRELATIONS = (-0.8, 0.0, 0.8)
# Parameters are in units of the residuals; one beyond this has lost its way.
FARTHEST = 1e3
# In the same units: a standard deviation to try instead of 0.
NOT_ZERO = 1e-3
# Covariances of two ends of the search that are the same maximum.
CLOSE = 1e-5


class Blocks(NamedTuple):
    """Studies with the same number n of effects, in units of order one."""

    y: FloatArray  # (c, n)
    x: FloatArray  # (c, n, p)
    z: FloatArray  # (c, n, q), 1 where an effect is of an outcome
    v: FloatArray  # (c, n, n)


class State(NamedTuple):
    """The model at one covariance of the true effects."""

    log_det: float
    rss: float
    beta: FloatArray
    information: FloatArray  # X'WX
    zz: FloatArray  # Z'WZ of each study, (m, q, q)
    zx: FloatArray  # Z'WX, (m, q, p)
    ze: FloatArray  # Z'W e, (m, q)


class Optimum(NamedTuple):
    """A local maximum: the covariance of the true effects, its height, whether it converged."""

    covariance: FloatArray
    loglik: float
    converged: bool


def make_blocks(
    y: FloatArray, x: FloatArray, code: IntArray, v: FloatArray, sampling: Sampling, group: Clusters
) -> list[Blocks]:
    """Effects by study, studies by size; ``code`` numbers the outcome of each effect.

    Raises
    ------
    MethodError
        When the sampling covariance of a study is not positive definite.
    """
    z = np.eye(int(code.max()) + 1)[code]
    out = []
    for which, place in group.by_size():
        effects = group.order[place]
        blocks = sampling.blocks(v, effects)
        values = np.linalg.eigvalsh(blocks)
        low = values[:, 0] <= 1e-12 * values[:, -1]
        if low.any():
            name = group.names[int(which[np.argmax(low)])]
            raise MethodError(
                f"the sampling covariance of cluster {name!r} is not positive definite"
            )
        out.append(Blocks(y[effects], x[effects], z[effects], blocks))
    return out


def evaluate(blocks: list[Blocks], covariance: FloatArray) -> State:
    """Generalised least squares at one covariance of the true effects, shape (q, q)."""
    log_det, parts = 0.0, []
    for b in blocks:
        root = np.linalg.cholesky(b.v + b.z @ covariance @ b.z.transpose(0, 2, 1))
        log_det += 2.0 * float(np.log(np.diagonal(root, axis1=1, axis2=2)).sum())
        parts.append(np.linalg.solve(root, np.concatenate([b.x, b.y[:, :, None], b.z], axis=2)))
    p = blocks[0].x.shape[2]
    whole = np.concatenate([part.reshape(-1, part.shape[2]) for part in parts])
    information = whole[:, :p].T @ whole[:, :p]
    beta = np.linalg.solve(information, whole[:, :p].T @ whole[:, p])
    # Once more on what is left: the residuals are small, the estimates need not be.
    beta += np.linalg.solve(information, whole[:, :p].T @ (whole[:, p] - whole[:, :p] @ beta))
    zz, zx, ze, rss = [], [], [], 0.0
    for part in parts:
        x, z = part[:, :, :p], part[:, :, p + 1 :].transpose(0, 2, 1)
        e = part[:, :, p] - x @ beta
        rss += float(np.sum(e * e))
        zz.append(z @ z.transpose(0, 2, 1))
        zx.append(z @ x)
        ze.append((z @ e[:, :, None])[:, :, 0])
    return State(
        log_det, rss, beta, information, np.concatenate(zz), np.concatenate(zx), np.concatenate(ze)
    )


def log_likelihood(state: State, k: int, *, restricted: bool) -> float:
    """-1/2 [n log 2 pi + log|S| + log|X'WX| + e'We], no third term for ML.  # [1]

    n is k - p for REML and k for ML.
    """
    n = k - len(state.beta) if restricted else k
    value = n * math.log(2.0 * math.pi) + state.log_det + state.rss
    if restricted:
        value += float(np.linalg.slogdet(state.information)[1])
    return -0.5 * value


def derivatives(state: State, jet: Jet, k: int, *, restricted: bool) -> LogLik:
    """Log-likelihood, gradient and Hessian in the parameters of a structure.

    With P = W - WX (X'WX)^-1 X'W and D the derivative of Z G Z':
    dl = 1/2 [y'PDPy - tr(PD)], and in two linear parameters
    d2l = 1/2 tr(P D1 P D2) - y'P D1 P D2 P y; for ML the traces are of W.  # [2]
    """
    zz, zx, ze, d = state.zz, state.zx, state.ze, jet.first
    inverse = np.linalg.inv(state.information)
    fixed = zx @ inverse @ zx.transpose(0, 2, 1)  # (m, q, q)
    slope = 0.5 * (ze.T @ ze - zz.sum(axis=0))
    zzd = np.einsum("mij,rjk->mrik", zz, d)
    trace = np.einsum("mrij,msji->rs", zzd, zzd, optimize=True)
    if restricted:
        slope = slope + 0.5 * fixed.sum(axis=0)
        fixed_d = np.einsum("mij,rjk->mrik", fixed, d)
        trace -= 2.0 * np.einsum("mrij,msji->rs", fixed_d, zzd, optimize=True)
        inner = inverse @ np.einsum("mia,rij,mjb->rab", zx, d, zx, optimize=True)
        trace += np.einsum("rab,sba->rs", inner, inner)
    de = np.einsum("rij,mj->mri", d, ze)
    square = np.einsum("mri,mij,msj->rs", de, zz, de, optimize=True)
    along = np.einsum("mia,mri->ra", zx, de)
    square -= along @ inverse @ along.T
    hessian = 0.5 * trace - square + np.einsum("ij,rsij->rs", slope, jet.second)
    return LogLik(
        log_likelihood(state, k, restricted=restricted),
        np.einsum("ij,rij->r", slope, d),
        0.5 * (hessian + hessian.T),
    )


def maxima(blocks: list[Blocks], structure: Structure, *, restricted: bool) -> list[Optimum]:
    """Local maxima of the likelihood from several starts, the highest first."""
    q = blocks[0].z.shape[2]
    k = sum(b.y.size for b in blocks)
    spread = _spreads(blocks)
    unit = float(np.sqrt(np.mean(spread**2)))
    # Covariances of outcomes that no study reports together do not tell maxima apart.
    has = np.concatenate([b.z.max(axis=1) for b in blocks])
    known = has.T @ has > 0.0
    found: list[Optimum] = []

    def function(theta: FloatArray) -> LogLik:
        jet = Jet(*(part * unit**2 for part in structure.jet(theta, q)))
        return derivatives(evaluate(blocks, jet.value), jet, k, restricted=restricted)

    for theta in _starts(structure, spread / unit):
        end = _leave_edge(function, maximise(function, theta, bound=FARTHEST), structure, q)
        new = Optimum(structure.jet(end.at, q).value * unit**2, end.loglik.value, end.converged)
        same = [
            np.abs((o.covariance - new.covariance)[known]).max() < CLOSE * unit**2 for o in found
        ]
        if any(same):
            at = same.index(True)
            found[at] = max(found[at], new, key=lambda o: o.loglik)
        else:
            found.append(new)
    found.sort(key=lambda o: -o.loglik)
    # What did not converge is no maximum, unless nothing is higher.
    return [found[0], *(o for o in found[1:] if o.converged)]


def _leave_edge(
    function: Callable[[FloatArray], LogLik], end: Maximum, structure: Structure, q: int
) -> Maximum:
    """Go on from an end where a variance is 0, so that its correlation means nothing.

    There the likelihood may rise with the variance at another correlation; what
    is then no maximum is left behind.
    """
    sd = np.sqrt(np.diag(structure.jet(end.at, q).value))
    if not structure.correlated or q == 1 or sd.min() > NOT_ZERO:
        return end
    lifted = np.maximum(sd, NOT_ZERO)
    for correlation in (0.99, 0.99 * lowest_correlation(q)):
        start = structure.start(lifted, correlation)
        if function(start).value > end.loglik.value:
            return maximise(function, start, bound=FARTHEST)
    return end


def _spreads(blocks: list[Blocks]) -> FloatArray:
    """Standard deviation of the unweighted residuals of each outcome, shape (q,)."""
    y = np.concatenate([b.y.ravel() for b in blocks])
    x = np.concatenate([b.x.reshape(-1, b.x.shape[2]) for b in blocks])
    z = np.concatenate([b.z.reshape(-1, b.z.shape[2]) for b in blocks])
    left = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    square = z.T @ left**2 / z.sum(axis=0)
    sampling = min(float(np.diagonal(b.v, axis1=1, axis2=2).min()) for b in blocks)
    floor = 1e-4 * max(float(square.max()), sampling)
    return np.asarray(np.sqrt(np.maximum(square, floor)))


def _starts(structure: Structure, spread: FloatArray) -> list[FloatArray]:
    q = spread.size
    correlations: tuple[float, ...] = (0.0,)
    if structure.correlated and q > 1:
        lowest = lowest_correlation(q)
        correlations = tuple(c if c >= 0.0 else -c * lowest for c in CORRELATIONS)
    return [structure.start(size * spread, c) for size in SPREADS for c in correlations]
