"""Second implementations, slow and direct, that share nothing with the package.

The likelihoods are those of the data themselves (a multivariate normal density
by its matrices), not the profile formulas of the kernel; the Q equations are
solved by halving.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import stats


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


def moments(y: np.ndarray, v: np.ndarray, a: np.ndarray) -> float:
    """tau2 from E y'Ay = tr(A (V + tau2 I)) with A = diag(a) - aa'/sum a, by matrices."""
    form = np.diag(a) - np.outer(a, a) / a.sum()
    return float(max(0.0, (y @ form @ y - np.trace(form @ np.diag(v))) / np.trace(form)))


def lower_tail(y: np.ndarray, v: np.ndarray, a: np.ndarray, tau2: float) -> float:
    """P(Y'AY <= y'Ay) by the eigenvalues of the form and Imhof's integral on a fine grid."""
    form = np.diag(a) - np.outer(a, a) / a.sum()
    root = np.sqrt(v + tau2)
    weights = np.linalg.eigvalsh(form * np.outer(root, root))[1:]
    q = float(y @ form @ y)
    step = 0.001
    u = np.exp(np.arange(-36.0, 14.0, step)) / weights.max()
    theta = 0.5 * np.arctan(np.outer(u, weights)).sum(axis=1) - 0.5 * q * u
    rho = np.exp(0.25 * np.log1p(np.outer(u, weights) ** 2).sum(axis=1))
    return float(0.5 - step * np.sum(np.sin(theta) / rho) / np.pi)


def solve_tail(y: np.ndarray, v: np.ndarray, a: np.ndarray, probability: float) -> float:
    """tau2 at which :func:`lower_tail` has this value, by halving; 0 where it is smaller at 0."""
    return _halving(lambda t: lower_tail(y, v, a, t) - probability, steps=45)


def _halving(function: Callable[[float], float], *, steps: int) -> float:
    """Root of a falling function on t >= 0; 0 where it is negative there."""
    if function(0.0) <= 0:
        return 0.0
    low, high = 0.0, 1.0
    while function(high) > 0:
        low, high = high, 2.0 * high
    for _ in range(steps):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if function(middle) > 0 else (low, middle)
    return 0.5 * (low + high)


def hunter_schmidt(y: np.ndarray, v: np.ndarray, factor: float) -> float:
    """(Q factor - k) / sum w."""
    return max(0.0, (generalised_q(y, v, 0.0) * factor - len(y)) / float(np.sum(1.0 / v)))


def sidik_jonkman(y: np.ndarray, v: np.ndarray) -> float:
    """t0 Q(t0) / (k - 1), written with their r = v / t0."""
    t0 = float(np.var(y))
    r = v / t0 + 1.0
    mu = np.sum(y / r) / np.sum(1.0 / r)
    return float(np.sum((y - mu) ** 2 / r) / (len(y) - 1))


TAU2: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "REML": lambda y, v: best(y, v, "REML"),
    "ML": lambda y, v: best(y, v, "ML"),
    "DL": dersimonian_laird,
    "PM": lambda y, v: solve_q(y, v, len(y) - 1.0),
    "EB": lambda y, v: solve_q(y, v, len(y) - 1.0),
    "PMM": lambda y, v: solve_q(y, v, float(stats.chi2.median(len(y) - 1))),
    "DL2": lambda y, v: moments(y, v, 1.0 / (v + dersimonian_laird(y, v))),
    "HE": lambda y, v: max(0.0, float(y.var(ddof=1) - v.mean())),
    "HE2": lambda y, v: moments(y, v, 1.0 / (v + max(0.0, float(y.var(ddof=1) - v.mean())))),
    "HS": lambda y, v: hunter_schmidt(y, v, 1.0),
    "HSk": lambda y, v: hunter_schmidt(y, v, len(y) / (len(y) - 1.0)),
    "SJ": sidik_jonkman,
    "GENQ": lambda y, v: moments(y, v, v**-0.5),
    "GENQM": lambda y, v: solve_tail(y, v, v**-0.5, 0.5),
}


def likelihood_of_mean(y: np.ndarray, v: np.ndarray, mu: float, method: str) -> float:
    """Log-likelihood of a given mean, highest over tau2; "REML" keeps its term for the mean."""

    def height(tau2: float) -> float:
        w = 1.0 / (v + tau2)
        own = float(np.log(w).sum() - (w * (y - mu) ** 2).sum())
        return 0.5 * (own - (float(np.log(w.sum())) if method == "REML" else 0.0))

    top = 10.0 * max(float(((y - mu) ** 2).max()), float(v.max()))
    grid = np.concatenate([[0.0], np.geomspace(1e-7 * top, top, 300)])
    best = int(np.argmax([height(t) for t in grid]))
    at = _golden(height, grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)])
    return max(height(float(grid[best])), height(at))


def halve(function: Callable[[float], float], outside: float, inside: float) -> float:
    """Where the function changes its sign between a negative and a positive place."""
    for _ in range(60):
        middle = 0.5 * (outside + inside)
        outside, inside = (outside, middle) if function(middle) > 0 else (middle, inside)
    return 0.5 * (outside + inside)
