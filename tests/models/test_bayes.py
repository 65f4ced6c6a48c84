"""The Bayesian model: against R's quadrature, brute force, conjugate limits and printed values."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import dblquad
from scipy.special import ndtr

from conformance import Reference
from evidencekit.errors import MethodError
from evidencekit.models.bayes import bayes_pool, offer_bayes
from evidencekit.models.bayes_results import BayesResult
from evidencekit.models.mixtures import find_root
from evidencekit.models.priors import (
    TAU_PRIORS,
    Flat,
    HalfCauchy,
    HalfNormal,
    HalfT,
    LogT,
    Normal,
    Uniform,
)
from reference_cases import load, studies
from tolerances import assert_close

Y = np.array([-0.60, 0.15, -0.35, -1.10])
SE = np.array([0.30, 0.25, 0.45, 0.60])
STEADY = settings(derandomize=True, max_examples=8, deadline=None)
# Both sides integrate to their last digits; quantiles and ratios lose one or two.
QUADRATURE = 1e-10


def fit(prior: str, **choices: object) -> BayesResult:
    return bayes_pool((Y, SE), tau_prior=TAU_PRIORS[prior].example, **choices)  # type: ignore[arg-type]


@pytest.mark.parametrize("mu", ["flat", "normal"])
@pytest.mark.parametrize("name", TAU_PRIORS)
def test_agrees_with_quadrature_in_r(name: str, mu: str) -> None:
    case = load("bayes")
    assert_close(Y, case["y"], 0)
    expected = case["priors"][name][mu]
    result = fit(name, mu_prior=Flat() if mu == "flat" else Normal(*case["mu_prior"]))
    reference = Reference("prior of tau", name, "integrate() in R 4.2.2", "invented (4 studies)")
    found = {
        "mu_mean": result.mu.mean,
        "mu_below_0": result.probability(0.0, beyond="below"),
        "mu_below_minus1": result.mu.distribution.cdf(-1.0),
        "new_below_0": result.probability(0.0, beyond="below", of="new_study"),
        "new_above_0.5": result.probability(0.5, beyond="above", of="new_study"),
        "tau_mean": result.tau.mean,
        "tau_above_0.1": 1.0 - result.tau.distribution.cdf(0.1),
        "tau_above_1": 1.0 - result.tau.distribution.cdf(1.0),
        "theta_1": result.studies()[0].mean,
    }
    for key, value in found.items():
        reference.agrees(value, expected[key], 1e-8 if name == "log-t" else QUADRATURE)
    if mu == "normal" and name != "improper-uniform":
        assert_close(result.log_marginal_likelihood, expected["log_evidence"], QUADRATURE)
    else:
        assert result.log_marginal_likelihood is None


@pytest.mark.parametrize("name", TAU_PRIORS)
def test_every_prior_integrates_to_one_and_follows_scale(name: str) -> None:
    from scipy.integrate import quad

    prior = TAU_PRIORS[name].example
    tau = np.geomspace(1e-3, 3.0, 7)
    for factor in (1e-3, 40.0):
        moved = prior.rescaled(factor)
        jacobian = 0.0 if name == "improper-uniform" else math.log(factor)
        assert_close(moved.log_density(factor * tau), prior.log_density(tau) - jacobian, 1e-12)
    if prior.proper:
        pieces = np.append(np.arange(-250.0, min(math.log(prior.upper), 250.0), 10.0), [250.0])
        pieces[-1] = min(math.log(prior.upper), 250.0)
        total = sum(
            quad(lambda u: math.exp(prior.log_density(np.exp(u)) + u), a, b, epsabs=0)[0]
            for a, b in pairwise(pieces)
        )
        assert_close(total, 1.0, 1e-9)
    assert prior.describe()


def test_brute_force_in_two_dimensions() -> None:
    result = fit("half-normal", mu_prior=Normal(0.1, 0.8))

    def joint(mu: float, tau: float) -> float:
        total = SE**2 + tau**2
        log = -0.5 * np.sum(np.log(total) + (Y - mu) ** 2 / total)
        return math.exp(log - 0.5 * ((mu - 0.1) / 0.8) ** 2 - 0.5 * (tau / 0.5) ** 2)

    whole = dblquad(joint, 0.0, 5.0, -6.0, 6.0, epsabs=1e-13, epsrel=1e-11)[0]
    below = dblquad(joint, 0.0, 5.0, -6.0, -0.5, epsabs=1e-13, epsrel=1e-11)[0]
    assert_close(result.probability(-0.5, beyond="below"), below / whole, 1e-8)


@pytest.mark.parametrize("name", TAU_PRIORS)
def test_intervals_hold_their_probability_and_the_shortest_is_shorter(name: str) -> None:
    result = fit(name, level=0.9)
    for posterior in (result.mu, result.tau, result.new_study):
        low, high = posterior.shortest.low, posterior.shortest.high
        held = posterior.distribution.cdf(high) - posterior.distribution.cdf(low)
        assert_close(held, 0.9, 1e-12)
        assert posterior.shortest.width <= posterior.central.width * (1 + 1e-12)
        ends = posterior.distribution.density([low, high])
        if low > 0 or posterior is not result.tau:
            assert_close(ends[0], ends[1], 1e-6)
        p = np.array([0.001, 0.1, 0.5, 0.77, 0.999])
        assert_close(posterior.distribution.cdf(posterior.distribution.quantile(p)), p, 1e-11)


def test_density_is_the_slope_of_the_cdf() -> None:
    result = fit("half-t")
    for posterior in (result.mu, result.tau, result.new_study):
        x = posterior.distribution.quantile(np.array([0.1, 0.4, 0.9]))
        slope = (posterior.distribution.cdf(x + 1e-5) - posterior.distribution.cdf(x - 1e-5)) / 2e-5
        assert_close(posterior.distribution.density(x), slope, 1e-6)


def test_one_study_leaves_the_prior_of_tau_as_it_was() -> None:
    prior = HalfNormal(0.5)
    result = bayes_pool(([0.3], [0.2]), tau_prior=prior)
    x = np.array([0.05, 0.3, 0.9])
    assert_close(result.tau.distribution.density(x), np.exp(prior.log_density(x)), 1e-12)
    assert_close(result.tau.distribution.cdf(x), 2.0 * ndtr(x / 0.5) - 1.0, 1e-12)
    # mu = y + N(0, se^2) + N(0, tau^2): variance se^2 + E tau^2.
    assert_close([result.mu.mean, result.mu.sd], [0.3, math.sqrt(0.04 + 0.25)], 1e-12)
    assert_close(result.bf_no_heterogeneity, 1.0, 1e-12)
    assert result.notes[0].startswith("One study says nothing about tau")


@pytest.mark.parametrize("mu_prior", [Flat(), Normal(0.1, 0.7)])
def test_a_prior_of_tau_close_to_zero_gives_the_conjugate_posterior(mu_prior: object) -> None:
    result = bayes_pool((Y, SE), tau_prior=HalfNormal(1e-9), mu_prior=mu_prior)  # type: ignore[arg-type]
    extra, at = (0.7**-2, 0.1) if isinstance(mu_prior, Normal) else (0.0, 0.0)
    precision = np.sum(SE**-2) + extra
    mean = (np.sum(Y / SE**2) + extra * at) / precision
    assert_close([result.mu.mean, result.mu.sd], [mean, precision**-0.5], 1e-12)
    assert_close(result.mu.central.high, mean + 1.959963984540054 * precision**-0.5, 1e-11)
    assert_close(result.bf_no_heterogeneity, 1.0, 1e-10)
    assert all(abs(study.mean - mean) < 1e-12 for study in result.studies())


def test_a_wide_prior_of_mu_comes_to_the_flat_one() -> None:
    flat, wide = fit("half-normal"), fit("half-normal", mu_prior=Normal(0.0, 1e6))
    assert_close(wide.mu.mean, flat.mu.mean, 1e-9)
    assert_close(wide.tau.median, flat.tau.median, 1e-9)


def test_a_high_upper_limit_comes_to_the_improper_uniform() -> None:
    limit, improper = bayes_pool((Y, SE), tau_prior=Uniform(1e7)), fit("improper-uniform")
    assert_close(limit.mu.shortest.high, improper.mu.shortest.high, 1e-6)
    assert_close(limit.tau.median, improper.tau.median, 1e-9)


def test_half_t_with_one_degree_of_freedom_is_half_cauchy() -> None:
    a = bayes_pool((Y, SE), tau_prior=HalfT(0.5, 1.0))
    b = bayes_pool((Y, SE), tau_prior=HalfCauchy(0.5))
    assert_close(a.mu.shortest.high, b.mu.shortest.high, 1e-11)
    assert_close(a.tau.central.high, b.tau.central.high, 1e-11)


def test_bayes_factor_of_the_mean_is_the_savage_dickey_ratio() -> None:
    result = fit("exponential", mu_prior=Normal(0.2, 1.5))
    prior = math.exp(-0.5 * (0.2 / 1.5) ** 2) / (1.5 * math.sqrt(2 * math.pi))
    assert_close(result.bf_no_effect, result.mu.distribution.density(0.0) / prior, 1e-9)


@STEADY
@given(
    power=st.integers(-6, 6),
    shift=st.floats(-5.0, 5.0),
    name=st.sampled_from(sorted(TAU_PRIORS)),
)
def test_follows_scale_and_shift(power: int, shift: float, name: str) -> None:
    c = 10.0**power
    plain = fit(name)
    prior = TAU_PRIORS[name].example.rescaled(c)
    moved = bayes_pool((c * (Y + shift), c * SE), tau_prior=prior)
    atol = 1e-9
    assert_close(moved.mu.median / c - shift, plain.mu.median, 0, atol=atol)
    assert_close(moved.mu.shortest.low / c - shift, plain.mu.shortest.low, 0, atol=1e-7)
    assert_close(moved.new_study.central.high / c - shift, plain.new_study.central.high, 1e-9)
    assert_close(moved.tau.central.high / c, plain.tau.central.high, 1e-9)


@pytest.mark.parametrize("c", [1e-100, 1e100])
def test_scale_near_the_limits_of_floats(c: float) -> None:
    plain = fit("half-normal")
    moved = bayes_pool((c * Y, c * SE), tau_prior=HalfNormal(0.5 * c))
    assert_close(moved.tau.shortest.high / c, plain.tau.shortest.high, 1e-10)
    assert_close(moved.mu.sd / c, plain.mu.sd, 1e-11)


def test_order_and_sign_do_not_matter() -> None:
    plain = fit("log-normal")
    other = bayes_pool((-Y[::-1], SE[::-1]), tau_prior=TAU_PRIORS["log-normal"].example)
    assert_close(other.mu.central.low, -plain.mu.central.high, 1e-11)
    assert_close(other.tau.median, plain.tau.median, 1e-11)
    assert_close([s.mean for s in other.studies()][::-1], [-s.mean for s in plain.studies()], 1e-11)


@pytest.mark.parametrize(
    ("prior", "k", "mean", "sd"),
    [
        (HalfCauchy(0.5), 1, False, False),
        (HalfCauchy(0.5), 2, True, False),
        (HalfCauchy(0.5), 3, True, True),
        (HalfT(0.5, 3.0), 1, True, True),
        (Uniform(), 3, False, False),
        (Uniform(), 4, True, False),
        (LogT(-3.44, 2.59), 1, False, False),
        (LogT(-3.44, 2.59), 2, True, False),
        (LogT(-3.44, 2.59), 3, True, True),
    ],
)
def test_moments_that_do_not_exist_are_not_given(
    prior: object, k: int, mean: bool, sd: bool
) -> None:
    result = bayes_pool((Y[:k], SE[:k]), tau_prior=prior)  # type: ignore[arg-type]
    assert math.isfinite(result.tau.mean) is mean
    assert math.isfinite(result.new_study.sd) is sd
    assert any("do not exist" in note for note in result.notes) is not mean
    assert any("are infinite" in note for note in result.notes) is (mean and not sd)
    assert result.to_dict()["tau"]["mean"] == (result.tau.mean if mean else None)
    assert math.isfinite(result.mu.median)
    assert all(math.isfinite(study.sd) for study in result.studies())


def test_shrinkage_pulls_towards_the_mean() -> None:
    result = fit("half-normal")
    for study, y, se in zip(result.studies(), Y, SE, strict=True):
        # Study 3 already sits beside the mean.
        assert study.label == "study 3" or min(y, result.mu.mean) < study.mean < max(
            y, result.mu.mean
        )
        assert study.sd < se
        assert 0.0 < study.shrinkage < 1.0
    weights = [study.shrinkage for study in result.studies()]
    assert np.argsort(weights).tolist() == np.argsort(SE).tolist()


def test_many_studies_come_to_the_likelihood() -> None:
    y, v = studies("hackshaw1998_OR")
    result = bayes_pool((np.tile(y, 60), np.tile(np.sqrt(v), 60)), tau_prior=Uniform(10.0))
    # With 2,220 studies the posterior is close to normal around the ML estimate.
    w = 1.0 / (v + result.tau.median**2)
    assert_close(result.mu.mean, np.sum(w * y) / np.sum(w), 1e-3)
    assert_close(result.mu.sd, (60 * np.sum(w)) ** -0.5, 0.05)
    assert result.notes == ()


def test_agrees_with_output_of_bayesmeta_printed_elsewhere() -> None:
    # bayesmeta integrates tau's own moments directly: equal in every printed digit. Its quantiles
    # stop early and its posterior of mu lives on a grid, so those agree to a few per cent of a sd.
    case = load("vitamin_d_bayesmeta")
    from evidencekit.effects.binary import risk_ratio

    counts = [case["data"][key] for key in ("events1", "total1", "events2", "total2")]
    effects = risk_ratio(*counts)
    result = bayes_pool(
        (effects.estimate, effects.se), tau_prior=Uniform(), mu_prior=Normal(0.0, 0.35**2)
    )
    printed = case["printed"]
    reference = Reference("prior of tau", "improper-uniform", "bayesmeta, printed", "bolland2014")
    reference.printed(result.tau.mean, printed["tau"]["mean"])
    reference.printed(result.tau.sd, printed["tau"]["sd"])
    reference.differs(
        "bayesmeta's quantiles and its posterior of the mean come from a grid: equal to a few "
        "per cent of a standard deviation"
    )
    assert result.tau.shortest.low == 0.0
    for name, posterior in (("tau", result.tau), ("mu", result.mu)):
        near = {"median": posterior.median, "mean": posterior.mean, "sd": posterior.sd}
        for key, value in near.items():
            assert_close(value, float(printed[name][key]), 0, atol=1e-3 * posterior.sd)
        for key, value in (("lower", posterior.shortest.low), ("upper", posterior.shortest.high)):
            assert_close(value, float(printed[name][key]), 0, atol=0.03 * posterior.sd)


def test_identical_studies_and_one_giant_study() -> None:
    same = bayes_pool((np.full(5, 0.4), np.full(5, 0.2)), tau_prior=HalfNormal(0.5))
    assert_close(same.mu.mean, 0.4, 1e-12)
    assert same.bf_no_heterogeneity is not None
    assert same.bf_no_heterogeneity > 1.0
    giant = bayes_pool(([0.0, 5.0], [1e-6, 1.0]), tau_prior=HalfNormal(0.5))
    assert abs(giant.studies()[0].mean) < 1e-10
    apart = bayes_pool(([0.0, 1e3, 5e3], [1e-3, 1e-3, 1e-3]), tau_prior=HalfNormal(0.5))
    assert_close(apart.mu.mean, 2000.0, 1e-9)
    assert apart.bf_no_heterogeneity == 0.0


def test_offer_bayes() -> None:
    assert [offer_bayes(k) for k in range(8)] == [False, *[True] * 5, False, False]
    with pytest.raises(MethodError, match="-1 studies"):
        offer_bayes(-1)


@pytest.mark.parametrize(
    ("data", "choices", "message"),
    [
        (([], []), {}, "no studies to pool"),
        (([1.0, np.nan], [1.0, 1.0]), {}, "every study needs a finite estimate"),
        (([1.0, np.inf], [1.0, 1.0]), {}, "every study needs a finite estimate"),
        (([1.0, 2.0], [1.0, 0.0]), {}, "finite standard error above 0"),
        (([1.0, 2.0], [1.0, 1.0]), {"level": 1.0}, "level 1.0"),
        (
            ([1.0, 2.0], [1.0, 1.0]),
            {"tau_prior": Uniform()},
            "improper: a prior uniform (improper) needs at least 3 studies; there are 2",
        ),
        (
            ([1.0], [1.0]),
            {"tau_prior": Uniform(), "mu_prior": Normal(0.0, 1.0)},
            "needs at least 2 studies; there is 1",
        ),
    ],
)
def test_errors(data: tuple[object, object], choices: dict[str, object], message: str) -> None:
    with pytest.raises(MethodError) as caught:
        bayes_pool(data, **choices)  # type: ignore[arg-type]
    assert message in str(caught.value)


def test_probability_refuses_other_words() -> None:
    result = fit("half-normal")
    with pytest.raises(MethodError, match="beyond 'over'"):
        result.probability(0.0, beyond="over")  # type: ignore[arg-type]
    with pytest.raises(MethodError, match="threshold nan"):
        result.probability(math.nan, beyond="above")
    total = sum(result.probability(0.2, beyond=side) for side in ("above", "below"))
    assert_close(total, 1.0, 1e-14)


def test_summary_and_dict() -> None:
    result = fit("half-normal", mu_prior=Normal(0.0, 2.0))
    text = result.summary()
    assert "k = 4, Bayesian random-effects model" in text
    assert "prior of tau  half-normal, scale 0.5" in text
    assert "for mean 0" in text
    plain = result.to_dict()
    assert plain["k"] == 4
    assert plain["mu"]["shortest"]["method"] == "shortest"
    assert result == fit("half-normal", mu_prior=Normal(0.0, 2.0))


@pytest.mark.parametrize(
    ("function", "low", "high", "root"),
    [
        (lambda x: x**3 - 2.0, 0.0, 2.0, 2.0 ** (1.0 / 3.0)),
        (lambda x: math.exp(-40.0 * x) - 1e-9, 0.0, 3.0, math.log(1e9) / 40.0),
        (lambda x: -math.atan(1e6 * (x - 0.123)), 0.0, 1.0, 0.123),
        (lambda x: (x - 0.7) ** 3, 0.0, 1.0, 0.7),
    ],
)
def test_roots_are_found_whatever_the_shape(function, low, high, root) -> None:  # type: ignore[no-untyped-def]
    found = find_root(function, low, high)
    assert found is not None
    assert abs(found - root) <= 1e-12


def test_no_root_without_a_change_of_sign() -> None:
    assert find_root(lambda x: x * x + 1.0, -1.0, 1.0) is None
    assert find_root(lambda x: x, 0.0, 1.0) is None
