"""Exact log-likelihoods of one row of counts as a function of its linear predictor.

Each family gives log f, its first and its second derivative at any number of
predictors for each study. All are concave in the predictor, which is what the
integration and the maximisation of :mod:`~evidencekit.models.glmm` rest on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from evidencekit.models.kernel import FloatArray, IntArray


class Terms(NamedTuple):
    """log f and its first two derivatives in the predictor, shape (k, q)."""

    value: FloatArray
    first: FloatArray
    second: FloatArray


class Family(Protocol):
    """One row of counts for each of k studies."""

    @property
    def k(self) -> int:
        """Number of studies."""

    def terms(self, eta: FloatArray) -> Terms:
        """Log f with derivatives at predictors of shape (k, q)."""

    def saturated(self) -> float:
        """The largest log-likelihood when every study has its own predictor."""

    def take(self, rows: IntArray) -> Family:
        """Return the studies with these numbers, repeated as often as they are named."""


@dataclass(frozen=True, slots=True, eq=False)
class Binomial:
    """x of n with logit p = eta + offset; all of shape (k,)."""

    x: FloatArray
    n: FloatArray
    offset: FloatArray

    @property
    def k(self) -> int:
        """Number of studies."""
        return self.x.size

    def terms(self, eta: FloatArray) -> Terms:
        """Log f = log C(n, x) + x l - n log(1 + exp l), l = eta + offset."""
        from scipy.special import expit, log_expit

        x, n = self.x[:, None], self.n[:, None]
        logit = eta + self.offset[:, None]
        p = expit(logit)
        value = log_choose(n, x) + x * log_expit(logit) + (n - x) * log_expit(-logit)
        return Terms(value, x - n * p, -n * p * expit(-logit))

    def saturated(self) -> float:
        """Every study at p = x/n; 0 log 0 is 0."""
        from scipy.special import xlogy

        x, n = self.x, self.n
        return float(np.sum(log_choose(n, x) + xlogy(x, x / n) + xlogy(n - x, 1.0 - x / n)))

    def take(self, rows: IntArray) -> Binomial:
        """Return the studies with these numbers."""
        return Binomial(self.x[rows], self.n[rows], self.offset[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Poisson:
    """x events in time t with log rate eta; all of shape (k,)."""

    x: FloatArray
    time: FloatArray

    @property
    def k(self) -> int:
        """Number of studies."""
        return self.x.size

    def terms(self, eta: FloatArray) -> Terms:
        """Log f = x (eta + log t) - t exp eta - log x!."""
        from scipy.special import gammaln

        x, t = self.x[:, None], self.time[:, None]
        # Beyond 600 the value is hopeless anyway; the bound keeps it finite.
        mean = t * np.exp(np.minimum(eta, 600.0))
        return Terms(x * (eta + np.log(t)) - mean - gammaln(x + 1.0), x - mean, -mean)

    def saturated(self) -> float:
        """Every study at its own rate x/t."""
        from scipy.special import gammaln, xlogy

        return float(np.sum(xlogy(self.x, self.x) - self.x - gammaln(self.x + 1.0)))

    def take(self, rows: IntArray) -> Poisson:
        """Return the studies with these numbers."""
        return Poisson(self.x[rows], self.time[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Hypergeometric:
    """Fisher's non-central hypergeometric: a given both totals and all events; eta is the log OR.

    P(a) = C(n1, a) C(n2, m - a) exp(a eta) / sum over the support. Whole numbers only.
    """

    a: FloatArray
    n1: FloatArray
    n2: FloatArray
    m: FloatArray

    @property
    def k(self) -> int:
        """Number of studies."""
        return self.a.size

    def terms(self, eta: FloatArray) -> Terms:
        """Log f, a - E[x], -Var[x] with x tilted by exp(x eta)."""
        out = [np.empty_like(eta) for _ in range(3)]
        for i in range(self.k):
            support = np.arange(self.low[i], self.high[i] + 1.0)
            size = log_choose(self.n1[i], support) + log_choose(self.n2[i], self.m[i] - support)
            # Counted from the observed a, so that large counts lose no digits.
            steps = support - self.a[i]
            tilted = size + np.multiply.outer(eta[i], steps)
            peak = tilted.max(axis=1, keepdims=True)
            weight = np.exp(tilted - peak)
            total = weight.sum(axis=1)
            mean = weight @ steps / total
            spread = (weight * (steps - mean[:, None]) ** 2).sum(axis=1) / total
            at = size[int(self.a[i] - self.low[i])]
            out[0][i] = at - peak[:, 0] - np.log(total)
            out[1][i], out[2][i] = -mean, -spread
        return Terms(*out)

    @property
    def low(self) -> FloatArray:
        """Smallest possible a."""
        return np.maximum(0.0, self.m - self.n2)

    @property
    def high(self) -> FloatArray:
        """Largest possible a."""
        return np.minimum(self.m, self.n1)

    def saturated(self) -> float:
        """Every study at its own conditional estimate; log 1 at the ends of the support."""
        inner = np.flatnonzero((self.a > self.low) & (self.a < self.high))
        if not inner.size:
            return 0.0
        part = self.take(inner)
        eta = np.zeros((inner.size, 1))
        terms = part.terms(eta)
        for _ in range(200):
            # Newton on a concave function, at most one unit at a time.
            step = np.clip(-terms.first / terms.second, -1.0, 1.0)
            eta, terms = eta + step, part.terms(eta + step)
            if np.abs(step).max() < 1e-10:
                break
        return float(terms.value.sum())

    def take(self, rows: IntArray) -> Hypergeometric:
        """Return the studies with these numbers."""
        columns = (self.a, self.n1, self.n2, self.m)
        return Hypergeometric(*(column[rows] for column in columns))


def log_choose(n: FloatArray, x: FloatArray) -> FloatArray:
    """Log of the binomial coefficient, also for counts that are not whole."""
    from scipy.special import gammaln

    found: FloatArray = gammaln(n + 1.0) - gammaln(x + 1.0) - gammaln(n - x + 1.0)
    return found
