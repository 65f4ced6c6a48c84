"""Domains and ticks."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidencekit.language import Words
from evidencekit.render.axis import (
    AxisScale,
    choose_domain,
    choose_ticks,
    linear_ticks,
    quantile,
    tick_decimals,
)
from evidencekit.render.forest_foot import tick_labels
from evidencekit.render.text import text_width


@pytest.mark.parametrize(
    ("domain", "ticks"),
    [
        ((0.2, 5.0), [0.2, 0.5, 1, 2, 5]),
        ((0.1, 10.0), [0.1, 0.2, 0.5, 1, 2, 5, 10]),
        ((0.5, 2.0), [0.5, 0.7, 1, 1.4, 2]),
        ((0.25, 4.0), [0.25, 0.5, 1, 2, 4]),
        ((0.05, 20.0), [0.05, 0.2, 1, 5, 20]),
        ((0.01, 100.0), [0.01, 0.1, 1, 10, 100]),
        ((1 / 1.5, 1.5), [0.7, 0.8, 0.9, 1, 1.2, 1.4]),
        ((0.9, 1 / 0.9), [0.9, 0.95, 1, 1.05, 1.1]),
    ],
)
def test_log_ticks_are_numbers_people_read(domain: tuple[float, float], ticks: list[float]) -> None:
    assert choose_ticks(*domain, log=True) == pytest.approx(ticks)


@pytest.mark.parametrize(
    ("domain", "ticks"),
    [
        ((-5.2, 2.6), [-4, -2, 0, 2]),
        ((-1.0, 1.0), [-1, -0.5, 0, 0.5, 1]),
        ((-0.31, 0.08), [-0.3, -0.2, -0.1, 0]),
        ((0.0, 1e6), [0, 200_000, 400_000, 600_000, 800_000, 1_000_000]),
    ],
)
def test_linear_ticks(domain: tuple[float, float], ticks: list[float]) -> None:
    assert linear_ticks(*domain) == pytest.approx(ticks)


@given(st.floats(1.01, 1e4))
def test_every_symmetric_log_axis_has_ticks_on_both_sides_and_at_the_null(end: float) -> None:
    ticks = choose_ticks(1 / end, end, log=True)
    assert 3 <= len(ticks) <= 7
    assert 1.0 in ticks
    assert min(ticks) < 1 < max(ticks)
    assert all(1 / end * (1 - 1e-8) <= t <= end * (1 + 1e-8) for t in ticks)


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_every_linear_axis_has_two_to_seven_ticks(low: float, span: float) -> None:
    high = low + span
    if high - low < 1e-9 * abs(low):
        return
    ticks = linear_ticks(low, high)
    assert 2 <= len(ticks) <= 7
    assert ticks == sorted(set(ticks))


@given(
    st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=30),
    st.booleans(),
)
def test_domain_holds_the_null_and_is_finite(values: list[float], log: bool) -> None:
    null = 1.0 if log else 0.0
    low, high = choose_domain(values, [0.0, math.inf, *values], values, null=null, log=log)
    assert math.isfinite(low)
    assert math.isfinite(high)
    assert low < null < high
    if log:
        assert low > 0
        assert low * high == pytest.approx(1.0)


def test_domain_ignores_a_few_wild_limits_but_not_a_slightly_wider_one() -> None:
    tame = [0.5, 0.6, 0.7, 0.8, 0.9, 1.1, 1.2, 1.3] * 4
    low, high = choose_domain(tame, [*tame, 0.0001], [0.8], null=1.0, log=True)
    assert (low, high) == pytest.approx((0.5, 2.0), rel=0.05)
    low, _ = choose_domain(tame, [*tame, 0.42], [0.8], null=1.0, log=True)
    assert low <= 0.42


def test_an_absurd_pooled_interval_does_not_squeeze_the_studies() -> None:
    low, high = choose_domain([0.8, 0.9], [0.6, 1.3], [0.85, 1e-9, 1e9], null=1.0, log=True)
    assert low > 0.3
    assert high < 3.5


def test_effects_far_from_one_are_still_shown() -> None:
    low, high = choose_domain([150.0, 200.0], [90.0, 300.0], [170.0], null=1.0, log=True)
    assert high >= 300
    assert low == pytest.approx(1 / high)


def test_place_and_value_are_inverse_and_clip_holds() -> None:
    for axis in (
        AxisScale(low=0.1, high=10.0, log=True, left=100.0, right=300.0),
        AxisScale(low=-5.0, high=5.0, log=False, left=100.0, right=300.0),
    ):
        for x in (100.0, 150.0, 299.0):
            assert axis.place(axis.value(x)) == pytest.approx(x)
        assert axis.clip(math.inf) == 300.0
        assert axis.clip(-math.inf) == 100.0
        assert not axis.covers(math.inf)
    assert AxisScale(low=0.1, high=10.0, log=True, left=0.0, right=1.0).place(0.0) == -math.inf


def test_tick_labels_never_touch() -> None:
    words = Words("de")
    for width in (30.0, 60.0, 120.0, 300.0):
        for end in (1.2, 3.0, 10.0, 90.0, 900.0):
            axis = AxisScale(low=1 / end, high=end, log=True, left=0.0, right=width)
            labels = tick_labels(axis, words, 9.0)
            ends = [axis.place(v) - text_width(t, 9.0) / 2 for v, t in labels[1:]]
            starts = [axis.place(v) + text_width(t, 9.0) / 2 for v, t in labels[:-1]]
            assert all(e > s for s, e in zip(starts, ends, strict=True)), (width, end, labels)


def test_tick_decimals() -> None:
    assert [tick_decimals(t, [], log=True) for t in (0.05, 0.2, 1.0, 20.0)] == [2, 1, 0, 0]
    assert tick_decimals(1.0, [0.5, 1.0], log=False) == 1


def test_quantile_is_numpys() -> None:
    assert quantile([3.0, 1.0, 2.0, 4.0], 0.05) == pytest.approx(1.15)
    assert quantile([7.0], 0.95) == 7.0
