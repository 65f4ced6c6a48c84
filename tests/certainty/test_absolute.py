"""Absolute effects against worked values, and as identities."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidencekit.certainty.absolute import RISK_FROM, absolute_effect
from evidencekit.errors import MethodError

# Effect 0.77 (0.66 to 0.90) at three baseline risks; differences per 1000, worked by hand
# from the formulas of the Cochrane Handbook, chapter 15 (doi:10.1002/9781119536604.ch15).
WORKED = [
    ("RR", 0.10, (-23, -34, -10)),
    ("RR", 0.30, (-69, -102, -30)),
    ("RR", 0.60, (-138, -204, -60)),
    ("OR", 0.10, (-21, -32, -9)),
    ("OR", 0.30, (-52, -80, -22)),
    ("OR", 0.60, (-64, -103, -26)),
    ("HR", 0.10, (-22, -33, -10)),
    ("HR", 0.30, (-60, -90, -25)),
    ("HR", 0.60, (-94, -146, -38)),
]


@pytest.mark.parametrize(("measure", "baseline", "expected"), WORKED)
def test_worked_values(measure: str, baseline: float, expected: tuple[int, int, int]) -> None:
    effect = absolute_effect(measure, 0.77, 0.66, 0.90, baseline=baseline)
    found = tuple(round(1000 * x) for x in (effect.difference, effect.low, effect.high))
    assert found == expected


def test_hazard_ratio_with_interval_across_one() -> None:
    effect = absolute_effect("HR", 0.60, 0.35, 1.05, baseline=0.65)
    assert round(1000 * effect.risk) == 467
    found = tuple(round(1000 * x) for x in (effect.difference, effect.low, effect.high))
    assert found == (-183, -343, 18)


def test_risk_difference_is_kept_within_zero_and_one() -> None:
    effect = absolute_effect("RD", -0.5, -0.9, 0.95, baseline=0.2)
    assert (effect.risk, effect.risk_low, effect.risk_high) == (0.0, 0.0, 1.0)


def test_risk_ratio_cannot_lead_beyond_certainty() -> None:
    assert absolute_effect("RR", 3.0, 2.0, 4.0, baseline=0.6).risk == 1.0


@given(
    measure=st.sampled_from(sorted(RISK_FROM)),
    effect=st.floats(0.05, 0.95),
    baseline=st.floats(0.01, 0.95),
)
def test_null_effect_changes_nothing_and_limits_are_ordered(
    measure: str, effect: float, baseline: float
) -> None:
    null = 0.0 if measure == "RD" else 1.0
    unchanged = absolute_effect(measure, null, null, null, baseline=baseline)
    assert math.isclose(unchanged.risk, baseline, rel_tol=1e-12)
    found = absolute_effect(measure, effect, effect / 2, effect * 1.5, baseline=baseline)
    assert found.risk_low <= found.risk <= found.risk_high
    assert found.risk_low >= 0.0
    assert found.risk_high <= 1.0


@pytest.mark.parametrize("baseline", [0.0, 1.0, -0.1, 1.2, math.nan])
def test_impossible_baseline(baseline: float) -> None:
    with pytest.raises(MethodError, match="a baseline risk lies between 0 and 1, not"):
        absolute_effect("RR", 0.8, 0.7, 0.9, baseline=baseline)


def test_measure_without_absolute_effect() -> None:
    with pytest.raises(MethodError) as caught:
        absolute_effect("MD", 0.8, 0.7, 0.9, baseline=0.3)
    assert str(caught.value) == "no absolute effect follows from MD; possible: RR, OR, HR, RD"
