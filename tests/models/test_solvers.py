"""The two solvers from inside: derivatives, and what happens when they cannot finish."""

from __future__ import annotations

import numpy as np
import pytest

import naive
from evidencekit.models import bracket, pool, solvers
from evidencekit.models.kernel import Block, prepare, q_and_slope
from evidencekit.models.solvers import (
    find_modes,
    log_likelihood,
    score,
    score_and_slope,
    score_of_many_studies,
    stationary_bound,
)
from reference_cases import studies
from tolerances import assert_close


def block(name: str = "bcg_RR") -> Block:
    y, v = studies(name)
    return prepare(y[None, :], v[None, :], np.ones((1, len(y)), dtype=bool))


@pytest.mark.parametrize("restricted", [True, False])
@pytest.mark.parametrize("t", [0.0, 0.3, 5.0, 80.0])
def test_derivatives_are_those_of_finite_differences(restricted: bool, t: float) -> None:
    part, h = block(), 1e-5 * (1.0 + t)

    def loglik(x: float) -> float:
        return float(log_likelihood(part, np.array([x]), restricted=restricted)[0])

    def slope_of(x: float) -> float:
        return float(score(part, np.array([[x]]), restricted=restricted)[0, 0])

    value, slope = score_and_slope(part, np.array([t]), restricted=restricted)
    assert_close(value, slope_of(t), 1e-12)
    # Central differences of numbers of order 100: half the digits are left. The score is twice
    # the derivative.
    assert_close(value, (loglik(t + h) - loglik(t - h)) / h, 1e-5, atol=1e-6)
    assert_close(slope, (slope_of(t + h) - slope_of(t - h)) / (2 * h), 1e-5, atol=1e-7)


@pytest.mark.parametrize("t", [0.0, 0.5, 20.0])
def test_slope_of_q(t: float) -> None:
    part, h = block(), 1e-6 * (1.0 + t)
    y, v = part.y[:, 0], part.v[:, 0]
    q, slope = q_and_slope(part, np.array([t]))
    assert_close(q, naive.generalised_q(y, v, t), 1e-12)
    rise = naive.generalised_q(y, v, t + h) - naive.generalised_q(y, v, t - h)
    assert_close(-slope, rise / (2 * h), 1e-5)


@pytest.mark.parametrize("restricted", [True, False])
def test_the_score_is_negative_above_the_bound(restricted: bool) -> None:
    rng = np.random.default_rng(2)
    for k in (2, 3, 5, 12):
        v = rng.lognormal(-1.0, 2.0, (400, k))
        y = rng.standard_t(2, (400, k))
        part = prepare(y, v, np.ones(v.shape, dtype=bool))
        top = stationary_bound(part)
        for factor in (1.0, 1.5, 10.0):
            assert (score(part, factor * top[None, :], restricted=restricted) <= 0.0).all()


@pytest.mark.parametrize("tau2", ["REML", "ML", "PM"])
def test_no_convergence_is_a_note_not_a_silent_number(tau2: str, monkeypatch) -> None:
    y, v = studies("bcg_RR")
    monkeypatch.setattr(bracket, "MAX_ITERATIONS", 1)
    monkeypatch.setattr(solvers, "MAX_ITERATIONS", 1)
    result = pool((y, np.sqrt(v)), tau2=tau2)
    assert result.notes[0] == (
        f"The {tau2} estimate of tau2 did not converge; the value given is the "
        "last iterate and should not be relied on."
    )


def test_newton_needs_few_steps(monkeypatch) -> None:
    # A wrong derivative would still end, by halving, but not within seven steps.
    monkeypatch.setattr(bracket, "MAX_ITERATIONS", 7)
    monkeypatch.setattr(solvers, "MAX_ITERATIONS", 7)
    for name in ("bcg_RR", "bcg_RD", "collins1985b_OR", "raudenbush1985"):
        y, v = studies(name)
        for tau2 in ("REML", "ML", "PM"):
            notes = pool((y, np.sqrt(v)), tau2=tau2).notes
            assert not any("did not converge" in note for note in notes), (name, tau2)


@pytest.mark.parametrize("restricted", [True, False])
def test_score_of_very_many_studies_in_pieces(restricted: bool) -> None:
    rng = np.random.default_rng(6)
    k = 40_000
    v = rng.lognormal(-2.0, 1.0, (1, k))
    many = prepare(5.0 + rng.normal(0.0, np.sqrt(v + 0.1)), v, np.ones((1, k), bool))
    grid = np.array([0.0, 0.3, 2.0, 50.0, 4000.0])
    plain = score(many, grid[:, None], restricted=restricted)[:, 0]
    # Relative to the sum of weights, of which the score is a small difference.
    size = (1.0 / (many.v + grid)).sum(axis=0)
    pieces = score_of_many_studies(many, grid, restricted=restricted)
    assert_close(pieces / size, plain / size, 0, atol=1e-11)
    # The way through pieces finds the maximum that the ordinary way finds.
    pair = prepare(np.vstack([many.y.T] * 2), np.vstack([many.v.T] * 2), np.ones((2, k), bool))
    alone = find_modes(many, restricted=restricted).best
    among = find_modes(pair, restricted=restricted).best[:1] * pair.scale[:1] ** 2
    assert_close(alone, among, 1e-11)
