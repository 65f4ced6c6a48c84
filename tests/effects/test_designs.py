"""Shared comparators, clusters and crossover."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidencekit.effects import make_contrast
from evidencekit.effects.combine import combine_counts, combine_means
from evidencekit.effects.designs import (
    CORRELATIONS,
    correlation_from_sds,
    design_effect,
    effective_counts,
    effective_means,
    over_correlations,
    split_counts,
    split_mean,
)
from evidencekit.errors import MethodError
from evidencekit.quantities import Counts, GroupCounts, GroupMean, Means, PairedMeans
from tolerances import CLOSED_FORM, assert_close


@pytest.mark.parametrize("parts", [1, 2, 3])
def test_the_parts_of_a_comparator_make_the_whole(parts: int) -> None:
    part = split_counts(GroupCounts(events=11, total=40), parts)
    assert_close(combine_counts([(part.events, part.total)] * parts), (11, 40), CLOSED_FORM)
    part = split_mean(GroupMean(mean=4.0, sd=2.0, total=40), parts)
    mean, sd, total = combine_means([(part.mean, part.sd, part.total)] * parts)
    assert_close((mean, total), (4.0, 40), CLOSED_FORM)
    # Every part has its own mean: parts - 1 degrees of freedom fewer in the numerator.
    assert_close(sd, 2.0 * math.sqrt((40 - parts) / 39), CLOSED_FORM)


def test_design_effect_of_the_handbook() -> None:
    # Handbook 23.1.5: 50 people a cluster and icc 0.02.
    assert_close(design_effect(50, 0.02), 1.98, CLOSED_FORM)
    assert design_effect(50, 0.0) == design_effect(1, 0.4) == 1.0
    assert_close(design_effect(20, 0.05, size_cv=0.6), 1 + (1.36 * 20 - 1) * 0.05, CLOSED_FORM)


def test_the_design_effect_is_the_variance_of_a_clustered_mean() -> None:
    # Of unequal clusters m_i: sum m_i (1 + (m_i - 1) icc) over sum m_i, by the matrix.
    sizes = np.array([3, 8, 8, 14, 30])
    icc = 0.07
    blocks = [np.full((m, m), icc) + (1 - icc) * np.eye(m) for m in sizes]
    variance = sum(block.sum() for block in blocks) / sizes.sum() ** 2
    ours = design_effect(sizes.mean(), icc, size_cv=sizes.std() / sizes.mean())
    assert_close(variance * sizes.sum(), ours, CLOSED_FORM)


def test_effective_sizes_inflate_the_variance() -> None:
    data = Counts(events_1=20, total_1=200, events_2=31, total_2=210)
    plain = make_contrast("RR", data, study="a")
    inflated = make_contrast("RR", effective_counts(data, 1.98), study="a")
    assert_close(inflated.estimate, plain.estimate, CLOSED_FORM)
    assert_close(inflated.se**2, 1.98 * plain.se**2, CLOSED_FORM)
    means = Means(mean_1=5, sd_1=2, total_1=60, mean_2=4, sd_2=3, total_2=62)
    plain = make_contrast("MD", means, study="a")
    inflated = make_contrast("MD", effective_means(means, 1.5), study="a")
    assert_close(inflated.se**2, 1.5 * plain.se**2, CLOSED_FORM)


@settings(derandomize=True, deadline=None)
@given(s1=st.floats(0.1, 9), s2=st.floats(0.1, 9), r=st.floats(-1, 1))
def test_the_correlation_comes_back(s1: float, s2: float, r: float) -> None:
    difference = math.sqrt(max(0.0, s1**2 + s2**2 - 2 * r * s1 * s2))
    assert_close(correlation_from_sds(s1, s2, difference), r, 1e-9, atol=1e-10)


def test_a_grid_over_the_correlation() -> None:
    data = PairedMeans(mean_1=10, sd_1=2.0, mean_2=8, sd_2=2.4, total=20, correlation=0.0)
    grid = over_correlations("MC", data, study="a", label="A")
    assert len(grid) == len(CORRELATIONS)
    assert all(contrast.estimate == 2.0 for contrast in grid)
    ses = [contrast.se for contrast in grid]
    assert ses == sorted(ses, reverse=True)
    assert_close(ses[2] ** 2, (4 + 5.76 - 4.8) / 20, CLOSED_FORM)
    assert grid[0].steps == ("Assumed a correlation of 0.1 within people.",)
    assert grid[0].label == "A"
    # Without correlation: two independent groups of that size.
    (none,) = over_correlations("MC", data, study="a", correlations=(0.0,))
    apart = Means(mean_1=10, sd_1=2.0, total_1=20, mean_2=8, sd_2=2.4, total_2=20)
    assert_close(none.se, make_contrast("MD", apart, study="a").se, CLOSED_FORM)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: split_counts(GroupCounts(events=1, total=9), 0), "0 parts: at least 1"),
        (
            lambda: split_mean(GroupMean(mean=1, sd=1, total=3), 3),
            "3 people in 3 parts: a part needs more than 1",
        ),
        (lambda: design_effect(0.5, 0.1), "cluster size 0.5: a finite value of 1 or more"),
        (lambda: design_effect(9, 1.5), "intracluster correlation 1.5: a value from 0 to 1"),
        (
            lambda: design_effect(9, math.nan),
            "intracluster correlation nan: a value from 0 to 1",
        ),
        (
            lambda: design_effect(9, 0.1, size_cv=-1),
            "variation of cluster sizes -1: a finite value of 0 or more",
        ),
        (
            lambda: effective_counts(Counts(events_1=1, total_1=9, events_2=1, total_2=9), 0.9),
            "design effect 0.9: a finite value of 1 or more",
        ),
        (
            lambda: correlation_from_sds(0, 1, 1),
            "standard deviations 0 and 1: finite values above 0",
        ),
        (
            lambda: correlation_from_sds(1, 1, -1),
            "standard deviation of differences -1: a finite value of 0 or more",
        ),
        (
            lambda: correlation_from_sds(1, 1, 3),
            "no correlation gives differences with sd 3 from sds 1 and 1",
        ),
        (
            lambda: over_correlations(
                "MC",
                PairedMeans(mean_1=1, sd_1=1, mean_2=1, sd_2=1, total=9, correlation=0),
                study="a",
                correlations=(),
            ),
            "no correlation to assume: give at least one",
        ),
        (
            lambda: over_correlations(
                "MC",
                PairedMeans(mean_1=1, sd_1=1, mean_2=1, sd_2=1, total=9, correlation=0),
                study="a",
                correlations=(1.5,),
            ),
            "a: correlation 1.5; from -1 to 1",
        ),
    ],
)
def test_what_cannot_be_is_said(call, message: str) -> None:
    with pytest.raises(MethodError) as caught:
        call()
    assert str(caught.value) == message
