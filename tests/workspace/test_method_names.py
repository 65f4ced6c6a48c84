"""The names that plans are checked against are those of the tables that compute."""

from __future__ import annotations

import pytest

from evidencekit import method_names
from evidencekit.effects.measures import MEASURES
from evidencekit.language.catalogue import LANGUAGES
from evidencekit.language.words import Words
from evidencekit.models import CI_METHODS, PREDICTION_METHODS, TAU2_ESTIMATORS, TAU2_INTERVALS
from evidencekit.models.glmm_table import GLMM_LIKELIHOODS
from evidencekit.models.presets import PRESETS
from evidencekit.tables.choose import measures_of
from evidencekit.tables.pooling import POOL_MODELS
from evidencekit.tables.shapes import SHAPES


def test_names_match_the_tables() -> None:
    in_plans = {n for n, row in MEASURES.items() if row.kind in ("binary", "continuous")}
    assert set(method_names.MEASURES) == in_plans | {"HR", "IRR"}
    ratios = {n for n in method_names.MEASURES if MEASURES[n].scale == "log"}
    assert set(method_names.RATIOS) == ratios
    assert set(method_names.TAU2_ESTIMATORS) == set(TAU2_ESTIMATORS)
    assert set(method_names.CI_METHODS) == set(CI_METHODS)
    assert set(method_names.PREDICTION_METHODS) == set(PREDICTION_METHODS)
    assert set(method_names.TAU2_INTERVALS) == set(TAU2_INTERVALS)
    assert tuple(POOL_MODELS) == method_names.POOL_MODELS
    in_tables = {name for shape in SHAPES.values() for name in measures_of(shape)}
    plain = {n for s in SHAPES.values() if s.kind != "generic" for n in measures_of(s)}
    assert set(method_names.TABLE_MEASURES) == plain | {"HR"} <= in_tables
    likelihoods = {name.partition(" ")[2] for name in GLMM_LIKELIHOODS} - {""}
    assert set(method_names.GLMM_LIKELIHOODS) == likelihoods
    assert set(method_names.AD_HOC_RULES.values()) < set(CI_METHODS)
    assert method_names.NO_PREDICTION not in PREDICTION_METHODS


def test_every_measure_says_which_outcomes_it_suits() -> None:
    assert set(method_names.OUTCOME_TYPES) == set(method_names.MEASURES)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_measure_of_a_plan_has_a_name(lang: str) -> None:
    words = Words(lang)
    for name in method_names.TABLE_MEASURES:
        assert words.text(f"measure.{name}")
        assert words.text(f"measure.{name}.in_text")


def test_presets_match_the_table() -> None:
    assert tuple(PRESETS) == method_names.PRESETS
