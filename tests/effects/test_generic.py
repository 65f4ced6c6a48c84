"""Estimates as printed."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evidencekit.effects import ReportedEstimate
from evidencekit.effects.generic import read_estimate
from evidencekit.errors import MethodError
from reference_cases import load
from tolerances import CLOSED_FORM, assert_close


def asymmetric(reported: ReportedEstimate, scale: str = "log") -> bool:
    return any("not symmetric" in step for step in read_estimate(reported, scale=scale).steps)


def test_intervals_of_hazard_ratios() -> None:
    case = load("reported_HR")
    values = case["inputs"]
    for i, (yi, vi) in enumerate(zip(case["yi"], case["vi"], strict=True)):
        reading = read_estimate(
            ReportedEstimate(
                value=values["value"][i], low=values["low"][i], high=values["high"][i], decimals=2
            ),
            scale="log",
        )
        assert_close(reading.estimate, yi, CLOSED_FORM)
        assert_close(reading.se**2, vi, CLOSED_FORM)
        assert reading.steps == (
            "Took natural logarithms of the printed values.",
            "Standard error from the 95% interval: width / 3.92.",
        )


def test_the_analysis_scale_needs_no_logarithm() -> None:
    reading = read_estimate(
        ReportedEstimate(value=-0.26, low=-0.38, high=-0.14, scale="analysis", level=0.9),
        scale="log",
    )
    assert reading.estimate == -0.26
    assert_close(reading.se, 0.24 / 2 / stats.norm.ppf(0.95), CLOSED_FORM)
    assert reading.steps == ("Standard error from the 90% interval: width / 3.29.",)


def test_differences() -> None:
    reading = read_estimate(
        ReportedEstimate(value=2.0, low=-1.0, high=5.0, df=20), scale="identity"
    )
    assert_close(reading.se, 3.0 / stats.t.ppf(0.975, 20), CLOSED_FORM)


def test_the_printed_standard_error_comes_first() -> None:
    reading = read_estimate(
        ReportedEstimate(value=0.8, low=0.6, high=1.1, se=0.2, p_value=0.5), scale="log"
    )
    assert reading.se == 0.2
    assert reading.steps[-1] == "Standard error as printed."


def test_a_p_value_comes_last() -> None:
    reading = read_estimate(ReportedEstimate(value=0.8, p_value=0.03), scale="log")
    assert_close(reading.se, abs(math.log(0.8)) / stats.norm.isf(0.015), CLOSED_FORM)
    assert reading.steps[-1] == "Standard error from the p-value 0.03."


def test_asymmetry_is_said() -> None:
    reading = read_estimate(
        ReportedEstimate(value=0.72, low=0.68, high=0.87, decimals=2), scale="log"
    )
    assert reading.steps[-1] == (
        "The printed interval is not symmetric on the log scale, even allowing for rounding: "
        "its middle is 0.7691, the estimate 0.72."
    )
    # A ratio read as a difference is nearly always asymmetric, and the other way round.
    assert asymmetric(ReportedEstimate(value=2.0, low=1.0, high=3.0, decimals=1))
    assert not asymmetric(ReportedEstimate(value=2.0, low=1.0, high=3.0, decimals=1), "identity")
    assert asymmetric(ReportedEstimate(value=2.0, low=1.0, high=4.0, decimals=1), "identity")
    reading = read_estimate(ReportedEstimate(value=2.0, low=1.0, high=4.0), scale="identity")
    assert reading.steps[-1] == (
        "The printed interval is not symmetric, even allowing for rounding: "
        "its middle is 2.5, the estimate 2."
    )


def test_rounding_explains_small_asymmetries() -> None:
    # sqrt(0.9 * 1.6) is 1.2 exactly; sqrt(0.9 * 1.7) is 1.24, which one decimal cannot tell.
    printed = ReportedEstimate(value=1.2, low=0.9, high=1.7, decimals=1)
    assert not asymmetric(printed)
    assert asymmetric(ReportedEstimate(value=1.2, low=0.9, high=1.7))
    assert not asymmetric(ReportedEstimate(value=0.1, low=0.0, high=0.3, decimals=1), "identity")


def test_a_limit_printed_as_zero_has_no_logarithm() -> None:
    with pytest.raises(MethodError) as caught:
        read_estimate(ReportedEstimate(value=0.1, low=0.0, high=0.9, decimals=1), scale="log")
    assert str(caught.value) == "ratio 0: a finite value above 0"
    # Printed as 0.1, it may have been as low as 0.05.
    assert not asymmetric(ReportedEstimate(value=0.3, low=0.1, high=0.9, decimals=1))


@settings(derandomize=True, deadline=None, max_examples=200)
@given(
    estimate=st.floats(-1.5, 1.5),
    se=st.floats(0.05, 0.8),
    decimals=st.integers(1, 4),
)
def test_rounding_a_symmetric_interval_never_makes_it_asymmetric(
    estimate: float, se: float, decimals: int
) -> None:
    low, value, high = (
        round(math.exp(estimate + z * se), decimals) for z in (-1.959964, 0.0, 1.959964)
    )
    if 0.0 < low < high:
        assert not asymmetric(ReportedEstimate(value=value, low=low, high=high, decimals=decimals))


@pytest.mark.parametrize(
    ("reported", "message"),
    [
        (
            ReportedEstimate(value=0.8),
            "estimate without an interval, a standard error, a test statistic or an exact p-value",
        ),
        (
            ReportedEstimate(value=0.8, low=0.5),
            "estimate without an interval, a standard error, a test statistic or an exact p-value",
        ),
        (ReportedEstimate(value=-0.8, se=0.1), "ratio -0.8: a finite value above 0"),
        (
            ReportedEstimate(value=math.nan, se=0.1, scale="analysis"),
            "estimate nan: a finite value",
        ),
        (ReportedEstimate(value=0.8, se=0.0), "standard error 0: a finite value above 0"),
        (
            ReportedEstimate(value=2.0, low=0.5, high=0.9),
            "estimate 2 lies outside its interval 0.5 to 0.9",
        ),
    ],
)
def test_what_cannot_be_read_is_said(reported: ReportedEstimate, message: str) -> None:
    with pytest.raises(MethodError) as caught:
        read_estimate(reported, scale="log")
    assert str(caught.value) == message
