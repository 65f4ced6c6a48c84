"""Every effect measure against metafor, and against formulas written out a second time."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import integrate, special

from conformance import Reference
from evidencekit.effects import MEASURES, ReportedEstimate
from evidencekit.effects.arrays import Effects
from evidencekit.effects.generic import read_estimate
from evidencekit.effects.standardised import small_sample_factor, standardised_mean_difference
from evidencekit.effects.zero_cells import ZeroCells
from evidencekit.errors import MethodError
from reference_cases import POOLED, load
from tolerances import CLOSED_FORM, assert_close, assert_printed

CASES: dict[str, Any] = load("effect_measures")["cases"]
VARIANTS = [(name, variant) for name, case in CASES.items() for variant in case["variants"]]
# Variants that metafor 3.8 does not have; each has its own test below.
OURS_ALONE = {("SMD", "RM"), ("ROM", "second_order")}
# metafor takes the mean of all studies for this one: array functions only.
WHOLE_ARRAY = {("SMD", "AV")}
# Where escalc's default adds half an event although the formula is defined without.
NEEDS_NO_CORRECTION = {
    "PETO": "escalc adds half an event to studies with a zero cell, which Peto's method needs not",
    "PR": "escalc adds half an event where all or none had one; a proportion needs none",
}
IMPRECISE = {
    # gsl's hypergeometric function in R is good to about 1e-13 absolute; the variance is
    # a difference of numbers near 1.
    ("UCOR", "UB"): 1e-10,
}


def numbers(values: list[float | None]) -> np.ndarray:
    return np.array([math.nan if value is None else value for value in values])


def ours(name: str, variant: str) -> Effects:
    row = MEASURES[name]
    options = {"variant": variant} if row.variants else {}
    assert row.function is not None
    return row.function(*CASES[name]["inputs"].values(), **options)


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
def test_agrees_with_metafor(name: str, variant: str) -> None:
    expected = CASES[name]["variants"][variant]
    yi, vi = numbers(expected["yi"]), numbers(expected["vi"])
    reference = Reference("effect measure", f"{name} {variant}", "metafor 3.8.1", "invented")
    if name == "GEN":
        values = zip(*CASES[name]["inputs"].values(), strict=True)
        read = [
            read_estimate(ReportedEstimate(value=v, low=a, high=b), scale="identity")
            for v, a, b in values
        ]
        reference.agrees([r.estimate for r in read], yi, 0)
        reference.agrees([r.se**2 for r in read], vi, CLOSED_FORM)
        return
    effects = ours(name, variant)
    usable = ~np.isnan(vi) & (vi > 0)
    assert usable.sum() >= 3
    rtol = IMPRECISE.get((name, variant), CLOSED_FORM)
    # Logarithms of ratios near 1 cancel: an absolute error of a rounding remains.
    reference.agrees(effects.estimate[usable], yi[usable], rtol, noise=4e-16)
    reference.agrees(effects.se[usable] ** 2, vi[usable], rtol)


@pytest.mark.parametrize("name", load("effect_measures")["datasets"])
def test_whole_datasets_agree_with_metafor(name: str) -> None:
    case = load("effect_measures")["datasets"][name]
    function = MEASURES[case["measure"]].function
    assert function is not None
    effects = function(*(numbers(column) for column in case["inputs"].values()))
    vi = numbers(case["vi"])
    assert (np.isnan(effects.se) == np.isnan(vi)).all()
    reference = Reference("effect measure", f"{case['measure']} LS", "metafor 3.8.1", name)
    reference.agrees(effects.se**2, vi, CLOSED_FORM)
    reference.agrees(effects.estimate, numbers(case["yi"]), CLOSED_FORM, noise=1e-15)


@pytest.mark.parametrize("name", [n for n in POOLED if load(n)["inputs"]])
def test_the_data_of_published_analyses_agree_with_metafor(name: str) -> None:
    case = load(name)
    row = MEASURES[case["measure"]]
    variant = name.rpartition("_")[2] if name.startswith("normand1999_SMD_") else "LS"
    options: dict[str, Any] = {"variant": variant} if row.variants else {}
    if name.endswith("_all"):
        options["zero_cells"] = ZeroCells(double_zero="keep")
    assert row.function is not None
    columns = [column for key, column in case["inputs"].items() if key not in ("label", "alloc")]
    effects = row.function(*columns, **options)
    reference = Reference("effect measure", f"{row.name} {variant}", "metafor 3.8.1", name)
    same = np.ones(len(case["yi"]), dtype=bool)
    if row.name in NEEDS_NO_CORRECTION:
        events, total = (np.array(x) for x in columns[:2])
        same = (events > 0) & (events < total)
        if row.name == "PETO":
            same &= (np.array(columns[2]) > 0) & (np.array(columns[2]) < np.array(columns[3]))
        if not same.all():
            reference.differs(NEEDS_NO_CORRECTION[row.name])
    # Logarithms of ratios near 1 cancel: an absolute error of a rounding remains.
    reference.agrees(effects.estimate[same], np.array(case["yi"])[same], CLOSED_FORM, noise=1e-15)
    reference.agrees(effects.se[same] ** 2, np.array(case["vi"])[same], CLOSED_FORM)


def test_every_variant_has_a_reference_case() -> None:
    named = {(name, variant) for name, row in MEASURES.items() for variant in row.variants}
    plain = {(name, "LS") for name, row in MEASURES.items() if not row.variants}
    assert named | plain | WHOLE_ARRAY == set(VARIANTS) | OURS_ALONE


# --- written out a second time --------------------------------------------------------


def rows(name: str) -> list[tuple[float, ...]]:
    return list(zip(*CASES[name]["inputs"].values(), strict=True))


def plain_counts(name: str, row: tuple[float, ...]) -> tuple[float, float]:
    a, n1, c, n2 = row
    if name == "AS":
        return math.asin((a / n1) ** 0.5) - math.asin((c / n2) ** 0.5), (1 / n1 + 1 / n2) / 4
    n, m = n1 + n2, a + c
    v = n1 * n2 * m * (n - m) / (n**2 * (n - 1))
    return (a - n1 * m / n) / v, 1 / v


def plain_rates(name: str, row: tuple[float, ...]) -> tuple[float, float]:
    x1, t1, x2, t2 = row
    if name == "IRD":
        return x1 / t1 - x2 / t2, x1 / t1**2 + x2 / t2**2
    if name == "IRSD":
        return (x1 / t1) ** 0.5 - (x2 / t2) ** 0.5, (1 / t1 + 1 / t2) / 4
    if 0 in (x1, x2):
        x1, x2 = x1 + 0.5, x2 + 0.5
    return math.log(x1 * t2 / x2 / t1), 1 / x1 + 1 / x2


def plain_paired_means(name: str, row: tuple[float, ...]) -> tuple[float, float]:
    m1, s1, m2, s2, n, r = row
    change = s1**2 + s2**2 - 2 * r * s1 * s2
    if name == "MC":
        return m1 - m2, change / n
    if name == "ROMC":
        cv = s1**2 / m1**2 + s2**2 / m2**2 - 2 * r * s1 * s2 / m1 / m2
        return math.log(m1 / m2), cv / n
    g = hedges_j(n - 1) * (m1 - m2) / (change**0.5 if name == "SMCC" else s2)
    return g, (1 if name == "SMCC" else 2 * (1 - r)) / n + g**2 / 2 / n


def hedges_j(m: float) -> float:
    """By its definition: the mean of sqrt(m/chi2) over a chi-squared with m degrees, inverted."""
    log_norm = m / 2 * math.log(2) + math.lgamma(m / 2)
    value, _ = integrate.quad(
        lambda x: math.sqrt(m / x) * math.exp((m / 2 - 1) * math.log(x) - x / 2 - log_norm),
        0,
        math.inf,
        epsabs=1e-13,
        epsrel=1e-13,
        limit=500,
    )
    return 1 / value


def plain_means(name: str, row: tuple[float, ...]) -> tuple[float, float]:
    m1, s1, n1, m2, s2, n2 = row
    if name == "ROM":
        return math.log(m1 / m2), s1**2 / n1 / m1**2 + s2**2 / n2 / m2**2
    half = 1 / 2 / (n1 - 1), 1 / 2 / (n2 - 1)
    if name == "VR":
        return math.log(s1 / s2) + half[0] - half[1], sum(half)
    if name == "CVR":
        spread = s1**2 / n1 / m1**2 + s2**2 / n2 / m2**2
        return math.log(s1 * m2 / s2 / m1) + half[0] - half[1], sum(half) + spread
    pooled = ((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / (n1 + n2 - 2)
    if name == "SMD1":
        g = hedges_j(n2 - 1) * (m1 - m2) / s2
        return g, 1 / n1 + 1 / n2 + g**2 / 2 / n2
    if name == "SMDH":
        s = (s1**2 + s2**2) / 2
        g = hedges_j(n1 + n2 - 2) * (m1 - m2) / s**0.5
        first = g**2 * (s1**4 / (n1 - 1) + s2**4 / (n2 - 1)) / 8 / s**2
        return g, first + (s1**2 / (n1 - 1) + s2**2 / (n2 - 1)) / s
    g = (m1 - m2) / pooled**0.5 * (1 if name == "D" else hedges_j(n1 + n2 - 2))
    return g, 1 / n1 + 1 / n2 + g**2 / 2 / (n1 + n2)


def plain_pairs(name: str, row: tuple[float, ...]) -> tuple[float, float]:
    a, b, c, d = row
    if name in ("MPRR", "MPOR") and 0 in row:
        a, b, c, d = (x + 0.5 for x in row)
    n = a + b + c + d
    if name == "MPRR":
        return math.log((a + b) / (a + c)), (b + c) / (a + b) / (a + c)
    if name == "MPRD":
        return (b - c) / n, (b / n + c / n - (b / n - c / n) ** 2) / n
    if name == "MPORC":
        return math.log(b / c), 1 / b + 1 / c
    # The two marginal log odds by the delta method, covariance of the margins included.
    p, q = (a + b) / n, (a + c) / n
    own = 1 / n / p / (1 - p) + 1 / n / q / (1 - q)
    shared = (a / n - p * q) / n / p / (1 - p) / q / (1 - q)
    return math.log(p / (1 - p)) - math.log(q / (1 - q)), own - 2 * shared


def plain_correlation(name: str, row: tuple[float, ...]) -> tuple[float, float]:
    r, n = row
    if name == "ZCOR":
        return 0.5 * math.log((1 + r) / (1 - r)), 1 / (n - 3)
    if name == "UCOR":
        # Euler's integral of the hypergeometric function.
        c, z = (n - 2) / 2, 1 - r**2
        value, _ = integrate.quad(
            lambda u: 2 * (1 - u**2) ** (c - 1.5) * (1 - z * u**2) ** -0.5, 0, 1
        )
        r = r * value / special.beta(0.5, c - 0.5)
    return r, (1 - r**2) ** 2 / (n - 1)


def plain_mean(name: str, row: tuple[float, ...]) -> tuple[float, float]:
    m, s, n = row
    return (m, s**2 / n) if name == "MN" else (math.log(m), s**2 / n / m**2)


def plain_rate(name: str, row: tuple[float, ...]) -> tuple[float, float]:
    x, t = row
    return {
        "IR": lambda: (x / t, x / t**2),
        "IRLN": lambda: (math.log(x / t), 1 / x),
        "IRS": lambda: ((x / t) ** 0.5, 1 / 4 / t),
        "IRFT": lambda: ((x / t) ** 0.5 / 2 + ((x + 1) / t) ** 0.5 / 2, 1 / 4 / t),
    }[name]()


def plain_proportion(name: str, row: tuple[float, ...]) -> tuple[float, float]:
    x, n = row
    p = x / n
    both = math.asin((x / (n + 1)) ** 0.5) + math.asin(((x + 1) / (n + 1)) ** 0.5)
    return {
        "PR": lambda: (p, p * (1 - p) / n),
        "PLN": lambda: (math.log(p), 1 / x - 1 / n),
        "PLO": lambda: (math.log(p / (1 - p)), 1 / x + 1 / (n - x)),
        "PAS": lambda: (math.asin(p**0.5), 1 / 4 / n),
        "PFT": lambda: (both / 2, 1 / (4 * n + 2)),
    }[name]()


PLAIN = {
    "binary": plain_counts,
    "rates": plain_rates,
    "continuous": plain_means,
    "paired_means": plain_paired_means,
    "paired_counts": plain_pairs,
    "correlation": plain_correlation,
    "mean": plain_mean,
    "rate": plain_rate,
    "proportion": plain_proportion,
}


@pytest.mark.parametrize("name", sorted(CASES.keys() - {"RR", "OR", "RD", "MD", "HR", "GEN"}))
def test_agrees_with_the_textbook_formula(name: str) -> None:
    variant = "LS" if MEASURES[name].variants else ""
    effects = ours(name, variant)
    checked = 0
    for i, row in enumerate(rows(name)):
        one_group = MEASURES[name].kind in ("proportion", "rate")
        if one_group and (row[0] == 0 or (row[0] == row[1] and name != "PAS")):
            continue  # corrected; these have tests of their own
        estimate, variance = PLAIN[MEASURES[name].kind](name, row)
        # Euler's and Hedges' integrals are done numerically.
        assert_close(effects.estimate[i], estimate, 1e-9, atol=1e-15)
        assert_close(effects.se[i] ** 2, variance, 1e-9)
        checked += 1
    assert checked >= 5


# --- the variants of the standardised mean difference ---------------------------------


def test_the_variances_that_programs_use_for_a_standardised_difference() -> None:
    # d = 0.7323 with 12 and 15 people; each program has its own default.
    printed = {
        "LS": "0.1593358",
        "LS2": "0.1503677",
        "UB": "0.1608378",
        "RM": "0.1609321",
    }
    # Standard deviation 1 in both arms, so that the difference of the means is d.
    d = 0.71002494 / float(small_sample_factor(np.array(25.0)))
    for variant, text in printed.items():
        effects = standardised_mean_difference(d, 1.0, 12, 0.0, 1.0, 15, variant=variant)
        assert_printed(float(effects.se**2), text)
        assert_printed(float(effects.estimate), "0.71006" if variant == "RM" else "0.71002")
    with pytest.raises(MethodError) as caught:
        standardised_mean_difference(1, 1, 9, 0, 1, 9, variant="XX")
    assert str(caught.value) == "unknown variant 'XX'; choose one of LS, LS2, UB, AV, RM"


def test_review_manager_approximates() -> None:
    m1, s1, n1, m2, s2, n2 = 5.2, 2.0, 30, 4.1, 2.5, 28
    pooled = math.sqrt((29 * 4 + 27 * 6.25) / 56)
    g = (m1 - m2) / pooled * (1 - 3 / (4 * 58 - 9))
    effects = standardised_mean_difference(m1, s1, n1, m2, s2, n2, variant="RM")
    assert_close(effects.estimate, g, CLOSED_FORM)
    assert_close(effects.se**2, 58 / 30 / 28 + g**2 / 2 / (58 - 3.94), CLOSED_FORM)


def test_statsmodels_approximates_as_review_manager_does() -> None:
    from statsmodels.stats.meta_analysis import effectsize_smd

    columns = [np.array(x, float) for x in load("gibson2002_SMD")["inputs"].values()]
    ours = standardised_mean_difference(*columns, variant="RM")
    estimate, variance = effectsize_smd(*columns)
    reference = Reference("effect measure", "SMD RM", "statsmodels", "gibson2002_SMD")
    reference.agrees(ours.estimate, estimate, CLOSED_FORM)
    reference.agrees(ours.se**2, variance, CLOSED_FORM)


def test_the_exact_factor() -> None:
    m = np.array([2.0, 3.0, 4.0, 50.0, 299.5, 300.0, 1e4, 1e9])
    j = small_sample_factor(m)
    assert_close(j[0], 1 / math.sqrt(math.pi), CLOSED_FORM)
    assert_close(j[1], math.sqrt(math.pi) / 2 / math.sqrt(1.5), CLOSED_FORM)
    # J(m) J(m + 1) = (m - 1)/sqrt(m (m + 1)) by Gamma's recursion; also across the seam.
    for value in (40.0, 298.0, 299.5, 5e3):
        two = small_sample_factor(np.array([value, value + 1.0]))
        assert_close(two.prod(), (value - 1) / math.sqrt(value * (value + 1)), CLOSED_FORM)
    assert np.isnan(small_sample_factor(np.array([1.0, 0.5, math.nan]))).all()
    assert (np.diff(j) > 0).all()
    assert 1 - j[-1] < 1e-9


def test_the_second_order_ratio_of_means() -> None:
    function = MEASURES["ROM"].function
    assert function is not None
    inputs = CASES["ROM"]["inputs"].values()
    first, second = function(*inputs), function(*inputs, variant="second_order")
    for i, (m1, s1, n1, m2, s2, n2) in enumerate(rows("ROM")):
        c1, c2 = s1**2 / n1 / m1**2, s2**2 / n2 / m2**2
        assert_close(second.estimate[i] - first.estimate[i], (c1 - c2) / 2, 1e-10)
        reference = Reference("effect measure", "ROM second_order", "written out again", "invented")
        reference.agrees(second.se[i] ** 2, c1 + c2 + (c1**2 + c2**2) / 2, CLOSED_FORM)


def test_the_second_order_ratio_of_means_is_less_biased() -> None:
    # E log(mean of n) over a normal mean, by Gauss-Hermite quadrature.
    nodes, weights = np.polynomial.hermite_e.hermegauss(20)
    weights = weights / weights.sum()
    m, s, n = 5.0, 3.0, 30.0
    expected = float(np.sum(weights * np.log(m + s / math.sqrt(n) * nodes)))
    part = s**2 / n / m**2
    plain_bias, corrected_bias = expected - math.log(m), expected + part / 2 - math.log(m)
    assert abs(corrected_bias) < 0.2 * abs(plain_bias)
