"""Tests of one number: Wald, chi squared, and the ratio of a variance to its boundary."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from evidencekit.models.quantiles import boundary_p, chi2_p, wald_test
from evidencekit.models.settings import default_interval
from tolerances import CLOSED_FORM, assert_close


@pytest.mark.parametrize(("estimate", "se", "level"), [(0.4, 0.2, 0.95), (-3.0, 0.5, 0.8)])
def test_wald(estimate: float, se: float, level: float) -> None:
    found = wald_test(estimate, se, level)
    assert found.statistic == estimate / se
    assert_close(found.p_value, 2 * stats.norm.sf(abs(estimate) / se), CLOSED_FORM)
    low, high = stats.norm.interval(level, loc=estimate, scale=se)
    assert_close((found.ci.low, found.ci.high), (low, high), CLOSED_FORM)
    assert (found.ci.level, found.ci.method) == (level, "wald")


def test_chi_squared() -> None:
    assert_close(chi2_p(3.2, 4), stats.chi2.sf(3.2, 4), CLOSED_FORM)
    assert math.isnan(chi2_p(math.nan, 4))


def test_a_variance_at_its_boundary_is_no_evidence_and_a_ratio_counts_half() -> None:
    assert boundary_p(0.0) == 1.0
    # Half the distribution is a point at 0: the p-value jumps to 1/2 beside it.
    assert_close(boundary_p(1e-14), 0.5, 1e-6)
    assert_close(boundary_p(2.7), stats.norm.sf(math.sqrt(2.7)), CLOSED_FORM)


def test_an_interval_that_is_not_named() -> None:
    assert default_interval("random_effects") == "HKSJ"
    assert default_interval("common_effect") == "wald"
