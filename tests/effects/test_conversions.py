"""Elementary conversions."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evidencekit.effects.conversions import (
    critical_value,
    log_ratio,
    rounding_span,
    se_from_interval,
    se_from_p,
    se_from_statistic,
)
from evidencekit.errors import MethodError
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
