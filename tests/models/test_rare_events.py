"""Penalised logistic and beta-binomial regression: against R, naive maximisers and identities."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import betaln

from conformance import Reference
from evidencekit.errors import MethodError
from evidencekit.models.beta_binomial import beta_binomial_odds_ratio
from evidencekit.models.count_families import log_choose
from evidencekit.models.glmm import glmm_odds_ratio
from evidencekit.models.penalised import penalised_odds_ratio
from reference_cases import load
from tolerances import ITERATIVE, assert_close

DATA = load("rare_events")["data"]


def columns(name: str) -> list[np.ndarray]:
    return [np.array(DATA[name][key], float) for key in ("x1", "n1", "x2", "n2")]


@pytest.mark.parametrize("name", DATA)
def test_penalised_agrees_with_brglm(name: str) -> None:
    result, expected = penalised_odds_ratio(*columns(name)), DATA[name]["penalised"]
    assert result.converged
    reference = Reference("rare events", "penalised logistic regression", "brglm 0.7.2", name)
    reference.agrees(result.estimate, expected["estimate"], ITERATIVE)
    reference.agrees(result.se, expected["se"], ITERATIVE)
    reference.agrees(result.loglik, expected["loglik"], 1e-11)
    reference.agrees(result.statistic, expected["lrt"], ITERATIVE)
    limits = [expected["low"], expected["high"]]
    reference.agrees([result.ci.low, result.ci.high], limits, ITERATIVE)


@pytest.mark.parametrize("seed", range(4))
def test_penalised_agrees_with_a_naive_maximiser(seed: int) -> None:
    rng = np.random.default_rng(seed)
    k = 2 + seed
    n1, n2 = rng.integers(5, 40, k).astype(float), rng.integers(5, 40, k).astype(float)
    a, c = rng.binomial(n1.astype(int), 0.1), rng.binomial(n2.astype(int), 0.2)
    design = np.hstack([np.tile(np.eye(k), (2, 1)), np.repeat([1.0, 0.0], k)[:, None]])
    x, n = np.r_[a, c].astype(float), np.r_[n1, n2]

    def negative(b: np.ndarray) -> float:
        eta = design @ b
        p = 1 / (1 + np.exp(-eta))
        information = design.T @ (design * (n * p * (1 - p))[:, None])
        return float(
            -(x @ eta - n @ np.logaddexp(0, eta)) - 0.5 * np.linalg.slogdet(information)[1]
        )

    start = np.r_[np.full(k, -1.0), 0.0]
    found = minimize(negative, start, method="BFGS", options={"gtol": 1e-7})
    result = penalised_odds_ratio(a, n1, c, n2)
    assert result.converged
    assert_close(result.loglik, -found.fun, 1e-9)
    assert_close(result.estimate, found.x[-1], 0, atol=2e-5)
    # The profile at a limit, by the same naive function.
    profile = minimize(
        lambda b: negative(np.r_[b, result.ci.high]), found.x[:-1], method="BFGS"
    ).fun
    assert_close(2 * (profile - found.fun), 3.841458820694124, 1e-5)


def test_penalised_is_finite_where_likelihood_is_not() -> None:
    for cells in (([0, 0, 0], [9, 8, 7], [1, 2, 0], [9, 8, 7]), ([9], [9], [0], [9])):
        result = penalised_odds_ratio(*cells)
        assert result.converged
        assert math.isfinite(result.ci.low)
        assert math.isfinite(result.ci.high)
        assert result.ci.low < result.estimate < result.ci.high
    empty = penalised_odds_ratio([0], [10], [0], [10])
    assert abs(empty.estimate) < 1e-9
    assert empty.notes[0].startswith("study 1: no event, or only events, in both arms; kept")


def test_one_table_is_the_odds_ratio_with_halves() -> None:
    # Firth's estimate of a saturated 2x2 table adds a half to each cell (exactly). [1] section 3
    result = penalised_odds_ratio([0], [12], [4], [11])
    assert_close(result.estimate, math.log(0.5 / 12.5) - math.log(4.5 / 7.5), 1e-9)


def test_penalised_follows_the_arms_and_approaches_likelihood() -> None:
    a, n1, c, n2 = columns("lee2004")
    plain, swapped = penalised_odds_ratio(a, n1, c, n2), penalised_odds_ratio(c, n2, a, n1)
    assert_close(swapped.estimate, -plain.estimate, 1e-9)
    assert_close(swapped.ci.low, -plain.ci.high, 1e-8)
    big = penalised_odds_ratio(1000 * a, 1000 * n1, 1000 * c, 1000 * n2)
    exact = glmm_odds_ratio(a, n1, c, n2, model="common_effect")
    assert_close(big.estimate, exact.estimate, 1e-4)
    assert_close(big.ci.low, big.ci_wald.low, 1e-4)
    wide = penalised_odds_ratio(a, n1, c, n2, level=0.99)
    assert wide.ci.low < plain.ci.low < plain.ci.high < wide.ci.high


def test_penalised_with_many_studies() -> None:
    rng = np.random.default_rng(7)
    n = np.full(2000, 25.0)
    result = penalised_odds_ratio(rng.binomial(25, 0.1, 2000), n, rng.binomial(25, 0.2, 2000), n)
    assert result.converged
    assert abs(result.estimate - math.log(0.1 / 0.9 / (0.2 / 0.8))) < 0.1


@pytest.mark.parametrize("name", ["nielweise2007", "lee2004"])
def test_beta_binomial_agrees_with_glmmtmb(name: str) -> None:
    result, expected = beta_binomial_odds_ratio(*columns(name)), DATA[name]["beta_binomial"]
    assert result.converged
    # glmmTMB's optimiser stops at about seven digits.
    for key in ("estimate", "intercept", "se", "rho"):
        reference = Reference("rare events", "beta-binomial", "glmmTMB 1.1.5", name)
        reference.agrees(getattr(result, key), expected[key], 2e-7)
    reference.agrees(result.loglik, expected["loglik"], 1e-10)
    assert result.loglik >= expected["loglik"] - 1e-10


def naive_beta_binomial(cols: list[np.ndarray], parameters: np.ndarray) -> float:
    theta, b, log_g = parameters
    total = 0.0
    for x, n, eta in ((cols[0], cols[1], b + theta), (cols[2], cols[3], b)):
        p = 1 / (1 + math.exp(-eta))
        s, f = p / math.exp(log_g), (1 - p) / math.exp(log_g)
        total += float(np.sum(log_choose(n, x) + betaln(x + s, n - x + f) - betaln(s, f)))
    return total


def test_beta_binomial_agrees_with_a_naive_maximiser() -> None:
    cols = columns("nielweise2007")
    result = beta_binomial_odds_ratio(*cols)
    found = minimize(
        lambda p: -naive_beta_binomial(cols, p),
        [-1.0, -3.0, -4.0],
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000},
    )
    assert_close(result.loglik, -found.fun, 1e-10)
    assert_close(result.estimate, found.x[0], 1e-5)
    g = math.exp(found.x[2])
    assert_close(result.rho, g / (1 + g), 1e-5)


def test_beta_binomial_comes_to_logistic_regression_when_risks_are_alike() -> None:
    result = beta_binomial_odds_ratio([5, 5, 5], [50] * 3, [10, 10, 10], [50] * 3)
    assert result.rho == 0.0
    assert result.rho_p == 1.0
    assert result.loglik == result.loglik_binomial
    assert_close(result.estimate, math.log(15 / 135 / (30 / 120)), 1e-12)
    assert_close(result.se, math.sqrt(1 / 15 + 1 / 135 + 1 / 30 + 1 / 120), 1e-10)


def test_beta_binomial_swaps_and_mirrors() -> None:
    a, n1, c, n2 = columns("lee2004")
    plain = beta_binomial_odds_ratio(a, n1, c, n2)
    for other in (
        beta_binomial_odds_ratio(c, n2, a, n1),
        beta_binomial_odds_ratio(n1 - a, n1, n2 - c, n2),
    ):
        assert_close(other.estimate, -plain.estimate, 1e-8)
        assert_close([other.se, other.rho], [plain.se, plain.rho], 1e-7)
    assert beta_binomial_odds_ratio(*columns("nielweise2007")).notes == (
        "study 15: no event, or only events, in both arms; kept, as the model allows.",
    )


@pytest.mark.parametrize("function", [penalised_odds_ratio, beta_binomial_odds_ratio])
@pytest.mark.parametrize(
    ("cells", "choices", "message"),
    [
        (([], [], [], []), {}, "no studies to pool"),
        (([5], [4], [1], [4]), {}, "study 1, arm 1: 5 events, total 4"),
        (([1], [4], [np.nan], [4]), {}, "study 1, arm 2: nan events"),
        (([1], [4], [1], [4]), {"level": 1.5}, "level 1.5"),
    ],
)
def test_errors(function, cells, choices, message) -> None:
    with pytest.raises(MethodError) as caught:
        function(*cells, **choices)
    assert message in str(caught.value)


def test_beta_binomial_refuses_what_has_no_maximum() -> None:
    with pytest.raises(MethodError, match="arm 1 has no event in all studies"):
        beta_binomial_odds_ratio([0, 0], [5, 5], [1, 2], [5, 5])
    with pytest.raises(MethodError, match="arm 2 has only events in all studies"):
        beta_binomial_odds_ratio([1, 0], [5, 5], [5, 5], [5, 5])
    with pytest.raises(MethodError, match="whole numbers"):
        beta_binomial_odds_ratio([0.5, 1], [5, 5], [1, 2], [5, 5])


def test_summaries() -> None:
    cols = columns("nielweise2007")
    assert "profile penalised likelihood" in penalised_odds_ratio(*cols).summary()
    assert "for rho = 0" in beta_binomial_odds_ratio(*cols).summary()
    assert penalised_odds_ratio(*cols).to_dict()["ci"]["method"] == "profile"
    assert beta_binomial_odds_ratio(*cols).to_dict()["k"] == 18
