"""Viechtbauer W. Conducting meta-analyses in R with the metafor package.

J Stat Softw 2010;36(3):1-48. doi:10.18637/jss.v036.i03. The BCG vaccine trials
as log risk ratios: the random-effects model and the interval of tau2, from the
counts to the last printed digit.
"""

from __future__ import annotations

from evidencekit.effects import make_contrast
from evidencekit.models import PooledResult, pool
from evidencekit.quantities import Counts
from reference_cases import load
from tolerances import assert_printed


def bcg() -> PooledResult:
    inputs = load("bcg_RR")["inputs"]
    arms = ("events_1", "total_1", "events_2", "total_2")
    contrasts = [
        make_contrast("RR", Counts(**{arm: inputs[arm][i] for arm in arms}), study=label)
        for i, label in enumerate(inputs["label"])
    ]
    return pool(contrasts, ci="wald", verify=True)


def test_random_effects_model() -> None:
    result = bcg()
    assert result.k == 13
    assert_printed(result.tau2, "0.3132")
    assert_printed(100 * result.i2, "92.22")
    assert_printed(result.h2, "12.86")
    assert_printed(result.q, "152.2330")
    assert result.q_p < 0.0001
    assert_printed(result.estimate, "-0.7145")
    assert_printed(result.se, "0.1798")
    assert_printed(result.statistic, "-3.9744")
    assert result.p_value < 0.0001
    assert_printed(result.ci.low, "-1.0669")
    assert_printed(result.ci.high, "-0.3622")


def test_interval_of_tau2_and_i2() -> None:
    result = bcg()
    assert result.tau2_ci is not None
    assert result.i2_ci is not None
    assert_printed(result.tau2_ci.low, "0.1197")
    assert_printed(result.tau2_ci.high, "1.1115")
    assert_printed(100 * result.i2_ci.low, "81.92")
    assert_printed(100 * result.i2_ci.high, "97.68")
