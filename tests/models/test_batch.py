"""Many analyses in one call: each row is what a single analysis gives."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from conformance import Reference
from evidencekit.errors import MethodError
from evidencekit.models import Settings, pool, pool_batch
from reference_cases import load, studies
from tolerances import ITERATIVE, assert_close


def sample(m: int = 120) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    mask = rng.random((m, 9)) < 0.6
    mask[:, 0] = True
    v = rng.lognormal(-2.0, 1.0, mask.shape)
    return rng.normal(0.0, np.sqrt(v + 0.05)), np.sqrt(v), mask


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(tau2="DL", ci="wald", prediction="HTS"),
        Settings(tau2="PM", ci="HKSJ-adhoc", prediction="S", tau2_ci=None),
        Settings(model="common_effect", ci="t"),
    ],
)
def test_rows_are_single_analyses(settings: Settings) -> None:
    y, se, mask = sample()
    batch = pool_batch(y, se, mask=mask, settings=settings)
    assert batch.m == 120
    for row in range(0, 120, 5):
        here = mask[row]
        one = pool(
            (y[row, here], se[row, here]),
            model=settings.model,
            tau2=settings.tau2,
            ci=settings.ci,
            prediction=settings.prediction,
            tau2_ci=settings.tau2_ci,
        )
        names = ("estimate", "se", "se_wald", "statistic", "df", "p_value", "tau2", "q", "i2_q")
        for name in names:
            assert_close(getattr(batch, name)[row], getattr(one, name), 1e-9, atol=1e-13)
        assert_close(batch.ci_low[row], one.ci.low, 1e-9, atol=1e-12)
        if one.prediction is None:
            assert np.isnan(batch.prediction_high[row])
        else:
            assert_close(batch.prediction_high[row], one.prediction.high, 1e-9, atol=1e-12)
        if one.tau2_ci is not None:
            assert batch.tau2_status[row] == one.tau2_ci.status
            assert_close(batch.tau2_high[row], one.tau2_ci.high, 1e-9)


def test_every_bcg_leave_one_out_agrees_with_metafor() -> None:
    y, v = studies("bcg_RR")
    mask = ~np.eye(13, dtype=bool)
    for method, expected in load("bcg_RR_subsets")["leave_one_out"].items():
        batch = pool_batch(
            np.tile(y, (13, 1)),
            np.tile(np.sqrt(v), (13, 1)),
            mask=mask,
            settings=Settings(tau2=method),
        )
        for name in ("estimate", "se", "tau2", "ci_low"):
            reference = Reference("leave one out", f"{method}, HKSJ", "metafor 3.8.1", "bcg_RR")
            reference.agrees(getattr(batch, name), expected[name], ITERATIVE)


def test_rows_without_studies_are_nan() -> None:
    batch = pool_batch([[1.0, 2.0, 3.0]] * 2, np.ones((2, 3)), mask=[[1, 1, 1], [0, 0, 0]])
    assert list(batch.k) == [3, 0]
    for field in fields(batch):
        column = getattr(batch, field.name)
        if isinstance(column, np.ndarray) and column.dtype.kind == "f" and column.ndim == 1:
            assert not np.isnan(column[0]), field.name
            assert np.isnan(column[1]), field.name


@pytest.mark.parametrize(("prediction", "smallest"), [("S", 2), ("HK", 2), ("HTS", 3)])
def test_no_prediction_from_too_few_studies(prediction: str, smallest: int) -> None:
    mask = np.tri(4, dtype=bool)
    batch = pool_batch(
        np.tile([0.1, 0.5, 0.2, 0.9], (4, 1)),
        np.full((4, 4), 0.1),
        mask=mask,
        settings=Settings(prediction=prediction),
    )
    assert list(np.isnan(batch.prediction_low)) == [k < smallest for k in (1, 2, 3, 4)]


def test_no_rows() -> None:
    batch = pool_batch(np.empty((0, 4)), np.empty((0, 4)))
    assert batch.m == 0
    assert len(batch.to_frame()) == 0


def test_given_tau2_is_used() -> None:
    y, v = studies("bcg_RR")
    tau2 = np.array([0.0, 0.1])
    batch = pool_batch(
        np.tile(y, (2, 1)),
        np.tile(np.sqrt(v), (2, 1)),
        settings=Settings(ci="wald"),
        given_tau2=tau2,
    )
    for row, t in enumerate(tau2):
        w = 1 / (v + t)
        assert_close(batch.estimate[row], (w * y).sum() / w.sum(), 1e-12)
        assert_close(batch.se[row], w.sum() ** -0.5, 1e-12)
    assert_close(batch.tau2, tau2, 1e-15)
    assert (batch.tau2_modes == 0).all()


def test_frame_has_the_rows_by_name() -> None:
    y, se, mask = sample(3)
    frame = pool_batch(y, se, mask=mask, labels=["a", "b", "c"]).to_frame()
    assert list(frame.index) == ["a", "b", "c"]
    assert {"k", "estimate", "ci_low", "tau2", "tau2_status"} <= set(frame)
    with pytest.raises(MethodError) as caught:
        pool_batch(y, se, mask=mask, labels=["a"])
    assert str(caught.value) == "1 labels for 3 meta-analyses"


def test_errors_name_row_and_study() -> None:
    with pytest.raises(MethodError) as caught:
        pool_batch([[0.0, 1.0]] * 2, [[1.0, 1.0], [0.0, 1.0]], study_labels=["Lee", "Hart"])
    assert str(caught.value) == (
        "row 2, study 'Lee': estimate 0 with standard error 0; every study needs a finite "
        "estimate and a finite standard error above 0"
    )
