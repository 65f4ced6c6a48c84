"""The families of priors of tau; :mod:`~evidencekit.models.priors` lists them.

References
----------
[1] Gelman A. Prior distributions for variance parameters in hierarchical
    models. Bayesian Anal 2006;1:515-34. doi:10.1214/06-BA117A
[2] Röver C, Bender R, Dias S, et al. On weakly informative prior distributions
    for the heterogeneity parameter in Bayesian random-effects meta-analysis.
    Res Synth Methods 2021;12:448-74. doi:10.1002/jrsm.1475
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from evidencekit.errors import MethodError
from evidencekit.models.kernel import FloatArray


class Tail(NamedTuple):
    """The density falls like tau^-power (log tau)^-log_power; infinite power: faster."""

    power: float
    log_power: float = 0.0


def log_t_density(z: FloatArray, df: float) -> FloatArray:
    """Log density of Student's t."""
    constant = math.lgamma(0.5 * (df + 1.0)) - math.lgamma(0.5 * df)
    tail: FloatArray = -0.5 * (df + 1.0) * np.log1p(z * z / df)
    return constant - 0.5 * math.log(df * math.pi) + tail


def check_positive(what: str, **values: float) -> None:
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0):
            raise MethodError(f"{what}: {name} {value!r}, a finite value above 0")


@dataclass(frozen=True, slots=True)
class HalfNormal:
    """Half-normal; scale 0.5 for log odds ratios leaves tau above 1 a probability of 4.6%.

    Density sqrt(2/pi)/scale exp(-tau^2 / (2 scale^2)).  # [2]
    In R: ``bayesmeta(tau.prior = function(t) dhalfnormal(t, scale = 0.5))``.

    Parameters
    ----------
    scale
        Above 0, in units of the estimates.
    """

    scale: float

    proper = True
    upper = math.inf
    tail = Tail(math.inf)

    def __post_init__(self) -> None:
        check_positive("half-normal prior", scale=self.scale)

    def log_density(self, tau: FloatArray) -> FloatArray:
        """Log density of tau > 0."""
        return 0.5 * math.log(2.0 / math.pi) - math.log(self.scale) - 0.5 * (tau / self.scale) ** 2

    def rescaled(self, factor: float) -> HalfNormal:
        """Return the prior of factor times tau."""
        return HalfNormal(self.scale * factor)

    def describe(self) -> str:
        """The prior in words."""
        return f"half-normal, scale {self.scale:g}"


@dataclass(frozen=True, slots=True)
class HalfT:
    """Half-Student-t; df 1 is the half-Cauchy.

    Density proportional to (1 + tau^2 / (df scale^2))^(-(df + 1) / 2).  # [1]
    In R: ``bayesmeta(tau.prior = function(t) dhalft(t, df = 3, scale = 0.5))``.

    Parameters
    ----------
    scale
        Above 0, in units of the estimates.
    df
        Degrees of freedom, 0.5 or more.
    """

    scale: float
    df: float

    proper = True
    upper = math.inf

    def __post_init__(self) -> None:
        check_positive("half-t prior", scale=self.scale, df=self.df)
        if self.df < 0.5:
            raise MethodError(f"half-t prior: df {self.df:g}; values below 0.5 are not supported")

    @property
    def tail(self) -> Tail:
        """The density falls like tau^-(df + 1)."""
        return Tail(self.df + 1.0)

    def log_density(self, tau: FloatArray) -> FloatArray:
        """Log density of tau > 0."""
        return math.log(2.0) + log_t_density((tau / self.scale), self.df) - math.log(self.scale)

    def rescaled(self, factor: float) -> HalfT:
        """Return the prior of factor times tau."""
        return HalfT(self.scale * factor, self.df)

    def describe(self) -> str:
        """The prior in words."""
        return f"half-t, {self.df:g} degrees of freedom, scale {self.scale:g}"


@dataclass(frozen=True, slots=True)
class HalfCauchy:
    """Half-Cauchy.

    Density 2 / (pi scale (1 + tau^2 / scale^2)).  # [1]
    In R: ``bayesmeta(tau.prior = function(t) dhalfcauchy(t, scale = 0.5))``.

    Parameters
    ----------
    scale
        Above 0, the median, in units of the estimates.
    """

    scale: float

    proper = True
    upper = math.inf
    tail = Tail(2.0)

    def __post_init__(self) -> None:
        check_positive("half-Cauchy prior", scale=self.scale)

    def log_density(self, tau: FloatArray) -> FloatArray:
        """Log density of tau > 0."""
        return math.log(2.0 / math.pi / self.scale) - np.log1p((tau / self.scale) ** 2)

    def rescaled(self, factor: float) -> HalfCauchy:
        """Return the prior of factor times tau."""
        return HalfCauchy(self.scale * factor)

    def describe(self) -> str:
        """The prior in words."""
        return f"half-Cauchy, scale {self.scale:g}"


@dataclass(frozen=True, slots=True)
class Uniform:
    """Uniform; without an upper limit improper.

    Density 1 / upper for 0 < tau <= upper; 1 without an upper limit.  # [1]
    In R: ``bayesmeta(tau.prior = function(t) dunif(t, 0, 4))`` or ``tau.prior = "uniform"``.

    Parameters
    ----------
    upper
        Above 0, in units of the estimates; infinite: no limit.
    """

    upper: float = math.inf

    tail = Tail(0.0)

    def __post_init__(self) -> None:
        if not self.upper > 0:
            raise MethodError(f"uniform prior: upper {self.upper!r}, a value above 0")

    @property
    def proper(self) -> bool:
        """Whether there is an upper limit."""
        return math.isfinite(self.upper)

    def log_density(self, tau: FloatArray) -> FloatArray:
        """Log density of tau > 0; improper without an upper limit."""
        inside = -math.log(self.upper) if self.proper else 0.0
        return np.where(tau <= self.upper, inside, -np.inf)

    def rescaled(self, factor: float) -> Uniform:
        """Return the prior of factor times tau."""
        return Uniform(self.upper * factor)

    def describe(self) -> str:
        """The prior in words."""
        return f"uniform from 0 to {self.upper:g}" if self.proper else "uniform (improper)"


@dataclass(frozen=True, slots=True)
class Exponential:
    """Exponential.

    Density rate exp(-rate * tau).  # [2]
    In R: ``bayesmeta(tau.prior = function(t) dexp(t, rate = 2))``.

    Parameters
    ----------
    rate
        Above 0, one over the mean.
    """

    rate: float

    proper = True
    upper = math.inf
    tail = Tail(math.inf)

    def __post_init__(self) -> None:
        check_positive("exponential prior", rate=self.rate)

    def log_density(self, tau: FloatArray) -> FloatArray:
        """Log density of tau > 0."""
        return math.log(self.rate) - self.rate * tau

    def rescaled(self, factor: float) -> Exponential:
        """Return the prior of factor times tau."""
        return Exponential(self.rate / factor)

    def describe(self) -> str:
        """The prior in words."""
        return f"exponential, rate {self.rate:g}"
