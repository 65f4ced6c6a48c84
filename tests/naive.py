"""Second implementations, slow and direct, that share nothing with the package.

The likelihoods are those of the data themselves (a multivariate normal density
by its matrices), not the profile formulas of the kernel; the Q equations are
solved by halving.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def restricted_loglik(y: np.ndarray, v: np.ndarray, tau2: float) -> float:
    """Log density of the k - 1 differences from the first study (REML, up to a constant)."""
    k = len(y)
    contrast = np.hstack([-np.ones((k - 1, 1)), np.eye(k - 1)])
    z = contrast @ y
    sigma = contrast @ np.diag(v + tau2) @ contrast.T
    _, logdet = np.linalg.slogdet(sigma)
    return float(-0.5 * logdet - 0.5 * z @ np.linalg.solve(sigma, z))


def profile_loglik(y: np.ndarray, v: np.ndarray, tau2: float) -> float:
    """Log density of the studies at the best mean (ML, up to a constant)."""
    inverse = np.linalg.inv(np.diag(v + tau2))
    one = np.ones(len(y))
    mu = (one @ inverse @ y) / (one @ inverse @ one)
    return float(0.5 * np.linalg.slogdet(inverse)[1] - 0.5 * (y - mu) @ inverse @ (y - mu))


LIKELIHOODS = {"REML": restricted_loglik, "ML": profile_loglik}


def modes(y: np.ndarray, v: np.ndarray, method: str, points: int = 500) -> list[float]:
    """All local maxima of the likelihood over tau2 >= 0 from a dense grid, refined by halving."""
    loglik = LIKELIHOODS[method]
    top = max(float(np.ptp(y)) ** 2, float(v.max()))
    grid = np.concatenate([[0.0], np.geomspace(1e-7 * float(v.min()), 1.01 * top, points)])
    values = np.array([loglik(y, v, t) for t in grid])
    found = [0.0] if values[0] >= values[1] else []
    for i in range(1, len(grid) - 1):
        if values[i - 1] < values[i] >= values[i + 1]:
            found.append(_golden(lambda t: loglik(y, v, t), grid[i - 1], grid[i + 1]))
    return found


def count_modes(y: np.ndarray, v: np.ndarray, *, points: int = 1500) -> np.ndarray:
    """Number of local maxima of the restricted likelihood for each row of (m, k) arrays."""
    top = np.maximum(np.ptp(y, axis=1) ** 2, v.max(axis=1))
    steps = np.concatenate([[0.0], np.geomspace(1e-6, 1.0, points)])
    tau2 = np.multiply.outer(top * 1.01, steps)
    total = v[:, :, None] + tau2[:, None, :]
    w = 1.0 / total
    mu = (w * y[:, :, None]).sum(axis=1) / w.sum(axis=1)
    fit = (w * (y[:, :, None] - mu[:, None, :]) ** 2).sum(axis=1)
    loglik = -0.5 * (np.log(total).sum(axis=1) + np.log(w.sum(axis=1)) + fit)
    rises = np.diff(loglik, axis=1) > 0
    inner = (rises[:, :-1] & ~rises[:, 1:]).sum(axis=1)
    return inner + ~rises[:, 0]


def best(y: np.ndarray, v: np.ndarray, method: str) -> float:
    """The highest of :func:`modes`."""
    return max(modes(y, v, method), key=lambda t: LIKELIHOODS[method](y, v, t))


def _golden(function: Callable[[float], float], low: float, high: float) -> float:
    ratio = (5**0.5 - 1) / 2
    for _ in range(80):
        a, b = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, b) if function(a) > function(b) else (a, high)
    return 0.5 * (low + high)


def generalised_q(y: np.ndarray, v: np.ndarray, tau2: float) -> float:
    """sum w (y - mu)^2 with w = 1/(v + tau2)."""
    w = 1.0 / (v + tau2)
    mu = np.sum(w * y) / np.sum(w)
    return float(np.sum(w * (y - mu) ** 2))


def solve_q(y: np.ndarray, v: np.ndarray, target: float) -> float:
    """tau2 at which Q equals the target, by halving; 0 where Q(0) is smaller."""
    if generalised_q(y, v, 0.0) <= target:
        return 0.0
    low, high = 0.0, 1.0
    while generalised_q(y, v, high) > target:
        high *= 2.0
    for _ in range(200):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if generalised_q(y, v, middle) > target else (low, middle)
    return 0.5 * (low + high)


def dersimonian_laird(y: np.ndarray, v: np.ndarray) -> float:
    """The moment estimator, term by term."""
    w = 1.0 / v
    mu = np.sum(w * y) / np.sum(w)
    q = np.sum(w * (y - mu) ** 2)
    return float(max(0.0, (q - (len(y) - 1)) / (np.sum(w) - np.sum(w**2) / np.sum(w))))


TAU2: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "REML": lambda y, v: best(y, v, "REML"),
    "ML": lambda y, v: best(y, v, "ML"),
    "DL": dersimonian_laird,
    "PM": lambda y, v: solve_q(y, v, len(y) - 1.0),
}
