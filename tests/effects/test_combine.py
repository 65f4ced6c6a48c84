"""Several arms as one group, against people listed one by one."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidencekit.effects.combine import combine_counts, combine_means

values = st.lists(st.floats(-50, 50), min_size=2, max_size=8)


def test_counts_are_sums() -> None:
    assert combine_counts([(3, 10), (0, 5), (2.5, 7.5)]) == (5.5, 22.5)


@given(groups=st.lists(values, min_size=1, max_size=4))
def test_means_equal_those_of_all_people_together(groups: list[list[float]]) -> None:
    summaries = [(statistics.fmean(g), statistics.stdev(g), float(len(g))) for g in groups]
    everyone = [x for group in groups for x in group]
    mean, sd, n = combine_means(summaries)
    assert n == len(everyone)
    assert mean == pytest.approx(statistics.fmean(everyone), rel=1e-9, abs=1e-9)
    assert sd == pytest.approx(statistics.stdev(everyone), rel=1e-7, abs=1e-6)


def test_a_single_group_is_returned_as_it_is() -> None:
    assert combine_means([(3.0, 1.0, 1.0)]) == (3.0, 1.0, 1.0)


def test_two_single_people() -> None:
    mean, sd, n = combine_means([(1.0, 0.0, 1.0), (3.0, 0.0, 1.0)])
    assert (mean, n) == (2.0, 2.0)
    assert sd == pytest.approx(math.sqrt(2.0))
