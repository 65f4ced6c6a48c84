"""An inverse square root applied to a design, cluster by cluster, without making any matrix.

The matrix of a cluster is C = Phi (Phi - X M X') with Phi = diag(d) + s uu'. With

    C^(-1/2) X = 2/pi integral over t > 0 of (t^2 + C)^-1 X dt

and t an elliptic function of the variable of integration, the midpoint rule
converges geometrically [1]. At each node everything follows from the columns
(Phi - it)^-1 X, whose real part is Phi (t^2 + Phi^2)^-1 X and whose imaginary
part is t (t^2 + Phi^2)^-1 X: sums over the effects of a cluster and inverses
of p by p matrices, for all clusters at once. Eigenvalue routines on hundreds
of matrices of some dozens of rows are far slower, above all where the linear
algebra library starts threads for each of them.

References
----------
[1] Hale N, Higham NJ, Trefethen LN. Computing A^alpha, log(A), and related matrix functions by
    contour integrals. SIAM J Numer Anal 2008;46:2505-23. doi:10.1137/070700607
"""

from __future__ import annotations

import math

import numpy as np

from evidencekit.models.kernel import FloatArray
from evidencekit.models.working_model import WorkingModel

# The error of n nodes is about exp(-2 pi^2 n / (log(condition) + 3)): this many for 1e-17.
DIGITS = 39.0


def nodes(condition: float) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights of 2/pi integral of f(t) dt for spectra in [1/condition, 1].

    t = sc(u | 1 - 1/condition) / sqrt(condition) for u from 0 to the quarter period.  # [1]
    The upper half mirrors the lower, where no digit of 1/condition is lost: sc(K - u)
    sc(u) = sqrt(condition).
    """
    from scipy.special import ellipj, ellipkm1

    half = math.ceil(((math.log(condition) + 3.0) * DIGITS / (2.0 * math.pi**2) + 1.0) / 2.0)
    step = float(ellipkm1(1.0 / condition)) / (2.0 * half)
    sn, cn, dn, _ = ellipj((np.arange(half) + 0.5) * step, 1.0 - 1.0 / condition)
    root = 1.0 / math.sqrt(condition)
    t = np.concatenate([sn / cn * root, cn / sn])
    return t, np.concatenate([dn / cn**2 * root, dn / sn**2]) * step * 2.0 / math.pi


def inverse_root(model: WorkingModel, free: FloatArray) -> FloatArray:
    """(Phi (Phi - X M X'))^(-1/2) X of every cluster, shape (k, p).

    Parameters
    ----------
    model
        The working model.
    free
        For each cluster, a bound from below on the share of the information on any
        combination of coefficients that comes from other clusters; above 0, shape (m,).
    """
    d, u, starts = model.diagonal, model.u, model.clusters.starts
    high = np.maximum.reduceat(d, starts) + model.between * model.sums(u * u)
    low = np.minimum.reduceat(d, starts) * np.sqrt(free)
    # Each cluster in units of its own largest eigenvalue.
    condition = max(float(((high / low) ** 2).max()), 1.0 + 1e-9)
    out = np.zeros_like(model.x)
    for t, weight in zip(*nodes(condition), strict=True):
        out += model.spread(weight * high)[:, None] * _resolvent(model, t * high)
    return out


def _resolvent(model: WorkingModel, t: FloatArray) -> FloatArray:
    """(t^2 + Phi (Phi - X M X'))^-1 X at one t for each cluster, by Woodbury's identity."""
    x = model.x
    z = model.diagonal - 1j * model.spread(t)
    over = model.u / z
    shrink = model.between / (
        1.0 + model.between * np.add.reduceat(model.u * over, model.clusters.starts)
    )
    ux = np.add.reduceat(over[:, None] * x, model.clusters.starts, axis=0)
    g = x / z[:, None] - over[:, None] * np.repeat(
        shrink[:, None] * ux, model.clusters.sizes, axis=0
    )
    plain: FloatArray = np.asarray(g.imag / model.spread(t)[:, None], dtype=np.float64)
    turned: FloatArray = np.asarray(g.real, dtype=np.float64)
    left = model.information - model.sums(x[:, :, None] * turned[:, None, :])
    right = model.sums(x[:, :, None] * plain[:, None, :])
    back: FloatArray = np.asarray(np.linalg.solve(left, right), dtype=np.float64)
    return np.asarray(plain + (turned[:, :, None] * model.spread(back)).sum(axis=1))
