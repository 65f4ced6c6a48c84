"""The Box-Cox method for mean and standard deviation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from conformance import Reference
from evidencekit.effects.box_cox import make_symmetric, match_box_cox
from evidencekit.effects.quantiles import mean_and_sd
from evidencekit.effects.summary import NumberSummary
from evidencekit.errors import MethodError
from tolerances import ITERATIVE, assert_close, assert_printed

N = 60
FIVE = ("minimum", "q1", "median", "q3", "maximum")
SETS = (("minimum", "median", "maximum"), ("q1", "median", "q3"), FIVE)


def at_scores(power: float, mean: float, sd: float, keys: tuple[str, ...]) -> NumberSummary:
    """The numbers whose transforms lie where Wan's formula expects those of a normal sample."""
    outer = stats.norm.ppf((N - 0.375) / (N + 0.25))
    inner = stats.norm.ppf((0.75 * N - 0.125) / (N + 0.25))
    z = dict(zip(FIVE, (-outer, -inner, 0.0, inner, outer), strict=True))
    y = {key: mean + sd * z[key] for key in keys}
    x = {k: math.exp(v) if power == 0 else (1 + power * v) ** (1 / power) for k, v in y.items()}
    return NumberSummary(n=N, **x)


@pytest.mark.parametrize("keys", SETS)
def test_a_log_normal_is_given_back(keys: tuple[str, ...]) -> None:
    mean, sd = 2.5, 0.6
    found = match_box_cox(at_scores(0.0, mean, sd, keys))
    centre = math.exp(mean + sd**2 / 2)
    assert_close([found.mean, found.sd], [centre, centre * math.sqrt(math.expm1(sd**2))], ITERATIVE)
    assert found.remark.startswith(", power ")


@pytest.mark.parametrize("keys", SETS)
def test_a_normal_far_from_0_is_given_back(keys: tuple[str, ...]) -> None:
    summary = at_scores(1.0, 49.0, 5.0, keys)
    assert_close(make_symmetric(summary).power, 1.0, ITERATIVE)
    found = match_box_cox(summary)
    assert_close([found.mean, found.sd], [50.0, 5.0], ITERATIVE)


@pytest.mark.parametrize("keys", SETS)
def test_a_squared_normal_is_given_back(keys: tuple[str, ...]) -> None:
    # x = (a + b z)^2 with mean a^2 + b^2 and variance 4 a^2 b^2 + 2 b^4.
    a, b = 6.0, 0.7
    found = match_box_cox(at_scores(0.5, 2 * (a - 1), 2 * b, keys))
    assert_close(found.mean, a**2 + b**2, ITERATIVE)
    assert_close(found.sd, math.sqrt(4 * a**2 * b**2 + 2 * b**4), ITERATIVE)


def naive(values: dict[str, float], n: int) -> tuple[float, float]:
    """The same from scipy's parts, in the unit of the data, without its special cases."""
    low, high = values["minimum"], values["maximum"]

    def f(x: float, p: float) -> float:
        return (x**p - 1) / p

    p = optimize.brentq(
        lambda p: (f(high, p) - f(values["median"], p)) - (f(values["median"], p) - f(low, p)),
        -0.9,
        12.1,
    )
    w = 4 / (4 + n**0.75)
    mean = w * (f(low, p) + f(high, p)) / 2 + (1 - w) * f(values["median"], p)
    sd = (f(high, p) - f(low, p)) / (2 * stats.norm.ppf((n - 0.375) / (n + 0.25)))
    end = min(9.0, (1 + p * mean) / (abs(p) * sd) * (1 - 1e-12))
    whole = stats.norm.cdf(end) - stats.norm.cdf(-end)

    def moment(k: int) -> float:
        def density(z: float) -> float:
            return (1 + p * (mean + sd * z)) ** (k / p) * stats.norm.pdf(z)

        return integrate.quad(density, -end, end, epsabs=1e-12, limit=200)[0] / whole

    return moment(1), math.sqrt(moment(2) - moment(1) ** 2)


@pytest.mark.parametrize(
    ("low", "median", "high", "n"),
    [(2, 4, 9, 100), (20, 30, 45, 40), (1, 8, 13, 25), (3, 5, 7.5, 400), (10, 14, 16, 12)],
)
def test_a_naive_second_way_agrees(low: float, median: float, high: float, n: int) -> None:
    found = match_box_cox(NumberSummary(minimum=low, median=median, maximum=high, n=n))
    expected = naive({"minimum": low, "median": median, "maximum": high}, n)
    assert_close([found.mean, found.sd], expected, 1e-7)


