"""Scales of analysis and the way back."""

from __future__ import annotations

import math
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from conformance import Reference
from evidencekit.effects import MEASURES, TRANSFORMS, ReportedEstimate, make_contrast, to_natural
from evidencekit.effects.freeman_tukey import double_arcsine_inverse, freeman_tukey_rate_inverse
from evidencekit.effects.generic import read_estimate
from evidencekit.effects.one_group import double_arcsine_proportion
from evidencekit.effects.one_group_rates import freeman_tukey_rate
from evidencekit.effects.transforms import (
    to_analysis,
    to_natural_scale,
)
from evidencekit.errors import MethodError
from evidencekit.models import back_transform, pool
from evidencekit.quantities import GroupCounts, GroupRate, Scale
from reference_cases import load
from tolerances import CLOSED_FORM, assert_close

DOMAIN = {
    "identity": st.floats(-1e6, 1e6),
    "log": st.floats(1e-8, 1e8),
    "logit": st.floats(1e-6, 1 - 1e-6),
    "arcsine": st.floats(1e-4, 1 - 1e-4),
    "sqrt": st.floats(0, 1e6),
    "fisher_z": st.floats(-0.999, 0.999),
}


def test_every_scale_has_a_transform_and_every_transform_is_used() -> None:
    assert set(TRANSFORMS) == set(get_args(Scale)) == {row.scale for row in MEASURES.values()}
    assert all(row.name == name for name, row in TRANSFORMS.items())
    assert [name for name, row in TRANSFORMS.items() if not row.step] == ["identity"]


@pytest.mark.parametrize("scale", TRANSFORMS)
def test_there_and_back(scale: Scale) -> None:
    @settings(derandomize=True, deadline=None, max_examples=60)
    @given(value=DOMAIN[scale])
    def check(value: float) -> None:
        assert_close(to_natural_scale(to_analysis(value, scale), scale), value, 1e-10, atol=1e-14)

    check()


@pytest.mark.parametrize("scale", TRANSFORMS)
def test_the_way_back_is_increasing_and_defined_everywhere(scale: Scale) -> None:
    values = [-math.inf, -800.0, -3.0, -0.4, 0.0, 0.3, 1.5, 2.0, 40.0, 800.0, math.inf]
    natural = [to_natural_scale(value, scale) for value in values]
    assert natural == sorted(natural)
    assert not any(math.isnan(value) for value in natural)
    assert math.isnan(to_natural_scale(math.nan, scale))


def test_other_functions_of_the_same_scales() -> None:
    assert_close(to_natural_scale(-1.3, "logit"), special.expit(-1.3), CLOSED_FORM)
    assert_close(to_analysis(0.2, "logit"), special.logit(0.2), CLOSED_FORM)
    assert_close(to_natural_scale(0.7, "fisher_z"), 0.6043677771171636, CLOSED_FORM)
    assert_close(to_natural_scale(0.7, "arcsine"), math.sin(0.7) ** 2, CLOSED_FORM)
    assert to_natural_scale(2.0, "arcsine") == 1.0
    assert to_natural_scale(-0.1, "arcsine") == 0.0
    assert to_natural_scale(-0.1, "sqrt") == 0.0
    assert to_natural_scale(710.0, "log") == math.inf


@pytest.mark.parametrize(
    ("scale", "value", "message"),
    [
        ("log", 0.0, "ratio 0: a finite value above 0"),
        ("logit", 1.0, "proportion 1: a value above 0 and below 1"),
        ("logit", math.nan, "proportion nan: a value above 0 and below 1"),
        ("arcsine", -0.1, "proportion -0.1: a value from 0 to 1"),
        ("sqrt", -2.0, "rate -2: a finite value of 0 or more"),
        ("fisher_z", 1.0, "correlation 1: a value between -1 and 1"),
    ],
)
def test_values_outside_the_domain(scale: Scale, value: float, message: str) -> None:
    with pytest.raises(MethodError) as caught:
        to_analysis(value, scale)
    assert str(caught.value) == message


# --- Freeman and Tukey ----------------------------------------------------------------


def test_the_inverses_agree_with_metafor() -> None:
    case = load("effect_measures")["freeman_tukey_inverse"]
    pairs = list(zip(case["value"], case["size"], strict=True))
    for name, function, expected in (
        ("inverse double arcsine", double_arcsine_inverse, case["proportion"]),
        ("inverse Freeman-Tukey rate", freeman_tukey_rate_inverse, case["rate"]),
    ):
        reference = Reference("conversion", name, "metafor 3.8.1", "invented")
        reference.agrees([function(*pair) for pair in pairs], expected, CLOSED_FORM)


