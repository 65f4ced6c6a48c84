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
from evidencekit.effects.contrast import KINDS, NEEDS
from evidencekit.errors import MethodError
from evidencekit.quantities import (
    Correlation,
    Counts,
    GroupCounts,
    GroupMean,
    GroupRate,
    Interval,
    LogRank,
    Means,
    PairedCounts,
    PairedMeans,
    Rates,
)
from reference_cases import load
from tolerances import CLOSED_FORM, assert_close

NUMBERS = st.integers(0, 40)


def counts(a: float, n1: float, c: float, n2: float) -> Counts:
    return Counts(events_1=a, total_1=n1, events_2=c, total_2=n2)


# --- contract -------------------------------------------------------------------------


@pytest.mark.parametrize("name", MEASURES)
def test_every_row_has_a_reference_case(name: str) -> None:
    case = load("effect_measures")["cases"].get(name)
    assert case, f"measure {name!r} has no reference case"
    assert case["call"]
    assert all(values["yi"] for values in case["variants"].values())


@pytest.mark.parametrize("name", MEASURES)
def test_rows_are_complete(name: str) -> None:
    row = MEASURES[name]
    assert row.name == name
    assert row.label
    assert row.r_call
    if row.kind in ("proportion", "rate", "mean"):
        assert row.null is None
    else:
        assert row.null == (1.0 if row.scale == "log" else 0.0)
    assert (row.function is None) == (row.kind == "generic")
    assert row.kind in NEEDS


def test_every_kind_of_data_has_measures() -> None:
    assert set(KINDS.values()) == {row.kind for row in MEASURES.values()} - {"generic"}
    assert set(KINDS) == {type(data) for data in EXAMPLES.values()}


EXAMPLES = {
    "binary": Counts(events_1=7, total_1=30, events_2=9, total_2=31),
    "rates": Rates(events_1=7, time_1=30.5, events_2=9, time_2=31),
    "continuous": Means(mean_1=5.0, sd_1=2.0, total_1=16, mean_2=3.5, sd_2=3.0, total_2=9),
    "log_rank": LogRank(observed_minus_expected=-3.5, variance=9.0),
    "paired_means": PairedMeans(
        mean_1=5.0, sd_1=2.0, mean_2=4.0, sd_2=2.5, total=12, correlation=0.6
    ),
    "paired_counts": PairedCounts(both=5, only_1=3, only_2=6, neither=12),
    "correlation": Correlation(r=0.4, n=25),
    "proportion": GroupCounts(events=7, total=30),
    "rate": GroupRate(events=7, time=30.5),
    "mean": GroupMean(mean=5.0, sd=2.0, total=16),
}


@pytest.mark.parametrize("name", [n for n, m in MEASURES.items() if m.function])
def test_every_measure_makes_a_contrast(name: str) -> None:
    row, data = MEASURES[name], EXAMPLES[MEASURES[name].kind]
    plain = make_contrast(name, data, study="a")
    assert plain.estimable
    assert (plain.measure, plain.scale, plain.data) == (name, row.scale, data)
    assert math.isfinite(to_natural(name, plain.estimate))
    for variant in row.variants:
        contrast = make_contrast(name, data, study="a", variant=variant)
        assert contrast.estimable
        first = variant == row.variants[0]
        assert contrast.steps == (() if first else (f"{name} in the variant {variant}.",))
    if row.kind != "binary":
        with pytest.raises(MethodError) as caught:
            make_contrast(name, EXAMPLES["binary"], study="a")
        assert str(caught.value).endswith(f"is computed from {NEEDS[row.kind]}, not from counts")
    with pytest.raises(MethodError, match="unknown variant 'XX'"):
        make_contrast(name, data, study="a", variant="XX")


@pytest.mark.parametrize(
    "name",
    [n for n, m in MEASURES.items() if m.kind in ("binary", "rates", "continuous")],
)
def test_swapping_the_arms_of_the_references(name: str) -> None:
    row = MEASURES[name]
    columns = [
        np.array(x, dtype=float) for x in load("effect_measures")["cases"][name]["inputs"].values()
    ]
    half = len(columns) // 2
    swapped = columns[half:] + columns[:half]
    for variant in row.variants or ("",):
        options = {"variant": variant} if variant else {}
        one, two = row.function(*columns, **options), row.function(*swapped, **options)
        flips = np.allclose(two.estimate, -one.estimate, rtol=1e-12, atol=1e-14, equal_nan=True)
        assert flips == row.symmetric
        if row.symmetric:
            assert_close(two.se, one.se, 1e-12)


@pytest.mark.parametrize("name", [n for n, m in MEASURES.items() if m.kind == "paired_means"])
def test_swapping_the_occasions(name: str) -> None:
    m1, s1, m2, s2, n, r = load("effect_measures")["cases"][name]["inputs"].values()
    function = MEASURES[name].function
    one, two = function(m1, s1, m2, s2, n, r), function(m2, s2, m1, s1, n, r)
    flips = np.allclose(two.estimate, -one.estimate, rtol=1e-12, atol=1e-14)
    assert flips == MEASURES[name].symmetric


