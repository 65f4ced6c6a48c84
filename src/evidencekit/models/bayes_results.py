"""What a Bayesian meta-analysis returns."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from evidencekit.errors import MethodError
from evidencekit.models.html import Shown
from evidencekit.models.kernel import FloatArray
from evidencekit.models.mixtures import Distribution, NormalMixture, central_interval
from evidencekit.models.results import plain
from evidencekit.quantities import Interval, Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior:
    """The posterior of one quantity, on the analysis scale.

    ``shortest`` is the shortest interval of its level, ``central`` has equal
    tails. ``mean`` is NaN or inf and ``sd`` inf where they do not exist.
    ``distribution`` has ``density(x)``, ``cdf(x)`` and ``quantile(p)``.
    """

    mean: float
    sd: float
    median: float
    shortest: Interval
    central: Interval
    distribution: Distribution = field(repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Plain values; what does not exist is None."""
        return {
            "mean": plain(self.mean),
            "sd": plain(self.sd),
            "median": plain(self.median),
            "shortest": plain(self.shortest),
            "central": plain(self.central),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyEffect:
    """A study's true effect given all studies: shrunken towards the mean.

    ``shrinkage`` is the expected weight of the mean, between 0 (the study
    stands for itself) and 1.
    """

    label: str
    mean: float
    sd: float
    ci: Interval
    shrinkage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BayesResult(Shown):
    """Posteriors of a Bayesian random-effects meta-analysis, on the analysis scale.

    Parameters
    ----------
    measure, scale, k, labels, estimates, ses
        As in :class:`~evidencekit.models.results.PooledResult`.
    tau_prior, mu_prior
        The priors in words.
    mu, tau, new_study
        Posteriors of the mean, of the between-study standard deviation, and of
        the true effect in a new study.
    log_marginal_likelihood
        Of the estimates; None unless both priors are proper.
    bf_no_heterogeneity, bf_no_effect
        Bayes factors for tau = 0 and for mu = 0, each against the model as
        fitted (above 1: for the restriction); None where the prior is improper.
    level
        Probability of the intervals.
    tau_nodes
        The values of tau at which the mixtures ``mu`` and ``new_study`` are
        conditioned, shape (n,).
    notes
        Every oddity, in plain words.
    """

    measure: str
    scale: Scale
    k: int
    labels: tuple[str, ...]
    estimates: tuple[float, ...]
    ses: tuple[float, ...]
    tau_prior: str
    mu_prior: str
    mu: Posterior
    tau: Posterior
    new_study: Posterior
    log_marginal_likelihood: float | None
    bf_no_heterogeneity: float | None
    bf_no_effect: float | None
    level: float
    tau_nodes: FloatArray = field(repr=False, compare=False)
    notes: tuple[str, ...] = ()

    def probability(
        self,
        threshold: float,
        *,
        beyond: Literal["above", "below"],
        of: Literal["mean", "new_study"] = "mean",
    ) -> float:
        """Posterior probability that the mean, or a new study's true effect, lies beyond.

        Parameters
        ----------
        threshold
            On the analysis scale, finite.
        beyond
            "above" or "below".
        of
            "mean" or "new_study".

        Returns
        -------
        float
            In [0, 1].

        Raises
        ------
        MethodError
            For any other word, or a threshold that is not finite.

        Notes
        -----
        P(mu > threshold | y) = sum over tau of p(tau | y) P(mu > threshold | tau, y).
        In R: ``1 - bayesmeta(...)$pposterior(mu = threshold, predict = FALSE)``.

        References
        ----------
        Röver C. J Stat Softw 2020;93(6):1-51. doi:10.18637/jss.v093.i06
        """
        if beyond not in ("above", "below") or of not in ("mean", "new_study"):
            raise MethodError(
                f'beyond {beyond!r}, of {of!r}; choose "above" or "below", "mean" or "new_study"'
            )
        if not math.isfinite(threshold):
            raise MethodError(f"threshold {threshold!r}, a finite value")
        mixture = _mixture(self.mu if of == "mean" else self.new_study)
        found = mixture.sf(threshold) if beyond == "above" else mixture.cdf(threshold)
        return min(float(found), 1.0)

    def studies(self) -> tuple[StudyEffect, ...]:
        """Each study's true effect given all of them, with central intervals.

        Given tau, theta_i has mean (1 - B) y_i + B mu and variance (1 - B) se_i^2 + B^2 s^2
        with B = se_i^2 / (se_i^2 + tau^2) and s the sd of mu.

        Returns
        -------
        tuple of StudyEffect
            One entry per study.

        Notes
        -----
        In R: ``bayesmeta(...)$theta``.

        References
        ----------
        Röver C. J Stat Softw 2020;93(6):1-51. doi:10.18637/jss.v093.i06
        """
        mu = _mixture(self.mu)
        tau = self.tau_nodes
        effects = []
        for label, y, se in zip(self.labels, self.estimates, self.ses, strict=True):
            with np.errstate(over="ignore"):
                pull = 1.0 / (1.0 + (tau / se) ** 2)
                keep = 1.0 / (1.0 + (se / tau) ** 2)
            mixture = NormalMixture(
                mu.mass, y + pull * (mu.mean - y), np.hypot(np.sqrt(keep) * se, pull * mu.sd)
            )
            mean, sd = mixture.moments()
            effects.append(
                StudyEffect(
                    label=label,
                    mean=mean,
                    sd=sd,
                    ci=central_interval(mixture, self.level),
                    shrinkage=float(mu.mass @ pull),
                )
            )
        return tuple(effects)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; what does not exist is None."""
        return {
            "measure": self.measure,
            "scale": self.scale,
            "k": self.k,
            "labels": list(self.labels),
            "estimates": list(self.estimates),
            "ses": list(self.ses),
            "tau_prior": self.tau_prior,
            "mu_prior": self.mu_prior,
            "mu": self.mu.to_dict(),
            "tau": self.tau.to_dict(),
            "new_study": self.new_study.to_dict(),
            "log_marginal_likelihood": plain(self.log_marginal_likelihood),
            "bf_no_heterogeneity": plain(self.bf_no_heterogeneity),
            "bf_no_effect": plain(self.bf_no_effect),
            "level": self.level,
            "notes": list(self.notes),
        }

    def summary(self) -> str:
        """The result as text, on the analysis scale."""
        percent = f"{100 * self.level:g}%"
        scale = ", log scale" if self.scale == "log" else ""
        lines = [
            f"{self.measure or 'estimates'}{scale}: k = {self.k}, Bayesian random-effects model",
            f"  prior of mu   {self.mu_prior}",
            f"  prior of tau  {self.tau_prior}",
        ]
        for name, posterior in (
            ("mean", self.mu),
            ("new study", self.new_study),
            ("tau", self.tau),
        ):
            ci = posterior.shortest
            lines.append(
                f"  {name:<12}  median {posterior.median:.4f}  shortest {percent} interval "
                f"{ci.low:.4f} to {ci.high:.4f}"
            )
        if self.bf_no_heterogeneity is not None:
            lines.append(f"  Bayes factor  {self.bf_no_heterogeneity:.4g} for tau = 0")
        if self.bf_no_effect is not None:
            lines.append(f"  Bayes factor  {self.bf_no_effect:.4g} for mean 0")
        lines.extend(f"  note: {note}" for note in self.notes)
        return "\n".join(lines)


def _mixture(posterior: Posterior) -> NormalMixture:
    distribution = posterior.distribution
    if not isinstance(distribution, NormalMixture):  # pragma: no cover - built by bayes_pool
        raise TypeError("not a mixture of normal distributions")
    return distribution
