"""Exact-likelihood random-effects models for counts: no continuity corrections.

The counts keep their binomial, Poisson or hypergeometric distribution; the
study effects are normal, theta_i ~ N(theta, tau^2). The integrals are computed to
about twelve digits and maximised with exact derivatives, from several starts
and against tau = 0. ``GLMM_LIKELIHOODS`` is the list.

References
----------
[1] Turner RM, Omar RZ, Yang M, Goldstein H, Thompson SG. A multilevel model
    framework for meta-analysis of clinical trials with binary outcomes. Stat Med
    2000;19:3417-32. doi:10.1002/1097-0258(20001230)19:24<3417::AID-SIM614>3.0.CO;2-L
[2] Stijnen T, Hamza TH, Özdemir P. Random effects meta-analysis of event outcome
    in the framework of the generalized linear mixed model with applications in
    sparse data. Stat Med 2010;29:3046-67. doi:10.1002/sim.4040
[3] Jackson D, Law M, Stijnen T, Viechtbauer W, White IR. A comparison of seven
    random-effects models for meta-analyses that estimate the summary odds ratio.
    Stat Med 2018;37:1059-85. doi:10.1002/sim.7588
"""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike

from evidencekit.errors import MethodError
from evidencekit.models.count_data import Arms, gather_arms, listed, without_contrast
from evidencekit.models.glmm_fit import GlmmResult, fit_model
from evidencekit.models.glmm_table import GLMM_LIKELIHOODS, GlmmLikelihood
from evidencekit.models.settings import Model as Effects

__all__ = [
    "GLMM_LIKELIHOODS",
    "GlmmResult",
    "glmm_odds_ratio",
    "glmm_proportion",
    "glmm_rate",
    "glmm_rate_ratio",
]


def glmm_odds_ratio(
    events_1: ArrayLike,
    total_1: ArrayLike,
    events_2: ArrayLike,
    total_2: ArrayLike,
    *,
    likelihood: str = "UM.FS",
    model: Effects = "random_effects",
    level: float = 0.95,
    labels: Sequence[str] | None = None,
) -> GlmmResult:
    """Log odds ratio of arm 1 against arm 2 from exact likelihoods.

    theta_i ~ N(theta, tau^2) is the log odds ratio of study i, log odds_1 - log odds_2.

    Parameters
    ----------
    events_1, total_1, events_2, total_2
        Counts, shape (k,), 0 <= events <= total, total > 0.
    likelihood
        "UM.FS": binomial, an intercept for each study, logit p = alpha_i +- theta_i/2;
        "UM.RS": binomial, intercepts N(alpha, sigma^2), independent of theta_i;
        "CM.EL": conditional on all events, non-central hypergeometric (whole numbers only);
        "CM.AL": its binomial approximation for rare events.
    model
        "random_effects", or "common_effect" with tau = 0.
    level
        Coverage of the Wald interval, in (0, 1).
    labels
        Names of the studies.

    Returns
    -------
    GlmmResult
        On the log scale. Studies without events (or with only events) in both
        arms drop out of the conditional likelihoods and of UM.FS, where their
        contribution does not depend on theta; UM.RS keeps them. The notes say so.

    Raises
    ------
    MethodError
        Unknown likelihood; counts out of range; no informative study; an
        infinite estimate, as when one arm has no event in any study.

    Notes
    -----
    In R: ``rma.glmm(measure = "OR", ai=, n1i=, ci=, n2i=, model = "UM.FS", nAGQ = 50)``; its
    default of 7 quadrature points, and Laplace for UM.RS, are less exact. It drops
    studies without events under UM.RS as well.

    References
    ----------
    Stijnen T, et al. Stat Med 2010;29:3046-67. doi:10.1002/sim.4040
    Jackson D, et al. Stat Med 2018;37:1059-85. doi:10.1002/sim.7588
    """
    arms = gather_arms([(events_1, total_1), (events_2, total_2)], kind="total", labels=labels)
    return _fit(arms, f"OR {likelihood}", kind="total", model=model, level=level)


def glmm_rate_ratio(
    events_1: ArrayLike,
    time_1: ArrayLike,
    events_2: ArrayLike,
    time_2: ArrayLike,
    *,
    likelihood: str = "CM.EL",
    model: Effects = "random_effects",
    level: float = 0.95,
    labels: Sequence[str] | None = None,
) -> GlmmResult:
    """Log incidence rate ratio of arm 1 against arm 2 from exact likelihoods.

    theta_i ~ N(theta, tau^2) is the log rate ratio of study i, log rate_1 - log rate_2.

    Parameters
    ----------
    events_1, time_1, events_2, time_2
        Counts and person-time, shape (k,), events >= 0, person-time > 0.
    likelihood
        "CM.EL": given all events of a study, those of arm 1 are binomial with
        logit p = theta_i + log(time_1/time_2); "UM.FS": Poisson, an intercept
        for each study; "UM.RS": Poisson, intercepts N(alpha, sigma^2).
    model, level, labels
        As for :func:`glmm_odds_ratio`.

    Returns
    -------
    GlmmResult
        On the log scale; studies without events as for :func:`glmm_odds_ratio`.

    Raises
    ------
    MethodError
        As for :func:`glmm_odds_ratio`.

    Notes
    -----
    In R: ``rma.glmm(measure = "IRR", x1i=, t1i=, x2i=, t2i=, model = "CM.EL", nAGQ = 50)``.

    References
    ----------
    Stijnen T, et al. Stat Med 2010;29:3046-67. doi:10.1002/sim.4040
    """
    arms = gather_arms([(events_1, time_1), (events_2, time_2)], kind="time", labels=labels)
    return _fit(arms, f"IRR {likelihood}", kind="time", model=model, level=level)


