"""Elementary conversions."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from conformance import Reference
from evidencekit.effects.conversions import (
    critical_value,
    log_odds_ratio_to_smd,
    sd_from_interval,
    sd_from_se,
    se_from_f,
    se_from_interval,
    se_from_p,
    se_from_statistic,
    smd_to_log_odds_ratio,
)
from evidencekit.effects.rounding import rounding_span, se_range_from_interval
from evidencekit.effects.transforms import log_ratio
from evidencekit.errors import MethodError
from reference_cases import load
from tolerances import CLOSED_FORM, assert_close, assert_printed


def test_critical_values() -> None:
    assert_printed(critical_value(0.95), "1.959963985")
    assert_printed(critical_value(0.99), "2.575829304")
    assert_printed(critical_value(0.95, df=12), "2.178812830")
    for level in (0.5, 0.9, 0.999):
        assert_close(critical_value(level), stats.norm.ppf(0.5 + level / 2), CLOSED_FORM)
        assert_close(critical_value(level, df=3.5), stats.t.ppf(0.5 + level / 2, 3.5), CLOSED_FORM)


@settings(derandomize=True, deadline=None)
@given(
    estimate=st.floats(-5, 5),
    se=st.floats(1e-3, 10),
    level=st.floats(0.5, 0.999),
    df=st.one_of(st.just(math.inf), st.floats(1, 200)),
)
def test_interval_round_trip(estimate: float, se: float, level: float, df: float) -> None:
    half = critical_value(level, df=df) * se
    again = se_from_interval(estimate - half, estimate + half, level=level, df=df)
    # The limits are rounded in proportion to the estimate.
    assert_close(again, se, 1e-10, atol=1e-14)


@settings(derandomize=True, deadline=None)
@given(z=st.floats(0.05, 6), se=st.floats(1e-3, 10), sign=st.sampled_from([-1, 1]))
def test_p_value_round_trip(z: float, se: float, sign: int) -> None:
    p = 2 * stats.norm.sf(z)
    assert_close(se_from_p(sign * z * se, p), se, 1e-7)


def test_p_value_of_a_t_test() -> None:
    p = 2 * stats.t.sf(2.3, 17)
    assert_close(se_from_p(4.6, p, df=17), 2.0, 1e-10)


def test_statistic() -> None:
    assert se_from_statistic(-0.6, -3.0) == pytest.approx(0.2)


def test_rounding_span() -> None:
    assert rounding_span(0.77, 2) == pytest.approx((0.765, 0.775))
    assert rounding_span(120, -1) == pytest.approx((115, 125))
    assert rounding_span(0.77, None) == (0.77, 0.77)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: critical_value(95), "level 95: a fraction between 0 and 1, such as 0.95"),
        (lambda: critical_value(0.9, df=0.5), "degrees of freedom 0.5: at least 1"),
        (lambda: critical_value(0.9, df=math.nan), "degrees of freedom nan: at least 1"),
        (
            lambda: se_from_interval(0.9, 0.7),
            "interval 0.9 to 0.7: two finite limits, the lower one first",
        ),
        (
            lambda: se_from_interval(0.9, math.inf),
            "interval 0.9 to inf: two finite limits, the lower one first",
        ),
        (lambda: se_from_p(0.5, 0.0), "p-value 0.0: an exact value between 0 and 1"),
        (lambda: se_from_p(0.5, 1.0), "p-value 1.0: an exact value between 0 and 1"),
        (lambda: se_from_p(0.0, 0.5), "estimate 0: a standard error needs one that is not 0"),
        (
            lambda: se_from_statistic(0.5, -2.0),
            "estimate 0.5 with statistic -2: both finite, not 0 and of one sign",
        ),
        (lambda: log_ratio(0.0), "ratio 0: a finite value above 0"),
        (lambda: log_ratio(math.inf), "ratio inf: a finite value above 0"),
    ],
)
def test_what_cannot_be_converted_is_said(call, message: str) -> None:
    with pytest.raises(MethodError) as caught:
        call()
    assert str(caught.value) == message


# --- more of them ---------------------------------------------------------------------


def test_f_is_t_squared() -> None:
    assert_close(se_from_f(-1.2, 6.25), se_from_statistic(1.2, 2.5), CLOSED_FORM)


@settings(derandomize=True, deadline=None)
@given(sd=st.floats(0.01, 50), n=st.integers(2, 500), level=st.floats(0.5, 0.99))
def test_standard_deviation_round_trip(sd: float, n: int, level: float) -> None:
    se = sd / math.sqrt(n)
    assert_close(sd_from_se(se, n), sd, CLOSED_FORM)
    half = stats.t.ppf(0.5 + level / 2, n - 1) * se
    assert_close(sd_from_interval(3 - half, 3 + half, n, level=level), sd, 1e-9)


def test_smd_and_log_odds_ratio_agree_with_metafor() -> None:
    case = load("conversions")
    for key, value, function in (
        ("d_to_log_or", "d", smd_to_log_odds_ratio),
        ("log_or_to_d", "log_or", log_odds_ratio_to_smd),
    ):
        rows = case[key]
        for x, v, yi, vi in zip(
            *(rows[k] for k in (value, f"{value}_variance", "yi", "vi")), strict=True
        ):
            estimate, se = function(x, math.sqrt(v))
            name = key.replace("_", " ")
            reference = Reference("conversion", name, "metafor 3.8.1", "invented")
            reference.agrees(estimate, yi, CLOSED_FORM)
            reference.agrees(se**2, vi, CLOSED_FORM)
    assert_close(log_odds_ratio_to_smd(*smd_to_log_odds_ratio(0.4, 0.1)), (0.4, 0.1), CLOSED_FORM)
    # The logistic distribution has variance pi^2/3.
    assert_close(smd_to_log_odds_ratio(1.0, 1.0)[0], math.sqrt(stats.logistic.var()), CLOSED_FORM)


def test_range_of_standard_errors_that_print_alike() -> None:
    span = se_range_from_interval(0.68, 0.87, decimals=2, ratio=True)
    z = 2 * stats.norm.ppf(0.975)
    assert_close(span.low, math.log(0.865 / 0.685) / z, CLOSED_FORM)
    assert_close(span.high, math.log(0.875 / 0.675) / z, CLOSED_FORM)
    span = se_range_from_interval(-1.0, 2.0, decimals=1, ratio=False, df=9)
    t = 2 * stats.t.ppf(0.975, 9)
    assert_close(span, (2.9 / t, 3.1 / t), CLOSED_FORM)
    assert se_range_from_interval(0.1, 0.2, decimals=0, ratio=True) == (0.0, math.inf)
    assert se_range_from_interval(0.9, 1.0, decimals=1, ratio=True).low == 0.0


@settings(derandomize=True, deadline=None)
@given(estimate=st.floats(-1, 1), se=st.floats(0.05, 0.6), decimals=st.integers(1, 3))
def test_the_true_standard_error_is_in_the_range(estimate: float, se: float, decimals: int) -> None:
    low, high = (round(math.exp(estimate + z * se), decimals) for z in (-1.959963985, 1.959963985))
    if 0 < low < high:
        span = se_range_from_interval(low, high, decimals=decimals, ratio=True)
        assert span.low - 1e-9 <= se <= span.high + 1e-9


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: se_from_f(1.0, 0.0), "F statistic 0: a finite value above 0"),
        (lambda: sd_from_se(0.0, 9), "standard error 0: a finite value above 0"),
        (lambda: sd_from_se(1.0, 1), "n 1: a finite value above 1"),
        (lambda: sd_from_interval(1, 2, 1.5), "n 1.5: a finite value of 2 or more"),
        (
            lambda: smd_to_log_odds_ratio(math.nan, 1.0),
            "estimate nan with standard error 1: finite, the latter above 0",
        ),
        (
            lambda: se_range_from_interval(2, 1, decimals=1, ratio=False),
            "interval 2 to 1: two finite limits, the lower one first",
        ),
        (
            lambda: se_range_from_interval(0, 1, decimals=1, ratio=True),
            "ratio 0: a finite value above 0",
        ),
    ],
)
def test_what_else_cannot_be_converted_is_said(call, message: str) -> None:
    with pytest.raises(MethodError) as caught:
        call()
    assert str(caught.value) == message
