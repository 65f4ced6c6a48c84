"""Mean and standard deviation from medians, ranges and quartiles."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from conformance import Reference
from evidencekit.effects.quantile_formulas import luo_mean, shi_sd, wan_mean, wan_sd
from evidencekit.effects.quantile_matching import FAMILIES, match_quantiles, quantile_fits
from evidencekit.effects.quantiles import SUMMARY_METHODS, mean_and_sd, skewness_test
from evidencekit.effects.summary import NumberSummary
from evidencekit.errors import MethodError
from reference_cases import load
from tolerances import CLOSED_FORM, assert_close, assert_printed

CASES: list[dict[str, Any]] = load("conversions")["summaries"]
# optim() without derivatives stops about a square root of its tolerance from the minimum.
MINIMUM = 3e-6
QUANTILES = "mean and standard deviation from quantiles"


def summary(case: dict[str, Any]) -> NumberSummary:
    return NumberSummary(**case["inputs"])


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_formulas_agree_with_r(case: dict[str, Any]) -> None:
    s, expected = summary(case), case["formulas"]
    assert_close(luo_mean(s), expected["luo"], CLOSED_FORM)
    assert_close(wan_mean(s), expected["wan_mean"], CLOSED_FORM)
    assert_close(wan_sd(s), expected["wan"], CLOSED_FORM)
    assert_close(shi_sd(s), expected["shi"], CLOSED_FORM)
    for name, mean, sd in (
        ("Luo-Shi", "luo", "shi"),
        ("Luo-Wan", "luo", "wan"),
        ("Wan", "wan_mean", "wan"),
    ):
        found = SUMMARY_METHODS[name].function(s)
        reference = Reference(QUANTILES, name, "formulas in R 4.2.2", "invented")
        reference.agrees((found.mean, found.sd), (expected[mean], expected[sd]), CLOSED_FORM)
    test = skewness_test(s)
    assert_close(test.statistic, expected["statistic"], CLOSED_FORM)
    assert_close(test.critical, expected["critical"], CLOSED_FORM)
    assert test.skewed == (expected["statistic"] > expected["critical"])


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_quantile_estimation_agrees_with_optim(case: dict[str, Any]) -> None:
    fits = {fit.family: fit for fit in quantile_fits(summary(case))}
    assert fits.keys() == case["families"].keys()
    for name, expected in case["families"].items():
        # Ours is the minimum: no higher than what optim() found.
        assert fits[name].misfit <= expected["misfit"] * (1 + 1e-10) + 1e-12
        assert_close(fits[name].mean, expected["mean"], MINIMUM)
        assert_close(fits[name].sd, expected["sd"], MINIMUM)
    best = min(case["families"].values(), key=lambda f: f["misfit"])
    found = match_quantiles(summary(case))
    reference = Reference(QUANTILES, "QE", "optim() in R 4.2.2", "invented")
    reference.agrees([found.mean, found.sd], [best["mean"], best["sd"]], MINIMUM)


@pytest.mark.parametrize(
    ("distribution", "family"),
    [
        (stats.norm(5, 2), "normal"),
        (stats.lognorm(0.8, scale=3), "log-normal"),
        (stats.gamma(1.7, scale=4), "gamma"),
        (stats.weibull_min(1.3, scale=10), "Weibull"),
        (stats.beta(1.4, 2.6), "beta"),
    ],
)
@pytest.mark.parametrize("which", ["five", "quartiles", "range"])
def test_exact_quantiles_give_the_distribution_back(distribution, family, which) -> None:
    n = 101.0
    ends = (distribution.ppf(1 / n), distribution.ppf(1 - 1 / n))
    quartiles = (distribution.ppf(0.25), distribution.ppf(0.75))
    s = NumberSummary(
        median=distribution.median(),
        n=n,
        **({"minimum": ends[0], "maximum": ends[1]} if which != "quartiles" else {}),
        **({"q1": quartiles[0], "q3": quartiles[1]} if which != "range" else {}),
    )
    fit = {f.family: f for f in quantile_fits(s)}[family]
    assert_close([fit.mean, fit.sd], [distribution.mean(), distribution.std()], 1e-6)
    assert fit.misfit < 1e-10
    assert f"{family} distribution" in mean_and_sd(s, method="QE").steps[0]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_families_are_those_of_scipy(family) -> None:
    p = np.array([0.001, 0.25, 0.5, 0.9, 0.999])
    for shape in (0.4, 1.0, 3.7):
        other = {
            "log-normal": stats.lognorm(shape),
            "gamma": stats.gamma(shape, scale=1 / shape),
            "Weibull": stats.weibull_min(shape),
        }[family.name]
        assert_close(family.quantile(shape, p), other.ppf(p), 1e-10)
        assert_close(family.moments(shape), (other.mean(), other.std()), 1e-10)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(shift=st.floats(-50, 50), scale=st.floats(0.01, 100), case=st.sampled_from(CASES))
def test_estimates_follow_a_change_of_unit(shift: float, scale: float, case: dict) -> None:
    values = {k: v for k, v in case["inputs"].items() if v is not None and k != "n"}
    n = case["inputs"]["n"]
    moved = NumberSummary(n=n, **{k: scale * v + shift for k, v in values.items()})
    s = NumberSummary(n=n, **values)
    for mean, sd in ((luo_mean, shi_sd), (wan_mean, wan_sd)):
        size = abs(shift) + scale * 100
        assert_close(mean(moved), scale * mean(s) + shift, 1e-9, atol=1e-12 * size)
        assert_close(sd(moved), scale * sd(s), 1e-9, atol=1e-12 * size)
    # Families with a fixed zero follow a change of scale; the beta not even that.
    scaled = NumberSummary(n=n, **{k: scale * v for k, v in values.items()})
    fits, same = ({f.family: f for f in quantile_fits(x)} for x in (s, scaled))
    for name in fits.keys() - {"beta"}:
        assert_close(
            [same[name].mean, same[name].sd], [scale * fits[name].mean, scale * fits[name].sd], 1e-6
        )


def test_estimators_are_right_on_average_for_normal_data() -> None:
    rng = np.random.default_rng(20240601)
    n = 50
    x = np.sort(rng.normal(10.0, 3.0, (4000, n)), axis=1)
    q = np.quantile(x, [0, 0.25, 0.5, 0.75, 1], axis=1).T
    five = [NumberSummary(minimum=a, q1=b, median=m, q3=c, maximum=d, n=n) for a, b, m, c, d in q]
    assert_close(np.mean([luo_mean(s) for s in five]), 10.0, 0.01)
    assert_close(np.mean([shi_sd(s) for s in five]), 3.0, 0.02)
    # The level of the test: 5%, and not above by more than its approximation allows.
    assert 0.03 < np.mean([skewness_test(s).skewed for s in five]) < 0.065


def test_skewed_numbers_are_refused_or_noted() -> None:
    s = summary(CASES[1])
    assert skewness_test(s).skewed
    for method in ("Luo-Shi", "Luo-Wan", "Wan"):
        with pytest.raises(MethodError) as caught:
            mean_and_sd(s, method=method)
        assert str(caught.value) == (
            "the median and its range and quartiles are skewed (statistic 0.93, critical value "
            f"0.325); {method} assumes a normal distribution"
        )
    found = mean_and_sd(s, if_skewed="note")
    assert_close([found.mean, found.sd], [luo_mean(s), shi_sd(s)], 0)
    assert found.steps == (
        "Although the median and its range and quartiles are skewed (statistic 0.93, critical "
        "value 0.325), which Luo-Shi does not allow for:",
        "Mean and standard deviation from the median and its range and quartiles: mean by Luo "
        "2018, standard deviation by Shi 2020.",
    )
    found = mean_and_sd(s, method="QE")
    assert found.steps == (
        "Mean and standard deviation from the median and its range and quartiles: quantile "
        "estimation by McGrath 2020, log-normal distribution.",
    )


@pytest.mark.parametrize("method", SUMMARY_METHODS)
def test_every_method_takes_every_symmetric_summary(method: str) -> None:
    numbers = {"minimum": 2.0, "q1": 5.0, "median": 7.0, "q3": 9.0, "maximum": 12.0}
    for keys in (("minimum", "median", "maximum"), ("q1", "median", "q3"), tuple(numbers)):
        s = NumberSummary(n=30, **{key: numbers[key] for key in keys})
        found = mean_and_sd(s, method=method)
        assert 6.8 < found.mean < 7.2
        assert 2.0 < found.sd < 3.6
        assert s.what in found.steps[0]


def test_a_hundred_people_by_hand() -> None:
    # w = 1/(1 + 0.07 x 15.849) = 0.474; 10/4.996 = 2.002 by the range, 2/1.329 = 1.505 by
    # the quartiles.
    s = NumberSummary(minimum=0, q1=4, median=5, q3=6, maximum=10, n=100)
    assert_close(luo_mean(s), 5.0, CLOSED_FORM)
    assert_printed(shi_sd(s), "1.740")


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"median": 5, "n": 30}, "a median needs its range or its quartiles"),
        ({"median": 5, "n": 30, "q1": 3}, "first and third quartile: both or neither"),
        ({"median": 5, "n": 30, "maximum": 9}, "minimum and maximum: both or neither"),
        ({"median": 5, "n": 4, "q1": 3, "q3": 6}, "n 4: a finite value of 5 or more"),
        ({"median": 5, "n": math.nan, "q1": 3, "q3": 6}, "n nan: a finite value of 5 or more"),
        (
            {"median": 7, "n": 30, "q1": 3, "q3": 6},
            "3, 7, 6: finite numbers in increasing order",
        ),
        (
            {"median": math.nan, "n": 30, "q1": 3, "q3": 6},
            "3, nan, 6: finite numbers in increasing order",
        ),
        (
            {"median": 3, "n": 30, "q1": 3, "q3": 3},
            "3, 3, 3: a range of 0 says nothing about the spread",
        ),
    ],
)
def test_impossible_summaries_are_named(numbers: dict, message: str) -> None:
    with pytest.raises(MethodError) as caught:
        NumberSummary(**numbers)
    assert str(caught.value) == message


def test_unknown_methods_are_named() -> None:
    with pytest.raises(MethodError) as caught:
        mean_and_sd(summary(CASES[0]), method="guess")
    assert (
        str(caught.value) == "unknown method 'guess'; choose one of Luo-Shi, Luo-Wan, Wan, QE, BC"
    )
