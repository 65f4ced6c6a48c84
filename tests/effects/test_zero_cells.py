"""What is added to zero cells, where, and how it is said."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidencekit.effects import MEASURES, ZeroCells, make_contrast
from evidencekit.effects.binary import (
    odds_ratio,
    peto_odds_ratio,
    pooled_odds_ratio,
    risk_difference,
    risk_ratio,
)
from evidencekit.effects.rates import rate_difference, rate_ratio
from evidencekit.errors import MethodError
from evidencekit.quantities import Counts, GroupCounts, GroupRate, PairedCounts, Rates
from reference_cases import load
from tolerances import CLOSED_FORM, assert_close

TREATMENT_ARM = ZeroCells(increment="treatment_arm", double_zero="keep")


def test_two_empty_arms_have_a_ratio_of_one() -> None:
    # statsmodels 0.15 swaps the arms here and gives log(1/4).
    for function in (odds_ratio, risk_ratio, rate_ratio):
        effects = function(0, 100, 0, 50, zero_cells=TREATMENT_ARM)
        assert_close(effects.estimate, 0.0, 0, atol=1e-15)
        assert effects.corrected
    assert_close(
        odds_ratio(0, 100, 0, 50, zero_cells=TREATMENT_ARM).se ** 2, 4.5 + 3 / 302 + 3 / 151, 1e-12
    )


def test_treatment_arm_increments_by_hand() -> None:
    # 2/3 and 1/3 for arms of 100 and 50: they sum to 1 and follow the arms' own sizes.
    ours = odds_ratio(0, 100, 3, 50, zero_cells=TREATMENT_ARM)
    a, b, c, d = 2 / 3, 100 + 2 / 3, 3 + 1 / 3, 47 + 1 / 3
    assert_close(ours.estimate, math.log(a * d / b / c), CLOSED_FORM)
    assert_close(ours.se**2, 1 / a + 1 / b + 1 / c + 1 / d, CLOSED_FORM)
    # Equal arms: the constant correction.
    same = [odds_ratio(0, 60, 3, 60, zero_cells=policy) for policy in (TREATMENT_ARM, ZeroCells())]
    assert_close(same[0].estimate, same[1].estimate, CLOSED_FORM)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(n1=st.integers(5, 400), n2=st.integers(5, 400), ratio=st.floats(0.1, 8.0))
def test_the_empirical_increments_give_the_ratio_back(n1: int, n2: int, ratio: float) -> None:
    policy = ZeroCells(increment="empirical", ratio=ratio, double_zero="keep")
    one, two = policy.increments(np.array(float(n1)), np.array(float(n2)))
    assert_close(one + two, 1.0, CLOSED_FORM)
    assert_close((one / n1) / (two / n2), ratio, CLOSED_FORM)
    # Rates have no cell of non-events: exact.
    effects = rate_ratio(0, n1, 0, n2, zero_cells=policy)
    assert_close(effects.estimate, math.log(ratio), 1e-11, atol=1e-13)
    even = ZeroCells(increment="empirical", ratio=1.0).increments(np.array(7.0), np.array(9.0))
    assert_close(even, TREATMENT_ARM.increments(np.array(7.0), np.array(9.0)), CLOSED_FORM)


def test_the_ratio_of_the_studies_without_a_zero() -> None:
    case = load("nielweise2007_OR")["inputs"]
    arms = [np.array(x) for x in case.values()]
    ratio = pooled_odds_ratio(*arms)
    full = [a > 0 for a in (arms[0], arms[1] - arms[0], arms[2], arms[3] - arms[2])]
    effects = odds_ratio(*(x[np.logical_and.reduce(full)] for x in arms))
    w = 1 / effects.se**2
    assert_close(math.log(ratio), np.sum(w * effects.estimate) / np.sum(w), CLOSED_FORM)
    with pytest.raises(MethodError) as caught:
        pooled_odds_ratio([0, 3], [9, 9], [1, 0], [9, 9])
    assert str(caught.value) == "no study without a zero cell to take a ratio from"


def test_peto_never_corrects() -> None:
    expected = load("effect_measures")["cases"]["PETO"]
    inputs = expected["inputs"].values()
    for policy in (ZeroCells(), ZeroCells(to="all", add=2.0), TREATMENT_ARM):
        effects = peto_odds_ratio(*inputs, zero_cells=policy)
        assert_close(effects.estimate, expected["variants"]["LS"]["yi"], CLOSED_FORM)
        assert not effects.corrected.any()
    empty = peto_odds_ratio([0, 5, 1], [10, 5, 1], [0, 5, 0], [12, 5, 1])
    assert list(empty.dropped) == [True, True, False]
    assert list(np.isnan(empty.se)) == [True, True, False]


def test_differences_correct_only_their_variance() -> None:
    effects = rate_difference([0, 0], [100.0, 50.0], [0, 3], [50.0, 50.0])
    assert list(effects.estimate) == [0.0, -0.06]
    assert list(effects.variance_corrected) == [True, False]
    assert_close(effects.se[0] ** 2, 0.5 / 100**2 + 0.5 / 50**2, CLOSED_FORM)
    effects = risk_difference(0, 100, 0, 50, zero_cells=TREATMENT_ARM)
    assert_close(
        effects.se**2,
        (2 / 3) * (302 / 3) / (304 / 3) ** 3 + (1 / 3) * (151 / 3) / (152 / 3) ** 3,
        CLOSED_FORM,
    )


@pytest.mark.parametrize(
    ("measure", "data", "policy", "steps"),
    [
        (
            "OR",
            Counts(events_1=0, total_1=100, events_2=3, total_2=50),
            ZeroCells(increment="treatment_arm"),
            "Added 0.6667 to both cells of arm 1 and 0.3333 to those of arm 2 (treatment-arm "
            "correction), because one of them is 0.",
        ),
        (
            "RR",
            Counts(events_1=0, total_1=50, events_2=3, total_2=50),
            ZeroCells(increment="empirical", ratio=3.0),
            "Added 0.75 to both cells of arm 1 and 0.25 to those of arm 2 (empirical "
            "correction), because one of them is 0.",
        ),
        (
            "IRR",
            Rates(events_1=0, time_1=100, events_2=3, time_2=50),
            ZeroCells(),
            "Added 0.5 to the events of both arms, because one of them is 0.",
        ),
        (
            "IRR",
            Rates(events_1=2, time_1=100, events_2=3, time_2=50),
            ZeroCells(to="all", increment="treatment_arm"),
            "Added 0.6667 to the events of arm 1 and 0.3333 to those of arm 2 (treatment-arm "
            "correction), by choice in every study.",
        ),
        (
            "IRD",
            Rates(events_1=0, time_1=100, events_2=0, time_2=50),
            ZeroCells(),
            "Variance from cells with 0.5 added (it would otherwise be 0); the rate "
            "difference itself is not corrected.",
        ),
        (
            "RD",
            Counts(events_1=0, total_1=100, events_2=0, total_2=50),
            TREATMENT_ARM,
            "Variance from cells with additions (it would otherwise be 0); the risk "
            "difference itself is not corrected.",
        ),
        (
            "MPRR",
            PairedCounts(both=4, only_1=0, only_2=3, neither=9),
            ZeroCells(),
            "Added 0.5 to all four cells, because one of them is 0.",
        ),
        (
            "MPORC",
            PairedCounts(both=4, only_1=0, only_2=3, neither=9),
            ZeroCells(),
            "Added 0.5 to the two cells of unlike pairs, because one of them is 0.",
        ),
        (
            "PLO",
            GroupCounts(events=0, total=20),
            ZeroCells(add=0.25),
            "Added 0.25 to events and non-events, because one of them is 0.",
        ),
        (
            "PR",
            GroupCounts(events=20, total=20),
            ZeroCells(),
            "Variance from cells with 0.5 added (it would otherwise be 0); the proportion "
            "itself is not corrected.",
        ),
        (
            "IRLN",
            GroupRate(events=0, time=20),
            ZeroCells(),
            "Added 0.5 to the events, because there are none.",
        ),
    ],
)
def test_steps_name_what_was_added(measure, data, policy, steps) -> None:
    contrast = make_contrast(measure, data, study="a", zero_cells=policy)
    assert contrast.estimable
    assert contrast.steps == (steps,)


@pytest.mark.parametrize(
    ("measure", "data", "policy", "reason"),
    [
        (
            "IRR",
            Rates(events_1=0, time_1=9, events_2=0, time_2=8),
            ZeroCells(),
            "no events in either arm, which says nothing about a ratio",
        ),
        (
            "IRR",
            Rates(events_1=0, time_1=9, events_2=2, time_2=8),
            ZeroCells(to="none"),
            "an arm without events and no correction",
        ),
        (
            "IRD",
            Rates(events_1=0, time_1=9, events_2=0, time_2=8),
            ZeroCells(to="none"),
            "no events in either arm",
        ),
        (
            "MPOR",
            PairedCounts(both=3, only_1=0, only_2=0, neither=4),
            ZeroCells(),
            "no pair with different outcomes, which says nothing about a ratio",
        ),
        (
            "PETO",
            Counts(events_1=0, total_1=9, events_2=0, total_2=8),
            ZeroCells(double_zero="keep"),
            "no events in either arm, which says nothing about a ratio",
        ),
        (
            "PLO",
            GroupCounts(events=0, total=20),
            ZeroCells(to="none"),
            "no events or only events, and no correction",
        ),
    ],
)
def test_what_cannot_be_estimated_says_why(measure, data, policy, reason) -> None:
    contrast = make_contrast(measure, data, study="a", zero_cells=policy)
    assert not contrast.estimable
    assert contrast.not_estimable == reason
    assert contrast.steps == ()


@pytest.mark.parametrize(
    "name", [n for n, m in MEASURES.items() if m.kind in ("proportion", "rate", "paired_counts")]
)
def test_one_group_cannot_share_an_increment(name: str) -> None:
    needs_none = name in ("PAS", "PFT", "IRS", "IRFT")
    columns = load("effect_measures")["cases"][name]["inputs"].values()
    if needs_none:
        assert np.isfinite(MEASURES[name].function(*columns, zero_cells=TREATMENT_ARM).se).all()
        return
    with pytest.raises(MethodError, match="increment 'treatment_arm' needs two arms"):
        MEASURES[name].function(*columns, zero_cells=TREATMENT_ARM)


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (
            {"increment": "tacc"},
            "zero cells: increment 'tacc'; choose one of constant, treatment_arm, empirical",
        ),
        (
            {"increment": "empirical"},
            "zero cells: ratio None; the empirical increment needs the ratio of the studies "
            "without a zero, above 0",
        ),
        (
            {"increment": "empirical", "ratio": 0.0},
            "zero cells: ratio 0.0; the empirical increment needs the ratio of the studies "
            "without a zero, above 0",
        ),
        ({"ratio": 2.0}, 'zero cells: ratio is used with increment "empirical" only'),
    ],
)
def test_impossible_increments_are_named(policy: dict, message: str) -> None:
    with pytest.raises(MethodError) as caught:
        ZeroCells(**policy)
    assert str(caught.value) == message
