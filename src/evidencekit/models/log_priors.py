"""Priors of tau that are given for log tau^2, as large sets of meta-analyses suggest them.

References
----------
[3] Turner RM, Jackson D, Wei Y, Thompson SG, Higgins JPT. Predictive
    distributions for between-study heterogeneity. Stat Med 2015;34:984-98.
    doi:10.1002/sim.6381
[4] Rhodes KM, Turner RM, Higgins JPT. Predictive distributions were developed
    for the extent of heterogeneity in meta-analyses of continuous outcome data.
    J Clin Epidemiol 2015;68:52-60. doi:10.1016/j.jclinepi.2014.08.012
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from evidencekit.errors import MethodError
from evidencekit.models.kernel import FloatArray
from evidencekit.models.prior_families import Tail, check_positive, log_t_density


@dataclass(frozen=True, slots=True)
class LogNormal:
    """Log-normal for tau^2: the form in which Turner 2015 gives its priors.

    log tau^2 ~ N(mean, sd^2), so log tau has half of each.  # [3]
    In R: ``bayesmeta(tau.prior = function(t) dlnorm(t, mean / 2, sd / 2))``.

    Parameters
    ----------
    mean
        Of log tau^2, finite.
    sd
        Of log tau^2, above 0.
    """

    mean: float
    sd: float

    proper = True
    upper = math.inf
    tail = Tail(math.inf)

    def __post_init__(self) -> None:
        check_positive("log-normal prior", sd=self.sd)
        if not math.isfinite(self.mean):
            raise MethodError(f"log-normal prior: mean {self.mean!r}, a finite value")

    def log_density(self, tau: FloatArray) -> FloatArray:
        """Log density of tau > 0."""
        log_tau, sd = np.log(tau), 0.5 * self.sd
        z = (log_tau - 0.5 * self.mean) / sd
        return -0.5 * math.log(2.0 * math.pi) - math.log(sd) - log_tau - 0.5 * z * z

    def rescaled(self, factor: float) -> LogNormal:
        """Return the prior of factor times tau."""
        return LogNormal(self.mean + 2.0 * math.log(factor), self.sd)

    def describe(self) -> str:
        """The prior in words."""
        return f"log-normal, log tau2 with mean {self.mean:g} and standard deviation {self.sd:g}"


@dataclass(frozen=True, slots=True)
class LogT:
    """Student t for log tau^2: the form in which Rhodes 2015 gives its priors.

    (log tau^2 - location) / scale ~ t(df).  # [4]
    In R: ``bayesmeta(tau.prior = RhodesEtAlPrior()$dprior)``.

    Parameters
    ----------
    location
        Of log tau^2, finite.
    scale
        Of log tau^2, above 0.
    df
        Degrees of freedom, 4 or more; 5 in the paper.
    """

    location: float
    scale: float
    df: float = 5.0

    proper = True
    upper = math.inf

    def __post_init__(self) -> None:
        check_positive("log-t prior", scale=self.scale, df=self.df)
        if not math.isfinite(self.location):
            raise MethodError(f"log-t prior: location {self.location!r}, a finite value")
        if self.df < 4.0:
            raise MethodError(
                f"log-t prior: df {self.df:g}; below 4 the tail is too heavy to integrate"
            )

    @property
    def tail(self) -> Tail:
        """The density falls like 1 / (tau (log tau)^(df + 1))."""
        return Tail(1.0, self.df + 1.0)

    def log_density(self, tau: FloatArray) -> FloatArray:
        """Log density of tau > 0."""
        log_tau, scale = np.log(tau), 0.5 * self.scale
        z = (log_tau - 0.5 * self.location) / scale
        return log_t_density(z, self.df) - math.log(scale) - log_tau

    def rescaled(self, factor: float) -> LogT:
        """Return the prior of factor times tau."""
        return LogT(self.location + 2.0 * math.log(factor), self.scale, self.df)

    def describe(self) -> str:
        """The prior in words."""
        return (
            f"log-t with {self.df:g} degrees of freedom, log tau2 with location "
            f"{self.location:g} and scale {self.scale:g}"
        )