@pytest.mark.parametrize("total", [1, 2, 5, 40, 3000])
def test_the_inverses_are_exact_for_one_study(total: int) -> None:
    for events in {0, 1, total // 3, total // 2, total}:
        value = float(double_arcsine_proportion(events, total).estimate)
        assert_close(double_arcsine_inverse(value, total), events / total, 1e-10, atol=1e-12)
        value = float(freeman_tukey_rate(events, total).estimate)
        assert_close(freeman_tukey_rate_inverse(value, total), events / total, 1e-10, atol=1e-14)
    assert double_arcsine_inverse(-1.0, total) == freeman_tukey_rate_inverse(-1.0, total) == 0.0
    assert double_arcsine_inverse(2.0, total) == 1.0
    assert math.isnan(double_arcsine_inverse(math.nan, total))
    assert math.isnan(freeman_tukey_rate_inverse(math.nan, total))


def test_the_inverse_depends_on_a_size_that_a_pooled_value_does_not_have() -> None:
    # Schwarzer 2019: the same pooled value is a prevalence of 0 or not, by choice of size.
    assert double_arcsine_inverse(0.05, 50) == 0.0
    assert double_arcsine_inverse(0.05, 5000) > 0.002


def test_the_caution_is_in_the_steps() -> None:
    contrast = make_contrast("PFT", GroupCounts(events=3, total=40), study="a")
    assert contrast.steps == (
        "Taking this double arcsine back to a proportion needs a sample size, which a pooled "
        "value does not have; the result can mislead seriously.",
    )
    contrast = make_contrast("IRFT", GroupRate(events=3, time=40), study="a")
    assert contrast.steps[0].startswith("Taking this transformation back to a rate")


def test_size_and_time_are_checked() -> None:
    for function, what in (
        (double_arcsine_inverse, "sample size"),
        (freeman_tukey_rate_inverse, "person-time"),
    ):
        with pytest.raises(MethodError) as caught:
            function(0.3, 0.0)
        assert str(caught.value) == f"{what} 0: a finite value above 0"


# --- through to the pooled result -----------------------------------------------------


def test_pooled_proportions_come_back_as_proportions() -> None:
    data = [(16, 17), (10, 12), (4, 8), (43, 58), (25, 42)]
    for measure in ("PLO", "PAS", "PLN", "PR"):
        contrasts = [
            make_contrast(measure, GroupCounts(events=x, total=n), study=f"s{i}")
            for i, (x, n) in enumerate(data)
        ]
        result = pool(contrasts)
        natural = back_transform(result)
        assert 0.4 < natural.ci.low < natural.estimate < natural.ci.high <= 1.2
        assert_close(natural.estimate, to_natural(measure, result.estimate), CLOSED_FORM)
        assert_close(natural.estimates, [x / n for x, n in data], 1e-12)


def test_a_printed_proportion_goes_to_log_odds() -> None:
    reading = read_estimate(
        ReportedEstimate(value=0.3, low=0.2, high=0.42, decimals=2), scale="logit"
    )
    assert_close(reading.estimate, special.logit(0.3), CLOSED_FORM)
    width = special.logit(0.42) - special.logit(0.2)
    assert_close(reading.se, width / 2 / 1.959963984540054, CLOSED_FORM)
    assert reading.steps == (
        "Took log odds of the printed values.",
        "Standard error from the 95% interval: width / 3.92.",
    )
    reading = read_estimate(ReportedEstimate(value=0.3, low=0.2, high=0.6), scale="logit")
    assert "not symmetric on the analysis scale" in reading.steps[-1]
    # A limit that may be 1 by its rounding excludes nothing.
    printed = ReportedEstimate(value=0.9, low=0.6, high=0.97, decimals=1)
    assert len(read_estimate(printed, scale="logit").steps) == 2


def test_a_test_statistic_gives_the_standard_error() -> None:
    reading = read_estimate(ReportedEstimate(value=0.8, statistic=-2.5), scale="log")
    assert_close(reading.se, math.log(0.8) / -2.5, CLOSED_FORM)
    assert reading.steps[-1] == "Standard error from the test statistic -2.5."
    with pytest.raises(MethodError, match="of one sign"):
        read_estimate(ReportedEstimate(value=0.8, statistic=2.5), scale="log")
