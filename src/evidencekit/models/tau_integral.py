"""Deterministic integration over tau: the normal-normal hierarchical model given a prior.

Given tau the model is conjugate: the mean mu is normal. What is left is one
integral over tau, done in u = log tau by Gauss-Legendre rules on panels that
are halved until halving changes nothing. The nodes that result turn every
posterior into a finite mixture of normal distributions.

References
----------
[1] Röver C. Bayesian random-effects meta-analysis using the bayesmeta R package.
    J Stat Softw 2020;93(6):1-51. doi:10.18637/jss.v093.i06
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from evidencekit.models.kernel import BoolArray, FloatArray, IntArray
from evidencekit.models.mixtures import PanelDensity
from evidencekit.models.priors import Normal, TauPrior

CHUNK = 1 << 20
"""Numbers held at a time: nodes times studies."""

REACH = 300.0
"""Panels cover tau from exp(-300) to exp(300) times the smallest standard error."""

RULE = 15
TOLERANCE = 1e-13


class Conditional(NamedTuple):
    """Log likelihood of tau with mu integrated out, and mean and sd of mu given tau."""

    loglik: FloatArray
    mean: FloatArray
    sd: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Studies and prior of mu, in units of the smallest standard error and centred.

    ``y`` and ``v`` have shape (k,); ``mu_prior`` is in the same units, None for flat.
    """

    y: FloatArray
    v: FloatArray
    mu_prior: Normal | None

    def given_tau(self, tau: FloatArray) -> Conditional:
        """Everything that has a closed form given tau, shape (n,). [1] sections 2.3-2.5."""
        size = max(CHUNK // self.y.size, 1)
        parts = [self._part(tau[i : i + size]) for i in range(0, tau.size, size)]
        return Conditional(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def _part(self, tau: FloatArray) -> Conditional:
        # Studies along the last axis, which numpy adds up pairwise: less rounding for large k.
        total = self.v + tau[:, None] ** 2
        w = 1.0 / total
        precision, weighted = w.sum(axis=1), (w * self.y).sum(axis=1)
        constant = -0.5 * self.y.size * math.log(2.0 * math.pi)
        prior = self.mu_prior
        away: FloatArray | float = 0.0
        if prior is not None:
            precision = precision + prior.sd**-2
            weighted = weighted + prior.mean * prior.sd**-2
            constant -= 0.5 * math.log(2.0 * math.pi * prior.sd**2)
        mean = weighted / precision
        if prior is not None:
            away = ((mean - prior.mean) / prior.sd) ** 2
        q = (w * (self.y - mean[:, None]) ** 2).sum(axis=1) + away
        loglik = (
            constant
            - 0.5 * (np.log(total).sum(axis=1) + q)
            + 0.5 * np.log(2.0 * math.pi / precision)
        )
        return Conditional(loglik, mean, 1.0 / np.sqrt(precision))


@dataclass(frozen=True, slots=True, eq=False)
class Integral:
    """The result: nodes of tau with their masses, and tau's distribution itself.

    ``tau`` is in scaled units; ``log_evidence`` is the log of the integral of
    prior times likelihood in scaled units.
    """

    tau: FloatArray
    mass: FloatArray
    log_evidence: float
    distribution: PanelDensity
    converged: bool


class _Panels(NamedTuple):
    low: FloatArray
    high: FloatArray
    u: FloatArray
    log_mass: FloatArray

    def take(self, chosen: IntArray | BoolArray) -> _Panels:
        return _Panels(*(column[chosen] for column in self))


def integrate(
    model: Model, prior: TauPrior, *, scale: float, powers: tuple[int, ...] = (0,)
) -> Integral:
    """Integrate prior times likelihood over tau.

    Parameters
    ----------
    model
        Studies in scaled units.
    prior
        Prior of tau in the units of the data.
    scale
        The unit: tau of the data is ``scale`` times tau here.
    powers
        Powers of tau whose expectations must be accurate as well; each must exist.
    """

    def log_integrand(u: FloatArray) -> FloatArray:
        """Log of prior times likelihood times d tau / d u."""
        tau = np.exp(u.ravel())
        value = model.given_tau(tau).loglik + prior.log_density(scale * tau) + math.log(scale)
        return value.reshape(u.shape) + u

    rule = np.polynomial.legendre.leggauss(RULE)
    edges = _first_edges(prior.upper / scale)
    panels, converged = _refine(
        log_integrand, _relevant(log_integrand, edges, powers), rule, powers
    )
    order = np.argsort(panels.low)
    panels = panels.take(order)
    peak = panels.log_mass.max()
    per_panel = np.exp(panels.log_mass - peak).sum(axis=1)
    log_evidence = float(peak + np.log(per_panel.sum()))
    cumulative = np.concatenate([[0.0], np.cumsum(per_panel)]) / per_panel.sum()
    cumulative[-1] = 1.0
    distribution = PanelDensity(
        edges=np.append(panels.low, panels.high[-1]),
        cumulative=cumulative,
        log_integrand=lambda u: log_integrand(u) - log_evidence,
        scale=scale,
        rule=rule,
    )
    u, log_mass = panels.u.ravel(), panels.log_mass.ravel() - log_evidence
    weighty = np.zeros(u.shape, dtype=bool)
    for power in powers:
        size = log_mass + power * u
        weighty |= size > size.max() - 46.0
    tau, mass = _merge(np.exp(u[weighty]), np.exp(log_mass[weighty]))
    return Integral(tau, mass / mass.sum(), log_evidence, distribution, converged)


def _merge(tau: FloatArray, mass: FloatArray) -> tuple[FloatArray, FloatArray]:
    """One node for all tau below 1e-6 of the smallest standard error: none of them is felt."""
    small = tau < 1e-6
    if small.sum() < 2:
        return tau, mass
    together = mass[small].sum()
    mean = (mass[small] @ tau[small]) / together
    return np.append(mean, tau[~small]), np.append(together, mass[~small])


def _first_edges(upper: float) -> FloatArray:
    """Panels of width 1 near the data and of width 4 far off, up to the prior's end."""
    edges = np.concatenate(
        [np.arange(-REACH, -40.0, 4.0), np.arange(-40.0, 40.0), np.arange(40.0, REACH + 1.0, 4.0)]
    )
    if not math.isfinite(upper):
        return edges
    end = math.log(upper)
    return np.append(edges[edges < end - 1e-9], end)


def _relevant(
    log_integrand: Callable[[FloatArray], FloatArray], edges: FloatArray, powers: tuple[int, ...]
) -> FloatArray:
    """The edges from the first to the last panel that can hold any mass, by a look at each."""
    middles = 0.5 * (edges[1:] + edges[:-1])
    # Not the ends themselves: a density may be 0 or undefined at its end.
    look = np.stack([edges[:-1] + 1e-9, middles, edges[1:] - 1e-9], axis=1)
    values = log_integrand(look)
    kept = np.zeros(middles.size, dtype=bool)
    for power in powers:
        size = values + power * look
        best = int(np.argmax(size.max(axis=1)))
        kept |= size.max(axis=1) > size.max() - 60.0
        kept[max(best - 1, 0) : best + 2] = True
    first, last = np.flatnonzero(kept)[[0, -1]]
    return edges[first : last + 2]


def _refine(
    log_integrand: Callable[[FloatArray], FloatArray],
    edges: FloatArray,
    rule: tuple[FloatArray, FloatArray],
    powers: tuple[int, ...],
) -> tuple[_Panels, bool]:
    """Halve panels until both halves together give what the whole gave, for every power."""

    def evaluate(low: FloatArray, high: FloatArray) -> _Panels:
        half = 0.5 * (high - low)
        u = low[:, None] + half[:, None] * (1.0 + rule[0])
        return _Panels(low, high, u, log_integrand(u) + np.log(half)[:, None] + np.log(rule[1]))

    active = evaluate(edges[:-1], edges[1:])
    kept: list[_Panels] = []
    for _ in range(60):
        middle = 0.5 * (active.low + active.high)
        halves = evaluate(
            np.stack([active.low, middle], axis=1).ravel(),
            np.stack([middle, active.high], axis=1).ravel(),
        )
        done = np.ones(middle.size, dtype=bool)
        narrow = active.high - active.low < 1e-7
        for power in powers:
            size = halves.log_mass + power * halves.u
            peak = max([size.max(), *((p.log_mass + power * p.u).max() for p in kept)])
            fine = np.exp(size - peak).sum(axis=1).reshape(-1, 2).sum(axis=1)
            coarse = np.exp(active.log_mass + power * active.u - peak).sum(axis=1)
            total = fine.sum() + sum(np.exp(p.log_mass + power * p.u - peak).sum() for p in kept)
            rounding = 8.0 * np.finfo(float).eps * abs(peak)
            done &= np.abs(fine - coarse) <= TOLERANCE * total + rounding * fine
        done |= narrow
        twice = np.repeat(done, 2)
        if done.any():
            kept.append(halves.take(twice))
        if done.all():
            break
        active = halves.take(~twice)
    else:
        kept.append(active)
    joined = _Panels(*(np.concatenate(column) for column in zip(*kept, strict=True)))
    return joined, bool(done.all())
