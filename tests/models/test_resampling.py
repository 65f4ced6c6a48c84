"""Permutation test and bootstrap."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from conformance import Reference
from evidencekit.errors import MethodError
from evidencekit.models import Settings, bootstrap, permutation_test, pool
from reference_cases import load, studies
from tolerances import ITERATIVE, assert_close

TESTS = {"z": "wald", "knha": "HKSJ"}
CASES = [(name, case) for name, rows in load("permutation")["cases"].items() for case in rows]


@pytest.mark.parametrize(("name", "case"), CASES)
def test_agrees_with_metafor(name: str, case: dict) -> None:
    y, v = studies(name)
    settings = Settings(tau2=case["tau2"], ci=TESTS[case["test"]])
    found = permutation_test((y, np.sqrt(v)), settings=settings)
    assert found.exact
    reference = Reference("permutation test", "of a mean", "metafor 3.8.1", name)
    reference.agrees(found.statistic, case["statistic"], ITERATIVE)
    if (name, case["tau2"]) == ("normand1999_MD", "PM"):
        # metafor gives 35/222.
        reference.differs("p-value with tau2 by PM: metafor's search fails for 34 of 256 signs")
        assert found.p_value == brute_force(y, v, "PM", "HKSJ")
        return
    reference.agrees(found.p_value, case["p_value"], 0.0)


def brute_force(y: np.ndarray, v: np.ndarray, tau2: str, ci: str) -> float:
    """Every sign change, one fit at a time."""
    observed = abs(pool((y, np.sqrt(v)), tau2=tau2, ci=ci).statistic)
    found = [
        abs(pool((np.array(s) * y, np.sqrt(v)), tau2=tau2, ci=ci, prediction=None).statistic)
        for s in itertools.product((1, -1), repeat=len(y))
    ]
    return float(np.mean(np.array(found) >= observed * (1 - 1e-9)))


@pytest.mark.parametrize("null", [0.0, -0.3])
def test_exact_test_by_brute_force(null: float) -> None:
    y, v = (x[:6] for x in studies("bcg_RR"))
    found = permutation_test((y, np.sqrt(v)), null=null)
    assert found.p_value == brute_force(y - null, v, "REML", "HKSJ")
    assert (found.draws, found.smallest) == (64, 1 / 32)


def test_common_effect_of_equal_variances_is_the_permutation_t_test() -> None:
    y = np.array([0.3, 0.1, 0.5, -0.2, 0.4, 0.35, 0.02])
    ours = permutation_test(
        (y, np.full(7, 0.2)), settings=Settings(model="common_effect", ci="wald")
    )
    theirs = stats.permutation_test(
        (y,), np.mean, permutation_type="samples", n_resamples=np.inf, alternative="two-sided"
    )
    assert_close(ours.p_value, theirs.pvalue, 1e-12)


def test_random_signs_approach_the_exact_test_and_never_give_zero() -> None:
    y, v = studies("collins1985b_OR")
    exact = permutation_test((y, np.sqrt(v)), draws=512)
    random = permutation_test((y, np.sqrt(v)), draws=511, rng=np.random.default_rng(4))
    assert exact.exact
    assert not random.exact
    assert random.draws == 512
    assert abs(random.p_value - exact.p_value) < 5 * np.sqrt(exact.p_value / 511)
    strong = permutation_test((np.full(40, 5.0), np.full(40, 0.1)), rng=np.random.default_rng(1))
    assert strong.p_value == strong.smallest == 1 / 10_001
    again = permutation_test((y, np.sqrt(v)), draws=511, rng=np.random.default_rng(4))
    assert again == random


def test_parametric_bootstrap_of_a_common_effect_is_normal() -> None:
    y, se = np.array([0.1, 0.4, 0.2, 0.5]), np.array([0.1, 0.2, 0.15, 0.3])
    settings = Settings(model="common_effect", ci="wald")
    found = bootstrap((y, se), rng=np.random.default_rng(2), settings=settings, draws=20_000)
    wald = pool((y, se), model="common_effect").ci
    assert_close((found.estimate.low, found.estimate.high), (wald.low, wald.high), 0, atol=0.01)
    assert found.tau2.low == found.tau2.high == 0.0


@pytest.mark.parametrize("kind", ["parametric", "studies"])
def test_draws_are_single_analyses(kind: str) -> None:
    y, v = studies("bcg_RR")
    found = bootstrap((y, np.sqrt(v)), rng=np.random.default_rng(9), kind=kind, draws=200)
    rng = np.random.default_rng(9)
    fit = pool((y, np.sqrt(v)))
    if kind == "studies":
        chosen = rng.integers(0, 13, size=(200, 13))
        samples = [(y[row], v[row]) for row in chosen]
    else:
        noise = rng.standard_normal((200, 13))
        samples = [(fit.estimate + np.sqrt(v + fit.tau2) * row, v) for row in noise]
    for i in (0, 7, 199):
        single = pool((samples[i][0], np.sqrt(samples[i][1])))
        assert_close(found.estimates[i], single.estimate, 1e-10)
        assert_close(found.tau2s[i], single.tau2, 1e-9, atol=1e-12)
    low, high = np.quantile(found.estimates, [0.025, 0.975])
    assert_close((found.estimate.low, found.estimate.high), (low, high), 1e-12)
    assert found.estimate.contains(fit.estimate)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: permutation_test(([0.1], [0.1])),
            "a permutation test needs at least two studies; there is 1",
        ),
        (
            lambda: permutation_test((np.zeros(20), np.ones(20))),
            "2^20 sign changes exceed 10000 draws: give rng for a random choice",
        ),
        (
            lambda: permutation_test(([0.1, 0.2], [1, 1]), draws=0),
            "draws 0, null 0.0: at least one draw and a finite value",
        ),
        (
            lambda: bootstrap(([0.1], [0.1]), rng=np.random.default_rng(1)),
            "a bootstrap needs at least two studies; there is 1",
        ),
        (
            lambda: bootstrap(([0.1, 0.2], [1, 1]), rng=np.random.default_rng(1), draws=5),
            "5 draws are too few for a percentile interval; at least 100",
        ),
        (
            lambda: bootstrap(([0.1, 0.2], [1, 1]), rng=np.random.default_rng(1), kind="x"),
            "unknown bootstrap 'x'; choose parametric or studies",
        ),
    ],
)
def test_what_cannot_be_done(call: object, message: str) -> None:
    with pytest.raises(MethodError) as caught:
        call()
    assert str(caught.value) == message


def test_identical_studies() -> None:
    found = permutation_test(([0.2, 0.2, 0.2], [0.1, 0.1, 0.1]))
    assert 0 < found.p_value <= 1
    assert permutation_test(([0.0, 0.0], [0.1, 0.1])).p_value == 1.0
