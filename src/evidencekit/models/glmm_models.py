"""Marginal log-likelihoods of the generalised linear mixed models, with exact derivatives.

A model maps its parameters to the log-likelihood, gradient and Hessian. The
last parameter is always tau, the first always theta; the likelihood does not
depend on the sign of a standard deviation, so both may be searched unbounded.
Derivatives are moments under each study's posterior of the latent variables.

References
----------
[1] Louis TA. Finding the observed information matrix when using the EM
    algorithm. J R Stat Soc B 1982;44:226-33. doi:10.1111/j.2517-6161.1982.tb01203.x
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from evidencekit.models.count_families import Family
from evidencekit.models.kernel import FloatArray
from evidencekit.models.latent import line_rule, two_latent_rule

HALF_LOG_2PI = 0.5 * float(np.log(2.0 * np.pi))


class LogLik(NamedTuple):
    """Log-likelihood, gradient (P,) and Hessian (P, P)."""

    value: float
    gradient: FloatArray
    hessian: FloatArray


class Model(Protocol):
    """A likelihood that can be maximised."""

    @property
    def spreads(self) -> tuple[int, ...]:
        """Positions of the parameters that are standard deviations; tau is the last."""

    def loglik(self, parameters: FloatArray) -> LogLik:
        """Log-likelihood with derivatives."""

    def start(self) -> FloatArray:
        """Where to begin, with tau 0."""

    def saturated(self) -> float | None:
        """Log-likelihood with an effect for each study, or None where it has no closed form."""


Column = tuple[int, FloatArray | float]
"""Which predictor a parameter enters, and its multiplier at each node."""


def _moments(
    log_mass: FloatArray,
    first: tuple[FloatArray, ...],
    second: dict[tuple[int, int], FloatArray],
    design: tuple[Column, ...],
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Log integral (k,), gradient (k, P) and Hessian (k, P, P) of each study. [1]

    gradient = E[D], Hessian = E[S] + Cov[D], with D and S the derivatives of
    the log integrand at the nodes.
    """
    peak = log_mass.max(axis=1, keepdims=True)
    mass = np.exp(log_mass - peak)
    total = mass.sum(axis=1)
    value = peak[:, 0] + np.log(total)
    mass = mass / total[:, None]
    size = len(design)
    slopes = np.stack([first[c] * zeta for c, zeta in design], axis=1)
    gradient = np.einsum("kq,kpq->kp", mass, slopes)
    centred = slopes - gradient[:, :, None]
    hessian: FloatArray = np.matmul(centred * mass[:, None, :], centred.transpose(0, 2, 1))
    for i, (c, zeta) in enumerate(design):
        for j in range(i, size):
            d, other = design[j]
            part = (mass * second[min(c, d), max(c, d)] * zeta * other).sum(axis=1)
            hessian[:, i, j] += part
            if j != i:
                hessian[:, j, i] += part
    return value, gradient, hessian


