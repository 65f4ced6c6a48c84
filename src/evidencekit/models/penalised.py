"""Penalised (Firth) logistic regression: a common odds ratio that is finite for any counts.

Logistic regression with an intercept for each study and one odds ratio,
maximising l(beta) + 1/2 log |I(beta)|. The penalty is Jeffreys' prior; it removes the
first-order bias and keeps the estimate finite when an arm has no events at all.
The information matrix has the shape of an arrow (intercepts on the diagonal,
one column for the odds ratio), so all is done in time proportional to k.

References
----------
[1] Firth D. Bias reduction of maximum likelihood estimates. Biometrika
    1993;80:27-38. doi:10.1093/biomet/80.1.27
[2] Heinze G, Schemper M. A solution to the problem of separation in logistic
    regression. Stat Med 2002;21:2409-19. doi:10.1002/sim.1047
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.errors import MethodError
from evidencekit.models.count_data import Arms, gather_arms, listed, without_contrast
from evidencekit.models.html import Shown
from evidencekit.models.kernel import FloatArray
from evidencekit.models.quantiles import chi2_p, wald_test
from evidencekit.models.results import plain
from evidencekit.quantities import Interval

TOLERANCE = 1e-11


@dataclass(frozen=True, slots=True, kw_only=True)
class PenalisedResult(Shown):
    """A common log odds ratio by penalised likelihood.

    Parameters
    ----------
    k, labels
        Studies, all of which enter.
    estimate, se
        Log odds ratio, and its standard error from the unpenalised information.
    ci
        Profile penalised likelihood interval; ``ci_wald`` the Wald interval.
    statistic, p_value
        Penalised likelihood ratio test of no effect, chi-squared with 1 df.
    loglik
        Penalised log-likelihood at the estimate, without binomial coefficients.
    converged, level, notes
        As everywhere; False is always explained in a note.
    """

    k: int
    labels: tuple[str, ...]
    estimate: float
    se: float
    ci: Interval
    ci_wald: Interval
    statistic: float
    p_value: float
    loglik: float
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
            f"OR, penalised logistic regression, common-effect model: k = {self.k}",
            f"  estimate  {self.estimate:.4f}  {percent} CI {self.ci.low:.4f} to "
            f"{self.ci.high:.4f} (profile penalised likelihood)",
            f"  test      chi-squared(1) = {self.statistic:.4f}, p = {self.p_value:.4g}",
        ]
        lines.extend(f"  note: {note}" for note in self.notes)
        return "\n".join(lines)


class _Fit(NamedTuple):
    theta: float
    alpha: FloatArray
    value: float
    information: float
    slope: float
    converged: bool


def penalised_odds_ratio(
    events_1: ArrayLike,
    total_1: ArrayLike,
    events_2: ArrayLike,
    total_2: ArrayLike,
    *,
    level: float = 0.95,
    labels: Sequence[str] | None = None,
) -> PenalisedResult:
    """Common log odds ratio of arm 1 against arm 2 by Firth's penalised likelihood.

    logit p = alpha_i + theta in arm 1 and alpha_i in arm 2; maximises l + log |I| / 2, with I
    the information on all parameters.

    Parameters
    ----------
    events_1, total_1, events_2, total_2
        Counts, shape (k,), 0 <= events <= total, total > 0; need not be whole numbers.
    level
        Coverage of the intervals, in (0, 1).
    labels
        Names of the studies.

    Returns
    -------
    PenalisedResult
        On the log scale, finite for any counts. Studies without events stay in: the
        penalty gives them a (small) say.

    Raises
    ------
    MethodError
        Counts out of range; no study; a level outside (0, 1).

    Notes
    -----
    In R: ``logistf(cbind(events, total - events) ~ study + arm)`` with ``pl = TRUE``, or
    ``brglm(..., pl = TRUE)``.

    References
    ----------
    Firth D. Biometrika 1993;80:27-38. doi:10.1093/biomet/80.1.27
    Heinze G, Schemper M. Stat Med 2002;21:2409-19. doi:10.1002/sim.1047
    """
    if not 0.0 < level < 1.0:
        raise MethodError(f"level {level!r}; a probability between 0 and 1")
    arms = gather_arms([(events_1, total_1), (events_2, total_2)], kind="total", labels=labels)
    best = _maximise(arms)
    null = _profile(arms, 0.0, best.alpha)
    low, high, bounded = _interval(arms, best, level)
    statistic = max(2.0 * (best.value - null.value), 0.0)
    converged = best.converged and null.converged and bounded
    se = best.information**-0.5
    return PenalisedResult(
        k=arms.k,
        labels=arms.labels,
        estimate=best.theta,
        se=se,
        ci=Interval(low=low, high=high, level=level, method="profile"),
        ci_wald=wald_test(best.theta, se, level).ci,
        statistic=statistic,
        p_value=chi2_p(statistic, 1),
        loglik=best.value,
        converged=converged,
        level=level,
        notes=_notes(arms, converged=converged),
    )


def _notes(arms: Arms, *, converged: bool) -> tuple[str, ...]:
    notes = []
    empty = without_contrast(arms, kind="total")
    if empty.any():
        names = listed(arms.take(empty).labels)
        notes.append(
            f"{names}: no event, or only events, in both arms; kept, since the penalty gives them "
            "a finite intercept and so a small weight."
        )
    if not converged:
        notes.append(
            "The penalised likelihood could not be maximised to full accuracy; the values given "
            "should not be relied on."
        )
    return tuple(notes)


def _terms(arms: Arms, theta: float, alpha: FloatArray) -> tuple[FloatArray, ...]:
    """Penalised log-likelihood pieces: value, modified scores of both arms, weights. [1]

    With w = n p (1 - p), |I| = prod(w1 + w2) * sum w1 w2 / (w1 + w2). The modified score of
    an arm is x - n p + h (1/2 - p), with h its hat value.
    """
    from scipy.special import expit, log_expit

    x2, n2 = arms.second()
    scores, weights, value, halves = [], [], 0.0, []
    for x, n, eta in ((arms.x1, arms.size1, alpha + theta), (x2, n2, alpha)):
        p = expit(eta)
        value += float(np.sum(x * log_expit(eta) + (n - x) * log_expit(-eta)))
        scores.append(x - n * p)
        weights.append(n * p * expit(-eta))
        halves.append(0.5 - p)
    w1, w2 = weights
    both = w1 + w2
    share = w1 / both
    information = float(np.sum(share * w2))
    value += 0.5 * (float(np.sum(np.log(both))) + float(np.log(information)))
    h1 = share + w1 * (1.0 - share) ** 2 / information
    h2 = (1.0 - share) + w2 * share**2 / information
    first, second = scores[0] + h1 * halves[0], scores[1] + h2 * halves[1]
    return np.array(value), first, second, w1, w2, np.array(information)


def _climb(arms: Arms, theta: float, alpha: FloatArray, *, free: bool, rounds: int = 500) -> _Fit:
    """Fisher scoring with the modified score, with or without theta; halved until it climbs."""
    now = _terms(arms, theta, alpha)
    for _ in range(rounds):
        _, first, second, w1, w2, information = now
        both, push = w1 + w2, first + second
        slope = float(np.sum(first - w1 / both * push))
        move = slope / float(information) if free else 0.0
        step = (push - w1 * move) / both
        largest = max(abs(move), float(np.abs(step).max()))
        shrink = min(1.0, 2.0 / largest) if largest > 0 else 1.0
        for _ in range(40):
            new = _terms(arms, theta + shrink * move, alpha + shrink * step)
            if float(new[0]) >= float(now[0]) - 1e-12 * (1.0 + abs(float(now[0]))):
                break
            shrink *= 0.5
        theta, alpha, now = theta + shrink * move, alpha + shrink * step, new
        if largest < TOLERANCE:
            break
    # The slope in theta along the profile: the modified score of arm 1.
    return _Fit(theta, alpha, float(now[0]), float(now[5]), float(np.sum(now[1])), largest < 1e-8)


def _maximise(arms: Arms) -> _Fit:
    x2, n2 = arms.second()
    events, total = arms.x1 + x2, arms.size1 + n2
    return _climb(arms, 0.0, np.log((events + 0.5) / (total - events + 0.5)), free=True)


def _profile(arms: Arms, theta: float, alpha: FloatArray) -> _Fit:
    return _climb(arms, theta, alpha, free=False)


def _interval(arms: Arms, best: _Fit, level: float) -> tuple[float, float, bool]:
    """Where twice the fall of the profile reaches the chi-squared quantile. [2]"""
    from evidencekit.special import ndtri

    target = best.value - 0.5 * float(ndtri(0.5 * (1.0 + level))) ** 2
    ends = [_limit(arms, best, target, side) for side in (-1.0, 1.0)]
    return ends[0][0], ends[1][0], ends[0][1] and ends[1][1]


def _limit(arms: Arms, best: _Fit, target: float, side: float) -> tuple[float, bool]:
    """One limit: double the distance until the profile is low enough, then Newton and halving."""
    reach, alpha, good = 2.0 * best.information**-0.5, best.alpha, True
    inner, outer = best.theta, best.theta + side * reach

    def gap(theta: float) -> tuple[float, float]:
        nonlocal alpha, good
        fit = _profile(arms, theta, alpha)
        alpha, good = fit.alpha, good and fit.converged
        return fit.value - target, fit.slope

    while gap(outer)[0] > 0:
        inner, reach = outer, 2.0 * reach
        outer = best.theta + side * reach
        if reach > 1e4:
            return side * float("inf"), False
    return _root(gap, inner, outer), good


def _root(gap: Callable[[float], tuple[float, float]], inner: float, outer: float) -> float:
    """Root of a function that is positive at ``inner`` and negative at ``outer``."""
    x = 0.5 * (inner + outer)
    for _ in range(100):
        value, slope = gap(x)
        inner, outer = (x, outer) if value > 0 else (inner, x)
        new = x - value / slope if slope != 0.0 else inner
        low, high = min(inner, outer), max(inner, outer)
        new = new if low < new < high else 0.5 * (low + high)
        if abs(new - x) < 1e-12 * (1.0 + abs(x)):
            return new
        x = new
    return x
