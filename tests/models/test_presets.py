"""The conventions of other programs, and which option makes which difference."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from conformance import Reference
from evidencekit.errors import MethodError
from evidencekit.models import PRESETS, explain_differences, pool, pool_batch
from reference_cases import POOLED, load, studies
from tolerances import ITERATIVE, assert_close, assert_printed


def bcg() -> dict:
    y, v = studies("bcg_RR")
    return {row.preset.name: row for row in explain_differences((y, np.sqrt(v)))}


@pytest.mark.parametrize(
    ("preset", "tau2", "ci", "prediction", "i2"),
    [
        # metafor 5.1 and meta 8.4 print tau2 at their own tolerance, off in the eighth digit.
        ("metafor", 0.3132432581, (-1.06689768, -0.36216702), (-1.866692, 0.437628), 92.22138607),
        ("meta", 0.3132432581, (-1.06689768, -0.36216702), (-1.995342, 0.566277), 92.11734685),
        ("stata", 0.3132432581, (-1.06689768, -0.36216702), (-2.008376, 0.579311), 92.22138607),
        ("revman2025", 0.3132432581, (-1.10844372, -0.32062097), (-1.996017, 0.566952), 92.221386),
        ("revman5", 0.3087602629, (-1.0644, -0.3638), None, 92.11734685),
    ],
)
def test_bcg_by_each_program(
    preset: str,
    tau2: float,
    ci: tuple[float, float],
    prediction: tuple[float, float] | None,
    i2: float,
) -> None:
    row = bcg()[preset]
    reference = Reference("preset", preset, row.preset.program, "bcg_RR")
    reference.agrees(row.tau2, tau2, 1e-8)
    # RevMan 5 prints four decimals.
    tolerance = 1e-4 if preset == "revman5" else 1e-6
    reference.agrees((row.ci.low, row.ci.high), ci, tolerance, relative_to=row.result.se)
    if preset == "revman5":
        reference.differs(row.preset.remark)
    assert_close(100 * row.i2, i2, 0, atol=2e-6)
    if prediction is None:
        assert row.prediction is None
    else:
        assert row.prediction is not None
        assert_close((row.prediction.low, row.prediction.high), prediction, 0, atol=1e-6)


@pytest.mark.parametrize("name", POOLED)
def test_metafor_is_reproduced_on_every_data_set(name: str) -> None:
    expected = load(name)["fits"]["REML"]
    if "failed" in expected:
        return
    y, v = studies(name)
    preset = PRESETS["metafor"]
    found = pool_batch(y, np.sqrt(v), settings=preset.settings())
    width = expected["ci"]["wald"]["se"]
    wald, normal = expected["ci"]["wald"]["ci"], expected["prediction"]["S"]
    reference = Reference("preset", "metafor", "metafor 3.8.1", name)
    reference.agrees((found.ci_low[0], found.ci_high[0]), wald, ITERATIVE, relative_to=width)
    limits = (found.prediction_low[0], found.prediction_high[0])
    assert_close(limits, normal, 0, atol=ITERATIVE * (normal[1] - normal[0]))
    assert_close(found.i2[0], expected["i2"], ITERATIVE, atol=1e-12)


def test_an_option_is_named_exactly_where_it_differs() -> None:
    rows = bcg()
    named = {name: tuple(e.option for e in row.effects) for name, row in rows.items()}
    assert named == {
        "evidencekit": (),
        "metafor": ("ci", "prediction"),
        "meta": ("ci", "prediction", "i2"),
        "revman5": ("tau2", "ci", "prediction", "tau2_ci", "i2"),
        "revman2025": (),
        "stata": ("ci", "prediction", "tau2_ci"),
    }
    assert {e.option: (e.ours, e.theirs) for e in rows["revman5"].effects} == {
        "tau2": ("REML", "DL"),
        "ci": ("HKSJ", "wald"),
        "prediction": ("HK", "none"),
        "tau2_ci": ("QP", "none"),
        "i2": ("tau2", "q"),
    }


def test_the_shifts_are_those_of_one_option_alone() -> None:
    y, v = studies("bcg_RR")
    ours = pool((y, np.sqrt(v)))
    moved = {e.option: e for e in bcg()["revman5"].effects}
    alone = pool((y, np.sqrt(v)), tau2="DL")
    assert_close(moved["tau2"].estimate, alone.estimate - ours.estimate, 1e-12)
    assert_close(moved["tau2"].tau2, alone.tau2 - ours.tau2, 1e-12)
    assert_close(moved["tau2"].ci_low, alone.ci.low - ours.ci.low, 1e-12)
    assert moved["ci"].estimate == moved["ci"].tau2 == 0.0
    assert moved["ci"].ci_low > 0
    assert moved["prediction"].prediction_low is None
    assert_close(moved["i2"].i2, ours.i2_q - ours.i2, 1e-12)
    assert moved["i2"].ci_low == 0.0


def test_a_preset_of_ones_own() -> None:
    y, v = studies("bcg_RR")
    mine = replace(PRESETS["evidencekit"], name="mine", ci="KR", prediction="KR")
    rows = explain_differences((y, np.sqrt(v)), ours=mine)
    # Kenward-Roger does not exist for DL, so the intervals change along with the estimator.
    first = next(row for row in rows if row.preset.name == "revman5").effects[0]
    assert first.option == "tau2"
    assert np.isfinite([first.estimate, first.ci_low]).all()
    with pytest.raises(MethodError, match=r"^unknown preset 'x'; choose one of evidencekit, "):
        explain_differences((y, np.sqrt(v)), ours="x")


@pytest.mark.parametrize("k", [1, 2, 3])
def test_few_studies(k: int) -> None:
    rows = explain_differences((np.arange(k) * 0.4, np.full(k, 0.2)))
    assert [row.preset.name for row in rows] == list(PRESETS)
    for row in rows:
        assert np.isfinite([row.estimate, row.ci.low, row.ci.high]).all()


def test_rows_are_complete() -> None:
    for name, row in PRESETS.items():
        assert row.name == name
        assert row.program
        assert row.settings(level=0.9).level == 0.9
    assert_printed(PRESETS["metafor"].settings().level, "0.95")
