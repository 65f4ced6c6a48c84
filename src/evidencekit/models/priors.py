"""Prior distributions for the between-study standard deviation tau and for the mean mu.

Each prior of tau is a small frozen value: the log of its density, whether it
integrates to one, where it ends, and how fast its tail falls. The last decides
whether the posterior, its mean and its standard deviation exist. ``TAU_PRIORS``
is the list of them; :mod:`~evidencekit.models.empirical_priors` fills two of
them from published tables.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from evidencekit.errors import MethodError
from evidencekit.models.kernel import FloatArray
from evidencekit.models.log_priors import LogNormal, LogT
from evidencekit.models.prior_families import (
    Exponential,
    HalfCauchy,
    HalfNormal,
    HalfT,
    Tail,
    Uniform,
    check_positive,
)

__all__ = [
    "TAU_PRIORS",
    "Exponential",
    "Flat",
    "HalfCauchy",
    "HalfNormal",
    "HalfT",
    "LogNormal",
    "LogT",
    "MuPrior",
    "Normal",
    "Tail",
    "TauPrior",
    "TauPriorRow",
    "Uniform",
]


class TauPrior(Protocol):
    """What :func:`~evidencekit.models.bayes.bayes_pool` asks of a prior of tau."""

    @property
    def proper(self) -> bool:
        """Whether the density integrates to one."""

    @property
    def upper(self) -> float:
        """Largest tau with a positive density; inf when there is none."""

    @property
    def tail(self) -> Tail:
        """How fast the density falls."""

    def log_density(self, tau: FloatArray) -> FloatArray:
        """Log density of tau > 0, any shape."""

    def rescaled(self, factor: float) -> TauPrior:
        """Return the prior of factor times tau, factor > 0."""

    def describe(self) -> str:
        """The prior in words."""


@dataclass(frozen=True, slots=True)
class Flat:
    """The improper uniform prior of mu: every mean equally likely before the data."""

    def describe(self) -> str:
        """The prior in words."""
        return "uniform (improper)"


@dataclass(frozen=True, slots=True)
class Normal:
    """A normal prior of mu, on the analysis scale."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        check_positive("normal prior", sd=self.sd)
        if not math.isfinite(self.mean):
            raise MethodError(f"normal prior: mean {self.mean!r}, a finite value")

    def describe(self) -> str:
        """The prior in words."""
        return f"normal, mean {self.mean:g}, standard deviation {self.sd:g}"


MuPrior = Flat | Normal


@dataclass(frozen=True, slots=True, kw_only=True)
class TauPriorRow:
    """A row of ``TAU_PRIORS``: a family of priors, an example, and where it was proposed."""

    name: str
    label: str
    example: TauPrior
    doi: str
    r_call: str


TAU_PRIORS: dict[str, TauPriorRow] = {
    row.name: row
    for row in (
        TauPriorRow(
            name="half-normal",
            label="half-normal",
            example=HalfNormal(0.5),
            doi="10.1002/jrsm.1475",
            r_call="dhalfnormal(t, scale = 0.5)",
        ),
        TauPriorRow(
            name="half-cauchy",
            label="half-Cauchy",
            example=HalfCauchy(0.5),
            doi="10.1214/06-BA117A",
            r_call="dhalfcauchy(t, scale = 0.5)",
        ),
        TauPriorRow(
            name="half-t",
            label="half-Student-t",
            example=HalfT(0.5, 3.0),
            doi="10.1214/06-BA117A",
            r_call="dhalft(t, df = 3, scale = 0.5)",
        ),
        TauPriorRow(
            name="uniform",
            label="uniform",
            example=Uniform(4.0),
            doi="10.1214/06-BA117A",
            r_call="dunif(t, 0, 4)",
        ),
        TauPriorRow(
            name="improper-uniform",
            label="uniform without upper limit (improper)",
            example=Uniform(),
            doi="10.1214/06-BA117A",
            r_call='tau.prior = "uniform"',
        ),
        TauPriorRow(
            name="exponential",
            label="exponential",
            example=Exponential(2.0),
            doi="10.1002/jrsm.1475",
            r_call="dexp(t, rate = 2)",
        ),
        TauPriorRow(
            name="log-normal",
            label="log-normal for tau2 (Turner 2015)",
            example=LogNormal(-3.95, 1.34),
            doi="10.1002/sim.6381",
            r_call='TurnerEtAlPrior("all-cause mortality", "pharma", "placebo")$dprior',
        ),
        TauPriorRow(
            name="log-t",
            label="log-t for tau2 (Rhodes 2015)",
            example=LogT(-3.44, 2.59),
            doi="10.1016/j.jclinepi.2014.08.012",
            r_call="RhodesEtAlPrior()$dprior",
        ),
    )
}
