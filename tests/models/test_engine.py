"""Two engines, one number: the kernel against statsmodels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from statsmodels.stats.meta_analysis import combine_effects

from conformance import Reference
from evidencekit.errors import EngineMismatch
from evidencekit.models import CI_METHODS, TAU2_ESTIMATORS, leave_one_out, pool
from evidencekit.models.engine import verify_leave_one_out, verify_result
from reference_cases import POOLED, allowed, studies
from tolerances import assert_close

COMBINE = "statsmodels combine_effects"


@pytest.mark.parametrize("name", POOLED)
@pytest.mark.parametrize("tau2", TAU2_ESTIMATORS)
def test_statsmodels_agrees(name: str, tau2: str) -> None:
    y, v = studies(name)
    for ci in [ci for ci in CI_METHODS if allowed(ci, tau2)]:
        pool((y, np.sqrt(v)), tau2=tau2, ci=ci, verify=True)
    pool((y, np.sqrt(v)), model="common_effect", verify=True)


@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e4])
def test_statsmodels_agrees_on_any_scale_and_small_sets(scale: float) -> None:
    rng = np.random.default_rng(11)
    for k in (1, 2, 3, 10):
        y, se = rng.normal(1.0, 1.0, k) * scale, rng.lognormal(-1.0, 1.0, k) * scale
        pool((y, se), verify=True)


@pytest.mark.parametrize("field", ["estimate", "se_wald", "se"])
def test_a_difference_stops_everything(field: str) -> None:
    y, v = studies("bcg_RR")
    result = pool((y, np.sqrt(v)))
    wrong = replace(result, **{field: getattr(result, field) + 1e-9})
    with pytest.raises(EngineMismatch, match=r"^evidencekit and statsmodels disagree: "):
        verify_result(wrong)
    with pytest.raises(EngineMismatch):
        verify_result(replace(result, **{field: float("nan")}))


@pytest.mark.parametrize("ci", ["HKSJ", "wald"])
def test_leave_one_out_is_verified_row_by_row(ci: str) -> None:
    y, v = studies("bcg_RR")
    result = pool((y, np.sqrt(v)), ci=ci)
    batch = leave_one_out(result)
    verify_leave_one_out(result, batch)
    batch.estimate[5] += 1e-9
    with pytest.raises(EngineMismatch, match="statsmodels disagree: estimate"):
        verify_leave_one_out(result, batch)


def test_wls_is_reachable() -> None:
    y, v = studies("bcg_RR")
    result = pool((y, np.sqrt(v)))
    assert_close(result.wls.params[0], result.estimate, 1e-12)
    assert_close(result.wls.bse[0], result.se_wald, 1e-12)
    assert result.wls.model.nobs == 13


def test_combine_effects_agrees_where_it_is_right() -> None:
    y, v = studies("bcg_RR")
    theirs = combine_effects(y, v, method_re="iterated", atol=1e-12)
    ours = pool((y, np.sqrt(v)), tau2="PM")
    # Its Paule-Mandel stops at an absolute tolerance.
    reference = Reference("tau2 estimator", "PM", COMBINE, "bcg_RR")
    reference.agrees(ours.tau2, theirs.tau2, 1e-8)
    reference.agrees(ours.estimate, theirs.mean_effect_re, 1e-8)
    moment = combine_effects(y, v, method_re="dl")
    ours = pool((y, np.sqrt(v)), tau2="DL")
    reference = Reference("tau2 estimator", "DL", COMBINE, "bcg_RR")
    reference.agrees(ours.tau2, moment.tau2, 1e-10)
    hartung_knapp = Reference("interval of the mean", "HKSJ", COMBINE, "bcg_RR")
    hartung_knapp.agrees(ours.se, moment.sd_eff_w_re_hksj, 1e-10)
