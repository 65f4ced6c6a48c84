"""Dense second implementations for regressions and dependent effects: matrices as written."""

from __future__ import annotations

import math

import numpy as np


def loglik(y: np.ndarray, x: np.ndarray, sigma: np.ndarray, *, restricted: bool) -> float:
    """Log density of y (ML), or of its error contrasts (REML, with R's constant)."""
    inverse = np.linalg.inv(sigma)
    information = x.T @ inverse @ x
    beta = np.linalg.solve(information, x.T @ inverse @ y)
    e = y - x @ beta
    k, p = x.shape
    n = k - p if restricted else k
    value = -0.5 * (n * math.log(2 * math.pi) + np.linalg.slogdet(sigma)[1] + e @ inverse @ e)
    if restricted:
        value += 0.5 * (np.linalg.slogdet(x.T @ x)[1] - np.linalg.slogdet(information)[1])
    return float(value)


def same(labels: np.ndarray) -> np.ndarray:
    """1 where two effects share a cluster."""
    return (labels[:, None] == labels[None, :]).astype(float)


def correlated(v: np.ndarray, labels: np.ndarray, rho: float) -> np.ndarray:
    """Sampling covariance with one correlation within clusters."""
    s = np.sqrt(v)
    out = rho * same(labels) * np.outer(s, s)
    out[np.diag_indices(len(v))] = v
    return out
