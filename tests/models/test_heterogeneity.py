"""Q, I squared and H squared."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from conformance import Reference
from evidencekit.models import TAU2_ESTIMATORS, pool
from evidencekit.models.heterogeneity import h_limits, i2_from_h, i2_from_q, i2_from_tau2
from evidencekit.models.kernel import pair_products
from reference_cases import POOLED, load, studies
from tolerances import CLOSED_FORM, ITERATIVE, assert_close, assert_printed


@pytest.mark.parametrize("name", POOLED)
def test_agrees_with_metafor(name: str) -> None:
    case = load(name)
    y, v = studies(name)
    for method in TAU2_ESTIMATORS:
        fit = case["fits"].get(method, {"failed": "not an estimator of metafor's"})
        if "failed" in fit:
            continue
        ours = pool((y, np.sqrt(v)), tau2=method)
        q = Reference("heterogeneity", "Q and its p-value", "metafor 3.8.1", name)
        q.agrees(ours.q, case["q"], 1e-11)
        q.agrees(ours.q_p, case["q_p"], 1e-9)
        i2 = Reference("heterogeneity", "I2 and H2 by tau2", "metafor 3.8.1", name)
        # A boundary estimate of metafor is not exactly 0.
        i2.agrees(ours.i2, fit["i2"], ITERATIVE, noise=1e-11)
        i2.agrees(ours.h2, fit["h2"], ITERATIVE)
        expected = fit["tau2_ci"]["QP"]["i2"]
        assert ours.i2_ci is not None
        # metafor's limits of tau2 are absolute to 1e-14, which counts for risk differences.
        assert_close((ours.i2_ci.low, ours.i2_ci.high), expected, ITERATIVE, atol=1e-9)


def test_bcg_by_both_definitions() -> None:
    y, v = studies("bcg_RR")
    result = pool((y, np.sqrt(v)))
    # 92.22138607 is metafor's at its default tolerance; converged it is 92.22138452.
    assert_printed(100 * result.i2, "92.22138452")
    assert_printed(100 * result.i2_q, "92.11734685")
    w = 1 / v
    typical = 12 * w.sum() / (w.sum() ** 2 - (w**2).sum())
    assert_printed(typical, "0.02642119145")
    assert_close(result.i2, result.tau2 / (result.tau2 + typical), CLOSED_FORM)


def test_dersimonian_laird_makes_both_definitions_equal() -> None:
    y, v = studies("hackshaw1998_OR")
    result = pool((y, np.sqrt(v)), tau2="DL")
    assert_close(result.i2, result.i2_q, 1e-11)


def test_naive_q() -> None:
    y, v = studies("collins1985b_OR")
    w = 1 / v
    mu = (w * y).sum() / w.sum()
    q = (w * (y - mu) ** 2).sum()
    result = pool((y, np.sqrt(v)))
    assert_close(result.q, q, CLOSED_FORM)
    assert_close(result.q_p, stats.chi2.sf(q, len(y) - 1), 1e-11)


def test_a_large_offset_cancels_nothing() -> None:
    # Expanding the square loses every digit of Q here.
    y = 1e8 + np.array([0.0, 0.1, 0.2, 0.3])
    exact = np.array([0.0, 0.1, 0.2, 0.3])
    se = np.full(4, 0.125)
    # 1e8 + 0.1 is itself rounded to 1.5e-8.
    assert_close(pool((y, se)).q, pool((exact, se)).q, 1e-6)
    assert_printed(pool((exact, se)).q, "3.2")


def test_never_negative() -> None:
    result = pool(([0.20, 0.21, 0.19, 0.205], [0.1, 0.14, 0.12, 0.11]))
    assert (result.i2, result.i2_q, result.h2) == (0.0, 0.0, 1.0)


def test_edges() -> None:
    assert np.isnan(i2_from_q(np.array([0.0]), np.array([0.0])))[0]
    assert i2_from_q(np.array([0.0]), np.array([3.0]))[0] == 0.0
    assert i2_from_tau2(np.array([np.inf]), np.array([0.1]))[0] == 1.0
    assert i2_from_tau2(np.array([0.0]), np.array([np.nan]))[0] == 0.0
    single = pool(([0.3], [0.1]))
    assert np.isnan([single.i2, single.i2_q, single.h2, single.q_p]).all()
    assert (single.q, single.q_df) == (0.0, 0)


def test_test_based_interval_of_i2() -> None:
    """Borenstein, chapter 18: 58.35% [0, 83.13] (meta 8.4)."""
    low, high = h_limits(np.array([12.0048]), np.array([5.0]), 0.95)
    assert low[0] == 1.0
    assert_printed(100 * i2_from_h(high)[0], "83.13")
    assert_printed(100 * i2_from_q(np.array([12.0048]), np.array([5.0]))[0], "58.35")


def test_h_and_its_interval_by_hand() -> None:
    y, v = studies("bcg_RR")
    result = pool((y, np.sqrt(v)))
    q, k = result.q, 13
    se = 0.5 * (np.log(q) - np.log(k - 1)) / (np.sqrt(2 * q) - np.sqrt(2 * k - 3))
    h = np.sqrt(q / (k - 1))
    assert result.h_ci is not None
    assert result.i2_q_ci is not None
    assert_close(result.h, h, CLOSED_FORM)
    z = stats.norm.ppf(0.975)
    expected = h * np.exp([-z * se, z * se])
    assert_close((result.h_ci.low, result.h_ci.high), expected, 1e-11)
    assert_close((result.i2_q_ci.low, result.i2_q_ci.high), 1 - expected**-2.0, 1e-11)
    assert result.i2_q_ci.contains(result.i2_q)
    same = pool(([0.2, 0.21, 0.19, 0.205], np.sqrt([0.01, 0.02, 0.015, 0.012])))
    assert same.i2_q_ci is not None
    assert (same.h, same.i2_q_ci.low) == (1.0, 0.0)
    # SE(log H) of few homogeneous studies, k = 4.
    assert same.h_ci is not None
    assert_close(same.h_ci.high, np.exp(z * np.sqrt((1 - 1 / 12) / 4)), 1e-11)
    for few in (([0.1], [0.2]), ([0.1, 0.9], [0.2, 0.2])):
        assert pool(few).h_ci is None


@pytest.mark.parametrize("name", POOLED)
def test_r_b_is_the_mean_share_of_tau2(name: str) -> None:
    y, v = studies(name)
    result = pool((y, np.sqrt(v)))
    assert_close(result.r_b, np.mean(result.tau2 / (v + result.tau2)), 1e-11)
    equal = pool((y, np.full(len(y), v.min())))
    assert_close(equal.r_b, equal.i2, 1e-11)  # by construction


@pytest.mark.parametrize("giant", [1e-4, 1e-6, 1e-8, 1e-9, 1e-12])
def test_one_giant_study_costs_no_digits(giant: float) -> None:
    """DL's tau2 and I squared against exact fractions; the textbook form loses every digit here."""
    y = [Fraction(0), Fraction(3, 2), Fraction(-2), Fraction(3)]
    v = [Fraction(giant) ** 2, Fraction(1), Fraction(0.8) ** 2, Fraction(0.9) ** 2]
    w = [1 / x for x in v]
    total = sum(w)
    mean = sum(a * b for a, b in zip(w, y, strict=True)) / total
    q = sum(a * (b - mean) ** 2 for a, b in zip(w, y, strict=True))
    spread = total - sum(a * a for a in w) / total
    tau2 = (q - 3) / spread
    typical = 3 / spread
    result = pool(([0.0, 1.5, -2.0, 3.0], [giant, 1.0, 0.8, 0.9]), tau2="DL")
    assert_close(result.tau2, float(tau2), 1e-10)
    assert_close(result.i2, float(tau2 / (tau2 + typical)), 1e-10)
    assert math.isfinite(result.estimate)
    reml = pool(([0.5, 0.1, 0.2], [giant, 10.0, 10.0]))
    assert math.isfinite(reml.h2)
    assert 0.0 <= reml.i2 <= 1.0


@pytest.mark.parametrize("shape", [(9, 1), (9, 40)])
def test_products_of_pairs(shape: tuple[int, int]) -> None:
    """Few rows and many go different ways to the square of the sum less the sum of squares."""
    w = np.random.default_rng(5).random(shape)
    w[-2:] = 0.0
    assert_close(pair_products(w), w.sum(axis=0) ** 2 - (w * w).sum(axis=0), CLOSED_FORM)
    # One giant study: the difference of squares would be rounding noise.
    w[0] = 1e12
    assert_close(pair_products(w) / 2e12, w[1:].sum(axis=0), 1e-11)
