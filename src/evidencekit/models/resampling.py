"""Permutation test of the mean and bootstrap intervals, as rows of one batch.

References
----------
[1] Follmann DA, Proschan MA. Valid inference in random effects meta-analysis.
    Biometrics 1999;55:732-7. doi:10.1111/j.0006-341X.1999.00732.x
[2] Phipson B, Smyth GK. Permutation p-values should never be zero: calculating
    exact p-values when permutations are randomly drawn. Stat Appl Genet Mol Biol
    2010;9:39. doi:10.2202/1544-6115.1585
[3] DiCiccio TJ, Efron B. Bootstrap confidence intervals. Statist Sci 1996;11:189-228.
    doi:10.1214/ss/1032280214
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from evidencekit.errors import MethodError
from evidencekit.models.batch import PooledBatch, pool_batch
from evidencekit.models.html import Shown
from evidencekit.models.kernel import FloatArray
from evidencekit.models.pool import Data, Studies, gather_studies
from evidencekit.models.settings import Settings
from evidencekit.quantities import Interval

BootstrapKind = Literal["parametric", "studies"]

# Two statistics that differ by rounding only count as equal.
TIE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class PermutationResult(Shown):
    """Result of :func:`permutation_test`.

    Parameters
    ----------
    statistic
        The observed test statistic.
    p_value
        Two-sided.
    exact
        Whether all sign changes were tried.
    draws
        Sign changes tried, the observed one included.
    smallest
        The smallest p-value these studies and draws can give.
    """

    statistic: float
    p_value: float
    exact: bool
    draws: int
    smallest: float

    def summary(self) -> str:
        """The result as text."""
        from evidencekit.models.short_text import sign_permutation_text

        return sign_permutation_text(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class BootstrapResult(Shown):
    """Result of :func:`bootstrap`: percentile intervals, and the draws of shape (draws,)."""

    kind: BootstrapKind
    estimate: Interval
    tau2: Interval
    estimates: FloatArray
    tau2s: FloatArray

    def summary(self) -> str:
        """The result as text, on the analysis scale."""
        from evidencekit.models.short_text import bootstrap_text

        return bootstrap_text(self)


def permutation_test(
    data: Data,
    *,
    rng: np.random.Generator | None = None,
    settings: Settings | None = None,
    null: float = 0.0,
    draws: int = 10_000,
) -> PermutationResult:
    """Test the pooled mean by changing the signs of the studies' deviations from the null.

    If the mean is the null value and the distribution of each estimate around it
    is symmetric, all 2^k sign changes were equally likely to be observed.  # [1]
    The test holds its level whatever the distribution of the true effects, but
    with k studies no p-value is below 2^(1 - k).

    Parameters
    ----------
    data
        As for :func:`~evidencekit.models.pool.pool`.
    rng
        Source of random signs; needed only when 2^k exceeds ``draws``.
    settings
        Model, estimator of tau2 and interval method, whose test statistic is used.
    null
        The mean under the null hypothesis, on the analysis scale.
    draws
        Largest number of sign changes; all are tried when there are no more.

    Returns
    -------
    PermutationResult
        With random signs p = (1 + number as extreme) / (1 + draws).  # [2]

    Raises
    ------
    MethodError
        For fewer than two studies, no draws, or random draws without ``rng``.

    Notes
    -----
    In R: ``permutest(rma(yi, vi), exact = TRUE)``.
    """
    studies = gather_studies(data)
    k = studies.estimates.size
    if k < 2:
        raise MethodError("a permutation test needs at least two studies; there is 1")
    if draws < 1 or not math.isfinite(null):
        raise MethodError(f"draws {draws}, null {null!r}: at least one draw and a finite value")
    deviations = studies.estimates - null
    exact = k < 63 and 2**k <= draws
    if exact:
        # Changing all signs changes the sign of the statistic only: half of them are enough.
        bits = np.arange(2 ** (k - 1))[:, None] >> np.arange(k)[None, :]
        signs = 1.0 - 2.0 * (bits & 1)
    elif rng is None:
        raise MethodError(f"2^{k} sign changes exceed {draws} draws: give rng for a random choice")
    else:
        signs = np.vstack([np.ones((1, k)), rng.choice([-1.0, 1.0], size=(draws, k))])
    # No deviation at all over a standard error of 0 is no evidence: 0, not undefined.
    found = np.nan_to_num(
        np.abs(_pool_rows(signs * deviations, studies.ses, settings).statistic), posinf=np.inf
    )
    extreme = int((found >= found[0] * (1.0 - TIE)).sum())
    observed = pool_batch(deviations, studies.ses, settings=_plain(settings)).statistic
    tried = len(signs) * (2 if exact else 1)
    return PermutationResult(
        statistic=float(np.nan_to_num(observed[0], posinf=np.inf, neginf=-np.inf)),
        p_value=extreme / len(signs),
        exact=exact,
        draws=tried,
        smallest=1.0 / len(signs),
    )


def bootstrap(
    data: Data,
    *,
    rng: np.random.Generator,
    kind: BootstrapKind = "parametric",
    settings: Settings | None = None,
    draws: int = 2_000,
) -> BootstrapResult:
    """Percentile bootstrap intervals of the mean and of tau2.

    The interval holds the estimates between the tail and 1 - tail quantiles of the draws,
    tail = (1 - level)/2.  # [3]

    Parameters
    ----------
    data
        As for :func:`~evidencekit.models.pool.pool`; two studies or more.
    rng
        Source of randomness.
    kind
        "parametric": estimates drawn from N(mu, v + tau2) at the fitted values;
        "studies": whole studies drawn with replacement.
    settings
        Model, estimator and level.
    draws
        Number of samples, at least 100.

    Returns
    -------
    BootstrapResult

    Raises
    ------
    MethodError
        For fewer than two studies, fewer than 100 draws, or an unknown kind.

    Notes
    -----
    With few studies percentile intervals are too narrow, whole-study samples
    most of all.
    In R: ``boot::boot.ci(boot::boot(dat, function(d, i) coef(rma(yi, vi, data = d[i, ])), R))``.
    """
    studies = gather_studies(data)
    if studies.estimates.size < 2:
        raise MethodError("a bootstrap needs at least two studies; there is 1")
    if draws < 100:
        raise MethodError(f"{draws} draws are too few for a percentile interval; at least 100")
    if kind not in ("parametric", "studies"):
        raise MethodError(f"unknown bootstrap {kind!r}; choose parametric or studies")
    y, ses = _samples(studies, rng, kind, settings, draws)
    batch = pool_batch(y, ses, settings=_plain(settings))
    level = (settings or Settings()).level
    return BootstrapResult(
        kind=kind,
        estimate=_percentiles(batch.estimate, level),
        tau2=_percentiles(batch.tau2, level),
        estimates=batch.estimate,
        tau2s=batch.tau2,
    )


def _samples(
    studies: Studies,
    rng: np.random.Generator,
    kind: BootstrapKind,
    settings: Settings | None,
    draws: int,
) -> tuple[FloatArray, FloatArray]:
    """Estimates and standard errors of every draw, shape (draws, k)."""
    k = studies.estimates.size
    if kind == "studies":
        chosen = rng.integers(0, k, size=(draws, k))
        return studies.estimates[chosen], studies.ses[chosen]
    fit = pool_batch(studies.estimates, studies.ses, settings=_plain(settings))
    spread = np.sqrt(studies.ses**2 + fit.tau2[0])
    y = fit.estimate[0] + spread * rng.standard_normal((draws, k))
    return y, np.broadcast_to(studies.ses, y.shape)


def _plain(settings: Settings | None) -> Settings:
    """The same settings without the intervals that are not used."""
    return replace(settings or Settings(), prediction=None, tau2_ci=None)


def _pool_rows(y: FloatArray, ses: FloatArray, settings: Settings | None) -> PooledBatch:
    return pool_batch(y, np.broadcast_to(ses, y.shape), settings=_plain(settings))


def _percentiles(values: FloatArray, level: float) -> Interval:
    tail = 0.5 * (1.0 - level)
    low, high = np.quantile(values, [tail, 1.0 - tail]).tolist()
    return Interval(low=low, high=high, level=level, method="percentile bootstrap")
