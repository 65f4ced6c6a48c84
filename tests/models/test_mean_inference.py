"""Profile-likelihood and Henmi-Copas intervals of the mean."""

from __future__ import annotations

import itertools
import json
import math
import re

import numpy as np
import pytest
from scipy import integrate, optimize, stats

import naive
from conformance import Reference
from evidencekit.errors import MethodError
from evidencekit.models import Settings, pool, pool_batch, subgroups
from evidencekit.models.henmi_copas import moments, tail
from evidencekit.models.kernel import prepare
from evidencekit.models.mean_fit import fit_mean
from evidencekit.models.profile_interval import GivenMean, Reach
from reference_cases import load, studies
from tolerances import CLOSED_FORM, ITERATIVE, assert_close

CHOICES: dict[str, dict[str, str]] = {
    "PL": {},
    "PL-ML": {"tau2": "ML"},
    "HC": {"model": "common_effect"},
}
CASES = load("mean_intervals")["cases"]
EVERY = [(name, level, ci) for name in CASES for level in ("0.95", "0.8") for ci in CHOICES]
# R's integral inside hc() is good to this part of the width; see the naive check below.
HC_OF_R = 2e-6


def data_of(name: str) -> tuple[np.ndarray, np.ndarray]:
    case = CASES[name]
    return (np.array(case["yi"]), np.array(case["vi"])) if "yi" in case else studies(name)


def fit(y, v, ci: str, **choices: object):
    return pool((y, np.sqrt(v)), ci=ci, **CHOICES[ci], **choices)


