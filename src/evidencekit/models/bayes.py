"""Bayesian random-effects meta-analysis without sampling.

The normal-normal hierarchical model: y_i ~ N(theta_i, se_i^2), theta_i ~ N(mu, tau^2),
with priors for mu and tau. Given tau all is normal, so one deterministic
integral over tau gives every posterior; nothing is random, nothing has to
converge, and a second run gives the same digits.

References
----------
[1] Röver C. Bayesian random-effects meta-analysis using the bayesmeta R package.
    J Stat Softw 2020;93(6):1-51. doi:10.18637/jss.v093.i06
[2] Higgins JPT, Thompson SG, Spiegelhalter DJ. A re-evaluation of random-effects
    meta-analysis. J R Stat Soc A 2009;172:137-59. doi:10.1111/j.1467-985X.2008.00552.x
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from evidencekit.errors import MethodError
from evidencekit.method_names import FEW_STUDIES
from evidencekit.models.bayes_results import BayesResult, Posterior
from evidencekit.models.kernel import FloatArray, check_studies, prepare
from evidencekit.models.mixtures import (
    Distribution,
    NormalMixture,
    central_interval,
    shortest_interval,
)
from evidencekit.models.pool import Data, Studies, gather_studies
from evidencekit.models.priors import Flat, HalfNormal, MuPrior, Normal, TauPrior
from evidencekit.models.tau_integral import Integral, Model, integrate


def offer_bayes(k: int) -> bool:
    """Whether a Bayesian fit is offered by default beside the frequentist one: k of 5 or fewer.

    With so few studies tau is hardly estimable, and intervals that take it as
    known, or that rest on k - 1 degrees of freedom, are too narrow or too wide
    to use. For k = 1 the result is that study's, widened by the prior of tau.

    Parameters
    ----------
    k
        Number of studies, 0 or more.

    Returns
    -------
    bool
        Whether 1 <= k <= 5.

    Raises
    ------
    MethodError
        For a negative k.
    """
    if k < 0:
        raise MethodError(f"{k} studies; a number of studies is 0 or more")
    return 1 <= k <= FEW_STUDIES


def bayes_pool(
    data: Data,
    *,
    tau_prior: TauPrior | None = None,
    mu_prior: MuPrior | None = None,
    level: float = 0.95,
    labels: Sequence[str] | None = None,
) -> BayesResult:
    """Pool study estimates under priors for the mean and for tau.

    p(tau | y) is proportional to p(tau) integral prod_i N(y_i; mu, se_i^2 + tau^2) p(mu) dmu.

    Parameters
    ----------
    data
        Contrasts of one measure, or a pair ``(estimates, ses)`` of arrays of
        shape (k,) on the analysis scale. Contrasts that are not estimable are
        left out and named in the notes.
    tau_prior
        A prior of ``TAU_PRIORS``, :func:`~evidencekit.models.empirical_priors.turner2015`
        or :func:`~evidencekit.models.empirical_priors.rhodes2015`. Default
        ``HalfNormal(0.5)``, made for log odds and risk ratios and standardised mean
        differences: on any other scale give one.
    mu_prior
        ``Flat()`` (default) or ``Normal(mean, sd)``, on the analysis scale.
    level
        Probability of all intervals, in (0, 1).
    labels
        Names of the studies when ``data`` is a pair.

    Returns
    -------
    BayesResult
        Posteriors of mu, tau and the effect in a new study, each with density,
        cdf, quantiles, and shortest and central intervals; shrunken studies;
        Bayes factors.

    Raises
    ------
    MethodError
        No estimable study; an improper posterior (uniform prior of tau without
        upper limit and flat prior of mu with fewer than three studies); a level
        outside (0, 1); a study without a finite estimate and a finite standard
        error above 0.

    Notes
    -----
    In R: ``bayesmeta(yi, sei, tau.prior = function(t) dhalfnormal(t, scale = 0.5))``.

    References
    ----------
    Röver C. J Stat Softw 2020;93(6):1-51. doi:10.18637/jss.v093.i06
    """
    if not 0.0 < level < 1.0:
        raise MethodError(f"level {level!r}; a probability between 0 and 1")
    studies = gather_studies(data, labels=labels)
    check_studies(studies.estimates, studies.ses, labels=studies.labels, spread="standard error")
    prior = tau_prior if tau_prior is not None else HalfNormal(0.5)
    mean_prior = mu_prior if mu_prior is not None else Flat()
    k = studies.estimates.size
    powers = _finite_moments(prior, mean_prior, k)
    model, shift, scale = _scaled(studies, mean_prior)
    integral = integrate(model, prior, scale=scale, powers=powers)
    return _result(studies, (prior, mean_prior), model, integral, (shift, scale, level, powers))


def _scaled(studies: Studies, mu_prior: MuPrior) -> tuple[Model, float, float]:
    """Centre and scale by a power of two, as the other kernels do."""
    y, se = studies.estimates, studies.ses
    block = prepare(y[None, :], se[None, :] ** 2, np.ones((1, y.size), dtype=bool))
    shift, scale = float(block.shift[0]), float(block.scale[0])
    inner = None
    if isinstance(mu_prior, Normal):
        inner = Normal((mu_prior.mean - shift) / scale, mu_prior.sd / scale)
    return Model(block.y[:, 0], block.v[:, 0], inner), shift, scale


def _finite_moments(prior: TauPrior, mu_prior: MuPrior, k: int) -> tuple[int, ...]:
    """Powers r of tau with a finite posterior expectation, among 0, 1 and 2.

    The likelihood falls like tau^-(k - 1) under a flat prior of mu, tau^-k under a normal one.
    """

    def finite(power: int) -> bool:
        if math.isfinite(prior.upper):
            return True
        falls = prior.tail.power + k - isinstance(mu_prior, Flat) - power
        return falls > 1.0 or (falls == 1.0 and prior.tail.log_power > 1.0)

    if not finite(0):
        raise MethodError(
            f"the posterior of tau is improper: a prior {prior.describe()} needs at least "
            f"{3 if isinstance(mu_prior, Flat) else 2} studies; there "
            f"{'is 1' if k == 1 else f'are {k}'}"
        )
    return tuple(power for power in (0, 1, 2) if finite(power))


def _result(
    studies: Studies,
    priors: tuple[TauPrior, MuPrior],
    model: Model,
    integral: Integral,
    settings: tuple[float, float, float, tuple[int, ...]],
) -> BayesResult:
    shift, scale, level, powers = settings
    given = model.given_tau(integral.tau)
    tau = scale * integral.tau
    mu = NormalMixture(integral.mass, shift + scale * given.mean, scale * given.sd)
    with np.errstate(over="ignore"):
        new = NormalMixture(mu.mass, mu.mean, np.hypot(mu.sd, tau))
    of_mu = _moments(mu, powers if isinstance(priors[1], Flat) else (0, 1, 2))
    of_tau, of_new = _tau_moments(mu.mass, tau, powers), _moments(new, powers)
    # Far nodes matter to moments only.
    felt = mu.mass > 1e-18
    mu, new = (NormalMixture(m.mass[felt], m.mean[felt], m.sd[felt]) for m in (mu, new))
    factors = _bayes_factors(model, integral, priors, shift, scale)
    return BayesResult(
        measure=studies.measure,
        scale=studies.scale,
        k=studies.estimates.size,
        labels=studies.labels,
        estimates=tuple(studies.estimates.tolist()),
        ses=tuple(studies.ses.tolist()),
        tau_prior=priors[0].describe(),
        mu_prior=priors[1].describe(),
        mu=_posterior(mu, of_mu, level),
        tau=_posterior(integral.distribution, of_tau, level, lower_end=0.0),
        new_study=_posterior(new, of_new, level),
        log_marginal_likelihood=factors[0],
        bf_no_heterogeneity=factors[1],
        bf_no_effect=factors[2],
        level=level,
        tau_nodes=tau[felt],
        notes=studies.notes + _notes(studies, priors, integral, powers),
    )


def _posterior(
    distribution: Distribution,
    moments: tuple[float, float],
    level: float,
    *,
    lower_end: float = -math.inf,
) -> Posterior:
    return Posterior(
        mean=moments[0],
        sd=moments[1],
        median=float(distribution.quantile(0.5)),
        shortest=shortest_interval(distribution, level, lower_end=lower_end),
        central=central_interval(distribution, level),
        distribution=distribution,
    )


def _moments(mixture: NormalMixture, powers: tuple[int, ...]) -> tuple[float, float]:
    """Mean and sd; NaN and inf where the expectation of tau or tau^2 does not exist."""
    if 1 not in powers:
        return math.nan, math.inf
    with np.errstate(over="ignore"):
        mean, sd = mixture.moments()
    return mean, (sd if 2 in powers else math.inf)


def _tau_moments(mass: FloatArray, tau: FloatArray, powers: tuple[int, ...]) -> tuple[float, float]:
    if 1 not in powers:
        return math.inf, math.inf
    mean = float(mass @ tau)
    return mean, (float(np.sqrt(mass @ (tau - mean) ** 2)) if 2 in powers else math.inf)


def _bayes_factors(
    model: Model,
    integral: Integral,
    priors: tuple[TauPrior, MuPrior],
    shift: float,
    scale: float,
) -> tuple[float | None, float | None, float | None]:
    """Log marginal likelihood; Bayes factors of tau = 0 and of mu = 0 against the model. [1]"""
    tau_prior, mu_prior = priors
    if not tau_prior.proper:
        return None, None, None
    at_zero = model.given_tau(np.zeros(1)).loglik[0]
    no_heterogeneity = _exp(at_zero - integral.log_evidence)
    if isinstance(mu_prior, Flat):
        return None, no_heterogeneity, None
    evidence = integral.log_evidence - model.y.size * math.log(scale)
    # A point mass at mu = 0 is a normal prior so narrow that it adds nothing to any variance.
    fixed = Model(model.y + shift / scale, model.v, Normal(0.0, 1e-12))
    without = integrate(fixed, tau_prior, scale=scale)
    return evidence, no_heterogeneity, _exp(without.log_evidence - integral.log_evidence)


def _exp(value: float) -> float:
    return math.exp(value) if value < 709.0 else math.inf


def _notes(
    studies: Studies,
    priors: tuple[TauPrior, MuPrior],
    integral: Integral,
    powers: tuple[int, ...],
) -> tuple[str, ...]:
    found = []
    k = studies.estimates.size
    if not integral.converged:
        found.append(
            "The integral over tau did not reach its accuracy; results may be off beyond the "
            "tenth digit."
        )
    if k == 1 and isinstance(priors[1], Flat):
        found.append(
            "One study says nothing about tau: its posterior is its prior, and the interval of "
            "the mean is the study's own, widened by that prior."
        )
    if 1 not in powers:
        found.append(
            "The prior of tau falls so slowly that the posterior means of tau and of a new "
            "study's effect do not exist; medians and intervals do."
        )
    elif 2 not in powers:
        found.append(
            "The prior of tau falls so slowly that the posterior standard deviations of tau and "
            "of a new study's effect are infinite; medians and intervals are not."
        )
    if not priors[0].proper:
        found.append("The prior of tau is improper, so there are no Bayes factors.")
    return tuple(found)
