"""Viechtbauer W. Conducting meta-analyses in R with the metafor package.

J Stat Softw 2010;36(3):1-48. doi:10.18637/jss.v036.i03. The BCG vaccine trials
as log risk ratios: the random-effects model and the interval of tau2, from the
counts to the last printed digit.
"""

from __future__ import annotations

from conformance import Reference
from evidencekit.effects import make_contrast
from evidencekit.models import PooledResult, pool
from evidencekit.quantities import Counts
from reference_cases import load

PAPER = "Viechtbauer 2010, printed"


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
    for name, value, text in (
        ("tau2", result.tau2, "0.3132"),
        ("I2", 100 * result.i2, "92.22"),
        ("H2", result.h2, "12.86"),
        ("Q", result.q, "152.2330"),
    ):
        Reference("published analysis", name, PAPER, "bcg_RR").printed(value, text)
    assert result.q_p < 0.0001
    mean = Reference("published analysis", "mean, Wald", PAPER, "bcg_RR")
    mean.printed(result.estimate, "-0.7145")
    mean.printed(result.se, "0.1798")
    mean.printed(result.statistic, "-3.9744")
    assert result.p_value < 0.0001
    mean.printed(result.ci.low, "-1.0669")
    mean.printed(result.ci.high, "-0.3622")


def test_interval_of_tau2_and_i2() -> None:
    result = bcg()
    assert result.tau2_ci is not None
    assert result.i2_ci is not None
    tau2 = Reference("published analysis", "interval of tau2, QP", PAPER, "bcg_RR")
    tau2.printed(result.tau2_ci.low, "0.1197")
    tau2.printed(result.tau2_ci.high, "1.1115")
    i2 = Reference("published analysis", "interval of I2, QP", PAPER, "bcg_RR")
    i2.printed(100 * result.i2_ci.low, "81.92")
    i2.printed(100 * result.i2_ci.high, "97.68")