def random_studies(seed: int, k: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    size = k or int(rng.integers(2, 15))
    v = rng.lognormal(-2.0, 1.5, size)
    return rng.normal(0.3, np.sqrt(v + rng.choice([0.0, 0.1, 1.0]))), v


@pytest.mark.parametrize(("name", "level", "ci"), EVERY)
def test_agrees_with_r(name: str, level: str, ci: str) -> None:
    expected = CASES[name][level][ci]
    ours = fit(*data_of(name), ci, level=float(level))
    width = expected["ci"][1] - expected["ci"][0]
    program = "metafor 3.8.1" if ci == "HC" else "base R"
    Reference("interval of the mean", ci, program, name).agrees(
        (ours.ci.low, ours.ci.high),
        expected["ci"],
        HC_OF_R if ci == "HC" else ITERATIVE,
        relative_to=width,
    )
    assert ours.ci.method == ci
    if ci == "HC":
        assert_close(ours.estimate, expected["estimate"], 1e-11)
        assert_close(ours.se, expected["se"], CLOSED_FORM)
        assert math.isnan(ours.df)
    else:
        assert_close(ours.statistic**2, expected["ratio"], ITERATIVE)
        assert_close(ours.p_value, stats.chi2.sf(expected["ratio"], 1), ITERATIVE)


# --- profile likelihood ---------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("method", ["REML", "ML"])
def test_limits_by_search_in_the_mean(method: str, seed: int) -> None:
    """The likelihood maximised over tau2 for each mean, and the limits by halving."""
    y, v = random_studies(seed)
    ci = {"REML": "PL", "ML": "PL-ML"}[method]
    ours = fit(y, v, ci, level=0.9)
    best = max(naive.LIKELIHOODS[method](y, v, t) for t in naive.modes(y, v, method))
    drop = stats.chi2.ppf(0.9, 1) / 2

    def gap(mu: float) -> float:
        return naive.likelihood_of_mean(y, v, mu, method) - best + drop

    inside = [mu for mu in np.linspace(y.min(), y.max(), 200) if gap(mu) > 0]
    step = float(np.sqrt(v).max() + np.ptp(y))
    low = naive.halve(gap, inside[0] - 20 * step, inside[0])
    high = naive.halve(gap, inside[-1] + 20 * step, inside[-1])
    assert_close((ours.ci.low, ours.ci.high), (low, high), 0, atol=1e-7 * (high - low))


def test_two_maxima() -> None:
    """Where the likelihood has two modes, both support means: the interval covers all of them."""
    y, v = np.array([0.0, 5.0, 5.6]), np.array([0.001, 0.4, 0.5])
    ours = fit(y, v, "PL", level=0.9)
    t = np.concatenate([[0.0], np.geomspace(1e-6, 1e6, 400_001)])
    w = 1.0 / (v[:, None] + t)
    mean = (w * y[:, None]).sum(0) / w.sum(0)
    e = y[:, None] - mean
    height = 0.5 * (np.log(w).sum(0) - np.log(w.sum(0)) - (w * e * e).sum(0))
    d = 2 * (height - height.max() + stats.chi2.ppf(0.9, 1) / 2) / w.sum(0)
    reach = np.sqrt(d[d > 0])
    expected = (mean[d > 0] - reach).min(), (mean[d > 0] + reach).max()
    assert_close((ours.ci.low, ours.ci.high), expected, 0, atol=1e-7 * ours.ci.width)


@pytest.mark.parametrize("restricted", [True, False])
@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("t", [0.0, 0.5, 3.0])
def test_derivatives_of_the_curves(restricted: bool, sign: float, t: float) -> None:
    y, v = studies("bcg_RR")
    block = prepare(y[None, :], v[None, :], np.ones((1, y.size), dtype=bool))
    # A floor far below, so that D is positive.
    reach = Reach(
        block=block,
        floor=np.array([-500.0]),
        sign=np.array([sign]),
        inside=np.array([1.0]),
        restricted=restricted,
    )
    given = GivenMean(block=block, mean=np.array([1.5]), restricted=restricted)
    h = 1e-5 * (1.0 + t)

    def value(x: float) -> float:
        return float(reach.at(np.array([x])).value[0])

    def rise(x: float) -> float:
        return float(reach.at(np.array([x])).rise[0])

    point = reach.at(np.array([t]))
    root = point.value - sign * fit_mean(block, np.array([t]), 0.95).estimate
    assert_close(point.rise / root, (value(t + h) - value(t - h)) / (2 * h), 1e-6)
    assert_close(point.bend, (rise(t + h) - rise(t - h)) / (2 * h), 1e-6)
    score, slope = given.score_and_slope(np.array([t]))
    heights = [given.height(np.array([x]))[0] for x in (t + h, t - h)]
    scores = [given.score_and_slope(np.array([x]))[0][0] for x in (t + h, t - h)]
    assert_close(score, (heights[0] - heights[1]) / h, 1e-6)
    assert_close(slope, (scores[0] - scores[1]) / (2 * h), 1e-6)


def test_the_score_of_a_given_mean_is_negative_above_its_bound() -> None:
    for seed in range(200):
        y, v = random_studies(seed)
        block = prepare(y[None, :], v[None, :], np.ones((1, y.size), dtype=bool))
        for mean in (-3.0, 0.0, 10.0):
            given = GivenMean(block=block, mean=np.array([mean]), restricted=True)
            for factor in (1.0, 3.0):
                assert given.score_and_slope(factor * given.bound())[0][0] <= 0.0


def test_many_equal_variances() -> None:
    """With equal variances and tau2 above 0, ML gives k log(1 + k (mu - m)^2 / SS): closed form."""
    y, k = np.array([0.1, 0.9, -0.6, 1.4, 0.3, 2.0]), 6
    ours = fit(y, np.full(k, 1e-3), "PL-ML")
    squares = ((y - y.mean()) ** 2).sum()
    half = math.sqrt(squares / k * math.expm1(stats.chi2.ppf(0.95, 1) / k))
    assert_close((ours.ci.low, ours.ci.high), (y.mean() - half, y.mean() + half), 1e-12)


@pytest.mark.parametrize(("ci", "freedom"), [("PL", -1), ("PL-ML", 0)])
@pytest.mark.parametrize("k", [2, 3, 5])
def test_identical_studies(ci: str, freedom: int, k: int) -> None:
    """D(t) = (v + t)/k (c - n log((v + t)/v)), n = k - 1 or k: a larger tau2 helps while c > n."""
    ours = fit(np.full(k, 0.3), np.full(k, 0.04), ci)
    c, n = stats.chi2.ppf(0.95, 1), k + freedom
    highest = n * math.exp(c / n - 1) if c > n else c
    assert ours.tau2 == 0.0
    half = math.sqrt(0.04 / k * highest)
    assert_close((ours.ci.low, ours.ci.high), (0.3 - half, 0.3 + half), 1e-12)


# --- Henmi and Copas ------------------------------------------------------------------


def naive_tail(y: np.ndarray, v: np.ndarray, u: float) -> float:
    """P(|U| > u) by the matrices of the conditional distribution and adaptive quadrature."""
    k, w = len(y), 1 / v
    tau2 = naive.dersimonian_laird(y, v)
    one, sigma = np.ones(k), np.diag(v + tau2)
    form = np.diag(w) - np.outer(w, w) / w.sum()
    variance = w @ sigma @ w / w.sum() ** 2
    # Cov(y, mean) and the distribution of y given the mean.
    covariance = sigma @ w / w.sum()
    within = sigma - np.outer(covariance, covariance) / variance
    constant = w.sum() - (w**2).sum() / w.sum()

    def below(r: float) -> float:
        shift = covariance / math.sqrt(variance) * r
        product = form @ within
        mean = np.trace(product) + shift @ form @ shift
        spread = 2 * np.trace(product @ product) + 4 * shift @ form @ within @ form @ shift
        # tau2 at which |U| = u, and the Q that gives it.
        needed = (variance * r * r / u**2 - 1 / w.sum()) * w.sum() ** 2 / (w**2).sum()
        return float(
            stats.gamma.cdf(k - 1 + constant * needed, mean**2 / spread, scale=spread / mean)
        )

    assert_close(form @ one, np.zeros(k), 0, atol=1e-9 * w.sum())
    start = u / math.sqrt(w.sum() * variance)
    found, _ = integrate.quad(
        lambda r: 2 * stats.norm.pdf(r) * below(r), start, start + 12,
        epsabs=0, epsrel=1e-12, limit=500,
    )  # fmt: skip
    return float(found)


@pytest.mark.parametrize("seed", range(8))
def test_henmi_copas_by_matrices(seed: int) -> None:
    y, v = random_studies(seed)
    ours = fit(y, v, "HC", level=0.9)
    assert_close(naive_tail(y, v, abs(ours.statistic)), ours.p_value, 1e-9)
    u = ours.ci.width / 2 / ours.se
    assert_close(naive_tail(y, v, u), 0.1, 1e-9)


def test_henmi_copas_of_two_studies_by_matrices() -> None:
    """Here R's own integral is off in the sixth digit."""
    y, v = data_of("two_studies")
    ours = fit(y, v, "HC")
    quantile = optimize.brentq(lambda u: naive_tail(y, v, u) - 0.05, 1.0, 20.0, xtol=1e-13)
    assert_close(ours.ci.width / 2, quantile * ours.se, 1e-10)


@pytest.mark.parametrize("k", [30, 1000])
def test_henmi_copas_of_many_studies(k: int) -> None:
    y, v = random_studies(5, k)
    block = prepare(y[None, :], v[None, :], np.ones((1, k), dtype=bool))
    given = moments(block)
    for u in (0.3, 2.0, 5.0):
        r0 = u / given.unit
        mine, slope = tail(given, r0)
        h = 1e-6
        difference = (tail(given, r0 + h)[0] - tail(given, r0 - h)[0]) / (2 * h)
        assert_close(slope, difference, 1e-6)
        edges = np.sort(
            np.append(np.linspace(r0[0], r0[0] + 12, 40), u + np.linspace(-0.5, 0.5, 41))
        )

        def integrand(r: float, r0: float = float(r0[0])) -> float:
            a, scale = given.gamma(np.array([r]))
            bound = k - 1 + given.gain * ((r / r0) ** 2 - 1)
            return float(2 * stats.norm.pdf(r) * stats.gamma.cdf(bound, a, scale=scale)[0])

        pieces = [
            integrate.quad(integrand, a, b, epsabs=1e-17, epsrel=1e-11)[0]
            for a, b in itertools.pairwise(edges)
            if a >= r0[0]
        ]
        first = edges[edges >= r0[0]][0]
        pieces.append(integrate.quad(integrand, r0[0], first, epsabs=1e-17, epsrel=1e-11)[0])
        assert_close(mine, sum(pieces), 1e-10)


def test_henmi_copas_holds_its_level() -> None:
    """Eight unequal, heterogeneous studies: closer to 95% than IVhet, and far from Wald."""
    rng = np.random.default_rng(11)
    v = rng.lognormal(-2.0, 1.0, 8)
    y = rng.normal(0.0, np.sqrt(v + 0.2), (2000, 8))
    settings = {
        ci: Settings(model="common_effect", ci=ci, prediction=None)
        for ci in ("HC", "IVhet", "wald")
    }
    cover = {}
    for ci, choice in settings.items():
        found = pool_batch(y, np.broadcast_to(np.sqrt(v), y.shape), settings=choice)
        cover[ci] = float(((found.ci_low < 0) & (found.ci_high > 0)).mean())
    assert 0.91 < cover["HC"] < 0.97
    assert cover["wald"] < cover["IVhet"] < cover["HC"]


# --- all ------------------------------------------------------------------------------


@pytest.mark.parametrize("ci", CHOICES)
def test_the_test_inverts_the_interval(ci: str) -> None:
    for seed in range(10):
        y, v = random_studies(seed)
        ends = fit(y, v, ci).ci
        for end in (ends.low, ends.high):
            assert_close(fit(y - end, v, ci).p_value, 0.05, 1e-7)
        assert_close(fit(y - 0.5 * (ends.low + ends.high), v, ci).p_value > 0.05, True, 0)


@pytest.mark.parametrize("ci", CHOICES)
def test_one_study_is_a_wald_interval(ci: str) -> None:
    ours, wald = fit([0.4], [0.09], ci), pool(([0.4], [0.3]), ci="wald")
    assert ours.ci.method == "wald"
    assert (ours.ci.low, ours.ci.high, ours.p_value) == (wald.ci.low, wald.ci.high, wald.p_value)
    assert any(note.startswith("One study:") for note in ours.notes)


@pytest.mark.parametrize("ci", CHOICES)
def test_two_studies_are_not_said_to_rest_on_a_t_distribution(ci: str) -> None:
    assert not any("t distribution" in note for note in fit(*data_of("two_studies"), ci).notes)
    hartung = pool(([0.1, 0.9], [0.2, 0.3]))
    assert any("t distribution with 1 degree of freedom" in note for note in hartung.notes)


@pytest.mark.parametrize("ci", CHOICES)
@pytest.mark.parametrize("c", [1e-100, 1e-6, 1e3, 1e100])
def test_scale_does_not_matter(ci: str, c: float) -> None:
    y, v = studies("bcg_RR")
    plain = fit(y, v, ci)
    scaled = pool((c * y, c * np.sqrt(v)), ci=ci, **CHOICES[ci])
    assert_close((scaled.ci.low / c, scaled.ci.high / c), (plain.ci.low, plain.ci.high), 1e-11)
    assert_close((scaled.statistic, scaled.p_value), (plain.statistic, plain.p_value), 1e-10)


@pytest.mark.parametrize("ci", CHOICES)
def test_rows_of_a_batch_are_single_analyses(ci: str) -> None:
    rng = np.random.default_rng(4)
    v = rng.lognormal(-2.0, 1.0, (60, 9))
    y = rng.normal(0.2, np.sqrt(v + 0.1))
    mask = rng.random((60, 9)) < 0.5
    mask[:, 0] = True
    batch = pool_batch(y, np.sqrt(v), mask=mask, settings=Settings(ci=ci, **CHOICES[ci]))
    for row in range(60):
        one = fit(y[row, mask[row]], v[row, mask[row]], ci)
        expected = (one.ci.low, one.ci.high, one.statistic, one.p_value)
        found = [getattr(batch, x)[row] for x in ("ci_low", "ci_high", "statistic", "p_value")]
        assert_close(found, expected, 1e-9, atol=1e-9)


@pytest.mark.parametrize("ci", CHOICES)
@pytest.mark.parametrize(
    "y",
    [[0.0, 0.0, 0.0], [1e-9, -1e-9, 2e-9], [1e8, 1e8 + 1, 1e8 - 1], [-5e3, 5e3, 0.0]],
)
def test_ends_are_finite_and_hold_the_estimate(ci: str, y: list[float]) -> None:
    for v in ([1.0, 1.0, 1.0], [1e-8, 1.0, 1.0], [1e-4, 1e4, 1.0]):
        ours = fit(np.array(y), np.array(v), ci)
        assert np.isfinite([ours.ci.low, ours.ci.high]).all()
        assert ours.ci.low < ours.estimate < ours.ci.high
        assert 0.0 <= ours.p_value <= 1.0


def test_an_interval_that_lets_tau2_vary_is_not_given_one() -> None:
    y, v = studies("bcg_RR")
    with pytest.raises(MethodError) as caught:
        subgroups(
            (y, np.sqrt(v)),
            ["a"] * 6 + ["b"] * 7,
            settings=Settings(ci="PL"),
            tau2_across="common",
        )
    assert str(caught.value) == (
        "PL lets tau2 vary, so it cannot be given one; choose another interval, or a separate "
        "tau2 for each group"
    )


def test_a_statistic_that_is_neither_t_nor_normal_has_no_degrees_of_freedom() -> None:
    result = fit(*studies("bcg_RR"), "HC")
    assert re.search(r"\n  test        statistic = -1\.518, p = 0\.193\n", result.summary())
    assert json.loads(json.dumps(result.to_dict()))["df"] is None
