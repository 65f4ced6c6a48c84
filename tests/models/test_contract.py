"""What every row of every table must do; a row without a reference case fails here."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidencekit.models import (
    CI_METHODS,
    PREDICTION_METHODS,
    TAU2_ESTIMATORS,
    TAU2_INTERVALS,
    Settings,
    pool,
    pool_batch,
)
from evidencekit.models.tau2 import estimate_tau2
from reference_cases import allowed, fits, load, studies
from tolerances import assert_close

DOI = re.compile(r"10\.\d{4,9}/\S+")
TAU2_WITH_FITS = [name for name in TAU2_ESTIMATORS if fits(name)]
STEADY = settings(derandomize=True, max_examples=40, deadline=None)


@st.composite
def study_sets(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    k = draw(st.integers(2, 9))
    number = st.floats(-3.0, 3.0, allow_subnormal=False).map(lambda x: round(x, 3))
    variance = st.floats(0.01, 4.0).map(lambda x: round(x, 4))
    y = draw(st.lists(number, min_size=k, max_size=k))
    v = draw(st.lists(variance, min_size=k, max_size=k))
    return np.array(y), np.array(v)


def reference_for(table: str, name: str) -> bool:
    """Whether some reference file holds a value for this row."""
    other = load("bcg_RR")["other"]
    special = load("mean_intervals")["cases"]["bcg_RR"]["0.95"]
    every = [fit for method in ("REML", "DL", "PM", "ML") for _, fit in fits(method)]
    elsewhere = {
        "tau2": {*TAU2_WITH_FITS, *other["tau2"]},
        "ci": {"KR", "IVhet", *load("meta_8.4_intervals")["ci"], *special},
        "prediction": {"KR", "KR-PR"},
        "tau2_ci": {"PL", "PL-ML", *other["form"]},
    }[table]
    return name in elsewhere or any(name in fit.get(table, {}) for fit in every)


@pytest.mark.parametrize(
    ("table", "name"),
    [
        *(("tau2", name) for name in TAU2_ESTIMATORS),
        *(("ci", name) for name in CI_METHODS),
        *(("prediction", name) for name in PREDICTION_METHODS),
        *(("tau2_ci", name) for name in TAU2_INTERVALS),
    ],
)
def test_every_row_has_a_reference_case(table: str, name: str) -> None:
    assert reference_for(table, name), f"{table} row {name!r} has no reference case"


@pytest.mark.parametrize("table", [TAU2_ESTIMATORS, CI_METHODS, PREDICTION_METHODS, TAU2_INTERVALS])
def test_rows_are_complete(table: dict) -> None:
    for name, row in table.items():
        assert row.name == name
        assert row.label
        assert row.r_call
        assert DOI.fullmatch(row.doi), row.doi


@pytest.mark.parametrize("method", TAU2_ESTIMATORS)
class TestTau2Estimator:
    @STEADY
    @given(data=study_sets())
    def test_is_never_negative_and_always_converges(self, method, data) -> None:
        found = estimate_tau2(*data, method=method)
        assert found.tau2[0] >= 0.0
        assert found.converged[0]
        assert found.mode_count[0] >= 1

    @STEADY
    @given(data=study_sets(), shift=st.floats(-50.0, 50.0))
    def test_does_not_change_when_all_estimates_shift(self, method, data, shift) -> None:
        y, v = data
        plain = estimate_tau2(y, v, method=method).tau2
        # The shift itself rounds the estimates by up to 7e-15, and tau2 by that times their spread.
        assert_close(estimate_tau2(y + shift, v, method=method).tau2, plain, 1e-9, atol=1e-11)

    @STEADY
    @given(data=study_sets(), power=st.floats(-4.0, 4.0))
    def test_scales_with_the_square(self, method, data, power) -> None:
        y, v = data
        c = 10.0**power
        plain = estimate_tau2(y, v, method=method).tau2
        scaled = estimate_tau2(c * y, c * c * v, method=method).tau2
        # Scaling rounds y and v, which moves a tau2 near 0 by eps times v, not times tau2.
        assert_close(scaled / c**2, plain, 1e-10, atol=1e-13)

    @STEADY
    @given(data=study_sets(), seed=st.integers(0, 99))
    def test_does_not_depend_on_the_order(self, method, data, seed) -> None:
        y, v = data
        order = np.random.default_rng(seed).permutation(len(y))
        plain = estimate_tau2(y, v, method=method).tau2
        assert_close(
            estimate_tau2(y[order], v[order], method=method).tau2, plain, 1e-10, atol=1e-13
        )

    @STEADY
    @given(data=study_sets())
    def test_does_not_depend_on_the_sign(self, method, data) -> None:
        y, v = data
        plain = estimate_tau2(y, v, method=method).tau2
        assert_close(estimate_tau2(-y, v, method=method).tau2, plain, 1e-12, atol=1e-14)

    @pytest.mark.parametrize("c", [1e-6, 1e-4, 1e-2, 0.3, 7.0, 1e4, 1e6])
    def test_scale_on_real_data(self, method, c) -> None:
        y, v = studies("bcg_RR")
        plain = estimate_tau2(y, v, method=method).tau2
        assert_close(estimate_tau2(c * y, c * c * v, method=method).tau2 / c**2, plain, 1e-12)

    @pytest.mark.parametrize("c", [1e-100, 1e100])
    def test_scale_near_the_limits_of_floats(self, method, c) -> None:
        y, v = studies("bcg_RR")
        plain = estimate_tau2(y, v, method=method).tau2
        scaled = estimate_tau2(c * y, (c * np.sqrt(v)) ** 2, method=method).tau2
        assert_close(scaled / c / c, plain, 1e-11)


# Every estimator with one interval, and every interval with one estimator it is defined for.
PAIRS = [(ci, "REML") for ci in CI_METHODS if allowed(ci, "REML")]
PAIRS += [("HKSJ", tau2) for tau2 in TAU2_ESTIMATORS if tau2 != "REML"]


@pytest.mark.parametrize(("ci", "tau2"), PAIRS)
class TestPooled:
    @STEADY
    @given(data=study_sets(), power=st.floats(-4.0, 4.0), shift=st.floats(-5.0, 5.0))
    def test_follows_scale_and_shift(self, ci, tau2, data, power, shift) -> None:
        y, v = data
        c = 10.0**power
        se = np.sqrt(v)
        plain = pool((y, se), tau2=tau2, ci=ci)
        moved = pool((c * (y + shift), c * se), tau2=tau2, ci=ci)
        slack = 1e-7 * plain.se_wald
        assert_close(moved.estimate / c - shift, plain.estimate, 0, atol=slack)
        assert_close(moved.se / c, plain.se, 1e-7, atol=slack)
        assert_close(moved.ci.low / c - shift, plain.ci.low, 1e-7, atol=100 * slack)

    @STEADY
    @given(data=study_sets())
    def test_flips_with_the_sign(self, ci, tau2, data) -> None:
        y, v = data
        plain = pool((y, np.sqrt(v)), tau2=tau2, ci=ci)
        flipped = pool((-y, np.sqrt(v)), tau2=tau2, ci=ci)
        # A near-zero tau2 may move by rounding noise.
        atol = 1e-9
        assert_close(flipped.estimate, -plain.estimate, 1e-9, atol=atol)
        assert_close(flipped.ci.low, -plain.ci.high, 1e-9, atol=atol)
        assert plain.ci.low <= plain.estimate <= plain.ci.high
        assert plain.prediction is not None
        assert sum(plain.weights) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9, 0.95, 0.99])
def test_intervals_widen_with_the_level(level: float) -> None:
    y, v = studies("bcg_RR")
    narrow = pool_batch(y, np.sqrt(v), settings=Settings(level=level))
    wide = pool_batch(y, np.sqrt(v), settings=Settings(level=level + 0.005))
    for low, high in (
        ("ci_low", "ci_high"),
        ("prediction_low", "prediction_high"),
        ("tau2_low", "tau2_high"),
    ):
        assert getattr(wide, low)[0] < getattr(narrow, low)[0]
        assert getattr(wide, high)[0] > getattr(narrow, high)[0]
