"""Beta-binomial regression of two arms: a common odds ratio with overdispersed risks.

Every arm's risk is drawn from a beta distribution whose mean depends on the arm
only, logit p = b + theta for arm 1 and b for arm 2, with one correlation rho. Studies
without events enter like all others. The model ignores which arms belong to
one study; rho carries the differences between studies.

References
----------
[1] Kuss O. Statistical methods for meta-analyses including information from
    studies without any events - add nothing to nothing and succeed nevertheless.
    Stat Med 2015;34:1097-116. doi:10.1002/sim.6383
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.errors import MethodError
from evidencekit.models.count_data import (
    Arms,
    gather_arms,
    listed,
    require_whole,
    without_contrast,
)
from evidencekit.models.count_families import log_choose
from evidencekit.models.glmm_models import LogLik
from evidencekit.models.html import Shown
from evidencekit.models.kernel import FloatArray
from evidencekit.models.maximise import Maximum, maximise
from evidencekit.models.quantiles import boundary_p, wald_test
from evidencekit.models.results import plain
from evidencekit.quantities import Interval

STARTS = (0.05, 0.3, 1.0)
"""Square roots of the dispersion gamma = rho/(1 - rho) from which the likelihood is climbed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaBinomialResult(Shown):
    """A common log odds ratio from beta-binomial regression.

    Parameters
    ----------
    k, labels
        Studies, all of which enter.
    estimate, se, statistic, p_value, ci
        Log odds ratio with its Wald test and interval.
    intercept
        Logit of the mean risk in arm 2.
    rho
        Correlation between two persons of one arm, 0 to 1; 0 is plain logistic regression.
    rho_lrt, rho_p
        Likelihood ratio test of rho = 0; half a chi-squared with 1 df (boundary).
    loglik, loglik_binomial
        With all constants, at the estimate and at rho = 0.
    converged, level, notes
        As everywhere; False is always explained in a note.
    """

    k: int
    labels: tuple[str, ...]
    estimate: float
    se: float
    statistic: float
    p_value: float
    ci: Interval
    intercept: float
    rho: float
    rho_lrt: float
    rho_p: float
    loglik: float
    loglik_binomial: float
    converged: bool
    level: float
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        out: dict[str, Any] = plain(self)
        return out

    def summary(self) -> str:
        """The result as text, on the log scale."""
        percent = f"{100 * self.level:g}%"
        lines = [
            f"OR, beta-binomial regression: k = {self.k}",
            f"  estimate  {self.estimate:.4f}  {percent} CI {self.ci.low:.4f} to "
            f"{self.ci.high:.4f} (Wald)",
            f"  test      z = {self.statistic:.4f}, p = {self.p_value:.4g}",
            f"  rho       {self.rho:.4g}, p = {self.rho_p:.4g} for rho = 0",
        ]
        lines.extend(f"  note: {note}" for note in self.notes)
        return "\n".join(lines)


def beta_binomial_odds_ratio(
    events_1: ArrayLike,
    total_1: ArrayLike,
    events_2: ArrayLike,
    total_2: ArrayLike,
    *,
    level: float = 0.95,
    labels: Sequence[str] | None = None,
) -> BetaBinomialResult:
    """Common log odds ratio of arm 1 against arm 2 by beta-binomial regression. [1]

    log f(x) = log C(n, x) + sum_{j<x} log(p + j g) + sum_{j<n-x} log(1 - p + j g)
    - sum_{j<n} log(1 + j g), with g = rho/(1 - rho).

    Parameters
    ----------
    events_1, total_1, events_2, total_2
        Whole numbers, shape (k,), 0 <= events <= total, total > 0.
    level
        Coverage of the Wald interval, in (0, 1).
    labels
        Names of the studies.

    Returns
    -------
    BetaBinomialResult
        On the log scale.

    Raises
    ------
    MethodError
        Counts out of range or not whole; an arm without events, or with nothing else, in all
        studies, where the estimate is infinite; a level outside (0, 1).

    Notes
    -----
    In R: ``glmmTMB(cbind(events, total - events) ~ arm, family = betabinomial())``, whose
    dispersion is 1/g.

    References
    ----------
    Kuss O. Stat Med 2015;34:1097-116. doi:10.1002/sim.6383
    """
    if not 0.0 < level < 1.0:
        raise MethodError(f"level {level!r}; a probability between 0 and 1")
    arms = gather_arms([(events_1, total_1), (events_2, total_2)], kind="total", labels=labels)
    require_whole(arms, "the beta-binomial likelihood")
    _require_finite(arms)
    binomial = _binomial(arms)
    found = [maximise(lambda x: _loglik(arms, x), np.append(binomial.at[:2], s)) for s in STARTS]
    best = max(found, key=lambda m: m.loglik.value)
    if best.loglik.value - binomial.loglik.value < 1e-10 * (1.0 + abs(binomial.loglik.value)):
        best = binomial
    return _wrap(arms, binomial, best, level)