def glmm_proportion(
    events: ArrayLike,
    total: ArrayLike,
    *,
    model: Effects = "random_effects",
    level: float = 0.95,
    labels: Sequence[str] | None = None,
) -> GlmmResult:
    """Logit of one proportion, binomial-normal model: logit p_i ~ N(theta, tau^2).

    Parameters
    ----------
    events, total
        Counts, shape (k,), 0 <= events <= total, total > 0. Studies without events stay in.
    model, level, labels
        As for :func:`glmm_odds_ratio`.

    Returns
    -------
    GlmmResult
        On the logit scale.

    Raises
    ------
    MethodError
        As for :func:`glmm_odds_ratio`.

    Notes
    -----
    In R: ``rma.glmm(measure = "PLO", xi=, ni=, nAGQ = 50)``. expit(theta) is the
    median proportion over studies, not the mean.

    References
    ----------
    Stijnen T, et al. Stat Med 2010;29:3046-67. doi:10.1002/sim.4040
    """
    arms = gather_arms([(events, total)], kind="total", labels=labels)
    return _fit(arms, "PLO", kind="total", model=model, level=level)


def glmm_rate(
    events: ArrayLike,
    time: ArrayLike,
    *,
    model: Effects = "random_effects",
    level: float = 0.95,
    labels: Sequence[str] | None = None,
) -> GlmmResult:
    """Log of one incidence rate, Poisson-normal model: log rate_i ~ N(theta, tau^2).

    Parameters
    ----------
    events, time
        Counts and person-time, shape (k,), events >= 0, person-time > 0. Studies without
        events stay in.
    model, level, labels
        As for :func:`glmm_odds_ratio`.

    Returns
    -------
    GlmmResult
        On the log scale.

    Raises
    ------
    MethodError
        As for :func:`glmm_odds_ratio`.

    Notes
    -----
    In R: ``rma.glmm(measure = "IRLN", xi=, ti=, nAGQ = 50)``.

    References
    ----------
    Stijnen T, et al. Stat Med 2010;29:3046-67. doi:10.1002/sim.4040
    """
    arms = gather_arms([(events, time)], kind="time", labels=labels)
    return _fit(arms, "IRLN", kind="time", model=model, level=level)


def _fit(arms: Arms, name: str, *, kind: str, model: Effects, level: float) -> GlmmResult:
    row = _row(name)
    if model not in ("random_effects", "common_effect"):
        raise MethodError(f'unknown model {model!r}; choose "random_effects" or "common_effect"')
    if not 0.0 < level < 1.0:
        raise MethodError(f"level {level!r}; a probability between 0 and 1")
    used, notes = _informative(arms, row, kind)
    if row.unbounded(used):
        raise MethodError(
            f"the maximum likelihood estimate of {row.name} is infinite for these counts (an arm "
            "without events, or with nothing else, wherever there is information); for odds "
            "ratios penalised_odds_ratio gives a finite one"
        )
    return fit_model(
        row.function(used),
        used,
        row=(row.measure, row.name),
        random=model == "random_effects",
        settings=(level, arms.k, notes),
    )


def _row(name: str) -> GlmmLikelihood:
    try:
        return GLMM_LIKELIHOODS[name]
    except KeyError:
        measure, _, likelihood = name.partition(" ")
        known = ", ".join(
            row.name.split(" ")[1] for row in GLMM_LIKELIHOODS.values() if row.measure == measure
        )
        raise MethodError(f"unknown likelihood {likelihood!r}; choose one of {known}") from None


def _informative(arms: Arms, row: GlmmLikelihood, kind: str) -> tuple[Arms, tuple[str, ...]]:
    """Drop what the likelihood drops, and say so."""
    if arms.x2 is None:
        return arms, ()
    empty = without_contrast(arms, kind=kind)
    if not empty.any():
        return arms, ()
    names = listed(arms.take(empty).labels)
    what = "no event, or only events," if kind == "total" else "no event"
    if row.keeps_empty:
        return arms, (
            f"{names}: {what} in both arms; kept, since random intercepts learn from it.",
        )
    if empty.all():
        raise MethodError(f"no study is informative: {what} in both arms of every study")
    return arms.take(~empty), (
        f"{names}: {what} in both arms; the likelihood does not depend on the effect there, "
        "so it is left out.",
    )
