"""Where statsmodels 0.15's ``combine_effects`` goes wrong, ours gives the right number.

Its other defects, in the effect sizes, are met in tests/effects/test_binary.py.
"""

from __future__ import annotations

import math

import numpy as np

from conformance import Reference
from evidencekit.models import pool
from tolerances import assert_close, assert_printed

STATSMODELS = "statsmodels combine_effects"
HOMOGENEOUS = ([0.20, 0.21, 0.19, 0.205], np.sqrt([0.01, 0.02, 0.015, 0.012]))


def test_moment_estimate_is_never_negative() -> None:
    Reference("tau2 estimator", "DL", STATSMODELS, "homogeneous (4 studies)").differs(
        "tau2 below 0 there, so that a weight is negative and the standard error not a number"
    )
    result = pool(HOMOGENEOUS, tau2="DL")
    assert result.tau2 == 0.0
    assert all(w > 0 for w in result.weights)
    assert math.isfinite(result.se)
    w = 1 / HOMOGENEOUS[1] ** 2
    assert_close(result.estimate, (w * HOMOGENEOUS[0]).sum() / w.sum(), 1e-12)


def test_i2_is_a_fraction() -> None:
    Reference("heterogeneity", "I2", STATSMODELS, "homogeneous (4 studies)").differs(
        "-581.95 there, and 1.0 with a division by zero for a single study; here a fraction"
    )
    result = pool(HOMOGENEOUS)
    assert result.i2 == result.i2_q == 0.0
    assert math.isnan(pool(([0.1], [0.2])).i2)


def test_paule_mandel_needs_no_start_and_no_luck() -> None:
    Reference("tau2 estimator", "PM", STATSMODELS, "estimates of the order of 1e8").differs(
        "2.6e11 after 50 iterations there, without a word; the truth is 2.5e16"
    )
    y = np.array([-2e8, -1e8, 0.0, 1e8, 2e8])
    result = pool((y, np.full(5, 0.01)), tau2="PM")
    assert_close(result.tau2, y.var(ddof=1) - 1e-4, 1e-12)
    assert_printed(result.tau2, "2.5e16")


def test_q_survives_a_large_offset() -> None:
    Reference("heterogeneity", "Q", STATSMODELS, "a common offset of 1e8").differs(
        "0.0 there, because the square is expanded"
    )
    y = np.array([0.0, 0.1, 0.2, 0.3])
    se = np.array([0.1, 0.12, 0.15, 0.11])
    assert_close(pool((1e8 + y, se)).q, pool((y, se)).q, 1e-6)