def test_the_example_of_the_authors_program() -> None:
    # README of estmeansd 1.0.1: bc.mean.sd(min.val = 2, med.val = 4, max.val = 9, n = 100)
    # gives 4.210971 and 1.337348 from random draws, qe.mean.sd 4.347284 and 1.502171.
    summary = NumberSummary(minimum=2, median=4, maximum=9, n=100)
    found = match_box_cox(summary)
    reference = Reference(
        "mean and standard deviation from quantiles", "BC", "estmeansd 1.0.1", "invented"
    )
    reference.agrees([found.mean, found.sd], [4.210971, 1.337348], 0.005)
    reference.differs("its mean and standard deviation are those of random draws; ours are exact")
    # Its search stops a few units of the fifth decimal from the minimum.
    by_quantiles = mean_and_sd(summary, method="QE")
    assert_close([by_quantiles.mean, by_quantiles.sd], [4.347284, 1.502171], 1e-5)


def test_drawing_random_numbers_gives_the_same() -> None:
    found = match_box_cox(NumberSummary(minimum=2, median=4, maximum=9, n=100))
    power, mean, sd = make_symmetric(NumberSummary(minimum=2, median=4, maximum=9, n=100))
    y = mean + sd * np.random.default_rng(7).normal(size=400_000)
    x = 4.0 * (1.0 + power * y) ** (1.0 / power)
    assert_close([found.mean, found.sd], [x.mean(), x.std()], 0.005)


def test_the_power_of_five_numbers_is_the_least_sum_on_a_fine_grid() -> None:
    values = {"minimum": 0.5, "q1": 2.0, "median": 4.0, "q3": 9.0, "maximum": 40.0}
    found = make_symmetric(NumberSummary(n=85, **values))

    def misfit(p: np.ndarray) -> np.ndarray:
        f = {k: (v**p - 1) / p for k, v in values.items()}
        parts = [
            (f[high] - f["median"]) / (f["median"] - f[low]) - 1
            for low, high in (("minimum", "maximum"), ("q1", "q3"))
        ]
        return parts[0] ** 2 + parts[1] ** 2

    grid = np.linspace(-1.0, 1.0, 400_000)
    assert_close(found.power, grid[np.argmin(misfit(grid))], 0, atol=1e-5)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(
    scale=st.floats(1e-3, 1e3),
    numbers=st.lists(st.floats(10.0, 40.0), min_size=5, max_size=5, unique=True).map(sorted),
)
def test_a_change_of_unit_changes_only_the_unit(scale: float, numbers: list[float]) -> None:
    def summary(by: float) -> NumberSummary:
        return NumberSummary(n=50, **{k: by * x for k, x in zip(FIVE, numbers, strict=True)})

    try:
        found = match_box_cox(summary(1.0))
    except MethodError as error:
        with pytest.raises(MethodError) as caught:
            match_box_cox(summary(scale))
        assert str(caught.value) == str(error)  # noqa: PT017
        return
    moved = match_box_cox(summary(scale))
    assert_close([moved.mean, moved.sd], [scale * found.mean, scale * found.sd], 1e-5)


def test_the_step_names_the_power() -> None:
    found = mean_and_sd(NumberSummary(minimum=2, median=4, maximum=9, n=100), method="BC")
    assert_printed(found.mean, "4.2273")
    assert found.steps == (
        "Mean and standard deviation from the median and its range: Box-Cox method by McGrath "
        "2020, power -0.209.",
    )


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        (
            {"minimum": 0, "median": 4, "maximum": 9},
            "the smallest number is 0; the Box-Cox method needs numbers above 0",
        ),
        (
            {"q1": -3, "median": 4, "q3": 9},
            "the smallest number is -3; the Box-Cox method needs numbers above 0",
        ),
        (
            {"minimum": 1, "q1": 4, "median": 4, "q3": 6, "maximum": 9},
            "the median 4 is also another of the numbers; no power makes them symmetric",
        ),
        (
            {"minimum": 1, "median": 6, "maximum": 60},
            "the Box-Cox power -0.123 leaves no finite standard deviation on the original "
            "scale; take quantile estimation (QE)",
        ),
    ],
)
def test_what_the_method_cannot_do_is_said(numbers: dict[str, float], message: str) -> None:
    with pytest.raises(MethodError) as caught:
        mean_and_sd(NumberSummary(n=31, **numbers), method="BC")
    assert str(caught.value) == message


def test_nearly_equal_distances_are_power_0() -> None:
    summary = NumberSummary(q1=2.0, median=4.0, q3=8.0 * (1 + 1e-13), n=40)
    assert make_symmetric(summary).power == 0.0
