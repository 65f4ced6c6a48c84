"""Counts from percentages and from ratios with intervals: real reports, and by brute force."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidencekit.effects.reconstruct import (
    counts_from_percentage,
    counts_from_percentages,
    counts_from_ratio,
)
from evidencekit.errors import MethodError
from evidencekit.quantities import Counts


def tables(solutions) -> list[tuple[float, ...]]:
    return [(c.events_1, c.total_1, c.events_2, c.total_2) for c in solutions.found]


def test_berggren_2011() -> None:
    found = counts_from_percentages("55", "67", totals_1=135, totals_2=137)
    assert tables(found) == [(74, 135, 92, 137)]
    assert found.unique


def test_shida_2017() -> None:
    found = counts_from_percentages("22.4", "53.2", combined=96)
    assert tables(found) == [(11, 49, 25, 47)]
    assert found.unique


def test_gleeson_2011() -> None:
    found = counts_from_percentage("0.90", 26, percent=False)
    assert found.found == ()
    assert not found.unique
    # One decimal fewer would have had one: 0.9 of 26.
    assert [g.events for g in counts_from_percentage("0.9", 26, percent=False).found] == [23, 24]


def test_hojsak_2010() -> None:
    found = counts_from_ratio("0.66", "0.52", "0.82", total_1=139, total_2=142)
    assert tables(found) == [(59, 139, 92, 142)]
    assert found.unique


def test_hojsak_2010_in_a_review() -> None:
    found = counts_from_ratio("0.62", "0.50", "0.78", total_1=139, total_2=142)
    assert tables(found) == [(58, 139, 95, 142), (59, 139, 97, 142)]
    assert not found.unique


def test_ends_of_the_rounding_are_included() -> None:
    # 12.5% printed as 12 (half to even) or as 13 (half up).
    for printed in ("12", "13"):
        assert [g.events for g in counts_from_percentage(printed, 8).found] == [1.0]
    assert counts_from_percentage("0", 50).found[0].events == 0
    assert counts_from_percentage("100", [50]).found[-1].events == 50


@settings(derandomize=True, deadline=None, max_examples=150)
@given(total=st.integers(1, 300), share=st.floats(0, 1), decimals=st.integers(0, 2))
def test_the_truth_is_always_found(total: int, share: float, decimals: int) -> None:
    events = round(share * total)
    exact = Decimal(100) * events / total
    for rounding in (ROUND_HALF_EVEN, ROUND_HALF_UP):
        printed = str(exact.quantize(Decimal(1).scaleb(-decimals), rounding=rounding))
        assert float(events) in [g.events for g in counts_from_percentage(printed, total).found]


@settings(derandomize=True, deadline=None, max_examples=25)
@given(
    n1=st.integers(20, 90),
    n2=st.integers(20, 90),
    p1=st.floats(0.1, 0.9),
    p2=st.floats(0.1, 0.9),
    measure=st.sampled_from(["RR", "OR"]),
)
def test_ratios_against_a_search_table_by_table(n1, n2, p1, p2, measure) -> None:
    a, c = max(1, round(n1 * p1)), max(1, round(n2 * p2))
    value, low, high = texts(a, n1, c, n2, measure)
    found = counts_from_ratio(value, low, high, total_1=n1, total_2=n2, measure=measure)
    assert (a, n1, c, n2) in tables(found)
    naive = [
        (x, n1, y, n2)
        for x in range(1, n1 + (measure == "RR"))
        for y in range(1, n2 + (measure == "RR"))
        if texts(x, n1, y, n2, measure) == (value, low, high)
    ]
    # Python rounds one way; all it finds must be among ours, and ours beyond are ties.
    assert set(naive) <= set(tables(found))
    assert len(found.found) - len(naive) <= 2


def texts(a: float, n1: float, c: float, n2: float, measure: str) -> tuple[str, ...]:
    b, d = n1 - a, n2 - c
    if measure == "RR":
        centre, v = math.log(a / n1 / (c / n2)), 1 / a - 1 / n1 + 1 / c - 1 / n2
    else:
        centre, v = math.log(a * d / b / c), 1 / a + 1 / b + 1 / c + 1 / d
    half = 1.959963984540054 * math.sqrt(max(v, 0.0))
    return tuple(f"{math.exp(x):.2f}" for x in (centre, centre - half, centre + half))


def test_a_table_of_only_events_in_one_arm() -> None:
    # Everybody in arm 1: the risk ratio has an interval, the odds ratio has none.
    value, low, high = texts(12, 12, 7, 15, "RR")
    found = counts_from_ratio(value, low, high, total_1=12, total_2=15)
    assert (12, 12, 7, 15) in tables(found)
    assert counts_from_ratio("1.00", "0.90", "1.10", total_1=1, total_2=1, measure="OR").found == ()


def test_known_totals_and_the_combined_total_go_together() -> None:
    found = counts_from_percentages(
        "50", "25", totals_1=range(8, 13), totals_2=[8, 12], combined=20
    )
    assert tables(found) == [(4, 8, 3, 12), (6, 12, 2, 8)]
    assert isinstance(found.found[0], Counts)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: counts_from_percentage("55%", 9),
            "'55%': a number as printed, with a point, such as 0.90",
        ),
        (lambda: counts_from_percentage("101", 9), "101: a number from 0 to 100"),
        (
            lambda: counts_from_percentage("1.2", 9, percent=False),
            "1.2: a number from 0 to 1",
        ),
        (lambda: counts_from_percentage("10", 0), "total 0: 1 or more"),
        (
            lambda: counts_from_percentages("10", "20", totals_1=9),
            "two totals, or the total of both arms, must be known",
        ),
        (
            lambda: counts_from_ratio("0.9", "0.95", "1.1", total_1=9, total_2=9),
            "0.9 (0.95 to 1.1): a ratio between its limits",
        ),
        (
            lambda: counts_from_ratio("0.9", "0.5", "1.1", total_1=9, total_2=9, measure="HR"),
            "measure 'HR': RR or OR",
        ),
        (
            lambda: counts_from_ratio("0.9", "0.5", "1.1", total_1=0, total_2=9),
            "total 0: 1 or more",
        ),
    ],
)
def test_what_cannot_be_searched_is_said(call, message: str) -> None:
    with pytest.raises(MethodError) as caught:
        call()
    assert str(caught.value) == message
