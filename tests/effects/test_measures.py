"""The table of measures, its contract, and contrasts with their steps."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidencekit.effects import (
    MEASURES,
    ReportedEstimate,
    ZeroCells,
    find_measure,
    make_contrast,
    to_natural,
    to_natural_interval,
)
from evidencekit.errors import MethodError
from evidencekit.quantities import Counts, Interval, Means
from reference_cases import FOLDER, load
from tolerances import CLOSED_FORM, assert_close

NUMBERS = st.integers(0, 40)


def counts(a: float, n1: float, c: float, n2: float) -> Counts:
    return Counts(events_1=a, total_1=n1, events_2=c, total_2=n2)


# --- contract -------------------------------------------------------------------------


@pytest.mark.parametrize("name", MEASURES)
def test_every_row_has_a_reference_case(name: str) -> None:
    files = list(FOLDER.glob(f"*_{name}.json"))
    assert files, f"measure {name!r} has no reference case"
    assert all(load(file.stem)["yi"] for file in files)


@pytest.mark.parametrize("name", MEASURES)
def test_rows_are_complete(name: str) -> None:
    row = MEASURES[name]
    assert row.name == name
    assert row.label
    assert row.r_call
    assert row.null == {"log": 1.0, "identity": 0.0}[row.scale]
    assert (row.function is None) == (row.kind == "generic")


@pytest.mark.parametrize("name", [n for n, m in MEASURES.items() if m.kind == "binary"])
class TestBinary:
    @settings(derandomize=True, max_examples=80, deadline=None)
    @given(a=NUMBERS, c=NUMBERS, b=NUMBERS, d=NUMBERS)
    def test_swapping_the_arms_flips_the_sign(self, name, a, b, c, d) -> None:
        row = MEASURES[name]
        assert row.symmetric
        n1, n2 = a + b + 1, c + d + 1
        for policy in (ZeroCells(), ZeroCells(to="all"), ZeroCells(double_zero="keep")):
            one = row.function(a, n1, c, n2, zero_cells=policy)
            two = row.function(c, n2, a, n1, zero_cells=policy)
            assert_close(two.estimate, -one.estimate, 1e-12, atol=1e-14)
            assert_close(two.se, one.se, 1e-12)
            assert (one.corrected == two.corrected).all()

    def test_equal_arms_give_the_null(self, name) -> None:
        contrast = make_contrast(name, counts(7, 30, 7, 30), study="a")
        assert to_natural(name, contrast.estimate) == MEASURES[name].null

    def test_rows_do_not_influence_each_other(self, name) -> None:
        a, n1, c, n2 = [0, 5, 0, 9], [20, 20, 20, 20], [3, 6, 0, 20], [25, 25, 25, 20]
        whole = MEASURES[name].function(a, n1, c, n2)
        for i in range(4):
            row = MEASURES[name].function(a[i], n1[i], c[i], n2[i])
            assert_close(row.estimate, whole.estimate[i], 0)
            assert_close(row.se, whole.se[i], 0)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(m1=st.floats(-5, 5), m2=st.floats(-5, 5), s1=st.floats(0.1, 4), s2=st.floats(0.1, 4))
def test_swapping_the_arms_of_a_mean_difference(m1, m2, s1, s2) -> None:
    function = MEASURES["MD"].function
    one, two = function(m1, s1, 12, m2, s2, 15), function(m2, s2, 15, m1, s1, 12)
    assert_close(two.estimate, -one.estimate, 1e-12)
    assert_close(two.se, one.se, 1e-12)


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_takes_an_estimate_as_printed(name: str) -> None:
    row = MEASURES[name]
    contrast = make_contrast(
        name, ReportedEstimate(value=0.8, low=0.5, high=1.2), study="a", label="A"
    )
    assert (contrast.measure, contrast.scale, contrast.data) == (name, row.scale, None)
    assert contrast.estimate == (math.log(0.8) if row.scale == "log" else 0.8)
    assert contrast.estimable


# --- contrasts ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["bcg_RR", "bcg_OR", "bcg_RD"])
def test_contrasts_of_real_studies(name: str) -> None:
    case = load(name)
    inputs = case["inputs"]
    for i, label in enumerate(inputs["label"]):
        data = counts(*(inputs[arm][i] for arm in ("events_1", "total_1", "events_2", "total_2")))
        contrast = make_contrast(case["measure"], data, study=f"s{i}", label=label, result="r1")
        assert_close(contrast.estimate, case["yi"][i], 1e-11)
        assert_close(contrast.se**2, case["vi"][i], CLOSED_FORM)
        assert (contrast.study, contrast.label, contrast.result) == (f"s{i}", label, "r1")
        assert contrast.data is data
        assert contrast.steps == ()
        assert contrast.not_estimable == ""
        assert isinstance(contrast.estimate, float)


def test_means() -> None:
    data = Means(mean_1=5.0, sd_1=2.0, total_1=16, mean_2=3.5, sd_2=3.0, total_2=9)
    contrast = make_contrast("MD", data, study="a")
    assert (contrast.estimate, contrast.label, contrast.scale) == (1.5, "a", "identity")
    flat = Means(mean_1=5.0, sd_1=0.0, total_1=16, mean_2=3.5, sd_2=0.0, total_2=9)
    contrast = make_contrast("MD", flat, study="a")
    assert not contrast.estimable
    assert contrast.not_estimable == "both standard deviations are 0"


def test_steps_say_what_was_added() -> None:
    one_zero = counts(0, 100, 3, 50)
    for measure in ("RR", "OR"):
        contrast = make_contrast(measure, one_zero, study="a", steps=("Combined two arms.",))
        assert contrast.steps == (
            "Combined two arms.",
            "Added 0.5 to all four cells, because one of them is 0.",
        )
    everywhere = ZeroCells(add=0.1, to="all")
    contrast = make_contrast("OR", counts(3, 10, 4, 10), study="a", zero_cells=everywhere)
    assert contrast.steps == ("Added 0.1 to all four cells, by choice in every study.",)
    assert make_contrast("RD", one_zero, study="a").steps == ()
    assert make_contrast("RD", counts(0, 100, 0, 50), study="a").steps == (
        "Variance from cells with 0.5 added (it would otherwise be 0); "
        "the risk difference itself is not corrected.",
    )


@pytest.mark.parametrize(
    ("measure", "data", "policy", "reason"),
    [
        (
            "RR",
            counts(0, 9, 0, 8),
            ZeroCells(),
            "no events in either arm, which says nothing about a ratio",
        ),
        (
            "OR",
            counts(9, 9, 8, 8),
            ZeroCells(),
            "events in every participant of both arms, which says nothing about a ratio",
        ),
        ("OR", counts(0, 9, 3, 8), ZeroCells(to="none"), "a zero cell and no correction"),
        ("RD", counts(0, 9, 0, 8), ZeroCells(to="none"), "no events in either arm"),
    ],
)
def test_what_is_not_estimable_says_why(measure, data, policy, reason) -> None:
    contrast = make_contrast(measure, data, study="a", zero_cells=policy)
    assert not contrast.estimable
    assert math.isnan(contrast.estimate)
    assert math.isnan(contrast.se)
    assert contrast.not_estimable == reason
    assert contrast.steps == ()


@pytest.mark.parametrize(
    ("measure", "data", "message"),
    [
        (
            "MD",
            counts(1, 9, 2, 9),
            "Lee 2004: MD (mean difference) is computed from means, not from counts",
        ),
        (
            "HR",
            counts(1, 9, 2, 9),
            "Lee 2004: HR (hazard ratio) is computed from an estimate as printed, not from counts",
        ),
        (
            "RR",
            counts(10, 9, 2, 9),
            "Lee 2004: arm 1: 10 events of 9; events lie between 0 and a total above 0",
        ),
        (
            "HR",
            ReportedEstimate(value=0.8),
            "Lee 2004: estimate without an interval, a standard error or an exact p-value",
        ),
        ("XX", counts(1, 9, 2, 9), "unknown measure 'XX'; choose one of RR, OR, RD, MD, HR"),
    ],
)
def test_errors_name_the_study(measure, data, message) -> None:
    with pytest.raises(MethodError) as caught:
        make_contrast(measure, data, study="lee-2004", label="Lee 2004")
    assert str(caught.value) == message.replace("RR, OR, RD, MD, HR", ", ".join(MEASURES))


# --- scales ---------------------------------------------------------------------------


def test_natural_scale() -> None:
    assert_close(to_natural("RR", math.log(0.8)), 0.8, CLOSED_FORM)
    assert to_natural("MD", -3.0) == -3.0
    assert to_natural("OR", 1e4) == math.inf
    assert np.isnan(to_natural("OR", math.nan))
    interval = to_natural_interval("HR", Interval(low=-1.0, high=0.0, level=0.9, method="wald"))
    assert interval == Interval(low=math.exp(-1.0), high=1.0, level=0.9, method="wald")
    assert find_measure("RR") is MEASURES["RR"]
