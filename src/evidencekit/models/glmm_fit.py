"""Maximising a generalised linear mixed model, and its result."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from evidencekit.errors import MethodError
from evidencekit.models.count_data import Arms
from evidencekit.models.glmm_models import LogLik, Model
from evidencekit.models.html import Shown
from evidencekit.models.kernel import FloatArray
from evidencekit.models.maximise import Maximum, maximise
from evidencekit.models.quantiles import boundary_p, chi2_p, wald_test
from evidencekit.models.results import plain
from evidencekit.quantities import Interval

STARTS = (0.15, 0.6, 1.8)
"""Values of tau from which the likelihood is climbed."""

FAR = 40.0
RUNAWAY = 10.0
"""A tau beyond this at which the climb has not ended is on its way to infinity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GlmmResult(Shown):
    """A generalised linear mixed model, on the log or logit scale.

    Parameters
    ----------
    measure, likelihood
        "OR" and "OR UM.FS"; see ``GLMM_LIKELIHOODS``.
    model
        "random_effects" or "common_effect".
    k, k_used
        Studies given, and studies in the likelihood.
    labels
        Names of the studies in the likelihood.
    estimate, se, statistic, p_value, ci
        Theta with its Wald test and interval; ``se`` from the observed
        information of all parameters.
    tau2
        Variance of the study effects; 0 by assumption in the common-effect
        model, NaN for one study.
    tau2_lrt, tau2_p
        Likelihood ratio test of tau = 0; the p-value is from half a chi-squared
        with 1 degree of freedom, since 0 is on the boundary. NaN when not fitted.
    intercept_sd
        sigma of UM.RS; None otherwise.
    q_lrt, q_df, q_p
        Likelihood ratio test of one common effect against an effect for each
        study; NaN where it is not offered (UM.RS).
    loglik, loglik_common
        With all constants, at the estimate and at tau = 0.
    converged
        Whether a maximum was found; False is always explained in a note.
    level, notes
        Coverage; every fallback and oddity in plain words.
    """

    measure: str
    likelihood: str
    model: str
    k: int
    k_used: int
    labels: tuple[str, ...]
    estimate: float
    se: float
    statistic: float
    p_value: float
    ci: Interval
    tau2: float
    tau2_lrt: float
    tau2_p: float
    intercept_sd: float | None
    q_lrt: float
    q_df: int
    q_p: float
    loglik: float
    loglik_common: float
    converged: bool
    level: float
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; NaN becomes None."""
        out: dict[str, Any] = plain(self)
        return out

    def summary(self) -> str:
        """The result as text, on the analysis scale."""
        percent = f"{100 * self.level:g}%"
        lines = [
            f"{self.likelihood}, {self.model.replace('_', '-')} model: k = {self.k_used}"
            + (f" of {self.k}" if self.k_used < self.k else ""),
            f"  estimate  {self.estimate:.4f}  {percent} CI {self.ci.low:.4f} to "
            f"{self.ci.high:.4f} (Wald)",
            f"  test      z = {self.statistic:.4f}, p = {self.p_value:.4g}",
        ]
        if self.model == "random_effects":
            lines.append(f"  tau2      {self.tau2:.4f}, p = {self.tau2_p:.4g} for tau = 0")
        lines.extend(f"  note: {note}" for note in self.notes)
        return "\n".join(lines)


def fit_model(
    model: Model,
    arms: Arms,
    *,
    row: tuple[str, str],
    random: bool,
    settings: tuple[float, int, tuple[str, ...]],
) -> GlmmResult:
    """Maximise with and without tau, and wrap.

    Raises
    ------
    MethodError
        When the likelihood rises without end in tau or in another parameter.
    """
    level, k, notes = settings
    start = model.start()
    common = _common(model, start)
    one = arms.k == 1
    best, found = common, [common]
    if random and not one:
        found = [_from(model, common, tau) for tau in STARTS]
        best = max((m for m in found), key=lambda m: m.loglik.value)
        if np.abs(best.at).max() > FAR or (not best.converged and abs(best.at[-1]) > RUNAWAY):
            raise MethodError(
                f"{row[1]}: the likelihood rises without end in tau; the studies are too extreme "
                "for a normal distribution of effects"
            )
        # Within rounding of the fit without tau: the maximum is at the boundary.
        if best.loglik.value - common.loglik.value < 1e-10 * (1.0 + abs(common.loglik.value)):
            best = common
    notes = (*notes, *_notes(best, found, random=random, one=one))
    return _wrap(model, arms, row, (common, best), (random, level, k, notes))


def _common(model: Model, start: FloatArray) -> Maximum:
    """Maximum at tau = 0, in the parameters without tau."""

    def without_tau(x: FloatArray) -> LogLik:
        full = model.loglik(np.append(x, 0.0))
        return LogLik(full.value, full.gradient[:-1], full.hessian[:-1, :-1])

    found = maximise(without_tau, start[:-1], bound=FAR)
    if np.abs(found.at).max() > FAR:
        raise MethodError("the likelihood rises without end; the estimate is not finite")
    return found._replace(at=np.append(found.at, 0.0))


def _from(model: Model, common: Maximum, tau: float) -> Maximum:
    start = common.at.copy()
    start[-1] = tau
    return maximise(model.loglik, start, bound=FAR)


def _notes(best: Maximum, found: list[Maximum], *, random: bool, one: bool) -> list[str]:
    notes = []
    if random and one:
        notes.append("One study: tau is not defined, and the result is that study's own estimate.")
    if not best.converged:
        notes.append(
            "The likelihood could not be maximised to full accuracy; the values given are the "
            "best found and should not be relied on."
        )
    top = best.loglik.value
    others = sorted(
        {
            round(float(m.at[-1] ** 2), 4)
            for m in found
            if m.converged and abs(m.at[-1]) > 1e-3 and m.loglik.value < top - 1e-6
        }
    )
    if others:
        listed = ", ".join(f"{value:g}" for value in others)
        notes.append(
            f"The likelihood has more than one maximum; the highest is used (others at tau2 = "
            f"{listed})."
        )
    return notes


def _wrap(
    model: Model,
    arms: Arms,
    row: tuple[str, str],
    fits: tuple[Maximum, Maximum],
    settings: tuple[bool, float, int, tuple[str, ...]],
) -> GlmmResult:
    common, best = fits
    random, level, k, notes = settings
    one = arms.k == 1
    estimate, se = float(best.at[0]), _standard_error(model, best)
    wald = wald_test(estimate, se, level)
    lrt = max(2.0 * (best.loglik.value - common.loglik.value), 0.0)
    saturated = model.saturated()
    q = math.nan if saturated is None else max(2.0 * (saturated - common.loglik.value), 0.0)
    fitted = random and not one
    return GlmmResult(
        measure=row[0],
        likelihood=row[1],
        model="random_effects" if random else "common_effect",
        k=k,
        k_used=arms.k,
        labels=arms.labels,
        estimate=estimate,
        se=se,
        statistic=wald.statistic,
        p_value=wald.p_value,
        ci=wald.ci,
        tau2=math.nan if random and one else float(best.at[-1] ** 2),
        tau2_lrt=lrt if fitted else math.nan,
        tau2_p=boundary_p(lrt) if fitted else math.nan,
        intercept_sd=abs(float(best.at[2])) if len(model.spreads) == 2 else None,
        q_lrt=q,
        q_df=arms.k - 1,
        q_p=math.nan if math.isnan(q) or one else chi2_p(q, arms.k - 1),
        loglik=best.loglik.value,
        loglik_common=common.loglik.value,
        converged=best.converged and common.converged,
        level=level,
        notes=notes,
    )


def _standard_error(model: Model, best: Maximum) -> float:
    """From the observed information of the parameters that are not 0 on their boundary."""
    hessian = model.loglik(best.at).hessian
    free = np.ones(best.at.size, dtype=bool)
    for place in model.spreads:
        free[place] = abs(best.at[place]) > 1e-4
    covariance = np.linalg.inv(-hessian[np.ix_(free, free)])
    if not covariance[0, 0] > 0:
        raise MethodError("the likelihood is flat at its maximum; there is no standard error")
    return float(np.sqrt(covariance[0, 0]))
