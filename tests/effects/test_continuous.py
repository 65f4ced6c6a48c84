"""Mean difference."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evidencekit.effects.continuous import mean_difference
from evidencekit.errors import MethodError
from reference_cases import load
from tolerances import CLOSED_FORM, assert_close


def test_agrees_with_metafor() -> None:
    case = load("normand1999_MD")
    arms = ("mean_1", "sd_1", "total_1", "mean_2", "sd_2", "total_2")
    ours = mean_difference(*(case["inputs"][arm] for arm in arms))
    assert_close(ours.estimate, case["yi"], CLOSED_FORM)
    assert_close(ours.se**2, case["vi"], CLOSED_FORM)
    assert not (ours.corrected | ours.variance_corrected | ours.dropped).any()


def test_naive_formula() -> None:
    ours = mean_difference(5.0, 2.0, 16, 3.5, 3.0, 9)
    assert ours.estimate == 1.5
    assert_close(ours.se, math.sqrt(4 / 16 + 9 / 9), CLOSED_FORM)


def test_no_spread_at_all_is_not_estimable() -> None:
    ours = mean_difference([5.0, 5.0], [0.0, 0.0], 10, 4.0, [0.0, 1.0], 10)
    assert list(np.isnan(ours.estimate)) == list(np.isnan(ours.se)) == [True, False]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            (1, -1, 10, 1, 1, 10),
            "arm 1: mean 1, sd -1, n 10; a finite mean, an sd of 0 or more and n above 1",
        ),
        (
            ([1, 1], 1, 10, 1, 1, [10, 1]),
            "row 2, arm 2: mean 1, sd 1, n 1; a finite mean, an sd of 0 or more and n above 1",
        ),
        (
            (math.nan, 1, 10, 1, 1, 10),
            "arm 1: mean nan, sd 1, n 10; a finite mean, an sd of 0 or more and n above 1",
        ),
    ],
)
def test_impossible_values_are_named(values: tuple, message: str) -> None:
    with pytest.raises(MethodError) as caught:
        mean_difference(*values)
    assert str(caught.value) == message