@dataclass(frozen=True, slots=True, eq=False)
class OneRow:
    """One row of counts for each study, eta_i = theta + tau z_i."""

    family: Family

    spreads = (1,)

    def loglik(self, parameters: FloatArray) -> LogLik:
        """Sum over studies of log integral f(theta + tau z) phi(z) dz."""
        theta, tau = parameters

        def line(z: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
            f = self.family.terms(theta + tau * z)
            return f.value - 0.5 * z * z, tau * f.first - z, tau * tau * f.second - 1.0

        rule = line_rule(line, self.family.k)
        f = self.family.terms(theta + tau * rule.z)
        log_mass = f.value - 0.5 * rule.z**2 + rule.log_step - HALF_LOG_2PI
        value, gradient, hessian = _moments(
            log_mass, (f.first,), {(0, 0): f.second}, ((0, 1.0), (0, rule.z))
        )
        return LogLik(float(value.sum()), gradient.sum(axis=0), hessian.sum(axis=0))

    def start(self) -> FloatArray:
        """Theta 0, tau 0: the likelihood is concave in theta."""
        return np.zeros(2)

    def saturated(self) -> float | None:
        """An effect for each study."""
        return self.family.saturated()


@dataclass(frozen=True, slots=True, eq=False)
class FixedStudies:
    """Two arms, an intercept alpha_i for each study: eta = alpha_i +- (theta + tau z_i)/2.

    ``loglik`` is the profile over the alpha_i, its Hessian the Schur complement.
    """

    arm_1: Family
    arm_2: Family
    level: FloatArray
    """Starting values of alpha_i, shape (k,)."""

    spreads = (1,)

    def loglik(self, parameters: FloatArray) -> LogLik:
        """Maximise over each alpha_i by Newton steps; concave."""
        theta, tau = parameters
        alpha = self.level
        value, gradient, hessian = self._study(alpha, theta, tau)
        for _ in range(100):
            step = np.clip(-gradient[:, 0] / hessian[:, 0, 0], -1.0, 1.0)
            alpha = alpha + step
            value, gradient, hessian = self._study(alpha, theta, tau)
            if np.abs(step).max() < 1e-9:
                break
        corner = hessian[:, 0, 1:]
        schur = hessian[:, 1:, 1:] - corner[:, :, None] * corner[:, None, :] / hessian[:, :1, :1]
        return LogLik(float(value.sum()), gradient[:, 1:].sum(axis=0), schur.sum(axis=0))

    def _study(
        self, alpha: FloatArray, theta: float, tau: float
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        at = alpha[:, None]

        def line(z: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
            half = 0.5 * (theta + tau * z)
            f, g = self.arm_1.terms(at + half), self.arm_2.terms(at - half)
            return (
                f.value + g.value - 0.5 * z * z,
                0.5 * tau * (f.first - g.first) - z,
                0.25 * tau * tau * (f.second + g.second) - 1.0,
            )

        rule = line_rule(line, self.arm_1.k)
        half = 0.5 * (theta + tau * rule.z)
        value, first, second = _two_arms(self.arm_1, self.arm_2, at + half, at - half)
        log_mass = value - 0.5 * rule.z**2 + rule.log_step - HALF_LOG_2PI
        return _moments(log_mass, first, second, ((0, 1.0), (1, 1.0), (1, rule.z)))

    def start(self) -> FloatArray:
        """Theta 0, tau 0."""
        return np.zeros(2)

    def saturated(self) -> float | None:
        """Both arms of each study free."""
        a, b = self.arm_1.saturated(), self.arm_2.saturated()
        return a + b


@dataclass(frozen=True, slots=True, eq=False)
class RandomStudies:
    """Two arms, random intercepts: eta = alpha + sigma z1 +- (theta + tau z2)/2.

    Parameters are theta, alpha, sigma, tau.
    """

    arm_1: Family
    arm_2: Family
    level: FloatArray
    """Rough intercept of each study, for the start, shape (k,)."""

    points: int = 49

    spreads = (2, 3)

    def loglik(self, parameters: FloatArray) -> LogLik:
        """Sum over studies of the log of an integral over z1 and z2."""
        theta, alpha, sigma, tau = parameters

        def joint(z1: FloatArray, z2: FloatArray) -> tuple[FloatArray, ...]:
            at, half = alpha + sigma * z1, 0.5 * (theta + tau * z2)
            value, (a, e), second = _two_arms(self.arm_1, self.arm_2, at + half, at - half)
            return (
                value - 0.5 * (z1 * z1 + z2 * z2),
                sigma * a - z1,
                tau * e - z2,
                sigma * sigma * second[0, 0] - 1.0,
                sigma * tau * second[0, 1],
                tau * tau * second[1, 1] - 1.0,
            )

        z1, z2, log_weight = two_latent_rule(joint, self.arm_1.k, points=self.points)
        at, half = alpha + sigma * z1, 0.5 * (theta + tau * z2)
        value, first, second = _two_arms(self.arm_1, self.arm_2, at + half, at - half)
        log_mass = value - 0.5 * (z1 * z1 + z2 * z2) + log_weight - 2.0 * HALF_LOG_2PI
        design: tuple[Column, ...] = ((1, 1.0), (0, 1.0), (0, z1), (1, z2))
        found, gradient, hessian = _moments(log_mass, first, second, design)
        return LogLik(float(found.sum()), gradient.sum(axis=0), hessian.sum(axis=0))

    def start(self) -> FloatArray:
        """Theta 0, the mean and spread of the rough intercepts, tau 0."""
        return np.array([0.0, self.level.mean(), max(float(self.level.std()), 0.3), 0.0])

    def saturated(self) -> float | None:
        """Needs another integral for each study; not offered."""
        return None


def _two_arms(
    arm_1: Family, arm_2: Family, eta_1: FloatArray, eta_2: FloatArray
) -> tuple[FloatArray, tuple[FloatArray, FloatArray], dict[tuple[int, int], FloatArray]]:
    """Value and derivatives in the mean predictor a (0) and the effect e (1), eta = a +- e/2."""
    f, g = arm_1.terms(eta_1), arm_2.terms(eta_2)
    both = f.second + g.second
    second = {(0, 0): both, (0, 1): 0.5 * (f.second - g.second), (1, 1): 0.25 * both}
    return f.value + g.value, (f.first + g.first, 0.5 * (f.first - g.first)), second