@pytest.mark.parametrize("name", [n for n, m in MEASURES.items() if m.kind == "paired_counts"])
def test_swapping_the_conditions(name: str) -> None:
    a, b, c, d = load("effect_measures")["cases"][name]["inputs"].values()
    function = MEASURES[name].function
    one, two = function(a, b, c, d), function(a, c, b, d)
    assert_close(two.estimate, -one.estimate, 1e-12, atol=1e-14)
    assert_close(two.se, one.se, 1e-12)


@pytest.mark.parametrize("name", [n for n, m in MEASURES.items() if m.function])
def test_rows_do_not_influence_each_other(name: str) -> None:
    columns = list(load("effect_measures")["cases"][name]["inputs"].values())
    function = MEASURES[name].function
    whole = function(*columns)
    for i in range(len(columns[0])):
        row = function(*(column[i] for column in columns))
        assert row.estimate.shape == ()
        assert_close(row.estimate, whole.estimate[i], 0)
        assert_close(row.se, whole.se[i], 0)
    assert function(*([] for _ in columns)).estimate.shape == (0,)


@pytest.mark.parametrize("name", [n for n, m in MEASURES.items() if m.function])
def test_what_is_not_a_number_is_an_error_that_names_the_row(name: str) -> None:
    columns = [
        np.array(x, dtype=float) for x in load("effect_measures")["cases"][name]["inputs"].values()
    ]
    for number in range(len(columns)):
        for wrong in (math.nan, math.inf, -math.inf):
            broken = [column.copy() for column in columns]
            broken[number][1] = wrong
            with pytest.raises(MethodError, match=r"^row 2[:,]"):
                MEASURES[name].function(*broken)


@pytest.mark.parametrize("name", [n for n, m in MEASURES.items() if m.kind == "binary"])
class TestBinary:
    @settings(derandomize=True, max_examples=80, deadline=None)
    @given(a=NUMBERS, c=NUMBERS, b=NUMBERS, d=NUMBERS)
    def test_swapping_the_arms_flips_the_sign(self, name, a, b, c, d) -> None:
        row = MEASURES[name]
        assert row.symmetric
        n1, n2 = a + b + 1, c + d + 1
        policies = (
            ZeroCells(),
            ZeroCells(to="all"),
            ZeroCells(double_zero="keep"),
            ZeroCells(increment="treatment_arm", double_zero="keep"),
        )
        for policy in policies:
            one = row.function(a, n1, c, n2, zero_cells=policy)
            two = row.function(c, n2, a, n1, zero_cells=policy)
            assert_close(two.estimate, -one.estimate, 1e-12, atol=1e-14)
            assert_close(two.se, one.se, 1e-12)
            assert (one.corrected == two.corrected).all()

    def test_equal_arms_give_the_null(self, name) -> None:
        contrast = make_contrast(name, counts(7, 30, 7, 30), study="a")
        assert to_natural(name, contrast.estimate) == MEASURES[name].null


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
    printed = ReportedEstimate(value=0.8, low=0.5, high=0.9)
    contrast = make_contrast(name, printed, study="a", label="A")
    assert (contrast.measure, contrast.scale, contrast.data) == (name, row.scale, None)
    assert_close(to_natural(name, contrast.estimate), 0.8, CLOSED_FORM)
    assert contrast.estimable
    assert (contrast.estimate == 0.8) == (row.scale == "identity")


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
    assert contrast.not_estimable == "the means or standard deviations do not allow it"


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
            "Lee 2004: HR (hazard ratio) is computed from observed minus expected events with "
            "their variance, not from counts",
        ),
        (
            "RR",
            counts(10, 9, 2, 9),
            "Lee 2004: arm 1: 10 events of 9; events lie between 0 and a total above 0",
        ),
        (
            "HR",
            ReportedEstimate(value=0.8),
            "Lee 2004: estimate without an interval, a standard error, a test statistic or an "
            "exact p-value",
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


# --- extremes -------------------------------------------------------------------------


@pytest.mark.parametrize("name", [n for n, m in MEASURES.items() if m.function])
@pytest.mark.parametrize("factor", [1e-290, 1e-150, 1e-12, 1e12, 1e150, 1e290])
def test_extreme_numbers_give_a_number_or_nan_and_no_warning(name: str, factor: float) -> None:
    row = MEASURES[name]
    columns = [
        np.array(x, dtype=float) for x in load("effect_measures")["cases"][name]["inputs"].values()
    ]
    whole = [column * factor for column in columns]
    for inputs in ([*whole], [*whole[:-1], columns[-1]], [whole[0], *columns[1:]]):
        for variant in row.variants or ("",):
            try:
                effects = row.function(*inputs, **({"variant": variant} if variant else {}))
            except MethodError:
                continue  # out of range, and said to be
            assert not np.isinf(effects.estimate).any()
            assert not np.isinf(effects.se).any()
            assert not (effects.se <= 0).any()
            assert (np.isnan(effects.estimate) == np.isnan(effects.se)).all()