def _require_finite(arms: Arms) -> None:
    x2, n2 = arms.second()
    for arm, x, n in ((1, arms.x1, arms.size1), (2, x2, n2)):
        if x.sum() in (0.0, n.sum()):
            what = "no event" if x.sum() == 0.0 else "only events"
            raise MethodError(
                f"arm {arm} has {what} in all studies, so the estimate is infinite; "
                "penalised_odds_ratio gives a finite one"
            )


def _binomial(arms: Arms) -> Maximum:
    """Plain logistic regression on the sums: closed form."""
    x2, n2 = arms.second()
    risks = [x.sum() / n.sum() for x, n in ((arms.x1, arms.size1), (x2, n2))]
    logits = [math.log(risk / (1.0 - risk)) for risk in risks]
    at = np.array([logits[0] - logits[1], logits[1], 0.0])
    return Maximum(at, _loglik(arms, at), True)


def _loglik(arms: Arms, parameters: FloatArray) -> LogLik:
    """Log-likelihood in theta, b and the root of g, so that g = 0 is no boundary."""
    theta, b, root = parameters
    x2, n2 = arms.second()
    value, gradient, hessian = 0.0, np.zeros(3), np.zeros((3, 3))
    for x, n, eta, along in (
        (arms.x1, arms.size1, b + theta, np.array([1.0, 1.0])),
        (x2, n2, b, np.array([0.0, 1.0])),
    ):
        part = _arm(x, n, float(eta), float(root) ** 2)
        value += part[0]
        slope, bend, cross = part[1], part[2], part[3] * 2.0 * root
        gradient[:2] += slope * along
        gradient[2] += part[4] * 2.0 * root
        hessian[:2, :2] += bend * np.outer(along, along)
        hessian[:2, 2] += cross * along
        hessian[2, :2] += cross * along
        hessian[2, 2] += part[5] * 4.0 * root * root + 2.0 * part[4]
    return LogLik(value, gradient, hessian)


def _arm(x: FloatArray, n: FloatArray, eta: float, g: float) -> tuple[float, ...]:
    """Value; first and second derivative in eta; mixed; first and second in g."""
    from scipy.special import expit

    p, q = float(expit(eta)), float(expit(-eta))
    events, others = x.astype(np.intp), (n - x).astype(np.intp)
    one = _sums(p, g, events)
    two = _sums(q, g, others)
    all_ = _sums(1.0, g, n.astype(np.intp))
    value = float(np.sum(log_choose(n, x))) + one[0] + two[0] - all_[0]
    in_p, in_pp = one[1] - two[1], -one[3] - two[3]
    slope, bend = in_p * p * q, in_pp * (p * q) ** 2 + in_p * p * q * (q - p)
    cross = (-one[4] + two[4]) * p * q
    return value, slope, bend, cross, one[2] + two[2] - all_[2], -one[5] - two[5] + all_[5]


def _sums(a: float, g: float, counts: np.ndarray) -> tuple[float, ...]:
    """Over arms and j < count: log(a + jg), 1/., j/., 1/.^2, j/.^2, j^2/.^2, from running sums."""
    j = np.arange(float(counts.max(initial=0)))
    size = a + j * g
    inverse = 1.0 / size
    columns = np.stack(
        [np.log(size), inverse, j * inverse, inverse**2, j * inverse**2, (j * inverse) ** 2]
    )
    # How many arms reach each j, so that one product sums over arms and j.
    reach = np.cumsum(np.bincount(counts, minlength=j.size + 1)[::-1])[::-1][1:]
    return tuple(float(value) for value in columns @ reach.astype(np.float64))


def _wrap(arms: Arms, binomial: Maximum, best: Maximum, level: float) -> BetaBinomialResult:
    free = np.array([True, True, abs(best.at[2]) > 1e-6])
    information = -best.loglik.hessian[np.ix_(free, free)]
    se = float(np.sqrt(np.linalg.inv(information)[0, 0]))
    estimate = float(best.at[0])
    wald = wald_test(estimate, se, level)
    lrt = max(2.0 * (best.loglik.value - binomial.loglik.value), 0.0)
    dispersion = float(best.at[2]) ** 2
    return BetaBinomialResult(
        k=arms.k,
        labels=arms.labels,
        estimate=estimate,
        se=se,
        statistic=wald.statistic,
        p_value=wald.p_value,
        ci=wald.ci,
        intercept=float(best.at[1]),
        rho=dispersion / (1.0 + dispersion),
        rho_lrt=lrt,
        rho_p=boundary_p(lrt),
        loglik=best.loglik.value,
        loglik_binomial=binomial.loglik.value,
        converged=best.converged,
        level=level,
        notes=_notes(arms, best),
    )


def _notes(arms: Arms, best: Maximum) -> tuple[str, ...]:
    notes = []
    empty = without_contrast(arms, kind="total")
    if empty.any():
        names = listed(arms.take(empty).labels)
        notes.append(f"{names}: no event, or only events, in both arms; kept, as the model allows.")
    if not best.converged:
        notes.append(
            "The likelihood could not be maximised to full accuracy; the values given are the "
            "best found and should not be relied on."
        )
    return tuple(notes)
