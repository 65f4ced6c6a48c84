"""Profile likelihood, Jackson and Biggerstaff-Jackson intervals of tau2."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

import naive
from conformance import Reference
from evidencekit.models import TAU2_INTERVALS, pool
from evidencekit.models.kernel import prepare
from evidencekit.models.quadratic_form import QuadraticForm, lower_tail
from reference_cases import POOLED, fits, others, studies
from tolerances import ITERATIVE, assert_close, assert_printed

HOMOGENEOUS = ([0.20, 0.21, 0.19, 0.205], np.sqrt([0.01, 0.02, 0.015, 0.012]))


def limits(y: object, v: object, method: str, **choices: object) -> tuple[float, float, str]:
    interval = pool((y, np.sqrt(v)), tau2_ci=method, **choices).tau2_ci
    assert interval is not None
    return interval.low, interval.high, interval.status


@pytest.mark.parametrize(("method", "estimator"), [("PL", "REML"), ("PL-ML", "ML")])
def test_profile_likelihood_agrees_with_metafor(method: str, estimator: str) -> None:
    cases = [(name, fit["tau2_pl"]) for name, fit in fits(estimator) if "tau2_pl" in fit]
    assert len(cases) >= 9
    for name, expected in cases:
        low, high, _ = limits(*studies(name), method, tau2=estimator)
        # uniroot's tolerance is absolute, which counts for risk differences.
        reference = Reference("interval of tau2", method, "metafor 3.8.1", name)
        found = (expected["low"], expected["high"])
        reference.agrees((low, high), found, ITERATIVE, noise=1e-11)


@pytest.mark.parametrize("method", ["J", "BJ"])
def test_generalised_q_agrees_with_imhofs_integral_in_r(method: str) -> None:
    cases = others("form", method)
    assert len(cases) == len(POOLED)
    for name, expected in cases:
        low, high, status = limits(*studies(name), method)
        assert (status == "empty") == bool(expected["empty"])
        if status != "empty":
            reference = Reference("interval of tau2", method, "Imhof in R 4.2.2", name)
            found = (expected["low"], expected["high"])
            reference.agrees((low, high), found, ITERATIVE, noise=1e-11)


def test_bcg() -> None:
    y, v = studies("bcg_RR")
    low, high, _ = limits(y, v, "PL")
    assert_printed(low, "0.1152661")
    assert_printed(high, "0.9646953")
    # meta's search stops at 1.2e-4: [0.1220533, 1.1399788] and [0.1010501, 1.6360734].
    for method, theirs in (("J", (0.1220533, 1.1399788)), ("BJ", (0.1010501, 1.6360734))):
        reference = Reference("interval of tau2", method, "meta 8.4-0", "bcg_RR")
        reference.agrees(limits(y, v, method)[:2], theirs, 1.2e-4, relative_to=1.0)
        reference.differs("meta's search stops at about 1.2e-4; ours goes on to rounding")


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("method", ["J", "BJ"])
def test_limits_solve_the_tail_equation(method: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    k = int(rng.integers(4, 12))
    v = rng.lognormal(-2, 1.2, k)
    y = rng.normal(0, np.sqrt(v + 0.3))
    a = 1 / v if method == "BJ" else v**-0.5
    low, high, status = limits(y, v, method, level=0.9)
    if status == "empty":
        assert naive.lower_tail(y, v, a, 0.0) < 0.05
        return
    for limit, tail in ((low, 0.95), (high, 0.05)):
        at = naive.lower_tail(y, v, a, limit)
        assert_close(at, tail, 1e-7) if limit > 0 else assert_close(min(at, tail), at, 1e-12)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("method", "estimator"), [("PL", "REML"), ("PL-ML", "ML")])
def test_limits_lie_where_the_likelihood_says(method: str, estimator: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    k = int(rng.integers(2, 10))
    v = rng.lognormal(-2, 1.2, k)
    y = rng.normal(0, np.sqrt(v + 0.2))
    low, high, status = limits(y, v, method, tau2=estimator)
    loglik = naive.LIKELIHOODS[estimator]
    best = loglik(y, v, pool((y, np.sqrt(v)), tau2=estimator).tau2)
    drop = 0.5 * stats.chi2.ppf(0.95, 1)
    assert status == "ok"
    assert_close(best - loglik(y, v, high), drop, 1e-9)
    if low > 0:
        assert_close(best - loglik(y, v, low), drop, 1e-8)
    else:
        assert best - loglik(y, v, 0.0) <= drop


@pytest.mark.parametrize("k", [2, 3, 5, 13, 100, 20000])
def test_equal_weights_give_chi_squared(k: int) -> None:
    rng = np.random.default_rng(k)
    for p in (0.005, 0.3, 0.5, 0.9, 0.995):
        y = rng.normal(size=(1, k))
        y *= np.sqrt(stats.chi2.ppf(p, k - 1) / ((y - y.mean()) ** 2).sum())
        block = prepare(y, np.ones((1, k)), np.ones((1, k), bool))
        form = QuadraticForm.of(block, np.ones((k, 1)))
        found, slope = lower_tail(block, form, np.zeros(1))
        assert_close(found, p, 0, atol=3e-12)
        # Q / (1 + t) is chi squared, so dP/dt at 0 is minus q times its density.
        q = float(form.q[0])
        assert_close(slope, -q * stats.chi2.pdf(q, k - 1), 1e-8)


@pytest.mark.parametrize("method", TAU2_INTERVALS)
def test_statuses(method: str) -> None:
    low, high, status = limits([0.3], [0.1], method)
    assert (low, high, status) == (0.0, np.inf, "unbounded")
    low, high, status = limits(*HOMOGENEOUS[:1], HOMOGENEOUS[1] ** 2, method)
    if method.startswith("PL"):  # a likelihood interval always holds the maximum
        assert (low, status) == (0.0, "ok")
        assert high > 0
    else:
        assert status == "empty"
        assert np.isnan([low, high]).all()
    same = limits([0.2, 0.2, 0.2], [0.1, 0.1, 0.3], method)
    assert same[2] == ("ok" if method.startswith("PL") else "empty")


@pytest.mark.parametrize("method", TAU2_INTERVALS)
@pytest.mark.parametrize("c", [1e-6, 1e-3, 1e3, 1e6])
def test_scale_does_not_matter(method: str, c: float) -> None:
    y, v = studies("bcg_RR")
    plain, scaled = limits(y, v, method), limits(c * y, c * c * v, method)
    assert_close(np.array(scaled[:2]) / c**2, plain[:2], 1e-10)


@pytest.mark.parametrize("method", TAU2_INTERVALS)
def test_levels_are_nested(method: str) -> None:
    y, v = studies("hackshaw1998_OR")
    found = [limits(y, v, method, level=level) for level in (0.5, 0.8, 0.95, 0.99)]
    assert all(a[0] >= b[0] and a[1] < b[1] for a, b in pairwise(found))


@pytest.mark.parametrize("method", TAU2_INTERVALS)
@pytest.mark.parametrize("giant", [1e-12, 1e-6])
def test_one_giant_study(method: str, giant: float) -> None:
    low, high, status = limits([0.0, 0.5, -0.4, 0.3], [giant, 0.04, 0.05, 0.03], method)
    assert status in ("ok", "excludes_estimate")
    assert 0.0 <= low < high < np.inf
