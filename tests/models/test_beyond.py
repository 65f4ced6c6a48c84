"""The probability that a new study's true effect lies beyond a threshold."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from evidencekit.errors import MethodError
from evidencekit.models import PREDICTION_METHODS, Settings, pool, pool_batch, probability_beyond
from reference_cases import studies
from tolerances import assert_close


@pytest.mark.parametrize("prediction", PREDICTION_METHODS)
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_the_limits_of_the_interval_leave_equal_tails(prediction: str, level: float) -> None:
    y, v = studies("bcg_RR")
    result = pool((y, np.sqrt(v)), prediction=prediction, level=level)
    assert result.prediction is not None
    tail = (1 - level) / 2
    assert_close(probability_beyond(result, result.prediction.low), tail, 1e-10)
    above = probability_beyond(result, result.prediction.high, direction="above")
    assert_close(above, tail, 1e-10)
    assert_close(probability_beyond(result, result.estimate), 0.5, 1e-12)


def test_by_hand_and_in_a_batch() -> None:
    y, v = studies("bcg_RR")
    result = pool((y, np.sqrt(v)), prediction="HTS")
    spread = np.sqrt(result.se_wald**2 + result.tau2)
    expected = stats.t.cdf((np.log(0.8) - result.estimate) / spread, 11)
    assert_close(probability_beyond(result, np.log(0.8)), expected, 1e-11)
    batch = pool_batch([y, -y], np.sqrt([v, v]), settings=Settings(prediction="HTS"))
    found = probability_beyond(batch, [np.log(0.8), -np.log(0.8)])
    assert_close(found, [expected, 1 - expected], 1e-11)


def test_what_has_no_answer() -> None:
    y, v = studies("bcg_RR")
    with pytest.raises(MethodError) as caught:
        probability_beyond(pool((y, np.sqrt(v)), prediction=None), 0.0)
    assert str(caught.value) == "no prediction interval: not asked for"
    with pytest.raises(MethodError, match="one effect for all studies"):
        probability_beyond(pool((y, np.sqrt(v)), model="common_effect"), 0.0)
    with pytest.raises(MethodError, match="the threshold is not a number"):
        probability_beyond(pool((y, np.sqrt(v))), float("nan"))
    batch = pool_batch([[0.1, 0.2]], [[0.1, 0.1]], mask=[[True, False]])
    assert np.isnan(probability_beyond(batch, 0.0)).all()
